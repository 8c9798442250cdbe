"""Calls that may fail with consequences: writes to the data, HTTP requests, messages to queues."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.project.facts import Call, Class, New, TName, dotted
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ext, Ref, declaration, followed, resolve
from nestwise.syntax.nodes import ancestors, callee_of, child

_REMOTE = {
    "axios": "request", "@nestjs/axios": "request", "got": "request", "undici": "request", "ky": "request",
    "node-fetch": "request", "superagent": "request", "needle": "request", "stripe": "request",
    "twilio": "request", "resend": "request", "@sendgrid/mail": "mail", "nodemailer": "mail",
    "@nestjs-modules/mailer": "mail", "bull": "job", "bullmq": "job", "@nestjs/microservices": "message",
    "kafkajs": "message", "amqplib": "message", "@golevelup/nestjs-rabbitmq": "message",
}  # fmt: skip
"""What clients of packages send."""
_SENT = {"job": ("add", "addBulk"), "message": ("emit", "send", "publish", "sendToQueue", "request")}
"""The methods that send, where a client has others, too."""
_CHAINED = frozenset("then catch finally pipe toPromise subscribe".split())


class Risk(Struct, frozen=True):
    call: str
    """As written, without arguments."""
    kind: str
    """write, request, mail, job or message."""


def risky_call(file: File, project: Project, region: Node, waited: bool = False) -> Risk | None:
    """The first call in a region that writes or sends, proven by what it reaches; what catches its own errors
    is left out. `waited`: only what the region waits for."""
    calls = [(call, path_of(file, callee_of(call))) for call in calls_in(region)]
    calls = [(call, path) for call, path in calls if path and (not waited or _is_waited(call, region))]
    for call, path in calls:
        if kind := _sends(file, project, call, path):
            return Risk(path, kind)
    if not calls:
        return None
    written, deep = _writes(file, project, region)
    for _, path in calls:
        if path in written or path.rpartition(".")[2] in deep:
            return Risk(path, "write")
    return None


def _is_waited(call: Node, region: Node) -> bool:
    """Does the region wait for the call, or for what it is a part of?"""
    for outer in ancestors(call):
        if outer.type == "await_expression" or is_awaited_list(outer, call):
            return True
        if outer.id == region.id:
            return False
    return False


def is_awaited_list(loop: Node, node: Node) -> bool:
    """Is a node in the list that a `for await` goes through?"""
    if loop.type != "for_in_statement" or all(c.type != "await" for c in loop.children):
        return False
    right = child(loop, "right")
    return right is not None and right.start_byte <= node.start_byte < right.end_byte


def calls_in(region: Node) -> Iterator[Node]:
    """The calls in a region without those whose errors it catches itself."""
    stack = [region]
    while stack:
        node = stack.pop()
        if node.type == "call_expression":
            yield node
        if node.type == "try_statement" and node.id != region.id:
            stack += [n for f in ("handler", "finalizer") if (n := child(node, f)) is not None]
        else:
            stack.extend(reversed(node.named_children))


def path_of(file: File, callee: Node | None, depth: int = 0) -> str:
    """A callee without arguments, as effects name it: `this.users.save`, `this.db.insertInto().values`."""
    if callee is None or depth > 12:
        return ""
    if callee.type == "member_expression":
        return (
            f"{path_of(file, child(callee, 'object'), depth + 1)}.{file.text_of(child(callee, 'property'))}"
        )
    if callee.type == "call_expression":
        return f"{path_of(file, callee_of(callee), depth + 1)}()"
    if callee.type in ("non_null_expression", "await_expression"):
        return path_of(file, callee.named_children[0], depth + 1) if callee.named_children else ""
    return file.text_of(callee) if callee.type in ("identifier", "this") else "(…)"


def _writes(file: File, project: Project, region: Node) -> tuple[set[str], set[str]]:
    """What the method around a region calls that writes: by the whole path, and methods of the workspace by
    their name."""
    from nestwise.project.model.effects import effects_of, own_effects  # what few checks ask for

    cls = file.class_at(region)
    if cls is None or cls.inside:
        return set(), set()
    method = next((m for m in cls.methods if m.at.start <= region.start_byte < m.at.end), None)
    if method is None:
        return set(), set()
    ref = Ref(file.path, cls.name)
    own = own_effects(project, ref, method.name)
    deep = {
        call.method
        for call in own.calls
        if (call.ref, call.method) != (ref, method.name) and effects_of(project, call.ref, call.method).writes
    }
    return {effect.call for effect in own.writes}, deep


def _sends(file: File, project: Project, call: Node, path: str) -> str:
    head, _, rest = path.partition(".")
    name = path.rpartition(".")[2]
    if name in _CHAINED:
        return ""
    if head == "fetch" and not rest:
        own = any(i.local == "fetch" for i in file.facts.imports)
        return "request" if not own or _kind(resolve(project, file.path, head)) else ""
    symbol: object = None
    if head == "this" and rest:
        symbol = _member(file, project, call, rest.partition(".")[0])
    elif head.isidentifier():
        symbol = resolve(project, file.path, head)
        item = declaration(project, symbol) if isinstance(symbol, Ref) else None
        value = getattr(item, "value", None)
        if isinstance(symbol, Ref) and isinstance(value, (New, Call)):
            symbol = resolve(project, symbol.path, dotted(value.callee))
    kind = _kind(symbol)
    return kind if kind not in _SENT or name in _SENT[kind] else ""


def _kind(symbol: object) -> str:
    if not isinstance(symbol, Ext):
        return ""
    if symbol.package == "@nestjs/microservices" and not symbol.name.startswith("Client"):
        return ""
    return _REMOTE.get(symbol.package, "request" if symbol.package.startswith("@aws-sdk/client-") else "")


def _member(file: File, project: Project, node: Node, name: str) -> object:
    cls: Class | None = file.class_at(node)
    if cls is None:
        return None
    for param in cls.ctor or ():
        if param.access and param.name == name and isinstance(param.type, TName):
            return followed(project, resolve(project, file.path, param.type.name))
    for prop in cls.properties:
        if prop.name == name and isinstance(prop.value, (New, Call)):
            return followed(project, resolve(project, file.path, dotted(prop.value.callee)))
        if prop.name == name and isinstance(prop.type, TName):
            return followed(project, resolve(project, file.path, prop.type.name))
    return None
