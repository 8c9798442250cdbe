"""Middleware that may authenticate, and the routes that it covers."""

from __future__ import annotations

from nestwise.project.model.applications import Application
from nestwise.project.model.configure import MiddlewareTarget
from nestwise.project.model.guards import is_auth_middleware
from nestwise.project.model.handlers import Handler, controller_options
from nestwise.project.model.modules import module_of
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref, symbol_of


def covering(project: Project, handler: Handler, app: Application) -> bool | None:
    """Does middleware that may authenticate run before a handler? None where it cannot be told."""
    unsure = not app.middleware_complete
    for used in app.uses:
        if is_auth_middleware(project, symbol_of(project, used)):
            return True
    for ref in app.modules:
        for binding in module_of(project, ref).middleware:
            if not binding.bound or not any(is_auth_middleware(project, s) for s in binding.symbols):
                continue
            if not binding.complete:
                unsure = True
            found = {_covers(project, handler, target) for target in binding.targets}
            if True in found:
                return True
            unsure = unsure or None in found
    return None if unsure else False


def _covers(project: Project, handler: Handler, target: MiddlewareTarget) -> bool | None:
    """Generous on purpose: a path that may match counts, for then nothing is reported. None for a
    target that cannot be told."""
    if isinstance(target.controller, Ref):
        return target.controller == handler.controller
    if target.controller is not None or target.path is None:
        return None
    if target.method not in ("ALL", handler.verb):
        return False
    pattern = _segments(target.path)
    if not pattern or pattern[-1].startswith(("*", "(.*", "{*")):
        pattern = pattern[:-1]
        return any(_matches(pattern, full[: len(pattern)]) for full in _paths(project, handler))
    return any(_ends(pattern, full) for full in _paths(project, handler))


def _paths(project: Project, handler: Handler) -> list[list[str]]:
    return [
        _segments(f"{head or ''}/{tail or ''}")
        for head in controller_options(project, handler.controller).paths
        for tail in handler.paths
    ]


def _segments(path: str) -> list[str]:
    return [s for s in path.split("/") if s]


def _ends(pattern: list[str], full: list[str]) -> bool:
    """`forRoutes('cats')` is a prefix; a global prefix may stand before what the controller says."""
    return any(_matches(pattern[skip:], full[: len(pattern) - skip]) for skip in range(max(len(pattern), 1)))


def _matches(pattern: list[str], part: list[str]) -> bool:
    if len(pattern) != len(part):
        return False
    return all(a == b or a[:1] in ":*({" or b[:1] == ":" for a, b in zip(pattern, part, strict=True))
