"""Handlers: the methods that Nest calls for a request, a message, an event or a schedule."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Class, Decorator, Lit, Method, Obj
from nestwise.project.model.callers import RABBIT, called_by, queue_of, texts_of
from nestwise.project.model.classes import (
    NEST,
    executed,
    lineage,
    method_of,
    own_method,
    role_of_class,
)
from nestwise.project.model.decorators import Applied
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, class_of, items_of, symbol_of, value_of

VERBS = {
    "Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "Options": "OPTIONS",
    "Head": "HEAD", "All": "ALL", "Search": "SEARCH", "Sse": "GET", "Propfind": "PROPFIND",
    "QueryMethod": "QUERY", "RequestMapping": "?",
    "Proppatch": "PROPPATCH", "Mkcol": "MKCOL", "Copy": "COPY", "Move": "MOVE", "Lock": "LOCK",
    "Unlock": "UNLOCK",
}  # fmt: skip
_KINDS = {
    ("@nestjs/graphql", "Query"): "graphql",
    ("@nestjs/graphql", "Mutation"): "graphql",
    ("@nestjs/graphql", "Subscription"): "graphql",
    ("@nestjs/graphql", "ResolveField"): "field",
    ("@nestjs/graphql", "ResolveReference"): "field",
    ("@nestjs/websockets", "SubscribeMessage"): "gateway",
    ("@nestjs/microservices", "MessagePattern"): "message",
    ("@nestjs/microservices", "EventPattern"): "event",
    ("@nestjs/microservices", "GrpcMethod"): "message",
    ("@nestjs/microservices", "GrpcStreamMethod"): "message",
    ("@nestjs/microservices", "GrpcStreamCall"): "message",
    ("@nestjs/event-emitter", "OnEvent"): "event",
    ("@nestjs/schedule", "Cron"): "cron",
    ("@nestjs/schedule", "Interval"): "cron",
    ("@nestjs/schedule", "Timeout"): "cron",
    ("@nestjs/bull", "Process"): "event",
    ("@nestjs/bull", "OnQueueEvent"): "event",
    ("@nestjs/bullmq", "OnQueueEvent"): "event",
    ("@nestjs/bullmq", "OnWorkerEvent"): "event",
    (RABBIT, "RabbitRPC"): "message",
    (RABBIT, "RabbitSubscribe"): "event",
    (RABBIT, "RabbitHandler"): "message",
}
_BY_CONTRACT = frozenset({"TsRest", "TsRestHandler"})
"""Decorators of ts-rest, whose method and path a contract says: one route of it, or all of several."""
_BROKERED = frozenset({"RABBITRPC", "RABBITSUBSCRIBE", "RABBITHANDLER"})
_PLACES = {"message": ("controller",), "gateway": ("gateway",)}
"""The classes in which Nest looks for handlers of a kind; for the other kinds it is any provider."""
_INTERNAL = frozenset({"ONEVENT", "PROCESS", "ONQUEUEEVENT", "ONWORKEREVENT"})


class Handler(Struct, frozen=True, cache_hash=True):
    """A handler, by names. The controller is the decorated class; the method may be a base class's."""

    controller: Ref
    method: str
    declared: Ref
    kind: str
    """http, graphql, field, gateway, message, event or cron."""
    verb: str
    """HTTP method, or the name of the other kind's decorator, in capitals; `?` if it cannot be told."""
    paths: tuple[str | None, ...]
    """Relative to the controller, without outer slashes; of other kinds than http the events, patterns or
    fields that call it. None for one that cannot be told."""

    @property
    def internal(self) -> bool:
        """Does the application itself call it: a schedule, an event of its own, a queue? No client does, and
        Nest runs nothing before it."""
        return self.kind == "cron" or self.verb in _INTERNAL

    @property
    def brokered(self) -> bool:
        """Does a package call it for a message broker? That is none of Nest's microservices, and yet all that
        is global runs before it."""
        return self.verb in _BROKERED

    @property
    def name(self) -> str:
        return f"{self.controller.name}.{self.method}"


class ControllerOptions(Struct, frozen=True):
    """What `@Controller(…)` says; None for a path, a version or a host that cannot be told."""

    paths: tuple[str | None, ...] = ("",)
    versions: tuple[str | None, ...] = ()
    """`neutral` for VERSION_NEUTRAL; empty for none."""
    host: str | None = ""


@question
def handlers_in(project: Project, path: str) -> tuple[Handler, ...]:
    """The handlers that the controllers, resolvers, gateways and providers of a file expose."""
    return tuple(
        h
        for cls in project.facts(path).classes
        if not cls.inside and (cls.decorators or cls.extends)
        for h in handlers_of(project, Ref(path, cls.name))
    )


@question
def handlers_of(project: Project, ref: Ref) -> tuple[Handler, ...]:
    """The handlers of a decorated class, its own before inherited ones; an override hides its base's."""
    line = lineage(project, ref).refs
    role = role_of_class(project, ref)
    if role in ("", "unknown") and controller_options(project, ref).paths:
        role = "controller"
    if role not in ("controller", "resolver", "gateway", "processor", "injectable"):
        return ()
    out: list[Handler] = []
    seen: set[str] = set()
    for base in line:
        cls = class_of(project, base)
        for method in cls.methods if cls else ():
            if method.static or method.name in seen or method.kind:
                continue
            seen.add(method.name)
            if method.decorators:
                out += handled_by(project, ref, base, method, role)
            elif role == "processor" and method.name == "process":
                out.append(Handler(ref, "process", base, "event", "PROCESS", (queue_of(project, ref),)))
    return tuple(out)


