"""Middleware and gateways that ask who calls, and whether they refuse those who do not say."""

from __future__ import annotations

from nestwise.project.extract_bodies import METHODS
from nestwise.project.facts import Call, Class, dotted
from nestwise.project.model.classes import lineage
from nestwise.project.model.guards import AUTH_WORDS, parts_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, Symbol, class_of

_REQUESTING = frozenset(
    (
        "authorization authorisation authorize authorized unauthorized forbidden authenticate authenticated "
        "authentication bearer jwt token tokens passport apikey credential credentials signature hmac "
        "permission permissions"
    ).split()
)
"""Words of a body that asks who calls. Pages, sessions and users are also the matter of other middleware."""
_REMEMBERS = frozenset(
    {"express-session", "cookie-session", "cookie-parser", "@fastify/session", "@fastify/secure-session"}
)
"""Packages whose middleware gives every request a session, and refuses none …"""
_OF_PASSPORT = ("initialize", "session")
"""… like these of passport."""
_NOTES = frozenset(
    "morgan log logs logger logging metrics trace tracing correlation locale i18n helmet cors".split()
)
"""Words of names of middleware that looks at a request, and whose body has tokens of other kinds."""


def authenticates(project: Project, symbol: Symbol) -> bool | None:
    """Does middleware authenticate: its name, its base or its body says so? None where it asks who calls, but
    does nothing by itself to those who do not say."""
    if isinstance(symbol, Ext):
        passive = "passport" in symbol.package and symbol.name.endswith(_OF_PASSPORT)
        if passive or symbol.package in _REMEMBERS or not parts_of(symbol.name) & AUTH_WORDS:
            return False
        return True if symbol.package else None
    if not isinstance(symbol, Ref):
        return False
    named, cls = bool(parts_of(symbol.name) & AUTH_WORDS), class_of(project, symbol)
    if cls is None:
        return named
    if any(isinstance(b, Ref) and parts_of(b.name) & AUTH_WORDS for b in lineage(project, symbol).refs[1:]):
        return True
    words = {p for m in cls.methods if m.body for w in m.body.words for p in parts_of(w)}
    if not named and (parts_of(symbol.name) & _NOTES or not words & _REQUESTING):
        return False
    return True if _refuses(cls) else None


def _refuses(cls: Class) -> bool:
    """Does it throw, touch the response, or go on with an error? So does one that cannot be read."""
    use = next((m for m in cls.methods if m.name == "use" and m.body is not None), None)
    if use is None or use.body is None:
        return True
    names = [param.name for param in use.params[1:3]]
    if any(m.body.throws for m in cls.methods if m.body) or (names and names[0] in use.body.words):
        return True
    return any(
        isinstance(c, Call) and c.args and dotted(c.callee) in names[1:]
        for c in (*use.body.calls, *use.body.returns)
    )


_AT_CONNECTION = frozenset({"handshake", "disconnect", "terminate", "upgrade"})
"""Words of a gateway's body that looks at who connects, or sends somebody away."""


@question
def gateway_asks(project: Project, ref: Ref) -> bool:
    """May a gateway ask who calls where a client connects: in `handleConnection`, in `afterInit` with a
    middleware of the server, in a base class? One that cannot be read may."""
    if not lineage(project, ref).complete:
        return True
    for base in lineage(project, ref).refs:
        texts = project.detail(base.path, METHODS)
        own = [f for f in texts.functions if f.name.startswith(f"{base.name}.")] if texts is not None else []
        for one in own:
            words = set(one.body.words)
            parts = {part for word in words for part in parts_of(word)}
            name = one.name.rpartition(".")[2]
            if name == "handleConnection" and (words & _AT_CONNECTION or parts & AUTH_WORDS):
                return True
            if name == "afterInit" and "use" in words:
                return True
            if "handshake" in words or (name != "handleDisconnect" and "disconnect" in words):
                return True
    return False
