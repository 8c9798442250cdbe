"""Decorators that a fix writes on a class or a method, with the imports that they need."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nestwise.lint.file import File
from nestwise.project.model.importing import specifier_of
from nestwise.project.model.project import Project
from nestwise.project.model.protection import Written
from nestwise.project.model.symbols import Ext, Ref
from nestwise.syntax.text import Edit

_NAME = re.compile(r"(?<![\w$.'\"])[A-Za-z_$][\w$]*")


def with_decorators(
    file: File, project: Project, written: Iterable[Written], start: int
) -> tuple[Edit, ...] | None:
    """The edits that add decorators before a class or method that starts, with its own decorators, at `start`
    (bytes): on lines of their own where that is the first of a line. None where a name cannot be imported."""
    found = file.imported_all(_wanted(file, project, written := tuple(written)) or ())
    if found is None or _wanted(file, project, written) is None:
        return None
    local, edits = found
    codes = (_NAME.sub(lambda part: local.get(part[0], part[0]), file.written(w.text)) for w in written)
    text = "".join(file.decorated_above(start, code).text for code in codes)
    return tuple(sorted([*edits, file.insert(start, text)]))


def _wanted(file: File, project: Project, written: tuple[Written, ...]) -> list[tuple[str, str]] | None:
    """The names that the file must import, each with its module."""
    out: dict[tuple[str, str], None] = {}
    for name, symbol in (pair for one in written for pair in one.names):
        if isinstance(symbol, Ref) and symbol.path == file.path:
            continue
        module = specifier_of(project, file.path, symbol) if isinstance(symbol, Ref) else None
        module = symbol.package if isinstance(symbol, Ext) else module
        if not module:
            return None
        out[name, module] = None
    return list(out)
