"""Metadata that ask for rights (roles, permissions, scopes), and whether a guard that runs reads them."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Decorator
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import Application, applications, applications_with
from nestwise.project.model.classes import head_of, lineage, method_of
from nestwise.project.model.decorators import applied
from nestwise.project.model.guard_deeds import Look, doing_of
from nestwise.project.model.guards import Does, guard_class, guard_of, parts_of
from nestwise.project.model.handlers import Handler, handlers_of
from nestwise.project.model.metadata import metadata_of
from nestwise.project.model.pipeline import globals_for, local_pipeline, pipeline_of, unreadable_decorator
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, class_of

_RIGHTS = frozenset(
    (
        "role roles permission permissions privilege privileges ability abilities policies scopes acl rbac"
    ).split()
)
_TAKES_AWAY = re.compile(
    r"(?i)public|open|skip|anon|guest|allow_?a(?:ll|ny)|disable|ignore|bypass|optional|no_?auth"
)
"""Names of metadata that let everybody pass."""


class Unread(Struct, frozen=True):
    """Metadata that no guard in effect reads."""

    place: int
    """Of the decorator that sets it, among those of the method or class."""
    key: str
    by: str = ""
    """The guard that reads it, but of handlers where it stands on the class, or of classes where it stands on
    the handler; empty where no guard reads it."""


@question
def asked_keys(project: Project) -> tuple[tuple[str, tuple[Ref, ...]], ...]:
    """The metadata for which guards of the project ask callers, each with those guards."""
    found: dict[str, list[Ref]] = {}
    opening: set[str] = set()
    for path in project.with_kind(Kind.GUARD):
        for cls in project.facts(path).classes:
            if cls.method("canActivate") is None or cls.inside:
                continue
            guard = guard_class(project, Ref(path, cls.name))
            opening |= {m.key for m in guard.markers if m.opens}
            if guard.does not in (Does.AUTHORISES, Does.AUTHENTICATES):
                continue
            asked = {m.key for m in guard.markers if not m.opens}
            for key in guard.reads:
                if key in asked or parts_of(key.rpartition("#")[2]) & _RIGHTS:
                    found.setdefault(key, []).append(Ref(path, cls.name))
    return tuple(
        (key, tuple(refs))
        for key, refs in found.items()
        if key not in opening and key != "?" and not _TAKES_AWAY.search(key.rpartition("#")[2])
    )


def readers_of(project: Project, key: str) -> tuple[Ref, ...]:
    """The guards that ask callers for what this metadata says."""
    return next((refs for asked, refs in asked_keys(project) if asked == key), ())


def asking_keys(project: Project, path: str, deco: Decorator) -> tuple[str, ...]:
    """The metadata that a decorator surely sets and that ask for rights: some guard says so, or its name."""
    found = metadata_of(project, applied(project, path, (deco,)))
    if not found.complete:
        return ()
    named = parts_of(deco.name)
    return tuple(
        key
        for key in found.keys
        if readers_of(project, key)
        or (
            (named | parts_of(key.rpartition("#")[2])) & _RIGHTS
            and not _TAKES_AWAY.search(f"{deco.name} {key.rpartition('#')[2]}")
            and not _read_elsewhere(project)
        )
    )


@question
def _read_elsewhere(project: Project) -> bool:
    """Is there code other than guards that may read metadata?"""
    guards = set(project.with_kind(Kind.GUARD))
    return any(path not in guards for path in project.with_kind(Kind.METADATA))


def _unread(project: Project, handler: Handler, key: str, on_class: bool) -> Unread | None:
    """Is it proven that no guard before a handler reads metadata that it has? None where one may."""
    apps = applications_with(project, handler.controller)
    if not apps and any(app.kind != "context" for app in applications(project)):
        return None
    if handler.internal or handler.kind == "field" or unreadable_decorator(project, handler):
        return None
    elsewhere = ""
    for app in apps or (None,):
        looks = _looks(project, handler, app)
        if looks is None:
            return None
        for name, look in looks:
            if look.key != key:
                continue
            if (look.cls if on_class else look.handler) is not False:
                return None
            elsewhere = name
    return Unread(0, key, elsewhere)


def _looks(
    project: Project, handler: Handler, app: Application | None
) -> tuple[tuple[str, Look], ...] | None:
    """What the guards before a handler look at, with their names; None where that is not all."""
    whole = app is None or (app.complete and app.globals_complete)
    if not whole and globals_for(handler, app) is not False:
        return None
    found: list[tuple[str, Look]] = []
    for step in pipeline_of(project, handler, app).guards:
        doing, guard = doing_of(project, step.here), guard_of(project, step.here)
        if not doing.reads_all:
            return None
        if guard.does is Does.AUTHORISES and all(m.opens for m in guard.markers):
            return None  # it asks for what it knows itself, whatever the metadata say
        found += [(guard.name, look) for look in doing.looks]
    bound = [step.here for step in local_pipeline(project, handler).interceptors]
    bound += [one.here for one in app.global_interceptors] if app is not None else []
    readers = set(project.with_kind(Kind.METADATA))
    for here in bound:
        symbol = guard_of(project, here).symbol
        if isinstance(symbol, Ext):
            continue
        if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
            return None
        if any(base.path in readers for base in lineage(project, symbol).refs):
            return None
    return tuple(found)


@question
def unread_rights(project: Project, handler: Handler) -> tuple[Unread, ...]:
    """The decorators of a handler that ask for rights, and that no guard before it reads."""
    method = method_of(project, handler.declared, handler.method)
    return tuple(
        replace(found, place=place)
        for place, deco in enumerate(method.decorators if method else ())
        for key in asking_keys(project, handler.declared.path, deco)
        if (found := _unread(project, handler, key, False)) is not None
    )


@question
def unread_of_class(project: Project, ref: Ref) -> tuple[Unread, ...]:
    """The decorators of a class that ask for rights, and that no guard before any of its handlers reads."""
    cls = head_of(project, ref)
    handlers = [h for h in handlers_of(project, ref) if not h.internal]
    out: list[Unread] = []
    for place, deco in enumerate(cls.decorators if cls and handlers else ()):
        for key in asking_keys(project, ref.path, deco):
            found = [_unread(project, handler, key, True) for handler in handlers]
            if found[0] is not None and all(found):
                out.append(replace(found[0], place=place))
    return tuple(out)
