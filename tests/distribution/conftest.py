"""The project of a user, and this checkout as users get it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "editors"))
from cats_app import CLEAN, MANIFEST, SERVICE, commit
from obtain import ROOT


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app é"
    (root / "src").mkdir(parents=True)
    (root / "package.json").write_text(MANIFEST)
    (root / "src/cats.service.ts").write_text(SERVICE, "utf-8")
    (root / "src/dogs.service.ts").write_text(CLEAN, "utf-8")
    return root


@pytest.fixture(scope="session")
def checkout(tmp_path_factory) -> Path:
    """This checkout as it is now, as a repository of its own with one commit."""
    folder = tmp_path_factory.mktemp("checkout") / "nestwise"
    listed = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    commit(folder)
    return folder
