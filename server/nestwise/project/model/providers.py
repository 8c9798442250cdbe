"""What one entry of `providers` provides."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Call, Fn, Function, Lit, New, Obj, dotted
from nestwise.project.model.classes import NEST, class_decorators
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, called, entry, look, symbol_in
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
)

CORE = "@nestjs/core"

ENHANCERS = {
    "APP_GUARD": "guards",
    "APP_PIPE": "pipes",
    "APP_INTERCEPTOR": "interceptors",
    "APP_FILTER": "filters",
}


class Provider(Struct, frozen=True):
    token: Symbol | str
    """What asks for it: a class, a constant, or the text of a string token."""
    kind: str
    """class, useClass, useExisting, useFactory, useValue or unknown."""
    here: Here
    """The class, the factory or the value. Of a factory that returns one expression, that expression."""
    symbol: Symbol = UNKNOWN
    """The class behind it, where it is one."""
    request_scoped: bool = False
    certain: bool = True

    @property
    def enhancer(self) -> str:
        """guards, pipes, interceptors or filters for an `APP_*` provider, else empty."""
        token = self.token
        return ENHANCERS.get(token.name, "") if isinstance(token, Ext) and token.package == CORE else ""


def provider_of(project: Project, val: Val, certain: bool = True) -> Provider:
    """One entry of `providers`."""
    shown = look(project, val)
    if isinstance(shown.expr, Call):
        returned = called(project, shown, shown.expr)
        shown = look(project, returned[0]) if len(returned) == 1 else shown
    if not isinstance(shown.expr, Obj):
        symbol = symbol_in(project, val)
        kind = "class" if isinstance(symbol, (Ref, Ext)) else "unknown"
        return Provider(symbol, kind, val.here, symbol, _class_scope(project, symbol), certain)
    token = _token(project, entry(project, shown, "provide"))
    scope = entry(project, shown, "scope")
    request = scope is not None and dotted(scope.expr).endswith(("REQUEST", "TRANSIENT"))
    for kind in ("useClass", "useExisting", "useFactory", "useValue"):
        value = entry(project, shown, kind)
        if value is None or (isinstance(value.expr, Lit) and value.expr.kind == "undefined"):
            continue
        if kind in ("useClass", "useExisting"):
            symbol = symbol_in(project, value)
            here = value.here if value.scope == {} else look(project, value).here
            request = request or (kind == "useClass" and _class_scope(project, symbol))
            return Provider(token, kind, here, symbol, request, certain)
        made = _made(project, value) if kind == "useFactory" else value
        return Provider(token, kind, made.here, _instance_of(project, made), request, certain)
    return Provider(token, "unknown", shown.here, UNKNOWN, request, certain)


def _token(project: Project, val: Val | None) -> Symbol | str:
    if val is None:
        return UNKNOWN
    symbol = symbol_in(project, val)
    if isinstance(symbol, Ext) or (isinstance(symbol, Ref) and class_of(project, symbol) is not None):
        return symbol
    shown = look(project, val).expr
    if isinstance(shown, Lit) and shown.kind == "string":
        return shown.value
    return symbol


def _made(project: Project, val: Val) -> Val:
    """What a factory gives, where that is one expression."""
    shown = look(project, val)
    if isinstance(shown.expr, Fn):
        returns = shown.expr.returns
        return shown.at(returns[0]) if len(returns) == 1 else shown
    symbol = symbol_in(project, val)
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if isinstance(item, Function) and isinstance(symbol, Ref) and item.body and len(item.body.returns) == 1:
        return Val(symbol.path, item.body.returns[0])
    return shown


def _instance_of(project: Project, val: Val) -> Symbol:
    shown = look(project, val)
    return symbol_in(project, shown.at(shown.expr.callee)) if isinstance(shown.expr, New) else UNKNOWN


def _class_scope(project: Project, symbol: Symbol) -> bool:
    """Is a class made anew for a request? `@Injectable({ scope: Scope.REQUEST })`."""
    if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
        return False
    for deco in class_decorators(project, symbol):
        if deco.is_from(NEST, "Injectable") and (given := deco.arg(0)) is not None:
            scope = entry(project, Val(given.path, given.expr), "scope")
            return scope is not None and dotted(scope.expr).endswith(("REQUEST", "TRANSIENT"))
    return False
