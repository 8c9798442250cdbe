"""The modules of an application as Nest's container holds them, and where a module finds what it asks for.

A *place* is a module as it is imported: its class, and what a dynamic import adds to it. Its *shelf* is what
it provides and exports. A look-up goes the way of Nest's injector: the module's own providers, then its
imports in order and what those export again, and the global modules last.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Call, Const, Expr, dotted
from nestwise.project.model.classes import display
from nestwise.project.model.module_records import Imported, Module, opaque
from nestwise.project.model.modules import module_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.providers import CORE, Provider
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, Symbol, class_of, declaration
from nestwise.project.model.tokens import Token


class Place(Struct, frozen=True, cache_hash=True):
    """A module of a container: its class, and what the dynamic import adds."""

    module: Symbol
    adds: Module | None = None
    made: str = ""
    """Of a dynamic module: where it is made. Equal ones that are made at two places are two modules; in
    versions of Nest to which they are one it is empty."""

    @property
    def name(self) -> str:
        return display(self.module)


class Node(Struct, frozen=True):
    """A place with its wires."""

    place: Place
    imports: tuple[Place, ...] = ()
    """In the order of look-ups: the class's, then the dynamic import's; global modules come after them."""
    doubtful: tuple[Place, ...] = ()
    """Imports that are there only under a condition."""
    choices: tuple[tuple[Place, ...], ...] = ()
    """Of those, modules of which one is there for sure."""
    complete: bool = True
    """False where it may import more than is listed."""
    is_global: bool = False
    """Is it global, or may it be?"""
    global_told: bool = True
    certain: bool = True


class Container(Struct, frozen=True):
    """All modules that are reachable from a root, in Nest's order, without what they provide."""

    nodes: tuple[Node, ...] = ()
    hidden: str = ""
    """What hides modules that are not listed, and so may hide global ones; empty where all are listed."""
    opaque: tuple[Ext, ...] = ()
    """Modules of packages of which it is not known what they provide."""

    @property
    def globals(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.is_global)


@question
def container_of(project: Project, root: Imported) -> Container:
    found: dict[Place, Node] = {}
    hidden: dict[str, None] = {}
    closed: dict[Ext, None] = {}
    top = Place(root.symbol, root.adds)
    told = tells_apart(project, root)
    stack = [(root, top)]
    while stack:
        imported, place = stack.pop()
        if place in found:
            continue
        if place.module is UNKNOWN:
            hidden[imported.why or "an import that cannot be read"] = None
            if place.adds is None:
                continue
        parts = parts_of(project, place)
        below = [
            (i, Place(i.symbol, i.adds, made_at(owner, number, i) if told else ""))
            for part in parts
            for owner in (place.made if part is place.adds else shown_of(place.module),)
            for number, i in enumerate(part.imports)
        ]
        whole = all(part.imports_complete for part in parts)
        if isinstance(place.module, Ext):
            if not all(part.complete for part in parts):
                closed[place.module] = None
        elif place.module is not UNKNOWN and not whole:
            hidden[f"the imports of {place.name}"] = None
        found[place] = _node(place, below, whole, parts)
        stack += reversed(below)
    sure = _certain(found, top)
    nodes = tuple(replace(node, certain=place in sure) for place, node in found.items())
    return Container(nodes, next(iter(hidden), ""), tuple(closed))


def tells_apart(project: Project, root: Imported) -> bool:
    """Are equal dynamic modules that are made at two places two modules? Nest 10 took them for one."""
    major = project.layout.nest_major(root.symbol.path) if isinstance(root.symbol, Ref) else 0
    return not 0 < major < _BY_REFERENCE


_BY_REFERENCE = 11
"""The version of Nest that first tells modules apart by the object that is imported."""


def shown_of(module: Symbol) -> str:
    """A class as the place where what it imports is made."""
    return f"{module.path}#{module.name}" if isinstance(module, Ref) else ""


def made_at(owner: str, number: int, imported: Imported) -> str:
    """Where an import of a module, or of a dynamic module, is made; empty for a class by itself."""
    if imported.adds is None:
        return ""
    return imported.held or f"{owner}/{number}"


def _node(place: Place, below: list[tuple[Imported, Place]], whole: bool, parts: tuple[Module, ...]) -> Node:
    wires: dict[Place, bool] = {}
    for imported, child in below:
        if _is_place(imported):
            wires[child] = wires.get(child, False) or imported.certain
    doubtful = tuple(child for child, certain in wires.items() if not certain)
    shared = any(part.is_global for part in parts)
    told = shared or all(part.global_told for part in parts)
    whole = whole and all(_is_place(imported) for imported, _ in below)
    return Node(place, tuple(wires), doubtful, _choices(below), whole, shared or not told, told)


