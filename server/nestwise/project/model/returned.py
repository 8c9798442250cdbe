"""What methods give back of the data: the entity, as it is stored, that reaches whoever calls.

Proven by the type that a method states, or by the read that its `return` runs. What states another type,
picks columns, or names a secret column in its body hides it, as far as anybody can tell.
"""

from __future__ import annotations

import re

from msgspec import Struct

from nestwise.project.extract_bodies import METHODS
from nestwise.project.facts import (
    Body,
    Call,
    Class,
    Expr,
    Lit,
    Name,
    New,
    Obj,
    Property,
    TArray,
    TLit,
    TName,
    TUnion,
    Type,
)
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import applications_with
from nestwise.project.model.chains import path
from nestwise.project.model.classes import (
    class_decorators,
    declaring,
    lineage,
    method_decorators,
    method_of,
    own_method,
)
from nestwise.project.model.data import type_access
from nestwise.project.model.decorators import applied
from nestwise.project.model.effects import own_effects
from nestwise.project.model.entities import entities, entity_of
from nestwise.project.model.handlers import Handler
from nestwise.project.model.pipeline import local_pipeline
from nestwise.project.model.project import Project, question
from nestwise.project.model.secrets import HIDES, is_secret_name
from nestwise.project.model.symbols import Ext, Here, Ref, class_of, followed, resolve, symbol_of

_WRAPS = frozenset({"Promise", "Observable", "Array", "ReadonlyArray", "Readonly", "NonNullable"})
_READS = frozenset(
    """
    find findOne findBy findOneBy findOneOrFail findOneByOrFail findAll findByPk findUnique findUniqueOrFail
    findFirst findFirstOrFail findMany
    """.split()
)
_PICKS = frozenset("select omit attributes fields exclude raw".split())
"""Options of a read that choose columns."""
_HIDING = frozenset({"hidden", "select", "serializer", "..."})
"""Options of a column that may hide it."""
_SCALARS = frozenset("number boolean Date bigint".split())
_HASHED = re.compile(
    r"(?i)(?:(?:hash(?:ed)?|encrypted)_?(?:password|passwd|pwd)|(?:password|passwd|pwd)_?(?:hash|salt)(?:ed)?)"
)
_DEPTH = 3


@question
def exposed(project: Project, ref: Ref) -> tuple[str, ...]:
    """The secret columns of an entity that nothing hides: no `select: false`, no decorator of
    class-transformer, no `toJSON`."""
    entity = entity_of(project, ref)
    if entity is None or entity.kind in ("document", "embedded"):
        return ()
    line = [c for base in lineage(project, ref).refs if (c := class_of(project, base)) is not None]
    if any(m.name in ("toJSON", "toObject", "toPOJO") for cls in line for m in cls.methods):
        return ()
    if any(_is_of_transformer(project, base, class_of(project, base)) for base in lineage(project, ref).refs):
        return ()
    found: list[str] = []
    for column in entity.columns:
        if not _is_secret_column(column.property) or column.hidden is not False:
            continue
        prop, path = _property(project, ref, column.property)
        if prop is None and line:
            continue
        if prop is None or _is_shown(project, path, prop):
            found.append(column.property)
    return tuple(found)


def _is_secret_column(name: str) -> bool:
    """The hash of a password is harmless in a log line, as words go, but no answer for clients."""
    return is_secret_name(name) or _HASHED.fullmatch(name) is not None


def _property(project: Project, ref: Ref, name: str) -> tuple[Property | None, str]:
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        prop = next((p for p in cls.properties if p.name == name and not p.static), None) if cls else None
        if prop is not None:
            return prop, base.path
    return None, ""


def _is_of_transformer(project: Project, ref: Ref, cls: Class | None) -> bool:
    if cls is None:
        return True
    found = (d.symbol for d in applied(project, ref.path, cls.decorators))
    return any(isinstance(symbol, Ext) and _transforms(symbol) for symbol in found)


def _transforms(symbol: Ext) -> bool:
    return symbol.package in ("class-transformer", "nestjs-zod") or symbol.name in ("Exclude", "HideField")


