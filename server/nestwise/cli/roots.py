"""Which workspace a path belongs to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nestwise.lint.file import File
    from nestwise.workspace import Workspace

_WHOLE = ("pnpm-workspace.yaml", "nx.json", "nest-cli.json", "lerna.json")


def root_of(paths: list[Path]) -> Path:
    """The folder of the outermost workspace around the paths; without one, the nearest package."""
    common = Path(os.path.commonpath(paths))
    start = common if common.is_dir() else common.parent
    package: Path | None = None
    whole: Path | None = None
    for folder in (start, *start.parents):
        if (folder / "package.json").is_file():
            package = package or folder
            if any((folder / n).is_file() for n in _WHOLE) or _has_workspaces(folder):
                whole = folder
        if (folder / ".git").exists():
            break
    return whole or package or start


def _has_workspaces(folder: Path) -> bool:
    try:
        return '"workspaces"' in (folder / "package.json").read_text("utf-8", errors="replace")
    except OSError:
        return False


def selected(workspace: Workspace, paths: list[Path]) -> list[File]:
    """The files to check: those at or below the paths."""
    heads = []
    for path in paths:
        relative = path.relative_to(workspace.root).as_posix()
        heads.append("" if relative == "." else relative)
    return [
        f for f in workspace.files() if any(not h or f.path == h or f.path.startswith(f"{h}/") for h in heads)
    ]
