"""Nested classes of requests whose validators do not run."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.model.filled import declared_in
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import Prop, shape_of
from nestwise.project.model.symbols import Ref
from nestwise.project.model.validation import Effect, Use, has_checks


class Nested(Struct, frozen=True):
    """A property with nested data that no validator sees."""

    use: Use
    prop: str
    type: str
    """The class; empty where the type is none (an interface, an inline type, `any`) or not known …"""
    known: bool
    """… which is this."""
    validated: bool
    """`@ValidateNested` is there, and only `@Type` is missing."""
    typed: bool = False
    """`@Type` is there, and only `@ValidateNested` is missing."""


@question
def _nested_in(project: Project, ref: Ref, uses: tuple[Use, ...]) -> tuple[tuple[Nested, Ref], ...]:
    """Those of one class that requests fill, with the classes that declare them."""
    shape = shape_of(project, ref)
    if shape.kind != "class":
        return ()
    out: list[tuple[Nested, Ref]] = []
    for prop in shape.data:
        use = next((use for use in uses if _unchecked(prop, use.effect)), None)
        named = _named(project, prop)
        if use is not None and named is not None:
            known = bool(named) or prop.meant.element.kind in _NO_CLASS
            one = Nested(use, prop.name, named, known, prop.marks.nested, prop.marks.typed)
            out.append((one, prop.declared))
    return tuple(out)


@question
def nested_of(project: Project, ref: Ref) -> tuple[Nested, ...]:
    """The properties that a class declares itself whose nested data are not validated."""
    return declared_in(project, ref, _nested_in)


_NO_CLASS = frozenset({"interface", "inline", "open"})
_MAY_NEST = _NO_CLASS | {"outside", "class", "utility"}


def _named(project: Project, prop: Prop) -> str | None:
    """The class of the nested data; empty where `@ValidateNested` has none; None where nothing is wrong."""
    inner = prop.meant.element
    if prop.marks.nested:
        if inner.ref is not None:
            return inner.ref.name if shape_of(project, inner.ref).kind == "class" else None
        parts = inner.parts if inner.kind == "union" else (inner,)
        return "" if any(part.element.kind in _MAY_NEST for part in parts) else None
    ref = nested_class(prop)
    return ref.name if ref is not None and has_checks(project, ref) else None


def nested_class(prop: Prop) -> Ref | None:
    """The class of what is nested in a property: the one that it is declared to hold, or that `@Type`
    makes."""
    made = prop.marks.made if prop.marks.typed else None
    return prop.meant.element.ref or (made if isinstance(made, Ref) else None)


def _unchecked(prop: Prop, effect: Effect) -> bool:
    """Do data nested in a property surely pass unseen?

    Under `enableImplicitConversion` a single nested class is built from the type that TypeScript emits; the
    elements of an array never are.
    """
    marks = prop.marks
    if (
        marks.unknown
        or marks.composed
        or marks.custom
        or marks.transformed
        or marks.allowed
        or marks.excluded
        or (marks.made is not None and not marks.typed)
    ):
        return False
    if effect.exposes is None or (effect.exposes and not marks.exposed):
        return False
    if not marks.nested:
        return marks.checked or marks.weak
    single = prop.meant.kind != "array"  # what is not known may be one
    return not marks.typed and not (single and effect.implicit is not False)


__all__ = ["Nested", "nested_class", "nested_of"]
