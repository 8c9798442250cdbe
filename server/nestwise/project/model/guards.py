"""What a guard does, read from its body and its heritage.

Of eleven global guards in real projects one authenticates by default; three open everything
unless metadata ask for it, three throttle, others count or impersonate. So a guard is classified,
and what cannot be read counts as authentication: nothing is reported against it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

from nestwise.project.facts import (
    Body,
    Call,
    Class,
    Cond,
    Expr,
    Function,
    Lit,
    Member,
    Name,
    Op,
    dotted,
)
from nestwise.project.model.metadata import metadata_key
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
    items_of,
    symbol_of,
    value_of,
)


class Does(StrEnum):
    AUTHENTICATES = "authenticates"
    """Also authorises: it reads who the caller is."""
    THROTTLES = "throttles"
    NEVER_REJECTS = "never rejects"
    OTHER = "other"
    """Readable, and plainly something else."""
    UNKNOWN = "unknown"


class Marker(Struct, frozen=True):
    """Metadata that a guard reads."""

    key: str
    """A string key as `'text'`, or the constant that it is (`path#name`)."""
    opens: bool
    """True: routes with it pass (a public marker). False: routes without it pass (opt-in)."""


class Guard(Struct, frozen=True):
    name: str
    does: Does
    symbol: Symbol
    markers: tuple[Marker, ...] = ()
    reads: tuple[str, ...] = ()
    """All metadata keys that it reads; `?` for one that cannot be told."""

    @property
    def may_authenticate(self) -> bool:
        return self.does in (Does.AUTHENTICATES, Does.UNKNOWN)


_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
AUTH_WORDS = frozenset(
    (
        "user users authorization authorisation authorize authorized jwt token tokens session sessions "
        "cookie cookies auth authenticate authenticated authentication bearer apikey credentials "
        "credential signature hmac permission permissions role roles ability abilities policy policies "
        "principal account identity login admin member owner unauthorized forbidden passport subject "
        "scope scopes tenant"
    ).split()
)
_THROTTLE = frozenset(["throttle", "throttler", "throttling", "ratelimit", "ratelimiter", "limiter"])
_ELSEWHERE = re.compile(
    r"impersonat|throttl|rate.?limit|maintenance|spider|crawler|robot|locale|language|feature.?flag|cache",
    re.I,
)


def parts_of(name: str) -> frozenset[str]:
    """The words of an identifier, in lower case: `apiKeyId` is api, key, id."""
    return frozenset(p.lower() for p in _PARTS.findall(name))


def guard_of(project: Project, here: Here) -> Guard:
    """The guard that an expression in `@UseGuards(…)` or `useGlobalGuards(…)` stands for."""
    here = value_of(project, here)
    expr = here.expr
    callee = expr.callee if hasattr(expr, "callee") else expr
    symbol = symbol_of(project, Here(here.path, callee))
    if isinstance(expr, Call):
        return _made(project, here, expr, symbol)
    return guard_class(project, symbol)


def _texts(project: Project, here: Here) -> list[str]:
    """The literals of an argument, those of a list one by one."""
    value = value_of(project, here)
    if isinstance(value.expr, Lit):
        return [value.expr.value]
    return [text for item in items_of(project, value).items for text in _texts(project, item)]


def _made(project: Project, here: Here, expr: Call, symbol: Symbol) -> Guard:
    """A guard that a function makes: passport's `AuthGuard('jwt')`, a mixin of the workspace."""
    given = [text for arg in expr.args for text in _texts(project, Here(here.path, arg))]
    name = f"{dotted(expr.callee) or '?'}({', '.join(given)})"
    if isinstance(symbol, Ext):
        does = _of_package(symbol)
        return Guard(name, does, symbol)
    if isinstance(symbol, Ref):
        inner = [c for c in project.facts(symbol.path).classes if c.inside == symbol.name]
        if len(inner) == 1:
            found = _classify(project, symbol.path, inner[0])
            return Guard(name, found.does, symbol, found.markers, found.reads)
        item = declaration(project, symbol)
        returns = item.body.returns if isinstance(item, Function) and item.body else ()
        if (
            len(returns) == 1
            and isinstance(returns[0], Call)
            and dotted(returns[0].callee) != dotted(expr.callee)
        ):
            found = guard_of(project, Here(symbol.path, returns[0]))
            return Guard(name, found.does, symbol, found.markers, found.reads)
    return Guard(name, Does.UNKNOWN, symbol)


