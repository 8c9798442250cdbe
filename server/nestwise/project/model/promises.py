"""Which calls give promises, and what becomes of those that fail.

What tells effects is imported when it is needed: few checks meet a promise that nobody waits for.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.extract_rejections import REJECTIONS, Failing
from nestwise.project.facts import Arr, Call, Expr, Fn, Function, Member, Name, TName, Type
from nestwise.project.model.classes import declaring, lineage, method_of
from nestwise.project.model.operations import WAITS, WRITES
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, class_of, declaration, followed, resolve

LAZY = frozenset({"prisma", "mongoose", "drizzle", "kysely"})
"""ORMs whose queries run when somebody waits for them, and never otherwise."""
_AT_ONCE = frozenset({"persist", "remove", "persistLater", "removeLater"})
"""Writes of MikroORM that give no promise: `flush` does."""


class Promised(Struct, frozen=True):
    """A call that gives a promise."""

    name: str
    """What is called, for people: `CatsService.save`, `this.cats.save`."""
    writes: bool = False
    """Does it write to the database?"""
    throws: bool = False
    """Does what is called throw something itself?"""
    calm: bool = False
    """Does what is called catch whatever may fail?"""
    orm: str = ""
    """Of a call of an ORM, which."""
    lazy: bool = False
    """Does nothing run as long as nobody waits for it?"""


@question
def gives_promise(project: Project, ref: Ref, method: str) -> bool:
    """Is a call of a method surely a promise: is it `async`, or does its type say so?"""
    place = declaring(project, ref, method)
    found = method_of(project, place, method) if place is not None else None
    if found is None or place is None or found.kind:
        return False
    return found.is_async or is_promise(project, place.path, found.returns)


def is_promise(project: Project, path: str, kind: Type | None) -> bool:
    return isinstance(kind, TName) and resolve(project, path, kind.name) == Ext("", "Promise")


def promised(project: Project, cls: Ref, method: str, expr: Expr) -> Promised | None:
    """What a call in a method of a class gives; None where that is no promise, or cannot be told."""
    if not isinstance(expr, Call):
        return None
    from nestwise.project.model.reach import field_reach

    match expr.callee:
        case Member(object=Name(id="this"), name=name):
            return _of_method(project, cls, name, "this")
        case Member(object=Member(object=Name(id="this"), name=field), name=name):
            found = field_reach(project, cls, field)
            if found is not None and found.service is not None:
                known = _of_method(project, found.service, name, found.service.name)
                if known is not None:
                    return known
        case Name(id=name):
            return _of_function(project, cls.path, name)
        case _:
            pass
    return _of_data(project, cls, method, expr)


def _of_method(project: Project, ref: Ref, name: str, owner: str) -> Promised | None:
    from nestwise.project.model.effects import effects_of

    if not gives_promise(project, ref, name):
        return None
    failing = _failing(project, ref, name)
    throws = failing is not None and failing.throws
    calm = _is_calm(project, ref, name)
    return Promised(f"{owner}.{name}", bool(effects_of(project, ref, name).writes), throws, calm)


@question
def _failing(project: Project, ref: Ref, name: str) -> Failing | None:
    place = declaring(project, ref, name)
    found = project.detail(place.path, REJECTIONS) if place is not None else None
    return found.of(f"{place.name}.{name}") if found is not None and place is not None else None


@question(cycle=True)
def _is_calm(project: Project, ref: Ref, name: str) -> bool:
    """Does a method, or what it calls for that, catch whatever it waits for?"""
    from nestwise.project.model.reach import field_reach

    failing = _failing(project, ref, name)
    if failing is None or failing.throws:
        return False
    for called in failing.loose:
        match called.split("."):
            case ["this", method]:
                service: Ref | None = ref
            case ["this", field, method]:
                found = field_reach(project, ref, field)
                service = found.service if found is not None else None
            case _:
                return False
        if service is None or not _is_calm(project, service, method):
            return False
    return True


def _of_function(project: Project, path: str, name: str) -> Promised | None:
    symbol = followed(project, resolve(project, path, name))
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if not isinstance(symbol, Ref) or not isinstance(item, Function) or not item.is_async:
        return None
    found = project.detail(symbol.path, REJECTIONS)
    failing = found.of(item.name) if found is not None else None
    throws = failing is not None and failing.throws
    return Promised(name, False, throws, failing is not None and not failing.throws and not failing.loose)


def _of_data(project: Project, cls: Ref, method: str, expr: Expr) -> Promised | None:
    """A call of an ORM that writes."""
    base = next((r for r in lineage(project, cls).refs if method_of(project, r, method) is not None), None)
    if base is None or class_of(project, base) is None:
        return None
    from nestwise.project.model.chains import last, links, path
    from nestwise.project.model.effects import own_effects

    calls = list(_calls_in(expr))
    if WRITES.isdisjoint(last(c.callee) for c in calls) or _reaches_nothing(project, cls, calls):
        return None
    called = {path(c.callee) for c in calls}
    for effect in own_effects(project, base, method).writes:
        if effect.call not in called:
            continue
        if effect.orm == "mikro-orm" and effect.operation in _AT_ONCE:
            continue
        ends = expr.callee.name if isinstance(expr, Call) and isinstance(expr.callee, Member) else ""
        lazy = effect.orm in LAZY and not {effect.operation, ends} & _EAGER_OF.get(effect.orm, _NONE)
        lazy = lazy and effect.call in {path(link.callee) for link in links(expr)}
        return Promised(effect.call, writes=True, orm=effect.orm, lazy=lazy)
    return None


def _reaches_nothing(project: Project, cls: Ref, calls: list[Call]) -> bool:
    """Do all calls begin with fields of which none reaches data: a `Map`, a list? It is dear to ask what the
    bodies of a file do."""
    from nestwise.project.model.reach import field_reach

    fields = [_field(call) for call in calls]
    return all(field and field_reach(project, cls, field) is None for field in fields)


def _field(expr: Expr) -> str:
    """The field of `this` that a chain begins with, if it does."""
    for _ in range(40):
        match expr:
            case Member(object=Name(id="this"), name=name):
                return name
            case Member(object=inner) | Call(callee=inner):
                expr = inner
            case _:
                return ""
    return ""


def _calls_in(expr: Expr, depth: int = 0) -> Iterator[Call]:
    """The calls of a chain, and those that they wait for: `Promise.all([…])`, also of what is mapped."""
    if depth > 12:
        return
    match expr:
        case Call(callee=callee, args=args):
            yield expr
            name = callee.name if isinstance(callee, Member) else ""
            waits = name in WAITS or (depth > 0 and name == "map")
            for part in (callee, *args) if waits else (callee,):
                yield from _calls_in(part, depth + 1)
        case Member(object=inner):
            yield from _calls_in(inner, depth + 1)
        case Arr(items=parts) | Fn(returns=parts):
            for part in parts:
                yield from _calls_in(part, depth + 1)
        case _:
            return


_NONE: frozenset[str] = frozenset()
_EAGER_OF = {
    "mongoose": frozenset({"create", "save", "insertMany", "bulkWrite", "bulkSave", "exec"}),
    "drizzle": frozenset({"execute"}),
    "kysely": frozenset({"execute", "executeTakeFirst", "executeTakeFirstOrThrow"}),
}
"""What of lazy ORMs runs at once all the same."""


__all__ = ["LAZY", "Promised", "gives_promise", "is_promise", "promised"]
