"""What is validated: the pipes in effect for an input, and what they check of its class.

Every answer may be *unknown*. A class counts as reached only where class-validator is proven to run on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.kinds import Kind
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.handlers import Handler, handlers_of
from nestwise.project.model.inputs import Input, inputs_of
from nestwise.project.model.pipeline import globals_for, local_pipeline
from nestwise.project.model.pipes import UNREAD, Pipe, ValidationOptions, pipe_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import shape_of
from nestwise.project.model.symbols import Ext, Ref
from nestwise.project.model.types import Meant


class Effect(Struct, frozen=True, cache_hash=True):
    """What runs on an input in one application."""

    kind: str
    """class-validator, schema, parse, none or unknown."""
    whitelist: bool | None = False
    forbid: bool | None = False
    """`forbidNonWhitelisted`, which does nothing without `whitelist`."""
    transform: bool | None = False
    implicit: bool | None = False
    """`enableImplicitConversion`."""
    exposes: bool | None = False
    """Does it drop what is not `@Expose`d (`excludeExtraneousValues`)?"""
    skips: bool | None = False
    """Is nothing checked of what is missing (`skipMissingProperties`, `skipUndefinedProperties`)?"""
    forbid_unknown: bool | None = False
    """`forbidUnknownValues`: are objects of a class without validators refused?"""
    other: bool = False
    """Is there a pipe that may check a value without knowing its class?"""
    hands: str = "unknown"
    """What class-transformer makes, as the handler gets it: an instance; plain (turned back into a plain
    object, single values stay converted); nothing (the value is handed on as it came); or unknown."""
    by_class: bool = False
    """Of a schema: is it that of the class, so that nothing is checked where the class is not known?"""

    @property
    def unlisted(self) -> str:
        """What becomes of a property without any validator: stripped, rejected, passed or unknown."""
        if self.whitelist is None or (self.whitelist and self.forbid is None):
            return "unknown"
        if not self.whitelist:
            return "passed"
        return "rejected" if self.forbid else "stripped"

    @property
    def unlisted_object(self) -> str:
        """What becomes of an object whose class has no validators, or that is of no class: like `unlisted`
        of all its properties, or refused."""
        return {True: "refused", None: "unknown"}.get(self.forbid_unknown, self.unlisted)


UNKNOWN_EFFECT = Effect("unknown", None, None, None, None, None, None, None)
NO_EFFECT = Effect("none", hands="nothing")


def effect_of(project: Project, given: Input, app: Application | None) -> Effect:
    """What runs on an input in an application; None where no application is known."""
    complete, every = _lent(project, given.handler, app)
    return _effect(project, given, complete, every)


def sure_effect(project: Project, given: Input, app: Application | None) -> Effect:
    """What surely runs on an input, whatever else may: pipes that cannot be read undo no check."""
    return _effect(project, given, False, _lent(project, given.handler, app)[1], sure=True)


def _lent(project: Project, handler: Handler, app: Application | None) -> tuple[bool, tuple[Pipe, ...]]:
    """The global pipes that run before a handler, and whether these are all."""
    lent = globals_for(handler, app)
    if lent is False and (app is not None or handler.kind == "gateway"):
        return True, ()
    complete = app is not None and app.globals_complete and lent is not None
    return complete, _global_pipes(project, app) if lent is not False else ()


def _global_pipes(project: Project, app: Application | None) -> tuple[Pipe, ...]:
    found = app.global_pipes if app is not None else ()
    return tuple(pipe_of(project, g.here) if g.certain else Pipe("unknown", "?", UNREAD) for g in found)


def pipes_before(project: Project, given: Input, every: tuple[Pipe, ...]) -> tuple[Pipe, ...]:
    """The pipes before an input in the order in which they run, `every` being those before all inputs."""
    steps = local_pipeline(project, given.handler).pipes
    local = (pipe_of(project, s.here) if s.certain else Pipe("unknown", "?", UNREAD) for s in steps)
    return (*every, *local, *given.pipes)


def _effect(
    project: Project, given: Input, complete: bool, every: tuple[Pipe, ...], *, sure: bool = False
) -> Effect:
    if not given.piped:
        return NO_EFFECT if given.source != "unknown" else UNKNOWN_EFFECT
    steps = local_pipeline(project, given.handler).pipes
    local = (*(pipe_of(project, step.here) for step in steps), *given.pipes)
    if sure:
        certain = all(step.certain for step in steps)
        local = tuple(p for p in (local if certain else given.pipes) if p.kind != "unknown")
        every = tuple(p for p in every if p.kind != "unknown" and not _grouped(p))
        local = tuple(p for p in local if not _grouped(p))
    pipes = (*every, *local)
    if given.source == "custom":
        pipes = tuple(
            p
            for p in pipes
            if p.kind != "class-validator" or p.options.validate_custom_decorators is not False
        )
    unread = any(p.kind == "unknown" or p.options.expected_type or _grouped(p) for p in pipes)
    other = unread or any(p.kind != "class-validator" for p in local)
    if unread or not (sure or all(step.certain for step in steps)):
        return replace(UNKNOWN_EFFECT, other=other)
    schemas = [p for p in pipes if p.kind == "zod"]
    if any(not p.by_class for p in schemas):
        return Effect("schema", other=other)
    if schemas and (has := _has_schema(project, given.meant)) is not False:
        return Effect("schema", other=other, by_class=True) if has else replace(UNKNOWN_EFFECT, other=other)
    checking = [p.options for p in pipes if p.kind == "class-validator"]
    parsing = [p for p in local if p.kind == "parse"]
    keyed = bool(given.key) and given.source in ("param", "query", "headers")
    single = keyed or given.meant.kind in _SINGLE or given.source in ("file", "files")
    if any(isinstance(p.symbol, Ext) for p in parsing) or (parsing and single):
        return Effect("parse", other=other)
    if parsing and not sure:  # by hand: it looks at something of the value, maybe not at all of it
        return replace(UNKNOWN_EFFECT, other=other)
    if not checking:
        return replace(NO_EFFECT, hands=_UNSEEN[other]) if complete else UNKNOWN_EFFECT
    return Effect(
        "class-validator",
        whitelist=_any(o.whitelist for o in checking),
        forbid=_any(o.forbid_non_whitelisted for o in checking),
        transform=_any(o.transform for o in checking),
        implicit=_any(o.implicit_conversion for o in checking),
        exposes=_any(o.exclude_extraneous for o in checking),
        skips=None if any(_skips(o) is not False for o in checking) else False,
        forbid_unknown=_any(o.forbid_unknown_values for o in checking),
        other=other,
        hands="unknown" if other or sure else _handed(checking),
    )


_UNSEEN = {False: "nothing", True: "unknown"}
"""What is handed on where class-validator does not run, by whether other pipes do."""


def _handed(checking: list[ValidationOptions]) -> str:
    """What becomes of that which class-transformer makes.

    Without `transform` the pipe returns the value as it came; but with any option of class-validator
    (`whitelist`, even set to false) it returns the instance turned back into a plain object.
    """
    ways = {(o.transform, o.others, o.implicit_conversion) for o in checking}
    if len(ways) > 1:  # several pipes, one after the other
        return "unknown"
    [(transform, others, _)] = ways
    if transform is None or (not transform and others is None):
        return "unknown"
    return "instance" if transform else "plain" if others else "nothing"


def _skips(options: ValidationOptions) -> bool | None:
    return _any((options.skip_missing, options.skip_undefined))


def _grouped(pipe: Pipe) -> bool:
    """Does it run the validators of some groups alone?"""
    return pipe.kind == "class-validator" and pipe.options.groups is True


def _has_schema(project: Project, kind: Meant) -> bool | None:
    """Is a type a class that is made from a schema?"""
    if kind.ref is None:
        return None if kind.kind in ("unknown", "outside") else False
    shape = shape_of(project, kind.ref).kind
    return True if shape == "schema" else None if shape == "opaque" else False


_SINGLE = frozenset({"scalar", "enum", "literals", "date", "none"})
"""Kinds of types of which a pipe made by hand that may refuse checks all there is."""


def _any(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return True if True in found else None if None in found else False


# --- which classes requests fill -------------------------------------------------------------


class Use(Struct, frozen=True):
    """A class that an input fills, by itself or nested, with what runs on it."""

    input: Input
    effect: Effect
    nested: bool = False
    seen: bool = True
    """False below a nested property that lacks `@Type`: its validators do not run."""
    text: bool = False
    """Is all that arrives text: a query, a path, or a form that comes with files?"""


@question
def _everywhere(project: Project, number: int) -> tuple[bool, tuple[Pipe, ...]]:
    """The pipes that run before the others in an application, and whether these are all."""
    app = applications(project)[number]
    return app.globals_complete, _global_pipes(project, app)


@question
def placed_controllers(project: Project) -> tuple[tuple[Ref, int], ...]:
    """Every controller with the number of each application that has it, -1 for none."""
    out = [
        (controller, app.number)
        for app in applications(project)
        if app.kind != "context"
        for controller in app.controllers
    ]
    placed = {controller for controller, _ in out}
    for path in project.with_kind(Kind.INPUTS):
        out += ((ref, -1) for ref in _decorated(project, path) if ref not in placed)
    return tuple(out)


@question
def _decorated(project: Project, path: str) -> tuple[Ref, ...]:
    """The classes of a file that may be controllers."""
    return tuple(
        Ref(path, cls.name) for cls in project.facts(path).classes if not cls.inside and cls.decorators
    )


def _placed_at(project: Project, controller: Ref, number: int) -> tuple[tuple[Input, Effect], ...]:
    """The inputs of the HTTP handlers of a controller with what runs on them in an application."""
    return inputs_under(project, controller, *before(project, number))


def before(project: Project, number: int) -> tuple[bool, tuple[Pipe, ...]]:
    """The pipes that run before all others in an application, by its number, and whether these are all."""
    return _everywhere(project, number) if number >= 0 else (False, ())


# What is asked of every controller is given what it needs of an application and does not ask for it: then a
# change somewhere leaves it in doubt for few of them.


@question
def inputs_under(
    project: Project, controller: Ref, complete: bool, every: tuple[Pipe, ...]
) -> tuple[tuple[Input, Effect], ...]:
    """The inputs of the HTTP handlers of a controller with what runs on them: these pipes before others."""
    usual: dict[bool, Effect] = {}
    """By whether the project's own decorator takes the value: the effect of these pipes alone."""
    asks_type = any(p.kind == "zod" for p in every)
    out: list[tuple[Input, Effect]] = []
    for handler in dict.fromkeys(handlers_of(project, controller)):
        inputs = inputs_of(project, handler) if handler.kind == "http" else ()
        alone = not (asks_type or (inputs and local_pipeline(project, handler).pipes))
        for given in inputs:
            custom = given.source == "custom"
            effect = usual.get(custom) if alone and given.piped and not given.pipes else None
            if effect is None:
                effect = _effect(project, given, complete, every)
                if alone and given.piped and not given.pipes:
                    usual[custom] = effect
            out.append((given, effect))
    return tuple(out)


