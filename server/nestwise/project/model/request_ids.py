"""What is logged of requests: do they have ids, and does anything log them as a whole?"""

from __future__ import annotations

import re

from nestwise.project.extract_bodies import METHODS
from nestwise.project.facts import Lit, New, Obj, dotted, literal
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import Application
from nestwise.project.model.classes import NEST
from nestwise.project.model.logger_uses import folder_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, symbol_of, value_of

_NUMBERS = (
    "nestjs-pino", "pino-http", "nestjs-cls", "cls-", "express-http-context", "express-request-id",
    "@fastify/request-context", "correlation-id", "express-correlation-id", "@opentelemetry/", "nestjs-otel",
    "dd-trace", "nestjs-ddtrace", "elastic-apm-node", "newrelic", "applicationinsights", "async_hooks",
    "node:async_hooks", "@google-cloud/trace-agent", "nest-aws-xray", "aws-xray-sdk",
)  # fmt: skip
"""Modules that give each request an id, or carry one through it."""
_REQUEST_ID = re.compile(r"(?:correlation|request|req|trace)[-_]?id|traceparent|asynclocalstorage", re.I)
_LOGGING = re.compile(r"Log(?:ger|ging)?(?![a-z])|Audit|Activity")
_MODULES = ("winston", "nest-winston", "pino", "bunyan")


@question
def numbers_requests(project: Project) -> bool:
    """Does anything in the workspace give requests an id, or read one, or import what does?"""
    if any(names_request_id(project, path) for path in project.paths):
        return True
    for path in dict.fromkeys((*project.with_kind(Kind.INTERCEPTOR), *project.with_kind(Kind.LOGGER))):
        methods = project.detail(path, METHODS)
        if methods is None or any(_says_request_id(f.body.words) for f in methods.functions):
            return True
    return False


@question
def structured_logger(project: Project, package: str) -> str:
    """The module of a structured logger that a package (by its folder) imports; empty for none."""
    for path in project.with_kind(Kind.STRUCTURED):
        if folder_of(project, path) == package:
            modules = {i.module for i in project.facts(path).imports}
            return next((module for module in _MODULES if module in modules), "nestjs-pino")
    return ""


def logger_of_application(project: Project, app: Application) -> str:
    """The structured logger of an application, as people call it; empty for none."""
    if app.options is not None and isinstance(app.options.expr, Obj):
        given = app.options.expr.get("logger")
        made = value_of(project, Here(app.options.path, given)) if given is not None else None
        if made is not None and isinstance(made.expr, New) and made.expr.args:
            symbol = symbol_of(project, Here(made.path, made.expr.callee))
            first = value_of(project, Here(made.path, made.expr.args[-1])).expr
            nest = isinstance(symbol, Ext) and symbol.package == NEST and symbol.name == "ConsoleLogger"
            if nest and isinstance(first, Obj) and literal(first.get("json")):
                return f"`{dotted(made.expr.callee)}` with `json`"
    found = structured_logger(project, folder_of(project, app.path))
    return f"`{found}`" if found else ""


@question
def logs_requests(project: Project) -> bool:
    """Is there an interceptor that by its name logs, or keeps an audit trail? Wherever it is bound."""
    return any(
        _LOGGING.search(cls.name)
        for path in project.with_kind(Kind.INTERCEPTOR)
        for cls in project.facts(path).classes
        if any(m.name == "intercept" for m in cls.methods)
    )


@question
def names_request_id(project: Project, path: str) -> bool:
    """Does a file import what numbers requests, or name such a number?"""
    facts = project.facts(path)
    if any(i.module.startswith(_NUMBERS) for i in facts.imports):
        return True
    names = (
        [i.name for i in facts.imports] + [f.name for f in facts.functions] + [c.name for c in facts.consts]
    )
    names += [c.value.value for c in facts.consts if isinstance(c.value, Lit)]
    bodies = [facts.main, *(f.body for f in facts.functions)]
    for cls in facts.classes:
        names += [cls.name, *(p.name for p in cls.properties), *(m.name for m in cls.methods)]
        bodies += [m.body for m in cls.methods]
    if _REQUEST_ID.search(" ".join(names)):
        return True
    return any(body is not None and _says_request_id(body.words) for body in bodies)


def _says_request_id(words: tuple[str, ...]) -> bool:
    """Do the words of a body, those of its texts among them, name the id of a request?"""
    apart = {"x", "id"} <= set(words) and not {"request", "correlation", "trace"}.isdisjoint(words)
    return apart or _REQUEST_ID.search(" ".join(words)) is not None
