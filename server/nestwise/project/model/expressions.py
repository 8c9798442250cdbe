"""Taking expressions apart: chains, and what is inside."""

from __future__ import annotations

from collections.abc import Iterator

from nestwise.project.facts import (
    Arr,
    Call,
    Cond,
    Expr,
    Fn,
    Member,
    New,
    Obj,
    Op,
    Spread,
    dotted,
)


def unwound(expr: Expr, stop: Expr | None = None) -> tuple[Expr, list[tuple[str, tuple[Expr, ...]]]]:
    """`a.b(x).c(y)` as its head `a` and the steps b, c; the head may be a call itself."""
    steps: list[tuple[str, tuple[Expr, ...]]] = []
    while isinstance(expr, Call) and expr is not stop and isinstance(expr.callee, Member):
        steps.append((expr.callee.name, expr.args))
        expr = expr.callee.object
    return expr, steps[::-1]


def last_name(expr: Expr) -> str:
    if isinstance(expr, Member):
        return expr.name
    return dotted(expr)


def parts_of(expr: Expr) -> Iterator[Expr]:
    """The expressions inside one, chains left out: they are unwound."""
    match expr:
        case Call(args=args) | New(args=args):
            yield from args
        case Arr(items=items):
            yield from items
        case Obj(entries=entries):
            yield from (e.value for e in entries)
        case Spread(value=value):
            yield value
        case Cond(then=then, other=other):
            yield then
            yield other
        case Op(left=left, right=right):
            if left is not None:
                yield left
            yield right
        case Fn(returns=returns):
            yield from returns
        case _:
            return