@question
def unrun_inputs(project: Project) -> tuple[tuple[Application, tuple[Input, ...]], ...]:
    """Applications that surely run no validation on some inputs whose classes have validators."""
    out: list[tuple[Application, tuple[Input, ...]]] = []
    for app in applications(project):
        if app.kind != "http" or not app.globals_complete:
            continue
        found = tuple(
            given for controller in app.controllers for given in _unrun_at(project, controller, app.number)
        )
        if found:
            out.append((app, found))
    return tuple(out)


@question
def _unrun_at(project: Project, controller: Ref, number: int) -> tuple[Input, ...]:
    return tuple(
        given
        for given, effect in _placed_at(project, controller, number)
        if effect.kind == "none"
        and given.source in ("body", "query", "param")
        and (ref := given.meant.ref) is not None
        and has_checks(project, ref)
    )


def has_checks(project: Project, ref: Ref) -> bool:
    """Has a class validators that check something?"""
    shape = shape_of(project, ref)
    return shape.kind == "class" and any(p.marks.checked for p in shape.data)


@question
def _declaring(project: Project, controller: Ref) -> tuple[str, ...]:
    """The files that declare the handlers of a controller: its own, and those of its bases."""
    return tuple(dict.fromkeys(handler.declared.path for handler in handlers_of(project, controller)))


