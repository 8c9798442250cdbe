"""The inputs of handlers: what each parameter takes from the request, of which type, through which pipes."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import (
    NOWHERE,
    Arr,
    At,
    Decorator,
    Fn,
    Lit,
    Member,
    Name,
    Obj,
    Opaque,
    Param,
    Type,
    string,
)
from nestwise.project.model.callers import RABBIT
from nestwise.project.model.classes import NEST, declaring, head_of, method_of
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.handlers import Handler, handlers_of, taken_by
from nestwise.project.model.pipes import Pipe, pipe_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, class_of, symbol_of, value_of
from nestwise.project.model.types import Meant, meant

_SOURCES = {
    (NEST, "Body"): "body",
    (NEST, "RawBody"): "rawBody",
    (NEST, "Query"): "query",
    (NEST, "Param"): "param",
    (NEST, "Headers"): "headers",
    (NEST, "UploadedFile"): "file",
    (NEST, "UploadedFiles"): "files",
    (NEST, "Session"): "session",
    (NEST, "HostParam"): "host",
    (NEST, "Ip"): "ip",
    (NEST, "Req"): "request",
    (NEST, "Request"): "request",
    (NEST, "Res"): "response",
    (NEST, "Response"): "response",
    (NEST, "Next"): "next",
    ("@nestjs/graphql", "Args"): "args",
    ("@nestjs/graphql", "Parent"): "parent",
    ("@nestjs/graphql", "Root"): "parent",
    ("@nestjs/graphql", "Context"): "context",
    ("@nestjs/graphql", "Info"): "info",
    ("@nestjs/websockets", "MessageBody"): "payload",
    ("@nestjs/websockets", "ConnectedSocket"): "socket",
    ("@nestjs/microservices", "Payload"): "payload",
    ("@nestjs/microservices", "Ctx"): "context",
    (RABBIT, "RabbitPayload"): "payload",
    (RABBIT, "RabbitHeader"): "headers",
    (RABBIT, "RabbitRequest"): "context",
    ("nest-keycloak-connect", "AuthenticatedUser"): "custom",
    ("nestjs-paginate", "Paginate"): "custom",
    ("nestjs-real-ip", "RealIP"): "ip",
    ("nestjs-i18n", "I18n"): "context",
    ("nestjs-i18n", "I18nLang"): "context",
}
PIPED = frozenset({"body", "rawBody", "query", "param", "file", "files", "custom", "args", "payload"})
"""Sources whose values go through pipes; Nest hands the others over as they are."""
_SHOWN = PIPED | {"headers", "session", "host"}


class Input(Struct, frozen=True, cache_hash=True):
    """One decorated parameter of a handler."""

    handler: Handler
    position: int
    source: str
    """body, query, param, headers, file, args, payload …; custom for a `createParamDecorator`, unknown
    under a decorator that cannot be read."""
    key: str
    """What it takes of the source (`@Body('user')`); empty for the whole, `?` for one that is computed."""
    name: str
    """The parameter's name; empty for a destructured one."""
    type: Type | None
    meant: Meant
    pipes: tuple[Pipe, ...] = ()
    """Those on the parameter, in a composed decorator too."""
    at: At = NOWHERE
    """The parameter's name or pattern, in the file of `handler.declared`."""

    @property
    def piped(self) -> bool:
        return self.source in PIPED

    @property
    def shown(self) -> bool:
        """Does it take data that the client sends?"""
        return self.source in _SHOWN

    @property
    def label(self) -> str:
        return self.key or self.name


@question
def inputs_of(project: Project, handler: Handler) -> tuple[Input, ...]:
    """The inputs of a handler, in the order of its parameters."""
    cls = head_of(project, handler.declared)
    method = method_of(project, handler.declared, handler.method)
    if cls is None or method is None:
        return ()
    found = [
        _input(project, handler, position, method.params[position], cls.type_params, path, decorators)
        for position, path, decorators in taken_by(project, handler)
        if position < len(method.params)
    ]
    inputs = tuple(i for i in found if i is not None)
    if inputs or handler.internal:
        return inputs
    return tuple(
        _plain(project, handler, position, source, param, cls.type_params)
        for position, (source, param) in enumerate(zip(_undecorated(handler), method.params, strict=False))
    )


