"""Modules: how applications are wired, told of classes, whatever number of times they are imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from typing import Any

from nestwise.project.model.applications import Application, applications
from nestwise.project.model.container import Container, Node, Place, container_of, parts_of
from nestwise.project.model.injection import made_in
from nestwise.project.model.module_records import Module
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, Symbol
from nestwise.project.model.tokens import shown
from nestwise.views.circles import circles

Row = dict[str, Any]


def ids_of(container: Container) -> dict[Place, str]:
    """A name for every module of an application: the class, numbered where it is imported in several ways."""
    counts: Counter[str] = Counter()
    found: dict[Place, str] = {}
    for node in container.nodes:
        name = node.place.name
        counts[name] += 1
        found[node.place] = name if counts[name] == 1 else f"{name}#{counts[name]}"
    return found


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


class Wired:
    """A module class as all applications have it."""

    def __init__(self, id_: str, name: str, symbol: Symbol) -> None:
        self.id, self.name, self.symbol = id_, name, symbol
        self.applications: dict[str, None] = {}
        self.root = self.shared = False
        self.certain = False
        self.why: dict[str, None] = {}
        self.made: dict[str, dict[object, None]] = {"controller": {}, "provider": {}}
        self.exports: dict[str, None] = {}

    def row(self) -> Row:
        return {
            "id": self.id,
            "name": self.name,
            "package": self.symbol.package if isinstance(self.symbol, Ext) else None,
            "applications": list(self.applications),
            "root": self.root,
            "global": self.shared,
            "known": not self.why,
            "why": "; ".join(self.why) or None,
            "certain": self.certain,
            "controllers": len(self.made["controller"]),
            "providers": len(self.made["provider"]),
            "exports": len(self.exports),
        }


class ModuleGraph:
    """The modules of a project, how they import each other, and which do so in circles."""

    def __init__(self) -> None:
        self.modules: dict[object, Wired] = {}
        self.imports: dict[tuple[str, str], Row] = {}
        self.cycles: dict[tuple[str, ...], None] = {}

    def _of(self, place: Place) -> Wired:
        # A module that cannot be told is like no other.
        key: object = place if place.module is UNKNOWN else place.module
        if key not in self.modules:
            number = f"?{len(self.modules)}" if key is place else shown_id(place.module)
            self.modules[key] = Wired(number, place.name, place.module)
        return self.modules[key]

    def add(self, project: Project, application: str, root: Symbol, node: Node) -> None:
        place, parts = node.place, parts_of(project, node.place)
        module = self._of(place)
        module.applications[application] = None
        module.root |= place.module == root
        module.shared |= node.is_global
        module.certain |= node.certain
        module.why |= dict.fromkeys(_why(place, parts, node))
        for made in made_in(project, place):
            role = "provider" if made.role == "enhancer" else made.role
            if role in module.made:
                alone = made.token is UNKNOWN or made.role == "enhancer"
                module.made[role][(made.token, made.symbol, place) if alone else made.token] = None
        module.exports |= dict.fromkeys(shown(e) for part in parts for e in part.exports)
        forward = {i.symbol for part in parts for i in part.imports if i.forward}
        for child in node.imports:
            known = self._of(child)
            if known is not module:
                wire = self.imports.setdefault(
                    (module.id, known.id),
                    {"from": module.id, "to": known.id, "forwardRef": False, "certain": False},
                )
                wire["forwardRef"] |= child.module in forward
                wire["certain"] |= child not in node.doubtful

    def add_circles(self, container: Container) -> None:
        """Of the modules as the container has them: several imports of one class are no circle."""
        names = ids_of(container)
        classes = {names[node.place]: self._of(node.place).id for node in container.nodes}
        wires = {names[node.place]: [names[p] for p in node.imports] for node in container.nodes}
        for found in circles(wires):
            cycle = tuple(dict.fromkeys(classes[name] for name in found))
            if len(cycle) > 1:
                self.cycles[cycle] = None


def wired(
    project: Project, wanted: Callable[[Application], bool] = lambda app: True
) -> Generator[None, None, ModuleGraph]:
    """The modules of the applications that are wanted, in steps."""
    out = ModuleGraph()
    for app in filter(wanted, applications(project)):
        container = container_of(project, app.started)
        yield
        for node in container.nodes:
            out.add(project, app.name, app.root, node)
            yield
        out.add_circles(container)
        yield
    return out


def _why(place: Place, parts: tuple[Module, ...], node: Node) -> list[str]:
    if isinstance(place.module, Ext):
        opaque = not all(part.complete for part in parts)
        return [f"what it has is not told by {place.module.package}"] if opaque else []
    if not isinstance(place.module, Ref):
        return ["which module it is cannot be told"]
    found = unread(place, parts)
    return found or ([] if node.complete else ["not all imports can be read"])


def shown_id(symbol: Symbol) -> str:
    """A class, told from all others of the workspace."""
    if isinstance(symbol, Ref):
        return f"{symbol.path}#{symbol.name}"
    return f"{symbol.package}#{symbol.name}" if isinstance(symbol, Ext) else "?"
