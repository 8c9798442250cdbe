"""Which workspace a path belongs to."""

from __future__ import annotations

import os
from pathlib import Path

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
