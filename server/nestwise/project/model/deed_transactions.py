"""Whether a call of a method runs in a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nestwise.project.facts import Arr, Call, Cond, Expr, Member, Name, Obj, Op, Spread
from nestwise.project.model.chains import last, links
from nestwise.project.model.reach import Reach

if TYPE_CHECKING:
    from nestwise.project.model.deeds import Walk

_UNIT = frozenset({"persist", "remove", "flush", "persistAndFlush", "removeAndFlush"})
"""What MikroORM does in a unit of work."""


class Transactions:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk

    def is_bound(self, expr: Expr, scope: int, depth: int = 0) -> bool:
        """Is this, or something in it, bound to a transaction?"""
        if depth > 6:
            return False
        match expr:
            case Name() | Member():
                found = self.walk.reach(expr, scope)
                return (
                    found is not None
                    and (
                        (found.kind in ("client", "session") and bool(found.bound))
                        or found.started in self.walk.running
                    )
                    and found.kind != "service"
                )
            case Obj(entries=entries):
                return any(self.is_bound(e.value, scope, depth + 1) for e in entries)
            case Arr(items=items):
                return any(self.is_bound(i, scope, depth + 1) for i in items)
            case Spread(value=value) | Op(right=value):
                return self.is_bound(value, scope, depth + 1)
            case Cond(then=then, other=other):
                return self.is_bound(then, scope, depth + 1) or self.is_bound(other, scope, depth + 1)
            case _:
                return False

    def of(self, reach: Reach, operation: str, place: int) -> str:
        deed = self.walk.deeds.deeds[place]
        if reach.bound == "yes" or (reach.started and reach.started in self.walk.running):
            return "yes"
        if reach.orm in ("mongoose", "sequelize") and any(
            self.is_bound(a, deed.scope) for c in links(deed.expr) for a in c.args
        ):
            return "yes"
        outer = self.walk.deeds.deeds[deed.outer] if deed.outer >= 0 else None
        if outer is not None and isinstance(outer.expr, Call) and last(outer.expr.callee) == "$transaction":
            return "yes"
        around = self.around(place)
        if self.walk.ambient == "all":
            return "ambient"
        if reach.bound == "ambient" or self.walk.ambient == "host" or around == "hosted":
            inside = self.walk.ambient == "host" or bool(around)
            bound = "ambient" if inside else "maybe"
            return bound if reach.bound in ("ambient", "maybe") else "outside"
        if around:
            return "outside" if around == "yes" and not reach.bound else "maybe"
        if reach.orm == "mikro-orm" and operation in (
            "persist",
            "remove",
            "flush",
            "persistAndFlush",
            "removeAndFlush",
        ):
            return "unit"
        return "maybe" if reach.bound == "maybe" else "no"

    def around(self, place: int) -> str:
        scope = self.walk.deeds.deeds[place].scope
        while scope in self.walk.scopes:
            if scope in self.walk.within:
                return self.walk.within[scope]
            scope = self.walk.deeds.scopes[scope].parent
        return ""
