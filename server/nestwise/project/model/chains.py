"""Reading chains of calls: their links, names and texts."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from nestwise.project.extract_deeds import DEEDS, Deeds
from nestwise.project.facts import Call, Expr, Lit, Member, Name, Op, dotted
from nestwise.project.model.operations import LOOPS, OPENS, WAITS
from nestwise.project.model.project import Project, question
from nestwise.project.model.reach import Reach, said
from nestwise.project.model.scopes import Val, look


def either(one: Reach | None, other: Reach | None) -> Reach | None:
    """What `tx ?? this.prisma` reaches."""
    if one is None or other is None:
        known = one or other
        return replace(known, bound=known.bound or "maybe") if known is not None else None
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
    if isinstance(expr, Call) and isinstance(expr.callee, Member) and expr.callee.name == "toQuery":
        expr = expr.callee.object
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


def looped(deeds: Deeds, scopes: set[int], place: int) -> bool:
    """Does a call run for each of several elements: in a loop, or in a function that is called for each?"""
    deed = deeds.deeds[place]
    if deed.loop:
        return True
    scope = deeds.scopes[deed.scope] if deed.scope in scopes else None
    if scope is None or scope.deed < 0 or deeds.deeds[scope.deed].scope not in scopes:
        return False
    return scope.step in LOOPS or looped(deeds, scopes, scope.deed)


def use_of(deeds: Deeds, scopes: set[int], place: int, depth: int = 0) -> str:
    """What becomes of the value of a call, through `Promise.all` and functions that return it."""
    deed = deeds.deeds[place]
    if depth > 8:
        return deed.how
    if deed.how == "returned" and deed.scope in scopes and deeds.scopes[deed.scope].deed >= 0:
        return use_of(deeds, scopes, deeds.scopes[deed.scope].deed, depth + 1)
    if deed.how == "held" and deed.outer >= 0:
        outer = deeds.deeds[deed.outer]
        if isinstance(outer.expr, Call) and last(outer.expr.callee) in WAITS:
            return use_of(deeds, scopes, deed.outer, depth + 1)
    return deed.how


@question
def deeds_at(project: Project, path: str, owner: str, name: str) -> tuple[Deeds, int] | None:
    """The scope of a method, or without an owner of a function, and the deeds around it. An answer of its
    own: what is typed in one method changes those of no other."""
    deeds = project.detail(path, DEEDS)
    return deeds.of(owner, name) if deeds is not None else None


def runs_in_transaction(project: Project, path: str, owner: str, name: str) -> bool:
    """Does a method, or without an owner a function, call what runs another function in a transaction?"""
    found = deeds_at(project, path, owner, name)
    if found is None:
        return False
    deeds, scope = found
    inside = deeds.inside(scope)
    calls = (call for d in deeds.deeds if d.scope in inside for call in links(d.expr))
    return any(last(call.callee) in OPENS for call in calls)


__all__ = [
    "deeds_at",
    "either",
    "last",
    "links",
    "looped",
    "path",
    "runs_in_transaction",
    "sql_text",
    "told",
    "use_of",
]
