"""What every editor needs: a project on disk, a home of its own, and nestwise on PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from obtain import ROOT, SHOWN
from sample import FILES


@pytest.fixture(scope="session")
def nestwise() -> Path:
    """The command that the editors start."""
    return ROOT / ".venv" / "bin" / "nestwise"


@pytest.fixture(scope="session")
def shown() -> Path:
    """The folder for screenshots and logs."""
    SHOWN.mkdir(parents=True, exist_ok=True)
    return SHOWN


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    """The folder of a small Nest project."""
    root = tmp_path / "zoo"
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return root


@pytest.fixture
def home(tmp_path: Path, nestwise: Path) -> dict[str, str]:
    """The environment of an editor: everything that it or nestwise writes stays in the test's folder."""
    folder = tmp_path / "home"
    folders = {
        "HOME": folder,
        "XDG_CONFIG_HOME": folder / "config",
        "XDG_DATA_HOME": folder / "data",
        "XDG_STATE_HOME": folder / "state",
        "XDG_CACHE_HOME": folder / "cache",
        "XDG_RUNTIME_DIR": folder / "run",
    }
    for each in folders.values():
        each.mkdir(parents=True, exist_ok=True)
    folders["XDG_RUNTIME_DIR"].chmod(0o700)
    return {
        **os.environ,
        **{name: str(path) for name, path in folders.items()},
        "PATH": f"{nestwise.parent}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
    }
