"""Injection: for everything that Nest makes in an application, where its dependencies come from.

Providers, controllers, enhancers and middleware of every module, each with its dependencies: the module and
provider that Nest gives for it, why there is none, or why that cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.model.applications import applications
from nestwise.project.model.classes import display
from nestwise.project.model.container import Container, Found, Place, container_of, lookup, parts_of
from nestwise.project.model.enhancers import enhancers_of
from nestwise.project.model.module_records import Imported, Module
from nestwise.project.model.needs import NO_NEEDS, Need, Needs, needs_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.providers import Provider, scope_of_class
from nestwise.project.model.symbols import UNKNOWN, Ref, Symbol, class_of
from nestwise.project.model.tokens import Token, shown


class Made(Struct, frozen=True):
    """Something that Nest makes in a module."""

    token: Token
    role: str
    """module, provider, enhancer (of an `APP_*` token), controller, injectable (an enhancer that a decorator
    binds) or middleware."""
    kind: str
    """As of a provider: class, useClass, useExisting, useFactory, useValue, package, unknown."""
    symbol: Symbol
    """The class behind it, where it is one."""
    scope: str
    """default, request, transient or unknown: its own, whatever it depends on."""
    certain: bool = True
    exported: bool = False
    needs: Needs = NO_NEEDS
    """Of a factory or an alias; a class's are a question of its own."""
    bound: tuple[Symbol, ...] = ()
    """The enhancers that a class binds with decorators."""

    @property
    def name(self) -> str:
        """As Nest's errors name it."""
        if isinstance(self.symbol, Ref) and self.kind in ("class", "useClass"):
            return display(self.symbol)
        return shown(self.token).strip('"')


class Dependency(Struct, frozen=True):
    """One dependency of something that Nest makes, and where it comes from."""

    need: Need
    found: Found


@question
def made_in(project: Project, place: Place) -> tuple[Made, ...]:
    """What Nest makes in a module: the module, its providers, its controllers, and what those bind."""
    parts = parts_of(project, place)
    out = [*_providers(project, place, parts), *_controllers(project, parts)]
    bound = dict.fromkeys(b for made in out for b in made.bound)
    out += [Made(b, "injectable", "class", b, scope_of_class(project, b)) for b in bound]
    applied = dict.fromkeys(s for part in parts for m in part.middleware if m.bound for s in m.symbols)
    for symbol in applied:
        if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
            out.append(Made(symbol, "middleware", "class", symbol, scope_of_class(project, symbol)))
    return tuple(out)


def _providers(project: Project, place: Place, parts: tuple[Module, ...]) -> Iterator[Made]:
    """The module itself and its providers; of those with one token the last."""
    if isinstance(place.module, Ref):
        yield Made(place.module, "module", "class", place.module, "default")
    exports = {e for part in parts for e in part.exports}
    kept: dict[Token | tuple[Token, int], Provider] = {}
    for part in parts:
        for provider in part.providers:
            alone = provider.enhancer or provider.token is UNKNOWN
            kept[(provider.token, len(kept)) if alone else provider.token] = provider
    for provider in kept.values():
        yield Made(
            provider.token,
            "enhancer" if provider.enhancer else "provider",
            provider.kind,
            provider.symbol,
            provider.scope,
            provider.certain,
            provider.token in exports,
            provider.needs,
            () if provider.enhancer else _bound(project, provider.kind, provider.symbol),
        )


def _controllers(project: Project, parts: tuple[Module, ...]) -> Iterator[Made]:
    doubtful = {d for part in parts for d in part.doubtful}
    for controller in dict.fromkeys(c for part in parts for c in part.controllers):
        scope, bound = scope_of_class(project, controller), _bound(project, "class", controller)
        sure = controller not in doubtful
        yield Made(controller, "controller", "class", controller, scope, sure, bound=bound)


def _bound(project: Project, kind: str, symbol: Symbol) -> tuple[Symbol, ...]:
    made = kind in ("class", "useClass") and isinstance(symbol, Ref)
    return enhancers_of(project, symbol) if made and isinstance(symbol, Ref) else ()


class Making(Struct, frozen=True):
    """A class as Nest makes it in one module of one application."""

    application: int
    """The application's number."""
    root: Imported
    place: Place
    made: Made


@question
def _makings(project: Project, number: int, root: Imported) -> dict[Ref, tuple[Making, ...]]:
    found: dict[Ref, tuple[Making, ...]] = {}
    for node in container_of(project, root).nodes:
        for made in made_in(project, node.place):
            ref = made.symbol
            if isinstance(ref, Ref) and made.kind in ("class", "useClass"):
                found[ref] = (*found.get(ref, ()), Making(number, root, node.place, made))
    return found


@question
def makings_of(project: Project, ref: Ref) -> tuple[Making, ...]:
    """Everywhere that Nest makes a class, in all applications; nothing for one that is in none."""
    return tuple(
        making
        for app in applications(project)
        for making in _makings(project, app.number, app.started).get(ref, ())
    )


def needs_in(project: Project, made: Made) -> Needs:
    """What something that Nest makes asks for."""
    if made.kind in ("class", "useClass"):
        return needs_of(project, made.symbol) if isinstance(made.symbol, Ref) else Needs((), False)
    return made.needs


def dependencies_of(project: Project, root: Imported, place: Place, made: Made) -> tuple[Dependency, ...]:
    """Where the dependencies of something in a module come from."""
    return tuple(
        Dependency(need, resolved(project, root, place, made, need)) for need in needs_in(project, made).items
    )


def resolved(project: Project, root: Imported, place: Place, made: Made, need: Need) -> Found:
    """Where one dependency comes from."""
    if need.token is UNKNOWN:
        return Found("unknown", why=need.why or "the token cannot be read")
    if need.token == made.token:  # Nest refuses what asks for itself
        return Found("missing")
    found = lookup(project, root, place, need.token)
    if found.state == "missing" and not need.explicit and not needs_in(project, made).complete:
        return Found("unknown", why="what a base class of a package asks for")
    return found


__all__ = [
    "Container", "Dependency", "Found", "Made", "Making", "Need", "Needs", "Place", "container_of",
    "dependencies_of", "lookup", "made_in", "makings_of", "needs_in",
]  # fmt: skip
