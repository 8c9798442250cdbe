"""Handlers: the methods that Nest calls for a request, a message, an event or a schedule."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct

from nestwise.project.facts import Arr, Class, Lit, Obj, string
from nestwise.project.model.classes import (
    NEST,
    class_decorators,
    lineage,
    method_decorators,
    own_method,
    role_of_class,
)
from nestwise.project.model.decorators import Applied
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, class_of, items_of, value_of

VERBS = {
    "Get": "GET", "Post": "POST", "Put": "PUT", "Patch": "PATCH", "Delete": "DELETE", "Options": "OPTIONS",
    "Head": "HEAD", "All": "ALL", "Search": "SEARCH", "Sse": "GET", "Propfind": "PROPFIND",
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
    """HTTP method, or the GraphQL operation, in capitals."""
    paths: tuple[str | None, ...]
    """Relative to the controller, without outer slashes; None for one that cannot be told."""

    @property
    def name(self) -> str:
        return f"{self.controller.name}.{self.method}"


@dataclass(frozen=True, slots=True)
class Versioned:
    """`version:` of a controller or `@Version()` of a method; empty where there is none."""

    versions: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class ControllerOptions:
    paths: tuple[str | None, ...] = ("",)
    versions: tuple[str | None, ...] = ()
    host: bool = False


def handlers_in(project: Project, path: str) -> tuple[Handler, ...]:
    """The handlers that the controllers, resolvers, gateways and providers of a file expose."""
    return tuple(
        h
        for cls in project.facts(path).classes
        if not cls.inside and cls.decorators
        for h in handlers_of(project, Ref(path, cls.name))
    )


@question
def handlers_of(project: Project, ref: Ref) -> tuple[Handler, ...]:
    """The handlers of a decorated class, its own before inherited ones; an override hides its base's."""
    role = role_of_class(project, ref)
    if role not in ("controller", "resolver", "gateway", "injectable"):
        return ()
    out: list[Handler] = []
    seen: set[str] = set()
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        for method in cls.methods if cls else ():
            if method.static or method.name in seen or method.kind:
                continue
            seen.add(method.name)
            if method.decorators:
                out += _handlers(project, ref, base, method.name, role)
    return tuple(out)


def _handlers(project: Project, ref: Ref, base: Ref, method: str, role: str) -> list[Handler]:
    out: list[Handler] = []
    for deco in method_decorators(project, base, method):
        symbol = deco.symbol
        if not isinstance(symbol, Ext):
            continue
        if symbol.package == NEST and symbol.name in VERBS and role == "controller":
            paths = _paths(project, deco.arg(0))
            out.append(Handler(ref, method, base, "http", VERBS[symbol.name], paths))
        elif (kind := _KINDS.get((symbol.package, symbol.name))) is not None:
            out.append(Handler(ref, method, base, kind, symbol.name.upper(), _paths(project, deco.arg(0))))
    return out


def _paths(project: Project, here: Here | None) -> tuple[str | None, ...]:
    if here is None:
        return ("",)
    here = value_of(project, here)
    if isinstance(here.expr, Lit):
        text = string(here.expr)
        return ("" if text is None else text.strip("/"),)
    if isinstance(here.expr, Arr):
        found = items_of(project, here)
        if not found.complete:
            return (None,)
        return tuple(p for item in found.items for p in _paths(project, item)) or ("",)
    return (None,)


@question
def controller_options(project: Project, ref: Ref) -> ControllerOptions:
    """What `@Controller(…)` says; decorators of a class are its own, Nest does not inherit the path."""
    for deco in class_decorators(project, ref):
        if deco.is_from(NEST, "Controller"):
            return _options(project, deco)
    return ControllerOptions((None,))


def _options(project: Project, deco: Applied) -> ControllerOptions:
    here = deco.arg(0)
    if here is None:
        return ControllerOptions()
    here = value_of(project, here)
    if not isinstance(here.expr, Obj):
        return ControllerOptions(_paths(project, here))
    path, version = here.expr.get("path"), here.expr.get("version")
    return ControllerOptions(
        _paths(project, Here(here.path, path)) if path is not None else ("",),
        versions_of(project, Here(here.path, version)) if version is not None else (),
        here.expr.get("host") is not None,
    )


def versions_of(project: Project, here: Here) -> tuple[str | None, ...]:
    here = value_of(project, here)
    if isinstance(here.expr, Lit):
        return (here.expr.value,)
    found = items_of(project, here)
    if not found.complete:
        from nestwise.project.model.symbols import symbol_of

        neutral = symbol_of(project, here)
        return ("neutral",) if isinstance(neutral, Ext) and neutral.name == "VERSION_NEUTRAL" else (None,)
    return tuple(v for item in found.items for v in versions_of(project, item))


@question
def method_versions(project: Project, handler: Handler) -> tuple[str | None, ...]:
    for deco in method_decorators(project, handler.declared, handler.method):
        if deco.is_from(NEST, "Version") and (here := deco.arg(0)) is not None:
            return versions_of(project, here)
    return ()


def class_with_method(project: Project, handler: Handler) -> tuple[Class, ...]:
    """The class that declares a handler's method; empty if it went away."""
    cls = class_of(project, handler.declared)
    return (cls,) if cls is not None and own_method(cls, handler.method) else ()