def handled_by(project: Project, ref: Ref, base: Ref, method: Method, role: str) -> list[Handler]:
    """A method may be a handler of several kinds; of decorators that write the same metadata the last one
    executed wins."""
    out: list[Handler] = []
    last: dict[str, Handler] = {}
    for deco in executed(project, base.path, method.decorators):
        symbol = deco.symbol
        if not isinstance(symbol, Ext):
            continue
        if symbol.package == NEST and symbol.name in VERBS and role == "controller":
            verb, paths = _mapping(project, deco, VERBS[symbol.name])
            last["http"] = Handler(ref, method.name, base, "http", verb, paths)
        elif symbol.package == "@ts-rest/nest" and symbol.name in _BY_CONTRACT and role == "controller":
            last["http"] = Handler(ref, method.name, base, "http", "?", (None,))
        elif (kind := _KINDS.get((symbol.package, symbol.name))) is not None:
            received = symbol.package == "@nestjs/microservices"
            place = "message" if received else RABBIT if symbol.package == RABBIT else kind
            if role not in _PLACES.get(place, (role,)):
                continue
            by = called_by(project, ref, base, deco, kind, method.name)
            found = Handler(ref, method.name, base, kind, symbol.name.upper(), by)
            if received or kind in ("gateway", "graphql", "field"):
                last[place] = found
            else:
                out.append(found)
    return [*last.values(), *out]


def _mapping(project: Project, deco: Applied, verb: str) -> tuple[str, tuple[str | None, ...]]:
    if verb != "?":
        return verb, _paths(project, deco.arg(0))
    given = deco.arg(0)
    options = value_of(project, given) if given is not None else None
    if options is None or not isinstance(options.expr, Obj):
        return ("GET", ("",)) if given is None else ("?", (None,))
    path, method = options.expr.get("path"), options.expr.get("method")
    name = symbol_of(project, Here(options.path, method)) if method is not None else None
    known = isinstance(name, Ext) and name.name.startswith("RequestMethod.")
    return (
        "GET" if method is None else name.name.partition(".")[2] if known and isinstance(name, Ext) else "?",
        _paths(project, Here(options.path, path)) if path is not None else ("",),
    )


def _paths(project: Project, here: Here | None) -> tuple[str | None, ...]:
    if here is None:
        return ("",)
    return tuple(None if p is None else p.strip("/") for p in texts_of(project, here))


NOT_A_CONTROLLER = ControllerOptions(())


@question
def controller_options(project: Project, ref: Ref) -> ControllerOptions:
    """What `@Controller(…)` of the class says, else that of its nearest base that has one."""
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        if cls is None:
            continue
        for deco in reversed(executed(project, base.path, cls.decorators)):
            if deco.is_from(NEST, "Controller"):
                return _options(project, deco)
    return NOT_A_CONTROLLER


def _options(project: Project, deco: Applied) -> ControllerOptions:
    here = deco.arg(0)
    if here is None:
        return ControllerOptions()
    here = value_of(project, here)
    if not isinstance(here.expr, Obj):
        return ControllerOptions(_paths(project, here))
    path, version, host = (here.expr.get(key) for key in ("path", "version", "host"))
    closed = here.expr.closed
    return ControllerOptions(
        _paths(project, Here(here.path, path)) if path is not None else ("" if closed else None,),
        versions_of(project, Here(here.path, version)) if version is not None else (),
        texts_of(project, Here(here.path, host))[0] if host is not None else "" if closed else None,
    )


def versions_of(project: Project, here: Here) -> tuple[str | None, ...]:
    here = value_of(project, here)
    if isinstance(here.expr, Lit):
        return () if here.expr.kind == "undefined" else (here.expr.value,)
    found = items_of(project, here)
    if not found.complete:
        neutral = symbol_of(project, here)
        return ("neutral",) if isinstance(neutral, Ext) and neutral.name == "VERSION_NEUTRAL" else (None,)
    return tuple(v for item in found.items for v in versions_of(project, item))


@question
def method_versions(project: Project, handler: Handler) -> tuple[str | None, ...]:
    method = method_of(project, handler.declared, handler.method)
    for deco in reversed(executed(project, handler.declared.path, method.decorators)) if method else ():
        if deco.is_from(NEST, "Version") and (here := deco.arg(0)) is not None:
            return versions_of(project, here)
    return ()


def class_with_method(project: Project, handler: Handler) -> tuple[Class, ...]:
    """The class that declares a handler's method; empty if it went away."""
    cls = class_of(project, handler.declared)
    return (cls,) if cls is not None and own_method(cls, handler.method) else ()


@question
def taken_by(project: Project, handler: Handler) -> tuple[tuple[int, str, tuple[Decorator, ...]], ...]:
    """The positions of a handler's decorated parameters, with the decorators and the file that they are in.

    Decorators of parameters are kept by class and method name, so an override has those of the method that it
    overrides, too.
    """
    line = lineage(project, handler.controller).refs
    below = line[line.index(handler.declared) :] if handler.declared in line else (handler.declared,)
    found: dict[int, tuple[int, str, tuple[Decorator, ...]]] = {}
    for base in below:
        method = method_of(project, base, handler.method)
        for position, param in enumerate(method.params if method else ()):
            if param.decorators:
                found.setdefault(position, (position, base.path, param.decorators))
    return tuple(found[position] for position in sorted(found))
