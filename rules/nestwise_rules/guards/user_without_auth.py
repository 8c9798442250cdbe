import re
from collections.abc import Iterator

from nestwise.api import (
    Access,
    Class,
    File,
    Finding,
    Fix,
    Handler,
    Method,
    Param,
    Project,
    Safety,
    TLit,
    TName,
    TUnion,
    access_of,
    applied,
    handlers_in,
    inputs_of,
    nobody_sets,
    package_of,
    prop_taken,
    props_given,
    route_of,
    rule,
    usual_guard,
    with_decorators,
)

_ABSENT = frozenset({"null", "undefined"})


def guard_it(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The project's usual guard. Who may call a route is the author's decision: none is applied unseen."""
    handler = finding.data
    cls, method = _fresh(file, handler) if isinstance(handler, Handler) else (None, None)
    guard = usual_guard(project, handler) if isinstance(handler, Handler) else None
    if cls is None or method is None or guard is None:
        return
    targets = [(method.name, method.at.start)]
    targets += [(f"all of `{cls.name}`", cls.at.start)] if guard.on_classes else []
    for name, start in targets:
        edits = with_decorators(file, project, [guard], start)
        if edits is not None:
            what = name if "`" in name else f"`{name}`"
            yield Fix(f"Guard {what} with `{guard.text}`", edits, Safety.UNSAFE)


@rule(level="error", since="0.1.0", fixes=guard_it)
def user_without_auth(file: File, project: Project) -> Iterator[Finding]:
    for handler in handlers_in(project, file.path):
        if handler.kind not in ("http", "graphql") or handler.declared != handler.controller:
            continue
        taking = [i.position for i in inputs_of(project, handler) if i.source in ("request", "custom")]
        if not taking or access_of(project, handler) is not Access.OPEN:
            continue
        _, method = _fresh(file, handler)
        taken = _taken(file, project, method, taking) if method is not None else None
        if method is None or taken is None:
            continue
        how, name = taken
        if name not in props_given(project, package_of(project, file.path)):
            continue
        if nobody_sets(project, handler, name):
            route = route_of(project, handler)
            message = (
                f"`{method.name}` takes `{name}` of the request ({how}), but no guard of `{route}` sets it: "
                "it is undefined, whoever calls. Guard the route, or let it be absent"
            )
            yield Finding(method.name_at.span, message, data=handler)


def _fresh(file: File, handler: Handler) -> tuple[Class | None, Method | None]:
    """The facts of this very text: positions of answers may be older."""
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    return cls, cls.method(handler.method) if cls else None


def _taken(file: File, project: Project, method: Method, taking: list[int]) -> tuple[str, str] | None:
    """How a handler takes a property of the request that it cannot do without, and the property's name.
    `taking`: the positions of the parameters that take the request, or what the project makes of it."""
    body = file.data[method.body_at.start : method.body_at.end].decode(errors="replace")
    for param in (method.params[n] for n in taking if n < len(method.params)):
        for deco in applied(project, file.path, param.decorators) if param.name else ():
            if deco.is_from("@nestjs/common", "Req", "Request"):
                taken = f"{param.name}.user"
                if re.search(rf"\b{re.escape(taken)}\s*=[^=]", body) is None and _is_needed(taken, body):
                    return f"`{taken}`", "user"
                continue
            name = prop_taken(project, deco.symbol)
            if name and not _may_be_absent(param) and _is_needed(param.name, body):
                return f"`@{param.decorators[0].name}() {param.name}`", name
    return None


def _may_be_absent(param: Param) -> bool:
    kind = param.type
    named = [kind] if isinstance(kind, TName) else list(kind.of) if isinstance(kind, TUnion) else []
    return (
        param.optional
        or param.default
        or any(
            (isinstance(one, TLit) and one.text in _ABSENT)
            or (isinstance(one, TName) and one.name in _ABSENT)
            for one in named
        )
    )


def _is_needed(text: str, body: str) -> bool:
    """Is an expression used, and never tested?"""
    it = rf"(?<![\w$.]){re.escape(text)}\b"
    after = rf"{it}\s*(?:\?\.|\?\?|&&|\|\||\?(?!\.)|[!=]==?)"
    around = rf"!\s*{it}|\(\s*{it}\s*\)\s*[{{&|?]|[&|=]\s*{it}\s*\?"
    return re.search(it, body) is not None and re.search(f"{after}|{around}", body) is None
