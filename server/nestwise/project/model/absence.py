"""Properties whose types and validators differ about whether a request may leave them out."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import TLit, TName, TUnion
from nestwise.project.model.constraints import Check
from nestwise.project.model.contradictions import arrives
from nestwise.project.model.filled import declared_in
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import Prop, shape_of
from nestwise.project.model.symbols import Ref, class_of
from nestwise.project.model.types import has_strict_nulls
from nestwise.project.model.validation import Use

_ALWAYS_THERE = frozenset({"scalar", "enum", "literals", "date", "array", "class", "inline", "interface"})


class Absence(Struct, frozen=True):
    use: Use
    prop: str
    checks: tuple[Check, ...] = ()
    """The validators that refuse requests without it; none where these may leave out what its type says is
    always there."""


@question
def absences_of(project: Project, ref: Ref) -> tuple[Absence, ...]:
    """The properties that a class declares itself that differ."""
    return declared_in(project, ref, _in_class)


@question
def _in_class(project: Project, ref: Ref, uses: tuple[Use, ...]) -> tuple[tuple[Absence, Ref], ...]:
    shape = shape_of(project, ref)
    if shape.kind != "class":
        return ()
    out: list[tuple[Absence, Ref]] = []
    for prop in shape.data:
        use = next((u for u in uses if u.seen and u.effect.skips is False and arrives(prop, u)), None)
        if use is None or not _plain(prop):
            continue
        refusing = tuple(check for check in prop.marks.validators if check.refuses_missing)
        may_miss = prop.optional or _allows(prop, "undefined")
        if may_miss and refusing and not prop.marks.weak:
            out.append((Absence(use, prop.name, refusing), prop.declared))
        elif not may_miss and prop.own.optional and _is_always_there(project, prop):
            out.append((Absence(use, prop.name), prop.declared))
    return tuple(out)


def _plain(prop: Prop) -> bool:
    """Is all known that its decorators do to what is missing, and has it no default?"""
    marks = prop.marks
    given = prop.initial or (marks.exposed and marks.transformed)  # which runs for what is missing, too
    return not (given or marks.unknown or marks.composed or marks.excluded or marks.stored or prop.computed)


def _is_always_there(project: Project, prop: Prop) -> bool:
    """Does the compiler take it for granted that the property is there?"""
    if prop.meant.kind not in _ALWAYS_THERE or prop.meant.nullable:
        return False
    cls = class_of(project, prop.declared)
    return cls is not None and cls.ctor is None and has_strict_nulls(project, prop.declared.path)


def _allows(prop: Prop, word: str) -> bool:
    kind = prop.type
    return isinstance(kind, TUnion) and any(
        (isinstance(t, TLit) and t.text == word) or (isinstance(t, TName) and t.name == word) for t in kind.of
    )


__all__ = ["Absence", "absences_of"]
