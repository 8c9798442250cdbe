"""Requests and data, as `nestwise inspect` says it: request classes, inputs, entities, effects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nestwise.cli.entities import entity_row, entity_text
from nestwise.project.model.applications import applications_with
from nestwise.project.model.classes import lineage
from nestwise.project.model.conversions import property_converted
from nestwise.project.model.decorators import applied
from nestwise.project.model.described import converted
from nestwise.project.model.effect_records import Effect as DataEffect
from nestwise.project.model.effects import effects_of
from nestwise.project.model.entities import entity_of
from nestwise.project.model.gaps import checks, validated
from nestwise.project.model.inputs import Input
from nestwise.project.model.marks import TRANSFORMER, VALIDATOR
from nestwise.project.model.project import Project
from nestwise.project.model.shapes import Prop, Shape, shape_of
from nestwise.project.model.symbols import Ext, Ref, class_of
from nestwise.project.model.types import written
from nestwise.project.model.validation import Effect, Use, reached, uses_of

Row = dict[str, Any]


def input_shown(project: Project, given: Input) -> Row:
    """One parameter of a handler: what it takes, and whether a pipe checks it."""
    apps = applications_with(project, given.handler.controller) or (None,)
    return {
        "source": given.source,
        "name": given.label,
        "type": written(given.type),
        "validated": _same({validated(project, given, app) for app in apps}),
        "converted": _same({converted(project, given, app) for app in apps}),
        "pipes": [pipe.name for pipe in given.pipes],
    }


def _same(answers: set[str]) -> str:
    """The answer that holds everywhere."""
    return answers.pop() if len(answers) == 1 else "unknown"


def shape_shown(project: Project, ref: Ref, only: str = "") -> Row:
    """A request class with its properties, or one of them, and the inputs that it fills."""
    shape = shape_of(project, ref)
    props = [p for p in shape.data if not only or p.name == only]
    filled = _filled(project, ref, props[0] if only and props else None)
    if not filled and not shape.has_validators and shape.kind != "schema":
        return {}
    out: Row = {} if only else {"kind": "request class"}
    if only and props:
        out |= {k: v for k, v in _prop(project, props[0], ref).items() if k not in ("name", "type")}
        if filled:
            out["checked"] = _same(
                {_checked(shape_of(project, of), prop, use) for of, prop, use in filled if prop}
            )
            out["converted"] = _same({_converted(prop, use) for _, prop, use in filled if prop})
    elif not only:
        out["shape"] = {"schema": "made from a schema", "opaque": "made by code that is not followed"}.get(
            shape.kind
        )
        out["properties"] = [_prop(project, p, ref) for p in props]
    out["used by"] = [
        {
            "input": f"{use.input.source} of {use.input.handler.name}",
            "nested": use.nested,
            "pipe": _effect(use.effect),
        }
        for _, _, use in filled
    ]
    causes = [] if shape.complete else ["a base class or decorator that cannot be read: it may validate more"]
    if not filled:
        causes.append("no input is proven to be checked with it")
    return out | {"unknown": causes}


def _filled(project: Project, ref: Ref, only: Prop | None) -> list[tuple[Ref, Prop | None, Use]]:
    """How requests fill a class; or a property, in the class that declares it and those that inherit it."""
    if only is None:
        return [(ref, None, use) for use in uses_of(project, ref)]
    return [
        (of, prop, use)
        for of, uses in reached(project).items()
        for prop in shape_of(project, of).data
        if prop.name == only.name and prop.declared == only.declared
        for use in uses
    ]


def _checked(shape: Shape, prop: Prop, use: Use) -> str:
    return checks(shape, prop, use.effect) if use.seen else "no"


def _converted(prop: Prop, use: Use) -> str:
    return property_converted(prop, use.effect) if use.seen else "unknown"


def _prop(project: Project, prop: Prop, ref: Ref) -> Row:
    row: Row = {"name": prop.name + ("?" if prop.optional else ""), "type": written(prop.type)}
    row["marks"] = _marks(project, prop)
    if prop.declared != ref:
        row["declared in"] = prop.declared.name
    return row


_SAID = {
    "composed": "validators that a function makes",
    "custom": "a validator of the project",
    "unknown": "unknown: a decorator that may validate",
}


def _marks(project: Project, prop: Prop) -> list[str]:
    """The decorators that validate or transform, of the property and of the same one in bases."""
    said: dict[str, None] = {}
    for base in lineage(project, prop.declared).refs:
        cls = class_of(project, base)
        item = next((p for p in cls.properties if p.name == prop.name), None) if cls is not None else None
        for one in applied(project, base.path, item.decorators) if item is not None else ():
            if isinstance(one.symbol, Ext) and one.symbol.package in (VALIDATOR, TRANSFORMER):
                said[f"@{one.symbol.name}"] = None
    marks = prop.marks
    said |= {text: None for name, text in _SAID.items() if getattr(marks, name)}
    if not (
        marks.checked or marks.nested or marks.allowed or marks.composed or marks.custom or marks.unknown
    ):
        said["no validator"] = None
    return list(said)


def _effect(effect: Effect) -> str:
    if effect.kind != "class-validator":
        return effect.kind
    options = {
        "whitelist": effect.whitelist,
        "forbidNonWhitelisted": effect.forbid,
        "transform": effect.transform,
    }
    said = [name for name, on in options.items() if on] + [f"{n}?" for n, on in options.items() if on is None]
    return f"class-validator ({', '.join(said) or 'no options'})"


# --- data ----------------------------------------------------------------------------------------


def entity_shown(project: Project, ref: Ref) -> Row | None:
    """The table of a class; `text` has it for people."""
    entity = entity_of(project, ref)
    if entity is None:
        return None
    row = entity_row(project, entity)
    return {"entity": row, "text": entity_text(project, entity), "unknown": row["unknown"]}


def entity_member(project: Project, ref: Ref, name: str) -> Row | None:
    """A column or a relation; `unknown` is what cannot be told."""
    entity = entity_of(project, ref)
    if entity is None:
        return None
    row = entity_row(project, entity)
    for kind in ("column", "relation"):
        for member in row[f"{kind}s"]:
            if member["property"] == name:
                told = {_MEMBER.get(key, key): value for key, value in member.items() if key != "property"}
                unknown = [k for k, v in told.items() if v is None]
                table = "unknown" if entity.table is None else entity.table
                return {"kind": kind, "table of entity": table} | told | {"unknown": unknown}
    return None


_MEMBER = {"kind": "relation", "name": "column"}


def effects_shown(project: Project, ref: Ref, method: str, line_of: Callable[[str, int], int]) -> Row:
    """What a method reads and writes, through the services that it calls, and in which transactions.
    `line_of` gives the line, from 1, of an offset of a file."""
    found = effects_of(project, ref, method)
    if not found.effects and not found.opens and not any(" is that of " in u for u in found.unknown):
        return {}
    out: Row = {}
    for name, kind in (("reads", "read"), ("writes", "write"), ("runs", "unknown")):
        some = [_told(e, line_of) for e in found.effects if e.kind == kind]
        if some:
            out[name] = some
    return out | {"transactions": list(found.opens), "unknown": [f"data: {cause}" for cause in found.unknown]}


def _told(effect: DataEffect, line_of: Callable[[str, int], int]) -> Row:
    """One call that reaches the database."""
    return {
        "target": effect.target or None,
        "operation": effect.operation,
        "call": effect.call,
        "file": effect.path,
        "line": line_of(effect.path, effect.at.start),
        "orm": effect.orm,
        "transaction": effect.transaction,
        "raw": effect.raw,
        "loop": effect.loop,
        "value": effect.how,
        "via": list(effect.via),
    }


def told_text(rows: Row) -> list[str]:
    """Reads and writes for people, a line each."""
    out: list[str] = []
    for name in ("reads", "writes", "runs"):
        for e in rows.get(name, ()):
            said = [_TRANSACTIONS.get(e["transaction"], ""), "in a loop" if e["loop"] else ""]
            said += ["raw SQL" if e["raw"] else "", _VALUES.get(e["value"], "")]
            said += [f"via {' > '.join(e['via'])}" if e["via"] else ""]
            behind = "; ".join(s for s in said if s)
            verb = {"reads": "reads", "writes": "writes", "runs": "reads or writes"}[name]
            what = f"{verb} {e['target'] or '?'}: {e['call']}"
            out.append(f"{what}  line {e['line']}{'; ' if behind else ''}{behind}")
    return out


_TRANSACTIONS = {
    "yes": "in a transaction",
    "ambient": "in the transaction of a decorator",
    "outside": "past the transaction around it",
    "maybe": "perhaps in a transaction",
    "unit": "when the unit of work is flushed",
}
_VALUES = {"dropped": "nobody waits for it", "void": "nobody waits for it"}
