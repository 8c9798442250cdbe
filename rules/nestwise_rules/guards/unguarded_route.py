import re
from collections.abc import Iterator

from nestwise.api import (
    Access,
    Class,
    Decorator,
    File,
    Finding,
    Fix,
    Handler,
    Method,
    Options,
    Preset,
    Project,
    Ref,
    Related,
    Safety,
    Written,
    access_of,
    application_at,
    authenticates,
    class_of,
    guarded_by,
    guarding_decorator,
    handlers_in,
    handlers_of,
    method_decorators,
    open_on_purpose,
    own_method,
    package_of,
    parts_of,
    public_markers,
    route_of,
    rule,
    string,
    usual_guard,
    with_decorators,
)

_WRITES = ("PUT", "PATCH", "DELETE")
_IDENTITY = frozenset(
    ("user auth identity session account principal member viewer requester owner reader me").split()
)


_KEYS = _IDENTITY - {"me"}
_SECRETS = frozenset("secret signature hmac authorization token key webhook webhooks".split())
_VERIFIES = re.compile(
    rb"\bverify(?:J[wW][tT]|\w*Token|\w*Signature|\w*Hmac|\w*Secret)\b|timingSafeEqual|constructEvent|createHmac"
)
_NOTHING = re.compile(rb"\{\s*return\s*\{\s*\};?\s*\}")
"""What resolvers do that stand for the fields below them."""


class Policy(Options):
    every: bool | None = None
    """Report every HTTP and GraphQL handler with neither a guard nor a public marker, not only those whose
    neighbours are guarded. Without it the preset decides: `strict` does, `recommended` does not."""


