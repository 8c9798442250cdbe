import re
from collections.abc import Iterator

from nestwise.api import (
    REMOTE_PACKAGES,
    Class,
    File,
    Finding,
    Method,
    Node,
    Project,
    Ref,
    Remote,
    callee_of,
    child,
    client_moved,
    declares,
    parts_of,
    remote_call,
    remote_type,
    role_of_class,
    rule,
    span_of,
    string,
    variables,
    walk,
    watches_health,
)

_PASSES_ON = frozenset("proxy proxies proxied passthrough tunnel relay forward forwards stream".split())
_NO_CALL = re.compile(r"^\w+\.(?:isAxiosError|isCancel|create|extend)$|\.webhooks\.")
"""What clients do without calling anybody."""
_BEFORE = re.compile(rb"[^\w$.]")
_WHERE = "where no other code finds the call, its retries and its errors"


@rule(level="warning", since="0.1.0", fixes=client_moved)
def no_http_client(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not cls.decorators:
        return
    role = role_of_class(project, Ref(file.path, cls.name))
    if role not in ("controller", "resolver", "gateway") or _passes_on(cls, None):
        return
    held = [(p.name, p.type, p.name_at) for p in cls.ctor or ()]
    held += [(p.name, p.type, p.name_at) for p in cls.properties if p.decorators]
    clients = [(*one, remote) for one in held if (remote := remote_type(project, file.path, one[1]))]
    called = _reach(cls, file, project)
    if (not clients and not called) or watches_health(project, file.path, cls):
        return
    for name, _, at, remote in clients:
        if _is_used(file, cls, name):
            yield Finding(
                at.span,
                f"`{remote.name}` is injected into this {role}: its handlers call another server past the "
                f"service layer, {_WHERE}. Inject a service that makes these calls",
            )
    for node, remote in _called(cls, file, called):
        yield Finding(
            span_of(node),
            f"This {role} calls another server itself, with `{remote.name}`, {_WHERE}. "
            "Move the call to a service and inject that",
        )


def _passes_on(cls: Class, method: Method | None) -> bool:
    """Is it a proxy, as its name or path says?"""
    words = parts_of(method.name if method else cls.name)
    for deco in method.decorators if method else cls.decorators:
        words |= {w for arg in deco.args for w in parts_of(string(arg) or "")}
    return bool(words & _PASSES_ON)


def _is_used(file: File, cls: Class, name: str) -> bool:
    """Does a method that is no proxy call the client, other than to check a signature?"""
    use = re.compile(rb"\bthis\s*\.\s*" + re.escape(name.encode()) + rb"\b(?!\s*[!?]?\.\s*webhooks\b)")
    for found in use.finditer(file.data, cls.body_at.start, cls.body_at.end):
        method = next((m for m in cls.methods if m.at.start <= found.start() < m.at.end), None)
        if method is None or not _passes_on(cls, method):
            return True
    return False


def _reach(cls: Class, file: File, project: Project) -> dict[str, Remote]:
    """The clients that the file imports or holds and the class names, and `fetch`. What packages of others
    export is none; what files of the project hold begins with a small letter."""
    values = [i for i in file.facts.imports if not i.type_only and i.name not in ("", "*")]
    names = {i.local for i in values if i.module in REMOTE_PACKAGES or i.local[:1].islower()}
    names |= {c.name for c in file.facts.consts} | {"fetch"}
    body = file.data[cls.body_at.start : cls.body_at.end]
    return {
        name: found
        for name in sorted(names)
        if _says(body, name) and (found := remote_call(project, file.path, name)) is not None
    }


def _says(text: bytes, name: str) -> bool:
    """Does a text call a name, or something of it?"""
    word = name.encode()
    calls = re.finditer(re.escape(word) + rb"\s*(?:[.(<]|\?\.)", text) if word in text else ()
    return any(_BEFORE.match(text, max(found.start() - 1, 0)) for found in calls)


def _called(cls: Class, file: File, reach: dict[str, Remote]) -> Iterator[tuple[Node, Remote]]:
    """The first call of each client within the class."""
    for method in cls.methods:
        text = file.data[method.body_at.start : method.body_at.end]
        if not any(_says(text, name) for name in reach) or _passes_on(cls, method):
            continue
        body = file.source.node_at(method.body_at.span)
        for node in walk(body) if body is not None else ():
            if node.type != "call_expression":
                continue
            callee = callee_of(node)
            root = callee
            while root is not None and root.type == "member_expression":
                root = child(root, "object")
            name = file.text_of(root)
            if root is None or root.type != "identifier" or name not in reach:
                continue
            if not _NO_CALL.search(file.text_of(callee)) and not _is_hidden(file, method, name):
                yield node, reach.pop(name)


def _is_hidden(file: File, method: Method, name: str) -> bool:
    """Does the method mean something of its own by the name?"""
    if any(p.name == name or name in p.keys for p in method.params):
        return True
    body = file.source.node_at(method.body_at.span)
    return body is not None and any(file.text_of(n) == name and declares(n) for n in variables(body))
