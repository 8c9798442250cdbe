"""`nestwise graph`: the modules of each application, what they provide, and where dependencies come from."""

from __future__ import annotations

from typing import Any

from nestwise.cli.graph_pick import circles
from nestwise.project.model.applications import Application, applications, created_at
from nestwise.project.model.classes import display
from nestwise.project.model.container import Node, Place, container_of, parts_of
from nestwise.project.model.injection import Dependency, Made, dependencies_of, made_in, needs_in
from nestwise.project.model.project import Project
from nestwise.project.model.refusals import refusals_of
from nestwise.project.model.spread import PerRequest, per_request, spots_of
from nestwise.project.model.symbols import UNKNOWN, Ext
from nestwise.project.model.tokens import shown
from nestwise.views.modules import ids_of, unread
from nestwise.views.places import Places
from nestwise.workspace import Workspace

Row = dict[str, Any]


def applications_shown(workspace: Workspace) -> list[Row]:
    """One object per application, in the order in which they are found."""
    places = Places(workspace)
    return [_application(workspace.project, places, app) for app in applications(workspace.project)]


def _application(project: Project, places: Places, app: Application) -> Row:
    container = container_of(project, app.started)
    names = ids_of(container)
    return {
        "name": app.name,
        "file": app.path,
        "line": places.line(app.path, created_at(project, app).start),
        "kind": app.kind,
        "module": display(app.root),
        "unknown": container.hidden or None,
        "modules": (modules := [_module(project, places, app, node, names) for node in container.nodes]),
        "circles": circles(modules),
        "refusals": [
            {
                "kind": r.kind,
                "module": names[r.place],
                "sentence": r.sentence,
                "late": r.late,
                "certain": r.certain,
                "circle": list(r.circle),
            }
            for r in refusals_of(project, app.started, app.entry or app.path)
        ],
    }


def _module(project: Project, places: Places, app: Application, node: Node, names: dict[Place, str]) -> Row:
    place = node.place
    file, line = places.class_line(place.module)
    parts = parts_of(project, place)
    made = made_in(project, place)
    anew = {each.spot: each for each in per_request(project, app.started)}
    rows = [
        (m.role, _made(project, places, app, place, m, names) | _scope(anew.get(spot), names))
        for m, spot in zip(made, spots_of(made, place), strict=True)
    ]
    return {
        "id": names[place],
        "name": place.name,
        "file": file,
        "line": line,
        "package": place.module.package if isinstance(place.module, Ext) else None,
        "dynamic": place.adds is not None,
        "global": node.is_global,
        "certain": node.certain,
        "complete": all(part.complete for part in parts),
        "unknown": unread(place, parts),
        "imports": [names[p] for p in node.imports],
        "exports": [shown(e) for e in dict.fromkeys(e for part in parts for e in part.exports)],
        "providers": [row for role, row in rows if role in ("provider", "enhancer")],
        "controllers": [row for role, row in rows if role == "controller"],
        "bound": [row for role, row in rows if role in ("injectable", "middleware")],
        "dependencies": [d for role, row in rows if role == "module" for d in row["dependencies"]],
    }


def _scope(anew: PerRequest | None, names: dict[Place, str]) -> Row:
    """Is it made for each request, whatever its own scope is; and through which dependency?"""
    cause = anew.cause if anew is not None else None
    return {
        "perRequest": anew is not None,
        "through": anew.through or None if anew is not None else None,
        "cause": f"{names[cause.place]}: {shown(cause.token)}" if cause is not None else None,
    }


def _made(
    project: Project, places: Places, app: Application, place: Place, made: Made, names: dict[Place, str]
) -> Row:
    file, line = places.class_line(made.symbol)
    found = dependencies_of(project, app.started, place, made)
    return {
        "token": shown(made.token),
        "kind": made.kind,
        "role": made.role,
        "class": display(made.symbol) if made.symbol is not UNKNOWN else None,
        "file": file,
        "line": line,
        "scope": made.scope,
        "exported": made.exported,
        "certain": made.certain,
        "complete": needs_in(project, made).complete,
        "dependencies": [_dependency(d, names) for d in found],
    }


def _dependency(dependency: Dependency, names: dict[Place, str]) -> Row:
    need, found = dependency.need, dependency.found
    return {
        "name": need.name,
        "index": need.index,
        "token": shown(need.token),
        "optional": need.optional,
        "forward": need.forward,
        "state": found.state,
        "module": names.get(found.place) if found.place is not None else None,
        "provider": shown(found.provider.token) if found.provider is not None else None,
        "why": found.why or None,
    }
