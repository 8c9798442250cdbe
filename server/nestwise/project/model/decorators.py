"""What a decorator does: composed ones taken apart until only those of packages are left.

All seven shapes of real code: a function that returns another decorator, `applyDecorators` in a
block or an expression body, one that contains the controller decorator, a renamed one, a factory,
a namespaced one; and lists of decorators that are built up with `push`.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import (
    Arr,
    Body,
    Call,
    Cond,
    Const,
    Decorator,
    Entry,
    Expr,
    Fn,
    Function,
    Lit,
    Member,
    Name,
    Obj,
    Op,
    Spread,
    dotted,
)
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    Unknown,
    declaration,
    followed,
    resolve,
    value_of,
)

_DEPTH = 8
"""Real code composes four deep."""


class Applied(Struct, frozen=True):
    """One decorator as Nest will see it."""

    symbol: Symbol
    """A package's decorator, a local one that sets its own metadata, or unknown."""
    args: tuple[Here, ...] = ()
    called: bool = True
    via: tuple[Symbol, ...] = ()
    """The composed decorators around it, outermost first."""
    certain: bool = True
    """False under a condition that is not known."""

    def is_from(self, package: str, *names: str) -> bool:
        return (
            isinstance(self.symbol, Ext)
            and self.symbol.package == package
            and (not names or self.symbol.name in names)
        )

    def arg(self, position: int) -> Here | None:
        return self.args[position] if position < len(self.args) else None


def applied(project: Project, path: str, decorators: tuple[Decorator, ...]) -> tuple[Applied, ...]:
    """What decorators do, in the order in which they are written, composed ones taken apart."""
    out: list[Applied] = []
    for decorator in decorators:
        plain = _plain(project, path, decorator.expr)
        out += (plain,) if plain is not None else taken_apart(project, path, decorator.expr)
    return tuple(out)


def _plain(project: Project, path: str, expr: Expr) -> Applied | None:
    """A decorator that is not composed, as nearly all are: too simple to be remembered."""
    callee, args, called = (expr.callee, expr.args, True) if isinstance(expr, Call) else (expr, (), False)
    name = callee.id if isinstance(callee, Name) else dotted(callee)
    symbol = resolve(project, path, name) if name else None
    if not isinstance(symbol, Ext) or symbol.name.rpartition(".")[2] == "applyDecorators":
        return None
    return Applied(symbol, tuple([Here(path, arg) for arg in args]) if args else (), called)


def taken_apart(project: Project, path: str, expr: Expr) -> tuple[Applied, ...]:
    """A decorator expression, taken apart."""
    return tuple(_expand(project, Here(path, expr), {}, 0))


_Scope = dict[str, tuple[Here, ...]]
"""Parameters of the composed decorator with what the caller gave; a rest parameter has many."""


def _expand(project: Project, here: Here, scope: _Scope, depth: int) -> list[Applied]:
    expr = here.expr
    if depth > _DEPTH:
        return [Applied(UNKNOWN)]
    match expr:
        case Call(callee=Fn()):
            return [Applied(UNKNOWN)]
        case Call(callee=callee, args=args):
            name = dotted(callee)
            if not name:
                return _of_call_on_call(project, here, callee, scope, depth)
            given = tuple(g for a in args for g in _argument(project, here.path, a, scope))
            return _of_symbol(project, resolve(project, here.path, name), given, True, scope, depth)
        case Name() | Member():
            bound = scope.get(dotted(expr))
            if bound is not None:
                return [a for b in bound for a in _expand(project, b, {}, depth + 1)]
            return _of_symbol(project, resolve(project, here.path, dotted(expr)), (), False, scope, depth)
        case Spread(value=value) | Op(op="&&" | "||" | "??", right=value):
            certain = isinstance(expr, Spread)
            found = _many(project, Here(here.path, value), scope, depth + 1)
            return found if certain else [replace(a, certain=False) for a in found]
        case Cond(then=then, other=other):
            return [
                replace(a, certain=False)
                for branch in (then, other)
                for a in _many(project, Here(here.path, branch), scope, depth + 1)
            ]
        case Lit() | Fn():
            return []
        case _:
            return [Applied(UNKNOWN)]


def _many(project: Project, here: Here, scope: _Scope, depth: int) -> list[Applied]:
    """A list of decorators, or one."""
    if isinstance(here.expr, Arr):
        return [a for i in here.expr.items for a in _expand(project, Here(here.path, i), scope, depth)]
    return _expand(project, here, scope, depth)


def _argument(project: Project, path: str, expr: Expr, scope: _Scope) -> tuple[Here, ...]:
    inner = expr.value if isinstance(expr, Spread) else expr
    bound = scope.get(dotted(inner))
    if bound is not None:
        return bound
    return (Here(path, _filled(project, expr, scope) if scope else expr),)


def _filled(project: Project, expr: Expr, scope: _Scope) -> Expr:
    """An expression with the parameters in it that are literals put in: `{ name }`, `prefix + path`."""
    match expr:
        case Name(id=name) if name in scope:
            given = scope[name]
            value = value_of(project, given[0]).expr if len(given) == 1 else expr
            return value if isinstance(value, Lit) else expr
        case Op(op=op, left=left, right=right):
            filled = _filled(project, left, scope) if left is not None else None
            return Op(op, filled, _filled(project, right, scope))
        case Obj(entries=entries, at=at):
            return Obj(tuple(Entry(e.key, _filled(project, e.value, scope), e.at) for e in entries), at)
        case Arr(items=items):
            return Arr(tuple(_filled(project, item, scope) for item in items))
        case Cond(test=test, then=then, other=other):
            return Cond(test, _filled(project, then, scope), _filled(project, other, scope))
        case _:
            return expr


