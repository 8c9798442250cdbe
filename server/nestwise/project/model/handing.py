"""Inputs that are handed whole to a write: from a handler through the services that it calls.

What is followed is a name: a parameter, what is made of it whole (`Object.assign(cat, body)`, `{ ...body }`),
and the parameter of another method that gets it. Where something on the way may check or pick of it, nothing
is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nestwise.project.extract_deeds import Deed, Deeds
from nestwise.project.facts import Call, Expr, Member, Name, New, Obj, Spread, dotted
from nestwise.project.model.chains import deeds_at
from nestwise.project.model.classes import declaring
from nestwise.project.model.effect_records import Handed
from nestwise.project.model.effects import is_abstract, own_effects
from nestwise.project.model.expressions import last_name
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref

_DEPTH = 4
"""How many methods deep an input is followed."""
_MAKES = frozenset({"assign", "create", "merge", "preload", "plainToInstance", "plainToClass", "fromObject"})
"""Calls that make an object with all that another one has."""
_CHECKS = re.compile(r"valid|parse|assert|check|sanit|pick|omit|whitelist|verify|ensure|keys|entries", re.I)
"""Names of calls that may check or cut what they are given whole …"""
_CHECKS_PARTS = re.compile(r"valid|parse|pick|omit|sanit", re.I)
"""… and of those that do so with a part of it, as if the rest were known."""
_FIRST = frozenset("save insert create insertOne insertMany createMany persist upsert values set".split())
"""Methods whose first argument is what is written."""
_SECOND = frozenset(
    "update updateOne updateMany findByIdAndUpdate findOneAndUpdate findOneAndReplace replaceOne".split()
)
"""Methods whose last argument is what rows become; the one before it says which."""
_DATA = ("data", "create", "update", "$set", "values", "set", "defaults")
"""Keys of options under which a write takes its data: all others say which rows."""


@question(cycle=())
def handed_whole(project: Project, ref: Ref, method: str, position: int) -> tuple[Handed, ...]:
    """The calls with which a method hands on a parameter, by its position, whole to a write."""
    return tuple(_handed(project, ref, method, position, _DEPTH))


def _handed(project: Project, ref: Ref, method: str, position: int, depth: int) -> Iterator[Handed]:
    place = declaring(project, ref, method)
    found = deeds_at(project, place.path, place.name, method) if place is not None else None
    if place is None or found is None or is_abstract(project, place, method):
        return
    deeds, scope = found
    params = deeds.scopes[scope].params
    if position >= len(params) or not params[position].name:
        return
    inside = deeds.inside(scope)
    own = [deed for deed in deeds.deeds if deed.scope in inside]
    names = _names(deeds, own, inside, params[position].name)
    if _is_checked(own, names):
        return
    effects = own_effects(project, place, method)
    writes = {e.deed: e for e in effects.writes}
    calls = {number: c for c in effects.calls for number in c.deeds}
    for number, deed in enumerate(deeds.deeds):
        if deed.scope not in inside:
            continue
        write, call = writes.get(number), calls.get(number)
        if write is not None and _is_given(deed.expr, names):
            yield Handed(deed.expr, write)
        elif call is not None and depth and isinstance(deed.expr, Call):
            target = ref if call.ref == place else call.ref
            for there, arg in enumerate(deed.expr.args):
                if not _is_whole(arg, names):
                    continue
                for inner in handed_whole(project, target, call.method, there) if depth else ():
                    yield Handed(deed.expr, inner.write, (f"{target.name}.{call.method}", *inner.via))
                    break


def _names(deeds: Deeds, own: list[Deed], inside: set[int], name: str) -> frozenset[str]:
    """The name, others for the same value, and those of what is made of it whole."""
    found = {name}
    for _ in range(3):
        before = len(found)
        for local in deeds.locals:
            if local.scope in inside and len(local.names) == 1 and _is_whole(local.value, found):
                found.update(n for n in local.names if not n.startswith("."))
        for deed in own:
            if isinstance(deed.expr, Call) and last_name(deed.expr.callee) in _MAKES:
                given = [a for a in deed.expr.args if _is_whole(a, found)]
                if given:
                    found.update(n for n in deed.into if not n.startswith("."))
                    target = deed.expr.args[0]
                    if last_name(deed.expr.callee) in ("assign", "merge") and given[0] is not target:
                        found.update(n for n in (dotted(target),) if n)
        if len(found) == before:
            break
    return frozenset(found)


def _is_checked(own: list[Deed], names: frozenset[str]) -> bool:
    """Is the value, or a part of it, given to something that may check it, or pick of it?"""
    for deed in own:
        call = deed.expr
        while isinstance(call, Call):
            called = last_name(call.callee)
            if any(_is_whole(a, names) for a in call.args) and _CHECKS.search(called):
                return True
            if _CHECKS_PARTS.search(called) and any(dotted(a).partition(".")[0] in names for a in call.args):
                return True
            call = call.callee.object if isinstance(call.callee, Member) else call.callee
    return False


def _is_whole(expr: Expr, names: frozenset[str] | set[str]) -> bool:
    """Is it the value, or an object with all that the value has?"""
    match expr:
        case Name(id=name):
            return name in names
        case Spread(value=value):
            return _is_whole(value, names)
        case Obj(entries=entries):
            return any(e.key == "..." and _is_whole(e.value, names) for e in entries)
        case Call(callee=callee, args=args):
            # A third argument of `plainToInstance` may say what is left out.
            plain = len(args) < 3 or not last_name(callee).startswith("plainTo")
            return plain and last_name(callee) in _MAKES and any(_is_whole(a, names) for a in args)
        case New(callee=callee, args=args):  # `new this.model(body)` of Mongoose
            return dotted(callee).startswith("this.") and any(_is_whole(a, names) for a in args)
        case _:
            return False


def _is_given(expr: Expr, names: frozenset[str]) -> bool:
    """Does a write, a chain of calls, get the value whole as its data?"""
    while isinstance(expr, Call):
        name, args = last_name(expr.callee), expr.args
        given = args[:1] if name in _FIRST else args[-1:] if name in _SECOND else ()
        if name == "save" and not args and isinstance(expr.callee, Member):
            given = (expr.callee.object,)  # an entity that saves itself
        if any(_is_whole(arg, names) for arg in given) or any(_is_data(arg, names) for arg in args[:2]):
            return True
        expr = expr.callee.object if isinstance(expr.callee, Member) else expr.callee
    return False


def _is_data(arg: Expr, names: frozenset[str]) -> bool:
    """`{ where: …, data: body }`."""
    if not isinstance(arg, Obj):
        return False
    return any(
        entry.key in _DATA and (_is_whole(entry.value, names) or _is_data(entry.value, names))
        for entry in arg.entries
    )


__all__ = ["handed_whole"]