def _undecorated(handler: Handler) -> tuple[str, ...]:
    """What Nest hands to a method without decorated parameters, through the pipes as if they had any."""
    if handler.kind == "gateway":
        return ("socket", "payload")
    if handler.brokered:
        return ()  # they get the message past all pipes
    return ("payload", "context") if handler.kind in ("message", "event") else ()


def _plain(
    project: Project, handler: Handler, position: int, source: str, param: Param, params: tuple[str, ...]
) -> Input:
    kind = meant(project, handler.declared.path, param.type, params)
    return Input(handler, position, source, "", param.name, param.type, kind, (), param.name_at)


@question
def inputs_in(project: Project, path: str) -> tuple[Input, ...]:
    """The inputs of all handlers that the classes of a file expose, inherited ones included."""
    return tuple(
        i
        for cls in project.facts(path).classes
        if not cls.inside and cls.decorators
        for handler in dict.fromkeys(handlers_of(project, Ref(path, cls.name)))
        for i in inputs_of(project, handler)
    )


def _input(
    project: Project,
    handler: Handler,
    position: int,
    param: Param,
    params: tuple[str, ...],
    path: str,
    decorators: tuple[Decorator, ...],
) -> Input | None:
    """`path` is the file of the decorators."""
    source = key = ""
    pipes: list[Pipe] = []
    for one in applied(project, path, decorators):
        found = _source(one)
        if found is None or (source and found == "unknown"):
            continue
        source = found
        key, given = _arguments(project, one)
        pipes += (pipe_of(project, here) for here in given)
        if not one.certain:
            pipes.append(Pipe("unknown", "?"))
    if not source:
        return None
    return Input(
        handler,
        position,
        source,
        key,
        param.name,
        param.type,
        meant(project, handler.declared.path, param.type, params),
        tuple(pipes),
        param.name_at,
    )


def _source(one: Applied) -> str | None:
    """Where a parameter decorator takes its value from; None for one that only documents."""
    symbol = one.symbol
    if isinstance(symbol, Ref):
        return "custom"
    if not isinstance(symbol, Ext):
        return "unknown"
    known = _SOURCES.get((symbol.package, symbol.name))
    if known is not None:
        return known
    if symbol.package == NEST and symbol.name in ("Inject", "Optional", "UsePipes"):
        return None
    return None if symbol.package == "@nestjs/swagger" else "unknown"


def _arguments(project: Project, one: Applied) -> tuple[str, tuple[Here, ...]]:
    """The key, and what stands after it (or in its place): pipes. An object is options, never a pipe."""
    key = ""
    pipes: list[Here] = []
    for position, arg in enumerate(one.args):
        here = value_of(project, arg)
        text = string(here.expr)
        if text is not None:
            key = key or text
        elif isinstance(here.expr, Obj):  # `@Args({ name: 'input', type: () => Input })`
            name = here.expr.get("name") if position == 0 else None
            key = (string(value_of(project, Here(here.path, name)).expr) or "?") if name else key
        elif position == 0 and isinstance(here.expr, Opaque):
            key = "?"
        elif not isinstance(here.expr, Lit | Fn) and not (position == 0 and _is_data(project, one, arg)):
            pipes.append(arg)
    return key, tuple(pipes)


def _is_data(project: Project, one: Applied, arg: Here) -> bool:
    """Is the first argument of a decorator of the project's own data for it, rather than a pipe? So is what
    has no `transform`."""
    if not isinstance(one.symbol, Ref):
        return False
    symbol = symbol_of(project, arg)
    if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
        return isinstance(value_of(project, arg).expr, Arr | Name | Member)
    return declaring(project, symbol, "transform") is None


__all__ = ["PIPED", "Input", "inputs_in", "inputs_of"]
