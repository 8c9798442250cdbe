"""Where the validators of a property contradict its type, or what arrives.

class-transformer runs first, so validators see what it makes: of a property with `@Type(() => Date)` a date.
What it does not convert arrives as JSON has it, which knows no dates, or as text (see `Use.text`).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.facts import TUnion, TypeDecl
from nestwise.project.model.constraints import Check, enum_kinds, literal_kind
from nestwise.project.model.conversions import built_of
from nestwise.project.model.filled import declared_in
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import Prop, shape_of
from nestwise.project.model.symbols import Ref, class_of, declaration
from nestwise.project.model.types import Meant, meant
from nestwise.project.model.validation import Use

_LISTS = ("", "Array", "ReadonlyArray")
_ANY = frozenset({"IsDefined", "IsNotEmpty", "NotEquals", "IsNotIn"})
"""Validators that let nearly everything pass: they do not look at the elements of an array."""
_NONE: frozenset[str] = frozenset()
_JSON = frozenset({"string", "number", "boolean", "array", "object"})


class Contradiction(Struct, frozen=True):
    """A property whose validators do not fit.

    Kinds: each (validators of one value look at an array as a whole), spread (`each` lets arrays into a
    property that is declared to hold one value), inner (validators of an array look at elements that are
    none), elements (the array is checked, its elements are not), refused (validators refuse what the type
    promises), untrue (they let a value pass that is not of the type).
    """

    kind: str
    use: Use
    prop: str
    checks: tuple[Check, ...] = ()
    """The validators that do not fit."""
    sent: frozenset[str] = _NONE
    """The kinds of values that they are asked about."""
    always: bool = False
    """Is no value that a client may send let pass?"""


@question
def contradictions_of(project: Project, ref: Ref) -> tuple[Contradiction, ...]:
    """The properties of requests that a class declares itself whose validators do not fit."""
    return declared_in(project, ref, _in_class, lambda one: (one.prop, one.kind))


@question
def _in_class(project: Project, ref: Ref, uses: tuple[Use, ...]) -> tuple[tuple[Contradiction, Ref], ...]:
    shape = shape_of(project, ref)
    if shape.kind != "class":
        return ()
    return tuple(
        (one, prop.declared)
        for prop in shape.data
        if readable(prop) and prop.marks.checked
        for use in uses
        if use.seen and arrives(prop, use)
        for one in _of_prop(project, prop, use)
    )


def readable(prop: Prop) -> bool:
    """Is all known that its decorators do to a value before validators see it?"""
    marks = prop.marks
    made = marks.composed and marks.made is not None  # by something that may convert as well
    return not (marks.unknown or made or marks.transformed or marks.excluded or prop.computed)


def has_own(prop: Prop) -> bool:
    """Is there a validator of the project's own making, which may refuse anything?"""
    return prop.marks.custom or prop.marks.composed


def arrives(prop: Prop, use: Use) -> bool:
    """Is the property not dropped for want of `@Expose`?"""
    return use.effect.exposes is False or (use.effect.exposes is True and prop.marks.exposed)


def _of_prop(project: Project, prop: Prop, use: Use) -> Iterator[Contradiction]:
    kinds = promised(project, prop)
    if not kinds:
        return
    if prop.meant.kind == "array":
        inner = kinds_of(project, prop.meant.of) if prop.meant.of is not None else _NONE
        yield from _of_array(prop, use, inner)
        return
    checks = prop.marks.validators
    spread = tuple(check for check in checks if check.each and check.takes)
    open_ = not (prop.marks.nested or has_own(prop) or any(map(_whole, checks)))
    if spread and "array" not in kinds and open_:
        yield Contradiction("spread", use, prop.name, spread, kinds)
    yield from _against(prop, use, checks, kinds)


