"""Run rules over one file, and know how long the result stays true.

What a file alone tells (a `Look`) is found first, best while its tree is there anyway; it can be kept
with the file. What the project must be asked for is found by a `check`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from functools import cached_property
from hashlib import blake2b

import msgspec
from msgspec import Struct

from nestwise.lint.file import File
from nestwise.lint.matching import Captures
from nestwise.lint.registry import packs
from nestwise.lint.rule import Finding, Needs, Rule, Spot, Visited
from nestwise.lint.suppress import Suppression, judge, matches, suppressions_in
from nestwise.lint.unused_suppression import ID, Comments, unused_suppression
from nestwise.project.facts import Class
from nestwise.project.files import Role, role_of
from nestwise.project.layout import Layout
from nestwise.project.model.memory import Read
from nestwise.project.model.project import Project
from nestwise.project.resolve import Resolver
from nestwise.project.store import code_digest
from nestwise.settings import Level, Options, Settings, options_of


class Diagnostic(Struct, frozen=True):
    rule: Rule
    level: Level
    finding: Finding


class Failure(Struct, frozen=True):
    """A rule that raised: our mistake, never silent."""

    rule: str
    message: str


class Look(Struct, frozen=True):
    """What a file alone tells: its text, its path, its facts and the settings."""

    found: tuple[tuple[str, Finding], ...] = ()
    """Findings of the rules that do not ask the project, with their ids."""
    matched: tuple[str, ...] = ()
    """Rules with a query that do ask it, and whose query matches something plausible here."""
    suppressions: tuple[Suppression, ...] = ()
    failures: tuple[Failure, ...] = ()


class Checked(Struct, frozen=True):
    """The diagnostics of one file, with everything that they depend on."""

    file: File
    settings: Settings
    diagnostics: tuple[Diagnostic, ...]
    failures: tuple[Failure, ...]
    reads: tuple[Read, ...]
    revision: int


class _Active(Struct, frozen=True):
    """A rule that is on."""

    rule: Rule
    level: Level
    options: Options
    alone: bool
    """Does it never ask the project?"""
    by_nodes: bool
    """Does it visit nodes?"""
    kind: type | None
    """The kind of subject that it visits."""


_Matches = Mapping[Rule, list[Captures]]
_NOTHING: _Matches = {}


class Linter:
    """The rules as settings want them, ready to run. Immutable."""

    def __init__(self, rules: Iterable[Rule], settings: Settings) -> None:
        self.settings = settings
        self._rules = {rule.id: rule for rule in rules}
        levels = {r.id: settings.level(r.id, r.level, r.strict) for r in self._rules.values()}
        self._off = frozenset(rule for rule, level in levels.items() if level is Level.OFF)
        self._muted = any(settings.level(rule, Level.ERROR) is Level.OFF for rule in self._rules)
        """Is a rule off because somebody said so?"""
        on = [
            _Active(
                rule,
                levels[rule.id],
                options_of(rule.needs.options, settings.options(rule.id)),
                Project not in rule.needs.shared.values() and rule.needs.visited in (None, Class),
                rule.needs.visits_nodes,
                rule.needs.visited,
            )
            for rule in self._rules.values()
            if rule.id not in self._off and rule.id != ID
        ]
        self._on = {role: {one.rule.id: one for one in on if role in one.rule.roles} for role in Role}
        self._asking = {
            role: tuple(one for one in some.values() if not one.alone) for role, some in self._on.items()
        }
        self._queried = tuple(one.rule for one in on if one.rule.needs.query)
        self._project = Project({}, Layout(), Resolver(Layout(), frozenset()))

    @cached_property
    def _id(self) -> bytes:
        """What identifies the rules: their code, and how they are set."""
        settings = msgspec.json.encode((self.settings.preset, self.settings.rules))
        return blake2b(code_digest(tuple(map(str, packs()))) + settings, digest_size=32).digest()

    def look_key(self, path: str, text: bytes) -> bytes:
        """What a look at a text (by its digest) at a path is kept under."""
        return blake2b(text + path.encode(errors="surrogateescape"), key=self._id, digest_size=16).digest()

    def look(self, file: File) -> Look:
        return self._look(file)[0]

    def _look(self, file: File) -> tuple[Look, _Matches]:
        on = self._on[role_of(file.path)].values()
        triggered = {o.rule for o in on if o.rule.needs.visits_nodes and o.rule.when(file.data)}
        seen = self._matches(file, triggered)
        found: list[tuple[str, Finding]] = []
        failures: list[Failure] = []
        visited = Visited(file, self._project)
        for one in on:
            if one.alone:
                some = self._run(one, file, self._project, visited, seen, failures)
                found += [(one.rule.id, finding) for finding in some]
        asking = [o.rule for o in on if not o.alone and o.rule in seen]
        matched = tuple(rule.id for rule in asking if _worth(rule, file, seen))
        suppressions = suppressions_in(file)
        if not (found or matched or suppressions or failures):
            return _PLAIN, seen
        return Look(tuple(found), matched, suppressions, tuple(failures)), seen

    def check(self, file: File, project: Project, look: Look | None = None) -> Checked:
        """All diagnostics of a file. A look that is given must be one at this very file."""
        if look is None:
            look, seen = self._look(file)
        else:
            seen = self._matches(file, {self._rules[rule] for rule in look.matched})
        by_id = self._on[role_of(file.path)]
        found = [_diagnostic(by_id[rule], finding) for rule, finding in look.found]
        failures = list(look.failures)
        visited = Visited(file, project)
        with project.recording() as reads:
            for one in self._asking[role_of(file.path)]:
                if one.by_nodes and one.rule not in seen:
                    continue
                if one.kind is not None and not visited.of(one.kind):
                    continue
                for finding in self._run(one, file, project, visited, seen, failures):
                    found.append(_diagnostic(one, finding))
        found = list(dict.fromkeys(found))
        if look.suppressions:
            found = self._unsuppressed(file, found, look.suppressions, failures)
        found.sort(key=lambda d: (d.finding.span, d.rule.id))
        return Checked(file, self.settings, tuple(found), tuple(failures), tuple(reads), project.revision)

    def _run(
        self,
        one: _Active,
        file: File,
        project: Project,
        visited: Visited,
        seen: _Matches,
        failures: list[Failure],
    ) -> list[Finding]:
        rule = one.rule
        found: list[Finding] = []
        try:
            matches = seen.get(rule, ()) if one.by_nodes else ()
            found.extend(rule.run(file, project, one.options, self.settings.preset, visited, matches))
        except Exception as error:  # one broken rule must not take the others down
            import logging  # 5 ms that a check without failures need not pay

            logging.getLogger(__name__).exception("rule %s failed on %s", rule.id, file.path)
            failures.append(Failure(rule.id, f"rule {rule.id} failed: {type(error).__name__}: {error}"))
        return found

    def _matches(self, file: File, rules: Set[Rule]) -> _Matches:
        """The nodes that some rules visit. What queries match is found in one walk over the tree, which looks
        for all that there are: to compile the queries of just these takes longer than to match a thousand
        files."""
        if not rules:
            return _NOTHING
        found: dict[Rule, list[Captures]] = defaultdict(list)
        for rule in rules:
            spot = rule.needs.spot
            if spot is not None and (spots := _spots(spot, rule.needs, file)):
                found[rule] = spots
        if not any(rule.needs.query for rule in rules):
            return found
        for position, captures in file.matches(*(rule.needs.query or "" for rule in self._queried)):
            if self._queried[position] in rules:
                found[self._queried[position]].append(captures)
        return found

    def _unsuppressed(
        self,
        file: File,
        found: list[Diagnostic],
        suppressions: tuple[Suppression, ...],
        failures: list[Failure],
    ) -> list[Diagnostic]:
        """What no comment turns off, and what is to be said about the comments."""
        lines = [(d.rule.id, file.text.position(d.finding.span.start, "utf-8")[0]) for d in found]
        verdict = judge(suppressions, lines)
        kept = [found[position] for position in verdict.kept]
        rule = self._rules.get(ID)
        if rule is None or ID in self._off:
            return kept
        failed = {failure.rule for failure in failures}
        comments = Comments(
            suppressions, verdict.useful, self._rules.keys(), self._off | failed, not (self._muted or failed)
        )
        level = self.settings.level(ID, rule.level)
        for finding in unused_suppression(comments):
            line = file.text.position(finding.span.start, "utf-8")[0]
            named = (n.text for s in suppressions if s.covers(line) for n in s.names)
            if not any(matches(name, ID) for name in named):
                kept.append(Diagnostic(rule, level, finding))
        return kept


def _spots(spot: Spot, needs: Needs, file: File) -> list[Captures]:
    found: list[Captures] = []
    for start, end in needs.find(file.data):
        node = file.source.root.named_descendant_for_byte_range(start, end)
        if node is not None and node.type in spot.kinds and node.start_byte == start:
            found.append({needs.nodes[0]: node})
    return found


_PLAIN = Look()


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Look).decode


def packed(look: Look) -> bytes | None:
    """A look as bytes; None for one that bytes would not give back as it is."""
    if look == _PLAIN:
        return b""
    try:
        data = _encode(look)
        return data if not look.failures and _decode(data) == look else None
    except (TypeError, ValueError):  # a rule's own data may be of any type
        return None


def unpacked(data: bytes) -> Look | None:
    try:
        return _decode(data) if data else _PLAIN
    except msgspec.MsgspecError:
        return None


def check(file: File, project: Project, rules: Iterable[Rule], settings: Settings) -> Checked:
    """First what the file alone tells, then what the project is asked for, as when a folder is checked."""
    linter = Linter(rules, settings)
    return linter.check(file, project, linter.look(file))


def _worth(rule: Rule, file: File, seen: _Matches) -> bool:
    try:
        return rule.may_find(file, seen[rule])
    except Exception:  # it will fail again, and be reported, when the rule runs
        return True


def _diagnostic(one: _Active, finding: Finding) -> Diagnostic:
    return Diagnostic(one.rule, finding.level or one.level, finding)
