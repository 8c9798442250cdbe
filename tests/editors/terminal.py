"""A terminal that a test sits at: keys go in, and what is on the screen comes out."""

from __future__ import annotations

import shlex
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
from obtain import needed, unpacked
from trees import tree

WAIT = 40.0
"""Seconds after which a test gives up; the machine may be busy."""


def _serves(process: psutil.Process) -> bool:
    try:
        return {"nestwise", "lsp"} <= {Path(part).name for part in process.cmdline()}
    except psutil.Error:  # it has ended meanwhile
        return False


class Terminal:
    """tmux with one window and a server of its own."""

    def __init__(self, folder: Path, command: list[str], env: Mapping[str, str], cwd: Path) -> None:
        """`folder`: an existing one for the socket, with a short path."""
        tmux = needed("tmux", lambda: unpacked(tree("bookworm"), "tmux"))
        self._tmux = [str(tmux), "-S", str(folder / "tmux"), "-f", "/dev/null"]
        self._env = {**env, "TERM": "screen-256color"}
        self._status = folder / "status"  # tmux sometimes does not notice the end of a program
        line = f"{shlex.join(command)}; echo $? > {shlex.quote(str(self._status))}"
        self._run("new-session", "-d", "-x", "150", "-y", "45", "-c", str(cwd), "/bin/sh", "-c", line)
        self._run("set-option", "-g", "remain-on-exit", "on")
        self._run("set-option", "-s", "escape-time", "0")

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*self._tmux, *command], env=self._env, capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, f"tmux {' '.join(command)}: {done.stderr}"
        return done.stdout

    def press(self, *keys: str) -> None:
        """Keys as tmux names them: Enter, Escape, C-x."""
        self._run("send-keys", *keys)

    def type(self, text: str) -> None:
        if text.endswith(";"):  # that would end the command
            text = text[:-1] + "\\;"
        self._run("send-keys", "-l", "--", text)

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def until(self, *texts: str, some: bool = False) -> str:
        """The screen once it shows all the texts, or some of them."""
        return self._until(lambda now: (any if some else all)(text in now for text in texts), f"no {texts}")

    def until_gone(self, text: str) -> str:
        """The screen once it does not show a text any more."""
        return self._until(lambda now: text not in now, f"still {text!r}")

    def _until(self, done: Callable[[str], bool], otherwise: str) -> str:
        end = time.monotonic() + WAIT
        while not done(now := self.screen()):
            assert time.monotonic() < end, f"{otherwise} on the screen:\n{now}"
            time.sleep(0.05)
        return now

    def processes(self) -> list[psutil.Process]:
        """The program and what it started, except for the shell that waits for it."""
        shell = int(self._run("display-message", "-p", "#{pane_pid}"))
        return list(psutil.Process(shell).children(recursive=True))

    def servers(self) -> list[psutil.Process]:
        """The language servers that the program started."""
        return [process for process in self.processes() if _serves(process)]

    def end(self, *keys: str) -> int:
        """Press the keys that end the program; its exit code, once it has left no process behind."""
        try:
            return self._end(*keys)
        finally:
            self.close()

    def _end(self, *keys: str) -> int:
        started = self.processes()
        self.press(*keys)
        end = time.monotonic() + WAIT
        while not (self._status.exists() and (status := self._status.read_text("utf-8").strip())):
            assert time.monotonic() < end, f"it still runs:\n{self.screen()}"
            time.sleep(0.05)
        left = psutil.wait_procs(started, timeout=5)[1]
        assert not left, f"the program left {left}"
        return int(status)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], env=self._env, capture_output=True)
