"""The project at one moment: a snapshot that answers questions.

A question is a function of a project and plain values, decorated with `@question`. Its answer is
remembered together with what it was made of: other answers and the facts of files. When files
change, nothing is thrown away. An old answer is *verified*: if all that it was made of is still
the same it holds, otherwise it is computed again, and if that gives an equal value, nobody who
used it notices. So there is no invalidation logic anywhere.

Answers must be comparable values. Positions in them are `At`, which is never compared; they are
right for the file that they came from as long as that file's facts are unchanged, so only the
check of that very file may use them (it reads its own facts afresh).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

from nestwise.project.facts import EMPTY, FileFacts
from nestwise.project.kinds import Kind, kinds_of
from nestwise.project.layout import Layout
from nestwise.project.resolve import Resolver, Target

A = ParamSpec("A")
R = TypeVar("R")
Key = tuple[Any, ...]
"""The question (a function, or a word for an input) and its arguments."""


@dataclass(slots=True)
class _Memo:
    value: Any
    made_of: tuple[Key, ...]
    verified: int
    """The revision at which this answer was last known to hold."""
    changed: int
    """The revision at which its value last became another one."""


@dataclass(slots=True)
class Memory:
    """What is carried from snapshot to snapshot; the owner of all remembered answers."""

    memos: dict[Key, _Memo] = field(default_factory=dict)
    inputs: dict[Key, int] = field(default_factory=dict)
    """Revision at which an input last changed; inputs never seen here changed at 0."""
    computed: int = 0
    """How many answers were computed, ever: what tests of incremental work count."""


class CycleError(Exception):
    """A question needed its own answer."""


_MISSING = object()


@overload
def question(
    function: Callable[Concatenate[Project, A], R],
) -> Callable[Concatenate[Project, A], R]: ...
@overload
def question(
    *, cycle: Any
) -> Callable[[Callable[Concatenate[Project, A], R]], Callable[Concatenate[Project, A], R]]: ...
def question(function: Any = None, *, cycle: Any = _MISSING) -> Any:
    """Make a function of a project a question: remembered, verified, recorded.

    Arguments are positional and hashable. `cycle` is the answer where the question needs itself
    (classes that extend each other).
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def ask(project: Project, *args: Any) -> Any:
            key = (function, *args)
            try:
                return project.ask(key)
            except CycleError:
                if cycle is _MISSING or key in project.active:
                    raise
                return cycle

        return ask

    return decorate(function) if function else decorate


