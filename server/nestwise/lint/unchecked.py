"""Inputs of handlers that nothing checks: neither a pipe, nor the handler itself, by what its body does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nestwise.lint.file import File
from nestwise.project.facts import Class, Method
from nestwise.project.model.classes import method_decorators, own_method
from nestwise.project.model.decorators import Applied
from nestwise.project.model.foreign import checks_itself, is_foreign, refuses_itself
from nestwise.project.model.inputs import Input
from nestwise.project.model.project import Project
from nestwise.project.model.shapes import shape_of
from nestwise.project.model.symbols import Ext, Ref, class_of, followed, resolve
from nestwise.project.model.validation import Effect, inputs_at

_FORWARDS = re.compile(
    rb"\bfetch\(|\baxios\b|\bhttp(?:Service|Client)?\.|\b\w*[cC]lient\b|\bURLSearchParams\(|\.pipe\("
)
"""The handler sends the value on to another server."""
_HELPER = re.compile(rb"\bthis\.(\w+)\(")
_CREATES = re.compile(rb"\b([A-Z]\w*)\.create\(")
_CHECKING = re.compile(r"valid|schema|zod|joi|verif|signature", re.I)
_KNOWN = (
    "@nestjs/", "class-", "typeorm", "nestjs-", "@sentry/", "@willsoto/", "@casl/", "nest-", "@fastify/",
    "@liaoliaots/", "@apollo/", "@as-integrations/", "cache-manager",
)  # fmt: skip
"""Packages whose decorators of handlers validate nothing, unless their name says so."""


def unchecked_inputs(
    file: File, project: Project, wanted: Callable[[Input, Effect], bool], *, keyed: bool = False
) -> Iterator[tuple[Input, Effect, Method]]:
    """Whole bodies and queries of the handlers that a file declares, under no pipe that could check a value
    without its class, and of which the handler checks nothing itself: those that are `wanted`, once each.
    Parts of them (`@Body('user')`) only if `keyed`."""
    told: set[tuple[str, str, int]] = set()
    for given, effect in inputs_at(project, file.path):
        handler = given.handler
        place = (handler.declared.name, handler.method, given.position)
        if place in told or not _is_open(given, effect, keyed) or not wanted(given, effect):
            continue
        told.add(place)
        for cls in file.facts.classes:
            method = own_method(cls, handler.method) if cls.name == handler.declared.name else None
            if method is None or given.position >= len(method.params):
                continue
            if not _handled(given, cls, method, file, project):
                yield given, effect, method


def _is_open(given: Input, effect: Effect, keyed: bool) -> bool:
    if given.source not in ("body", "query") or (given.key and not keyed) or given.handler.verb == "ALL":
        return False
    return not effect.other and not given.pipes


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
    if checks_itself(body) or (name and _is_commanded(body, name, file, project)):
        return True
    whole = rb"\w*[vV]alid\w*\([^;{}]*\b" + name + rb"\b(?!\s*[.\[])"
    return bool(name and re.search(whole, body))


def _is_commanded(body: bytes, name: bytes, file: File, project: Project) -> bool:
    """Does all that is used of the input go into a class that checks it when it is made, as commands of a use
    case do: `CreateUserCommand.create({ email: body.email })`?"""
    keys = {key.decode() for key in re.findall(rb"\b(\w+)\s*:\s*" + name + rb"\??\.\w+\s*[,}]", body)}
    uses = len(re.findall(rb"\b" + name + rb"\b", body))
    if not keys or uses != len(keys):
        return False
    for made in _CREATES.findall(body):
        symbol = followed(project, resolve(project, file.path, made.decode()))
        shape = shape_of(project, symbol) if isinstance(symbol, Ref) and class_of(project, symbol) else None
        props = {p.name for p in shape.data if p.marks.checked} if shape is not None else set()
        if keys <= props:
            return True
    return False


def _body(file: File, method: Method) -> bytes:
    return file.data[method.body_at.start : method.body_at.end]


def _may_check(one: Applied) -> bool:
    symbol = one.symbol
    if isinstance(symbol, Ext):
        return bool(_CHECKING.search(symbol.name)) or not symbol.package.startswith(_KNOWN)
    return not isinstance(symbol, Ref) or bool(_CHECKING.search(symbol.name))
