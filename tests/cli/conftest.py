"""Runs the command line as a user does: another process, a folder on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

MANIFEST = json.dumps(
    {"name": "cats", "dependencies": {"@nestjs/common": "^11.0.0", "@nestjs/core": "^11.0.0"}}
)


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Path]:
    """Writes files into a new Nest project and gives its folder."""

    def write(files: Mapping[str, str | bytes], manifest: str = MANIFEST) -> Path:
        root = tmp_path / "project"
        for path, content in {"package.json": manifest, **files}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        (root / ".git").mkdir(exist_ok=True)
        return root

    return write


@pytest.fixture
def nestwise(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `nestwise ARG…`; the cache is the test's own."""

    def run(*args: object, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "nestwise", *map(str, args)],
            cwd=cwd,
            env={**os.environ, "NESTWISE_CACHE_DIR": str(tmp_path / "cache"), **env},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
        )

    return run
