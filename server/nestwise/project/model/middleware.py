"""Middleware: what runs before a route, and whether it may authenticate.

Nest tests a route's own path, without prefix and version, against what `forRoutes` names, and mounts the
middleware wherever the routes that fit are served.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nestwise.project.facts import Call, New
from nestwise.project.model.app_calls import Mount
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.configure import MiddlewareBinding, MiddlewareTarget
from nestwise.project.model.guards import is_auth_middleware
from nestwise.project.model.handlers import Handler, controller_options
from nestwise.project.model.modules import module_of
from nestwise.project.model.paths import is_wildcard, join, matches
from nestwise.project.model.project import Project, question
from nestwise.project.model.routes import NEUTRAL, Route, routes_of
from nestwise.project.model.symbols import Ext, Here, Ref, Symbol, symbol_of, value_of


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding of one module of an application."""

    binding: MiddlewareBinding
    module: Ref


@dataclass(frozen=True, slots=True)
class Running:
    """Middleware in front of a route."""

    here: Here
    symbol: Symbol
    module: Ref | None
    """None for `app.use(…)`."""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """All middleware of an application in Nest's order: global modules first, then nearer ones."""

    app: Application
    bound: tuple[Bound, ...]
    routes: Mapping[Ref, tuple[Route, ...]]
    """HTTP routes by controller; empty where nothing is bound."""
    declared: frozenset[str]
    """The paths of all routes, without prefix and version."""


@question
def plan_of(project: Project, number: int) -> Plan:
    """The middleware of the application with a number."""
    app = applications(project)[number]
    far = dict(app.distances)
    modules = sorted(app.modules, key=lambda ref: far.get(ref, 0))
    bound = [Bound(b, ref) for ref in modules for b in module_of(project, ref).middleware if b.bound]
    routes: dict[Ref, list[Route]] = {}
    declared: set[str] = set()
    for route in routes_of(project, app) if bound else ():
        if route.handler.kind == "http":
            routes.setdefault(route.handler.controller, []).append(route)
            declared.add(route.declared)
    return Plan(app, tuple(bound), {c: tuple(rs) for c, rs in routes.items()}, frozenset(declared))


def running(project: Project, plan: Plan, route: Route) -> Iterator[Running]:
    """The middleware that runs before a route, in order."""
    if route.handler.kind != "http":
        return
    for used in plan.app.uses:
        yield Running(used, _used(project, used), None)
    for mount in plan.app.mounted:
        if (below := _below(route, mount)) is not False:
            yield Running(mount.here, _used(project, mount.here), None, below is True)
    for bound in plan.bound:
        covered = _covered(plan, route, bound.binding)
        if covered is False:
            continue
        for here, symbol in zip(bound.binding.middleware, bound.binding.symbols, strict=True):
            yield Running(here, symbol, bound.module, covered is True)


@question
def _authenticating(project: Project, number: int) -> tuple[Bound, ...]:
    plan = plan_of(project, number)
    return tuple(b for b in plan.bound if any(is_auth_middleware(project, s) for s in b.binding.symbols))


@question
def routes_by_handler(project: Project, number: int) -> Mapping[Handler, tuple[Route, ...]]:
    """The routes of each handler of the application with a number."""
    found: dict[Handler, list[Route]] = {}
    for route in routes_of(project, applications(project)[number]):
        found.setdefault(route.handler, []).append(route)
    return {handler: tuple(routes) for handler, routes in found.items()}


def covering(project: Project, handler: Handler, app: Application) -> bool | None:
    """Does middleware that may authenticate run before all routes of a handler? None if it cannot be told."""
    unsure = not app.middleware_complete
    if any(is_auth_middleware(project, _used(project, used)) for used in app.uses):
        return True
    mounts = [m for m in app.mounted if is_auth_middleware(project, _used(project, m.here))]
    for mount in mounts:
        below = {_below(r, mount) for r in routes_by_handler(project, app.number).get(handler, ())}
        if below == {True}:
            return True
        unsure = unsure or below != {False}
    bound = _authenticating(project, app.number)
    if bound:
        plan = plan_of(project, app.number)
        routes = routes_by_handler(project, app.number).get(handler, ())
        for item in bound:
            found = {_covered(plan, route, item.binding) for route in routes}
            if found == {True}:
                return True
            unsure = unsure or found != {False}
    return None if unsure else False


def _used(project: Project, here: Here) -> Symbol:
    """What `app.use` gets: a function, or what makes one."""
    here = value_of(project, here)
    callee = here.expr.callee if isinstance(here.expr, Call | New) else here.expr
    return symbol_of(project, Here(here.path, callee))


