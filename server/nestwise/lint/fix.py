"""Apply fixes: never twice, never overlapping, never by half, until nothing changes."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from nestwise.lint.file import File
from nestwise.lint.rule import FileEdits, Fix, Safety
from nestwise.lint.run import Diagnostic
from nestwise.project.files import is_generated
from nestwise.project.model.project import Project
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit, Span

if TYPE_CHECKING:
    from nestwise.syntax.style import Style

_ROUNDS = 100


class BrokenFixError(Exception):
    """A fix that leaves invalid TypeScript, or fixes that never come to an end: a bug, refused."""


class Files(Protocol):
    """The files that fixes may edit, as they were before any fix."""

    def source(self, path: str) -> Source | None:
        """The text of a file of the project; None where there is none."""

    def free(self, path: str) -> bool:
        """May a file be created there?"""


class Patch(Struct):
    """What becomes of files by several fixes at once."""

    edits: dict[str, set[Edit]] = field(default_factory=dict)
    created: dict[str, str] = field(default_factory=dict)
    _spans: dict[str, list[Span]] = field(default_factory=dict)
    """Of the edits, sorted."""

    def fits(self, part: FileEdits) -> bool:
        if part.create is not None:
            return self.created.get(part.path, part.create) == part.create
        spans = self._spans.get(part.path, [])
        new = set(part.edits) - self.edits.get(part.path, set())
        return part.path not in self.created and not any(_touches(spans, edit.span) for edit in new)

    def take(self, part: FileEdits) -> None:
        if part.create is not None:
            self.created[part.path] = part.create
        elif part.edits:
            taken, spans = self.edits.setdefault(part.path, set()), self._spans.setdefault(part.path, [])
            for edit in set(part.edits) - taken:
                insort(spans, edit.span)
            taken.update(part.edits)


def fixes_of(diagnostic: Diagnostic, file: File, project: Project) -> tuple[Fix, ...]:
    """What the rule offers for a finding, the likeliest first."""
    make = diagnostic.rule.fixes
    if make is None:
        return ()
    return tuple(make(diagnostic.finding, _styled(file, project), project))


def file_at(project: Project, path: str) -> File | None:
    """Another file for a fix to edit, as it is now: open documents with what is not saved yet. None where it
    cannot be read, or is generated, so that edits of it would be lost."""
    reading = project.reading(path)
    if reading is None or path not in project or is_generated(reading.data):
        return None
    return File(
        path, reading.data, project.facts(path), reading.source, base=lambda: _style_of(project, path)
    )


def style_for(project: Project, file: File) -> Style:
    """How edits of a file are written."""
    return _styled(file, project).style


@lru_cache(maxsize=1)
def _styled(file: File, project: Project) -> File:
    """The file as its package is written. The last one is kept: a fix finds what others read of the file."""
    return file.in_style(lambda: _style_of(project, file.path))


def _rewrapped(before: Source, source: Source, style: Callable[[], Style]) -> Source:
    if before.text.data == source.text.data:
        return source
    from nestwise.syntax.imports import rewrapped

    edits = rewrapped(before, source, style())
    return Source.parse(source.text.apply(edits).data, source.dialect) if edits else source


def _style_of(project: Project, path: str) -> Style:
    from nestwise.project.model.conventions import style_of  # most checks ask for no fix

    return style_of(project, path)


def applicable(diagnostics: Iterable[Diagnostic], file: File, project: Project, unsafe: bool) -> list[Fix]:
    """One fix per finding, a safe one where there is one."""
    out: list[Fix] = []
    for diagnostic in diagnostics:
        offered = fixes_of(diagnostic, file, project)
        safe = [f for f in offered if f.safety is Safety.SAFE]
        out += (safe or (list(offered) if unsafe else []))[:1]
    return out


def merge(path: str, fixes: Iterable[Fix]) -> Patch:
    """As many fixes of the findings of a file as fit together, all or nothing per fix.

    Two fixes may share an identical edit (both need the same import) and an identical new file; it is made
    once. Those that do not fit have to wait.
    """
    patch = Patch()
    for fix in sorted((f for f in fixes if f.edits or f.elsewhere), key=_first):
        parts = [FileEdits(path, fix.edits), *fix.elsewhere]
        if all(patch.fits(part) for part in parts):
            for part in parts:
                patch.take(part)
    return patch


def _first(fix: Fix) -> Edit:
    return min(fix.edits, default=Edit(Span(0, 0), ""))


def _touches(spans: list[Span], span: Span) -> bool:
    """Does one of some sorted, disjoint spans touch another one?"""
    place = bisect_right(spans, span.end, key=lambda s: s.start)
    return place > 0 and spans[place - 1].touches(span)


def fix_all(
    path: str,
    files: Files,
    fixes: Callable[[Mapping[str, Source]], Iterable[Fix]],
    style: Callable[[str], Style] | None = None,
) -> dict[str, Source]:
    """Fix the findings of a file, check it again, and fix again, to a fixpoint: what becomes of the files
    that change or are new.

    `fixes` finds what there is to fix when some files are others already. With a style (of a path), imports
    that became too long by several fixes together are wrapped.
    """
    read = cache(files.source)
    before: dict[str, Source | None] = {}
    now: dict[str, Source] = {}
    seen = [_changed(before, now)]
    for _ in range(_ROUNDS):
        patch = merge(path, (f for f in fixes(now) if _possible(path, f, now, read, files.free)))
        if not patch.edits and not patch.created:
            return _finished(before, now, style)
        now = {**now, **_patched(patch, now, read)}
        before |= {other: read(other) for other in now if other not in before}
        state = _changed(before, now)
        if state in seen:
            raise BrokenFixError("fixes undo each other")
        seen.append(state)
    raise BrokenFixError(f"fixes still change the file after {_ROUNDS} rounds")


_Read = Callable[[str], Source | None]


def _possible(
    path: str, fix: Fix, now: Mapping[str, Source], read: _Read, free: Callable[[str], bool]
) -> bool:
    """Are the files there that a fix edits, and those that it creates not?"""
    for part in (FileEdits(path, fix.edits), *fix.elsewhere):
        if part.create is not None:
            if part.path in now or not free(part.path):
                return False
        elif part.path not in now and read(part.path) is None:
            return False
    return True


def _patched(patch: Patch, now: Mapping[str, Source], read: _Read) -> dict[str, Source]:
    out: dict[str, Source] = {}
    for path, edits in patch.edits.items():
        source = now.get(path) or read(path)
        assert source is not None
        out[path] = Source.parse(source.text.apply(sorted(edits)).data, source.dialect)
        if out[path].broken and not source.broken:
            raise BrokenFixError("a fix would leave invalid TypeScript")
    for path, text in patch.created.items():
        out[path] = Source.parse(text.encode(errors="replace"), dialect_of(path) or Dialect.TS)
        if out[path].broken:
            raise BrokenFixError(f"a fix would create invalid TypeScript, {path}")
    return out


def _changed(before: Mapping[str, Source | None], now: Mapping[str, Source]) -> dict[str, bytes]:
    """The texts of the files that are others than they were."""
    was = {path: source.text.data for path, source in before.items() if source is not None}
    return {path: source.text.data for path, source in now.items() if was.get(path) != source.text.data}


def _finished(
    before: Mapping[str, Source | None], now: Mapping[str, Source], style: Callable[[str], Style] | None
) -> dict[str, Source]:
    out: dict[str, Source] = {}
    for path in _changed(before, now):
        first = before.get(path)
        out[path] = now[path]
        if first is not None and style is not None:
            out[path] = _rewrapped(first, now[path], lambda path=path: style(path))  # type: ignore[misc]
    return out