def _is_shown(project: Project, path: str, prop: Property) -> bool:
    """Is a column written out as it is, as far as its type and decorators say?"""
    if isinstance(prop.type, TName) and prop.type.name in _SCALARS:
        return False
    for deco in applied(project, path, prop.decorators):
        if not isinstance(deco.symbol, Ext) or _transforms(deco.symbol):
            return False
        options = (a.expr for a in deco.args if isinstance(a.expr, Obj))
        if any(e.key in _HIDING for o in options for e in o.entries):
            return False
    return True


@question
def any_exposed(project: Project) -> bool:
    """Is there an entity with a secret column that nothing hides?"""
    if not project.with_kind(Kind.ENTITIES) and not project.schemas:
        return False
    return any(exposed(project, entity.ref) for entity in entities(project))


@question(cycle=None)
def returned_entity(project: Project, ref: Ref, method: str) -> Ref | None:
    """The entity with exposed columns that a method of a class gives back."""
    return _returned(project, ref, method, _DEPTH)


def _returned(project: Project, ref: Ref, method: str, depth: int) -> Ref | None:
    place = declaring(project, ref, method)
    found = own_method(class_of(project, place), method) if place is not None else None
    if place is None or found is None:
        return None
    stated = entity_in(project, place.path, found.returns)
    if stated is None and not _says_nothing(found.returns):
        return None
    methods = project.detail(place.path, METHODS)
    whole = methods.of(f"{place.name}.{method}") if methods is not None else None
    if whole is None:
        return None
    if stated is None and depth:
        given = (_of(project, place, method, whole.body, r, depth) for r in whole.body.returns)
        stated = next((g for g in given if g is not None), None)
    hidden = stated is None or (HIDES | set(exposed(project, stated))) & set(whole.body.words)
    return None if hidden else stated


def _says_nothing(kind: Type | None) -> bool:
    if isinstance(kind, TName) and kind.name in _WRAPS and len(kind.args) == 1:
        return _says_nothing(kind.args[0])
    return kind is None or (isinstance(kind, TName) and kind.name in ("any", "unknown", "object"))


def entity_in(project: Project, path: str, kind: Type | None) -> Ref | None:
    """The entity with exposed columns that a type states: `Promise<User[]>`, `User | null`."""
    match kind:
        case TArray(of=inner):
            return entity_in(project, path, inner)
        case TUnion(of=parts):
            parts = tuple(p for p in parts if not isinstance(p, TLit))
            return entity_in(project, path, parts[0]) if len(parts) == 1 else None
        case TName(name=name, args=(inner,)) if name in _WRAPS:
            return entity_in(project, path, inner)
        case TName(name=name, args=()):
            symbol = followed(project, resolve(project, path, name))
            if isinstance(symbol, Ext) and symbol.package == "@prisma/client":
                models = (e for e in entities(project) if e.orm == "prisma" and e.name == symbol.name)
                symbol = next((e.ref for e in models), symbol)
            return symbol if isinstance(symbol, Ref) and exposed(project, symbol) else None
        case _:
            return None


def _of(project: Project, place: Ref, method: str, body: Body, expr: Expr, depth: int) -> Ref | None:
    """What an expression that a method returns gives."""
    if isinstance(expr, Name):
        given = [value for name, value in body.locals if name == expr.id]
        return _of(project, place, method, body, given[0], depth - 1) if len(given) == 1 and depth else None
    if not isinstance(expr, Call):
        return None
    own, written = own_effects(project, place, method), path(expr.callee)
    called = {(c.ref, c.method) for c in own.calls if c.call == written}
    if called:
        return _returned(project, *called.pop(), depth - 1) if len(called) == 1 else None
    run = {(e.operation in _READS and not e.raw, e.entity) for e in own.effects if e.call == written}
    reads, entity = run.pop() if len(run) == 1 else (False, None)
    if not reads or entity is None or not _takes_all(expr):
        return None
    return entity if exposed(project, entity) else None


def _takes_all(call: Call) -> bool:
    """Does a read take all columns, as far as its arguments say?"""
    return all(_picks_nothing(arg) for arg in call.args)


def _picks_nothing(arg: Expr) -> bool:
    """Conditions without options, an entity, an id."""
    match arg:
        case Obj():
            return arg.closed and all(e.key not in _PICKS for e in arg.entries)
        case Name(id=name):
            return name[:1].isupper() or "id" in name.lower()
        case _:
            return isinstance(arg, Lit)


