"""Why Nest refuses to start an application, in its own words.

Only what is proven: a dependency that is nowhere, an export of something that a module does not have, an
import of a class that is no module. What is made for a request, or for each that asks, is refused when it is
made.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Call, Const, Lit
from nestwise.project.model.applications import applications
from nestwise.project.model.classes import NEST, class_decorators, lineage
from nestwise.project.model.container import MISSING, Node, Place, container_of, shelf_of
from nestwise.project.model.injection import Dependency, Made, dependencies_of, made_in, needs_in
from nestwise.project.model.loading import undefined_in
from nestwise.project.model.module_records import Imported
from nestwise.project.model.modules import module_of
from nestwise.project.model.needs import OBJECT, UNDEFINED, Need
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, look
from nestwise.project.model.spread import Spot, circles_in, per_request, spots_of
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, class_of, declaration
from nestwise.project.model.tokens import Token, shown


class Refusal(Struct, frozen=True):
    kind: str
    """dependency, property, export, import, undefined (of files that import each other), circle, or enhancer:
    one for all requests that needs what is made for each."""
    place: Place
    sentence: str
    """The first sentences of Nest's error, up to what it advises."""
    made: Made | None = None
    need: Need | None = None
    token: Token = UNKNOWN
    """What is exported or imported."""
    late: bool = False
    """May it come only when a request does? So it is for what is not made at start."""
    certain: bool = True
    """False for a circle of which Nest may find a way out: that depends on what it makes first."""
    circle: tuple[str, ...] = ()
    """The names of what depends on each other, as Nest's errors name them."""


@question
def refusals_of(project: Project, root: Imported, entry: str) -> tuple[Refusal, ...]:
    """All that is wrong, in the order in which Nest scans: imports, exports, then what it makes.

    `entry` is the file that Node runs.
    """
    container = container_of(project, root)
    out = [r for node in container.nodes for r in _undefined(project, node, entry)]
    out += [r for node in container.nodes for r in _imports(project, node)]
    out += [r for node in container.nodes for r in _exports(project, node)]
    anew = {each.spot for each in per_request(project, root)}
    for node in container.nodes:
        if node.certain:
            made = made_in(project, node.place)
            for item, spot in zip(made, spots_of(made, node.place), strict=True):
                if item.certain:
                    late = item.scope == "transient" or item.role == "middleware" or spot in anew
                    out += _made(project, root, node.place, item, late)
                    out += _erased(project, node.place, item, late, entry)
    out += _enhancers(project, root, anew)
    out += _circles(project, root)
    return tuple(out)


@question
def refusals_at(project: Project, ref: Ref) -> tuple[Refusal, ...]:
    """What Nest refuses because of a class: of what it asks for, or imports or exports as a module.

    Once, whichever of the applications refuse it.
    """
    found = (
        r for app in applications(project) for r in refusals_of(project, app.started, app.entry or app.path)
    )
    return tuple(dict.fromkeys(r for r in found if ref in _concerned(r)))


def _concerned(refusal: Refusal) -> tuple[object, ...]:
    of_module = refusal.made is None or refusal.made.kind not in ("class", "useClass")
    return (refusal.place.module,) if of_module else (getattr(refusal.made, "symbol", None),)


# --- imports and exports -------------------------------------------------------------------------

_NO_MODULES = {
    "Injectable": ("@Injectable()", '"providers" array of the importing module instead.'),
    "Controller": ("@Controller()", '"controllers" array of the importing module instead.'),
    "Catch": (
        "@Catch()",
        '"providers" array (using the APP_FILTER token to apply it globally) or apply it via @UseFilters() '
        "instead.",
    ),
}


def _imports(project: Project, node: Node) -> list[Refusal]:
    out: list[Refusal] = []
    for child in node.imports:
        if not isinstance(child.module, Ref) or child in node.doubtful or not node.certain:
            continue
        decorators = [
            d for base in lineage(project, child.module).refs for d in class_decorators(project, base)
        ]
        if any(d.is_from(NEST, "Module") for d in decorators):
            continue
        for name, (written, where) in _NO_MODULES.items():
            if any(d.is_from(NEST, name) for d in decorators):
                quoted = f'"{child.name}"'
                sentence = (
                    f'{quoted} is decorated with {written} and cannot appear in the "imports" array of a '
                    f"module. Please move {quoted} to the {where}"
                )
                out.append(Refusal("import", node.place, sentence, token=child.module))
                break
    return out