def _below(route: Route, mount: Mount) -> bool | None:
    return None if mount.path is None or "?" in route.path else matches(mount.path, route.path, prefix=True)


def _covered(plan: Plan, route: Route, binding: MiddlewareBinding) -> bool | None:
    found = _any(_fits(plan, route, target) for target in binding.targets)
    if found is not True and not binding.complete:
        found = None
    if found is False:
        return False
    left_out = _any(_excludes(plan, route, target) for target in binding.excluded)
    if left_out is True:
        return False
    return found if left_out is False else None


def _any(answers: Iterator[bool | None]) -> bool | None:
    found = set(answers)
    return True if True in found else None if None in found else False


def _fits(plan: Plan, route: Route, target: MiddlewareTarget) -> bool | None:
    """Does a target of `forRoutes` cover a route?"""
    if target.controller is not None:
        return _controller(plan, route, target.controller)
    if target.path is None:
        return None
    if is_wildcard(target.path):
        return _method(route, target) and (True if not target.versions else _version(plan, route, target))
    prefix = not target.exact and plan.app.adapter != "fastify"
    fits = _method(route, target) and _path(target.path, route, prefix=prefix)
    if fits is None and join(target.path) in plan.declared:
        return False  # `cats/me` is a route of its own, which answers before `cats/:id`
    fits = fits and _version(plan, route, target)
    return fits if target.certain or not fits else None


def _controller(plan: Plan, route: Route, controller: Symbol) -> bool | None:
    """The routes of a controller, and others that answer to the same requests."""
    if not isinstance(controller, Ref):
        return None
    if controller == route.handler.controller:
        return True
    mounts = plan.routes.get(controller, ())
    return _any(
        _path(other.declared, route)
        for other in mounts
        if other.handler.verb in ("ALL", route.handler.verb) and _same_version(other, route)
    )


def _same_version(one: Route, other: Route) -> bool:
    return not one.versions or not other.versions or bool({*one.versions} & {*other.versions})


def _path(path: str, route: Route, *, prefix: bool = False) -> bool | None:
    return None if "?" in route.declared else matches(path, route.declared, prefix=prefix)


def _method(route: Route, target: MiddlewareTarget) -> bool | None:
    verb = route.handler.verb
    if target.method in ("ALL", verb) or (target.method == "GET" and verb == "HEAD"):
        return True
    return None if "?" in (target.method, verb) or verb == "ALL" else False


def _version(plan: Plan, route: Route, target: MiddlewareTarget) -> bool | None:
    """A path without a version is mounted for no version and for the default one."""
    versioning = plan.app.versioning
    if versioning is None or versioning.type != "uri":
        return True
    if None in target.versions or None in versioning.default or "?" in route.versions:
        return None
    allowed = target.versions or (NEUTRAL, *versioning.default)
    return not route.versions or route.versions[0] in allowed


def _excludes(plan: Plan, route: Route, target: MiddlewareTarget) -> bool | None:
    """Does a target of `exclude` leave a route out? Without a version it names the unversioned path alone."""
    if target.controller is not None:
        return _controller(plan, route, target.controller)
    if target.path is None:
        return None
    if is_wildcard(target.path) and not target.versions:
        return _method(route, target)
    fits = _method(route, target) and _path(target.path, route)
    if not fits:
        return fits
    versioning = plan.app.versioning
    if versioning is None:
        return True
    if versioning.type != "uri":
        return None if target.versions else True
    allowed = target.versions or (NEUTRAL,)
    return None if None in allowed else not route.versions or route.versions[0] in allowed


def guarding_middleware(project: Project, handler: Handler, app: Application) -> str:
    """The name of middleware that may authenticate all routes of a handler; empty if there is none."""
    for item in _authenticating(project, app.number):
        routes = routes_by_handler(project, app.number).get(handler, ())
        if {_covered(plan_of(project, app.number), route, item.binding) for route in routes} == {True}:
            named = (s.name for s in item.binding.symbols if isinstance(s, (Ref, Ext)))
            return next(named, "")
    return ""


def route_of(project: Project, handler: Handler) -> str:
    """A handler's verb and path for people, in full where an application serves it: `PUT /api/cats/:id`."""
    if handler.kind != "http":
        return f"{handler.verb.lower()} {handler.paths[0] or handler.method}"
    for app in applications(project):
        routes = routes_by_handler(project, app.number).get(handler, ())
        if routes:
            return f"{handler.verb} {routes[0].path}"
    heads = controller_options(project, handler.controller).paths
    parts = [p for p in (heads[0] if heads else "?", handler.paths[0]) if p != ""]
    return f"{handler.verb} /" + "/".join("?" if p is None else p for p in parts)
