"""What is validated: the pipes in effect for an input, and what they check of its class.

Every answer may be *unknown*. A class counts as reached only where class-validator is proven to run on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from nestwise.project.kinds import Kind
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.classes import NEST
from nestwise.project.model.handlers import handlers_of
from nestwise.project.model.inputs import Input, inputs_in, inputs_of
from nestwise.project.model.pipeline import local_pipeline
from nestwise.project.model.pipes import Pipe, pipe_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import Prop, Shape, shape_of
from nestwise.project.model.symbols import Ext, Ref

_FILES = frozenset(
    {"File", "FileUpload", "MulterFile", "Buffer", "Readable", "Blob", "Stream", "MultipartFile"}
)


@dataclass(frozen=True, slots=True)
class Effect:
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
    other: bool = False
    """Is there a pipe that may check a value without knowing its class?"""

    @property
    def unlisted(self) -> str:
        """What becomes of a property without any validator: stripped, rejected, passed or unknown."""
        if self.whitelist is None or (self.whitelist and self.forbid is None):
            return "unknown"
        if not self.whitelist:
            return "passed"
        return "rejected" if self.forbid else "stripped"


UNKNOWN_EFFECT = Effect("unknown", None, None, None, None, None)
NO_EFFECT = Effect("none")


def effect_of(project: Project, given: Input, app: Application | None) -> Effect:
    """What runs on an input in an application; None where no application is known."""
    return _effect(project, given, app, _global_pipes(project, app))


def _global_pipes(project: Project, app: Application | None) -> tuple[Pipe, ...]:
    return tuple(pipe_of(project, g.here) for g in app.global_pipes) if app is not None else ()


def _effect(project: Project, given: Input, app: Application | None, every: tuple[Pipe, ...]) -> Effect:
    kind = given.handler.kind
    if not given.piped:
        return NO_EFFECT if given.source != "unknown" else UNKNOWN_EFFECT
    steps = local_pipeline(project, given.handler).pipes
    local = (*(pipe_of(project, step.here) for step in steps), *given.pipes)
    common = kind in ("http", "graphql")
    pipes = (*every, *local) if common else local
    if given.source == "custom":
        pipes = tuple(p for p in pipes if p.options.validate_custom_decorators is not False)
    unread = any(p.kind == "unknown" or p.options.expected_type for p in pipes)
    other = unread or any(p.kind != "class-validator" for p in local)
    if unread or not all(step.certain for step in steps) or any(_by_hand(p) for p in local):
        return replace(UNKNOWN_EFFECT, other=other)
    if any(p.kind == "zod" for p in pipes):
        return Effect("schema", other=other)
    if any(p.kind == "parse" for p in local):
        return Effect("parse", other=other)
    checking = [p.options for p in pipes if p.kind == "class-validator"]
    if not checking:
        known = app is not None and app.globals_complete and common
        return NO_EFFECT if known else UNKNOWN_EFFECT
    return Effect(
        "class-validator",
        whitelist=_any(o.whitelist for o in checking),
        forbid=_any(o.forbid_non_whitelisted for o in checking),
        transform=_any(o.transform for o in checking),
        implicit=_any(o.implicit_conversion for o in checking),
        exposes=_any(o.exclude_extraneous for o in checking),
        other=other,
    )


def _by_hand(pipe: Pipe) -> bool:
    """A pipe of the workspace bound to this very handler: it may check what it gets."""
    return pipe.kind == "other" and not (isinstance(pipe.symbol, Ext) and pipe.symbol.package == NEST)


def _any(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return True if True in found else None if None in found else False


# --- which classes requests fill -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """A class that an input fills, by itself or nested, with what runs on it."""

    input: Input
    effect: Effect
    nested: bool = False
    seen: bool = True
    """False below a nested property that lacks `@Type`: its validators do not run."""


@question
def placed_inputs(project: Project) -> tuple[tuple[Input, Effect], ...]:
    """Every input of HTTP handlers with what runs on it, application by application."""
    out: dict[tuple[Input, Effect], None] = {}
    apps = [app for app in applications(project) if app.kind != "context"]
    placed: set[Ref] = set()
    for app in apps:
        every = _global_pipes(project, app)
        for controller in app.controllers:
            placed.add(controller)
            for handler in handlers_of(project, controller):
                if handler.kind == "http":
                    for given in inputs_of(project, handler):
                        out[given, _effect(project, given, app, every)] = None
    for path in project.with_kind(Kind.INPUTS):
        for given in inputs_in(project, path):
            if given.handler.kind == "http" and given.handler.controller not in placed:
                out[given, _effect(project, given, None, ())] = None
    return tuple(out)


@question
def unrun_inputs(project: Project) -> tuple[tuple[Application, tuple[Input, ...]], ...]:
    """Applications that surely run no validation on some inputs whose classes have validators."""
    out: list[tuple[Application, tuple[Input, ...]]] = []
    for app in applications(project):
        if app.kind != "http" or not app.globals_complete:
            continue
        every = _global_pipes(project, app)
        found = tuple(
            given
            for controller in app.controllers
            for handler in handlers_of(project, controller)
            if handler.kind == "http"
            for given in inputs_of(project, handler)
            if (ref := given.meant.ref) is not None
            and given.source in ("body", "query", "param")
            and _effect(project, given, app, every).kind == "none"
            and has_checks(project, ref)
        )
        if found:
            out.append((app, found))
    return tuple(out)


def has_checks(project: Project, ref: Ref) -> bool:
    """Has a class validators that check something?"""
    shape = shape_of(project, ref)
    return shape.kind == "class" and any(p.marks.checked for p in shape.data)


@question
def _by_file(project: Project) -> Mapping[str, tuple[tuple[Input, Effect], ...]]:
    out: dict[str, list[tuple[Input, Effect]]] = {}
    for given, effect in placed_inputs(project):
        out.setdefault(given.handler.declared.path, []).append((given, effect))
    return {path: tuple(found) for path, found in out.items()}


@question
def inputs_at(project: Project, path: str) -> tuple[tuple[Input, Effect], ...]:
    """The inputs of HTTP handlers whose methods a file declares, with what runs on them."""
    return _by_file(project).get(path, ())


@question
def reached(project: Project) -> Mapping[Ref, tuple[Use, ...]]:
    """The classes that class-validator checks for some request, with one use for each effect."""
    found: dict[Ref, dict[Effect, Use]] = {}
    for given, effect in placed_inputs(project):
        ref = given.meant.ref
        if ref is None or effect.kind != "class-validator" or given.meant.aliased or given.meant.type_only:
            continue
        _reach(project, ref, Use(given, effect), found)
    return {ref: tuple(uses.values()) for ref, uses in found.items()}


def _reach(project: Project, ref: Ref, use: Use, found: dict[Ref, dict[Effect, Use]]) -> None:
    todo = [(ref, use)]
    while todo:
        ref, use = todo.pop()
        known = found.setdefault(ref, {})
        old = known.get(use.effect)
        if old is not None and (old.seen or not use.seen):
            continue
        known[use.effect] = use
        for prop in shape_of(project, ref).data:
            inner = prop.meant.element.ref
            if inner is not None and prop.marks.nested and not prop.marks.transformed:
                seen = use.seen and prop.marks.typed
                todo.append((inner, Use(use.input, use.effect, nested=True, seen=seen)))


@question
def uses_of(project: Project, ref: Ref) -> tuple[Use, ...]:
    """How requests reach a class; empty where none is proven to."""
    return reached(project).get(ref, ())


# --- what is not checked ---------------------------------------------------------------------


def checks(shape: Shape, prop: Prop, effect: Effect) -> str:
    """Is a property checked: yes, no, exempt (nobody means it to be) or unknown?"""
    marks = prop.marks
    if marks.checked:
        return "yes"
    if marks.unknown or prop.computed or effect.exposes is None:
        return "unknown"
    if marks.allowed or marks.weak or marks.excluded or marks.binary or _is_file(prop):
        return "exempt"
    if effect.exposes and not marks.exposed:
        return "exempt"
    if marks.stored and effect.unlisted in ("stripped", "rejected") and shape.has_validators:
        return "exempt"
    if prop.optional and not marks.decorated and any(p.marks.documented for p in shape.props):
        return "exempt"
    return "no"


def _is_file(prop: Prop) -> bool:
    inner = prop.meant.element
    return inner.name.rpartition(".")[2] in _FILES and inner.ref is None


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not checked of a class: some of its properties, or everything."""

    use: Use
    of: Ref
    """The class that the request fills; the property may be a base's."""
    prop: str = ""
    """Empty where nothing at all is checked."""
    weak: bool = False
    """Has it `@IsOptional` or `@ValidateIf`, and nothing that looks at the value?"""


