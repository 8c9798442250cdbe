"""Routes: what clients can reach, what runs before it, and what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nestwise.project.facts import Fn
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.asking import authenticates
from nestwise.project.model.callers import namespace_of
from nestwise.project.model.classes import display
from nestwise.project.model.described import checked_by, converted, properties_of
from nestwise.project.model.gaps import validated
from nestwise.project.model.guards import Does, guard_of
from nestwise.project.model.handlers import Handler
from nestwise.project.model.inputs import inputs_of
from nestwise.project.model.middleware import Running, plan_of, running
from nestwise.project.model.pipeline import Access, Step, access_in, pipeline_of
from nestwise.project.model.pipes import pipe_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.reasons import access_reasons, input_reasons, path_reasons, pipeline_reasons
from nestwise.project.model.routes import Route, loose_steps, routes_of
from nestwise.project.model.symbols import UNKNOWN, Ref, symbol_of
from nestwise.project.model.types import written

Row = dict[str, Any]
_ASKS = {True: Does.AUTHENTICATES, None: Does.UNKNOWN, False: Does.OTHER}


def placed_routes(project: Project) -> Iterator[tuple[Application | None, Route]]:
    """One per path of a handler in an application, in the order in which Nest registers them; then those
    whose module cannot be told, with the application that they most likely belong to."""
    return (pair for pair in route_steps(project) if pair is not None)


def route_steps(project: Project) -> Iterator[tuple[Application | None, Route] | None]:
    """`placed_routes`, and None now and then: for who must not be away for long."""
    for app in applications(project):
        if app.kind != "context":
            for route in routes_of(project, app):
                handled_of(project, app, route)
                yield None
                yield app, route
    loose: list[tuple[Application | None, Route]] = []
    for pair in loose_steps(project):
        if pair is not None:
            loose.append(pair)
        yield None
    yield from sorted(loose, key=lambda pair: pair[0].name if pair[0] is not None else "?")


def row_of(project: Project, app: Application | None, route: Route) -> Row:
    """All that is said of a route but the line of its handler, which is 0. What cannot be told, a module or
    an application, is `?`. Rows are shared: nobody changes one."""
    return _row(project, app.number if app is not None else None, route)


def handled_of(project: Project, app: Application | None, route: Route) -> None:
    """Ask for the half of a row that all routes of a handler share."""
    _handled(project, app.number if app is not None else None, route.handler)


@question
def _row(project: Project, number: int | None, route: Route) -> Row:
    app = applications(project)[number] if number is not None else None
    ran = list(running(project, plan_of(project, app.number), route)) if app else []
    head = {
        "application": app.name if app else "?",
        "kind": "graphql" if route.handler.kind == "field" else route.handler.kind,
        "method": route.handler.verb,
        "path": route.path,
        "versions": list(route.versions),
        "host": route.host,
        "certain": route.certain,
        "handler": route.handler.name,
        "module": route.module.name,
    }
    if route.handler.kind == "gateway":
        namespace = namespace_of(project, route.handler.controller)
        head["namespace"] = "?" if namespace is None else namespace
    why = dict.fromkeys(
        (
            *path_reasons(project, app, route),
            *pipeline_reasons(project, app, route),
            *access_reasons(project, app, route.handler),
        )
    )
    told = {"middleware": [_middleware(project, r) for r in ran], "unknown": [str(reason) for reason in why]}
    return head | _handled(project, number, route.handler) | told


@question
def _handled(project: Project, number: int | None, handler: Handler) -> Row:
    """What all routes of a handler share."""
    app = applications(project)[number] if number is not None else None
    pipeline = pipeline_of(project, handler, app)
    access = access_in(project, handler, app)
    if app is None and access is Access.OPEN:  # something global may guard it
        access = Access.UNKNOWN
    return {
        "file": handler.declared.path,
        "line": 0,
        "access": access.value,
        "guards": [_guard(project, s) for s in pipeline.guards],
        "interceptors": [_step(s, _whose(project, s)) for s in pipeline.interceptors],
        "pipes": [_step(s, pipe_of(project, s.here).kind) for s in pipeline.pipes],
        "filters": [_step(s, _whose(project, s)) for s in pipeline.filters],
        "middleware": [],
        "inputs": _inputs(project, app, handler),
    }


def _guard(project: Project, step: Step) -> Row:
    """With the metadata that it reads: markers that open a route, and those without which it is open."""
    guard = guard_of(project, step.here)
    return _step(step, guard.does) | {
        "reads": [_key(key) for key in guard.reads],
        "public": [_key(m.key) for m in guard.markers if m.opens],
        "required": [_key(m.key) for m in guard.markers if not m.opens],
    }


def _step(step: Step, kind: str) -> Row:
    return {"name": step.name, "kind": str(kind), "origin": step.origin, "certain": step.certain}


def _whose(project: Project, step: Step) -> str:
    """Of the workspace, of a package, or unknown."""
    expr = step.here.expr
    named = step.here if not hasattr(expr, "callee") else type(step.here)(step.here.path, expr.callee)
    symbol = symbol_of(project, named)
    return "own" if isinstance(symbol, Ref) else "unknown" if symbol is UNKNOWN else "package"


def _middleware(project: Project, ran: Running) -> Row:
    asks = authenticates(project, ran.symbol)
    name = display(ran.symbol).rpartition(".")[2]
    return {
        "name": "anonymous" if isinstance(ran.here.expr, Fn) else name,
        "kind": str(_ASKS[asks]),
        "origin": ran.module.name if ran.module is not None else "global",
        "certain": ran.certain,
    }


def _key(key: str) -> str:
    """A key of metadata for people: a text, or the name of a constant or decorator."""
    return key.rpartition("#")[2].strip("'")


def _inputs(project: Project, app: Application | None, handler: Handler) -> list[Row]:
    """What the client sends, parameter by parameter, what checks it, and why that cannot be told."""
    return [
        {
            "source": given.source,
            "name": given.label,
            "type": written(given.type),
            "validated": validated(project, given, app),
            "converted": converted(project, given, app),
            "pipes": [pipe.name for pipe in given.pipes],
            "check": checked_by(project, given, app),
            "properties": properties_of(project, given, app),
            "unknown": [str(reason) for reason in input_reasons(project, app, given)],
        }
        for given in inputs_of(project, handler)
        if given.shown
    ]
