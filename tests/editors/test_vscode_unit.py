"""The VS Code extension without VS Code: its types, its style, its own unit tests."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

import nestwise
import pytest
from obtain import EDITORS, ROOT

CLIENT = ROOT / "client-vscode"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def client() -> Path:
    """The extension with what it is built with."""
    ready, lock = CLIENT / "node_modules" / ".ready", CLIENT / "package-lock.json"
    EDITORS.mkdir(parents=True, exist_ok=True)
    with open(EDITORS / "client-vscode.lock", "w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not ready.exists() or ready.stat().st_mtime < lock.stat().st_mtime:
            npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            ready.touch()
    return CLIENT


def npm(*arguments: str) -> None:
    program = shutil.which("npm")
    assert program, "make test needs Node 20 or newer with npm; none was found on PATH."
    done = subprocess.run([program, *arguments], cwd=CLIENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_and_style(client):
    npm("run", "--silent", "check")


def test_units(client):
    npm("test", "--silent")


def test_it_has_the_version_of_the_server():
    manifest = json.loads((CLIENT / "package.json").read_text())
    assert manifest["version"] == nestwise.__version__


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (CLIENT / "package-lock.json").read_text()