@question
def gaps(project: Project) -> Mapping[Ref, tuple[Gap, ...]]:
    """By the class that declares them, the properties that no validator checks."""
    out: dict[Ref, dict[str, Gap]] = {}
    for ref, uses in reached(project).items():
        shape = shape_of(project, ref)
        if shape.kind != "class" or not shape.complete:
            continue
        for use in (u for u in uses if u.seen):
            for gap, declared in _gaps(shape, ref, use):
                out.setdefault(declared, {}).setdefault(gap.prop, gap)
    return {ref: tuple(found.values()) for ref, found in out.items()}


def _gaps(shape: Shape, ref: Ref, use: Use) -> Iterator[tuple[Gap, Ref]]:
    states = {p.name: checks(shape, p, use.effect) for p in shape.data}
    if not states and use.effect.unlisted == "rejected":
        return  # an empty class that refuses every property says so on purpose
    if not set(states.values()) - {"no"}:
        yield Gap(use, ref), ref
        return
    for prop in shape.data:
        marks = prop.marks
        weak = marks.weak and states[prop.name] == "exempt" and not (marks.allowed or marks.excluded)
        if states[prop.name] == "no" or weak:
            yield Gap(use, ref, prop.name, weak), prop.declared


@question
def gaps_of(project: Project, ref: Ref) -> tuple[Gap, ...]:
    """What is not checked of what a class declares itself."""
    return gaps(project).get(ref, ())


