"""The extension as its users get it: packaged, installed from the .vsix, nothing set up."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import code_server
from obtain import ROOT, needed, run

CLIENT = ROOT / "client-vscode"


@pytest.fixture(scope="session")
def vscode() -> None:
    """Skips where VS Code, the browser, or what drives it cannot be had."""
    for name, get in (
        ("code-server", code_server.code_server),
        ("Chromium", code_server.browser),
        ("playwright-core", code_server.playwright),
    ):
        needed(name, get)


@pytest.fixture(scope="session")
def oldest() -> None:
    """Skips where the oldest VS Code cannot be had."""
    needed("an old code-server", lambda: code_server.code_server(code_server.OLDEST))


@pytest.fixture(scope="session")
def vsix(vscode: None) -> Path:
    """The package for this machine, made from the checkout."""
    if given := os.environ.get("NESTWISE_VSIX"):
        return Path(given)
    needed("what the extension is built with", _build_tools)
    made = run(sys.executable, CLIENT / "scripts/package.py", "linux-x64")
    return Path(made.splitlines()[-1])


def _build_tools() -> Path:
    installed, locked = CLIENT / "node_modules/.package-lock.json", CLIENT / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        run("npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error", cwd=CLIENT)
    return installed