def _choices(below: list[tuple[Imported, Place]]) -> tuple[tuple[Place, ...], ...]:
    groups: dict[Expr, list[tuple[Imported, Place]]] = {}
    for imported, child in below:
        if imported.choice is not None and imported.symbol is not UNKNOWN:
            groups.setdefault(imported.choice, []).append((imported, child))
    return tuple(
        tuple(child for _, child in group) for group in groups.values() if len(group) == group[0][0].outcomes
    )


def _certain(nodes: dict[Place, Node], root: Place) -> set[Place]:
    """The places that are there whatever conditions say."""
    found = {root}
    stack = [root]
    while stack:
        node = nodes.get(stack.pop())
        for child in node.imports if node is not None else ():
            if node is not None and child not in node.doubtful and child not in found:
                found.add(child)
                stack.append(child)
    return found


@question
def nodes_of(project: Project, root: Imported) -> dict[Place, Node]:
    """The modules of a container by their places."""
    return {node.place: node for node in container_of(project, root).nodes}


def _is_place(imported: Imported) -> bool:
    return imported.symbol is not UNKNOWN or imported.adds is not None


def parts_of(project: Project, place: Place) -> tuple[Module, ...]:
    """The class's own lists, then what the dynamic import adds."""
    from nestwise.project.model.packages import module_of_package

    adds = (place.adds,) if place.adds is not None else ()
    if isinstance(place.module, Ext):
        own = module_of_package(place.module) if not adds else None
        return (own,) if own is not None else adds or (opaque(place.module),)
    if isinstance(place.module, Ref) and class_of(project, place.module) is not None:
        return (module_of(project, place.module), *adds)
    return (opaque(place.module), *adds)


# --- what a module provides and exports ----------------------------------------------------------


class Shelf(Struct, frozen=True):
    """What one place provides and exports."""

    providers: tuple[Provider, ...] = ()
    """One for each token, the last one that is registered under it; `APP_*` left out."""
    exports: tuple[Token, ...] = ()
    complete: bool = True
    """False where it may provide more than is listed."""
    exports_complete: bool = True
    why: str = ""
    """What hides the rest."""
    doubtful: tuple[Token, ...] = ()
    """Exports that are there only under a condition."""
    vague: bool = False
    """Is there a token that is a constant whose value cannot be read? It may be any text."""

    def get(self, token: Token) -> Provider | None:
        return next((p for p in self.providers if p.token == token), None)


@question
def shelf_of(project: Project, place: Place) -> Shelf:
    parts = parts_of(project, place)
    kept: dict[Token, Provider] = {}
    whole, hidden = all(p.providers_complete for p in parts), ""
    for part in parts:
        for provider in part.providers:
            if provider.enhancer:
                continue
            if provider.token is UNKNOWN or provider.kind == "unknown":
                whole, hidden = False, f"a provider of {place.name} that cannot be read"
            if provider.token is not UNKNOWN:
                kept[provider.token] = provider
    exports = tuple(dict.fromkeys(e for p in parts for e in p.exports))
    if not whole:
        hidden = hidden or f"the providers of {place.name}"
    elif not all(p.exports_complete for p in parts):
        hidden = f"the exports of {place.name}"
    return Shelf(
        tuple(kept.values()),
        exports,
        whole,
        all(p.exports_complete for p in parts),
        hidden,
        tuple(dict.fromkeys(d for p in parts for d in p.doubtful)),
        any(is_vague(project, token) for token in (*kept, *exports)),
    )


def is_vague(project: Project, token: Token) -> bool:
    """Is it a constant whose value is not known, and no `Symbol`, which equals itself alone?"""
    if not isinstance(token, Ref) or class_of(project, token) is not None:
        return False
    item = declaration(project, token)
    symbol = (
        isinstance(item, Const) and isinstance(item.value, Call) and dotted(item.value.callee) == "Symbol"
    )
    return not (symbol and isinstance(item, Const) and not item.mutable)


# --- look-ups ------------------------------------------------------------------------------------


class Found(Struct, frozen=True):
    """Where a token leads from one place."""

    state: str
    """resolved, missing or unknown."""
    place: Place | None = None
    """The module that provides it; None for what Nest itself provides."""
    provider: Provider | None = None
    why: str = ""
    """Why it is unknown; of one that is resolved, what may hide another one that comes before."""


CORE_TOKENS: frozenset[Token] = frozenset(
    {
        "REQUEST", "INQUIRER", "Reflector",
        *(
            Ext(CORE, name)
            for name in (
                "Reflector", "HttpAdapterHost", "ModulesContainer", "ExternalContextCreator",
                "LazyModuleLoader", "SerializedGraph", "ModuleRef", "ApplicationConfig",
            )
        ),
    }
)  # fmt: skip
"""What every module can ask for."""

MISSING = Found("missing")


