"""A small Nest project on disk, and editors that open it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))
from lsp_editor import Editor, connect
from lsp_project import FILES, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "cats", FILES)


@pytest.fixture
def add(project: Path) -> Callable[..., Path]:
    return lambda files: write(project, files)


@pytest_asyncio.fixture
async def start(project: Path, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await start("vscode")` gives an editor with the project open; all of them are closed at the end."""
    editors: list[Editor] = []

    async def begin(client: str = "vscode", root: Path | None = None, **more: Any) -> Editor:
        env = {"NESTWISE_CACHE_DIR": str(tmp_path / "cache"), **more.pop("env", {})}
        editors.append(await connect(root or project, client, env=env, **more))
        return editors[-1]

    yield begin
    for editor in editors:
        if editor.client._server is not None and editor.client._server.returncode is None:
            await editor.client.shutdown_session()
        await editor.client.stop()
