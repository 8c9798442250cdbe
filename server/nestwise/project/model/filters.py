"""Exception filters: which classes are bound as one, and how."""

from __future__ import annotations

from nestwise.project.facts import New
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import applications
from nestwise.project.model.handlers import handlers_in
from nestwise.project.model.pipeline import local_pipeline
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Here, Ref, class_of, symbol_of, value_of


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


__all__ = ["binding_of", "bound_filters"]
