"""The modules that are reachable from a root, in the order in which Nest scans them.

Nest inserts a module before the modules that it imports, imports of the class before those of the dynamic
module, each once. Global `APP_*` providers are bound in that order, so the root's come first.
"""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.kinds import Kind
from nestwise.project.model.app_calls import Global
from nestwise.project.model.classes import lineage
from nestwise.project.model.container import made_at, shown_of, tells_apart
from nestwise.project.model.module_records import Imported, Module
from nestwise.project.model.modules import module_of
from nestwise.project.model.mounts import Mounted
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, Symbol, class_of

_OFFICIAL = "@nestjs/"
_MAY_GUARD = re.compile(
    r"auth|guard|keycloak|casl|acl|access|permission|clerk|firebase|supabase|oidc|oauth|session|security|zitadel"
    r"|cognito|okta|jwt|rbac",
    re.I,
)
"""Modules of packages that may bind global guards. None of Nest's own packages does."""
_BINDS_NOTHING = frozenset({"nest-access-control", "nest-casl", "nestjs-casl", "nest-keycloak-connect"})
"""Packages whose guards are for `@UseGuards`, whatever their names say."""


class Placed(Struct, frozen=True):
    """A controller in a module. The same controller may be in several."""

    controller: Ref
    module: Ref
    path: str | None = ""
    """The module's path from `RouterModule`; None if it cannot be told."""
    certain: bool = True


class Graph(Struct, frozen=True):
    modules: tuple[Ref, ...] = ()
    packages: tuple[Ext, ...] = ()
    """Modules of packages, opaque."""
    complete: bool = True
    """False where there may be modules or controllers that are not listed."""
    placed: tuple[Placed, ...] = ()
    provided: tuple[Placed, ...] = ()
    """Providers with decorated methods, which may be resolvers, gateways, or listen to events."""
    distances: tuple[tuple[Ref, int], ...] = ()
    """How far each module is from the root; global modules are at 0."""
    enhancers: tuple[tuple[str, Global, bool], ...] = ()
    """What `APP_*` tokens bind: guards, pipes …; the binding; is it made anew for each request?"""
    enhancers_complete: bool = True
    middleware_complete: bool = True

    @property
    def controllers(self) -> tuple[Ref, ...]:
        return tuple(dict.fromkeys(p.controller for p in self.placed))


@question
def graph_of(project: Project, root: Imported) -> Graph:
    """Everything that is reachable from a root module."""
    nodes, packages, opaque = _scan(project, root)
    lists = [part for node in nodes for part in node.parts]
    paths, known = _paths(lists)
    known = known or not project.with_kind(Kind.ROUTER)
    placed: list[Placed] = []
    provided: list[Placed] = []
    enhancers: list[tuple[str, Global, bool]] = []
    for node in nodes:
        for part in node.parts:
            placed += _placed(project, node, part, paths, known)
            provided += _provided(project, node, part)
            for provider in part.providers:
                if provider.enhancer:
                    token = provider.token
                    origin = token.name if isinstance(token, Ext) else ""
                    bound = Global(provider.here, origin, node.ref, provider.certain and node.certain)
                    enhancers.append((provider.enhancer, bound, provider.request_scoped))
    return Graph(
        tuple(dict.fromkeys(node.ref for node in nodes)),
        tuple(packages),
        not opaque and all(part.imports_complete and part.controllers_complete for part in lists),
        tuple(placed),
        tuple(provided),
        tuple(_distances(project, root, nodes).items()),
        tuple(enhancers),
        not opaque
        and all(part.imports_complete and part.enhancers_complete for part in lists)
        and not any(_may_bind(p) for p in packages),
        not opaque and all(part.middleware_complete for part in lists),
    )


def _may_bind(package: Ext) -> bool:
    if package.package.startswith(_OFFICIAL) or package.package in _BINDS_NOTHING:
        return False
    return _MAY_GUARD.search(f"{package.package} {package.name}") is not None


class _Node(Struct, frozen=True):
    ref: Ref
    parts: tuple[Module, ...]
    """The class's own lists, then what the dynamic import adds."""
    certain: bool


