"""What a check found, as plain values: all that reports need, and small enough to be kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:  # what is kept is read again without loading the rules
    from nestwise.lint.file import File
    from nestwise.lint.rule import Fix
    from nestwise.lint.run import Diagnostic
    from nestwise.project.files import Problem
    from nestwise.syntax.text import Span, Text
    from nestwise.workspace import Workspace

LEVELS = ("error", "warning", "information", "hint")
"""From the worst to the mildest."""


class Place(Struct, frozen=True, array_like=True):
    """Lines and columns from 1, columns in UTF-16 units; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Remedy(Struct, frozen=True, array_like=True):
    """A fix, by its name."""

    title: str
    safety: str
    elsewhere: tuple[str, ...]
    """The other files that it edits, relative to the root."""
    created: tuple[str, ...]


class Near(Struct, frozen=True, array_like=True):
    """Another place that belongs to a finding."""

    path: str
    place: Place
    message: str


class Found(Struct, frozen=True, array_like=True):
    rule: str
    level: str
    path: str
    """Relative to the root, with `/`."""
    place: Place
    message: str
    line: str
    """The text of the first line, without its line ending."""
    fixes: tuple[Remedy, ...]
    related: tuple[Near, ...]


class Outcome(Struct, frozen=True, array_like=True):
    root: str
    """Absolute, with `/`."""
    files: int
    """How many files were checked."""
    found: tuple[Found, ...]
    errors: tuple[tuple[str, str], ...]
    """Path and message of what could not be read, and of rules that failed: never nothing."""


class Share(Struct, frozen=True, array_like=True):
    """What the checks of some of the files say."""

    found: tuple[Found, ...]
    errors: tuple[tuple[str, str], ...]


def outcome_of(
    workspace: Workspace, files: int, shares: Iterable[Share], problems: Iterable[Problem] = ()
) -> Outcome:
    """All that is said about `files` files, by path; `problems` are others than those of the workspace."""
    parts = list(shares)
    found = sorted((one for part in parts for one in part.found), key=lambda one: one.path)
    errors = [(p.path, p.message) for p in (*problems, *workspace.problems)]
    errors += sorted(error for part in parts for error in part.errors)
    return Outcome(workspace.root.as_posix(), files, tuple(found), tuple(errors))


def share_of(workspace: Workspace, files: Iterable[File]) -> Share:
    """Check some files."""
    from nestwise.lint.fix import fixes_of

    found: list[Found] = []
    errors: list[tuple[str, str]] = []
    for one in map(workspace.check, files):
        errors += [(one.file.path, failure.message) for failure in one.failures]
        for diagnostic in one.diagnostics:
            try:
                fixes = fixes_of(diagnostic, one.file, workspace.project)
            except Exception as error:  # the finding stands
                what = f"{type(error).__name__}: {error}"
                errors.append((one.file.path, f"the fixes of {diagnostic.rule.id} failed: {what}"))
                fixes = ()
            found.append(_found(workspace, one.file, diagnostic, fixes))
    return Share(tuple(found), tuple(errors))


def _found(workspace: Workspace, file: File, d: Diagnostic, fixes: tuple[Fix, ...]) -> Found:
    place = _place(file.text, d.finding.span)
    start, end = file.text.line_span(place.line - 1)
    related = []
    for near in d.finding.related:
        other = file if near.path == file.path else workspace.file(near.path)
        if other is not None:
            related.append(Near(near.path, _place(other.text, near.span), near.message))
    return Found(
        d.rule.id,
        d.level.value,
        file.path,
        place,
        d.finding.message,
        file.data[start:end].decode(errors="replace"),
        tuple(
            Remedy(f.title, f.safety.value, tuple(o.path for o in f.elsewhere if o.create is None), f.created)
            for f in fixes
        ),
        tuple(related),
    )


def _place(text: Text, span: Span) -> Place:
    (line, column), (end_line, end) = text.position(span.start), text.position(span.end)
    return Place(line + 1, column + 1, end_line + 1, end + 1)
