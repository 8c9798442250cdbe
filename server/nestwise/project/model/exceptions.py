"""Errors: which classes are some, and which of them Nest turns into a response of HTTP."""

from __future__ import annotations

from nestwise.project.extract_bodies import BODIES
from nestwise.project.facts import Call, Function, New
from nestwise.project.model.classes import NEST, lineage
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
    followed,
    symbol_of,
)

STATUS = {
    "BadRequestException": 400, "UnauthorizedException": 401, "ForbiddenException": 403,
    "NotFoundException": 404, "MethodNotAllowedException": 405, "NotAcceptableException": 406,
    "RequestTimeoutException": 408, "ConflictException": 409, "GoneException": 410,
    "PreconditionFailedException": 412, "PayloadTooLargeException": 413,
    "UnsupportedMediaTypeException": 415, "ImATeapotException": 418, "MisdirectedException": 421,
    "UnprocessableEntityException": 422, "InternalServerErrorException": 500,
    "NotImplementedException": 501, "BadGatewayException": 502, "ServiceUnavailableException": 503,
    "GatewayTimeoutException": 504, "HttpVersionNotSupportedException": 505,
}  # fmt: skip
"""Nest's exceptions of HTTP with the status that each sends."""
_NATIVE = frozenset(
    "Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError".split()
)
_OTHERS = {("@nestjs/microservices", "RpcException"): "rpc", ("@nestjs/websockets", "WsException"): "ws"}


@question
def error_kind(project: Project, symbol: Symbol) -> str:
    """Of a class: `http` (Nest's exceptions and what extends them), `rpc`, `ws`, `error` for any other error;
    empty for what is none, or cannot be told."""
    symbol = followed(project, symbol)
    if isinstance(symbol, Ref):
        base = lineage(project, symbol).base if class_of(project, symbol) is not None else None
        return _outside(base) if isinstance(base, Ext) else ""
    return _outside(symbol) if isinstance(symbol, Ext) else ""


def _outside(symbol: Ext) -> str:
    if symbol.package == NEST:
        return "http" if symbol.name in STATUS or symbol.name == "HttpException" else ""
    if not symbol.package:
        return "error" if symbol.name in _NATIVE else ""
    name = symbol.name.rpartition(".")[2]
    other = _OTHERS.get((symbol.package, name))
    return other or ("error" if name.endswith(("Error", "Exception")) else "")


def made_error(project: Project, here: Here, depth: int = 0) -> tuple[Symbol, str] | None:
    """The class of the error that an expression makes, with its kind: `new NotFoundException()`, or a call of
    a function of the workspace that gives back nothing else."""
    if depth > 3 or not isinstance(here.expr, (New, Call)):
        return None
    symbol = symbol_of(project, Here(here.path, here.expr.callee))
    if isinstance(here.expr, New):
        kind = error_kind(project, symbol)
        return (symbol, kind) if kind else None
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    bodies = project.detail(symbol.path, BODIES) if isinstance(symbol, Ref) else None
    whole = bodies.of(item.name) if bodies is not None and isinstance(item, Function) else None
    if whole is None or not isinstance(symbol, Ref) or whole.body.throws or not whole.body.returns:
        return None
    made = [made_error(project, Here(symbol.path, r), depth + 1) for r in whole.body.returns]
    return made[0] if all(made) else None


__all__ = ["STATUS", "error_kind", "made_error"]
