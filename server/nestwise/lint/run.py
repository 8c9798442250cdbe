"""Run rules over one file, and know how long the result stays true."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nestwise.lint.file import File
from nestwise.lint.rule import Captures, Finding, Rule
from nestwise.project.files import role_of
from nestwise.project.model.memory import Read
from nestwise.project.model.project import Project
from nestwise.settings import Level, Settings

log = logging.getLogger(__name__)
_IGNORE = re.compile(rb"nestwise-ignore(-next-line|-file)?(?![\w-])[ \t]*([\w\-/*, ]*?)(?:--|\*/|$)")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    rule: Rule
    level: Level
    finding: Finding


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that raised: our mistake, never silent."""

    rule: str
    message: str


@dataclass(frozen=True)
class Checked:
    """The diagnostics of one file, with everything that they depend on."""

    file: File
    settings: Settings
    diagnostics: tuple[Diagnostic, ...]
    failures: tuple[Failure, ...]
    reads: tuple[Read, ...]
    revision: int

    def holds(self, file: File, project: Project, settings: Settings) -> bool:
        same = file.data == self.file.data and settings is self.settings
        return same and project.agrees(self.reads, self.revision)


def check(file: File, project: Project, rules: Iterable[Rule], settings: Settings) -> Checked:
    role = role_of(file.path)
    active = {
        rule: level
        for rule in rules
        if role in rule.roles and (level := settings.level(rule.id, rule.level, rule.strict)) is not Level.OFF
    }
    found: list[Diagnostic] = []
    failures: list[Failure] = []
    with project.recording() as reads:
        queried = [rule for rule in active if rule.needs.query and rule.when.search(file.data)]
        matches = _matches(file, queried) if queried else {}
        for rule, level in active.items():
            if rule.needs.query and rule not in matches:
                continue
            options = rule.needs.options.model_validate(settings.options(rule.id))
            try:
                for finding in rule.run(file, project, options, settings.preset, matches.get(rule, ())):
                    found.append(Diagnostic(rule, finding.level or level, finding))
            except Exception as error:  # one broken rule must not take the others down
                log.exception("rule %s failed on %s", rule.id, file.path)
                failures.append(Failure(rule.id, f"rule {rule.id} failed: {type(error).__name__}: {error}"))
    kept = (d for d in dict.fromkeys(found) if not _is_suppressed(d, file))
    ordered = sorted(kept, key=lambda d: (d.finding.span, d.rule.id))
    return Checked(file, settings, tuple(ordered), tuple(failures), tuple(reads), project.revision)


def _matches(file: File, rules: Sequence[Rule]) -> Mapping[Rule, list[Captures]]:
    """What the queries of all rules match, found in one walk over the tree."""
    found: dict[Rule, list[Captures]] = defaultdict(list)
    for position, captures in file.source.matches(*(rule.needs.query or "" for rule in rules)):
        found[rules[position]].append(captures)
    return found


def _is_suppressed(diagnostic: Diagnostic, file: File) -> bool:
    if b"nestwise-ignore" not in file.data:
        return False
    text = file.text
    line, _ = text.position(diagnostic.finding.span.start, "utf-8")
    for candidate in range(text.line_count):
        start, end = text.line_span(candidate)
        for match in _IGNORE.finditer(text.data, start, end):
            where = {b"-file": True, b"-next-line": candidate == line - 1}.get(
                match[1] or b"", candidate == line
            )
            in_comment = any(mark in text.data[start : match.start()] for mark in (b"//", b"/*"))
            if where and in_comment and _names(match[2].decode(errors="replace"), diagnostic.rule.id):
                return True
    return False


def _names(given: str, rule: str) -> bool:
    names = {n.strip() for n in given.split(",") if n.strip()}
    return not names or rule in names or f"{rule.partition('/')[0]}/*" in names