class Leak(Struct, frozen=True):
    """What a handler answers with."""

    name: str
    """Of the entity."""
    orm: str
    columns: tuple[str, ...]
    """The secret ones that nothing hides."""


@question
def leak_of(project: Project, handler: Handler, calls: tuple[tuple[str, str], ...]) -> Leak | None:
    """The entity with exposed columns that a handler of HTTP sends. `calls`: what it returns, as the names of
    a field and of the method that is called on it; asked for where the handler states no type."""
    method = method_of(project, handler.declared, handler.method)
    if method is None or not any_exposed(project):
        return None
    entity = entity_in(project, handler.declared.path, method.returns)
    if entity is None and _says_nothing(method.returns):
        found = (_called(project, handler, field, name) for field, name in calls)
        entity = next((f for f in found if f is not None), None)
    shown = entity_of(project, entity) if entity is not None else None
    if entity is None or shown is None:
        return None
    columns = frozenset(exposed(project, entity))
    if any(_is_hidden_in(project, handler, field, name, columns) for field, name in calls):
        return None
    if _is_mapped(project, handler, columns):
        return None
    return Leak(shown.name, shown.orm, exposed(project, entity))


def _held(project: Project, handler: Handler, field: str) -> tuple[str, Type | None]:
    """The type of a field of the controller, with its file."""
    for base in lineage(project, handler.controller).refs:
        cls = class_of(project, base)
        if cls is None:
            continue
        held = [(p.name, p.type) for p in cls.ctor or ()] + [(p.name, p.type) for p in cls.properties]
        for name, kind in held:
            if name == field:
                return base.path, kind
    return "", None


def _called(project: Project, handler: Handler, field: str, name: str) -> Ref | None:
    path, kind = _held(project, handler, field)
    if type_access(project, path, kind) is not None:
        return returned_entity(project, handler.controller, handler.method)
    symbol = followed(project, resolve(project, path, kind.name)) if isinstance(kind, TName) else None
    return returned_entity(project, symbol, name) if isinstance(symbol, Ref) else None


def _is_hidden_in(project: Project, handler: Handler, field: str, name: str, columns: frozenset[str]) -> bool:
    """Does the method that is called leave columns out, whatever type it states?"""
    path, kind = _held(project, handler, field)
    symbol = followed(project, resolve(project, path, kind.name)) if isinstance(kind, TName) else None
    place = declaring(project, symbol, name) if isinstance(symbol, Ref) else None
    methods = project.detail(place.path, METHODS) if place is not None else None
    whole = methods.of(f"{place.name}.{name}") if methods is not None and place is not None else None
    return whole is not None and bool((HIDES | columns) & set(whole.body.words))


def _is_mapped(project: Project, handler: Handler, columns: frozenset[str]) -> bool:
    """May a decorator or an interceptor make something else of the answer?"""
    decorators = [
        *method_decorators(project, handler.declared, handler.method),
        *(d for base in lineage(project, handler.controller).refs for d in class_decorators(project, base)),
    ]
    if any(isinstance(d.symbol, Ext) and "Serializ" in d.symbol.name for d in decorators):
        return True
    steps = [step.here for step in local_pipeline(project, handler).interceptors]
    for app in applications_with(project, handler.controller):
        if not app.globals_complete:
            return True
        steps += (one.here for one in app.global_interceptors)
    return any(_masks(project, here, columns) for here in steps)


def _masks(project: Project, here: Here, columns: frozenset[str]) -> bool:
    """Does an interceptor leave columns out, or can that not be told?"""
    expr = here.expr.callee if isinstance(here.expr, New | Call) else here.expr
    symbol = symbol_of(project, Here(here.path, expr))
    if isinstance(symbol, Ext):
        return symbol.package.startswith(("class-", "nestjs-")) or "Map" in symbol.name
    if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
        return True
    place = declaring(project, symbol, "intercept")
    methods = project.detail(place.path, METHODS) if place is not None else None
    if methods is None:
        return True
    words = {w for whole in methods.functions for w in whole.body.words}
    return bool(words & (HIDES | columns | {"delete"}))


__all__ = ["Leak", "any_exposed", "entity_in", "exposed", "leak_of", "returned_entity"]
