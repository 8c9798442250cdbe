"""Applications: every `NestFactory.create*` with what the code around it sets up, and its modules.

`Application` is what the rest of the model asks about. Orders are Nest's: what `APP_*` tokens bind runs
before what `useGlobal*` adds, because tokens are bound while the application is created; providers that
are made for each request come last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from nestwise.project.facts import (
    NOWHERE,
    At,
    Body,
    Call,
    Expr,
    Function,
    Lit,
    Member,
    New,
    Obj,
    TName,
    dotted,
)
from nestwise.project.kinds import Kind
from nestwise.project.model.configure import MiddlewareTarget
from nestwise.project.model.folding import Val, entry, look, symbol_in
from nestwise.project.model.graph import Graph, Placed, graph_of
from nestwise.project.model.modules import CORE, Imported, import_of
from nestwise.project.model.pipes import Pipe, ValidationOptions, pipe_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.setup import Follower, Frame, Global, Setup, Versioning, frame_of, parts_of
from nestwise.project.model.symbols import UNKNOWN, Ext, Here, Ref, Symbol

_CREATES = {
    "create": "http",
    "createWithOptions": "http",
    "createMicroservice": "microservice",
    "createApplicationContext": "context",
}
_ASIDE = frozenset({"test", "migration", "seed", "script"})
"""Roles of files whose applications serve nobody."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """One call that creates an application, and what is done to it."""

    root: Imported
    kind: str
    adapter: str
    options: Here | None
    globals: tuple[tuple[str, tuple[Global, ...]], ...]
    complete: bool
    prefix: str | None
    excluded: tuple[MiddlewareTarget, ...]
    excluded_complete: bool
    versioning: Versioning | None
    cors: Here | None
    shutdown_hooks: bool
    hybrid: bool
    uses: tuple[Here, ...]
    calls: tuple[str, ...]
    path: str
    entry: str
    at: At


@dataclass(frozen=True, slots=True)
class Application:
    name: str
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
    global_guards: tuple[Global, ...] = ()
    global_pipes: tuple[Global, ...] = ()
    global_interceptors: tuple[Global, ...] = ()
    global_filters: tuple[Global, ...] = ()
    globals_complete: bool = True
    """False where more may be bound than is listed."""
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
    uses: tuple[Here, ...] = ()
    """Arguments of `app.use(…)`: middleware for every route."""
    calls: tuple[str, ...] = ()
    """Names of all methods that are called on the application."""
    entry: str = ""
    """The file that starts it, where a helper of another file creates it."""
    at: At = NOWHERE
    """The call that creates it, in `path`."""

    @property
    def controllers(self) -> tuple[Ref, ...]:
        return tuple(dict.fromkeys(p.controller for p in self.placed))


@question
def applications(project: Project) -> tuple[Application, ...]:
    """Every application of the workspace; those of tests, migrations, seeds and scripts left out."""
    found = [
        _application(project, boot)
        for path in project.with_kind(Kind.BOOTSTRAP)
        if not _aside(project, path)
        for boot in bootstraps_in(project, path)
        if not isinstance(boot.root.symbol, Ext) and not _aside(project, boot.entry)
    ]
    return tuple(dict.fromkeys(found))


def _aside(project: Project, path: str) -> bool:
    from nestwise.project.files import role_of

    return str(role_of(path)) in _ASIDE


@question
def applications_with(project: Project, controller: Ref) -> tuple[Application, ...]:
    """The applications that have a controller; if none surely has it, those that cannot be known in full."""
    every = applications(project)
    found = tuple(app for app in every if controller in app.controllers)
    return found or tuple(app for app in every if not app.complete and app.kind != "context")


@question
def application_at(project: Project, path: str) -> tuple[Application, ...]:
    """The applications that a file creates or starts."""
    return tuple(app for app in applications(project) if path in (app.path, app.entry))


def _application(project: Project, boot: Bootstrap) -> Application:
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
        uses=boot.uses,
        calls=boot.calls,
        entry=boot.entry,
        at=boot.at,
    )


def _ordered(kind: str, given: tuple[Global, ...], graph: Graph) -> tuple[Global, ...]:
    once = tuple(bound for k, bound, request in graph.enhancers if k == kind and not request)
    anew = tuple(bound for k, bound, request in graph.enhancers if k == kind and request)
    return once + given + anew


# --- bootstraps --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Site:
    """A body of a file: whose it is."""

    frame: Frame
    function: str = ""
    params: tuple[str, ...] = ()


@question
def bootstraps_in(project: Project, path: str) -> tuple[Bootstrap, ...]:
    """What the calls of a file create."""
    out: list[Bootstrap] = []
    seen: set[tuple[int, int]] = set()
    for site in _sites(project, path):
        calls = [c for c in calls_in(site.frame.body) if _created(project, site.frame, c)]
        for call in calls:
            if (call.at.start, call.at.end) not in seen:
                seen.add((call.at.start, call.at.end))
                out += _bootstraps(project, site, call)
    return tuple(out)


def _sites(project: Project, path: str) -> Iterator[_Site]:
    """Bodies of a file, functions first: the statements of the file include those of its arrow functions."""
    facts = project.facts(path)
    for fn in facts.functions:
        if fn.body is not None:
            yield _site(path, fn)
    for cls in facts.classes:
        for method in cls.methods:
            if method.body is not None:
                params = tuple(p.name for p in method.params)
                ref = None if cls.inside else Ref(path, cls.name)
                name = f"{cls.name}.{method.name}" if method.static else ""
                yield _Site(frame_of(path, method.body, params, ref), name, params)
    main = facts.main or Body(locals=tuple((c.name, c.value) for c in facts.consts))
    yield _Site(frame_of(path, main))


def _site(path: str, fn: Function) -> _Site:
    params = tuple(p.name for p in fn.params)
    return _Site(frame_of(path, fn.body or Body(), params), fn.name, params)


def calls_in(body: Body) -> Iterator[Call]:
    """All calls that a body's expressions hold, those within chains and arguments included."""
    stack: list[Expr] = [*(v for _, v in body.locals), *body.calls, *body.returns]
    stack.reverse()
    while stack:
        expr = stack.pop()
        if isinstance(expr, Call):
            yield expr
        stack += reversed(list(_below(expr)))


