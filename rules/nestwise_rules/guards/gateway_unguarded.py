from collections.abc import Iterator

from nestwise.api import (
    Access,
    Application,
    Class,
    File,
    Finding,
    Fix,
    Handler,
    Method,
    Project,
    Safety,
    access_of,
    applications_with,
    decides_otherwise,
    gateway_asks,
    guarded_by,
    handlers_in,
    handlers_of,
    rule,
    usual_guard,
    with_decorators,
)


def guard_it(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The usual guard of the project's other gateways: a guard for HTTP finds no request here."""
    handler = finding.data
    cls, method = _fresh(file, handler) if isinstance(handler, Handler) else (None, None)
    guard = usual_guard(project, handler) if isinstance(handler, Handler) else None
    if cls is None or method is None or guard is None:
        return
    targets = [(f"`{method.name}`", method.at.start)]
    targets += [(f"all of `{cls.name}`", cls.at.start)] if guard.on_classes else []
    for name, start in targets:
        edits = with_decorators(file, project, [guard], start)
        if edits is not None:
            yield Fix(f"Guard {name} with `{guard.text}`", edits, Safety.UNSAFE)


@rule(level="information", since="0.1.0", strict=True, fixes=guard_it)
def gateway_unguarded(file: File, project: Project) -> Iterator[Finding]:
    for handler in handlers_in(project, file.path):
        if handler.kind != "gateway" or handler.declared.path != file.path:
            continue
        cls, method = _fresh(file, handler)
        if cls is None or method is None or access_of(project, handler) is not Access.OPEN:
            continue
        apps = applications_with(project, handler.controller)
        if gateway_asks(project, handler.controller) or any("useWebSocketAdapter" in a.calls for a in apps):
            continue
        if decides_otherwise(project, handler):
            continue
        neighbour = next((h for app in apps if (h := _guarded(project, app)) is not None), None)
        if neighbour is None:
            continue
        by = guarded_by(project, neighbour)
        guarded = f"`{by}` guards its routes of HTTP" if by else "its routes of HTTP are guarded"
        event = handler.paths[0] if handler.paths and handler.paths[0] else handler.method
        yield Finding(
            method.name_at.span,
            f"Whoever connects may send `{event}`: no guard asks who it is before `{handler.method}`, "
            f"while {guarded}. Guard it, or ask who it is in `handleConnection`",
            data=handler,
        )


def _fresh(file: File, handler: Handler) -> tuple[Class | None, Method | None]:
    """The facts of this very text: positions of answers may be older."""
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    return cls, cls.method(handler.method) if cls else None


def _guarded(project: Project, app: Application) -> Handler | None:
    """A route of HTTP of the application that a guard protects."""
    for controller in app.controllers:
        for handler in handlers_of(project, controller):
            if handler.kind == "http" and access_of(project, handler) is Access.GUARDED:
                return handler
    return None
