"""What a schema of zod, joi or TypeBox says: its fields, as far as they are written out.

A schema is a chain of calls; what it is made of is found through constants and imports, as all else is.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Arr, Call, Expr, Lit, Member, Name, Obj, dotted
from nestwise.project.model.expressions import unwound
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, items_of, symbol_of, value_of

_LIBRARIES = ("zod", "nestjs-zod", "joi", "@hapi/joi", "@sinclair/typebox", "typebox", "valibot")
_DEPTH = 12


class Field(Struct, frozen=True):
    """A field of a schema."""

    name: str
    type: str
    """As the library calls it, in lower case: string, number, object, array …"""
    optional: bool = False
    rules: tuple[str, ...] = ()
    """What is asked of the value: `email`, `min(1)`."""
    fields: tuple[Field, ...] = ()
    """Those of an object, or of the elements of an array."""


@question(cycle=None)
def schema_of(project: Project, here: Here) -> Field | None:
    """What an expression asks for that is a schema; None where it cannot be told."""
    return _schema(project, here, 0)


def _schema(project: Project, here: Here, depth: int) -> Field | None:
    here = value_of(project, here)
    if not isinstance(here.expr, Call) or depth > _DEPTH:
        return None
    head, steps = unwound(here.expr)
    symbol = symbol_of(project, Here(here.path, head)) if dotted(head) else None
    if isinstance(symbol, Ext) and symbol.package.startswith(_LIBRARIES) and steps:
        first, *rest = steps
        found = _made(project, here.path, first[0], first[1], depth)
    else:
        found, rest = _schema(project, Here(here.path, head), depth + 1) if dotted(head) else None, steps
    for name, args in rest:
        if found is None:
            return None
        found = _stepped(project, here.path, found, name, args, depth)
    if found is not None and symbol is not None and _is_joi(symbol):
        found = replace(found, optional="required" not in found.rules)
    return found


def _is_joi(symbol: object) -> bool:
    """Fields of joi are optional unless they say `required`."""
    return isinstance(symbol, Ext) and "joi" in symbol.package


def _made(project: Project, path: str, name: str, args: tuple[Expr, ...], depth: int) -> Field | None:
    """`z.object({…})`, `Joi.string()`, `Type.Optional(Type.Number())`."""
    kind = name[:1].lower() + name[1:]
    if kind in ("object", "strictObject", "looseObject"):
        return Field("", "object", fields=_fields(project, path, args[0], depth) if args else ())
    if kind in ("optional", "nullable", "nullish", "readonly") and args:
        inner = _schema(project, Here(path, args[0]), depth + 1)
        return replace(inner, optional=inner.optional or kind != "readonly") if inner else None
    if kind == "array":
        inner = _schema(project, Here(path, args[0]), depth + 1) if args else None
        return Field("", f"array of {inner.type}" if inner else "array", fields=inner.fields if inner else ())
    if kind in ("enum", "nativeEnum", "literal", "union", "valid"):
        given = tuple(t for arg in args for t in _texts(project, Here(path, arg)))
        return Field("", kind, rules=given)
    return Field("", kind, rules=_options(args))


def _options(args: tuple[Expr, ...]) -> tuple[str, ...]:
    """`Type.String({ minLength: 1 })`."""
    entries = [entry for arg in args if isinstance(arg, Obj) for entry in arg.entries]
    return tuple(f"{e.key}({e.value.value})" for e in entries if isinstance(e.value, Lit))


def _texts(project: Project, here: Here) -> list[str]:
    value = value_of(project, here)
    if isinstance(value.expr, Lit):
        return [value.expr.value]
    if isinstance(value.expr, Arr):
        return [t for item in items_of(project, value).items for t in _texts(project, item)]
    return [dotted(here.expr)] if isinstance(here.expr, Name) else []


def _fields(project: Project, path: str, expr: Expr, depth: int) -> tuple[Field, ...]:
    here = value_of(project, Here(path, expr))
    if not isinstance(here.expr, Obj):
        return ()
    out: list[Field] = []
    for entry in here.expr.entries:
        if entry.key == "...":
            out += _spread(project, Here(here.path, entry.value), depth)
            continue
        inner = _schema(project, Here(here.path, entry.value), depth + 1)
        out.append(replace(inner, name=entry.key) if inner else Field(entry.key, "?"))
    return tuple({field.name: field for field in out}.values())


def _spread(project: Project, here: Here, depth: int) -> tuple[Field, ...]:
    """`...base.shape`, or an object of fields."""
    name = dotted(here.expr)
    if name.endswith(".shape"):
        found = _schema(project, Here(here.path, _named(name.removesuffix(".shape"))), depth + 1)
        return found.fields if found else ()
    return _fields(project, here.path, here.expr, depth + 1)


def _named(name: str) -> Expr:
    head, *rest = name.split(".")
    expr: Expr = Name(head)
    for part in rest:
        expr = Member(expr, part)
    return expr


_ALL_OPTIONAL = frozenset({"partial", "deepPartial", "nullish"})


def _stepped(
    project: Project, path: str, found: Field, name: str, args: tuple[Expr, ...], depth: int
) -> Field | None:
    """One more call of a chain."""
    if name in ("extend", "keys", "augment", "safeExtend") and args:
        added = _fields(project, path, args[0], depth)
        return replace(found, fields=tuple({f.name: f for f in (*found.fields, *added)}.values()))
    if name in ("merge", "and", "concat") and args:
        other = _schema(project, Here(path, args[0]), depth + 1)
        both = {f.name: f for f in (*found.fields, *(other.fields if other else ()))}
        return replace(found, fields=tuple(both.values())) if other else None
    if name in ("pick", "omit") and args:
        chosen = value_of(project, Here(path, args[0])).expr
        keys = {entry.key for entry in chosen.entries} if isinstance(chosen, Obj) else None
        if keys is None:
            return None
        return replace(found, fields=tuple(f for f in found.fields if (f.name in keys) == (name == "pick")))
    if name in _ALL_OPTIONAL and found.type == "object" and name != "nullish":
        return replace(found, fields=tuple(replace(f, optional=True) for f in found.fields))
    if name in ("optional", "nullish", "default", "catch", "prefault"):
        return replace(found, optional=True)
    if name == "array":
        return Field("", f"array of {found.type}", fields=found.fields)
    given = ", ".join(t for arg in args for t in _texts(project, Here(path, arg)))
    return replace(found, rules=(*found.rules, f"{name}({given})" if given else name))


__all__ = ["Field", "schema_of"]
