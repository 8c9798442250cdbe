"""Paths of modules, as `RouterModule.register` sets them."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Lit, Obj, Opaque
from nestwise.project.model.folding import fold
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import DEPTH, Val, entry, look, symbol_in
from nestwise.project.model.symbols import (
    UNKNOWN,
    Symbol,
)


class Mounted(Struct, frozen=True):
    """A module with its path from `RouterModule.register`; None for a path that cannot be told."""

    module: Symbol
    path: str | None


def routes_of(project: Project, val: Val, prefix: str | None, depth: int) -> list[Mounted]:
    """The tree of `RouterModule.register([…])`, flattened; an entry that cannot be read is unknown."""
    found = fold(project, val)
    out: list[Mounted] = [] if found.complete and depth <= DEPTH else [Mounted(UNKNOWN, None)]
    if depth > DEPTH:
        return out
    for element in found.elements:
        shown = look(project, element.val)
        if not isinstance(shown.expr, Obj):  # a module alone, among the children
            out.append(Mounted(symbol_in(project, element.val), prefix))
            continue
        path = _join(prefix, _text(project, entry(project, shown, "path")))
        module = entry(project, shown, "module")
        if module is not None and not isinstance(module.expr, Lit):
            out.append(Mounted(symbol_in(project, module), path))
        children = entry(project, shown, "children")
        if children is None or not isinstance(children.expr, Lit):
            below = children or shown.at(Opaque("missing"))
            out += routes_of(project, below, path, depth + 1)
    return out


def _text(project: Project, val: Val | None) -> str | None:
    shown = look(project, val).expr if val is not None else None
    return shown.value if isinstance(shown, Lit) and shown.kind == "string" else None


def _join(prefix: str | None, path: str | None) -> str | None:
    if prefix is None or path is None:
        return None
    return "/".join(p for p in (prefix.strip("/"), path.strip("/")) if p)
