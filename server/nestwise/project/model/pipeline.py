"""What runs before a handler: guards, pipes, interceptors and filters, in Nest's order.

Checked by running Nest 11: stacked decorators run bottom-up, `applyDecorators` in listed order,
a base class's before the subclass's, global ones first, the class's before the method's.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Spread, dotted, literal
from nestwise.project.model.applications import Application, Global, applications, applications_with
from nestwise.project.model.classes import (
    NEST,
    class_decorators,
    display,
    executed,
    head_of,
    lineage,
    method_decorators,
    method_of,
)
from nestwise.project.model.decorators import Applied
from nestwise.project.model.graphql import field_enhancers
from nestwise.project.model.guard_deeds import doing_of
from nestwise.project.model.guards import Does, Guard, guard_of
from nestwise.project.model.handlers import Handler, taken_by
from nestwise.project.model.metadata import Metadata, metadata_of
from nestwise.project.model.middleware import covering
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    items_of,
    symbol_of,
    value_of,
)

_USES = {
    "UseGuards": "guards",
    "UsePipes": "pipes",
    "UseInterceptors": "interceptors",
    "UseFilters": "filters",
}


class Step(Struct, frozen=True):
    """One thing that runs, and where it comes from."""

    here: Here
    name: str
    origin: str
    """method, controller, base class, or global."""
    certain: bool = True


class Pipeline(Struct, frozen=True):
    guards: tuple[Step, ...] = ()
    pipes: tuple[Step, ...] = ()
    interceptors: tuple[Step, ...] = ()
    filters: tuple[Step, ...] = ()


class Access(StrEnum):
    GUARDED = "guarded"
    PUBLIC = "public"
    """Open on purpose: a marker says so."""
    OPEN = "open"
    UNKNOWN = "unknown"
    INTERNAL = "internal"
    """No client calls it: a schedule, an event of the application itself, a job of a queue, or a field of
    GraphQL, which is reached through a query."""


@question
def local_pipeline(project: Project, handler: Handler) -> Pipeline:
    """What the method, the class and its bases bind."""
    before = _class_pipeline(project, handler.controller)
    method = method_of(project, handler.declared, handler.method)
    if method is None or not method.decorators:
        return before
    found = {name: list(getattr(before, name)) for name in _USES.values()}
    order = executed(project, handler.declared.path, method.decorators)
    _gather(project, order, "method", found)
    return Pipeline(**{name: tuple(steps) for name, steps in found.items()})


@question
def _class_pipeline(project: Project, controller: Ref) -> Pipeline:
    """What a class and its bases bind for all handlers."""
    found: dict[str, list[Step]] = {name: [] for name in _USES.values()}
    for position, base in reversed(list(enumerate(lineage(project, controller).refs))):
        cls = head_of(project, base)
        if cls is not None:
            origin = "base class" if position else "controller"
            _gather(project, executed(project, base.path, cls.decorators), origin, found)
    return Pipeline(**{name: tuple(steps) for name, steps in found.items()})


def _gather(project: Project, order: list[Applied], origin: str, found: dict[str, list[Step]]) -> None:
    for deco in order:
        if not deco.is_from(NEST) or not isinstance(deco.symbol, Ext):
            continue
        name = _USES.get(deco.symbol.name)
        if name is None:
            continue
        for arg in deco.args:
            for item in spread_out(project, arg):
                found[name].append(Step(item, step_name(project, item), origin, deco.certain))


def spread_out(project: Project, here: Here) -> tuple[Here, ...]:
    """An argument of `@UseGuards` and the like; the elements of one that is spread."""
    if not isinstance(here.expr, Spread):
        return (here,)
    inner = items_of(project, Here(here.path, here.expr.value))
    return inner.items if inner.complete else (*inner.items, here)


def step_name(project: Project, here: Here) -> str:
    """`JwtAuthGuard`, `AuthGuard(jwt)`, `ValidationPipe`; `?` where it cannot be told."""
    here = value_of(project, here)
    expr = here.expr
    symbol = symbol_of(project, Here(here.path, getattr(expr, "callee", expr)))
    if hasattr(expr, "callee") and not hasattr(expr, "types"):  # new X(…)
        return display(symbol).rpartition(".")[2]
    if hasattr(expr, "types"):
        return guard_of(project, here).name
    return display(symbol).rpartition(".")[2]


def global_steps(project: Project, found: tuple[Global, ...], sure: bool = True) -> tuple[Step, ...]:
    return tuple(Step(g.here, step_name(project, g.here), "global", sure and g.certain) for g in found)


def pipeline_of(project: Project, handler: Handler, app: Application | None) -> Pipeline:
    """Everything that runs before a handler in one application."""
    if handler.internal:  # called past Nest's router
        return Pipeline()
    own = local_pipeline(project, handler)
    own = replace(own, filters=own.filters[::-1])
    lent = globals_for(handler, app)
    if app is not None and lent is not False:
        every = _global_pipeline(project, app.number, lent is True)
        own = Pipeline(
            guards=every.guards + own.guards,
            pipes=every.pipes + own.pipes,
            interceptors=every.interceptors + own.interceptors,
            filters=own.filters + every.filters,
        )
    return _before_field(project, handler, app, own) if handler.kind == "field" else own


@question
def _global_pipeline(project: Project, number: int, sure: bool) -> Pipeline:
    """What is global in an application; filters in the order in which they are asked."""
    app = applications(project)[number]
    return Pipeline(
        guards=global_steps(project, app.global_guards, sure),
        pipes=global_steps(project, app.global_pipes, sure),
        interceptors=global_steps(project, app.global_interceptors, sure),
        filters=global_steps(project, app.global_filters, sure)[::-1],
    )


def globals_for(handler: Handler, app: Application | None) -> bool | None:
    """Does what is global run before a handler? Gateways have none before Nest 12; microservices that an
    application connects inherit none unasked."""
    if app is None or handler.kind == "gateway":
        return False
    if handler.kind in ("message", "event") and not handler.brokered:
        return True if app.kind == "microservice" else app.inherits
    return True


def _before_field(project: Project, handler: Handler, app: Application | None, every: Pipeline) -> Pipeline:
    """Before the resolver of a field runs what the GraphQL module is asked for; pipes run on its inputs."""
    asked = field_enhancers(project, app.number) if app is not None else None
    takes = bool(taken_by(project, handler))

    def kept(kind: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        if asked is None:
            return tuple(replace(step, certain=False) for step in steps)
        return steps if kind in asked else ()

    return Pipeline(
        guards=kept("guards", every.guards),
        pipes=every.pipes if takes or asked else (),
        interceptors=kept("interceptors", every.interceptors),
        filters=kept("filters", every.filters),
    )


# --- access ----------------------------------------------------------------------------------

KNOWN_PUBLIC = frozenset(
    (
        "public ispublic skipauth noauth allowanonymous anonymous unauthenticated publicroute openroute "
        "skipjwt allowunauthenticated guest unprotected"
    ).split()
)
_NEVER_GUARD = (
    "@nestjs/common", "@nestjs/core", "@nestjs/swagger", "@nestjs/graphql", "@nestjs/throttler",
    "@nestjs/cache-manager", "@nestjs/websockets", "@nestjs/microservices", "@nestjs/event-emitter",
    "@nestjs/schedule", "@nestjs/platform-express", "@nestjs/terminus", "@nestjs/serve-static",
    "@nestjs/cqrs", "@nestjs/bullmq", "@nestjs/typeorm", "@nestjs/config",
    "class-transformer", "class-validator", "typeorm", "nestjs-zod", "nestjs-pino", "nestjs-i18n",
    "@sentry/nestjs", "@sentry/node", "@willsoto/nestjs-prometheus", "nestjs-form-data",
    "nest-access-control", "nest-keycloak-connect", "nestjs-otel", "nestjs-cls", "@nestjs/bull",
    "@golevelup/nestjs-rabbitmq", "@golevelup/nestjs-webhooks", "nestjs-ddtrace", "@nestjs/mongoose",
    "@nestjs/axios", "@nestjs/passport", "@anatine/zod-nestjs", "nestjs-paginate", "@mikro-orm/nestjs",
)  # fmt: skip


@question
def route_metadata(project: Project, handler: Handler) -> Metadata:
    """The metadata of a handler and its class, which guards read."""
    found = [*method_decorators(project, handler.declared, handler.method)]
    for base in lineage(project, handler.controller).refs:
        found += class_decorators(project, base)
    return metadata_of(project, tuple(found))


@question
def marked_public(project: Project, handler: Handler) -> bool:
    """Does a decorator with a known public name stand on the handler or its class?"""
    found = [*method_decorators(project, handler.declared, handler.method)]
    for base in lineage(project, handler.controller).refs:
        found += class_decorators(project, base)
    return any(
        s.name.rpartition(".")[2].lower() in KNOWN_PUBLIC and _surely_set(project, a)
        for a in found
        for s in (a.symbol, *a.via)
        if isinstance(s, (Ref, Ext))
    )


def _surely_set(project: Project, found: Applied) -> bool:
    """Not where a composed decorator sets the marker to what its caller says, or to `false`."""
    value = found.arg(1) if isinstance(found.symbol, Ext) else None
    if value is None:
        return True
    expr = value_of(project, value).expr
    return not dotted(expr) and literal(expr) is not False


@question
def unreadable_decorator(project: Project, handler: Handler) -> bool:
    """Is there a decorator on the handler or its class that may guard it, unseen?"""
    line = lineage(project, handler.controller)
    if not line.complete:
        return True
    found = [*method_decorators(project, handler.declared, handler.method)]
    for base in line.refs:
        found += class_decorators(project, base)
    return any(map(may_bind, found))


def may_bind(deco: Applied) -> bool:
    """May a decorator bind a guard, unseen?"""
    if isinstance(deco.symbol, Ext):
        return bool(deco.symbol.package) and deco.symbol.package not in _NEVER_GUARD
    return deco.symbol is UNKNOWN


def access_in(project: Project, handler: Handler, app: Application | None) -> Access:
    """Who may call a handler in one application."""
    if handler.internal:
        return Access.INTERNAL
    found = _access_in(project, handler, app)
    if handler.kind == "field" and found is not Access.GUARDED:
        return Access.INTERNAL
    return found


def _access_in(project: Project, handler: Handler, app: Application | None) -> Access:
    steps = pipeline_of(project, handler, app).guards
    guards = [(guard_of(project, step.here), step.certain) for step in steps]
    metadata = route_metadata(project, handler)
    marked = marked_public(project, handler)
    verdicts = [_verdict(guard, metadata, marked, sure) for guard, sure in guards if guard.may_authenticate]
    if marked and any(_asks_all_the_same(project, step, metadata) for step in steps):
        return Access.GUARDED
    if Access.GUARDED in verdicts:
        return Access.GUARDED
    if Access.PUBLIC in verdicts or marked:
        return Access.PUBLIC
    requested = handler.kind in ("http", "graphql", "field")  # middleware sees requests of HTTP alone
    covered = covering(project, handler, app) if app is not None and requested else False
    if covered:  # whatever else there may be
        return Access.GUARDED
    if Access.UNKNOWN in verdicts or unreadable_decorator(project, handler):
        return Access.UNKNOWN
    open_ended = app is not None and not (app.complete and app.globals_complete)
    if covered is None or (open_ended and globals_for(handler, app) is not False):
        return Access.UNKNOWN
    return Access.OPEN


def _asks_all_the_same(project: Project, step: Step, metadata: Metadata) -> bool:
    """Does a guard surely authenticate, and never look at what marks the route as public?"""
    if not step.certain or guard_of(project, step.here).does is not Does.AUTHENTICATES:
        return False
    doing = doing_of(project, step.here)
    return doing.reads_all and (
        not doing.looks or metadata.has([look.key for look in doing.looks if look.key]) is False
    )


def _verdict(guard: Guard, metadata: Metadata, marked: bool, sure: bool) -> Access:
    """What one guard that may authenticate means for a route with such metadata."""
    asks = [m.key for m in guard.markers if not m.opens]
    opens = [m.key for m in guard.markers if m.opens and m.key not in asks]
    opened, asked = metadata.has(opens), metadata.has(asks)
    if marked or opened:
        return Access.PUBLIC
    if asks and not asked:
        if asked is None:
            return Access.UNKNOWN
        # A second guard in the chain may ask for nothing; this one lets the route pass.
        return Access.OPEN if not opens else Access.GUARDED if sure else Access.UNKNOWN
    told = sure and guard.does is not Does.UNKNOWN
    return Access.UNKNOWN if (opens and opened is None) or not told else Access.GUARDED


@question
def access_of(project: Project, handler: Handler) -> Access:
    """Who may call a handler, in the least protected of the applications that have it. Unknown where there
    are applications, and none has it: it is no route of any."""
    apps = applications_with(project, handler.controller)
    if not apps and any(app.kind != "context" for app in applications(project)):
        return Access.UNKNOWN
    found = {access_in(project, handler, app) for app in apps} or {access_in(project, handler, None)}
    for access in (Access.OPEN, Access.UNKNOWN, Access.PUBLIC, Access.INTERNAL):
        if access in found:
            return access
    return Access.GUARDED
