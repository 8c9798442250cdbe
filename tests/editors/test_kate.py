"""Kate in a screen of its own, set up as server/EDITORS.md says; the pictures are kept."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from obtain import debian_here, needed
from sample import FILES, SERVICE
from snippets import EDITORS, snippet

pytestmark = pytest.mark.slow

WAIT = 40.0
"""Seconds after which a test gives up; the machine may be busy."""
PACKAGES = ("kate", "xvfb", "xdotool", "imagemagick", "dbus-x11", "dbus")
KATERC = """\
[General]
Show welcome view for new window=false
[Kate Plugins]
lspclientplugin=true
[lspclient]
AllowedServerCommandLines={command}
"""


def until(what: str, done: Callable[[], object]) -> None:
    end = time.monotonic() + WAIT
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@pytest.fixture
def screen(home: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of programs on a screen of 1280 × 800."""
    for program in ("kate", "Xvfb", "xdotool", "import", "dbus-run-session"):
        needed("Kate", lambda program=program: debian_here(*PACKAGES, program=program))  # type: ignore[misc]
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield {**home, "DISPLAY": f":{server.stdout.readline().strip()}"}
        server.terminate()


def test_a_finding_is_shown_and_its_fix_applied(
    screen: dict[str, str], zoo: Path, tmp_path: Path, nestwise: Path, shown: Path
) -> None:
    config = Path(screen["XDG_CONFIG_HOME"])
    (config / "kate" / "lspclient").mkdir(parents=True)
    (config / "kate" / "lspclient" / "settings.json").write_text(snippet(EDITORS, "kate"), "utf-8")
    said = tmp_path / "said"  # what the server said: there is no other way to know when to press a key
    command = tmp_path / "bin" / "nestwise"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\n'{nestwise}' \"$@\" | tee -a '{said}'\n", "utf-8")
    command.chmod(0o755)
    (config / "katerc").write_text(KATERC.format(command=f"{command} lsp"), "utf-8")
    env = {**screen, "PATH": f"{command.parent}:{screen['PATH']}"}

    def do(*action: str) -> str:
        return subprocess.run(
            ["xdotool", *action], env=env, capture_output=True, text=True, timeout=WAIT
        ).stdout

    def picture(name: str) -> None:
        subprocess.run(["import", "-window", "root", str(shown / f"kate-{name}.png")], env=env, check=True)

    def has(text: str) -> bool:
        return said.exists() and text in said.read_text("utf-8", errors="replace")

    kate = subprocess.Popen(
        ["dbus-run-session", "--", "kate", "-n", "--startanon", "-l", "8", "-c", "20", str(zoo / SERVICE)],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until("no finding", lambda: has('"logging/no-console"'))
        until("no window", lambda: do("search", "--onlyvisible", "--class", "kate"))
        window = do("search", "--onlyvisible", "--class", "kate").split()[-1]
        do("windowfocus", "--sync", window)
        picture("finding")
        do("key", "alt+Return")
        until("no fix", lambda: has("Use `this.logger.log`"))
        time.sleep(1)  # for the menu
        picture("fixes")
        do("key", "Down")
        time.sleep(0.3)
        do("key", "Return")
        fixed = FILES[SERVICE].replace("console.log", "this.logger.log")

        def saved() -> bool:
            do("key", "ctrl+s")
            time.sleep(0.5)
            return (zoo / SERVICE).read_text("utf-8") == fixed

        until((zoo / SERVICE).read_text("utf-8"), saved)
        picture("fixed")
    finally:
        started = [kate_process := psutil.Process(kate.pid), *kate_process.children(recursive=True)]
        do("key", "ctrl+q")
        left = psutil.wait_procs(started, timeout=8)[1]
        for process in left:
            process.kill()
        kate.wait()
    assert not left, f"Kate left {left}"
