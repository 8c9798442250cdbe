"""Applications: every `NestFactory.create*` with what the code around it sets up, and its modules.

`Application` is what the rest of the model asks about. Orders are Nest's: what `APP_*` tokens bind runs
before what `useGlobal*` adds, because tokens are bound while the application is created; providers that
are made for each request come last.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import (
    NOWHERE,
    At,
)
from nestwise.project.kinds import Kind
from nestwise.project.model.app_calls import Global, Mount, Versioning
from nestwise.project.model.bootstraps import Bootstrap, bootstraps_in, is_aside
from nestwise.project.model.configure import MiddlewareTarget
from nestwise.project.model.graph import Graph, Placed, graph_of
from nestwise.project.model.module_records import Imported
from nestwise.project.model.pipes import Pipe, ValidationOptions, pipe_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import UNKNOWN, Ext, Here, Ref, Symbol

_NONE = Imported(UNKNOWN)


class Application(Struct, frozen=True):
    name: str
    """Of its package or project; with its file where several have that name."""
    path: str
    """The file of the call that creates it."""
    root: Symbol
    kind: str
    """http, microservice or context. One that never listens is a context."""
    adapter: str
    """express, fastify or unknown."""
    modules: tuple[Ref, ...]
    """In Nest's order of scanning."""
    packages: tuple[Ext, ...]
    """Modules of packages among them, opaque."""
    complete: bool
    """False where there may be modules or controllers that are not listed."""
    placed: tuple[Placed, ...]
    """Controllers with their modules and the modules' paths."""
    provided: tuple[Placed, ...] = ()
    """Providers with decorated methods, with their modules."""
    distances: tuple[tuple[Ref, int], ...] = ()
    """How far each module is from the root: middleware of nearer modules runs first. Global ones are at 0."""
    global_guards: tuple[Global, ...] = ()
    global_pipes: tuple[Global, ...] = ()
    global_interceptors: tuple[Global, ...] = ()
    global_filters: tuple[Global, ...] = ()
    globals_complete: bool = True
    """False where more may be bound than is listed, filters apart."""
    middleware_complete: bool = True
    """False where some module's `configure` cannot be read in full."""
    prefix: str | None = ""
    """Without outer slashes; empty for none, None if it cannot be told."""
    excluded: tuple[MiddlewareTarget, ...] = ()
    """What the prefix leaves out."""
    excluded_complete: bool = True
    versioning: Versioning | None = None
    options: Here | None = None
    """The options object of the call."""
    cors: Here | None = None
    """What `enableCors` gets or `cors:` says, else None."""
    shutdown_hooks: bool = False
    hybrid: bool = False
    """Does it also connect microservices?"""
    inherits: bool | None = False
    """Do those have what is global here, too (`inheritAppConfig`)? None if it cannot be told."""
    uses: tuple[Here, ...] = ()
    """Arguments of `app.use(…)`: middleware for every route."""
    mounted: tuple[Mount, ...] = ()
    """Arguments of `app.use('/path', …)`: middleware for what is below."""
    calls: tuple[str, ...] = ()
    """Names of all methods that are called on the application."""
    entry: str = ""
    """The file that starts it, where a helper of another file creates it."""
    at: At = NOWHERE
    """The call that creates it, in `path`."""
    number: int = 0
    """Its place among the applications of the workspace, from 0."""
    started: Imported = _NONE
    """The root module as it is given to Nest: what questions about the container take."""

    @property
    def controllers(self) -> tuple[Ref, ...]:
        return tuple(dict.fromkeys(p.controller for p in self.placed))


@question
def applications(project: Project) -> tuple[Application, ...]:
    """Every application of the workspace; those of tests, migrations, seeds and scripts left out."""
    found: dict[Bootstrap, Bootstrap] = {}
    for path in project.with_kind(Kind.BOOTSTRAP):
        if is_aside(project, path):
            continue
        for boot in bootstraps_in(project, path):
            if not isinstance(boot.root.symbol, Ext) and not is_aside(project, boot.entry):
                found.setdefault(_same(boot), boot)
    every = [_application(project, boot, number) for number, boot in enumerate(found.values())]
    names = Counter(app.name for app in every)
    return tuple(
        replace(app, name=f"{app.name} ({app.entry})") if names[app.name] > 1 else app for app in every
    )


def _same(boot: Bootstrap) -> Bootstrap:
    """Equal for the two branches of an `if` that create the same application with other options."""
    return replace(boot, adapter="", options=None, cors=None, entry="")


@question
def applications_with(project: Project, controller: Ref) -> tuple[Application, ...]:
    """The applications that have a controller, resolver or gateway; if none surely has it, those that cannot
    be known in full."""
    every = tuple(app for app in applications(project) if app.kind != "context")
    found = tuple(app for app in every if controller in _serving(project, app.number))
    return found or tuple(app for app in every if not app.complete)


@question
def _serving(project: Project, number: int) -> frozenset[Ref]:
    app = applications(project)[number]
    return frozenset(p.controller for p in (*app.placed, *app.provided))


@question
def application_at(project: Project, path: str) -> tuple[Application, ...]:
    """The applications that a file creates or starts."""
    return tuple(app for app in applications(project) if path in (app.path, app.entry))


def created_at(project: Project, app: Application) -> At:
    """The call that creates an application, where it stands now: `app.at` may be that of an older text."""
    fresh = bootstraps_in.__wrapped__(project, app.path)  # type: ignore[attr-defined]
    same = (b.at for b in fresh if (b.root.symbol, b.kind, b.entry) == (app.root, app.kind, app.entry))
    return next(same, app.at)


def _application(project: Project, boot: Bootstrap, number: int) -> Application:
    graph = graph_of(project, boot.root)
    bound = {kind: _ordered(kind, given, graph) for kind, given in boot.globals}
    return Application(
        name=project.layout.application_name(boot.entry),
        path=boot.path,
        root=boot.root.symbol,
        kind=boot.kind,
        adapter=boot.adapter,
        modules=graph.modules,
        packages=graph.packages,
        complete=graph.complete,
        placed=graph.placed,
        provided=graph.provided,
        distances=graph.distances,
        global_guards=bound["guards"],
        global_pipes=bound["pipes"],
        global_interceptors=bound["interceptors"],
        global_filters=bound["filters"],
        globals_complete=boot.complete and graph.enhancers_complete,
        middleware_complete=graph.middleware_complete,
        prefix=boot.prefix,
        excluded=boot.excluded,
        excluded_complete=boot.excluded_complete,
        versioning=boot.versioning,
        options=boot.options,
        cors=boot.cors,
        shutdown_hooks=boot.shutdown_hooks,
        hybrid=boot.hybrid,
        inherits=boot.inherits,
        uses=boot.uses,
        mounted=boot.mounted,
        calls=boot.calls,
        entry=boot.entry,
        at=boot.at,
        number=number,
        started=boot.root,
    )


def _ordered(kind: str, given: tuple[Global, ...], graph: Graph) -> tuple[Global, ...]:
    once = tuple(bound for k, bound, request in graph.enhancers if k == kind and not request)
    anew = tuple(bound for k, bound, request in graph.enhancers if k == kind and request)
    return once + given + anew


__all__ = [
    "Application", "Bootstrap", "Global", "Pipe", "Placed", "ValidationOptions", "Versioning",
    "application_at", "applications", "applications_with", "bootstraps_in", "created_at", "pipe_of",
]  # fmt: skip
