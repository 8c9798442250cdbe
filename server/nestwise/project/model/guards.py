"""What a guard does, read from its body and its heritage.

Of eleven global guards in real projects one authenticates by default; three open everything
unless metadata ask for it, three throttle, others count or impersonate. So a guard is classified,
and one that cannot be read may authenticate: nothing is reported against it.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from msgspec import Struct

from nestwise.project.facts import (
    Body,
    Call,
    Class,
    Function,
    Lit,
    dotted,
)
from nestwise.project.model.guard_bodies import HARMLESS, refuses, rejects
from nestwise.project.model.guard_markers import Marker, markers_in
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
    """Finds out who calls, and refuses those who do not say."""
    AUTHORISES = "authorises"
    """Asks what the caller may do: roles, permissions, ownership."""
    THROTTLES = "throttles"
    NEVER_REJECTS = "never rejects"
    OTHER = "other"
    """Readable, and plainly something else."""
    UNKNOWN = "unknown"


class Guard(Struct, frozen=True):
    name: str
    does: Does
    symbol: Symbol
    markers: tuple[Marker, ...] = ()
    reads: tuple[str, ...] = ()
    """All metadata keys that it reads; `?` for one that cannot be told."""

    @property
    def may_authenticate(self) -> bool:
        """May it refuse those who do not say who they are? One that authorises does."""
        return self.does in (Does.AUTHENTICATES, Does.AUTHORISES, Does.UNKNOWN)


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
_CREDENTIALS = frozenset(
    (
        "authorization authorisation bearer jwt token tokens session sessions cookie cookies apikey "
        "credential credentials signature hmac passport authenticate authenticated authentication verify "
        "login"
    ).split()
)
"""With these a guard finds out who calls …"""
_RIGHTS = frozenset(
    (
        "permission permissions role roles ability abilities policy policies scope scopes admin owner member "
        "tenant privilege privileges claims acl rbac"
    ).split()
)
"""… and with these it asks what the caller may do."""
_THROTTLE = frozenset(["throttle", "throttler", "throttling", "ratelimit", "ratelimiter", "limiter"])
_ELSEWHERE = re.compile(
    r"impersonat|throttl|rate.?limit|maintenance|spider|crawler|robot|locale|language|feature.?flag|cache"
    r"|guest|anonymous",
    re.I,
)


@lru_cache(maxsize=8192)
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


_ANONYMOUS = "anonymous"
"""The strategy of passport-anonymous, behind which nobody is refused."""


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
        passing = symbol.package == "@nestjs/passport" and _ANONYMOUS in given
        return Guard(name, Does.NEVER_REJECTS if passing else _of_package(symbol), symbol)
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


_PACKAGES = {
    ("nest-access-control", "ACGuard"): Does.AUTHORISES,
    ("nest-keycloak-connect", "AuthGuard"): Does.AUTHENTICATES,
    ("nest-keycloak-connect", "ResourceGuard"): Does.AUTHORISES,
    ("nest-keycloak-connect", "RoleGuard"): Does.AUTHORISES,
    ("nest-keycloak-connect", "PolicyEnforcementGuard"): Does.AUTHORISES,
    ("nest-casl", "AccessGuard"): Does.AUTHORISES,
    ("nestjs-casl", "AccessGuard"): Does.AUTHORISES,
    ("@thallesp/nestjs-better-auth", "AuthGuard"): Does.AUTHENTICATES,
}


def _of_package(symbol: Ext) -> Does:
    if symbol.package == "@nestjs/passport":
        return Does.AUTHENTICATES
    if symbol.package == "@nestjs/throttler" or "throttl" in symbol.name.lower():
        return Does.THROTTLES
    return _PACKAGES.get((symbol.package, symbol.name), Does.UNKNOWN)


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
        return _passing(cls, base) or base or Guard(cls.name, Does.UNKNOWN, UNKNOWN)
    markers, reads = markers_in(project, path, cls)
    inherited = base if "super" in decide.words else None
    if inherited is not None:
        markers += tuple(m for m in inherited.markers if m not in markers)
        reads += tuple(r for r in inherited.reads if r not in reads)
    return Guard(cls.name, _does(cls, decide, bodies, inherited), UNKNOWN, markers, reads)


def _passing(cls: Class, base: Guard | None) -> Guard | None:
    """A guard of passport whose `handleRequest` hands on whoever it gets, nobody included."""
    body = next((m.body for m in cls.methods if m.name == "handleRequest"), None)
    if body is None or base is None or base.does is not Does.AUTHENTICATES or body.throws:
        return None
    return Guard(cls.name, Does.NEVER_REJECTS, UNKNOWN) if refuses(body, {}) is False else None


def _does(cls: Class, decide: Body, bodies: list[Body], base: Guard | None) -> Does:
    if (refusing := rejects(decide, {m.name: m.body for m in cls.methods if m.body})) is False:
        return Does.NEVER_REJECTS
    if base is not None and base.does is not Does.UNKNOWN and refusing:
        return base.does
    words = frozenset(p for body in bodies for w in body.words for p in parts_of(w))
    injected = frozenset(p for param in cls.ctor or () for p in parts_of(param.name))
    named = parts_of(cls.name)
    if _ELSEWHERE.search(cls.name):
        return Does.THROTTLES if (words | named) & _THROTTLE else Does.OTHER
    if refusing is None:
        return Does.UNKNOWN
    if (words | injected | named) & AUTH_WORDS:
        rights = named & _RIGHTS or (words & _RIGHTS and not (words | named) & _CREDENTIALS)
        return Does.AUTHORISES if rights else Does.AUTHENTICATES
    if words & _THROTTLE:
        return Does.THROTTLES
    return Does.UNKNOWN if base is not None or _asks_elsewhere(cls, bodies) else Does.OTHER


def _asks_elsewhere(cls: Class, bodies: list[Body]) -> bool:
    """Does code elsewhere decide: a function, what it is given? Nest's helpers and logs decide nothing."""
    own = {f"this.{m.name}" for m in cls.methods}
    return any(
        name not in own
        and not HARMLESS.search(name)
        and not name.startswith("throw")
        and ("." not in name or name.startswith(("this.", "super.")) or name.endswith(".canActivate"))
        for body in bodies
        for name in body.called
    )


def _base(project: Project, path: str, cls: Class) -> Guard | None:
    if cls.extends is None:
        return None
    return guard_of(project, Here(path, cls.extends))
