"""What becomes of what methods give back: which of it is sent to clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nestwise.project.extract_rejections import REJECTIONS
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
        for handler in _handlers_near(project, ref)
        if _answers(project, handler)
        if any(map(_is_returned, _calls(project, handler, ref, method)))
    )


@question
def reached_by(project: Project, ref: Ref, method: str) -> tuple[Handler, ...]:
    """The handlers of HTTP that wait for a method of a class, or hand it on, and catch nothing of it."""
    return tuple(
        handler
        for handler in _handlers_near(project, ref)
        if handler.kind == "http" and _lets_through(project, handler, ref, method)
    )


def _lets_through(project: Project, handler: Handler, ref: Ref, method: str) -> bool:
    found = project.detail(handler.declared.path, REJECTIONS)
    failing = found.of(f"{handler.declared.name}.{handler.method}") if found is not None else None
    loose = failing.loose if failing is not None else ()
    called = [name.split(".") for name in loose if name.endswith(f".{method}")]
    fields = {parts[1] for parts in called if len(parts) == 3 and parts[0] == "this"}
    return bool(fields) and any(_field_of(d) in fields for d in _calls(project, handler, ref, method))


def _field_of(deed: Deed) -> str:
    match deed.expr:
        case Call(callee=Member(object=Member(name=field))):
            return field
        case _:
            return ""


def _handlers_near(project: Project, ref: Ref) -> Iterator[Handler]:
    """The handlers in the file of a class, and in those that import it."""
    for path in project.with_kind(Kind.ROUTES):
        if path == ref.path or _imports(project, path, ref):
            yield from (h for h in handlers_in(project, path) if h.declared.path == path)


@question
def _imports(project: Project, path: str, ref: Ref) -> bool:
    found = (i for i in project.facts(path).imports if i.name in (ref.name, "default"))
    return any(followed(project, resolve(project, path, i.local)) == ref for i in found)


def _answers(project: Project, handler: Handler) -> bool:
    """Is what it returns sent? Not where it takes the response itself."""
    taken = (d.name.rpartition(".")[2] for _, _, decorators in taken_by(project, handler) for d in decorators)
    return handler.kind == "http" and not any(name in ("Res", "Response", "Next") for name in taken)


def _calls(project: Project, handler: Handler, ref: Ref, method: str) -> list[Deed]:
    """The calls of a method in a handler, those of functions inside of it left out."""
    from nestwise.project.model.chains import deeds_at  # what few checks need is imported when they do

    found = deeds_at(project, handler.declared.path, handler.declared.name, handler.method)
    if found is None:
        return []
    deeds, scope = found
    own = (d for d in deeds.deeds if d.scope == scope)
    return [d for d in own if _is_call(project, handler.controller, d, ref, method)]


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


__all__ = ["answered_by", "reached_by"]
