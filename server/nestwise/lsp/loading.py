"""Reading folders: in the background, with progress, while documents are answered."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from itertools import count

from lsprotocol import types as lsp

from nestwise.lsp.diagnostics import Diagnostics
from nestwise.lsp.folders import Folder
from nestwise.lsp.jobs import Work
from nestwise.lsp.session import Session
from nestwise.lsp.status import Status

_REPORT_EVERY = 0.1
"""Seconds between two reports of progress."""
_QUIET = 0.15
"""Seconds of work that are not worth a progress bar, when a folder is read again."""


@dataclass
class Loading:
    session: Session
    diagnostics: Diagnostics
    status: Status

    def load(self, folder: Folder) -> None:
        """Read a folder, or read it again if something changed while it was read."""
        if folder.loading:
            folder.stale = True
            return
        folder.loading, folder.started = True, time.monotonic()
        folder.touched.clear()
        self.session.jobs.add(("load", folder.root), self._work(folder))

    def _work(self, folder: Folder) -> Work:
        session, workspace = self.session, folder.workspace
        start, first = time.monotonic(), not workspace.complete
        before = workspace.project
        gc.disable()
        bar = _Bar(session, f"nestwise: reading {folder.root.name or folder.root}")
        try:
            placed = False
            for progress in workspace.refresh(session.cache):
                if workspace.surveyed and not placed:
                    placed = True
                    session.place_all()
                if first or time.monotonic() - start > _QUIET:
                    bar.show(progress.done, progress.total)
                    self.status.reading(folder, progress.done, progress.total)
                yield None
            for _ in workspace.prepare():
                yield None
        finally:
            settle_memory()
            folder.loading = False
            bar.end(f"{len(workspace.project)} files")
            self.status.read(folder)
        session.place_all()
        self._tell_problems(folder)
        if first:
            self._tell_size(folder, time.monotonic() - start)
        if first or workspace.project is not before:
            self.diagnostics.everything_changed()
        session.model_changed()
        if folder.stale:
            folder.stale = False
            self.load(folder)

    def _tell_size(self, folder: Folder, seconds: float) -> None:
        layout = folder.workspace.layout
        if any(package.nest for package in layout.packages):
            found = f"{len(folder.workspace.project)} files of NestJS packages, read in {seconds:.1f} s"
        else:
            found = "no package.json there or below depends on @nestjs/*; nothing is checked"
        self.session.log(f"{folder.root}: {found}.")

    def _tell_problems(self, folder: Folder) -> None:
        """What could not be read: all of it in the log, and one message."""
        problems = [f"{problem.path} {problem.message}" for problem in folder.workspace.problems]
        new = [problem for problem in problems if problem not in folder.told]
        folder.told = set(problems)
        for problem in new:
            self.session.log(f"{folder.root}: {problem}", lsp.MessageType.Warning)
        if new:
            more = f" And {len(new) - 1} more, named in the log." if len(new) > 1 else ""
            self.session.tell(f"Not checked: {new[0]}{more}", key=("problems", folder.root, new[0]))


def settle_memory() -> None:
    """What is known of a folder stays: never look at it again for garbage. A look takes a third of a second
    at 3,000 files, in the middle of a keystroke."""
    gc.freeze()
    gc.enable()


class _Bar:
    """A progress bar, from when the client agreed to show one."""

    _numbers = count(1)

    def __init__(self, session: Session, title: str) -> None:
        self._session = session
        self._title = title
        self._token: str | None = None
        self._begun = self._ended = False
        self._last = 0.0

    def show(self, done: int, total: int) -> None:
        if not self._session.client.progress:
            return
        if self._token is None:
            self._token = f"nestwise-{next(self._numbers)}"
            params = lsp.WorkDoneProgressCreateParams(token=self._token)
            self._session.request(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, params, self._begin)
        now = time.monotonic()
        if self._begun and now - self._last >= _REPORT_EVERY:
            self._last = now
            share = min(100, done * 100 // total) if total else 0
            said = f"{done} of {total} files" if total else "looking for files"
            self._send({"kind": "report", "message": said, "percentage": share})

    def _begin(self) -> None:
        if not self._ended:
            self._begun = True
            self._send({"kind": "begin", "title": self._title, "percentage": 0, "cancellable": False})

    def end(self, message: str) -> None:
        if self._begun and not self._ended:
            self._send({"kind": "end", "message": message})
        self._ended = True

    def _send(self, value: dict[str, object]) -> None:
        self._session.notify(lsp.PROGRESS, lsp.ProgressParams(token=self._token or "", value=value))