class Project:
    """A snapshot. It is valid until the next one is made from it (`with_files`)."""

    def __init__(
        self,
        files: dict[str, FileFacts],
        layout: Layout,
        resolver: Resolver,
        *,
        by_kind: Mapping[Kind, tuple[str, ...]] | None = None,
        memory: Memory | None = None,
        revision: int = 1,
    ) -> None:
        self._files = files
        self._layout = layout
        self._resolver = resolver
        self._memory = memory or Memory()
        self._by_kind = by_kind if by_kind is not None else group_by_kind(files)
        self._reads: dict[Key, None] | None = None
        self.active: dict[Key, None] = {}
        self.revision = revision

    # --- inputs: what is not computed ---

    def facts(self, path: str) -> FileFacts:
        """The facts of a file; of a file that is not in the project, empty ones."""
        self._note(("facts", path))
        return self._files.get(path, EMPTY)

    def has_file(self, path: str) -> bool:
        self._note(("files",))
        return path in self._files

    def with_kind(self, kind: Kind) -> tuple[str, ...]:
        """The files that hold something of a kind, sorted: the way to ask about the whole project."""
        self._note(("kind", kind))
        return self._by_kind.get(kind, ())

    def target(self, importer: str, specifier: str) -> Target:
        """Where an import leads. An answer of its own: a new file changes few of them."""
        found: Target = self.ask((_target, posixpath.dirname(importer), specifier))
        return found

    def resolved(self, folder: str, specifier: str) -> Target:
        """Where an import of a file of `folder` leads, noted as a reading of all files."""
        self._note(("files",))
        self._note(("layout",))
        return self._resolver.resolve(f"{folder}/x" if folder else "x", specifier)

    @property
    def layout(self) -> Layout:
        """Packages and compiler options."""
        self._note(("layout",))
        return self._layout

    # --- answers ---

    def ask(self, key: Key) -> Any:
        self._note(key)
        return self._fresh(key).value

    def _note(self, key: Key) -> None:
        if self._reads is not None:
            self._reads[key] = None

    def _fresh(self, key: Key) -> _Memo:
        memo = self._memory.memos.get(key)
        if memo is not None:
            if memo.verified == self.revision:
                return memo
            if self._unchanged_since(memo.made_of, memo.verified):
                memo.verified = self.revision
                return memo
        return self._compute(key, memo)

    def _unchanged_since(self, keys: tuple[Key, ...], revision: int) -> bool:
        inputs = self._memory.inputs
        for key in keys:
            if isinstance(key[0], str):
                if inputs.get(key, 0) > revision:
                    return False
            else:
                if key in self.active:
                    return False
                try:
                    if self._fresh(key).changed > revision:
                        return False
                except CycleError:
                    return False
        return True

    def _compute(self, key: Key, old: _Memo | None) -> _Memo:
        if key in self.active:
            raise CycleError(key)
        outer, self._reads = self._reads, {}
        self.active[key] = None
        try:
            value = key[0](self, *key[1:])
            made_of = tuple(self._reads)
        finally:
            self._reads = outer
            del self.active[key]
        self._memory.computed += 1
        same = old is not None and old.value == value
        changed = old.changed if old is not None and same else self.revision
        memo = _Memo(value, made_of, self.revision, changed)
        self._memory.memos[key] = memo
        return memo

    @contextmanager
    def recording(self) -> Iterator[dict[Key, None]]:
        """Record what is asked meanwhile."""
        outer, self._reads = self._reads, {}
        try:
            yield self._reads
        finally:
            self._reads = outer

    def agrees(self, reads: tuple[Key, ...], revision: int) -> bool:
        """Has every one of `reads` the answer that it had at `revision`?"""
        with self.recording():
            return self._unchanged_since(reads, revision)

    @property
    def computed(self) -> int:
        return self._memory.computed

    # --- the next snapshot ---

    def with_files(
        self,
        changes: Mapping[str, FileFacts | None],
        layout: Layout | None = None,
        resolver: Resolver | None = None,
    ) -> Project:
        """The project after some files changed; None removes one. Equal facts give this very project.

        It takes this one's files over and costs as much as there are changes, however many files
        there are. A file that comes or goes makes a new resolver unless one is given.
        """
        files = self._files
        real = {p: f for p, f in changes.items() if files.get(p) != f}
        moved = {p: f for p, f in changes.items() if f is not None and p not in real}
        files.update(moved)  # the same meaning at other places
        if not real and layout is None and resolver is None:
            return self
        revision = self.revision + 1
        inputs = self._memory.inputs
        by_kind = _regroup(self._by_kind, files, real)
        for kind in by_kind:
            if by_kind[kind] != self._by_kind.get(kind):
                inputs[("kind", kind)] = revision
        structure = layout is not None or resolver is not None
        for path, facts in real.items():
            inputs[("facts", path)] = revision
            if facts is None:
                del files[path]
                structure = True
            else:
                structure = structure or path not in files
                files[path] = facts
        if structure:
            inputs[("files",)] = revision
        if layout is not None and layout != self._layout:
            inputs[("layout",)] = revision
        layout = layout or self._layout
        if resolver is None:
            resolver = Resolver(layout, frozenset(files)) if structure else self._resolver
        return Project(files, layout, resolver, by_kind=by_kind, memory=self._memory, revision=revision)

    def __iter__(self) -> Iterator[str]:
        """All paths. For commands, not for questions: nothing is recorded."""
        return iter(sorted(self._files))

    def __contains__(self, path: object) -> bool:
        """For commands, not for questions: nothing is recorded."""
        return path in self._files

    def __len__(self) -> int:
        return len(self._files)


def _target(project: Project, folder: str, specifier: str) -> Target:
    return project.resolved(folder, specifier)


def group_by_kind(files: Mapping[str, FileFacts]) -> dict[Kind, tuple[str, ...]]:
    found: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    for path in sorted(files):
        for kind in kinds_of(files[path]):
            found[kind].append(path)
    return {kind: tuple(paths) for kind, paths in found.items()}


def _regroup(
    by_kind: Mapping[Kind, tuple[str, ...]],
    old: Mapping[str, FileFacts],
    changes: Mapping[str, FileFacts | None],
) -> Mapping[Kind, tuple[str, ...]]:
    moved: dict[Kind, set[str]] = {}
    gone: dict[Kind, set[str]] = {}
    for path, facts in changes.items():
        before = kinds_of(old[path]) if path in old else frozenset()
        after = kinds_of(facts) if facts is not None else frozenset()
        for kind in after - before:
            moved.setdefault(kind, set()).add(path)
        for kind in before - after:
            gone.setdefault(kind, set()).add(path)
    if not moved and not gone:
        return by_kind
    out = dict(by_kind)
    for kind in {*moved, *gone}:
        paths = (set(out.get(kind, ())) | moved.get(kind, set())) - gone.get(kind, set())
        out[kind] = tuple(sorted(paths))
    return out