@question
def lookup(project: Project, root: Imported, place: Place, token: Token) -> Found:
    """What a module gets for a token."""
    if token in CORE_TOKENS or token == place.module:
        return Found("resolved")
    if token is UNKNOWN:
        return Found("unknown", why="the token cannot be read")
    search = _Search(project, root, token)
    return search.own(place) or search.imports(place, None) or search.nothing()


class _Search:
    """One look-up. What is met on the way and cannot be read leaves a doubt."""

    def __init__(self, project: Project, root: Imported, token: Token) -> None:
        self.project = project
        self.root = root
        self.container = container_of(project, root)
        self.globals = self.container.globals
        self.nodes = nodes_of(project, root)
        self.token = token
        self.seen: set[Place] = set()
        self.doubt = ""

    def own(self, place: Place) -> Found | None:
        shelf = shelf_of(self.project, place)
        provider = shelf.get(self.token)
        if provider is not None:
            return self._found(place, provider, provider.certain)
        if not shelf.complete or (shelf.vague and isinstance(self.token, str)):
            self._doubt(place, shelf.why or f"a token of {place.name} that cannot be read")
        return None

    def imports(self, place: Place, exports: tuple[Token, ...] | None, sure: bool = True) -> Found | None:
        """Through the imports of a place; with `exports` only those that it exports again."""
        for child, there in self._children(place, exports):
            if child in self.seen:
                continue
            self.seen.add(child)
            if self._is_of_package(child):
                return self._found(child, None, sure and there)
            shelf = shelf_of(self.project, child)
            provider = shelf.get(self.token)
            if provider is not None and self.token in shelf.exports:
                given = provider.certain and self.token not in shelf.doubtful
                return self._found(child, provider, sure and there and given)
            if not shelf.exports_complete or (self.token in shelf.exports and not shelf.complete):
                self._doubt(child, shelf.why)
            elif shelf.vague and isinstance(self.token, str):
                self._doubt(child, f"a token of {child.name} that cannot be read")
            found = self.imports(child, shelf.exports, sure and there)
            if found is not None:
                return found
        return None

    def _children(self, place: Place, exports: tuple[Token, ...] | None) -> Iterator[tuple[Place, bool]]:
        """The imports of a place, each with whether it is surely there."""
        node = self.nodes.get(place)
        if node is None:
            return
        for child in node.imports:
            if exports is None or child.module in exports:
                yield child, child not in node.doubtful or self._in_each(node, child)
        for shared in self.globals:
            if shared.place != place and (exports is None or shared.place.module in exports):
                sure = shared.certain or any(
                    self._in_each(n, shared.place) for n in self.container.nodes if n.certain and n.choices
                )
                yield shared.place, sure and shared.global_told
        if exports is None and not node.complete:
            self._doubt(place, f"the imports of {place.name}")

    def _in_each(self, node: Node, child: Place) -> bool:
        """Is it one of several modules, of which one is always there, and which all have the token?"""
        group = next((g for g in node.choices if child in g), ())
        if not group or not all(self._gives(other) for other in group):
            return False
        self.doubt = self.doubt or "one of several modules, of which a condition takes one"
        return True

    def _gives(self, place: Place) -> bool:
        shelf = shelf_of(self.project, place)
        provider = shelf.get(self.token)
        if provider is not None and self.token in shelf.exports:
            return provider.certain and self.token not in shelf.doubtful
        inner = _Search(self.project, self.root, self.token)
        inner.seen = {*self.seen, place}
        found = inner.imports(place, shelf.exports)
        return found is not None and found.state == "resolved"

    def _is_of_package(self, place: Place) -> bool:
        """Is it a module of the package that the token is of, of which nothing else is known?"""
        token, module = self.token, place.module
        if not isinstance(token, Ext) or not isinstance(module, Ext) or module.package != token.package:
            return False
        return module in self.container.opaque

    def _found(self, place: Place, provider: Provider | None, sure: bool) -> Found:
        if not sure:
            return Found("unknown", place, provider, "a provider under a condition")
        return Found("resolved", place, provider, self.doubt)

    def _doubt(self, place: Place, why: str) -> None:
        """Something at a place is hidden. A package's module cannot provide what only the workspace has."""
        if not (isinstance(place.module, Ext) and isinstance(self.token, Ref)):
            self.doubt = self.doubt or why

    def nothing(self) -> Found:
        """Missing, if there is no place where it may be hidden."""
        token, container = self.token, self.container
        doubt = self.doubt or container.hidden
        if isinstance(token, Ref):
            if not doubt and is_vague(self.project, token):
                doubt = "a token whose value cannot be read"
        elif container.opaque and not (isinstance(token, Ext) and not token.package):
            doubt = doubt or f"{container.opaque[0].name} of {container.opaque[0].package}"
        return Found("unknown", why=doubt) if doubt else MISSING


__all__ = [
    "CORE_TOKENS", "MISSING", "Container", "Found", "Node", "Place", "Shelf", "container_of", "lookup",
    "parts_of", "shelf_of",
]  # fmt: skip
