"""Middleware that a module binds in `configure(consumer)`."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import (
    Arr,
    Body,
    Call,
    Const,
    Expr,
    Fn,
    Lit,
    Member,
    Method,
    New,
    Obj,
    Spread,
    dotted,
)
from nestwise.project.model.classes import lineage, own_method
from nestwise.project.model.expressions import unwound
from nestwise.project.model.folding import fold
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, entry, local_scope, look, symbol_in, texts_in
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
    followed,
    resolve,
)


class MiddlewareTarget(Struct, frozen=True):
    """What `forRoutes` or `exclude` names: a controller, or a path with a method."""

    controller: Symbol | None = None
    path: str | None = None
    """None where it is a controller, or where it cannot be told."""
    method: str = "ALL"
    exact: bool = False
    """Is it `{ path, method }`, which unlike a string stands for the path alone and nothing below it?"""
    versions: tuple[str | None, ...] = ()
    """The versions that it is limited to; None for one that cannot be told."""
    certain: bool = True
    """False for one of several paths, of which a condition takes one."""


class MiddlewareBinding(Struct, frozen=True):
    """`consumer.apply(…).exclude(…).forRoutes(…)`."""

    middleware: tuple[Here, ...]
    symbols: tuple[Symbol, ...]
    """Of the middleware, in order; the callee for one that a call makes (`helmet()`)."""
    targets: tuple[MiddlewareTarget, ...]
    excluded: tuple[MiddlewareTarget, ...]
    bound: bool
    """False where `forRoutes` is missing: then nothing is bound."""
    complete: bool
    """False where targets cannot all be told."""
    told: bool = True
    """False where some of the middleware cannot be told; a function that is written there can."""
    certain: bool = True
    """False under a condition."""


class _Open(Struct):
    """A chain that is being read."""

    applied: tuple[Val, ...]
    excluded: tuple[Val, ...] = ()
    bound: bool = False


def bindings_of(project: Project, ref: Ref) -> tuple[tuple[MiddlewareBinding, ...], bool]:
    """What `configure` of a module (or of its base class) binds, and whether that is all."""
    for base in lineage(project, ref).refs:
        method = own_method(class_of(project, base), "configure")
        if method is not None:
            return _read(project, base.path, method)
    return (), lineage(project, ref).complete or is_configurable(project, ref)


def _read(project: Project, path: str, method: Method) -> tuple[tuple[MiddlewareBinding, ...], bool]:
    body = method.body
    if body is None or not method.params:
        return (), body is not None
    reader = _Reader(project, path, body, method.params[0].name)
    for _, value in body.locals:
        reader.take(value)
    for position, call in enumerate(body.calls):
        reader.take(call, position in body.maybe)
    for expr in body.returns:
        reader.take(expr)
    return reader.finish(), reader.complete


class _Reader:
    def __init__(self, project: Project, path: str, body: Body, consumer: str) -> None:
        self.project = project
        self.consumer = consumer
        self.at = Val(path, Lit("undefined", "undefined"), local_scope(path, body, (consumer,)))
        self.chains = {name: value for name, value in body.locals if self._starts(value)}
        self.open: dict[str, _Open] = {}
        self.done: list[MiddlewareBinding] = []
        self.complete = True

    def _starts(self, value: Expr) -> bool:
        return isinstance(value, Call) and dotted(unwound(value)[0]) == self.consumer

    def take(self, expr: Expr, maybe: bool = False) -> None:
        """One expression of the body, calls that belong to the consumer picked out; `maybe`: is it under a
        condition?"""
        if not isinstance(expr, Call):
            return
        name = next((n for n, v in self.chains.items() if v is expr), "")
        receiver, steps = unwound(expr)
        head = dotted(receiver)
        if head not in (self.consumer, *self.open):
            if self.consumer and any(self._hands_on(arg) for arg in expr.args):
                self.complete = False
            return
        chain = self.open.get(head)
        for step, args in steps:
            vals = tuple(self.at.at(a) for a in args)
            if step == "apply":
                self._close(chain)
                chain = _Open(vals)
            elif chain is not None and step == "exclude":
                chain.excluded += vals
            elif chain is not None and step == "forRoutes":
                chain.bound = True
                self.done.append(self._binding(chain, vals, maybe))
        if name and chain is not None:
            self.open[name] = chain
        elif head == self.consumer:
            self._close(chain)

    def _hands_on(self, arg: Expr) -> bool:
        return dotted(arg) == self.consumer

    def _close(self, chain: _Open | None) -> None:
        if chain is not None and not chain.bound and chain not in self.open.values():
            self.done.append(self._binding(chain, ()))
            chain.bound = True

    def finish(self) -> tuple[MiddlewareBinding, ...]:
        for chain in self.open.values():
            if not chain.bound:
                self.done.append(self._binding(chain, ()))
        return tuple(self.done)

    def _binding(self, chain: _Open, routes: tuple[Val, ...], maybe: bool = False) -> MiddlewareBinding:
        applied, sure = self._flat(chain.applied)
        excluded, known = self._flat(chain.excluded)
        targets, whole = self._flat(routes)
        symbols = tuple(self._symbol(v) for v in applied)
        found = tuple(t for v in targets for t in self._targets(v))
        left_out = tuple(t for v in excluded for t in self._targets(v))
        readable = all(t.controller not in (None, UNKNOWN) or t.path is not None for t in (*found, *left_out))
        return MiddlewareBinding(
            tuple(v.here for v in applied),
            symbols,
            found,
            left_out,
            chain.bound,
            known and whole and readable,
            sure and all(s is not UNKNOWN or _is_function(v) for s, v in zip(symbols, applied, strict=True)),
            not maybe,
        )

    def _flat(self, vals: tuple[Val, ...]) -> tuple[tuple[Val, ...], bool]:
        """Arguments with spreads and lists folded in."""
        out: list[Val] = []
        complete = True
        for val in vals:
            inner = fold(self.project, val.at(_as_list(self.project, val)))
            out += [e.val for e in inner.elements]
            complete = complete and inner.complete
        return tuple(out), complete

    def _symbol(self, val: Val) -> Symbol:
        shown = look(self.project, val)
        if isinstance(shown.expr, Call | New):
            return symbol_in(self.project, shown.at(shown.expr.callee))
        return symbol_in(self.project, val)

    def _targets(self, val: Val) -> list[MiddlewareTarget]:
        several = texts_in(self.project, val)
        if len(several) > 1:
            return [MiddlewareTarget(path=text, certain=False) for text in several]
        return [self._target(val)]

    def _target(self, val: Val) -> MiddlewareTarget:
        shown = look(self.project, val)
        match shown.expr:
            case Lit(kind="string", value=text):
                return MiddlewareTarget(path=text)
            case Obj():
                path = entry(self.project, shown, "path")
                text_ = look(self.project, path).expr if path is not None else None
                known = isinstance(text_, Lit) and text_.kind == "string"
                return MiddlewareTarget(
                    path=text_.value if known and isinstance(text_, Lit) else None,
                    method=method_name(self.project, entry(self.project, shown, "method")),
                    exact=True,
                    versions=versions_in(self.project, entry(self.project, shown, "version")),
                )
            case _:
                return MiddlewareTarget(controller=symbol_in(self.project, val))


CONFIGURABLE = "ConfigurableModuleClass"
"""What `ConfigurableModuleBuilder` makes: it adds nothing but a provider for the options."""


def is_configurable(project: Project, ref: Ref) -> bool:
    """Does a module extend what `ConfigurableModuleBuilder` makes?"""
    bases = lineage(project, ref).refs
    last = class_of(project, bases[-1]) if bases else None
    above = last.extends if last is not None else None
    return above is not None and names_configurable(project, bases[-1].path, above)


def names_configurable(project: Project, path: str, expr: Expr) -> bool:
    """Is it what `ConfigurableModuleBuilder` makes, under whatever name?"""
    if dotted(expr).endswith(CONFIGURABLE):
        return True
    symbol = followed(project, resolve(project, path, dotted(expr))) if dotted(expr) else UNKNOWN
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    return isinstance(item, Const) and isinstance(item.value, Member) and item.value.name == CONFIGURABLE


def versions_in(project: Project, val: Val | None) -> tuple[str | None, ...]:
    """One version or a list; `neutral` for VERSION_NEUTRAL, None for one that cannot be told."""
    if val is None:
        return (None,)
    shown = look(project, val)
    if isinstance(shown.expr, Lit):
        return () if shown.expr.kind == "undefined" else (shown.expr.value,)
    if isinstance(shown.expr, Arr):
        found = fold(project, shown)
        if found.complete:
            return tuple(v for e in found.elements for v in versions_in(project, e.val))
    symbol = symbol_in(project, val)
    return ("neutral",) if isinstance(symbol, Ext) and symbol.name == "VERSION_NEUTRAL" else (None,)


def method_name(project: Project, val: Val | None) -> str:
    """`RequestMethod.GET` is GET; nothing is ALL; `?` cannot be told."""
    if val is None:
        return "?"
    if isinstance(val.expr, Lit):
        return "ALL" if val.expr.kind == "undefined" else "?"
    symbol = symbol_in(project, val)
    if isinstance(symbol, Ext) and symbol.name.startswith("RequestMethod."):
        return symbol.name.partition(".")[2]
    return "?"


def _is_function(val: Val) -> bool:
    return isinstance(val.expr, Fn)


def _as_list(project: Project, val: Val) -> Expr:
    if isinstance(val.expr, Spread):
        return Arr((val.expr,))
    inner = look(project, val).expr
    return val.expr if isinstance(inner, Arr) else Arr((val.expr,))
