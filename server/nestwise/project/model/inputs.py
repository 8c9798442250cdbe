"""The inputs of handlers: what each parameter takes from the request, of which type, through which pipes."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import NOWHERE, At, Lit, Obj, Opaque, Param, Type, string
from nestwise.project.model.classes import NEST, head_of, method_of
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.handlers import Handler, handlers_of
from nestwise.project.model.pipes import Pipe, pipe_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, value_of
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
        _input(project, handler, position, param, cls.type_params)
        for position, param in enumerate(method.params)
        if param.decorators
    ]
    return tuple(i for i in found if i is not None)


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
    project: Project, handler: Handler, position: int, param: Param, params: tuple[str, ...]
) -> Input | None:
    path = handler.declared.path
    source = key = ""
    pipes: list[Pipe] = []
    for one in applied(project, path, param.decorators):
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
        meant(project, path, param.type, params),
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
    """The key, and what stands after it (or in its place): pipes."""
    key = ""
    pipes: list[Here] = []
    for position, arg in enumerate(one.args):
        here = value_of(project, arg)
        text = string(here.expr)
        if text is not None:
            key = key or text
        elif position == 0 and isinstance(here.expr, Obj):  # `@Args({ name: 'input', type: () => Input })`
            name = here.expr.get("name")
            key = (string(value_of(project, Here(here.path, name)).expr) or "?") if name else ""
        elif position == 0 and isinstance(here.expr, Opaque):
            key = "?"
        elif not isinstance(here.expr, Lit):
            pipes.append(arg)
    return key, tuple(pipes)


__all__ = ["PIPED", "Input", "inputs_in", "inputs_of"]
