"""Middleware: what runs before a route, and whether it may authenticate.

Nest tests a route's own path, without prefix and version, against what `forRoutes` names, and mounts the
middleware wherever the routes that fit are served.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Call, New
from nestwise.project.model.app_calls import Mount
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.asking import authenticates
from nestwise.project.model.configure import MiddlewareBinding, MiddlewareTarget
from nestwise.project.model.graph import Placed
from nestwise.project.model.handlers import Handler, controller_options
from nestwise.project.model.modules import module_of
from nestwise.project.model.paths import is_wildcard, join, matches
from nestwise.project.model.project import Project, question
from nestwise.project.model.routes import NEUTRAL, Route, routes_of, routes_of_controller
from nestwise.project.model.symbols import Ext, Here, Ref, Symbol, symbol_of, value_of


class Bound(Struct, frozen=True):
    """A binding of one module of an application, with controllers taken apart into their routes."""

    binding: MiddlewareBinding
    module: Ref
    targets: tuple[MiddlewareTarget, ...]
    excluded: tuple[MiddlewareTarget, ...]
    authenticates: bool | None
    """Does one of its middleware authenticate, or may it (None)?"""


class Running(Struct, frozen=True):
    """Middleware in front of a route."""

    here: Here
    symbol: Symbol
    module: Ref | None
    """None for `app.use(…)`."""
    certain: bool = True
    conditional: bool = False
    """Where it is not certain: is it bound under a condition, rather than to routes that cannot be told?"""


class Plan(Struct, frozen=True):
    """All middleware of an application in Nest's order: global modules first, then nearer ones."""

    app: Application
    bound: tuple[Bound, ...]
    declared: frozenset[str]
    """The paths of all routes, without prefix and version."""
    by_head: Mapping[str, tuple[int, ...]]
    """Bindings that may cover paths with a first segment; those that may cover any path are under ``."""

    def near(self, route: Route) -> Iterator[Bound]:
        """The bindings that may cover a route, in order: not all of them are tried for every route."""
        head = _head(route.declared)
        if head is None:
            yield from self.bound
            return
        for number in sorted((*self.by_head.get(head, ()), *self.by_head.get("", ()))):
            yield self.bound[number]


@question
def plan_of(project: Project, number: int) -> Plan:
    """The middleware of the application with a number."""
    app = applications(project)[number]
    far = dict(app.distances)
    modules = sorted(app.modules, key=lambda ref: far.get(ref, 0))
    found = [(b, ref) for ref in modules for b in module_of(project, ref).middleware if b.bound]
    routes: dict[Ref, dict[Route, None]] = {}
    declared: set[str] = set()
    for route in routes_of(project, app) if found else ():
        if route.handler.kind == "http":
            # Where two modules have a controller at the same path, it counts once.
            same = replace(route, module=route.handler.controller, path="")
            routes.setdefault(route.handler.controller, {})[same] = None
            declared.add(route.declared)

    def apart(targets: tuple[MiddlewareTarget, ...]) -> tuple[MiddlewareTarget, ...]:
        for target in targets:
            ref = target.controller
            if isinstance(ref, Ref) and ref not in routes:  # of no module of this application
                placed = Placed(ref, ref)
                routes[ref] = dict.fromkeys(routes_of_controller(project, app, placed))
        return tuple(t for target in targets for t in _apart(target, routes))

    bound = [
        Bound(
            b,
            ref,
            _lone(apart(b.targets)),
            apart(b.excluded),
            _any((*(authenticates(project, s) for s in b.symbols), False if b.told else None)),
        )
        for b, ref in found
    ]
    heads: dict[str, list[int]] = {}
    for number, item in enumerate(bound):
        for head in _heads(item):
            heads.setdefault(head, []).append(number)
    return Plan(app, tuple(bound), frozenset(declared), {h: tuple(ns) for h, ns in heads.items()})


