import re
from collections.abc import Iterator

from nestwise.api import (
    Class,
    Ext,
    File,
    Finding,
    Method,
    Param,
    Project,
    Ref,
    TInter,
    TName,
    TUnion,
    Type,
    TypeDecl,
    declaration,
    lineage,
    parts_of,
    resolve,
    role_of_class,
    rule,
)

_TYPES = {
    "express": "Request Response",
    "express-serve-static-core": "Request Response",
    "fastify": "FastifyRequest FastifyReply",
    "http": "IncomingMessage ServerResponse",
    "node:http": "IncomingMessage ServerResponse",
}
_MAY_BE = re.compile(r"Req|Res|Reply|IncomingMessage")
_HTTP = frozenset(
    (
        "guard middleware interceptor strategy filter pipe adapter proxy cookie cookies csrf cors throttler "
        "gateway store session sessions client bridge"
    ).split()
)
"""Words of classes whose work is HTTP."""
_CALLED_BY_NEST = frozenset({"canActivate", "use", "intercept", "catch", "transform", "validate", "resolve"})
_LIFECYCLE = re.compile(r"^(?:On|Before)[A-Z]\w*")


@rule(level="warning", since="0.1.0", strict=True)
def no_http_in_service(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    words = parts_of(cls.name)
    if cls.inside or not cls.decorators or words & _HTTP or {"request", "context"} <= words:
        return
    taking = [(m, p) for m in cls.methods if _is_public(m) if (p := _taken(project, file.path, m))]
    ref = Ref(file.path, cls.name)
    if not taking or role_of_class(project, ref) != "injectable" or _is_prescribed(cls, file, project):
        return
    for method, params in taking:
        names = " and ".join(dict.fromkeys(f"`{name}`" for _, name in params))
        yield Finding(
            params[0][0].name_at.span,
            f"`{cls.name}.{method.name}` takes {names} of HTTP: no job, message or test can call it without. "
            "Let the controller read the request and write the response, and take plain values",
        )


def _is_public(method: Method) -> bool:
    return (
        not method.static
        and method.access not in ("private", "protected")
        and not method.name.startswith("#")
    )


def _taken(project: Project, path: str, method: Method) -> list[tuple[Param, str]]:
    """The parameters that are a request or a response, with its type."""
    found = []
    for param in method.params:
        if name := _http_type(project, path, param.type):
            found.append((param, name))
    return found


def _http_type(project: Project, path: str, kind: Type | None, depth: int = 0) -> str:
    """The type of Express, Fastify or Node that a type is, or that it extends; empty for none."""
    if isinstance(kind, (TUnion, TInter)):
        return next((n for part in kind.of if (n := _http_type(project, path, part, depth))), "")
    if not isinstance(kind, TName) or depth > 3 or not _MAY_BE.search(kind.name):
        return ""
    symbol = resolve(project, path, kind.name)
    if isinstance(symbol, Ext):
        if symbol == Ext("@nestjs/common", "RawBodyRequest") and kind.args:
            return _http_type(project, path, kind.args[0], depth + 1)
        name = symbol.name.rpartition(".")[2]
        return name if name in _TYPES.get(symbol.package, "").split() else ""
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if not isinstance(item, TypeDecl) or not isinstance(symbol, Ref):
        return ""
    bases = [TName(base) for base in item.extends]
    inner = [item.type, *bases] if item.kind == "alias" else bases
    return next((kind.name for part in inner if _http_type(project, symbol.path, part, depth + 1)), "")


def _is_prescribed(cls: Class, file: File, project: Project) -> bool:
    """Does Nest or a package call it, and say what it takes?"""
    if not lineage(project, Ref(file.path, cls.name)).complete:
        return True
    if any(m.name in _CALLED_BY_NEST and _taken(project, file.path, m) for m in cls.methods):
        return True
    kinds = [resolve(project, file.path, name) for name in cls.implements if not _LIFECYCLE.match(name)]
    return any(isinstance(kind, Ext) for kind in kinds)
