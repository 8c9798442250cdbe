"""From a keystroke to the diagnostics of the new version at the client, and what the server weighs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.client import Server

WARM_UP = 3
"""Keystrokes that are not counted."""


@dataclass(frozen=True)
class Typing:
    """A line that is typed below another one, letter by letter, and deleted again."""

    name: str
    after: str
    """The text after which is typed."""
    text: str


SCENARIOS = (
    Typing("in a body", "by: user.id };", "\n    const total = this.entries.size + 1;"),
    Typing("in a signature", "@Param('id', ParseIntPipe) id: number,", "\n    @Query('q') q: string,"),
    Typing("a decorator", "  @ApiOperation({ summary: 'Step 20' })", "\n  @UseGuards(JwtAuthGuard)"),
)


@dataclass(frozen=True)
class Session:
    open_ms: float
    """From opening the file, in a server that has just started, to its first diagnostics."""
    index_ms: float
    """From the start of the server to the end of its first reading of the folder."""
    index_mb: float
    """Resident memory then."""
    latencies_ms: dict[str, list[float]]
    """By scenario, one for each keystroke."""


def measure(root: Path, cache: Path, file: str, *, pull: bool, strokes: int) -> Session:
    """Open a controller in a new server and type into it."""
    start = time.perf_counter()
    with Server(root, cache, pull=pull) as server:
        document = _Document(server, root / file, pull)
        open_ms = document.open() * 1000
        while not server.read_at:
            server.wait(lambda _: True)
        index_ms = (server.read_at - start) * 1000
        server.quiet(1.0)
        memory = psutil.Process(server.pid).memory_info().rss / 1e6
        latencies = {s.name: list(_typed(document, s, strokes)) for s in SCENARIOS}
    return Session(open_ms, index_ms, memory, latencies)


def _typed(document: _Document, scenario: Typing, strokes: int) -> Iterator[float]:
    middle = len(document.text) // 2
    found = document.text.find(scenario.after, middle)
    place = (found if found >= 0 else document.text.index(scenario.after)) + len(scenario.after)
    done = 0
    while done < strokes + WARM_UP:
        for count, letter in enumerate(scenario.text):
            seconds = document.change(place + count, place + count, letter)
            done += 1
            if done > WARM_UP:
                yield seconds * 1000
            if done == strokes + WARM_UP:
                break
        document.change(place, place + count + 1, "")


class _Document:
    """ASCII only, so that offsets are units of any encoding."""

    def __init__(self, server: Server, path: Path, pull: bool) -> None:
        self.text = path.read_text("utf-8")
        self._server = server
        self._uri = path.as_uri()
        self._pull = pull
        self._version = 1

    def open(self) -> float:
        start = time.perf_counter()
        document = {"uri": self._uri, "languageId": "typescript", "version": 1, "text": self.text}
        self._server.notify("textDocument/didOpen", {"textDocument": document})
        self._diagnostics()
        return time.perf_counter() - start

    def change(self, start: int, end: int, text: str) -> float:
        """Seconds from the edit to the diagnostics of the new version."""
        self._version += 1
        span = {"start": self._position(start), "end": self._position(end)}
        self.text = self.text[:start] + text + self.text[end:]
        params = {
            "textDocument": {"uri": self._uri, "version": self._version},
            "contentChanges": [{"range": span, "text": text}],
        }
        begin = time.perf_counter()
        self._server.notify("textDocument/didChange", params)
        self._diagnostics()
        return time.perf_counter() - begin

    def _diagnostics(self) -> None:
        if self._pull:
            self._server.request("textDocument/diagnostic", {"textDocument": {"uri": self._uri}})
            return
        self._server.wait(
            lambda m: (
                m.get("method") == "textDocument/publishDiagnostics"
                and m["params"]["uri"] == self._uri
                and m["params"].get("version", self._version) == self._version
            )
        )

    def _position(self, offset: int) -> dict[str, int]:
        line = self.text.count("\n", 0, offset)
        return {"line": line, "character": offset - (self.text.rfind("\n", 0, offset) + 1)}
