"""What becomes of what methods give back: which of it is sent to clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nestwise.project.facts import Call, Member, Name
from nestwise.project.kinds import Kind
from nestwise.project.model.handlers import Handler, handlers_in, handlers_of, taken_by
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref, followed, resolve

if TYPE_CHECKING:
    from nestwise.project.extract_deeds import Deed


@question
def answered_by(project: Project, ref: Ref, method: str) -> tuple[Handler, ...]:
    """The handlers of HTTP whose answer is what a method of a class gives back: the method itself, or those
    that return a call of it as it is."""
    own = tuple(h for h in handlers_of(project, ref) if h.method == method and _answers(project, h))
    return own or tuple(
        handler
        for path in project.with_kind(Kind.ROUTES)
        if path == ref.path or _imports(project, path, ref)
        for handler in handlers_in(project, path)
        if handler.declared.path == path
        and _answers(project, handler)
        and _gives(project, handler, ref, method)
    )


@question
def _imports(project: Project, path: str, ref: Ref) -> bool:
    found = (i for i in project.facts(path).imports if i.name in (ref.name, "default"))
    return any(followed(project, resolve(project, path, i.local)) == ref for i in found)


def _answers(project: Project, handler: Handler) -> bool:
    """Is what it returns sent? Not where it takes the response itself."""
    taken = (d.name.rpartition(".")[2] for _, _, decorators in taken_by(project, handler) for d in decorators)
    return handler.kind == "http" and not any(name in ("Res", "Response", "Next") for name in taken)


def _gives(project: Project, handler: Handler, ref: Ref, method: str) -> bool:
    from nestwise.project.extract_deeds import DEEDS  # what few checks need is imported when they do

    deeds = project.detail(handler.declared.path, DEEDS)
    scope = deeds.scope_of(handler.declared.name, handler.method) if deeds is not None else -1
    if deeds is None or scope < 0:
        return False
    return any(
        d.scope == scope and _is_returned(d) and _is_call(project, handler.controller, d, ref, method)
        for d in deeds.deeds
    )


def _is_returned(deed: Deed) -> bool:
    return deed.how == "returned" or (deed.how == "awaited" and not deed.into and deed.outer < 0)


def _is_call(project: Project, controller: Ref, deed: Deed, ref: Ref, method: str) -> bool:
    from nestwise.project.model.reach import field_reach

    match deed.expr:
        case Call(callee=Member(object=Member(object=Name(id="this"), name=field), name=name)) if (
            name == method
        ):
            found = field_reach(project, controller, field)
            return found is not None and found.service == ref
        case _:
            return False


__all__ = ["answered_by"]