def _of_call_on_call(project: Project, here: Here, callee: Expr, scope: _Scope, depth: int) -> list[Applied]:
    """`Decorator()(target, key)`: what a hand-written decorator applies."""
    if isinstance(callee, Call):
        return _expand(project, Here(here.path, callee), scope, depth + 1)
    return [Applied(UNKNOWN)]


def _of_symbol(
    project: Project, symbol: Symbol, given: tuple[Here, ...], called: bool, scope: _Scope, depth: int
) -> list[Applied]:
    if isinstance(symbol, Ext) and symbol.name.rpartition(".")[2] == "applyDecorators":
        return [a for g in given for a in _expand(project, g, scope, depth + 1)]
    if not isinstance(symbol, Ref):
        return [Applied(symbol, given, called)]
    item = declaration(project, symbol)
    if isinstance(item, Function):
        return [replace(a, via=(symbol, *a.via)) for a in _of_function(project, symbol, item, given, depth)]
    if isinstance(item, Const):
        return _of_const(project, symbol, item, given, called, depth)
    return [Applied(symbol if item is not None else UNKNOWN, given, called)]


def _of_const(
    project: Project, symbol: Ref, item: Const, given: tuple[Here, ...], called: bool, depth: int
) -> list[Applied]:
    """`const Public = SetMetadata(…)`, `const Roles = Reflector.createDecorator()`, an alias."""
    value = item.value
    if isinstance(value, Call):
        maker = followed(project, resolve(project, symbol.path, dotted(value.callee)))
        if isinstance(maker, Ext) and maker.name.endswith(("createDecorator", "createParamDecorator")):
            return [Applied(symbol, given, called)]
        inner = _expand(project, Here(symbol.path, value), {}, depth + 1)
        return [replace(a, via=(symbol, *a.via)) for a in inner]
    if dotted(value):
        target = followed(project, symbol)
        if target != symbol:
            return _of_symbol(project, target, given, called, {}, depth + 1)
    return [Applied(symbol, given, called)]


def _of_function(
    project: Project, symbol: Ref, item: Function, given: tuple[Here, ...], depth: int
) -> list[Applied]:
    if item.body is None:
        return [Applied(symbol, given)]
    scope: _Scope = {}
    for position, param in enumerate(item.params):
        if param.name.startswith("..."):
            scope[param.name[3:].strip()] = given[position:]
        elif param.name and position < len(given):
            scope[param.name] = (given[position],)
    lists = _built_lists(item.body)
    out: list[Applied] = []
    many = len(item.body.returns) > 1
    for value in item.body.returns:
        if isinstance(value, Fn):
            out += _of_raw(project, symbol, item.body, given, scope, depth)
            continue
        found = _returned(project, Here(symbol.path, value), lists, scope, depth)
        out += [replace(a, certain=False) for a in found] if many else found
    return out or _of_raw(project, symbol, item.body, given, scope, depth)


def _returned(
    project: Project, here: Here, lists: dict[str, list[tuple[Expr, bool]]], scope: _Scope, depth: int
) -> list[Applied]:
    """`return applyDecorators(...list)`, with the list's elements put in."""
    expr = here.expr
    if not isinstance(expr, Call):
        return _expand(project, here, scope, depth + 1)
    out: list[Applied] = []
    plain: list[Expr] = []
    for arg in expr.args:
        name = dotted(arg.value) if isinstance(arg, Spread) else ""
        if name in lists:
            for element, sure in lists[name]:
                found = _many(project, Here(here.path, element), scope, depth + 1)
                out += found if sure else [replace(a, certain=False) for a in found]
        else:
            plain.append(arg)
    if not out:
        return _expand(project, here, scope, depth + 1)
    call = Call(expr.callee, tuple(plain))
    return [*out, *_expand(project, Here(here.path, call), scope, depth + 1)]


def _built_lists(body: Body) -> dict[str, list[tuple[Expr, bool]]]:
    """Local arrays with their elements; what `push` adds is not certain, it mostly stands under an `if`."""
    lists: dict[str, list[tuple[Expr, bool]]] = {}
    for name, value in body.locals:
        if isinstance(value, Arr):
            lists[name.partition(":")[0]] = [(item, True) for item in value.items]
    for call in body.calls:
        if isinstance(call, Call) and isinstance(call.callee, Member) and call.callee.name == "push":
            name = dotted(call.callee.object)
            if name in lists:
                lists[name] += [(arg, False) for arg in call.args]
    return lists


def _of_raw(
    project: Project, symbol: Ref, body: Body, given: tuple[Here, ...], scope: _Scope, depth: int
) -> list[Applied]:
    """A decorator written by hand: itself, and the decorators that it calls on its target."""
    out = [Applied(symbol, given)]
    for call in body.calls:
        if isinstance(call, Call) and isinstance(call.callee, Call):
            out += _expand(project, Here(symbol.path, call.callee), scope, depth + 1)
    return out


def unknown_in(found: tuple[Applied, ...]) -> bool:
    """Is there a decorator that cannot be read?"""
    return any(isinstance(a.symbol, Unknown) for a in found)
