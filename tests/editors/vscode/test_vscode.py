"""The extension in VS Code, inside its extension host: each test of the suites in `inhost/` by its name."""

from __future__ import annotations

from pathlib import Path

import code_server
import opened
import pytest
import running

SUITES = [running.HERE / "inhost" / f"{name}.js" for name in ("project", "several", "plain")]
TESTS = [(suite, name) for suite in SUITES for name in running.names(suite)]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def inhost(vsix: Path, shown: Path, request: pytest.FixtureRequest, tmp_path_factory) -> running.Run:
    """All that is wanted of the suites, in one VS Code: a window for each suite, one after the other."""
    state = tmp_path_factory.mktemp("vscode")
    wanted = running.asked_for(request, SUITES)
    windows = [
        {"opened": str(getattr(opened, s.stem)(state / f"{s.stem} é😀")), "suite": str(s)} for s in wanted
    ]
    return running.inhost(code_server.NEWEST, vsix, state, shown, windows, wanted)


@pytest.mark.parametrize(("suite", "name"), TESTS, ids=[f"{suite.stem}: {name}" for suite, name in TESTS])
def test_inside(inhost: running.Run, suite: Path, name: str) -> None:
    inhost.judge(suite, name)
