"""A small Nest project on disk, as the editors open it: each line with a finding has é and 😀 before it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from obtain import ROOT, SHOWN


@pytest.fixture(scope="session")
def nestwise() -> Path:
    """The command that the editors start."""
    return ROOT / ".venv" / "bin" / "nestwise"


@pytest.fixture(scope="session")
def shown() -> Path:
    """The folder for screenshots and logs."""
    SHOWN.mkdir(parents=True, exist_ok=True)
    return SHOWN
