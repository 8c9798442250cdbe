"""`nestwise/status`: what the server is about, for a status bar."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nestwise.lsp.folders import Folder
from nestwise.lsp.session import Session

STATUS = "nestwise/status"

_EVERY = 0.25
"""Seconds between two notifications that differ by their numbers alone."""


@dataclass
class Status:
    session: Session
    unreadable: list[Path] = field(default_factory=list)
    """Folders of the client that are none, or cannot be read."""
    _reading: dict[Folder, tuple[int, int]] = field(default_factory=dict)
    """Folders that take a while: files that are done, and all."""
    _sent: dict[str, Any] = field(default_factory=dict)
    _when: float = 0.0

    def reading(self, folder: Folder, done: int, total: int) -> None:
        self._reading[folder] = done, total
        if self._sent.get("state") != "indexing" or time.monotonic() - self._when >= _EVERY:
            self.tell()

    def read(self, folder: Folder) -> None:
        self._reading.pop(folder, None)
        self.tell()

    def tell(self) -> None:
        """Say how it is, if that is news."""
        if not self.session.client.wants_status:
            return
        now = self._now()
        if now != self._sent:
            self._sent, self._when = now, time.monotonic()
            self.session.notify(STATUS, now)

    def _now(self) -> dict[str, Any]:
        for folder in self._reading.keys() - set(self.session.folders):
            del self._reading[folder]
        if self._reading:
            done, total = (sum(count) for count in zip(*self._reading.values(), strict=True))
            message = f"reading {done} of {total} files" if total else "looking for files"
            return {"state": "indexing", "message": message, "done": done, "total": total}
        if (wrong := self._wrong()) is not None:
            return {"state": "error", "message": wrong}
        workspaces = [folder.workspace for folder in self.session.folders]
        nest = [w for w in workspaces if any(package.nest for package in w.layout.packages)]
        if not nest:
            return {"state": "ready", "message": "no package depends on @nestjs/*; nothing is checked"}
        files = sum(len(w.project) for w in nest)
        missed = sum(len(w.problems) for w in nest)
        more = f"; {missed} could not be read and are named in the log" if missed else ""
        counted = f"{files} file{'' if files == 1 else 's'} of NestJS packages"
        return {"state": "ready", "message": counted + more}

    def _wrong(self) -> str | None:
        for path in self.unreadable:
            return f"{path} is not a folder that can be read"
        for folder in self.session.folders:
            if folder.error is not None:
                return str(folder.error).splitlines()[0]
            for problem in folder.workspace.problems:
                if problem.path == ".":
                    return f"{folder.root} {problem.message}"
        return None
