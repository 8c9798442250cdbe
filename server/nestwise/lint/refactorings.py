"""Refactorings of several files as fixes. They are loaded when somebody asks for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nestwise.lint.file import File
from nestwise.lint.rule import FileEdits, Finding, Fix, Safety
from nestwise.project.facts import Class, Method
from nestwise.project.model.classes import own_method
from nestwise.project.model.project import Project
from nestwise.project.model.validation import inputs_at

if TYPE_CHECKING:
    from nestwise.refactor.draft import Refactoring

_NAME = re.compile(rb"[\w$]+")


def body_moved(file: File, project: Project, cls: Class, method: Method) -> Fix | None:
    """The body of a handler into the service of its controller, resolver or gateway; statements that work
    with the request stay. The service is the injected one of that feature, else one of the module, else a new
    one, which the module provides. None where it cannot be done safely."""
    from nestwise.refactor.extract import extracted

    return _fix(file, extracted(project, file.path, cls, method))


def access_moved(file: File, project: Project, cls: Class, name: str, *, injected: bool) -> Fix | None:
    """What a controller, resolver or gateway does with something that reaches the database or another server,
    into its service: with the injected member of that name, or with a name that the file can say. The
    injection moves along. None where it cannot be done safely."""
    from nestwise.refactor.extract import queries_moved

    return _fix(file, queries_moved(project, file.path, cls, name, injected=injected))


def input_typed(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The fixes of a rule whose findings stand at inputs whose types are nothing at run time, with the class,
    the method and the position as data: a class in the place of the type, or one of its own."""
    from nestwise.refactor.dto import class_created
    from nestwise.refactor.dto_types import made_class

    for given, effect in inputs_at(project, file.path):
        handler = given.handler
        if (handler.declared.name, handler.method, given.position) != finding.data:
            continue
        for cls in file.facts.classes:
            method = own_method(cls, handler.method) if cls.name == handler.declared.name else None
            if method is None or given.position >= len(method.params):
                continue
            found = made_class(project, given, effect), class_created(project, given, effect, cls, method)
            for fix in (_fix(file, one) for one in found):
                if fix is not None:
                    yield fix
        return


def handler_moved(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The fix of a rule whose findings stand at the names of methods."""
    cls = next((c for c in file.facts.classes if c.at.start <= finding.span.start < c.at.end), None)
    for method in cls.methods if cls is not None else ():
        if cls is not None and method.name_at.span == finding.span:
            fix = body_moved(file, project, cls, method)
            if fix is not None:
                yield fix


def client_moved(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The fix of a rule whose findings stand at something injected, or at a call of something that the file
    can name."""
    start = finding.span.start
    cls = next((c for c in file.facts.classes if c.at.start <= start < c.at.end), None)
    if cls is None:
        return
    held = [p.name for p in cls.ctor or () if p.name_at.span == finding.span]
    held += [p.name for p in cls.properties if p.name_at.span == finding.span]
    called = _NAME.match(file.data, start)
    name = held[0] if held else called[0].decode() if called else ""
    fix = access_moved(file, project, cls, name, injected=bool(held))
    if fix is not None:
        yield fix


def _fix(file: File, found: Refactoring | None) -> Fix | None:
    if found is None:
        return None
    own = [change for change in found.changes if change.path == file.path]
    edits = tuple(edit for change in own for edit in change.edits)
    others = [change for change in found.changes if change.path != file.path]
    elsewhere = tuple(FileEdits(c.path, c.edits, c.create) for c in others)
    return Fix(found.title, edits, Safety.UNSAFE, elsewhere)
