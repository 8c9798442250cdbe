"""Exception filters: which classes are bound as one, and how."""

from __future__ import annotations

from nestwise.project.extract_bodies import METHODS
from nestwise.project.facts import New
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import applications, applications_with
from nestwise.project.model.classes import class_decorators, declaring
from nestwise.project.model.handlers import Handler, handlers_in
from nestwise.project.model.pipeline import local_pipeline, pipeline_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, class_of, symbol_of, value_of


@question
def bound_filters(project: Project) -> tuple[tuple[Ref, str], ...]:
    """The classes of the workspace that are bound as exception filters: `global`, for a whole application, or
    `local`, by a decorator."""
    found: dict[tuple[Ref, str], None] = {}
    for path in project.with_kind(Kind.ROUTES):
        for handler in handlers_in(project, path):
            for step in local_pipeline(project, handler).filters:
                _take(project, step.here, "local", found)
    for app in applications(project):
        for bound in app.global_filters:
            _take(project, bound.here, "global", found)
    return tuple(found)


def _take(project: Project, here: Here, how: str, found: dict[tuple[Ref, str], None]) -> None:
    here = value_of(project, here)
    callee = here.expr.callee if isinstance(here.expr, New) else here.expr
    symbol = symbol_of(project, Here(here.path, callee))
    if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
        found[symbol, how] = None


@question
def binding_of(project: Project, ref: Ref) -> str:
    """How a class is bound as an exception filter: `local`, `global`, or empty where it is not."""
    ways = [how for bound, how in bound_filters(project) if bound == ref]
    return "local" if "local" in ways else ways[0] if ways else ""


@question
def maps_errors(project: Project, handler: Handler) -> bool:
    """May a filter that takes every error make something else than a 500 of one? Not where it neither asks
    for its class nor reads its text."""
    apps = applications_with(project, handler.controller) or (None,)
    steps = {step for app in apps for step in pipeline_of(project, handler, app).filters}
    return any(_maps(project, step.here) for step in steps)


def _maps(project: Project, here: Here) -> bool:
    here = value_of(project, here)
    callee = here.expr.callee if isinstance(here.expr, New) else here.expr
    symbol = symbol_of(project, Here(here.path, callee))
    if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
        return not isinstance(symbol, Ext)
    caught = [d for d in class_decorators(project, symbol) if d.is_from("@nestjs/common", "Catch")]
    kinds = [symbol_of(project, arg) for d in caught for arg in d.args]
    if kinds and Ext("", "Error") not in kinds:
        return any(not isinstance(kind, (Ref, Ext)) for kind in kinds)
    place = declaring(project, symbol, "catch")
    bodies = project.detail(place.path, METHODS) if place is not None else None
    whole = bodies.of(f"{place.name}.catch") if bodies is not None and place is not None else None
    return whole is None or not _TELLS.isdisjoint(whole.body.words)


_TELLS = frozenset({"Error", "message", "name", "constructor"})
"""Words of a filter that treats errors in different ways."""


__all__ = ["binding_of", "bound_filters", "maps_errors"]
