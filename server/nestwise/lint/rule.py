"""What a rule is: a generator function whose parameters say what it needs.

The first parameter is the subject: a fact or an answer of the model (`Class`, `Handler`,
`Application`), or a captured `Node` of the rule's query. `File`, `Project`, the `Preset` and an
`Options` subclass are handed over as they are. Nothing else is allowed, so a signature tells what
a rule looks at and what its findings depend on.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from msgspec import Struct
from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.lint.matching import Captures
from nestwise.project.facts import Class
from nestwise.project.files import Role
from nestwise.project.model.applications import Application, application_at
from nestwise.project.model.handlers import Handler, handlers_in
from nestwise.project.model.project import Project
from nestwise.settings import Level, Options, Preset
from nestwise.syntax.source import capture_names
from nestwise.syntax.text import Edit, Span


class Safety(StrEnum):
    SAFE = "safe"
    """What the author meant, for certain; `nestwise fix` applies it."""
    UNSAFE = "unsafe"
    """Plausible, but behaviour may change; applied on request only."""


class FileEdits(Struct, frozen=True):
    """What a fix does to a file that is not the finding's."""

    path: str
    """Relative to the root, with `/`."""
    edits: tuple[Edit, ...] = ()
    """Of the text that `file_at` gives."""
    create: str | None = None
    """The text of a file that is not there yet; then there are no edits."""


class Fix(Struct, frozen=True):
    """Edits of the file of the finding, and of others where needed, under a title that says what to do."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety = Safety.SAFE
    elsewhere: tuple[FileEdits, ...] = ()
    """At most one for each file. All of it is applied, or nothing."""

    @property
    def created(self) -> tuple[str, ...]:
        """The files that it creates."""
        return tuple(other.path for other in self.elsewhere if other.create is not None)


class Tag(StrEnum):
    """How an editor shows code that a finding is about."""

    UNNECESSARY = "unnecessary"
    """Faded out: it does nothing."""
    DEPRECATED = "deprecated"
    """Struck through."""


class Related(Struct, frozen=True):
    path: str
    span: Span
    message: str


class Finding(Struct, frozen=True):
    span: Span
    message: str
    level: Level | None = None
    """Another level than the rule's, where the finding is milder."""
    related: tuple[Related, ...] = ()
    tag: Tag | None = None
    data: Any = None
    """Small comparable values for the fix function."""


Check = Callable[..., Iterator[Finding]]
Fixes = Callable[[Finding, File, Project], Iterator[Fix]]
Plausible = Callable[..., bool]
When = bytes | tuple[bytes, ...] | Callable[[bytes], object]


class Spot(Struct, frozen=True):
    """Nodes that are found by their text: a node of such a type begins where a pattern's first group does."""

    pattern: bytes | Callable[[bytes], Iterable[tuple[int, int]]]
    """One that begins with plain letters is found fast. A function gives the ranges themselves."""
    kinds: tuple[str, ...]
    """Types of the smallest named node around the group. That of a keyword is its statement, clause or
    function."""


SUBJECTS: Mapping[type, Callable[[File, Project], Iterable[Any]]] = {
    Class: lambda file, project: file.facts.classes,
    Handler: lambda file, project: handlers_in(project, file.path),
    Application: lambda file, project: application_at(project, file.path),
}
"""What a rule can visit. A new kind of subject is one line here."""


HANDED = (File, Project, Options, Preset)
"""What a rule may ask for besides its subject."""

_WHOLE = (None,)
"""What a rule without a subject visits."""


class Visited:
    """What rules visit in one file; looked up once for all of them."""

    def __init__(self, file: File, project: Project) -> None:
        self._file = file
        self._project = project
        self._found: dict[type, tuple[Any, ...]] = {}

    def of(self, kind: type) -> tuple[Any, ...]:
        found = self._found.get(kind)
        if found is None:
            found = self._found[kind] = tuple(SUBJECTS[kind](self._file, self._project))
        return found


@dataclass(frozen=True, eq=False)
class Rule:
    id: str
    level: Level
    since: str
    strict: bool
    check: Check
    fixes: Fixes | None
    roles: frozenset[Role]
    when: Callable[[bytes], object]
    plausible: Plausible | None
    needs: Needs

    def run(
        self,
        file: File,
        project: Project,
        options: Options,
        preset: Preset,
        visited: Visited,
        matches: Iterable[Captures] = (),
    ) -> Iterator[Finding]:
        check, needs = self.check, self.needs
        if needs.visits_nodes:
            given = (file, project, options, preset)
            shared = {name: given[place] for name, place in needs.places}
            for match in matches:
                yield from check(**{name: match[name] for name in needs.nodes}, **shared) or ()
            return
        items = visited.of(needs.subject[1]) if needs.subject is not None else _WHOLE
        for item in items:
            yield from check(*needs.arranged((item, file, project, options, preset))) or ()

    def may_find(self, file: File, matches: Iterable[Captures]) -> bool:
        """Is one of the nodes that the rule visits worth to ask the project about?"""
        if self.plausible is None:
            return any(True for _ in matches)
        names = self.needs.nodes
        return any(self.plausible(**{name: match[name] for name in names}, file=file) for match in matches)

    @property
    def page(self) -> Path:
        """The Markdown page beside the rule's module: offline, always of this version."""
        return Path(inspect.getfile(self.check)).with_suffix(".md")

    @property
    def doc(self) -> str:
        return self.page.read_text("utf-8")

    @property
    def summary(self) -> str:
        """The sentence below the title of the page."""
        return self.doc.split("\n", 3)[2]