def _of_package(symbol: Ext) -> Does:
    if symbol.package == "@nestjs/passport":
        return Does.AUTHENTICATES
    if symbol.package == "@nestjs/throttler" or "throttl" in symbol.name.lower():
        return Does.THROTTLES
    return Does.UNKNOWN


@question(cycle=Guard("?", Does.UNKNOWN, UNKNOWN))
def guard_class(project: Project, symbol: Symbol) -> Guard:
    """A guard by its class."""
    if isinstance(symbol, Ext):
        return Guard(symbol.name.rpartition(".")[2], _of_package(symbol), symbol)
    cls = class_of(project, symbol)
    if cls is None or not isinstance(symbol, Ref):
        return Guard(symbol.name if isinstance(symbol, Ref) else "?", Does.UNKNOWN, symbol)
    found = _classify(project, symbol.path, cls)
    return Guard(cls.name, found.does, symbol, found.markers, found.reads)


def _classify(project: Project, path: str, cls: Class) -> Guard:
    base = _base(project, path, cls)
    bodies = [m.body for m in cls.methods if m.body is not None]
    decide = next((m.body for m in cls.methods if m.name == "canActivate"), None)
    if decide is None:
        return base or Guard(cls.name, Does.UNKNOWN, UNKNOWN)
    markers, reads = _markers(project, path, cls)
    inherited = base if "super" in decide.words else None
    if inherited is not None:
        markers += tuple(m for m in inherited.markers if m not in markers)
        reads += tuple(r for r in inherited.reads if r not in reads)
    return Guard(cls.name, _does(cls, decide, bodies, inherited), UNKNOWN, markers, reads)


def _does(cls: Class, decide: Body, bodies: list[Body], base: Guard | None) -> Does:
    if _only_true(decide):
        return Does.NEVER_REJECTS
    if base is not None:
        return base.does
    words = frozenset(p for body in bodies for w in body.words for p in parts_of(w))
    injected = frozenset(p for param in cls.ctor or () for p in parts_of(param.name))
    if _ELSEWHERE.search(cls.name):
        return Does.THROTTLES if (words | parts_of(cls.name)) & _THROTTLE else Does.OTHER
    if words & AUTH_WORDS or injected & AUTH_WORDS or parts_of(cls.name) & AUTH_WORDS:
        return Does.AUTHENTICATES
    if words & _THROTTLE:
        return Does.THROTTLES
    calls = any("this" in body.words for body in bodies)
    return Does.UNKNOWN if calls else Does.OTHER


def _only_true(body: Body) -> bool:
    """Every return gives `true`, and nothing is thrown outside a `try` that swallows it."""
    given = [*body.returns]
    if not given or (body.throws and not body.catches):
        return False
    return all(isinstance(e, Lit) and e.kind == "boolean" and e.value == "true" for e in given)


def _base(project: Project, path: str, cls: Class) -> Guard | None:
    if cls.extends is None:
        return None
    return guard_of(project, Here(path, cls.extends))


# --- metadata --------------------------------------------------------------------------------


