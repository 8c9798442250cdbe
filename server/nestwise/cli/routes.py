"""`nestwise routes`: what clients can reach, and what runs before it."""

from __future__ import annotations

from typing import Any

from nestwise.project.model.applications import Application, applications
from nestwise.project.model.classes import own_method
from nestwise.project.model.handlers import (
    Handler,
    controller_options,
    handlers_of,
    method_versions,
)
from nestwise.project.model.inputs import inputs_of
from nestwise.project.model.pipeline import Step, access_in, pipeline_of
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import class_of
from nestwise.project.model.types import written
from nestwise.project.model.validation import validated
from nestwise.workspace import Workspace


def rows(workspace: Workspace) -> list[dict[str, Any]]:
    """One row per path of a handler in an application."""
    project = workspace.project
    return [
        row
        for app in applications(project)
        if app.kind != "context"
        for placed in app.placed
        for handler in handlers_of(project, placed.controller)
        for path in full_paths(project, app, handler, placed.path)
        for row in [_row(workspace, app, handler, path)]
    ]


def full_paths(project: Project, app: Application, handler: Handler, module_path: str | None) -> list[str]:
    """Prefix, version, module path, controller and handler; `?` for a part that cannot be told."""
    if handler.kind != "http":
        return [p if p is not None else "?" for p in handler.paths]
    options = controller_options(project, handler.controller)
    versions = [""]
    if app.versioning is not None and app.versioning.type == "uri":
        given = method_versions(project, handler) or options.versions or app.versioning.default
        mark = app.versioning.prefix or "v"
        versions = ["" if v == "neutral" else f"{mark}{v or '?'}" for v in given] or [""]
    out = []
    for version in versions:
        for head in options.paths:
            for tail in handler.paths:
                parts = [app.prefix, version, module_path, head, tail]
                named = ["?" if p is None else p.strip("/") for p in parts]
                out.append("/" + "/".join(p for p in named if p))
    return out


def _row(workspace: Workspace, app: Application, handler: Handler, path: str) -> dict[str, Any]:
    project = workspace.project
    pipeline = pipeline_of(project, handler, app)
    return {
        "application": app.name,
        "kind": handler.kind,
        "method": handler.verb,
        "path": path,
        "handler": handler.name,
        "file": handler.declared.path,
        "line": _line(workspace, handler),
        "access": access_in(project, handler, app).value,
        "guards": _steps(pipeline.guards),
        "interceptors": _steps(pipeline.interceptors),
        "pipes": _steps(pipeline.pipes),
        "filters": _steps(pipeline.filters),
        "inputs": _inputs(project, app, handler),
    }


def _steps(steps: tuple[Step, ...]) -> list[dict[str, str]]:
    return [{"name": s.name, "origin": s.origin} for s in steps]


def _inputs(project: Project, app: Application, handler: Handler) -> list[dict[str, str]]:
    """What the client sends, parameter by parameter, and whether a pipe checks it."""
    return [
        {
            "source": given.source,
            "name": given.label,
            "type": written(given.type),
            "validated": validated(project, given, app),
        }
        for given in inputs_of(project, handler)
        if given.shown
    ]


def _line(workspace: Workspace, handler: Handler) -> int:
    method = own_method(class_of(workspace.project, handler.declared), handler.method)
    file = next((f for f in [workspace.file(handler.declared.path)] if f), None)
    if method is None or file is None:
        return 1
    return file.text.position(method.name_at.start)[0] + 1


def table(found: list[dict[str, Any]]) -> str:
    if not found:
        return "No routes."
    lines = [
        (r["access"], r["method"], r["path"], r["handler"], ", ".join(g["name"] for g in r["guards"]))
        for r in found
    ]
    head = ("access", "method", "path", "handler", "guards")
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(4)]
    out = [
        "  ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[4]]).rstrip()
        for line in [head, *lines]
    ]
    return "\n".join(out)
