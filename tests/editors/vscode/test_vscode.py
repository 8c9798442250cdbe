"""The extension in VS Code: each test of the suites in JavaScript by its name.

Those in `inhost/` run inside the extension host, where VS Code's own interface says it; `ui.mjs`
drives the page as a user does.
"""

from __future__ import annotations

from pathlib import Path

import code_server
import opened
import pytest
import running

UI = running.HERE / "ui.mjs"
PROJECT, SEVERAL, PLAIN = (running.HERE / "inhost" / f"{name}.js" for name in ("project", "several", "plain"))
LOOKS = {
    "workbench.colorTheme": "Default Dark Modern",
    "window.commandCenter": False,
    "breadcrumbs.enabled": False,
    "editor.minimap.enabled": False,
    "workbench.layoutControl.enabled": False,
    "typescript.validate.enable": False,  # no packages are installed: it would find no module of any
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def inhost(vsix: Path, shown: Path, request: pytest.FixtureRequest, tmp_path_factory) -> running.Run:
    """All that is wanted of the suites, in one VS Code: a window for each suite, one after the other."""
    return _inside(code_server.NEWEST, vsix, shown, request, tmp_path_factory.mktemp("inhost"))


@pytest.fixture(scope="session")
def inhost_oldest(
    vsix: Path, oldest: None, shown: Path, request: pytest.FixtureRequest, tmp_path_factory
) -> running.Run:
    return _inside(code_server.OLDEST, vsix, shown, request, tmp_path_factory.mktemp("oldest"))


@pytest.fixture(scope="session")
def ui(vsix: Path, shown: Path, request: pytest.FixtureRequest, tmp_path_factory) -> running.Run:
    """All that is wanted of the suite, in one window."""
    state = tmp_path_factory.mktemp("ui")
    given = {"opened": str(opened.project(state / "shop"))}
    wanted = running.asked_for(request, [UI])
    return running.run("ui.mjs", code_server.NEWEST, vsix, state, shown, given, wanted, LOOKS)


def _inside(
    version: code_server.Version, vsix: Path, shown: Path, request: pytest.FixtureRequest, state: Path
) -> running.Run:
    wanted = running.asked_for(request, [PROJECT, SEVERAL, PLAIN])
    windows = []
    for suite in wanted:
        folder = getattr(opened, suite.stem)(state / f"{suite.stem} é😀")
        windows.append({"opened": str(folder), "suite": str(suite)})
    (state / "dummy").mkdir()
    given = {"dummy": str(state / "dummy"), "windows": windows}
    return running.run("inhost.mjs", version, vsix, state, shown, given, wanted, {})


def _tests(*suites: Path) -> pytest.MarkDecorator:
    tests = [(suite, name) for suite in suites for name in running.names(suite)]
    return pytest.mark.parametrize(("suite", "name"), tests, ids=[f"{s.stem}: {name}" for s, name in tests])


@_tests(PROJECT, SEVERAL, PLAIN)
def test_inside(inhost: running.Run, suite: Path, name: str) -> None:
    inhost.judge(suite, name)


@_tests(PROJECT)
def test_inside_the_oldest(inhost_oldest: running.Run, suite: Path, name: str) -> None:
    inhost_oldest.judge(suite, name)


@_tests(UI)
def test_window(ui: running.Run, suite: Path, name: str) -> None:
    ui.judge(suite, name)