def _below(expr: Expr) -> Iterator[Expr]:
    yield from parts_of(expr)
    if isinstance(expr, Call):
        inner = expr.callee
        while isinstance(inner, Member):
            inner = inner.object
        yield inner


def _created(project: Project, frame: Frame, call: Call) -> str:
    """What kind of application a call creates, if it does."""
    name = dotted(call.callee)
    if not name.endswith(tuple(_CREATES)):
        return ""
    symbol = symbol_in(project, frame.val(call.callee))
    if isinstance(symbol, Ext) and symbol.package == CORE and symbol.name.startswith("NestFactory."):
        return _CREATES.get(symbol.name.partition(".")[2], "")
    return ""


def _bootstraps(project: Project, site: _Site, call: Call) -> list[Bootstrap]:
    follower = Follower(project)
    follower.run(site.frame, set(), call)
    param = dotted(call.args[0]) if call.args else ""
    position = site.params.index(param) if param in site.params and param else -1
    if not site.function or not (position >= 0 or follower.setup.returned):
        return [_bootstrap(project, site.frame, call, follower.setup, None, site.frame.path)]
    out: list[Bootstrap] = []
    for caller, use in _uses_of(project, Ref(site.frame.path, site.function)):
        again = Follower(project)
        again.run(site.frame, set(), call)
        if again.setup.returned:
            again.run(caller.frame, set(), use)
        root = None
        if position >= 0:
            given = use.args[position] if position < len(use.args) else None
            root = import_of(project, caller.frame.val(given)) if given is not None else Imported(UNKNOWN)
        out.append(_bootstrap(project, site.frame, call, again.setup, root, caller.frame.path))
    unique = {replace(b, at=NOWHERE): b for b in out}
    return list(unique.values()) or [
        _bootstrap(project, site.frame, call, follower.setup, None, site.frame.path)
    ]


def _uses_of(project: Project, ref: Ref) -> Iterator[tuple[_Site, Call]]:
    """Where a function of a bootstrap file is called, tests left out."""
    last = ref.name.rpartition(".")[2]
    for path in project.with_kind(Kind.BOOTSTRAP):
        if _aside(project, path):
            continue
        seen: set[int] = set()
        for site in _sites(project, path):
            for call in calls_in(site.frame.body):
                name = dotted(call.callee)
                if not name or call.at.start in seen or (path == ref.path and last not in name):
                    continue
                if symbol_in(project, site.frame.val(call.callee)) == ref:
                    seen.add(call.at.start)
                    yield site, call


def _bootstrap(
    project: Project, frame: Frame, call: Call, setup: Setup, root: Imported | None, entry_path: str
) -> Bootstrap:
    kind = _created(project, frame, call)
    adapter, options = _arguments(project, frame, call, kind)
    if root is None:
        root = import_of(project, frame.val(call.args[0])) if call.args else Imported(UNKNOWN)
    serves = setup.serves or setup.escapes or setup.returned
    cors = entry(project, options, "cors") if options is not None else None
    declared = cors is not None and not (isinstance(cors.expr, Lit) and cors.expr.kind == "undefined")
    return Bootstrap(
        root=root,
        kind=kind if serves or kind != "http" else "context",
        adapter=adapter,
        options=look(project, options).here if options is not None else None,
        globals=tuple((k, tuple(v)) for k, v in setup.globals.items()),
        complete=setup.complete,
        prefix=setup.prefix,
        excluded=setup.excluded,
        excluded_complete=setup.excluded_complete,
        versioning=setup.versioning,
        cors=setup.cors or (look(project, cors).here if cors is not None and declared else None),
        shutdown_hooks=setup.shutdown_hooks,
        hybrid=setup.hybrid,
        uses=tuple(setup.uses),
        calls=tuple(setup.calls),
        path=frame.path,
        entry=entry_path,
        at=call.at,
    )


def _arguments(project: Project, frame: Frame, call: Call, kind: str) -> tuple[str, Val | None]:
    """The adapter and the options, which may come in its place."""
    types = {t.name.rpartition(".")[2] for t in call.types if isinstance(t, TName)}
    typed = "fastify" if "NestFastifyApplication" in types else ""
    rest = [frame.val(a) for a in call.args[1:]]
    if not rest:
        return typed or "express", None
    first = look(project, rest[0])
    if kind != "http" or isinstance(first.expr, Obj):
        return typed or "express", rest[0]
    options = rest[1] if len(rest) > 1 else None
    if isinstance(first.expr, New):
        symbol = symbol_in(project, first.at(first.expr.callee))
        name = symbol.name if isinstance(symbol, Ext | Ref) else ""
        if "astify" in name:
            return "fastify", options
        return ("express" if "xpress" in name else typed or "unknown"), options
    if typed:
        return typed, options
    return ("unknown" if len(rest) > 1 else "express"), options if len(rest) > 1 else rest[0]


__all__ = [
    "Application", "Bootstrap", "Global", "Pipe", "Placed", "ValidationOptions", "Versioning",
    "application_at", "applications", "applications_with", "bootstraps_in", "pipe_of",
]  # fmt: skip