def _scan(project: Project, root: Imported) -> tuple[list[_Node], list[Ext], bool]:
    nodes: dict[_Key, _Node] = {}
    packages: dict[Ext, None] = {}
    opaque = False
    seen: dict[_Key, bool] = {}
    told = tells_apart(project, root)
    stack = [(root, "")]
    while stack:
        imported, made = stack.pop()
        symbol, adds = imported.symbol, imported.adds
        key = (symbol, adds, made)
        if key in seen and seen[key] >= imported.certain:
            continue
        seen[key] = imported.certain  # what one module imports for sure is there, whatever others do
        parts: tuple[Module, ...] = ()
        if isinstance(symbol, Ext):
            packages[symbol] = None
        elif isinstance(symbol, Ref) and class_of(project, symbol) is not None:
            parts = (module_of(project, symbol), *((adds,) if adds else ()))
            nodes[key] = _Node(symbol, parts, imported.certain)
        else:
            opaque = True
        owners = [(part, shown_of(symbol)) for part in parts[:1]] + ([(adds, made)] if adds else [])
        below = [
            (replace(i, certain=i.certain and imported.certain), made_at(owner, number, i) if told else "")
            for part, owner in owners
            for number, i in enumerate(part.imports)
        ]
        stack += reversed(below)
    return list(nodes.values()), list(packages), opaque


_Key = tuple[Symbol, Module | None, str]
"""A module, by its class, what the dynamic import adds, and where that is made."""


def _paths(lists: list[Module]) -> tuple[dict[Symbol, str | None], bool]:
    """Paths of modules from every `RouterModule.register`; later ones win."""
    mounts: list[Mounted] = [m for part in lists for m in part.mounts]
    known = all(part.mounts_complete for part in lists) and all(m.module is not UNKNOWN for m in mounts)
    return {m.module: m.path for m in mounts}, known


def _placed(
    project: Project, node: _Node, part: Module, paths: dict[Symbol, str | None], known: bool
) -> list[Placed]:
    path = paths.get(node.ref, "" if known else None)
    return [
        Placed(controller, node.ref, path, node.certain and controller not in part.doubtful)
        for controller in part.controllers
        if isinstance(controller, Ref)
    ]


def _provided(project: Project, node: _Node, part: Module) -> list[Placed]:
    return [
        Placed(provider.symbol, node.ref, "", node.certain and provider.certain)
        for provider in part.providers
        if provider.kind in ("class", "useClass")
        and isinstance(provider.symbol, Ref)
        and _may_handle(project, provider.symbol)
    ]


def _may_handle(project: Project, ref: Ref) -> bool:
    return any(
        method.decorators
        for base in lineage(project, ref).refs
        if (cls := class_of(project, base)) is not None
        for method in cls.methods
    )


def _distances(project: Project, root: Imported, nodes: list[_Node]) -> dict[Ref, int]:
    """Nest's distances: each module once in a tree, moved below an importer that is deeper than it."""
    children = {node.ref: [i.symbol for part in node.parts for i in part.imports] for node in nodes}
    shared = {node.ref for node in nodes if any(part.is_global for part in node.parts)}
    parents: dict[Ref, Ref | None] = {}

    def line(ref: Ref) -> list[Ref]:
        found: list[Ref] = []
        at: Ref | None = ref
        while at is not None:
            found.append(at)
            at = parents[at]
        return found

    def visit(ref: Ref, depth: int) -> None:
        for child in children.get(ref, ()):
            if not isinstance(child, Ref) or child not in children:
                continue
            if child not in parents:
                parents[child] = ref
                if depth < _DEEPEST:
                    visit(child, depth + 1)
            elif child not in line(ref) and len(line(child)) < depth:
                parents[child] = ref

    if isinstance(root.symbol, Ref) and root.symbol in children:
        parents[root.symbol] = None
        visit(root.symbol, 1)
    return {ref: 0 if ref in shared else len(line(ref)) for ref in parents}


_DEEPEST = 400
"""Longest chain of imports of modules that is measured."""
