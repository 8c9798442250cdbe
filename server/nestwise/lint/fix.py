"""Apply fixes: never twice, never overlapping, until nothing changes."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from nestwise.lint.file import File
from nestwise.lint.rule import Fix, Safety
from nestwise.lint.run import Diagnostic
from nestwise.project.model.project import Project
from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span

if TYPE_CHECKING:
    from nestwise.syntax.style import Style

_ROUNDS = 100


class BrokenFixError(Exception):
    """A fix that leaves invalid TypeScript, or fixes that never come to an end: a bug, refused."""


def fixes_of(diagnostic: Diagnostic, file: File, project: Project) -> tuple[Fix, ...]:
    """What the rule offers for a finding, the likeliest first."""
    make = diagnostic.rule.fixes
    if make is None:
        return ()
    return tuple(make(diagnostic.finding, _styled(file, project), project))


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


def merge(fixes: Iterable[Fix]) -> list[Edit]:
    """The edits of as many fixes as fit together, all or nothing per fix.

    Two fixes may share an identical edit (both need the same import); it is made once.
    """
    taken: set[Edit] = set()
    spans: list[Span] = []
    for fix in sorted((f for f in fixes if f.edits), key=lambda fix: min(fix.edits)):
        new = set(fix.edits) - taken
        if not any(_touches(spans, edit.span) for edit in new):
            taken |= new
            for edit in new:
                insort(spans, edit.span)
    return sorted(taken)


def _touches(spans: list[Span], span: Span) -> bool:
    """Does one of some sorted, disjoint spans touch another one?"""
    place = bisect_right(spans, span.end, key=lambda s: s.start)
    return place > 0 and spans[place - 1].touches(span)


def fix_all(
    source: Source, fixes: Callable[[Source], Iterable[Fix]], style: Callable[[], Style] | None = None
) -> Source:
    """Fix, check again, and fix again, to a fixpoint. With a style, imports that became too long by several
    fixes together are wrapped."""
    first = source
    seen = {source.text.data}
    for _ in range(_ROUNDS):
        edits = merge(fixes(source))
        if not edits:
            return _rewrapped(first, source, style) if style is not None else source
        fixed = Source.parse(source.text.apply(edits).data, source.dialect)
        if fixed.broken and not source.broken:
            raise BrokenFixError("a fix would leave invalid TypeScript")
        if fixed.text.data in seen:
            raise BrokenFixError("fixes undo each other")
        seen.add(fixed.text.data)
        source = fixed
    raise BrokenFixError(f"fixes still change the file after {_ROUNDS} rounds")
