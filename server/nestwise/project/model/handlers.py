"""Handlers: the methods that Nest calls for a request, a message, an event or a schedule."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Arr, Class, Lit, Method, Obj, string
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
    ("@nestjs/event-emitter", "OnEvent"): "event",
    ("@nestjs/schedule", "Cron"): "cron",
    ("@nestjs/schedule", "Interval"): "cron",
    ("@nestjs/schedule", "Timeout"): "cron",
}


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
    def name(self) -> str:
        return f"{self.controller.name}.{self.method}"


class ControllerOptions(Struct, frozen=True):
    """What `@Controller(…)` says; None for a path, a version or a host that cannot be told."""

    paths: tuple[str | None, ...] = ("",)
    versions: tuple[str | None, ...] = ()
    """`neutral` for VERSION_NEUTRAL; empty for none."""
    host: str | None = ""


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
    if role not in ("controller", "resolver", "gateway", "injectable"):
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
                out += _handlers(project, ref, base, method, role)
    return tuple(out)


def _handlers(project: Project, ref: Ref, base: Ref, method: Method, role: str) -> list[Handler]:
    out: list[Handler] = []
    served: Handler | None = None
    for deco in executed(project, base.path, method.decorators):
        symbol = deco.symbol
        if not isinstance(symbol, Ext):
            continue
        if symbol.package == NEST and symbol.name in VERBS and role == "controller":
            verb, paths = _mapping(project, deco, VERBS[symbol.name])
            served = Handler(ref, method.name, base, "http", verb, paths)  # the last one executed wins
        elif (kind := _KINDS.get((symbol.package, symbol.name))) is not None:
            called_by = _called_by(project, deco, kind, method.name)
            out.append(Handler(ref, method.name, base, kind, symbol.name.upper(), called_by))
    return [served, *out] if served else out


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


def _called_by(project: Project, deco: Applied, kind: str, method: str) -> tuple[str | None, ...]:
    """What calls a handler that is not HTTP's: a field, an event, a pattern, a schedule."""
    if kind in ("graphql", "field"):
        return (_field(project, deco, method),)
    here = deco.arg(0)
    if here is None:
        return (method,) if kind == "message" else ("",)
    found = _texts(project, here)
    return tuple(_pattern(project, here) if text is None else text for text in found)


def _field(project: Project, deco: Applied, method: str) -> str | None:
    """`@Query('cats')`, `@Query(() => Cat, { name: 'cats' })`, else the method's name."""
    for given in deco.args:
        here = value_of(project, given)
        if isinstance(here.expr, Lit) and here.expr.kind == "string":
            return here.expr.value
        if isinstance(here.expr, Obj) and (name := here.expr.get("name")) is not None:
            return _texts(project, Here(here.path, name))[0]
    return method


def _pattern(project: Project, here: Here) -> str | None:
    """A pattern of a message as JSON, the way Nest's servers keep it."""
    expr = value_of(project, here).expr
    if not isinstance(expr, Obj) or not expr.closed:
        return None
    pairs = [(e.key, value_of(project, Here(here.path, e.value)).expr) for e in expr.entries]
    if not all(isinstance(v, Lit) for _, v in pairs):
        return None
    shown = [
        f'"{k}":"{v.value}"' if v.kind == "string" else f'"{k}":{v.value}'
        for k, v in pairs
        if isinstance(v, Lit)
    ]
    return "{" + ",".join(shown) + "}"


def _paths(project: Project, here: Here | None) -> tuple[str | None, ...]:
    if here is None:
        return ("",)
    return tuple(None if p is None else p.strip("/") for p in _texts(project, here))


def _texts(project: Project, here: Here) -> tuple[str | None, ...]:
    here = value_of(project, here)
    if isinstance(here.expr, Lit):
        text = string(here.expr)
        return ("" if text is None else text,)
    if isinstance(here.expr, Arr):
        found = items_of(project, here)
        if not found.complete:
            return (None,)
        return tuple(p for item in found.items for p in _texts(project, item)) or ("",)
    return (None,)


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
        _texts(project, Here(here.path, host))[0] if host is not None else "" if closed else None,
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
