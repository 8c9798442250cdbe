"""`nestwise graph`: the modules of each application, what they provide, and where dependencies come from."""

from __future__ import annotations

from collections import Counter
from typing import Any

from nestwise.cli.graph_pick import circles
from nestwise.project.model.applications import Application, applications, created_at
from nestwise.project.model.classes import display
from nestwise.project.model.container import Container, Node, Place, container_of, parts_of
from nestwise.project.model.injection import Dependency, Made, dependencies_of, made_in, needs_in
from nestwise.project.model.module_records import Module
from nestwise.project.model.project import Project
from nestwise.project.model.refusals import refusals_of
from nestwise.project.model.spread import PerRequest, per_request, spots_of
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, class_of
from nestwise.project.model.tokens import shown
from nestwise.syntax.text import Text
from nestwise.workspace import Workspace

Row = dict[str, Any]


def applications_shown(workspace: Workspace) -> list[Row]:
    """One object per application, in the order in which they are found."""
    lines = Lines(workspace)
    return [_application(workspace.project, lines, app) for app in applications(workspace.project)]


class Lines:
    """Lines of declarations, from 1; texts are read once."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.texts: dict[str, Text | None] = {}

    def at(self, path: str, offset: int) -> int:
        if path not in self.texts:
            file = self.workspace.file(path)
            self.texts[path] = file.text if file else None
        text = self.texts[path]
        return text.position(offset)[0] + 1 if text is not None else 1

    def of(self, symbol: object) -> tuple[str | None, int | None]:
        """File and line of a class of the workspace."""
        cls = class_of(self.workspace.project, symbol) if isinstance(symbol, Ref) else None
        if cls is None or not isinstance(symbol, Ref):
            return None, None
        return symbol.path, self.at(symbol.path, cls.name_at.start)


def _application(project: Project, lines: Lines, app: Application) -> Row:
    container = container_of(project, app.started)
    names = ids_of(container)
    return {
        "name": app.name,
        "file": app.path,
        "line": lines.at(app.path, created_at(project, app).start),
        "kind": app.kind,
        "module": display(app.root),
        "unknown": container.hidden or None,
        "modules": (modules := [_module(project, lines, app, node, names) for node in container.nodes]),
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


def unread(place: Place, parts: tuple[Module, ...]) -> list[str]:
    """What of a module of the workspace cannot be told, with the cause where that is known."""
    if isinstance(place.module, Ext):
        return []
    causes = [
        i.why or "an import that cannot be read" for p in parts for i in p.imports if i.symbol is UNKNOWN
    ]
    lists = {
        "imports": all(p.imports_complete for p in parts) or causes,
        "providers": all(p.providers_complete for p in parts),
        "controllers": all(p.controllers_complete for p in parts),
        "exports": all(p.exports_complete for p in parts),
    }
    hidden = [name for name, known in lists.items() if not known]
    return [*dict.fromkeys(causes), *([f"not all {', '.join(hidden)} can be read"] if hidden else [])]


def ids_of(container: Container) -> dict[Place, str]:
    """A name for every module of an application: the class, numbered where it is imported in several ways."""
    counts: Counter[str] = Counter()
    found: dict[Place, str] = {}
    for node in container.nodes:
        name = node.place.name
        counts[name] += 1
        found[node.place] = name if counts[name] == 1 else f"{name}#{counts[name]}"
    return found


def _module(project: Project, lines: Lines, app: Application, node: Node, names: dict[Place, str]) -> Row:
    place = node.place
    file, line = lines.of(place.module)
    parts = parts_of(project, place)
    made = made_in(project, place)
    anew = {each.spot: each for each in per_request(project, app.started)}
    rows = [
        (m.role, _made(project, lines, app, place, m, names) | _scope(anew.get(spot), names))
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
    project: Project, lines: Lines, app: Application, place: Place, made: Made, names: dict[Place, str]
) -> Row:
    file, line = lines.of(made.symbol)
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
