"""Modules and injection, as `nestwise inspect` says it of one class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nestwise.project.model.applications import Application, applications
from nestwise.project.model.container import Node, Place, container_of, parts_of
from nestwise.project.model.injection import Dependency, Made, dependencies_of, made_in, needs_in
from nestwise.project.model.needs import Need, needs_of
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref
from nestwise.project.model.tokens import shown
from nestwise.views.modules import ids_of, unread

Row = dict[str, Any]


class Wiring:
    """Reads the containers of all applications."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def _nodes(self) -> Iterator[tuple[Application, Node, dict[Place, str]]]:
        for app in applications(self.project):
            container = container_of(self.project, app.started)
            names = ids_of(container)
            for node in container.nodes:
                yield app, node, names

    def module(self, ref: Ref) -> Row:
        """What a module imports, has and hands out, and who imports it."""
        lists = ("applications", "imported by", "imports", "controllers", "providers", "bound", "exports")
        out: dict[str, dict[str, None]] = {name: {} for name in lists}
        unknown: dict[str, None] = {}
        shared = False
        for app, node, names in self._nodes():
            if node.place.module == ref:
                parts = parts_of(self.project, node.place)
                made = made_in(self.project, node.place)
                out["applications"][app.name] = None
                out["imports"] |= dict.fromkeys(names[p] for p in node.imports)
                out["providers"] |= dict.fromkeys(
                    shown(m.token) for m in made if m.role in ("provider", "enhancer")
                )
                out["controllers"] |= dict.fromkeys(shown(m.token) for m in made if m.role == "controller")
                out["bound"] |= dict.fromkeys(
                    shown(m.token) for m in made if m.role in ("injectable", "middleware")
                )
                out["exports"] |= dict.fromkeys(shown(e) for part in parts for e in part.exports)
                unknown |= dict.fromkeys(unread(node.place, parts))
                shared = shared or node.is_global
            elif any(p.module == ref for p in node.imports):
                out["imported by"][names[node.place]] = None
        if not out["applications"]:
            unknown["no application is known to import it"] = None
        said: Row = {name: list(found) for name, found in out.items()}
        return said | {"global": shared or None, "unknown": list(unknown)}

    def made(self, ref: Ref) -> Row:
        """Where a class is made, under which token, what it depends on, and who depends on it."""
        provided: dict[tuple[str, ...], Row] = {}
        needs: dict[str, Row] = {}
        users: dict[str, None] = {}
        for app, node, names in self._nodes():
            for made in made_in(self.project, node.place):
                if made.symbol == ref and made.role != "module":
                    row: Row = {
                        "module": names[node.place],
                        "application": app.name,
                        "token": shown(made.token),
                    }
                    row["as"] = made.kind if made.role == "provider" else made.role
                    row["scope"] = made.scope if made.scope != "default" else ""
                    row |= {"exported": made.exported, "certain": made.certain}
                    provided[(app.name, names[node.place], row["token"])] = row
                    for found in dependencies_of(self.project, app.started, node.place, made):
                        said = dependency(found, names)
                        needs[f"{said['name']} {said['token']} {said['from']}"] = said
                elif self._asks(made, ref):
                    for found in dependencies_of(self.project, app.started, node.place, made):
                        provider = found.found.provider
                        if provider is not None and provider.symbol == ref:
                            users[made.name] = None
        out: Row = {"provided": list(provided.values()), "dependencies": list(needs.values())}
        if not provided:
            out["dependencies"] = [_bare(need) for need in needs_of(self.project, ref).items]
        return out | {"injected into": list(users)}

    def _asks(self, made: Made, ref: Ref) -> bool:
        """May something that is made ask for the class? Under its own token, or one that is no class."""
        return any(n.token == ref or not isinstance(n.token, Ref) for n in needs_in(self.project, made).items)

    def need(self, ref: Ref, name: str, index: int | None) -> Row:
        """Where one dependency of a class comes from, in every module that makes the class."""
        out: dict[str, Row] = {}
        for app, node, names in self._nodes():
            for made in made_in(self.project, node.place):
                if made.symbol != ref or made.kind not in ("class", "useClass"):
                    continue
                for found in dependencies_of(self.project, app.started, node.place, made):
                    if found.need.index == index and (index is not None or found.need.name == name):
                        row: Row = {"module": names[node.place], "application": app.name}
                        row |= {k: v for k, v in dependency(found, names).items() if k != "name"}
                        out[str(row)] = row
        if out:
            return {"resolved": list(out.values())}
        wanted = [
            need
            for need in needs_of(self.project, ref).items
            if need.index == index and (index is not None or need.name == name)
        ]
        bare = [{k: v for k, v in _bare(need).items() if k != "name"} for need in wanted]
        return {"resolved": bare} if bare else {}


def _bare(need: Need) -> Row:
    """A dependency of a class that no known module provides."""
    return {
        "name": need.name,
        "token": shown(need.token),
        "from": "unknown: no module is known to provide the class that asks",
    }


def dependency(found: Dependency, names: dict[Place, str]) -> Row:
    """One dependency: what asks, for which token, and where that comes from."""
    need, where = found.need, found.found
    match where.state:
        case "resolved":
            place = names.get(where.place, "?") if where.place is not None else "Nest"
        case "missing":
            place = "nowhere: Nest gives undefined" if need.optional else "nowhere: Nest refuses to start"
        case _:
            place = f"unknown: {where.why}"
    return {
        "name": need.name,
        "token": shown(need.token),
        "from": place,
        "optional": need.optional,
        "forward": need.forward,
    }
