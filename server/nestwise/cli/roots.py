"""Which files a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nestwise.project.files import Problem
from nestwise.project.roots import root_of
from nestwise.syntax.dialect import dialect_of

if TYPE_CHECKING:
    from nestwise.lint.file import File
    from nestwise.workspace import Workspace


def selected(workspace: Workspace, paths: list[Path]) -> list[File]:
    """The files to check: those at or below the paths."""
    heads = []
    for path in paths:
        relative = path.relative_to(workspace.root).as_posix()
        heads.append("" if relative == "." else relative)
    return [
        f for f in workspace.files() if any(not h or f.path == h or f.path.startswith(f"{h}/") for h in heads)
    ]


def left_out(workspace: Workspace, paths: list[Path], files: list[File]) -> list[Problem]:
    """The paths that were asked for and hold nothing that is checked: never silently nothing."""
    checked = [f.path for f in files]
    known = {p.path for p in workspace.problems}
    out: list[Problem] = []
    for path in paths:
        head = path.relative_to(workspace.root).as_posix()
        if head in ("", ".") or head in known or any(c == head or c.startswith(f"{head}/") for c in checked):
            continue
        out.append(Problem(head, _why_not(workspace, path, head)))
    return out


def _why_not(workspace: Workspace, path: Path, head: str) -> str:
    if path.is_dir():
        return "holds no file that is checked: no TypeScript of a package that uses Nest."
    if dialect_of(path.name) is None:
        return "is not checked: it is no TypeScript source."
    if not workspace.takes(head) or not workspace.layout.is_nest(head):
        return "is not checked: Git ignores it, `exclude` names it, or its package does not use Nest."
    return "is not checked: it is generated, or has nothing to do with Nest."


__all__ = ["root_of", "selected"]