def _of_array(prop: Prop, use: Use, inner: frozenset[str]) -> Iterator[Contradiction]:
    checks = prop.marks.validators
    refusing = tuple(check for check in checks if _whole(check))
    asked = [check for check in checks if check.each or check.name == "ValidateNested"]
    lists = tuple(check for check in asked if check.takes == {"array"})
    if refusing:
        always = any(check.takes == {"array"} and check.each is False for check in checks)
        yield Contradiction("each", use, prop.name, refusing, frozenset({"array"}), always)
    if lists and inner and "array" not in inner:
        yield Contradiction("inner", use, prop.name, lists, inner)
    fitting = _against(prop, use, tuple(check for check in asked if check not in lists), inner)
    yield from (one for one in fitting if one.kind == "refused" or not (refusing or lists))
    if inner and not (inner & {"object", "array"} or asked or refusing) and _unasked(prop):
        yield Contradiction("elements", use, prop.name, checks, inner)


def _unasked(prop: Prop) -> bool:
    """Do all validators of an array look at it as a whole, and is it not converted?"""
    marks = prop.marks
    return not (has_own(prop) or marks.typed) and all(
        check.each is False and ("array" in check.takes or check.name in _ANY)
        for check in marks.validators
        if check.name not in ("IsOptional", "ValidateIf")
    )


def _whole(check: Check) -> bool:
    """Does it refuse every array?"""
    return check.each is False and check.refuses({"array"}) and check.name != "ValidateNested"


def _against(
    prop: Prop, use: Use, checks: tuple[Check, ...], kinds: frozenset[str]
) -> Iterator[Contradiction]:
    """Validators that refuse values of these kinds, or let pass what arrives instead."""
    seen, converted = _seen(prop, use, kinds)
    refusing = tuple(check for check in checks if check.refuses(seen)) if seen else ()
    if refusing:
        may_come = seen if converted or use.text else _JSON
        always = any(check.refuses(may_come) for check in refusing)
        yield Contradiction("refused", use, prop.name, refusing, seen, always)
        return
    passing = tuple(check for check in checks if check.takes)
    if kinds != {"date"} or converted or has_own(prop) or not passing:
        return
    if arriving := seen.intersection(*(check.takes for check in passing)):
        yield Contradiction("untrue", use, prop.name, passing, arriving)


def _seen(prop: Prop, use: Use, kinds: frozenset[str]) -> tuple[frozenset[str], bool]:
    """The kinds that validators see of values that are sent as the type says, and whether whatever is sent is
    converted to them; empty where that is unknown, or where the type is of no text, but text arrives."""
    built = built_of(prop, use.effect)
    if isinstance(built, Ref):
        return frozenset({"object"}), False
    if built in ("number", "string", "boolean", "Date"):
        return frozenset({built.lower()}), True
    if built == "unknown":
        return _NONE, False
    if use.text:
        return (frozenset({"string"}) if "string" in kinds and not use.nested else _NONE), False
    return (kinds - {"date"}) | ({"string", "number"} if "date" in kinds else set()), False


def promised(project: Project, prop: Prop) -> frozenset[str]:
    """The kinds of values that the type of a property allows; empty where that is any, or unknown."""
    if prop.meant.kind == "union" and isinstance(prop.type, TUnion):
        cls = class_of(project, prop.declared)
        params = cls.type_params if cls is not None else ()
        parts = (meant(project, prop.declared.path, part, params) for part in prop.type.of)
        found = [kinds_of(project, p) for p in parts if p.literals not in (("null",), ("undefined",))]
        return frozenset().union(*found) if all(found) else _NONE
    return kinds_of(project, prop.meant)


def kinds_of(project: Project, kind: Meant) -> frozenset[str]:
    """The kinds of values that a type allows; empty where that is any, or unknown."""
    match kind.kind:
        case "scalar" if kind.name in ("string", "number", "boolean"):
            return frozenset({kind.name})
        case "enum":
            item = declaration(project, kind.symbol) if isinstance(kind.symbol, Ref) else None
            return enum_kinds(item) if isinstance(item, TypeDecl) else _NONE
        case "literals":
            found = frozenset(map(literal_kind, kind.literals))
            return _NONE if "" in found else found
        case "array" if kind.name in _LISTS:
            return frozenset({"array"})
        case "class" | "inline":
            return frozenset({"object"})
        case "date":
            return frozenset({"date"})
        case _:
            return _NONE


__all__ = ["Contradiction", "arrives", "contradictions_of", "has_own", "kinds_of", "promised", "readable"]