_USUAL = frozenset({Role.PRODUCTION, Role.CONFIG, Role.BOOTSTRAP})


def rule(
    *,
    level: str,
    since: str,
    query: str | None = None,
    spot: Spot | None = None,
    when: When = b"",
    plausible: Plausible | None = None,
    fixes: Fixes | None = None,
    strict: bool = False,
    roles: frozenset[Role] = _USUAL,
) -> Callable[[Check], Rule]:
    """Turn a function into a rule. Its id is the folder's name and its own, with dashes.

    `query` or `spot`: how the nodes are found that it visits. A spot is the faster by far: the first query
    that is asked costs every process 10 ms, and a walk over the tree of each file.

    `when`: words, a pattern, or a test of the text, without which a file holds nothing for a rule that visits
    nodes; such files need not be parsed. It is asked of every file: words are fast, and a pattern that does
    not begin with plain letters is slow. A spot that is found fast needs none.

    `plausible`: a function of captures and the `File`: without it a match is nothing for the rule, whatever
    the project holds. A file without such a match need not be parsed again when that is known.
    """

    def decorate(check: Check) -> Rule:
        family = check.__module__.split(".")[-2].replace("_", "-")
        name = check.__name__.replace("_", "-")
        return Rule(
            f"{family}/{name}", Level(level), since, strict, check, fixes, roles,
            _test_of(when),
            plausible, Needs.of(check, query, spot),
        )  # fmt: skip

    return decorate


def _test_of(when: When) -> Callable[[bytes], object]:
    if isinstance(when, tuple):
        words = when
        return lambda data: any(word in data for word in words)
    if when == b"":
        return lambda data: True
    return re.compile(when).search if isinstance(when, bytes) else when


@dataclass
class Needs:
    """A signature, read: what to visit and what to hand over."""

    query: str | None
    spot: Spot | None = None
    names: list[str] = field(default_factory=list)
    """All parameters, in order."""
    nodes: list[str] = field(default_factory=list)
    subject: tuple[str, type] | None = None
    shared: dict[str, type] = field(default_factory=dict)
    options: type[Options] = Options

    @cached_property
    def visits_nodes(self) -> bool:
        return self.query is not None or self.spot is not None

    @cached_property
    def find(self) -> Callable[[bytes], Iterable[tuple[int, int]]]:
        """Gives the ranges of a text around which the spot looks for nodes."""
        pattern = self.spot.pattern if self.spot is not None else b""
        if not isinstance(pattern, bytes):
            return pattern
        every = re.compile(pattern).finditer
        return lambda data: [found.span(1) for found in every(data)]

    @cached_property
    def places(self) -> tuple[tuple[str, int], ...]:
        """The names of what is handed over, each with its place in `HANDED`."""
        return tuple((name, HANDED.index(kind)) for name, kind in self.shared.items())

    @cached_property
    def arranged(self) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
        """From the subject and what is handed over, in that order, to the arguments of the function:
        for rules that visit no nodes."""
        places = dict(self.places)
        order = [places[name] + 1 if name in places else 0 for name in self.names]
        return itemgetter(*order) if len(order) > 1 else lambda given: tuple(given[n] for n in order)

    @property
    def visited(self) -> type | None:
        """The kind of subject; None for nodes, or for the file as a whole."""
        return self.subject[1] if self.subject else None

    @classmethod
    def of(cls, check: Check, query: str | None, spot: Spot | None = None) -> Needs:
        needs = cls(query, spot)
        captures = capture_names(query) if query else set()
        for name, parameter in inspect.signature(check, eval_str=True).parameters.items():
            kind = parameter.annotation
            needs.names.append(name)
            if parameter.kind is parameter.KEYWORD_ONLY:
                raise TypeError(f"{check.__module__}: `{name}` stands behind `*`; parameters have a place")
            if kind is Node and (name in captures or (spot is not None and not needs.nodes)):
                needs.nodes.append(name)
            elif kind in SUBJECTS and needs.subject is None and not needs.visits_nodes:
                needs.subject = (name, kind)
            elif kind in (File, Project, Preset):
                needs.shared[name] = kind
            elif isinstance(kind, type) and issubclass(kind, Options):
                needs.shared[name], needs.options = Options, kind
            else:
                raise TypeError(f"{check.__module__}: cannot provide `{name}: {kind}`")
        return needs
