"""Where guards get from who calls: which one sets it on the request, and which reads it too early."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.extract_bodies import BODIES, METHODS
from nestwise.project.extract_guards import GUARDS
from nestwise.project.facts import Class, Fn, Function
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import Application, applications, applications_with
from nestwise.project.model.classes import lineage
from nestwise.project.model.graphql import builds_context
from nestwise.project.model.guard_deeds import Doing, doing_class, doing_of
from nestwise.project.model.guards import AUTH_WORDS, Does, Guard, guard_of, parts_of
from nestwise.project.model.handlers import Handler, handlers_in, handlers_of
from nestwise.project.model.metadata import Metadata
from nestwise.project.model.middleware import is_below, plan_of, routes_by_handler, used_by
from nestwise.project.model.pipeline import (
    Step,
    globals_for,
    pipeline_of,
    route_metadata,
    unreadable_decorator,
)
from nestwise.project.model.project import Project, question
from nestwise.project.model.protection import package_of
from nestwise.project.model.symbols import Ext, Here, Ref, Symbol, class_of, declaration, symbol_of, value_of


class Early(Struct, frozen=True):
    """A guard that reads a property of the request before the guard that sets it."""

    reads: Step
    sets: Step
    property: str


@question
def early_guards(project: Project, handler: Handler) -> tuple[Early, ...]:
    """The guards of a handler that ask what somebody may do before it is known who that is, in every
    application; nothing where something that runs before them may tell."""
    if handler.internal or handler.kind == "field" or unreadable_decorator(project, handler):
        return ()
    apps = applications_with(project, handler.controller)
    if not apps and any(app.kind != "context" for app in applications(project)):
        return ()
    each = [_early_in(project, handler, app) for app in apps or (None,)]
    return tuple(early for early in each[0] if all(early in others for others in each))


@question
def early_globals(project: Project, number: int) -> tuple[Early, ...]:
    """The global guards of an application (by its number) that read before another global one sets."""
    found: dict[Early, None] = {}
    for controller in applications(project)[number].controllers:
        for handler in handlers_of(project, controller):
            for early in early_guards(project, handler):
                if early.reads.origin == early.sets.origin == "global":
                    found[early] = None
    return tuple(found)


def _early_in(project: Project, handler: Handler, app: Application | None) -> tuple[Early, ...]:
    whole = app is None or (app.complete and app.globals_complete)
    if not whole and globals_for(handler, app) is not False:
        return ()
    steps = pipeline_of(project, handler, app).guards
    if len(steps) < 2:
        return ()
    found: list[Early] = []
    doings = [doing_of(project, step.here) for step in steps]
    for place, (step, doing) in enumerate(zip(steps, doings, strict=True)):
        guard = guard_of(project, step.here)
        if not step.certain or guard.does is not Does.AUTHORISES:
            continue
        if not all(d.gives_all for d in doings[: place + 1]):
            break  # from here on somebody may have told
        known = {name for d in doings[: place + 1] for name in d.gives}
        later = _setter(steps[place + 1 :], doings[place + 1 :], doing.takes - known)
        if later is None or not asks(guard, route_metadata(project, handler)):
            continue
        if app is None or not _middleware_may_set(project, handler, app, later[1]):
            found.append(Early(step, *later))
    return tuple(found)


def _setter(steps: tuple[Step, ...], doings: list[Doing], names: frozenset[str]) -> tuple[Step, str] | None:
    """The guard that sets one of the properties, and which."""
    for step, doing in zip(steps, doings, strict=True):
        if step.certain and (given := sorted(doing.gives & names)):
            return step, given[0]
    return None


def asks(guard: Guard, metadata: Metadata) -> bool:
    """Does the guard surely ask something of a route with such metadata, rather than let it pass?"""
    asks = [m.key for m in guard.markers if not m.opens]
    opens = [m.key for m in guard.markers if m.opens and m.key not in asks]
    return (not asks or metadata.has(asks) is True) and (not opens or metadata.has(opens) is False)


def _middleware_may_set(project: Project, handler: Handler, app: Application, name: str) -> bool:
    """May middleware of an application set a property of the request before a handler?"""
    hooks = app.adapter == "fastify" and not {"getHttpAdapter", "register"}.isdisjoint(app.calls)
    if hooks or not app.middleware_complete:
        return True
    if handler.kind == "graphql" and builds_context(project, app.number):
        return True
    routes = routes_by_handler(project, app.number).get(handler, ())
    mounted = [m.here for m in app.mounted if any(is_below(route, m) is not False for route in routes)]
    given = [value_of(project, here) for here in (*app.uses, *mounted)]
    if any(isinstance(here.expr, Fn) and _may_set_there(project, here, name) for here in given):
        return True
    used: list[Symbol] = [used_by(project, here) for here in given if not isinstance(here.expr, Fn)]
    used += [symbol for bound in plan_of(project, app.number).bound for symbol in bound.binding.symbols]
    return any(_may_set(project, symbol, name) for symbol in used)


def _may_set_there(project: Project, here: Here, name: str) -> bool:
    """May a function that is written where it is used? Not where the whole file has no such word."""
    main = project.facts(here.path).main
    return main is None or name in main.words


def _may_set(project: Project, symbol: Symbol, name: str) -> bool:
    if isinstance(symbol, Ext):
        return "passport" in symbol.package or bool(parts_of(symbol.name) & AUTH_WORDS) or not symbol.package
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if isinstance(item, Class) and isinstance(symbol, Ref):
        bodies = [m.body for m in item.methods]
        if lineage(project, symbol).complete and all(b is not None and name not in b.words for b in bodies):
            return False
        return _may_give(project, symbol, name)
    if not isinstance(item, Function) or not isinstance(symbol, Ref):
        return True
    texts = project.detail(symbol.path, BODIES)
    whole = texts.of(item.name) if texts is not None else None
    return whole is None or name in whole.body.words


def _may_give(project: Project, symbol: Ref, name: str) -> bool:
    """May a class set a property of the request that it speaks of: is that not just read?"""
    doing = doing_class(project, symbol)
    return not doing.gives_all or name in doing.gives


@question
def props_given(project: Project, package: str) -> frozenset[str]:
    """The properties of the request that guards of a package's routes set."""
    return frozenset(
        name
        for path in project.with_kind(Kind.ROUTES)
        if package_of(project, path) == package
        for handler in handlers_in(project, path)
        if handler.kind in ("http", "graphql")
        for app in applications_with(project, handler.controller) or (None,)
        for step in pipeline_of(project, handler, app).guards
        for name in doing_of(project, step.here).gives
    )


