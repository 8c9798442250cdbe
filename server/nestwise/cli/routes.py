"""`nestwise routes`: what clients can reach, and what runs before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from nestwise.cli.report import columns
from nestwise.project.facts import Fn
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.asking import authenticates
from nestwise.project.model.callers import namespace_of
from nestwise.project.model.classes import display, own_method
from nestwise.project.model.described import checked_by, converted, properties_of
from nestwise.project.model.gaps import validated
from nestwise.project.model.guards import Does, guard_of
from nestwise.project.model.handlers import Handler
from nestwise.project.model.inputs import inputs_of
from nestwise.project.model.middleware import Running, plan_of, running
from nestwise.project.model.pipeline import Access, Step, access_in, pipeline_of
from nestwise.project.model.pipes import pipe_of
from nestwise.project.model.project import Project
from nestwise.project.model.reasons import access_reasons, input_reasons, path_reasons, pipeline_reasons
from nestwise.project.model.routes import Route, loose_routes, routes_of
from nestwise.project.model.symbols import UNKNOWN, Ref, class_of, symbol_of
from nestwise.project.model.types import written
from nestwise.syntax.text import Text
from nestwise.workspace import Workspace

Row = dict[str, Any]
_ASKS = {True: Does.AUTHENTICATES, None: Does.UNKNOWN, False: Does.OTHER}


def rows(workspace: Workspace) -> list[Row]:
    """One row per path of a handler in an application, in the order in which Nest registers them; then those
    whose module cannot be told. Their module is `?`, and so is an application that cannot be told."""
    reader, project = Reader(workspace), workspace.project
    placed = [
        reader.row(app, route)
        for app in applications(project)
        if app.kind != "context"
        for route in routes_of(project, app)
    ]
    loose = [reader.row(app, route) for app, route in loose_routes(project)]
    return placed + sorted(loose, key=lambda row: str(row["application"]))


class Reader:
    """Makes rows; what many rows share is made once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.project = workspace.project
        self.texts: dict[str, Text | None] = {}
        self.handled: dict[tuple[int | None, Handler], Row] = {}

    def row(self, app: Application | None, route: Route) -> Row:
        key = (app.number if app else None, route.handler)
        if key not in self.handled:
            self.handled[key] = self._handled(app, route.handler)
        shared = self.handled[key]
        ran = list(running(self.project, plan_of(self.project, app.number), route)) if app else []
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
            namespace = namespace_of(self.project, route.handler.controller)
            head["namespace"] = "?" if namespace is None else namespace
        why = dict.fromkeys(
            (
                *path_reasons(self.project, app, route),
                *pipeline_reasons(self.project, app, route),
                *access_reasons(self.project, app, route.handler),
            )
        )
        told = {"middleware": [self._middleware(r) for r in ran], "unknown": [str(reason) for reason in why]}
        return head | shared | told

    def _handled(self, app: Application | None, handler: Handler) -> Row:
        pipeline = pipeline_of(self.project, handler, app)
        access = access_in(self.project, handler, app)
        if app is None and access is Access.OPEN:  # something global may guard it
            access = Access.UNKNOWN
        return {
            "file": handler.declared.path,
            "line": self._line(handler),
            "access": access.value,
            "guards": [self._guard(s) for s in pipeline.guards],
            "interceptors": [self._step(s, self._whose(s)) for s in pipeline.interceptors],
            "pipes": [self._step(s, pipe_of(self.project, s.here).kind) for s in pipeline.pipes],
            "filters": [self._step(s, self._whose(s)) for s in pipeline.filters],
            "middleware": [],
            "inputs": _inputs(self.project, app, handler),
        }

    def _guard(self, step: Step) -> Row:
        """With the metadata that it reads: markers that open a route, and those without which it is open."""
        guard = guard_of(self.project, step.here)
        return self._step(step, guard.does) | {
            "reads": [_key(key) for key in guard.reads],
            "public": [_key(m.key) for m in guard.markers if m.opens],
            "required": [_key(m.key) for m in guard.markers if not m.opens],
        }

    def _step(self, step: Step, kind: str) -> Row:
        return {"name": step.name, "kind": str(kind), "origin": step.origin, "certain": step.certain}

    def _whose(self, step: Step) -> str:
        """Of the workspace, of a package, or unknown."""
        expr = step.here.expr
        named = step.here if not hasattr(expr, "callee") else type(step.here)(step.here.path, expr.callee)
        symbol = symbol_of(self.project, named)
        return "own" if isinstance(symbol, Ref) else "unknown" if symbol is UNKNOWN else "package"

    def _middleware(self, ran: Running) -> Row:
        asks = authenticates(self.project, ran.symbol)
        name = display(ran.symbol).rpartition(".")[2]
        return {
            "name": "anonymous" if isinstance(ran.here.expr, Fn) else name,
            "kind": str(_ASKS[asks]),
            "origin": ran.module.name if ran.module is not None else "global",
            "certain": ran.certain,
        }

    def _line(self, handler: Handler) -> int:
        """The line of the method's name, from 1."""
        path = handler.declared.path
        if path not in self.texts:
            file = self.workspace.file(path)
            self.texts[path] = file.text if file else None
        text = self.texts[path]
        method = own_method(class_of(self.project, handler.declared), handler.method)
        return text.position(method.name_at.start)[0] + 1 if method and text else 1


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


