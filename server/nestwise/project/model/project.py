"""The project at one moment: a snapshot that answers questions.

A question is a function of a project and plain values, decorated with `@question`. Its answer is
remembered together with what it was made of: other answers and the facts of files. When files
change, nothing is thrown away: what rests on them is verified when it is asked for again (see
`memory`). So there is no invalidation logic anywhere.

Answers must be comparable values. Positions in them are `At`, which is never compared; they are
right for the file that they came from as long as that file's facts are unchanged, so only the
check of that very file may use them (it reads its own facts afresh).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

from nestwise.project.details import Detail, Details, Reading
from nestwise.project.facts import EMPTY, FileFacts
from nestwise.project.kinds import Kind, kinds_of
from nestwise.project.layout import Layout
from nestwise.project.model.memory import NONE, CycleError, Key, Memory, Read
from nestwise.project.resolve import Resolver, Target

A = ParamSpec("A")
R = TypeVar("R")
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
            # The busiest lines of the model: what is remembered costs one look-up.
            memory = project.memory
            memo = memory.memos[function].get(args) or memory.memo(function, args)
            if memory.reads is not None:
                memory.reads[memo] = None
            if memo.doubtful or memo.value is NONE:
                try:
                    memory.freshen(memo, project)
                except CycleError:
                    if cycle is _MISSING or memo.active:
                        raise
                    return cycle
            return memo.value

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
        details: Details | None = None,
        schemas: tuple[str, ...] = (),
    ) -> None:
        self._files = files
        self._layout = layout
        self._resolver = resolver
        self.memory = memory or Memory()
        self._details = details
        self._schemas = schemas
        self._by_kind = by_kind if by_kind is not None else group_by_kind(files)
        self.revision = self.memory.revision

    # --- inputs: what is not computed ---

    def facts(self, path: str) -> FileFacts:
        """The facts of a file; of a file that is not in the project, empty ones."""
        if self.memory.reads is not None:
            self.memory.note(("facts", path))
        return self._files.get(path, EMPTY)

    @property
    def paths(self) -> tuple[str, ...]:
        """All files, sorted."""
        self.memory.note(("files",))
        return tuple(sorted(self._files))

    def has_file(self, path: str) -> bool:
        self.memory.note(("files",))
        return path in self._files

    def with_kind(self, kind: Kind) -> tuple[str, ...]:
        """The files that hold something of a kind, sorted: the way to ask about the whole project."""
        self.memory.note(("kind", kind))
        return self._by_kind.get(kind, ())

    def target(self, importer: str, specifier: str) -> Target:
        """Where an import leads. An answer of its own: a new file changes few of them."""
        return _target(self, importer.rpartition("/")[0], specifier)

    def resolved(self, folder: str, specifier: str) -> Target:
        """Where an import of a file of `folder` leads, noted as a reading of all files."""
        self.memory.note(("files",))
        self.memory.note(("layout",))
        return self._resolver.resolve(f"{folder}/x" if folder else "x", specifier)

    def detail(self, path: str, detail: Detail[R]) -> R | None:
        """Second-level facts of a file; None where there is no such file. An answer of its own: a text that
        changed and says the same changes nothing for who asked."""
        found: R | None = _detail(self, path, detail)
        return found

    def read_detail(self, path: str, detail: Detail[R]) -> R | None:
        """`detail`, noted as a reading of the text."""
        self.memory.note(("text", path))
        return self._details.of(path, detail) if self._details is not None else None

    def reading(self, path: str) -> Reading | None:
        """The text that the facts of a file are of, with its tree; None where there is none. For fixes, which
        edit it, and not for questions: whatever is typed in the file changes it."""
        self.memory.note(("text", path))
        return self._details.reading(path) if self._details is not None else None

    @property
    def schemas(self) -> tuple[str, ...]:
        """The Prisma schemas of the workspace, sorted."""
        self.memory.note(("schemas",))
        return self._schemas

    @property
    def layout(self) -> Layout:
        """Packages and compiler options."""
        self.memory.note(("layout",))
        return self._layout

    # --- answers ---

    def recording(self) -> AbstractContextManager[dict[Read, None]]:
        """Record what is asked meanwhile."""
        return self.memory.recording()

    def agrees(self, reads: tuple[Read, ...], revision: int) -> bool:
        """Has every one of `reads` the answer that it had at `revision`?"""
        with self.recording():
            return self.memory.unchanged(reads, revision, self)

    @property
    def computed(self) -> int:
        return self.memory.computed

    # --- the next snapshot ---

    def with_files(
        self,
        changes: Mapping[str, FileFacts | None],
        layout: Layout | None = None,
        resolver: Resolver | None = None,
        *,
        schemas: tuple[str, ...] | None = None,
        rewritten: Iterable[str] = (),
    ) -> Project:
        """The project after some files changed; None removes one. Equal facts give this very project, unless
        somebody asked for details of the texts; `rewritten` are files without facts that have another text.

        It takes this one's files over and costs as much as there are changes, however many files
        there are. A file that comes or goes makes a new resolver unless one is given.
        """
        files = self._files
        real = {p: f for p, f in changes.items() if files.get(p) != f}
        moved = {p: f for p, f in changes.items() if f is not None and p not in real}
        files.update(moved)  # the same meaning at other places
        texts = [key for p in (*changes, *rewritten) if (key := ("text", p)) in self.memory.inputs]
        if schemas is None:
            schemas = self._schemas
        same = not real and schemas == self._schemas
        if same and not texts and layout is None and resolver is None:
            return self
        by_kind = _regroup(self._by_kind, files, real)
        touched: list[Key] = [("kind", kind) for kind in by_kind if by_kind[kind] != self._by_kind.get(kind)]
        touched += texts
        if schemas != self._schemas:
            touched.append(("schemas",))
        structure = layout is not None or resolver is not None
        for path, facts in real.items():
            touched.append(("facts", path))
            if facts is None:
                del files[path]
                structure = True
            else:
                structure = structure or path not in files
                files[path] = facts
        if structure:
            touched.append(("files",))
        if layout is not None and layout != self._layout:
            touched.append(("layout",))
        self.memory.touch(touched)
        layout = layout or self._layout
        if resolver is None:
            resolver = Resolver(layout, frozenset(files)) if structure else self._resolver
        return Project(
            files,
            layout,
            resolver,
            by_kind=by_kind,
            memory=self.memory,
            details=self._details,
            schemas=schemas,
        )

    def __iter__(self) -> Iterator[str]:
        """All paths. For commands, not for questions: nothing is recorded."""
        return iter(sorted(self._files))

    def __contains__(self, path: object) -> bool:
        """For commands, not for questions: nothing is recorded."""
        return path in self._files

    def __len__(self) -> int:
        return len(self._files)


@question
def _detail(project: Project, path: str, detail: Detail[Any]) -> Any:
    return project.read_detail(path, detail)


@question
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