@question
def _by_file(project: Project) -> Mapping[str, tuple[tuple[Ref, int], ...]]:
    out: dict[str, list[tuple[Ref, int]]] = {}
    for placed in placed_controllers(project):
        for path in _declaring(project, placed[0]):
            out.setdefault(path, []).append(placed)
    return {path: tuple(found) for path, found in out.items()}


def placed_in(project: Project, path: str) -> tuple[tuple[Ref, int], ...]:
    """The placed controllers whose handlers, some of them, a file declares."""
    if not any(method.decorators for cls in project.facts(path).classes for method in cls.methods):
        return ()  # which is known without a look at the others
    return _by_file(project).get(path, ())


@question
def inputs_at(project: Project, path: str) -> tuple[tuple[Input, Effect], ...]:
    """The inputs of HTTP handlers whose methods a file declares, with what runs on them."""
    return tuple(
        dict.fromkeys(
            placed
            for controller, number in placed_in(project, path)
            for placed in _placed_at(project, controller, number)
            if placed[0].handler.declared.path == path
        )
    )


@question
def _roots_under(
    project: Project, controller: Ref, complete: bool, every: tuple[Pipe, ...]
) -> tuple[tuple[Ref, Use], ...]:
    """The classes that class-validator checks for the requests of a controller, once for each effect."""
    out: dict[tuple[Ref, Effect, bool], Use] = {}
    inputs = inputs_under(project, controller, complete, every)
    forms = {given.handler for given, _ in inputs if given.source in ("file", "files")}
    for given, effect in inputs:
        ref = given.meant.ref
        if ref is None or effect.kind != "class-validator" or given.meant.aliased or given.meant.type_only:
            continue
        text = given.source in ("query", "param") or given.handler in forms
        out.setdefault((ref, effect, text), Use(given, effect, text=text))
    return tuple((ref, use) for (ref, _, _), use in out.items())