def _markers(project: Project, path: str, cls: Class) -> tuple[tuple[Marker, ...], tuple[str, ...]]:
    """What metadata the guard reads, and which way its absence or presence opens."""
    reads: dict[str, str] = {}
    keys: list[str] = []
    helpers: dict[str, str] = {}
    for method in cls.methods:
        if method.body is None:
            continue
        for name, value in method.body.locals:
            key = _read_key(project, path, value)
            if key is not None:
                reads[name] = key
                keys.append(key)
        for value in method.body.returns:
            key = _read_key(project, path, value)
            if key is not None:
                helpers[method.name] = key
                keys.append(key)
        for way_out in method.body.exits:
            keys += [k for e in _within(way_out.test) if (k := _read_key(project, path, e)) is not None]
    for method in cls.methods:  # a local that a helper method of the class gives
        for name, value in method.body.locals if method.body else ():
            if isinstance(value, Call) and isinstance(value.callee, Member):
                inner = helpers.get(value.callee.name)
                if inner is not None and dotted(value.callee.object) == "this":
                    reads[name] = inner
    markers: list[Marker] = []
    for method in cls.methods:
        if method.body is not None:
            markers += _polarity(project, path, method.body, reads, helpers)
    return tuple(dict.fromkeys(markers)), tuple(dict.fromkeys(keys))


def _read_key(project: Project, path: str, expr: Expr) -> str | None:
    """The key of `reflector.get…(KEY, …)`, `Reflect.getMetadata(KEY, …)`; None for anything else."""
    if isinstance(expr, Op) and expr.op in ("??", "||") and expr.left is not None:
        expr = expr.left
    if isinstance(expr, Op) and expr.op == "!":
        expr = expr.right
    if not isinstance(expr, Call) or not isinstance(expr.callee, Member) or not expr.args:
        return None
    if not expr.callee.name.startswith("get"):
        return None
    receiver = dotted(expr.callee.object).rpartition(".")[2].lower()
    if "reflect" not in receiver and receiver != "metadata":
        return None
    return metadata_key(project, Here(path, expr.args[0]))


def _polarity(
    project: Project, path: str, body: Body, reads: dict[str, str], helpers: dict[str, str]
) -> list[Marker]:
    found: list[Marker] = []

    def key_of(expr: Expr) -> str | None:
        if isinstance(expr, (Name, Member)):
            head = dotted(expr).partition(".")[0]
            return reads.get(dotted(expr)) or reads.get(head)
        if isinstance(expr, Call) and isinstance(expr.callee, Member):
            if dotted(expr.callee.object) == "this" and expr.callee.name in helpers:
                return helpers[expr.callee.name]
            if (name := dotted(expr.callee.object)) in reads:
                return reads[name]
        return _read_key(project, path, expr)

    def side(test: Expr, opens: bool) -> None:
        match test:
            case Op(op="!", right=inner):
                side(inner, not opens)
            case Op(op="||", left=left, right=right) if left is not None:
                side(left, opens)
                side(right, opens)
            case Op(op="&&", left=left, right=right) if left is not None:
                side(left, opens)
                side(right, opens)
            case Op(op="===" | "==", left=left, right=Lit(kind=kind, value=value)) if left is not None:
                absent = kind in ("undefined", "null") or value in ("false", "0")
                side(left, not opens if absent else opens)
            case Op(op="!==" | "!=", left=left, right=Lit(kind=kind, value=value)) if left is not None:
                absent = kind in ("undefined", "null") or value in ("false", "0")
                side(left, opens if absent else not opens)
            case _:
                if (key := key_of(test)) is not None:
                    found.append(Marker(key, opens))

    for way_out in body.exits:
        result = way_out.result
        if isinstance(result, Lit) and result.value == "true":
            side(way_out.test, True)
        elif result is None or (isinstance(result, Lit) and result.value == "false"):
            continue
        else:  # `if (secured) return super.canActivate(…)`: the rest of the body decides without it
            tail = body.returns[-1] if body.returns else None
            if isinstance(tail, Lit) and tail.value == "true":
                side(way_out.test, False)
    for value in body.returns:
        match value:
            case Op(op="||", left=left) if left is not None:
                side(left, True)
            case Cond(test=test, then=Lit(value="true")):
                side(test, True)
            case Cond(test=test, other=Lit(value="true")):
                side(test, False)
            case _:
                pass
    return found


def _within(expr: Expr) -> list[Expr]:
    if isinstance(expr, Op):
        return [e for part in (expr.left, expr.right) if part is not None for e in _within(part)]
    return [expr]