def unguarded(found: Iterable[Row]) -> list[Row]:
    """The routes that anybody may call, and those of which that cannot be told."""
    return [row for row in found if row["access"] in ("open", "unknown")]


# --- for people ---------------------------------------------------------------------------------


def table(found: list[Row], *, guards: bool = False) -> str:
    """A block for each application, and a line that counts; with `guards`, what runs in which order."""
    if not found:
        return "No routes."
    width = columns()
    out: list[str] = []
    for name, group in groupby(found, key=lambda row: row["application"]):
        block = list(group)
        out += [name, *_block(block, width, guards), ""]
    counts = Counter(row["access"] for row in found)
    said = ", ".join(f"{counts[a]} {a}" for a in Access if counts[a])
    out.append(f"{len(found)} route{'' if len(found) == 1 else 's'}: {said}.")
    return "\n".join(out)


def _block(block: list[Row], width: int, guards: bool) -> list[str]:
    access = max(len(row["access"]) for row in block)
    method = max(len(row["method"]) for row in block)
    path = max(len(row["path"]) for row in block)
    out: list[str] = []
    for row in block:
        start = f"  {row['access']:<{access}}  {row['method']:<{method}}  "
        handler = row["handler"] if row["certain"] else f"{row['handler']} (under a condition)"
        lines = (f"{start}{row['path']:<{path}}  {handler}", f"{start}{row['path']}  {handler}")
        fits = next((line for line in lines if len(line) <= width), None)
        out += [fits] if fits else [start + row["path"], " " * len(start) + handler]
        if guards and (parts := _guarding(row)):
            out += _wrapped(parts, " " * len(start) + "  ", width)
    return out


def _guarding(row: Row) -> list[str]:
    """What may refuse a request, in order: `Name, Other (where they are bound)`."""
    middleware = [s for s in row["middleware"] if s["kind"] == Does.AUTHENTICATES]
    out: list[str] = []
    for steps in (middleware, row["guards"]):
        for origin, group in groupby(steps, key=lambda step: step["origin"]):
            names = ", ".join(s["name"] if s["certain"] else f"{s['name']}?" for s in group)
            out.append(f"{names} ({'middleware of ' if steps is middleware else ''}{origin})")
    return out


def _wrapped(parts: list[str], pad: str, width: int) -> list[str]:
    """`a → b → c`, broken between the parts."""
    out = [pad + parts[0]]
    for part in parts[1:]:
        if len(out[-1]) + len(part) + 3 > width:
            out.append(f"{pad}→ {part}")
        else:
            out[-1] += f" → {part}"
    return out
