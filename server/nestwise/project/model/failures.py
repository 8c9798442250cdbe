"""What may fail in a piece of code: whose errors a `catch` around it takes."""

from __future__ import annotations

from collections.abc import Iterable

from nestwise.project.facts import Call, Expr, Member, Name
from nestwise.project.model.classes import declaring
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref


def orm_in(project: Project, cls: Ref, method: str, calls: Iterable[Expr]) -> str:
    """The ORM that calls of a method reach, by themselves or through services; empty where none is known."""
    from nestwise.project.model.chains import links, path
    from nestwise.project.model.reach import field_reach

    called: set[str] = set()
    for expr in calls:
        for link in links(expr):
            called.add(path(link.callee))
        match expr:
            case Call(callee=Member(object=Name(id="this"), name=name)):
                orm = _orm_of(project, cls, name)
            case Call(callee=Member(object=Member(object=Name(id="this"), name=field), name=name)):
                found = field_reach(project, cls, field)
                service = found.service if found is not None else None
                orm = _orm_of(project, service, name) if service is not None else ""
            case _:
                continue
        if orm:
            return orm
    return next((orm for call, orm in _own(project, cls, method) if call in called), "")


@question
def _own(project: Project, cls: Ref, method: str) -> tuple[tuple[str, str], ...]:
    from nestwise.project.model.effects import own_effects

    place = declaring(project, cls, method)
    effects = own_effects(project, place, method).effects if place is not None else ()
    return tuple((e.call, e.orm) for e in effects)


@question
def _orm_of(project: Project, ref: Ref, method: str) -> str:
    from nestwise.project.model.effects import effects_of

    if declaring(project, ref, method) is None:
        return ""
    return next((e.orm for e in effects_of(project, ref, method).effects if e.orm), "")


__all__ = ["orm_in"]
