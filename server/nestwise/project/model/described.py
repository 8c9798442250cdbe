"""The shape of an input for people and tools: its properties with their validators, and what runs on it."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from nestwise.project.facts import Call, Expr
from nestwise.project.model.applications import Application
from nestwise.project.model.classes import lineage
from nestwise.project.model.conversions import (
    checked_inside,
    input_converted,
    inside,
    of_class,
    property_converted,
)
from nestwise.project.model.gaps import checks
from nestwise.project.model.inputs import Input
from nestwise.project.model.project import Project
from nestwise.project.model.schemas import Field, schema_of
from nestwise.project.model.shapes import Prop, shape_of
from nestwise.project.model.symbols import Here, Ref, class_of
from nestwise.project.model.types import written
from nestwise.project.model.validation import Effect, effect_of, sure_effect

Row = dict[str, Any]
_DEEPEST = 4
"""Levels of nested data that are told."""


def checked_by(project: Project, given: Input, app: Application | None) -> Row:
    """What checks an input, with the options of it that matter; null for one that cannot be told."""
    effect = effect_of(project, given, app)
    found: Row = {"kind": effect.kind}
    if effect.kind == "class-validator":
        found |= {
            "unlisted": effect.unlisted,
            "transform": effect.transform,
            "implicitConversion": effect.implicit,
        }
    return found


def converted(project: Project, given: Input, app: Application | None) -> str:
    """What an input as a whole becomes on its way to the handler; see `conversions`."""
    return input_converted(given, effect_of(project, given, app))


def properties_of(project: Project, given: Input, app: Application | None) -> list[Row]:
    """The properties of an input that is of a class or has a schema; empty for anything else."""
    for pipe in given.pipes:
        if pipe.schema is not None and (found := schema_of(project, pipe.schema)) is not None:
            return _fields(found.fields)
    ref = given.meant.element.ref
    if ref is None:
        return []
    effect = effect_of(project, given, app)
    if of_class(given):
        if effect.kind == "unknown":
            effect = sure_effect(project, given, app)
    elif effect.kind != "unknown":
        effect = replace(effect, hands="nothing", kind=_UNSEEN.get(effect.kind, effect.kind))
    return _of_class(project, ref, effect, (ref,))


_UNSEEN = {"class-validator": "none"}
"""What checks objects whose class the pipe does not know."""


def _of_class(project: Project, ref: Ref, effect: Effect, outer: tuple[Ref, ...]) -> list[Row]:
    shape = shape_of(project, ref)
    if shape.kind == "schema":
        made = _schema_behind(project, ref)
        found = schema_of(project, made) if made is not None else None
        return _fields(found.fields) if found else []
    return [_property(project, prop, effect, outer) for prop in shape.data]


def _property(project: Project, prop: Prop, effect: Effect, outer: tuple[Ref, ...]) -> Row:
    state = checks(shape_of(project, outer[-1]), prop, effect)
    if effect.kind != "class-validator":
        state = "no" if effect.kind == "none" else "unknown"
    row: Row = {
        "name": prop.name,
        "type": written(prop.type),
        "optional": prop.optional or prop.marks.optional,
        "validators": list(dict.fromkeys(check.shown for check in prop.marks.validators)),
        "transforms": list(prop.marks.transforms),
        "checked": {"yes": "yes", "unknown": "unknown"}.get(state, "no"),
        "converted": property_converted(prop, effect),
    }
    inner = prop.meant.element.ref
    if inner is not None and inner not in outer and len(outer) < _DEEPEST:
        below = inside(prop, inner, effect)
        if effect.kind == "class-validator":
            seen = checked_inside(prop, inner, effect)
            below = replace(below, kind={True: effect.kind, False: "none", None: "unknown"}[seen])
        row["properties"] = _of_class(project, inner, below, (*outer, inner))
    return row


def _fields(fields: tuple[Field, ...]) -> list[Row]:
    out: list[Row] = []
    for field in fields:
        row: Row = {
            "name": field.name,
            "type": field.type,
            "optional": field.optional,
            "validators": list(field.rules),
            "transforms": [],
            "checked": "unknown" if field.type == "?" else "yes",
            "converted": "unknown",
        }
        if field.fields:
            row["properties"] = _fields(field.fields)
        out.append(row)
    return out


def _schema_behind(project: Project, ref: Ref) -> Here | None:
    """The schema of `class X extends createZodDto(schema)`, also of a base."""
    line = lineage(project, ref)
    call: Expr | None = line.base_call.expr if line.base_call is not None else None
    if isinstance(call, Call) and call.args and line.base_call is not None:
        return Here(line.base_call.path, call.args[0])
    cls = class_of(project, ref)
    return Here(ref.path, cls.extends) if cls is not None and isinstance(cls.extends, Call) else None


__all__ = ["checked_by", "converted", "properties_of"]
