"""What `whitelist` leaves in, for want of it, and what it empties that it was not meant for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Expr
from nestwise.project.model.applications import applications
from nestwise.project.model.classes import NEST
from nestwise.project.model.gaps import fully_checked
from nestwise.project.model.inputs import Input
from nestwise.project.model.pipes import Pipe
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import shape_of
from nestwise.project.model.symbols import Ext, Here, Ref, class_of
from nestwise.project.model.validation import (
    Effect,
    before,
    has_checks,
    inputs_under,
    pipes_before,
    placed_controllers,
    placed_in,
)

_PIPE = Ext(NEST, "ValidationPipe")


class Lax(Struct, frozen=True):
    """A `ValidationPipe` in effect that lets properties through which no class declares."""

    made: Expr
    """The `new ValidationPipe(…)`."""
    input: Input
    """One whose class has validators, and that it is in effect for."""
    checked: bool
    """Is every property of all that it validates checked, so that `whitelist` would strip none?"""
    forbids: bool
    """Has it `forbidNonWhitelisted`, which does nothing without `whitelist`?"""


@question
def lax_pipes(project: Project) -> Mapping[str, tuple[Lax, ...]]:
    """The pipes without `whitelist`, by the file that makes them."""
    inputs: dict[Here, Input] = {}
    unchecked: set[Here] = set()
    forbidding: set[Here] = set()
    for controller, number in placed_controllers(project):
        others = number >= 0 and applications(project)[number].provided
        for made, given, checked, forbids in _lax_under(project, controller, *before(project, number)):
            if given is not None:
                inputs.setdefault(made, given)
            if others or not checked:  # what resolvers and gateways take goes through it, too
                unchecked.add(made)
            if forbids:
                forbidding.add(made)
    out: dict[str, list[Lax]] = {}
    for here, given in inputs.items():
        lax = Lax(here.expr, given, here not in unchecked, here in forbidding)
        out.setdefault(here.path, []).append(lax)
    return {path: tuple(every) for path, every in out.items()}


_Under = tuple[Here, Input | None, bool, bool]


@question
def _lax_under(
    project: Project, controller: Ref, complete: bool, every: tuple[Pipe, ...]
) -> tuple[_Under, ...]:
    """Where such pipes are made, with an input that has validators, whether all is checked, and whether it
    forbids what it does not strip."""
    out: dict[Here, _Under] = {}
    for given, effect in inputs_under(project, controller, complete, every):
        ref = _class(given)
        if ref is None or not _keeps(effect):
            continue
        checking = (p for p in pipes_before(project, given, every) if p.kind == "class-validator")
        pipe = next(checking, None)
        if pipe is None or (not complete and pipe not in every):  # a global one may have it
            continue
        if pipe.made is None or pipe.symbol != _PIPE or not pipe.options.complete:
            continue
        _, known, checked, _ = out.get(pipe.made, (pipe.made, None, True, False))
        checked = checked and fully_checked(project, ref, replace(effect, whitelist=True))
        shown = known or (given if has_checks(project, ref) else None)
        out[pipe.made] = (pipe.made, shown, checked, pipe.options.forbid_non_whitelisted is True)
    return tuple(out.values())


def _keeps(effect: Effect) -> bool:
    return effect.kind == "class-validator" and effect.whitelist is False and effect.exposes is False


def _class(given: Input) -> Ref | None:
    """The class that the pipe sees."""
    kind = given.meant
    return kind.ref if not (kind.aliased or kind.type_only) else None


class Emptied(Struct, frozen=True):
    """An input whose class has a schema and no validators, before which class-validator runs."""

    input: Input
    what: str
    """stripped: it gets an empty object; rejected: every request that sends anything; refused: every one."""
    everywhere: bool
    """Is the pipe a global one?"""
    first: bool
    """Does it run before the pipe that asks the schema?"""


@question
def emptied_at(project: Project, path: str) -> tuple[Emptied, ...]:
    """Such inputs among those of the handlers that a file declares."""
    return tuple(
        dict.fromkeys(
            found
            for controller, number in placed_in(project, path)
            for found in _emptied_under(project, controller, *before(project, number))
            if found.input.handler.declared.path == path
        )
    )


@question
def _emptied_under(
    project: Project, controller: Ref, complete: bool, every: tuple[Pipe, ...]
) -> tuple[Emptied, ...]:
    return tuple(_emptied(project, inputs_under(project, controller, complete, every), every))


def _emptied(
    project: Project, inputs: tuple[tuple[Input, Effect], ...], every: tuple[Pipe, ...]
) -> Iterator[Emptied]:
    for given, _ in inputs:
        ref = _class(given)
        cls = class_of(project, ref) if ref is not None else None
        if ref is None or cls is None or not given.piped or given.source == "custom":
            continue
        if shape_of(project, ref).kind != "schema" or any(prop.decorators for prop in cls.properties):
            continue
        pipes = pipes_before(project, given, every)
        asking = next((at for at, p in enumerate(pipes) if p.kind == "zod"), -1)
        for position, pipe in enumerate(pipes):
            if pipe.kind == "class-validator" and (what := _done(pipe)):
                yield Emptied(given, what, position < len(every), asking > position)
                break


def _done(pipe: Pipe) -> str:
    """What a pipe does to an object of a class without validators; empty where it lets it be."""
    options = pipe.options
    if options.forbid_unknown_values is True:
        return "refused"
    if options.whitelist is not True or options.forbid_non_whitelisted is None:
        return ""
    return "rejected" if options.forbid_non_whitelisted else "stripped"


__all__ = ["Emptied", "Lax", "emptied_at", "lax_pipes"]
