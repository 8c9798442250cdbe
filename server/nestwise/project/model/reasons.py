"""Why something cannot be told: every *unknown* of routes, pipelines and inputs, by name.

Nothing here decides anything. The model answers *unknown* elsewhere; these functions say, for people and for
`python -m nestwise.dev known`, what it was that could not be read. So only commands import them.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Call, Expr, New, dotted
from nestwise.project.model.applications import Application
from nestwise.project.model.classes import class_decorators, display, lineage, method_decorators
from nestwise.project.model.decorators import Applied
from nestwise.project.model.gaps import validated
from nestwise.project.model.guards import Does, Guard, guard_of
from nestwise.project.model.handlers import Handler, controller_options
from nestwise.project.model.inputs import Input
from nestwise.project.model.middleware import covering, plan_of, running
from nestwise.project.model.pipeline import (
    Access,
    Step,
    access_in,
    globals_for,
    local_pipeline,
    may_bind,
    pipeline_of,
    route_metadata,
)
from nestwise.project.model.pipes import pipe_of
from nestwise.project.model.project import Project
from nestwise.project.model.routes import Route
from nestwise.project.model.shapes import shape_of
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, Symbol


class Reason(Struct, frozen=True):
    """What cannot be told, and of what: equal for the same cause."""

    what: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.name}" if self.name else self.what


def path_reasons(project: Project, app: Application | None, route: Route) -> tuple[Reason, ...]:
    """Why the path, the versions or the host of a route cannot be told; empty where they can."""
    handler = route.handler
    if not route.certain:
        doubt = Reason("it is registered under a condition", handler.controller.name)
        return (doubt, *path_reasons(project, app, replace(route, certain=True)))
    if "?" not in route.path and "?" not in route.versions:
        return ()
    if handler.kind != "http":
        return (Reason(f"what calls a {handler.kind} handler is computed", handler.verb),)
    found: list[Reason] = []
    if app is not None and app.prefix is None:
        found.append(Reason("the global prefix is computed", app.entry or app.path))
    if app is not None and (not app.excluded_complete or any(t.path is None for t in app.excluded)):
        found.append(Reason("what the global prefix excludes is computed", app.entry or app.path))
    if None in controller_options(project, handler.controller).paths:
        found.append(Reason("the path of a controller is computed", handler.controller.name))
    if None in handler.paths:
        found.append(Reason("the path of a handler is computed", handler.name))
    written = (*controller_options(project, handler.controller).paths, *handler.paths)
    if any(path is not None and "?" in path for path in written):
        found.append(Reason("a path has a `?`, which routers read differently", handler.name))
    if "?" in route.versions:
        found.append(Reason("a version is computed", handler.name))
    if app is not None and app.versioning is not None and not app.versioning.certain:
        found.append(Reason("versioning is enabled under a condition", app.entry or app.path))
    elif app is not None and app.versioning is not None and app.versioning.prefix is None:
        found.append(Reason("the prefix of versions is computed", app.entry or app.path))
    return tuple(found) or (Reason("the path of a module is computed", route.module.name),)


def pipeline_reasons(project: Project, app: Application | None, route: Route) -> tuple[Reason, ...]:
    """Why what runs before a handler, or what it does there, cannot be told in full."""
    handler = route.handler
    if handler.internal:
        return ()
    found = list(_list_reasons(project, app, handler))
    steps = pipeline_of(project, handler, app)
    for kind in ("guards", "pipes", "interceptors", "filters"):
        for step in getattr(steps, kind):
            found += _step_reasons(project, kind, step)
    for ran in running(project, plan_of(project, app.number), route) if app is not None else ():
        if not (ran.certain or ran.conditional):
            name = display(ran.symbol).removeprefix("default.")
            found.append(Reason("middleware for routes that cannot be told", name))
    return tuple(dict.fromkeys(found))


def _list_reasons(project: Project, app: Application | None, handler: Handler) -> Iterator[Reason]:
    """Why there may be more than is listed."""
    yield from _decorator_reasons(project, handler)
    if app is None:
        yield Reason("no application is known to have this class", handler.controller.path)
    elif not app.globals_complete and globals_for(handler, app) is not False:
        yield Reason("what is global cannot all be told", app.name)


def _step_reasons(project: Project, kind: str, step: Step) -> Iterator[Reason]:
    word = kind.removesuffix("s")
    if step.name.rpartition(".")[2] in ("", "?"):
        yield Reason(f"{_A.get(word, 'a')} {word} that code makes", _text(step.here.expr))
    elif not step.certain and kind in ("guards", "pipes"):
        yield Reason(f"a {word} under a condition", step.name)
    elif kind == "guards" and guard_of(project, step.here).does is Does.UNKNOWN:
        yield Reason("what a guard does cannot be read", _of(guard_of(project, step.here)))
    elif kind == "pipes" and (pipe := pipe_of(project, step.here)).kind == "unknown":
        yield Reason("what a pipe does cannot be read", _from(pipe.symbol, pipe.name))


_A = {"interceptor": "an"}


def _decorator_reasons(project: Project, handler: Handler) -> Iterator[Reason]:
    line = lineage(project, handler.controller)
    if not line.complete:
        yield Reason("a base class cannot be read", _from(line.base or UNKNOWN))
    found = [*method_decorators(project, handler.declared, handler.method)]
    for base in line.refs:
        found += class_decorators(project, base)
    yield from (_of_decorator(one) for one in found if may_bind(one))


def _of_decorator(one: Applied) -> Reason:
    if isinstance(one.symbol, Ext):
        return Reason("a decorator of a package may bind more", _from(one.symbol))
    via = next((display(s) for s in reversed(one.via)), "")
    return Reason("a decorator cannot be read", via and f"in {via}")


def access_reasons(project: Project, app: Application | None, handler: Handler) -> tuple[Reason, ...]:
    """Why it cannot be told who may call a handler; empty where it can."""
    if access_in(project, handler, app) is not Access.UNKNOWN:
        return ()
    found = list(_list_reasons(project, app, handler))
    metadata = route_metadata(project, handler)
    if not metadata.complete or metadata.doubtful:
        found.append(Reason("metadata that a guard reads cannot be told", ", ".join(metadata.doubtful)))
    if app is not None:
        if covering(project, handler, app) is None:
            found.append(Reason("middleware that may authenticate", app.name))
        if not app.complete:
            found.append(Reason("the modules of an application cannot all be told", app.name))
    return tuple(found)


def input_reasons(project: Project, app: Application | None, given: Input) -> tuple[Reason, ...]:
    """Why it cannot be told whether an input is validated; empty where it can."""
    if validated(project, given, app) != "unknown":
        return ()
    if given.source == "unknown":
        return (Reason("a parameter decorator cannot be read", given.name),)
    steps = local_pipeline(project, given.handler).pipes
    pipes = [*(pipe_of(project, s.here) for s in steps), *given.pipes]
    pipes += [pipe_of(project, g.here) for g in app.global_pipes] if app is not None else []
    found = [
        Reason("what a pipe does cannot be read", p.name) for p in pipes if p.kind in ("unknown", "other")
    ]
    if app is None:
        found.append(Reason("no application is known to have this class", given.handler.controller.path))
    elif not app.globals_complete:
        found.append(Reason("what is global cannot all be told", app.name))
    if given.meant.kind in ("unknown", "outside"):
        found.append(Reason("a type that cannot be read", given.meant.name))
    ref = given.meant.ref
    if ref is not None and ((shape := shape_of(project, ref)).kind == "opaque" or not shape.complete):
        found.append(Reason("a class that code makes", ref.name))
    return tuple(found) or (Reason("what is checked of a class cannot be told", given.meant.name),)


def _of(guard: Guard) -> str:
    return _from(guard.symbol, guard.name)


def _from(symbol: Symbol, name: str = "") -> str:
    if isinstance(symbol, Ext) and symbol.package:
        return f"{name or symbol.name} of {symbol.package}"
    return name or (symbol.name if isinstance(symbol, Ref | Ext) else "?")


def _text(expr: Expr) -> str:
    return dotted(expr.callee if isinstance(expr, Call | New) else expr) or "?"


__all__ = ["Reason", "access_reasons", "input_reasons", "path_reasons", "pipeline_reasons"]
