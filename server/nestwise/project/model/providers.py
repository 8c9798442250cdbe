"""What one entry of `providers` provides."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Call, Fn, Function, Lit, New, Obj, dotted
from nestwise.project.model.classes import NEST, class_decorators, lineage
from nestwise.project.model.needs import NO_NEEDS, Need, Needs, needs_of_list
from nestwise.project.model.project import Project, question
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
from nestwise.project.model.tokens import Token, canonical, forwarded, token_in

CORE = "@nestjs/core"

ENHANCERS = {
    "APP_GUARD": "guards",
    "APP_PIPE": "pipes",
    "APP_INTERCEPTOR": "interceptors",
    "APP_FILTER": "filters",
}


class Provider(Struct, frozen=True):
    token: Token
    """What it is registered under: a class, a constant, or the text of a string token."""
    kind: str
    """class, useClass, useExisting, useFactory, useValue, package (of a module of one) or unknown."""
    here: Here
    """The class, the factory or the value. Of a factory that returns one expression, that expression."""
    symbol: Symbol = UNKNOWN
    """The class behind it, where it is one."""
    scope: str = "default"
    """default, request, transient or unknown."""
    certain: bool = True
    needs: Needs = NO_NEEDS
    """What a factory or an alias asks for; what a class asks for is a question of its own."""

    @property
    def request_scoped(self) -> bool:
        """Is it made anew for a request, or for each that asks?"""
        return self.scope in ("request", "transient")

    @property
    def enhancer(self) -> str:
        """guards, pipes, interceptors or filters for an `APP_*` provider, else empty."""
        token = self.token
        return ENHANCERS.get(token.name, "") if isinstance(token, Ext) and token.package == CORE else ""


def provider_of(project: Project, val: Val, certain: bool = True) -> Provider:
    """One entry of `providers`."""
    shown = look(project, val)
    if isinstance(shown.expr, Call) and len(returned := called(project, shown, shown.expr, deep=True)) == 1:
        val = returned[0]
        shown = look(project, val)
    if not isinstance(shown.expr, Obj):
        symbol = symbol_in(project, val)
        known = isinstance(symbol, Ext) or (isinstance(symbol, Ref) and class_of(project, symbol) is not None)
        kind = "class" if known else "unknown"
        return Provider(canonical(symbol), kind, val.here, symbol, scope_of_class(project, symbol), certain)
    token = token_in(project, entry(project, shown, "provide"))
    scope = _scope_in(project, entry(project, shown, "scope"))
    for kind in ("useClass", "useValue", "useFactory", "useExisting"):  # in Nest's order
        value = entry(project, shown, kind)
        if value is None or (isinstance(value.expr, Lit) and value.expr.kind == "undefined"):
            continue
        if kind in ("useClass", "useExisting"):
            target, forward = forwarded(project, value)
            symbol = symbol_in(project, target)
            here = value.here if value.scope == {} else look(project, value).here
            if kind == "useClass":
                own = scope or scope_of_class(project, symbol)
                return Provider(token, kind, here, symbol, own, certain)
            alias = Need("", 0, token_in(project, target), forward=forward, explicit=True)
            if not scope and isinstance(token, Ext) and token.name in ENHANCERS:
                scope = scope_of_class(project, symbol)  # as Nest does for its own tokens alone
            return Provider(token, kind, here, symbol, scope or "default", certain, Needs((alias,)))
        made = _made(project, value) if kind == "useFactory" else value
        needs = NO_NEEDS
        if kind == "useFactory":
            needs = needs_of_list(project, entry(project, shown, "inject"))
        instance = _instance_of(project, made)
        return Provider(token, kind, made.here, instance, scope or "default", certain, needs)
    return Provider(token, "unknown", shown.here, UNKNOWN, scope or "unknown", certain)


def _scope_in(project: Project, val: Val | None) -> str:
    """`Scope.REQUEST`; empty where nothing is said."""
    if val is None:
        return "unknown"
    if isinstance(val.expr, Lit) and val.expr.kind == "undefined":
        return ""
    symbol = symbol_in(project, val)
    name = symbol.name if isinstance(symbol, Ext) else dotted(val.expr)
    return _SCOPES.get(name.rpartition(".")[2], "unknown")


_SCOPES = {"DEFAULT": "default", "REQUEST": "request", "TRANSIENT": "transient"}
_SCOPED = {"Injectable", "Controller"}
"""Decorators of Nest that take a scope. Metadata is inherited: the nearest one counts."""


def scope_of_class(project: Project, symbol: Symbol) -> str:
    """The scope that a class asks for itself: default, request, transient or unknown."""
    return _class_scope(project, symbol) if isinstance(symbol, Ref) else "default"


@question
def _class_scope(project: Project, ref: Ref) -> str:
    if class_of(project, ref) is None:
        return "default"
    for base in lineage(project, ref).refs:
        for deco in class_decorators(project, base):
            if deco.is_from(NEST, *_SCOPED):
                given = deco.arg(0)
                scope = entry(project, Val(given.path, given.expr), "scope") if given is not None else None
                if given is None or not isinstance(look(project, Val(given.path, given.expr)).expr, Obj):
                    return "default"
                return _scope_in(project, scope) or "default"
    return "default"


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