def _head(path: str) -> str | None:
    """The first segment of a path in lower case, the slash alone for the root; None for a pattern."""
    head = join(path).split("/")[1].lower()
    return None if set(head) & set("?:*{(") else head or "/"


def _heads(bound: Bound) -> set[str]:
    """The first segments of what a binding covers; the empty one alone where it may cover anything."""
    found = {None if t.path is None or is_wildcard(t.path) else _head(t.path) for t in bound.targets}
    heads = {head for head in found if head is not None}
    whole = None in found or "/" in heads or not bound.binding.complete
    return {""} if whole else heads


def _apart(target: MiddlewareTarget, routes: Mapping[Ref, Iterable[Route]]) -> Iterator[MiddlewareTarget]:
    """A controller stands for its routes, each of their versions by itself."""
    if not isinstance(target.controller, Ref):
        yield target
        return
    for route in routes.get(target.controller, ()):
        known = None if "?" in route.declared else route.declared
        for version in route.versions or ("",):
            versions = (None if version == "?" else version,) if version else ()
            yield MiddlewareTarget(target.controller, known, route.handler.verb, True, versions)


def _lone(targets: tuple[MiddlewareTarget, ...]) -> tuple[MiddlewareTarget, ...]:
    """Nest drops a path without parameters that one with parameters covers."""
    wide = [t for t in targets if t.path is not None and ":" in t.path]

    def covered(one: MiddlewareTarget) -> bool:
        return (
            one.path is not None
            and not set(one.path) & set(":*{")
            and any(
                (t.method, t.exact, t.versions) == (one.method, one.exact, one.versions)
                and matches(t.path or "", one.path)
                for t in wide
            )
        )

    return tuple(t for t in targets if not wide or not covered(t))


def running(project: Project, plan: Plan, route: Route) -> Iterator[Running]:
    """The middleware that runs before a route, in order."""
    if route.handler.kind != "http":
        return
    for used in plan.app.uses:
        yield Running(used, used_by(project, used), None)
    for mount in plan.app.mounted:
        if (below := is_below(route, mount)) is not False:
            certain = below is True and mount.certain
            yield Running(mount.here, used_by(project, mount.here), None, certain, below is True)
    for bound in plan.near(route):
        for certain in _times(plan, route, bound):
            for here, symbol in zip(bound.binding.middleware, bound.binding.symbols, strict=True):
                yield Running(here, symbol, bound.module, certain, not bound.binding.certain)


@question
def routes_by_handler(project: Project, number: int) -> Mapping[Handler, tuple[Route, ...]]:
    """The routes of each handler of the application with a number."""
    found: dict[Handler, list[Route]] = {}
    for route in routes_of(project, applications(project)[number]):
        found.setdefault(route.handler, []).append(route)
    return {handler: tuple(routes) for handler, routes in found.items()}


def covering(project: Project, handler: Handler, app: Application) -> bool | None:
    """Does middleware that authenticates run before all routes of a handler? None if it cannot be told."""
    found = _any(authenticates(project, used_by(project, used)) for used in app.uses)
    if found:
        return True
    unsure = found is None or not app.middleware_complete
    for mount in app.mounted:
        asks = authenticates(project, used_by(project, mount.here))
        if asks is False:
            continue
        below = {is_below(r, mount) for r in routes_by_handler(project, app.number).get(handler, ())}
        if below == {True} and asks and mount.certain:
            return True
        unsure = unsure or below != {False}
    plan = plan_of(project, app.number)
    if any(item.authenticates is not False for item in plan.bound):
        answers = [_guards(plan, r) for r in routes_by_handler(project, app.number).get(handler, ())]
        if answers and all(answers):
            return True
        unsure = unsure or answers != [False] * len(answers)
    return None if unsure else False


def _guards(plan: Plan, route: Route) -> bool | None:
    """Does middleware of a module that authenticates run before a route?"""
    return _any(
        _covered(plan, route, item) if item.authenticates else None
        for item in plan.near(route)
        if item.authenticates is not False and _covered(plan, route, item) is not False
    )


