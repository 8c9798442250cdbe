"""Handlers that a subclass overrides: Nest looks at the decorators of the overriding method alone.

Checked by running Nest 11: an override with a route decorator of its own has none of the guards of the method
that it overrides, and one without a route decorator is no route any more. What stands on the classes stays.
"""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.model.applications import applications_with
from nestwise.project.model.classes import (
    NEST,
    lineage,
    method_decorators,
    method_of,
    role_of_class,
)
from nestwise.project.model.decorators import Applied
from nestwise.project.model.guards import Does, Guard, guard_of
from nestwise.project.model.handlers import Handler, handled_by, handlers_of
from nestwise.project.model.pipeline import Access, access_of, pipeline_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, class_of


class Override(Struct, frozen=True):
    """A method that overrides a handler of a base class, and what is lost by that."""

    base: Ref
    """The class with the method that is overridden."""
    handler: Handler
    """The route of the overriding method; of one that is no route the one that it would be."""
    gone: bool = False
    """Is it no route any more?"""
    dropped: tuple[str, ...] = ()
    """Guards of the overridden method that no longer run, and nothing like them."""
    access: str = ""
    """Who may call it now."""


@question
def overrides_of(project: Project, ref: Ref) -> tuple[Override, ...]:
    """The overridden handlers of a controller or resolver of which something is surely lost."""
    cls, line = class_of(project, ref), lineage(project, ref)
    if cls is None or cls.abstract or len(line.refs) < 2:
        return ()
    role = role_of_class(project, ref)
    if role not in ("controller", "resolver"):
        return ()
    own = {h.method: h for h in handlers_of(project, ref) if h.declared == ref and h.kind in _KINDS}
    out: list[Override] = []
    for name in (m.name for m in cls.methods if not m.static and not m.kind):
        base = next((r for r in line.refs[1:] if method_of(project, r, name)), None)
        if base is None or _unread(method_decorators(project, ref, name)):
            continue
        handler = own.get(name)
        found = _open(project, base, handler) if handler else _gone(project, ref, base, name, role)
        if found is not None:
            out.append(found)
    return tuple(out)


_KINDS = ("http", "graphql")


def _unread(decorators: tuple[Applied, ...]) -> bool:
    """May a decorator make a route, or guard it, unseen?"""
    return any(
        d.symbol is UNKNOWN or (isinstance(d.symbol, Ext) and not d.symbol.package.startswith("@nestjs/"))
        for d in decorators
    )


def _gone(project: Project, ref: Ref, base: Ref, name: str, role: str) -> Override | None:
    method = method_of(project, base, name)
    routes = [h for h in handled_by(project, ref, base, method, role) if h.kind in _KINDS] if method else []
    handled = any(h.method == name and h.declared == ref for h in handlers_of(project, ref))
    return Override(base, routes[0], gone=True) if routes and not handled else None


def _open(project: Project, base: Ref, handler: Handler) -> Override | None:
    before = _guards(project, base, handler.method)
    if not before:
        return None
    access = access_of(project, handler)
    if access is Access.OPEN:
        return Override(base, handler, dropped=_names(before), access=access.value)
    asking = [g for g in before if g.does is Does.AUTHORISES]
    if access is not Access.GUARDED or not asking or _authorised(project, handler):
        return None
    return Override(base, handler, dropped=_names(asking), access=access.value)


def _names(guards: list[Guard]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(g.name for g in guards))


def _guards(project: Project, ref: Ref, name: str) -> list[Guard]:
    """The guards of a method that surely refuse somebody."""
    found = [
        guard_of(project, arg)
        for deco in method_decorators(project, ref, name)
        if deco.certain and deco.is_from(NEST, "UseGuards")
        for arg in deco.args
    ]
    return [g for g in found if g.does in (Does.AUTHENTICATES, Does.AUTHORISES)]


def _authorised(project: Project, handler: Handler) -> bool:
    """Does, or may, a guard in effect ask what the caller may do?"""
    return any(
        guard_of(project, step.here).does in (Does.AUTHORISES, Does.UNKNOWN)
        for app in applications_with(project, handler.controller) or (None,)
        for step in pipeline_of(project, handler, app).guards
    )


__all__ = ["Override", "overrides_of"]
