"""Routes: handlers with their full paths in one application."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.files import Role, role_of
from nestwise.project.model.applications import Application, applications
from nestwise.project.model.bootstraps import is_aside
from nestwise.project.model.classes import role_of_class
from nestwise.project.model.graph import Placed
from nestwise.project.model.handlers import (
    ControllerOptions,
    Handler,
    controller_options,
    handlers_of,
    method_versions,
)
from nestwise.project.model.paths import join, pattern, trimmed
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref

NEUTRAL = "neutral"


class Route(Struct, frozen=True):
    """One path of a handler in one application. `?` stands for a part that cannot be told."""

    handler: Handler
    module: Ref
    path: str
    """In full: prefix, version, module, controller, method. Of other kinds than HTTP what calls them: a
    pattern, an event, a field, a schedule."""
    declared: str
    """Without prefix and version."""
    versions: tuple[str, ...] = ()
    """One where it is part of the path, else all that it answers to; empty without versioning."""
    host: str = ""
    certain: bool = True
    """False where a condition may leave the controller out."""


def routes_of(project: Project, app: Application) -> Iterator[Route]:
    """All routes of an application, in the order in which Nest registers them."""
    for placed in app.placed:
        yield from routes_of_controller(project, app, placed)
    for placed in app.provided:
        for handler in handlers_of(project, placed.controller):
            if handler.kind != "http":
                yield from _plain(handler, placed)


def _serves(app: Application | None, handler: Handler) -> bool:
    """Does an application take what calls a handler: requests, or messages? One whose set-up cannot be read
    in full may connect microservices."""
    if app is None or handler.internal or handler.brokered:
        return True
    if handler.kind == "http":
        return app.kind != "microservice"
    if handler.kind in ("message", "event"):
        return app.kind == "microservice" or app.hybrid or not app.globals_complete
    return True


NOWHERE = Ref("", "?")
"""The module of a controller that no module is known to have."""


def loose_routes(project: Project) -> Iterator[tuple[Application | None, Route]]:
    """Routes of controllers, resolvers and gateways that no module is known to have, where code builds the
    modules: with the application that most likely has them, None where there is none to tell."""
    return (pair for pair in loose_steps(project) if pair is not None)


def loose_steps(project: Project) -> Iterator[tuple[Application | None, Route] | None]:
    """`loose_routes`, and None after each file: for who must not be away for long."""
    served = [app for app in applications(project) if app.kind != "context"]
    if served and all(app.complete for app in served):
        return  # then they have no routes
    taken = {placed.controller for app in served for placed in (*app.placed, *app.provided)}
    for path in project:
        if is_aside(project, path) or role_of(path) is Role.TEMPLATE:
            continue
        for cls in project.facts(path).classes:
            ref = Ref(path, cls.name)
            if cls.inside or ref in taken:
                continue
            if role_of_class(project, ref) in ("controller", "resolver", "gateway"):
                app = _likely(project, path, served)
                for route in routes_of_controller(project, app, Placed(ref, NOWHERE)):
                    yield app, route
        yield None


def _likely(project: Project, path: str, served: list[Application]) -> Application | None:
    """The only application of the file's package, or of the workspace, whose modules cannot all be told."""
    open_ = [app for app in served if not app.complete]
    package = project.layout.package_of(path)
    near = [app for app in open_ if project.layout.package_of(app.entry or app.path) == package]
    return near[0] if len(near) == 1 else open_[0] if len(open_) == 1 else None


def routes_of_controller(project: Project, app: Application | None, placed: Placed) -> Iterator[Route]:
    handlers = [h for h in handlers_of(project, placed.controller) if _serves(app, h)]
    if not handlers:
        return
    options = controller_options(project, placed.controller)
    for head in options.paths:
        for handler in handlers:
            if handler.kind == "http":
                yield from _served(project, app, placed, options, head, handler)
    for handler in handlers:
        if handler.kind != "http":
            yield from _plain(handler, placed)


def _plain(handler: Handler, placed: Placed) -> Iterator[Route]:
    for path in handler.paths:
        shown = path if path is not None else "?"
        yield Route(handler, placed.module, shown, path or "", certain=placed.certain)


def _served(
    project: Project,
    app: Application | None,
    placed: Placed,
    options: ControllerOptions,
    head: str | None,
    handler: Handler,
) -> Iterator[Route]:
    versions = _versions(project, app, options, handler) if app is not None else []
    uri = app is not None and app.versioning is not None and app.versioning.in_path
    for tail in handler.paths:
        declared = join(*("?" if p is None else p for p in (placed.path, head, tail)))
        for group in ([v] for v in versions) if uri and versions else [versions]:
            segment = _segment(app, group[0]) if app is not None and uri and group else ""
            prefix = _prefix(app, handler, declared, tail) if app is not None else ""
            yield Route(
                handler,
                placed.module,
                join(prefix, segment, declared),
                declared,
                tuple(group),
                options.host or "",
                placed.certain,
            )


def _versions(project: Project, app: Application, options: ControllerOptions, handler: Handler) -> list[str]:
    if app.versioning is None:
        return []
    found = method_versions(project, handler) or options.versions or app.versioning.default
    told = app.versioning.certain
    return list(dict.fromkeys(v if v is not None and (told or v == NEUTRAL) else "?" for v in found))


def _segment(app: Application, version: str) -> str:
    if version == NEUTRAL or app.versioning is None:
        return ""
    if not app.versioning.certain or app.versioning.type != "uri":
        return "?"
    mark = app.versioning.prefix
    return f"{'?' if mark is None else mark}{version}"


def _prefix(app: Application, handler: Handler, declared: str, tail: str | None) -> str:
    """The global prefix, where `exclude` does not leave the route out."""
    if app.prefix is None:
        return "?"
    if not app.prefix:
        return ""
    tested = declared if tail or declared == "/" else f"{declared}/"
    for target in app.excluded:
        if target.method not in ("ALL", "?", handler.verb) or target.path is None:
            continue
        # The text of the path is what Nest tests, parameters and all.
        left_out = pattern(target.path)
        if left_out is None or "?" in declared:
            return "?"
        if left_out.match(tested):
            return "?" if target.method == "?" else ""
    return trimmed(app.prefix) if app.excluded_complete else "?"