@question
def _roots(project: Project) -> tuple[tuple[Ref, Use], ...]:
    return tuple(
        root
        for controller, number in placed_controllers(project)
        for root in _roots_under(project, controller, *before(project, number))
    )


@question
def reached(project: Project) -> Mapping[Ref, tuple[Use, ...]]:
    """The classes that class-validator checks for some request, with one use for each effect, and apart
    those of which all that arrives is text."""
    found: dict[Ref, dict[tuple[Effect, bool], Use]] = {}
    for ref, use in _roots(project):
        key = (use.effect, use.text)
        for inner, seen in _reach(project, ref):
            known = found.setdefault(inner, {})
            old = known.get(key)
            if old is None or (seen and not old.seen):
                nested = inner != ref
                known[key] = replace(use, nested=nested, seen=seen) if nested or not seen else use
    return {ref: tuple(uses.values()) for ref, uses in found.items()}


def prepare(project: Project, controller: Ref, number: int) -> None:
    """Ask what `reached` is made of for one of the placed controllers, so that nobody waits for all of it."""
    for ref, _ in _roots_under(project, controller, *before(project, number)):
        _reach(project, ref)


@question
def _reach(project: Project, ref: Ref) -> tuple[tuple[Ref, bool], ...]:
    """A class and those of its nested data, and whether their validators run."""
    found: dict[Ref, bool] = {}
    todo = [(ref, True)]
    while todo:
        ref, seen = todo.pop()
        if found.get(ref, False) or (ref in found and not seen):
            continue
        found[ref] = seen
        for prop in shape_of(project, ref).data:
            inner = prop.meant.element.ref
            if inner is not None and prop.marks.nested and not prop.marks.transformed:
                todo.append((inner, seen and prop.marks.typed))
    return tuple(found.items())


@question
def uses_of(project: Project, ref: Ref) -> tuple[Use, ...]:
    """How requests reach a class; empty where none is proven to."""
    return reached(project).get(ref, ())


__all__ = [
    "Effect", "Use", "before", "effect_of", "has_checks", "inputs_at", "inputs_under", "pipes_before",
    "placed_controllers", "placed_in", "prepare", "reached", "sure_effect", "unrun_inputs", "uses_of",
]  # fmt: skip
