"""Reading chains of calls: their links, names and texts."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from nestwise.project.facts import Call, Expr, Lit, Member, Name, Op, dotted
from nestwise.project.model.project import Project
from nestwise.project.model.reach import Reach, said
from nestwise.project.model.scopes import Val, look


def either(one: Reach | None, other: Reach | None) -> Reach | None:
    """What `tx ?? this.prisma` reaches."""
    if one is None or other is None:
        return one or other
    bound = one.bound if one.bound == other.bound else "maybe"
    return replace(other if one.kind == "session" else one, bound=bound)


def links(expr: Expr) -> Iterator[Call]:
    """The calls of a chain."""
    while True:
        if isinstance(expr, Call):
            yield expr
            expr = expr.callee
        elif isinstance(expr, Member):
            expr = expr.object
        else:
            return


def last(callee: Expr) -> str:
    return callee.name if isinstance(callee, Member) else dotted(callee)


def path(callee: Expr, depth: int = 0) -> str:
    """A callee as written, without arguments."""
    if depth > 12:
        return "…"
    match callee:
        case Member(object=inner, name=name):
            return f"{path(inner, depth + 1)}.{name}"
        case Call(callee=inner):
            return f"{path(inner, depth + 1)}()"
        case Name(id=name):
            return name
        case _:
            return "(…)"


def sql_text(project: Project, path: str, expr: Expr) -> str | None:
    """The beginning of a statement: a text, a template with holes, or one in `sql` or `Prisma.sql`."""
    if isinstance(expr, Call) and last(expr.callee) in ("sql", "raw") and expr.args:
        expr = expr.args[0]
    found = look(project, Val(path, expr)).expr
    while isinstance(found, Op) and found.left is not None:
        left = found.left
        if isinstance(left, Lit):
            return left.value + (sql_text(project, path, found.right) or "") if left.value.strip() else None
        found = left
    return found.value if isinstance(found, Lit) and found.kind == "string" else None


def told(reach: Reach, project: Project) -> str:
    target = said(reach, project)
    return f"a {reach.kind} of {target}" if target else f"a {reach.kind}"


__all__ = ["either", "last", "links", "path", "sql_text", "told"]
