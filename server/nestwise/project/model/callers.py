"""What calls a handler that is not HTTP's: a field, an event, a pattern, a procedure, a queue, a schedule."""

from __future__ import annotations

from nestwise.project.facts import Arr, Lit, Obj, string
from nestwise.project.model.classes import class_decorators, lineage
from nestwise.project.model.decorators import Applied
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, items_of, symbol_of, value_of

_QUEUES = ("@nestjs/bull", "@nestjs/bullmq")
RABBIT = "@golevelup/nestjs-rabbitmq"


def called_by(
    project: Project, ref: Ref, declared: Ref, deco: Applied, kind: str, method: str
) -> tuple[str | None, ...]:
    """What calls a method of a class under a decorator; `declared` is the class that has the method."""
    if kind in ("graphql", "field"):
        return (_field(project, deco, method),)
    here = deco.arg(0)
    if isinstance(deco.symbol, Ext) and deco.symbol.name.startswith("Grpc"):
        return (_procedure(project, declared, deco, method),)
    if deco.is_from("@nestjs/bull", "Process"):
        job = _job(project, here) if here is not None else ""
        queue = queue_of(project, ref)
        return (None if queue is None or job is None else f"{queue}/{job}".rstrip("/"),)
    if here is None:
        return ("",)
    if isinstance(deco.symbol, Ext) and deco.symbol.package == RABBIT:
        return _routed(project, here)
    if kind == "cron":
        return (_schedule(project, deco.args),)
    found = texts_of(project, here)
    return tuple(_pattern(project, here) if text is None else text for text in found)


def _routed(project: Project, here: Here) -> tuple[str | None, ...]:
    """The routing keys of `@RabbitSubscribe({ exchange, routingKey, queue })`, else its queue."""
    options = value_of(project, here)
    if not isinstance(options.expr, Obj) or not options.expr.closed:
        return (None,)
    named = options.expr.get("routingKey") or options.expr.get("queue") or options.expr.get("name")
    return texts_of(project, Here(options.path, named)) if named is not None else ("",)


def _schedule(project: Project, args: tuple[Here, ...]) -> str | None:
    """`0 0 * * *`, `1000`, `EVERY_HOUR`; a name may come before the milliseconds."""
    here = args[0]
    if len(args) > 1 and string(value_of(project, here).expr) and _is_number(project, args[1]):
        here = args[1]
    symbol = symbol_of(project, here)
    if isinstance(symbol, Ext) and symbol.package == "@nestjs/schedule":
        return symbol.name.rpartition(".")[2]
    return texts_of(project, here)[0]


def _is_number(project: Project, here: Here) -> bool:
    expr = value_of(project, here).expr
    return isinstance(expr, Lit) and expr.kind == "number"


def _procedure(project: Project, ref: Ref, deco: Applied, method: str) -> str | None:
    """`Service/Method` of a gRPC handler; what is left out is the class's and the method's name."""
    given = [texts_of(project, here)[0] for here in deco.args[:2]]
    if None in given:
        return None
    service, procedure, *_ = (*given, "", "")
    named = procedure if service and procedure else method[:1].upper() + method[1:]
    return f"{service or ref.name}/{named}"


def queue_of(project: Project, ref: Ref) -> str | None:
    """The queue of `@Processor('mail')` or `@Processor({ name: 'mail' })`; None if it cannot be told."""
    for deco in class_decorators(project, ref):
        if deco.is_from(_QUEUES[0], "Processor") or deco.is_from(_QUEUES[1], "Processor"):
            here = deco.arg(0)
            return _job(project, here) if here is not None else ""
    return None


@question
def namespace_of(project: Project, ref: Ref) -> str | None:
    """The namespace of a gateway, its own or that of its nearest base that is one; empty for none, None if it
    cannot be told."""
    for base in lineage(project, ref).refs:
        for deco in reversed(class_decorators(project, base)):
            if deco.is_from("@nestjs/websockets", "WebSocketGateway"):
                return _namespace(project, deco)
    return ""


def _namespace(project: Project, deco: Applied) -> str | None:
    """`@WebSocketGateway({ namespace: 'chat' })`, `@WebSocketGateway(81, { … })`."""
    for given in deco.args:
        value = value_of(project, given)
        if isinstance(value.expr, Obj):
            name = value.expr.get("namespace")
            if name is None:
                return "" if value.expr.closed else None
            text = texts_of(project, Here(value.path, name))[0]
            return text.strip("/") if text is not None else None
        if not isinstance(value.expr, Lit):
            return None
    return ""


def _job(project: Project, here: Here) -> str | None:
    """A name, by itself or in options."""
    value = value_of(project, here)
    if not isinstance(value.expr, Obj):
        return texts_of(project, here)[0]
    name = value.expr.get("name")
    if name is None:
        return "" if value.expr.closed else None
    return texts_of(project, Here(value.path, name))[0]


def _field(project: Project, deco: Applied, method: str) -> str | None:
    """`@Query('cats')`, `@Query(() => Cat, { name: 'cats' })`, else the method's name."""
    for given in deco.args:
        here = value_of(project, given)
        if isinstance(here.expr, Lit) and here.expr.kind == "string":
            return here.expr.value
        if isinstance(here.expr, Obj) and (name := here.expr.get("name")) is not None:
            return texts_of(project, Here(here.path, name))[0]
    return method


def _pattern(project: Project, here: Here, depth: int = 0) -> str | None:
    """A pattern of a message as the text by which Nest's servers know it, its keys in order."""
    value = value_of(project, here)
    expr = value.expr
    if isinstance(expr, Lit) and expr.kind == "string" and depth:
        return f'"{expr.value}"'
    if isinstance(expr, Lit) and expr.kind in ("number", "boolean") and depth:
        return expr.value
    if not isinstance(expr, Obj) or not expr.closed or depth > _NESTED:
        return None
    pairs = sorted((e.key, _pattern(project, Here(value.path, e.value), depth + 1)) for e in expr.entries)
    if any(shown is None for _, shown in pairs):
        return None
    return "{" + ",".join(f'"{key}":{shown}' for key, shown in pairs) + "}"


_NESTED = 5
"""Nest's own limit of objects in a pattern."""


def texts_of(project: Project, here: Here) -> tuple[str | None, ...]:
    """The texts of a name or a list of names; None for one that cannot be told, empty for nothing."""
    here = value_of(project, here)
    if isinstance(here.expr, Lit):
        return (here.expr.value if here.expr.kind in ("string", "number") else "",)
    if isinstance(here.expr, Arr):
        found = items_of(project, here)
        if not found.complete:
            return (None,)
        return tuple(p for item in found.items for p in texts_of(project, item)) or ("",)
    return (None,)
