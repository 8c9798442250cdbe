import re
from collections.abc import Iterator

from nestwise.api import (
    Applied,
    Class,
    Effect,
    Ext,
    File,
    Finding,
    Input,
    Meant,
    Method,
    Project,
    Ref,
    checks_itself,
    inputs_at,
    is_foreign,
    method_decorators,
    own_method,
    refuses_itself,
    rule,
)

_FORWARDS = re.compile(
    rb"\bfetch\(|\baxios\b|\bhttp(?:Service|Client)?\.|\b\w*[cC]lient\b|\bURLSearchParams\(|\.pipe\("
)
"""The handler sends the value on to another server."""
_HELPER = re.compile(rb"\bthis\.(\w+)\(")
_CHECKING = re.compile(r"valid|schema|zod|joi|verif|signature", re.I)
_KNOWN = (
    "@nestjs/", "class-", "typeorm", "nestjs-", "@sentry/", "@willsoto/", "@casl/", "nest-", "@fastify/",
    "@liaoliaots/", "@apollo/", "@as-integrations/", "cache-manager",
)  # fmt: skip
"""Packages whose decorators of handlers validate nothing, unless their name says so."""


@rule(level="warning", since="0.1.0")
def untyped_input(file: File, project: Project) -> Iterator[Finding]:
    told: set[tuple[str, str, int]] = set()
    for given, effect in inputs_at(project, file.path):
        handler = given.handler
        place = (handler.declared.name, handler.method, given.position)
        if place in told or not _is_open(given, effect):
            continue
        told.add(place)
        for cls in file.facts.classes:
            method = own_method(cls, handler.method) if cls.name == handler.declared.name else None
            if method is None or given.position >= len(method.params):
                continue
            if not _handled(given, cls, method, file, project):
                yield Finding(method.params[given.position].name_at.span, _message(given))


def _is_open(given: Input, effect: Effect) -> bool:
    """Is it a whole body or query whose type has no class, with no pipe that could do without one?"""
    if given.source not in ("body", "query") or given.key or given.handler.verb == "ALL":
        return False
    return not effect.other and not given.pipes and bool(_named(given.meant.element))


def _named(kind: Meant) -> str:
    match kind.kind:
        case "none":
            return "has no type"
        case "inline":
            return "is of an inline type"
        case "open" if not kind.aliased:
            return f"is of type `{kind.name}`"
        case _:
            return ""


def _handled(given: Input, cls: Class, method: Method, file: File, project: Project) -> bool:
    """Does somebody else make the format, or does the handler check the value itself, or not use it?"""
    handler = given.handler
    if is_foreign(handler, method):
        return True
    if any(_may_check(one) for one in method_decorators(project, handler.declared, handler.method)):
        return True
    body = _body(file, method)
    name = re.escape(given.name.encode())
    if name and not re.search(rb"\b" + name + rb"\b", body):
        return True
    if _FORWARDS.search(body) or refuses_itself(body):
        return True
    helpers = {h.decode() for h in _HELPER.findall(body)}
    body = b"\n".join([body, *(_body(file, m) for m in cls.methods if m.name in helpers)])
    if checks_itself(body):
        return True
    whole = rb"\w*[vV]alid\w*\([^;{}]*\b" + name + rb"\b(?!\s*[.\[])"
    return bool(name and re.search(whole, body))


def _body(file: File, method: Method) -> bytes:
    return file.data[method.body_at.start : method.body_at.end]


def _may_check(one: Applied) -> bool:
    symbol = one.symbol
    if isinstance(symbol, Ext):
        return bool(_CHECKING.search(symbol.name)) or not symbol.package.startswith(_KNOWN)
    return not isinstance(symbol, Ref) or bool(_CHECKING.search(symbol.name))


def _message(given: Input) -> str:
    what = {"body": "the body", "query": "the query"}[given.source]
    named = f"`{given.name}`" if given.name else what.capitalize()
    return (
        f"{named} {_named(given.meant.element)}, which no pipe can validate: whatever a client sends "
        f"reaches `{given.handler.name}`. Give it a class with validators."
    )
