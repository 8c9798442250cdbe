"""What methods do to the data: what they read and write, by which call, and whether in a transaction.

The deeds of a file are second-level facts: its calls, found without walking its bodies. Here each is followed
to what it reaches, and calls of other services are followed in turn, to a bounded depth.
"""

from __future__ import annotations

from msgspec.structs import replace

from nestwise.project.extract_deeds import DEEDS
from nestwise.project.model.chains import deeds_at
from nestwise.project.model.classes import declaring, lineage, method_decorators, own_method
from nestwise.project.model.deeds import Walk
from nestwise.project.model.effect_records import Calling, Effect, Effects
from nestwise.project.model.implementations import implementations
from nestwise.project.model.project import Project, question
from nestwise.project.model.reach_entity import stated_entity
from nestwise.project.model.reach_records import HOST
from nestwise.project.model.symbols import Ext, Ref, class_of

_DEPTH = 5
"""How many services deep calls are followed."""
_MOST = 400
"""Effects of one method that are gathered."""
_AMBIENT = ("typeorm-transactional", "@mikro-orm/")
"""Packages whose `@Transactional()` binds all that runs inside."""


@question
def ambient(project: Project, ref: Ref, method: str) -> str:
    """Does a decorator run the method in a transaction: `@Transactional()`? `all` where every call is bound
    to it, `host` where only the client of the transaction's host is; empty for no."""
    for deco in method_decorators(project, ref, method):
        symbol = deco.symbol
        if isinstance(symbol, Ext) and symbol.name.rpartition(".")[2] == "Transactional":
            if symbol.package == HOST:
                return "host"
            if symbol.package.startswith(_AMBIENT):
                return "all"
    return ""


@question(cycle=Effects())
def own_effects(project: Project, ref: Ref, method: str) -> Effects:
    """What a method that a class itself declares does by its own calls."""
    cls = class_of(project, ref)
    found = deeds_at(project, ref.path, ref.name, method)
    if cls is None or (found is None and project.detail(ref.path, DEEDS) is None):
        return Effects(unknown=(f"the class {ref.name} cannot be read",))
    if found is None:
        return Effects()
    deeds, scope = found
    walk = Walk(project, ref, deeds, ambient(project, ref, method))
    return walk.run(scope)


@question(cycle=Effects())
def effects_of(project: Project, ref: Ref, method: str) -> Effects:
    """What a method does, with what the services that it calls do for it."""
    return _followed(project, ref, method, _DEPTH, frozenset())


def _followed(
    project: Project, ref: Ref, method: str, depth: int, seen: frozenset[tuple[Ref, str]]
) -> Effects:
    place = declaring(project, ref, method)
    if place is None:
        return Effects(unknown=(f"{ref.name}.{method} cannot be read",))
    if is_abstract(project, place, method):
        behind = [r for r in implementations(project, ref) if r != ref and declaring(project, r, method)]
        if len(behind) != 1 or (behind[0], method) in seen:
            stores = any(_does_something(project, r, method) for r in behind if (r, method) not in seen)
            names = " or ".join(sorted(r.name for r in behind))
            return Effects(unknown=(f"{ref.name}.{method} is that of {names}",)) if stores else Effects()
        return _followed(project, behind[0], method, depth, seen)
    own = own_effects(project, place, method)
    effects, unknown = list(own.effects), list(own.unknown)
    if any(e.generic and not e.target for e in effects):
        entity, table = stated_entity(project, ref)
        effects = [replace(e, target=table, entity=entity) if e.generic and table else e for e in effects]
    opens = list(own.opens)
    for call in own.calls:
        target = ref if call.ref == place else call.ref  # `this` is the class that was asked about
        key = (target, call.method)
        name = f"{target.name}.{call.method}"
        if key in seen or key == (ref, method):
            continue
        if depth == 0 or len(effects) > _MOST:
            if _does_something(project, target, call.method):
                unknown.append(f"{name} and what it calls was not followed")
            continue
        inner = _followed(project, target, call.method, depth - 1, seen | {(ref, method)})
        effects += [_seen_from(e, call, name) for e in inner.effects]
        unknown += [c if " (in " in c or c.startswith(name) else f"{c} (in {name})" for c in inner.unknown]
        opens += [f"{o} (in {name})" if " (in " not in o else o for o in inner.opens]
    return Effects(
        tuple(_once(effects)), own.calls, tuple(dict.fromkeys(opens)), tuple(dict.fromkeys(unknown))
    )


def is_abstract(project: Project, ref: Ref, method: str) -> bool:
    """Has the method no body where it is declared?"""
    found = own_method(class_of(project, ref), method)
    return found is not None and found.body_at.start == found.body_at.end


def _does_something(project: Project, ref: Ref, method: str) -> bool:
    place = declaring(project, ref, method)
    own = own_effects(project, place, method) if place is not None else Effects()
    return bool(own.effects or own.calls or own.unknown)


def _once(effects: list[Effect]) -> list[Effect]:
    """Each call once, by the shortest way to it; a call in a transaction and past one are two."""
    found: dict[tuple[object, ...], Effect] = {}
    for effect in effects:
        key = (effect.path, effect.method, effect.deed, effect.operation, effect.target, effect.transaction)
        known = found.get(key)
        if known is None or len(effect.via) < len(known.via):
            found[key] = effect
    return list(found.values())


def _seen_from(effect: Effect, call: Calling, name: str) -> Effect:
    """An effect of a method as its caller has it."""
    transaction = effect.transaction
    if transaction in ("no", "maybe"):
        if call.transaction == "ambient":
            transaction = "ambient"
        elif call.transaction == "hosted":
            transaction = "ambient" if transaction == "maybe" else "outside"
        elif call.transaction == "yes":  # inside a transaction: bound to it where it is handed on
            bound = "yes" if call.handed else "maybe"
            transaction = bound if transaction == "maybe" else "outside"
    return replace(effect, transaction=transaction, loop=effect.loop or call.loop, via=(name, *effect.via))


def provider_methods(project: Project, ref: Ref) -> tuple[tuple[Ref, str], ...]:
    """The methods of a class and of its bases in the workspace, each with the class that declares it."""
    found: dict[str, Ref] = {}
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        for method in cls.methods if cls is not None else ():
            if not method.static and not method.kind:
                found.setdefault(method.name, base)
    return tuple((base, name) for name, base in found.items())


__all__ = ["Calling", "Effect", "Effects", "ambient", "effects_of", "own_effects", "provider_methods"]