def _exports(project: Project, node: Node) -> list[Refusal]:
    shelf = shelf_of(project, node.place)
    if not isinstance(node.place.module, Ref) or not shelf.complete or not node.complete or not node.certain:
        return []
    imported = {child.module for child in node.imports}
    own = {node.place.module, *(p.token for p in shelf.providers)}
    out: list[Refusal] = []
    for token in shelf.exports:
        if token in own or token in imported or token in shelf.doubtful or not _is_told(project, token):
            continue
        sentence = (
            "Nest cannot export a provider/module that is not a part of the currently processed module "
            f"({node.place.name}). Please verify whether the exported {spelled(project, token)} is "
            "available in this particular context."
        )
        out.append(Refusal("export", node.place, sentence, token=token))
    return out


def _undefined(project: Project, node: Node, entry: str) -> Iterator[Refusal]:
    """Modules that are undefined when the decorator of their importer runs: files that import each other."""
    ref = node.place.module
    if not isinstance(ref, Ref) or class_of(project, ref) is None or not node.certain:
        return
    own = module_of(project, ref)
    if not own.imports_complete or not all(i.certain for i in own.imports):
        return
    for index, imported in enumerate(own.imports):
        target = imported.symbol
        plain = isinstance(target, Ref) and not imported.forward and not imported.dynamic
        if plain and isinstance(target, Ref) and undefined_in(project, entry, ref.path, target):
            name = node.place.name
            sentence = (
                f"Nest cannot create the {name} instance. The module at index [{index}] of the {name} "
                '"imports" array is undefined.'
            )
            yield Refusal("undefined", node.place, sentence, token=target)


def _erased(project: Project, place: Place, made: Made, late: bool, entry: str) -> Iterator[Refusal]:
    """Classes that are undefined when the class that asks for them is declared."""
    items = needs_in(project, made).items
    for need in items:
        token, path = need.token, need.declared.path if need.declared is not None else ""
        if need.explicit or need.optional or need.index is None or not isinstance(token, Ref):
            continue
        if path and undefined_in(project, entry, path, token):
            blind = replace(need, token=OBJECT)
            needs = tuple(blind if n is need else n for n in items)
            sentence = _sentence(project, place, made, Dependency(blind, MISSING), needs)
            yield Refusal("undefined", place, sentence, made, need, token, late)


def _is_told(project: Project, token: Token) -> bool:
    """Is it known which token that is, whatever constant it comes from?"""
    if isinstance(token, str):
        return True
    if isinstance(token, Ref):
        return class_of(project, token) is not None or _symbol_text(project, token) is not None
    return isinstance(token, Ext)


# --- dependencies --------------------------------------------------------------------------------


def _made(project: Project, root: Imported, place: Place, made: Made, late: bool) -> list[Refusal]:
    out: list[Refusal] = []
    needs = needs_in(project, made)
    for dependency in dependencies_of(project, root, place, made):
        need = dependency.need
        if dependency.found.state != "missing" or need.optional:
            continue
        kind = "property" if need.index is None else "dependency"
        sentence = _sentence(project, place, made, dependency, needs.items)
        out.append(Refusal(kind, place, sentence, made, need, need.token, late))
    return out


def _sentence(
    project: Project, place: Place, made: Made, dependency: Dependency, needs: tuple[Need, ...]
) -> str:
    need = dependency.need
    head = f"Nest can't resolve dependencies of the {_type(project, made)}"
    if need.index is None:
        return (
            f'{head}. Please make sure that the "{need.name}" property is available in the current context.'
        )
    names = [_listed(project, n) for n in needs if n.index is not None]
    names[need.index] = "?"
    erased = need.token in (OBJECT, UNDEFINED)
    what = "" if erased else f" {quoted(project, need.token)}"
    where = "current" if erased else place.name
    return (
        f"{head} ({', '.join(names)}). Please make sure that the argument{what} at index [{need.index}]"
        f" is available in the {where} module."
    )