def guard_or_open(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The neighbour's guard or the project's usual one, on the method or the class; or the public marker.

    Who may call a route is the author's decision, so none of these is applied unseen.
    """
    handler = finding.data
    if not isinstance(handler, Handler):
        return
    cls, method = _fresh(file, handler)
    if cls is None or method is None:
        return
    guard = _neighbours_guard(file, project, handler) or usual_guard(project, handler)
    if guard is not None:
        title = f"Guard `{method.name}` with `{guard.text}`"
        yield from _decorated(file, project, guard, method.at.start, title)
        if guard.on_classes:
            title = f"Guard all of `{cls.name}` with `{guard.text}`"
            yield from _decorated(file, project, guard, cls.at.start, title)
    for marker in public_markers(project, handler):
        title = f"Mark `{method.name}` as public with `{marker.text}`"
        yield from _decorated(file, project, marker, method.at.start, title)
        return


@rule(level="warning", since="0.1.0", fixes=guard_or_open)
def unguarded_route(file: File, project: Project, options: Policy, preset: Preset) -> Iterator[Finding]:
    every = options.every if options.every is not None else preset is Preset.STRICT
    seen: set[str] = set()
    for handler in handlers_in(project, file.path):
        if handler.declared != handler.controller or handler.name in seen:
            continue
        if handler.kind not in ("http", "graphql") or open_on_purpose(project, handler):
            continue
        neighbour = _guarded_neighbour(project, handler) if handler.verb in _WRITES else None
        if neighbour is None and not (every and authenticates(project, package_of(project, file.path))):
            continue
        if access_of(project, handler) is not Access.OPEN or _identified_or_throttled(handler, project):
            continue
        cls, method = _fresh(file, handler)
        if cls is None or method is None or _asks_itself(file, method):
            continue
        seen.add(handler.name)
        yield Finding(
            method.name_at.span,
            _message(project, handler, neighbour),
            related=tuple(_related(file, project, neighbour)) if neighbour else (),
            data=handler,
        )
    if every and not authenticates(project, package_of(project, file.path)):
        yield from _nobody_asks(file, project)


def _message(project: Project, handler: Handler, neighbour: Handler | None) -> str:
    route = route_of(project, handler)
    if neighbour is None:
        return (
            f"Anyone may call `{route}`: `{handler.method}` has neither a guard nor a public marker. "
            "Add the one that is meant"
        )
    by = guarded_by(project, neighbour)
    guarded = f"`{neighbour.method}` is guarded" + (f" by `{by}`" if by else "")
    return f"Anyone may call `{route}`: no guard applies to `{handler.method}`, while {guarded}"


def _nobody_asks(file: File, project: Project) -> Iterator[Finding]:
    """One finding for an application that never asks who calls."""
    for app in application_at(project, file.path):
        handlers = [h for c in app.controllers for h in handlers_of(project, c) if h.kind == "http"]
        if app.path != file.path or app.kind != "http" or not app.complete:
            continue
        if all(open_on_purpose(project, h) for h in handlers):  # also of none
            continue
        if all(access_of(project, h) is Access.OPEN for h in handlers):
            routes = f"all its {len(handlers)} routes are" if len(handlers) > 1 else "its only route is"
            yield Finding(
                app.at.span,
                f"Nothing in this application asks who calls: {routes} open. "
                "Bind a guard with `APP_GUARD`, and mark the public routes",
            )


def _guarded_neighbour(project: Project, handler: Handler) -> Handler | None:
    for other in handlers_of(project, handler.controller):
        if other.kind == "http" and other != handler and access_of(project, other) is Access.GUARDED:
            return other
    return None


def _related(file: File, project: Project, neighbour: Handler) -> Iterator[Related]:
    if neighbour.declared.path != file.path:
        return
    _, method = _fresh(file, neighbour)
    deco = guarding_decorator(project, neighbour, method.decorators) if method else None
    if deco is not None:
        yield Related(file.path, deco.at.span, f"this guards `{neighbour.method}`")


def _fresh(file: File, handler: Handler) -> tuple[Class | None, Method | None]:
    """The facts of this very text: positions of answers may be older."""
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    return cls, cls.method(handler.method) if cls else None


def _identified_or_throttled(handler: Handler, project: Project) -> bool:
    """A throttle, or a parameter that says who calls, shows that the author thought of it."""
    if any(
        (isinstance(a.symbol, Ref) and parts_of(a.symbol.name) & _IDENTITY) or "hrottle" in str(a.symbol)
        for a in method_decorators(project, handler.declared, handler.method)
    ):
        return True
    method = own_method(class_of(project, handler.declared), handler.method)
    return method is not None and any(
        parts_of(d.name) & _IDENTITY or _KEYS & {w for key in param.keys for w in parts_of(key)}
        for param in method.params
        for d in param.decorators
    )


def _asks_itself(file: File, method: Method) -> bool:
    """Does the handler check a secret or signature that is sent, or is there nothing that it gives?"""
    for deco in (d for param in method.params for d in param.decorators):
        name = string(deco.args[0]) if deco.args else None
        if deco.name.endswith("Headers") and name is not None and parts_of(name) & _SECRETS:
            return True
    body = file.data[method.body_at.start : method.body_at.end]
    return _VERIFIES.search(body) is not None or _NOTHING.fullmatch(body) is not None


# --- fixes -------------------------------------------------------------------------------------


def _neighbours_guard(file: File, project: Project, handler: Handler) -> Written | None:
    """The decorator that guards a neighbour in the same class, as it is written there."""
    neighbour = _guarded_neighbour(project, handler)
    if neighbour is None or neighbour.declared != handler.declared:
        return None
    _, method = _fresh(file, neighbour)
    deco = guarding_decorator(project, neighbour, method.decorators) if method else None
    return Written(_text(file, deco), (), _is_nests(file, deco)) if deco is not None else None


def _text(file: File, deco: Decorator) -> str:
    return file.data[deco.at.start : deco.at.end].decode(errors="replace")


def _is_nests(file: File, deco: Decorator) -> bool:
    """Nest's own `UseGuards` fits on classes; a composed decorator may be typed for methods alone."""
    head = deco.name.partition(".")[0]
    found = next((i for i in file.facts.imports if i.local == head), None)
    return found is not None and found.module == "@nestjs/common" and deco.name.endswith("UseGuards")


def _decorated(file: File, project: Project, written: Written, start: int, title: str) -> Iterator[Fix]:
    edits = with_decorators(file, project, [written], start)
    if edits is not None:
        yield Fix(title, edits, Safety.UNSAFE)
