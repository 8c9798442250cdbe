"""What an application tells Nest's GraphQL module: whether guards and the like run before fields, and what
a request's context holds."""

from __future__ import annotations

from collections.abc import Iterator

from nestwise.project.facts import Call, Expr, Fn, Member, New, Obj, dotted
from nestwise.project.model.applications import applications
from nestwise.project.model.classes import lineage, own_method
from nestwise.project.model.expressions import parts_of
from nestwise.project.model.folding import fold
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, entry, is_absent, local_scope, look, symbol_in
from nestwise.project.model.symbols import Ext, Ref, class_of

GRAPHQL = "@nestjs/graphql"
_FOR_ROOT = (f"{GRAPHQL}#GraphQLModule.forRoot", f"{GRAPHQL}#GraphQLModule.forRootAsync")


@question
def field_enhancers(project: Project, number: int) -> frozenset[str] | None:
    """Of an application (by number): which of guards, interceptors and filters run before the resolvers of
    fields (`fieldResolverEnhancers`). None if it cannot be told."""
    found = {_enhancers(project, options) for options in _set_ups(project, number)}
    return found.pop() if len(found) == 1 else None


@question
def builds_context(project: Project, number: int) -> bool:
    """Of an application (by number): may the context of GraphQL hold more than what a request comes with, a
    user that a function looks up? Not where `context` only hands on what it gets."""
    return any(not _hands_on(project, options) for options in _set_ups(project, number))


def _hands_on(project: Project, options: Val | None) -> bool:
    given = entry(project, options, "context") if options is not None else None
    made = look(project, given) if given is not None else None
    if made is None or is_absent(made.expr):
        return made is not None
    if not isinstance(made.expr, Fn):
        return False
    return all(
        isinstance(value, Obj) and all(dotted(e.value) for e in value.entries) for value in made.expr.returns
    )


def _set_ups(project: Project, number: int) -> Iterator[Val | None]:
    """The options of every GraphQL module of an application."""
    for ref in applications(project)[number].modules:
        cls = class_of(project, ref)
        for val in _expressions(ref.path, cls) if cls is not None else ():
            yield from _options(project, val, 0)


def _expressions(path: str, cls: object) -> Iterator[Val]:
    for deco in getattr(cls, "decorators", ()):
        yield Val(path, deco.expr)
    for method in getattr(cls, "methods", ()):
        if method.static and method.body is not None:
            scope = local_scope(path, method.body, tuple(p.name for p in method.params))
            for expr in (*(value for _, value in method.body.locals), *method.body.returns):
                yield Val(path, expr, scope)


def _options(project: Project, val: Val, depth: int) -> Iterator[Val | None]:
    """The options of every set-up of the module inside an expression; None for those that cannot be told."""
    if depth > _DEPTH:
        return
    expr: Expr = val.expr
    if isinstance(expr, Call) and isinstance(expr.callee, Member) and expr.callee.name.startswith("forRoot"):
        symbol = symbol_in(project, val.at(expr.callee))
        if isinstance(symbol, Ext) and f"{symbol.package}#{symbol.name}" in _FOR_ROOT:
            given = look(project, val.at(expr.args[0])) if expr.args else None
            yield _made(project, given) if given and symbol.name.endswith("Async") else given
    if dotted(expr):
        shown = look(project, val)
        if not isinstance(shown.expr, Call | New | Obj) and not dotted(shown.expr):
            val = shown
    for part in parts_of(val.expr):
        yield from _options(project, val.at(part), depth + 1)


_DEPTH = 10


def _made(project: Project, given: Val) -> Val | None:
    """What `useFactory` of `forRootAsync` returns, or `createGqlOptions` of the class that it is told."""
    factory = entry(project, given, "useFactory")
    made = look(project, factory) if factory is not None else None
    if made is not None and isinstance(made.expr, Fn) and len(made.expr.returns) == 1:
        return look(project, Val(made.path, made.expr.returns[0], dict.fromkeys(made.expr.params)))
    for key in ("useClass", "useExisting"):
        named = entry(project, given, key)
        symbol = symbol_in(project, named) if named is not None and not is_absent(named.expr) else None
        if isinstance(symbol, Ref):
            return _created(project, symbol)
    return None


def _created(project: Project, ref: Ref) -> Val | None:
    for base in lineage(project, ref).refs:
        method = own_method(class_of(project, base), "createGqlOptions")
        body = method.body if method is not None else None
        if body is not None:
            only = body.returns[0] if len(body.returns) == 1 else None
            return look(project, Val(base.path, only, local_scope(base.path, body))) if only else None
    return None


def _enhancers(project: Project, options: Val | None) -> frozenset[str] | None:
    listed = entry(project, options, "fieldResolverEnhancers") if options is not None else None
    if listed is None:
        return None
    if is_absent(listed.expr):
        return frozenset()
    found = fold(project, listed)
    texts = [getattr(look(project, e.val).expr, "value", None) for e in found.elements if e.certain]
    if not found.complete or len(texts) < len(found.elements):
        return None
    return frozenset(str(text) for text in texts if text is not None)


__all__ = ["builds_context", "field_enhancers"]
