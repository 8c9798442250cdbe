"""Bootstraps: every call that creates an application, with what the code around it does to it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

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
from nestwise.project.model.app_calls import Frame, Global, Mount, Setup, Versioning, frame_of
from nestwise.project.model.configure import MiddlewareTarget
from nestwise.project.model.expressions import parts_of
from nestwise.project.model.module_records import Imported
from nestwise.project.model.modules import import_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.providers import CORE
from nestwise.project.model.scopes import Val, entry, look, symbol_in
from nestwise.project.model.setup import Follower
from nestwise.project.model.symbols import UNKNOWN, Ext, Here, Ref

_CREATES = {
    "create": "http",
    "createWithOptions": "http",
    "createMicroservice": "microservice",
    "createApplicationContext": "context",
}

_COMMANDS = frozenset({"run", "runWithoutClosing", "createWithoutRunning"})
"""Methods of `CommandFactory` of nest-commander: each creates an application context."""

_ASIDE = frozenset({"test", "migration", "seed", "script"})
"""Roles of files whose applications serve nobody."""


class Bootstrap(Struct, frozen=True):
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
    inherits: bool | None
    uses: tuple[Here, ...]
    mounted: tuple[Mount, ...]
    calls: tuple[str, ...]
    path: str
    entry: str
    at: At


def is_aside(project: Project, path: str) -> bool:
    from nestwise.project.files import role_of

    return str(role_of(path)) in _ASIDE


class _Site(Struct, frozen=True):
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
    if not name.endswith((*_CREATES, *_COMMANDS)):
        return ""
    symbol = symbol_in(project, frame.val(call.callee))
    if not isinstance(symbol, Ext):
        return ""
    factory, _, method = symbol.name.partition(".")
    if symbol.package == CORE and factory == "NestFactory":
        return _CREATES.get(method, "")
    commands = symbol.package == "nest-commander" and factory == "CommandFactory"
    return "context" if commands and method in _COMMANDS else ""


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
            root = _root(project, caller.frame.val(given)) if given is not None else Imported(UNKNOWN)
        out.append(_bootstrap(project, site.frame, call, again.setup, root, caller.frame.path))
    unique = {replace(b, at=NOWHERE): b for b in out}
    return list(unique.values()) or [
        _bootstrap(project, site.frame, call, follower.setup, None, site.frame.path)
    ]


def _uses_of(project: Project, ref: Ref) -> Iterator[tuple[_Site, Call]]:
    """Where a function of a bootstrap file is called, tests left out."""
    last = ref.name.rpartition(".")[2]
    for path in project.with_kind(Kind.BOOTSTRAP):
        if is_aside(project, path):
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


def _root(project: Project, val: Val) -> Imported:
    """The root module; of one that code builds, at least its name."""
    found = import_of(project, val)
    symbol = symbol_in(project, val)
    built = isinstance(found.symbol, Ext) and isinstance(symbol, Ref)
    return Imported(symbol) if built or found.symbol is UNKNOWN else found


def _bootstrap(
    project: Project, frame: Frame, call: Call, setup: Setup, root: Imported | None, entry_path: str
) -> Bootstrap:
    kind = _created(project, frame, call)
    adapter, options = _arguments(project, frame, call, kind)
    if root is None:
        root = _root(project, frame.val(call.args[0])) if call.args else Imported(UNKNOWN)
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
        inherits=setup.inherits,
        uses=tuple(setup.uses),
        mounted=tuple(setup.mounted),
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
