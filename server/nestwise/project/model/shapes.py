"""The shape of a request class: its properties through inheritance and mapped types, as the pipe sees them.

class-validator joins the metadata of a class with that of its bases, property by property; `PickType` and
its kin copy those of the keys that they keep. A property that is declared again without validators is
still checked by those of its base.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Call, Class, Expr, Fn, Lit, Property, Type, dotted, string
from nestwise.project.model.classes import class_decorators
from nestwise.project.model.constraints import Check
from nestwise.project.model.marks import PLAIN, VALIDATOR, Marks, marks_of, reaches_validator
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    Ext,
    Here,
    Ref,
    class_of,
    items_of,
    symbol_of,
    value_of,
)
from nestwise.project.model.types import UNKNOWN_TYPE, Meant, meant

_MAPPED = frozenset({"PickType", "OmitType", "PartialType", "DeepPartialType", "IntersectionType"})
_MAPPERS = ("@nestjs/mapped-types", "@nestjs/swagger", "@nestjs/graphql")
_BARE = (
    "typeorm",
    "@typegoose/",
    "mongoose",
    "@mikro-orm/",
    "sequelize",
    "objection",
    "@nestjs/cqrs",
    "events",
)
"""Packages whose base classes carry no validators."""
_CLASS_DECORATORS = (
    "@nestjs/", "typeorm", "@typegoose/", "@mikro-orm/", "sequelize-typescript", "class-transformer",
    "@automapper/", "type-graphql", "mongoose", "reflect-metadata",
)  # fmt: skip
_OPTIONAL = Check("IsOptional", "IsOptional")
_DEPTH = 12


class Prop(Struct, frozen=True):
    """A property of a request class."""

    name: str
    """Brackets for one whose name is computed."""
    declared: Ref
    """The class that declares it last."""
    type: Type | None
    meant: Meant
    marks: Marks
    """Of its own decorators and of those of the same property in bases."""
    own: Marks
    """Of the decorators where it is declared last."""
    optional: bool = False
    """Declared with `?`, or made optional by a mapped type."""
    initial: bool = False
    """Has it a value from the start?"""
    emitted: Meant | None = None
    """What class-transformer can see of its type, which TypeScript emits for decorated properties; mapped
    types keep it of those that have validators."""
    fixed: bool = False
    """Not data of the request: a function, private, or static."""

    @property
    def computed(self) -> bool:
        return self.name.startswith("[")


class Shape(Struct, frozen=True):
    kind: str
    """class; schema (made from a schema: its own pipe validates it); opaque (made by code that cannot be
    followed, or under decorators that may validate)."""
    props: tuple[Prop, ...] = ()
    complete: bool = True
    """False where a base cannot be read: it may validate more."""

    def prop(self, name: str) -> Prop | None:
        return next((p for p in self.props if p.name == name), None)

    @property
    def data(self) -> tuple[Prop, ...]:
        """The properties that a request may fill."""
        return tuple(p for p in self.props if not p.fixed)

    @property
    def has_validators(self) -> bool:
        return any(p.marks.checked or p.marks.weak or p.marks.allowed for p in self.props)


OPAQUE = Shape("opaque", complete=False)


@question(cycle=OPAQUE)
def shape_of(project: Project, ref: Ref) -> Shape:
    """The shape of a class."""
    cls = class_of(project, ref)
    if cls is None or cls.inside:
        return OPAQUE
    base = _base(project, ref.path, cls.extends, 0) if cls.extends is not None else Shape("class")
    if base.kind == "schema":
        return base
    if _hidden(project, ref):
        return OPAQUE
    props = {p.name: p for p in base.props}
    for position, item in enumerate(cls.properties):
        if not item.static:
            name = f"[{ref.name}:{position}]" if item.name == "[]" else item.name
            props[name] = _prop(project, ref, cls, item, name, props.get(name))
    for method in cls.methods:
        if method.kind and method.decorators and not method.static:  # validators of an accessor run, too
            marks = marks_of(project, ref.path, method.decorators)
            returned = meant(project, ref.path, method.returns, cls.type_params)
            if marks.checked and method.name not in props:
                props[method.name] = Prop(method.name, ref, method.returns, returned, marks, marks)
    kind = "opaque" if base.kind == "opaque" and not cls.properties else "class"
    return Shape(kind, tuple(props.values()), base.complete)


def _hidden(project: Project, ref: Ref) -> bool:
    """Is the class under a decorator that may give its properties validators?"""
    for one in class_decorators(project, ref):
        if isinstance(one.symbol, Ext) and one.symbol.package:
            if one.symbol.package == VALIDATOR or not one.symbol.package.startswith(_CLASS_DECORATORS):
                return one.symbol.name != "ValidatorConstraint"
        elif reaches_validator(project, one.symbol) is not False:
            return True
    return False


def _prop(project: Project, ref: Ref, cls: Class, item: Property, name: str, old: Prop | None) -> Prop:
    own = marks_of(project, ref.path, item.decorators)
    kind = emitted = meant(project, ref.path, item.type, cls.type_params)
    if item.type is None and isinstance(item.value, Lit):
        if item.value.kind in ("string", "number", "boolean"):
            kind = Meant("scalar", name=item.value.kind)
        else:
            kind = UNKNOWN_TYPE
    return Prop(
        name=name,
        declared=ref,
        type=item.type,
        meant=kind,
        marks=own.over(old.marks) if old else own,
        own=own,
        optional=item.optional,
        initial=item.value is not None,
        emitted=emitted if item.decorators else old.emitted if old else None,
        fixed=bool(item.access in ("private", "protected"))
        or item.name.startswith("#")
        or kind.kind == "function"
        or isinstance(item.value, Fn),
    )


def _base(project: Project, path: str, expr: Expr, depth: int) -> Shape:
    """The shape of what a class extends: a class, or a call that makes one."""
    here = value_of(project, Here(path, expr)) if dotted(expr) else Here(path, expr)
    if depth > _DEPTH:
        return OPAQUE
    if isinstance(here.expr, Call):
        return _of_call(project, here.path, here.expr, depth)
    symbol = symbol_of(project, here)
    if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
        return shape_of(project, symbol)
    if isinstance(symbol, Ext) and symbol.package.startswith(_BARE):
        return Shape("class")
    return OPAQUE


def _of_call(project: Project, path: str, call: Call, depth: int) -> Shape:
    """`PickType(Base, ['a'])`, `createZodDto(schema)`, or a factory of the workspace (opaque)."""
    symbol = symbol_of(project, Here(path, call.callee))
    if not isinstance(symbol, Ext):
        return OPAQUE
    name = symbol.name.rpartition(".")[2]
    if name in _MAPPED and symbol.package.startswith(_MAPPERS):
        return _mapped(project, path, symbol, call.args, depth)
    if name.endswith("Dto") or "zod" in symbol.package:
        return Shape("schema")
    return OPAQUE


def _mapped(project: Project, path: str, symbol: Ext, args: tuple[Expr, ...], depth: int) -> Shape:
    if not args:
        return OPAQUE
    name = symbol.name.rpartition(".")[2]
    if name == "IntersectionType":
        return _joined(_copied(_base(project, path, arg, depth + 1)) for arg in args)
    base = _copied(_base(project, path, args[0], depth + 1))
    if name.endswith("PartialType"):
        every = symbol.package != _MAPPERS[0]
        return replace(base, props=tuple(_optional(prop, every) for prop in base.props))
    keys = _keys(project, Here(path, args[1])) if len(args) > 1 else None
    if any(p.computed for p in base.props):
        keys = None
    if keys is None or base.kind == "schema":
        return base if base.kind == "schema" else OPAQUE
    keep = name == "PickType"
    kept = tuple(p for p in base.props if (p.name in keys) == keep)
    missing = keep and not keys <= {p.name for p in base.props}
    return replace(base, props=kept, complete=base.complete and not (missing and base.kind == "opaque"))


def _copied(base: Shape) -> Shape:
    """What mapped types take over of a class: of the types that TypeScript emits those with validators."""
    return replace(base, props=tuple(replace(p, emitted=_kept(p)) for p in base.props))


def _kept(prop: Prop) -> Meant | None:
    marks = prop.marks
    if marks.checked or marks.weak or marks.allowed or prop.emitted is None:
        return prop.emitted
    return UNKNOWN_TYPE if marks.unknown else None


def _optional(prop: Prop, every: bool) -> Prop:
    """`PartialType` puts `@IsOptional` on the properties that have validators; that of Swagger and GraphQL
    (`every`) also on those that they know: documented ones, and those of which a compiler plugin told them,
    which is unknown."""
    marks = prop.marks
    if marks.checked or marks.weak or marks.allowed or (every and marks.documented):
        added = tuple(dict.fromkeys((*marks.validators, _OPTIONAL)))
        marks = replace(marks, weak=True, optional=True, validators=added)
    elif every:
        marks = replace(marks, unknown=True)
    return replace(prop, optional=True, marks=marks)


def _joined(parts: Iterable[Shape]) -> Shape:
    props: dict[str, Prop] = {}
    kinds: set[str] = set()
    complete = True
    for part in parts:
        kinds.add(part.kind)
        complete = complete and part.complete
        for prop in part.props:
            old = props.get(prop.name)
            if old is not None:
                emitted = prop.emitted or old.emitted
                prop = replace(prop, marks=prop.marks.joined(old.marks), emitted=emitted)
            props[prop.name] = prop
    if "schema" in kinds:
        return Shape("schema")
    return Shape("opaque" if "opaque" in kinds else "class", tuple(props.values()), complete)


def _keys(project: Project, here: Here) -> frozenset[str] | None:
    found = items_of(project, here)
    texts = [string(value_of(project, item).expr) for item in found.items]
    if not found.complete or any(t is None for t in texts):
        return None
    return frozenset(t for t in texts if t is not None)


__all__ = ["OPAQUE", "PLAIN", "Prop", "Shape", "shape_of"]