# --- one word for an input -------------------------------------------------------------------


def validated(project: Project, given: Input, app: Application | None) -> str:
    """Is an input validated: yes, no, partly or unknown?"""
    effect = effect_of(project, given, app)
    if effect.kind == "unknown":
        return "unknown"
    if effect.kind in ("schema", "parse"):
        return "yes"
    kind = given.meant
    if effect.kind == "none" or kind.aliased or kind.type_only:
        return "no"
    if kind.kind in ("unknown", "outside"):
        return "unknown"
    return _of_class(project, kind.ref, effect, frozenset()) if kind.ref is not None else "no"


def _own_way(prop: Prop) -> bool:
    """Are nested data checked, or built, in a way that cannot be followed?"""
    return prop.marks.composed or prop.marks.custom or prop.marks.transformed


def _of_class(project: Project, ref: Ref, effect: Effect, outer: frozenset[Ref]) -> str:
    shape = shape_of(project, ref)
    if shape.kind != "class":
        return "unknown"
    found: set[str] = set()
    for prop in shape.data:
        state = checks(shape, prop, effect)
        if state == "exempt" and prop.marks.weak and not prop.marks.allowed:
            state = "no"
        inner = prop.meant.element.ref
        if state == "yes" and inner is not None and inner not in outer and not _own_way(prop):
            if prop.marks.nested and prop.marks.typed:
                state = _of_class(project, inner, effect, outer | {ref})
            elif prop.marks.nested or has_checks(project, inner):
                state = "partly"
        if state != "exempt":
            found.add(state)
    if not found <= {"yes", "no", "partly"} or not shape.complete:
        return "unknown"
    if "partly" in found or {"yes", "no"} <= found:
        return "partly"
    return "yes" if found == {"yes"} else "no"


__all__ = [
    "Effect", "Gap", "Use", "checks", "effect_of", "gaps_of", "has_checks", "inputs_at", "placed_inputs",
    "reached", "unrun_inputs", "uses_of", "validated",
]  # fmt: skip
