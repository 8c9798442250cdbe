"""Which files a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nestwise.project.roots import root_of

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


__all__ = ["root_of", "selected"]