@question
def prop_taken(project: Project, symbol: Symbol) -> str:
    """The one property of the request that a parameter's decorator (`createParamDecorator`) hands on; empty
    where it takes something else, refuses, or cannot be read."""
    if not isinstance(symbol, Ref):
        return ""
    texts = project.detail(symbol.path, GUARDS)
    taken = next((t for t in texts.params if t.name == symbol.name), None) if texts is not None else None
    takes = set(taken.takes) - {"req", "request"} if taken is not None and not taken.refuses else set()
    return takes.pop() if len(takes) == 1 else ""


@question
def nobody_sets(project: Project, handler: Handler, name: str) -> bool:
    """Is it proven that nothing before a handler sets a property of the request, in some application?"""
    apps = applications_with(project, handler.controller)
    if not apps and any(app.kind != "context" for app in applications(project)):
        return False
    if handler.internal or handler.kind == "field" or unreadable_decorator(project, handler):
        return False
    return any(_nobody_sets(project, handler, app, name) for app in apps or (None,))


def _nobody_sets(project: Project, handler: Handler, app: Application | None, name: str) -> bool:
    if app is not None and not (app.complete and app.globals_complete):
        return False
    steps = pipeline_of(project, handler, app)
    doings = [doing_of(project, step.here) for step in steps.guards]
    if any(name in doing.gives or not doing.gives_all for doing in doings):
        return False
    if any(_interceptor_may_set(project, step.here, name) for step in steps.interceptors):
        return False
    return app is None or not _middleware_may_set(project, handler, app, name)


def _interceptor_may_set(project: Project, here: Here, name: str) -> bool:
    here = value_of(project, here)
    symbol = symbol_of(project, Here(here.path, getattr(here.expr, "callee", here.expr)))
    if isinstance(symbol, Ext):
        return not symbol.package or bool(parts_of(symbol.name) & AUTH_WORDS)
    if not isinstance(symbol, Ref) or not lineage(project, symbol).complete:
        return True
    for base in lineage(project, symbol).refs:
        texts = project.detail(base.path, METHODS)
        own = [f.body.words for f in texts.functions if f.name.startswith(f"{base.name}.")] if texts else []
        if not own or any(name in words for words in own):
            return _may_give(project, symbol, name)
    return class_of(project, symbol) is None
