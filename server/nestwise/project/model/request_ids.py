"""What is logged of requests: do they have ids, and does anything log them as a whole?"""

from __future__ import annotations

import re

from nestwise.project.extract_bodies import METHODS
from nestwise.project.facts import New, Obj, dotted, literal
from nestwise.project.kinds import Kind, says_request_id
from nestwise.project.model.applications import Application
from nestwise.project.model.classes import NEST
from nestwise.project.model.logger_uses import folder_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, symbol_of, value_of

_LOGGING = re.compile(r"Log(?:ger|ging)?(?![a-z])|Audit|Activity")
_MODULES = ("winston", "nest-winston", "pino", "bunyan")


@question
def numbers_requests(project: Project) -> bool:
    """Does anything in the workspace give requests an id, or read one, or import what does?"""
    if project.with_kind(Kind.REQUEST_ID):
        return True
    for path in dict.fromkeys((*project.with_kind(Kind.INTERCEPTOR), *project.with_kind(Kind.LOGGER))):
        methods = project.detail(path, METHODS)
        if methods is None or any(says_request_id(f.body.words) for f in methods.functions):
            return True
    return False


@question
def structured_logger(project: Project, package: str) -> str:
    """The module of a structured logger that a package (by its folder) imports; empty for none."""
    for path in project.with_kind(Kind.STRUCTURED):
        if folder_of(project, path) == package:
            modules = {i.module for i in project.facts(path).imports}
            return next(
                (m for m in ("winston", "nest-winston", "pino", "bunyan") if m in modules), "nestjs-pino"
            )
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