def used_by(project: Project, here: Here) -> Symbol:
    """What `app.use` gets: a function, or what makes one."""
    here = value_of(project, here)
    callee = here.expr.callee if isinstance(here.expr, Call | New) else here.expr
    return symbol_of(project, Here(here.path, callee))


def is_below(route: Route, mount: Mount) -> bool | None:
    return None if mount.path is None or "?" in route.path else matches(mount.path, route.path, prefix=True)


def _any(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return True if True in found else None if None in found else False


def _covered(plan: Plan, route: Route, bound: Bound) -> bool | None:
    times = _times(plan, route, bound)
    return True if True in times else None if times else False


def _times(plan: Plan, route: Route, bound: Bound) -> list[bool]:
    """Once for each target that covers a route: is it certain?"""
    found = [fits for target in bound.targets if (fits := _fits(plan, route, target)) is not False]
    if True not in found and not bound.binding.complete:
        found = [*found, None]
    if not found:
        return []
    left_out = {_excludes(plan, route, target) for target in bound.excluded}
    if True in left_out:
        return []
    certain = bound.binding.certain and None not in left_out
    return [fits is True and certain for fits in found]


def _fits(plan: Plan, route: Route, target: MiddlewareTarget) -> bool | None:
    """Does a target of `forRoutes` cover a route?"""
    if target.path is None:
        own = isinstance(target.controller, Ref) and target.controller == route.handler.controller
        return True if own and _method(route, target) else None
    if is_wildcard(target.path):
        rooted = route.path != "/" or matches(target.path, "/") is not False
        return rooted and _method(route, target) and (not target.versions or _version(plan, route, target))
    prefix = not target.exact and plan.app.adapter != "fastify"
    fits = _path(target.path, route, prefix=prefix)
    if fits is False and not (prefix or target.exact) and plan.app.excluded:
        # Behind a prefix with exceptions Nest adds routes below the path one by one.
        fits = None if _path(target.path, route, prefix=True) is not False else False
    if fits is None and join(target.path) in plan.declared:
        return False  # `cats/me` is a route of its own, which answers before `cats/:id`
    fits = fits and _method(route, target)
    fits = fits and _version(plan, route, target)
    return fits if target.certain or not fits else None


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
    if versioning is None or not versioning.in_path:
        return True
    if versioning.type == "unknown" or (target.versions and not versioning.certain):
        return None
    if None in target.versions or None in versioning.default or "?" in route.versions:
        return None
    allowed = target.versions or (NEUTRAL, *versioning.default)
    return (route.versions or (NEUTRAL,))[0] in allowed


def _excludes(plan: Plan, route: Route, target: MiddlewareTarget) -> bool | None:
    """Does a target of `exclude` leave a route out? Without a version it names the unversioned path alone."""
    if target.path is None:
        return None
    if target.method == "GET" and route.handler.verb == "HEAD":
        return False
    if is_wildcard(target.path) and not target.versions:
        return _method(route, target)
    fits = _path(target.path, route) and _method(route, target)
    versioning = plan.app.versioning
    if not fits or versioning is None:
        return fits
    if not versioning.certain or versioning.type == "unknown":
        return None
    if versioning.type != "uri":
        return None if target.versions else True
    allowed = target.versions or (NEUTRAL,)
    return None if None in allowed else (route.versions or (NEUTRAL,))[0] in allowed


def guarding_middleware(project: Project, handler: Handler, app: Application) -> str:
    """The name of middleware that authenticates all routes of a handler; empty if there is none."""
    plan = plan_of(project, app.number)
    routes = routes_by_handler(project, app.number).get(handler, ())
    for item in plan.near(routes[0]) if routes else ():
        if item.authenticates and {_covered(plan, route, item) for route in routes} == {True}:
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
