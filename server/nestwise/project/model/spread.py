"""Request scope as it spreads: what is made for each request because of what it depends on.

Whatever depends on something that is made for each request is made for each request, too: through
constructors, properties, aliases, and the enhancers that a class binds. A transient provider by itself
spreads nothing.
"""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from nestwise.project.model.container import Place, container_of
from nestwise.project.model.injection import Dependency, Made, dependencies_of, made_in
from nestwise.project.model.module_records import Imported
from nestwise.project.model.project import Project, question
from nestwise.project.model.tokens import Token


class Spot(Struct, frozen=True, cache_hash=True):
    """Something that Nest makes in a module of an application."""

    place: Place
    token: Token
    role: str = ""
    """controller, injectable, enhancer or middleware; empty for a provider and for the module itself."""
    number: int = 0
    """Which one of several `APP_*` providers of the module with one token."""


class PerRequest(Struct, frozen=True):
    """Something that is made for each request, and why."""

    spot: Spot
    through: str = ""
    """The name of the dependency that makes it so; empty where it is request-scoped itself."""
    cause: Spot | None = None
    """What that dependency is; None for what Nest provides (`REQUEST`), or for itself."""


_REQUEST = "REQUEST"


def spots_of(made: tuple[Made, ...], place: Place) -> list[Spot]:
    """One spot for each thing that is made in a place."""
    counts: dict[tuple[Token, str], int] = defaultdict(int)
    out: list[Spot] = []
    for item in made:
        role = item.role if item.role not in ("provider", "module") else ""
        number = counts[item.token, role] if role == "enhancer" else 0
        counts[item.token, role] += 1
        out.append(Spot(place, item.token, role, number))
    return out


@question
def per_request(project: Project, root: Imported) -> tuple[PerRequest, ...]:
    """All that an application makes for each request, in the order of its modules, with one cause each."""
    users: dict[Spot, list[tuple[Spot, str]]] = defaultdict(list)
    found: dict[Spot, PerRequest] = {}
    order: list[Spot] = []
    shared: list[Spot] = []
    controllers: list[Spot] = []
    for node in container_of(project, root).nodes:
        made = made_in(project, node.place)
        for item, spot in zip(made, spots_of(made, node.place), strict=True):
            order.append(spot)
            if item.scope == "request":
                found[spot] = PerRequest(spot)
            if item.role == "enhancer" and item.scope in ("request", "transient"):
                shared.append(spot)
            if item.role == "controller":
                controllers.append(spot)
            for dependency in dependencies_of(project, root, node.place, item):
                _wire(project, spot, dependency, users, found)
            for enhancer in item.bound:
                users[Spot(node.place, enhancer, "injectable")].append((spot, _name(enhancer)))
    for enhancer_spot in shared:
        users[enhancer_spot] += [(c, _name(enhancer_spot.token)) for c in controllers]
    todo = list(found)
    while todo:
        cause = todo.pop(0)
        for user, name in users.get(cause, ()):
            if user not in found:
                found[user] = PerRequest(user, name, cause)
                todo.append(user)
    return tuple(found[spot] for spot in order if spot in found)


def _wire(
    project: Project,
    spot: Spot,
    dependency: Dependency,
    users: dict[Spot, list[tuple[Spot, str]]],
    found: dict[Spot, PerRequest],
) -> None:
    name = dependency.need.name or _name(dependency.need.token)
    where = dependency.found
    if dependency.need.token == _REQUEST and where.place is None:
        found.setdefault(spot, PerRequest(spot, name))
    elif where.state == "resolved" and where.place is not None and where.provider is not None:
        users[Spot(where.place, where.provider.token)].append((spot, name))


def circles_in(edges: dict[Spot, list[Spot]]) -> list[list[Spot]]:
    """Groups of what depends on each other, each in the order in which it was met."""
    order: dict[Spot, int] = {}
    lows: dict[Spot, int] = {}
    open_: list[Spot] = []
    groups: list[list[Spot]] = []
    for start in edges:
        if start in order:
            continue
        stack = [(start, iter(edges.get(start, ())))]
        order[start] = lows[start] = len(order)
        open_.append(start)
        while stack:
            spot, rest = stack[-1]
            below = next(rest, None)
            if below is None:
                stack.pop()
                if stack:
                    lows[stack[-1][0]] = min(lows[stack[-1][0]], lows[spot])
                if lows[spot] == order[spot]:
                    group = open_[open_.index(spot) :]
                    del open_[open_.index(spot) :]
                    if len(group) > 1:
                        groups.append(group)
            elif below not in order:
                order[below] = lows[below] = len(order)
                open_.append(below)
                stack.append((below, iter(edges.get(below, ()))))
            elif below in open_:
                lows[spot] = min(lows[spot], order[below])
    return groups


def _name(token: Token) -> str:
    return token if isinstance(token, str) else getattr(token, "name", "?")


__all__ = ["PerRequest", "Spot", "circles_in", "per_request", "spots_of"]