def _enhancers(project: Project, root: Imported, anew: set[Spot]) -> Iterator[Refusal]:
    """Enhancers for all requests that depend on what is made for each."""
    for node in container_of(project, root).nodes:
        made = made_in(project, node.place)
        for item, spot in zip(made, spots_of(made, node.place), strict=True):
            if item.role != "enhancer" or item.scope != "default" or spot not in anew:
                continue
            named = f": {shown(item.symbol)}" if item.kind in ("useClass", "useExisting") else ""
            sentence = (
                f"The {shown(item.token)} provider ({item.kind}{named}) depends on a request-scoped "
                f"provider, {_ANEW.get(item.kind, _ANEW['useFactory'])}"
            )
            yield Refusal("enhancer", node.place, sentence, item, token=item.token)


_ANEW = {
    "useClass": (
        "so it would run with its dependencies undefined. Mark the class with @Injectable({ scope: "
        'Scope.REQUEST }), or set "scope: Scope.REQUEST" on the provider.'
    ),
    "useExisting": (
        'so it would never run. Point "useExisting" at a class marked with @Injectable({ scope: '
        'Scope.REQUEST }), or use a factory provider with "scope: Scope.REQUEST".'
    ),
    "useFactory": 'so it would never run. Set "scope: Scope.REQUEST" on the factory provider.',
}


def _circles(project: Project, root: Imported) -> Iterator[Refusal]:
    """What waits for each other. Who asks with `forwardRef` is not waited for."""
    made: dict[Spot, Made] = {}
    edges: dict[Spot, list[Spot]] = {}
    for node in container_of(project, root).nodes:
        items = made_in(project, node.place)
        for item, spot in zip(items, spots_of(items, node.place), strict=True):
            made[spot] = item
            edges[spot] = [
                Spot(d.found.place, d.found.provider.token)
                for d in dependencies_of(project, root, node.place, item)
                if d.found.state == "resolved" and d.found.place is not None and d.found.provider is not None
            ]
    forward = {s for s, m in made.items() if any(n.forward for n in needs_in(project, m).items)}
    for group in circles_in(edges):
        names = tuple(_type(project, made[s]) for s in group)
        first = group[0]
        sentence = (
            f'A circular dependency has been detected inside "{names[0]}". Please, make sure that each side '
            'of a bidirectional relationships are decorated with "forwardRef()".'
        )
        late = any(made[s].scope != "default" for s in group)
        sure = not forward & set(group)
        yield Refusal("circle", first.place, sentence, made[first], late=late, certain=sure, circle=names)


def _listed(project: Project, need: Need) -> str:
    """One of the dependencies in the brackets; what is no class has no name behind a `forwardRef`."""
    is_class = isinstance(need.token, Ref) and class_of(project, need.token) is not None
    if need.token == UNDEFINED:
        return "+"
    if need.forward and not is_class and not isinstance(need.token, Ext):
        return "[object Object]"
    return spelled(project, need.token) or "+"


def _type(project: Project, made: Made) -> str:
    if made.kind in ("class", "useClass"):
        return shown(made.symbol)
    return spelled(project, made.token)


def spelled(project: Project, token: Token) -> str:
    """A token as Nest writes it, without quotes; empty for one that is not known."""
    if isinstance(token, str):
        return token
    if isinstance(token, Ref) and (text := _symbol_text(project, token)) is not None:
        return f"Symbol({text})"
    if token == UNKNOWN:
        return ""
    return shown(token)


def quoted(project: Project, token: Token) -> str:
    return f'"{token}"' if isinstance(token, str) else spelled(project, token)


def _symbol_text(project: Project, token: Ref) -> str | None:
    """The description of a constant that holds a `Symbol`."""
    item = declaration(project, token)
    if not isinstance(item, Const) or not isinstance(item.value, Call):
        return None
    call = item.value
    if getattr(call.callee, "id", "") != "Symbol":
        return None
    given = look(project, Val(token.path, call.args[0])).expr if call.args else Lit("string", "")
    return given.value if isinstance(given, Lit) else None


__all__ = ["Refusal", "quoted", "refusals_of", "spelled"]
