"""A terminal that a test sits at: keys go in, and what is on the screen comes out."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from obtain import debian, needed, unpacked

WAIT = 20.0
"""Seconds after which a test gives up; the machine may be busy."""


class Terminal:
    """tmux with one window and a server of its own."""

    def __init__(self, folder: Path, command: list[str], env: Mapping[str, str], cwd: Path) -> None:
        """`folder`: an existing one for the socket, with a short path."""
        tmux = needed("tmux", lambda: unpacked(debian("tmux", "bookworm", "tmux"), "tmux"))
        self._tmux = [str(tmux), "-S", str(folder / "tmux"), "-f", "/dev/null"]
        self._env = {**env, "TERM": "screen-256color"}
        self._run("new-session", "-d", "-x", "150", "-y", "45", "-c", str(cwd), *command)
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
        self._run("send-keys", "-l", text)

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def until(self, *texts: str, gone: bool = False) -> str:
        """The screen once it shows all the texts, or none of them."""
        end = time.monotonic() + WAIT
        while any((text in (now := self.screen())) is gone for text in texts):
            assert time.monotonic() < end, f"{'still' if gone else 'no'} {texts} on the screen:\n{now}"
            time.sleep(0.05)
        return self.screen()

    def pid(self) -> int:
        return int(self._run("display-message", "-p", "#{pane_pid}"))

    def until_end(self) -> int:
        """The exit code of the program, or the signal, once it has ended."""
        end = time.monotonic() + WAIT
        told = ("display-message", "-p", "#{pane_dead_status}#{pane_dead_signal}")
        while not (status := self._run(*told).strip()):
            assert time.monotonic() < end, f"it still runs:\n{self.screen()}"
            time.sleep(0.05)
        return int(status)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], env=self._env, capture_output=True)
