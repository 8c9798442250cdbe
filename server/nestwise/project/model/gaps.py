"""What class-validator does not check of the classes that requests fill."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.facts import TOther
from nestwise.project.model.applications import Application
from nestwise.project.model.conversions import checked_inside
from nestwise.project.model.filled import declared_in
from nestwise.project.model.inputs import Input
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import Prop, Shape, shape_of
from nestwise.project.model.symbols import Ext, Ref
from nestwise.project.model.validation import (
    Effect,
    Use,
    effect_of,
    has_checks,
    sure_effect,
)

_FILES = frozenset(
    {"File", "FileUpload", "MulterFile", "Buffer", "Readable", "Blob", "Stream", "MultipartFile"}
)


def checks(shape: Shape, prop: Prop, effect: Effect) -> str:
    """Is a property checked: yes, no, exempt (nobody means it to be) or unknown?"""
    marks = prop.marks
    if marks.checked:
        return "yes"
    if marks.unknown or effect.exposes is None:
        return "unknown"
    if marks.allowed or marks.weak or marks.excluded or marks.binary or _is_file(prop):
        return "exempt"
    if prop.computed:
        return "unknown"
    if effect.exposes and not marks.exposed:
        return "exempt"
    if marks.stored and effect.unlisted in ("stripped", "rejected") and shape.has_validators:
        return "exempt"
    if prop.optional and not marks.decorated and any(p.marks.documented for p in shape.props):
        return "exempt"
    if effect.unlisted == "passed" and _takes_anything(prop) and any(p.marks.checked for p in shape.props):
        return "exempt"
    return "no"


def _takes_anything(prop: Prop) -> bool:
    """Is its type `any` or `unknown`? No validator fits, and what is let through is what is asked for."""
    return prop.meant.kind == "open" and prop.meant.name in ("any", "unknown")


def _is_file(prop: Prop) -> bool:
    inner = prop.meant.element
    return inner.name.rpartition(".")[2] in _FILES and inner.ref is None


_UNCHECKED = (
    "@prisma/", "typeorm", "mongoose", "mongodb", "express", "fastify", "@fastify/", "multer", "socket.io",
    "ws", "stream", "http", "node:", "@nestjs/", "rxjs", "bullmq", "stripe", "graphql", "@keycloak/",
)  # fmt: skip
"""Packages whose classes and types carry no validators."""


_ERASED = frozenset(
    {"lookup_type", "index_type_query", "conditional_type", "tuple_type", "template_literal_type"}
)
"""Types of which no class is left at run time: `User['id']`."""


class Gap(Struct, frozen=True):
    """What is not checked of a class: some of its properties, or everything."""

    use: Use
    of: Ref
    """The class that the request fills; the property may be a base's."""
    prop: str = ""
    """Empty where nothing at all is checked."""
    weak: bool = False
    """Has it `@IsOptional` or `@ValidateIf`, and nothing that looks at the value?"""


@question
def _gaps_in(project: Project, ref: Ref, uses: tuple[Use, ...]) -> tuple[tuple[Gap, Ref], ...]:
    """What is not checked of a class that requests fill, with the classes that declare it."""
    shape = shape_of(project, ref)
    if shape.kind != "class" or not shape.complete:
        return ()
    return tuple(found for use in uses if use.seen for found in _gaps(shape, ref, use))


def _gaps(shape: Shape, ref: Ref, use: Use) -> Iterator[tuple[Gap, Ref]]:
    states = {p.name: checks(shape, p, use.effect) for p in shape.data}
    if not states and use.effect.unlisted_object in ("rejected", "refused"):
        return  # an empty class that refuses every property says so on purpose
    if not set(states.values()) - {"no"}:
        yield Gap(use, ref), ref
        return
    for prop in shape.data:
        marks = prop.marks
        weak = marks.weak and states[prop.name] == "exempt" and not (marks.allowed or marks.excluded)
        if states[prop.name] == "no" or weak:
            yield Gap(use, ref, prop.name, weak), prop.declared


@question
def gaps_of(project: Project, ref: Ref) -> tuple[Gap, ...]:
    """What no validator checks of what a class declares itself."""
    return declared_in(project, ref, _gaps_in)


# --- one word for an input -------------------------------------------------------------------


def validated(project: Project, given: Input, app: Application | None) -> str:
    """Is an input validated: yes, no, partly or unknown?"""
    effect = effect_of(project, given, app)
    if effect.kind != "unknown":
        return _validated(project, given, effect)
    sure = sure_effect(project, given, app)
    found = _validated(project, given, sure) if sure.kind in ("schema", "class-validator") else ""
    return "yes" if found == "yes" else "unknown"


def _validated(project: Project, given: Input, effect: Effect) -> str:
    kind = given.meant
    if effect.kind in ("schema", "parse") and not (effect.by_class and (kind.aliased or kind.type_only)):
        return "yes"
    if effect.kind == "none" or kind.aliased or kind.type_only:
        return "no"
    if kind.kind == "outside" and isinstance(kind.symbol, Ext) and kind.symbol.package.startswith(_UNCHECKED):
        return "no"
    if isinstance(given.type, TOther) and given.type.kind in _ERASED:
        return "no"
    if kind.kind in ("unknown", "outside"):
        return "unknown"
    return _of_class(project, kind.ref, effect, frozenset()) if kind.ref is not None else "no"


def fully_checked(project: Project, ref: Ref, effect: Effect) -> bool:
    """Is every property of a class checked, those of nested data, too? Then `whitelist` takes nothing away
    that it declares."""
    return _of_class(project, ref, effect, frozenset()) == "yes"


def _own_way(prop: Prop) -> bool:
    """Are nested data checked, or built, in a way that cannot be followed?"""
    return prop.marks.composed or prop.marks.custom or prop.marks.transformed


def _of_class(project: Project, ref: Ref, effect: Effect, outer: frozenset[Ref]) -> str:
    shape = shape_of(project, ref)
    if shape.kind != "class":
        return "unknown"
    found: set[str] = set()
    for prop in shape.data:
        state = checks(shape, prop, effect)
        if state == "exempt" and not prop.marks.allowed and (prop.marks.weak or _takes_anything(prop)):
            state = "no"
        inner = prop.meant.element.ref
        if state == "yes" and inner is not None and inner not in outer and not _own_way(prop):
            seen = checked_inside(prop, inner, effect)
            if seen or (prop.marks.nested and prop.marks.typed):
                state = _of_class(project, inner, effect, outer | {ref})
            elif seen is None:
                state = "unknown"
            elif prop.marks.nested or has_checks(project, inner):
                state = "partly"
        if state != "exempt":
            found.add(state)
    if not found <= {"yes", "no", "partly"} or not shape.complete:
        return "unknown"
    if "partly" in found or {"yes", "no"} <= found:
        return "partly"
    return "yes" if found == {"yes"} else "no"


__all__ = ["Gap", "checks", "fully_checked", "gaps_of", "validated"]
