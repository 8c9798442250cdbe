"""How much of a workspace the model knows, and every cause of what it does not: `nestwise.dev known`.

Each topic counts things with their reasons: a thing without reasons is known. A topic is a function from a
project to pairs of what a thing is called and why it is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nestwise.project.files import Role, role_of
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.container import container_of
from nestwise.project.model.effects import effects_of
from nestwise.project.model.entities import entities
from nestwise.project.model.injection import Dependency, dependencies_of, made_in
from nestwise.project.model.inputs import inputs_of
from nestwise.project.model.project import Project
from nestwise.project.model.reasons import (
    Reason,
    access_reasons,
    input_reasons,
    path_reasons,
    pipeline_reasons,
)
from nestwise.project.model.routes import Route, loose_routes, routes_of
from nestwise.project.model.symbols import Ref
from nestwise.project.model.tokens import Token, shown
from nestwise.workspace import Workspace

Counted = Iterator[tuple[str, tuple[Reason, ...]]]
_CAUSES = 12
"""Causes that are shown of a topic, the most frequent ones first."""


def report(root: Path, *, everything: bool = False) -> Iterator[str]:
    """Lines that say for each topic how many things are known, then why the others are not.

    `everything`: all causes, each with the first thing that it concerns.
    """
    workspace = Workspace(root.resolve())
    workspace.load()
    for topic, count in TOPICS.items():
        yield from _topic(topic, count(workspace.project), everything)


def _topic(topic: str, found: Iterable[tuple[str, tuple[Reason, ...]]], everything: bool) -> Iterator[str]:
    things = list(found)
    known = sum(not reasons for _, reasons in things)
    share = f"{100 * known / len(things):.1f} %" if things else "-"
    yield f"{topic}: {known} of {len(things)} known ({share})"
    causes = Counter(reason for _, reasons in things for reason in dict.fromkeys(reasons))
    for reason, count in causes.most_common(None if everything else _CAUSES):
        first = next(name for name, reasons in things if reason in reasons) if everything else ""
        yield f"  {count:5}  {reason}{f'  ({first})' if first else ''}"
    if not everything and len(causes) > _CAUSES:
        yield f"         and {len(causes) - _CAUSES} more causes"


def _routes(project: Project) -> Iterator[tuple[Application | None, Route]]:
    for app in applications(project):
        if app.kind != "context":
            yield from ((app, route) for route in routes_of(project, app))
    yield from loose_routes(project)


def paths(project: Project) -> Counted:
    """Where routes are: path and versions, or what else calls a handler."""
    for app, route in _routes(project):
        yield route.handler.name, path_reasons(project, app, route)


def pipelines(project: Project) -> Counted:
    """What runs before a handler, in which order, and what it does."""
    for app, route in _routes(project):
        yield route.handler.name, pipeline_reasons(project, app, route)


def access(project: Project) -> Counted:
    """Who may call a handler."""
    for app, route in _routes(project):
        yield route.handler.name, access_reasons(project, app, route.handler)


def inputs(project: Project) -> Counted:
    """What clients send: its shape, and whether a pipe checks it."""
    for app, handler in dict.fromkeys((app, route.handler) for app, route in _routes(project)):
        for given in inputs_of(project, handler):
            if given.shown:
                yield f"{handler.name} {given.source} {given.label}", input_reasons(project, app, given)


def dependencies(project: Project) -> Counted:
    """Where the dependencies of all that Nest makes come from. One that is missing is known as well, where it
    is optional; others are counted, for a project that works misses nothing."""
    seen: set[tuple[str, str, Token, int | None]] = set()
    for app in applications(project):
        for node in container_of(project, app.started).nodes:
            for made in made_in(project, node.place):
                for found in dependencies_of(project, app.started, node.place, made):
                    need = found.need
                    key = (node.place.name, made.name, made.token, need.index)
                    if need.index is not None and key in seen:
                        continue
                    seen.add(key)
                    name = f"{node.place.name}: {made.name} asks for {shown(need.token)}"
                    yield name, _dependency_reasons(found)


def _dependency_reasons(dependency: Dependency) -> tuple[Reason, ...]:
    need, found = dependency.need, dependency.found
    if found.state == "resolved" or (found.state == "missing" and need.optional):
        return ()
    if found.state == "missing":
        return (Reason("a dependency that is missing", shown(need.token)),)
    return (Reason(f"a dependency: {found.why or need.why}", shown(need.token)),)


def stored(project: Project) -> Counted:
    """Entities: table, columns and relations, whichever ORM has them."""
    for entity in entities(project):
        whole = tuple(Reason(f"{entity.orm}: {cause}") for cause in entity.unknown)
        table = (Reason(f"{entity.orm}: the name of a table"),) if entity.table is None else ()
        yield entity.name, table + whole
        for column in entity.columns:
            parts = [n for n in ("name", "type", "nullable", "default") if getattr(column, n) is None]
            yield f"{entity.name}.{column.property}", _parts(entity.orm, "column", parts)
        for relation in entity.relations:
            parts = [n for n in ("target", "inverse", "columns", "table") if getattr(relation, n) is None]
            yield f"{entity.name}.{relation.property}", _parts(entity.orm, "relation", parts)


def _parts(orm: str, of: str, parts: list[str]) -> tuple[Reason, ...]:
    return tuple(Reason(f"{orm}: {part} of a {of}") for part in parts)


def effects(project: Project) -> Counted:
    """Calls of production code that read or write: what, and which of the two; and what they hand on."""
    for path in project:
        if role_of(path) is not Role.PRODUCTION:
            continue
        for cls in project.facts(path).classes:
            for method in (m for m in cls.methods if not m.static and not cls.inside):
                found = effects_of(project, Ref(path, cls.name), method.name)
                for effect in (e for e in found.effects if not e.via):
                    unknown = [effect.kind == "unknown", not effect.target and effect.operation != "flush"]
                    said = ("whether SQL reads or writes", "SQL of a table" if effect.raw else "an entity")
                    told = (Reason(f"{effect.orm}: {s}") for s, u in zip(said, unknown, strict=True) if u)
                    yield f"{cls.name}.{method.name} {effect.call}", tuple(told)
                for cause in (c for c in found.unknown if " (in " not in c and "was not followed" not in c):
                    yield f"{cls.name}.{method.name}", (Reason("a call that is not followed", cause),)


TOPICS: dict[str, Callable[[Project], Counted]] = {
    "paths": paths,
    "pipelines": pipelines,
    "access": access,
    "inputs": inputs,
    "dependencies": dependencies,
    "entities": stored,
    "effects": effects,
}
