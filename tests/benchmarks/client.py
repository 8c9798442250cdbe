"""A client that costs next to nothing: JSON-RPC over pipes, messages made by hand, one thread."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

_TIMEOUT = 120.0
"""Seconds without any message after which a server counts as dead."""


class Server:
    """`nestwise lsp` as a child process."""

    def __init__(self, root: Path, cache: Path, *, pull: bool) -> None:
        env = {**os.environ, "NESTWISE_CACHE_DIR": str(cache)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "nestwise", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            bufsize=0,
            cwd=root,
        )
        self._buffer = b""
        self._next = 0
        self.read_at = 0.0
        """When it said that it had read the folder, on the clock of `time.perf_counter`; 0 before."""
        document: dict[str, Any] = {"synchronization": {}}
        if pull:
            document["diagnostic"] = {}
        else:
            document["publishDiagnostics"] = {"versionSupport": True}
        folder = {"uri": root.as_uri(), "name": "bench"}
        capabilities = {"textDocument": document, "window": {"workDoneProgress": True}}
        params = {
            "processId": os.getpid(),
            "rootUri": root.as_uri(),
            "workspaceFolders": [folder],
            "capabilities": capabilities,
        }
        self.request("initialize", params)
        self.notify("initialized", {})

    @property
    def pid(self) -> int:
        return self._process.pid

    def notify(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any) -> Any:
        """The result; raises RuntimeError on an error."""
        self._next += 1
        number = self._next
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        message = self.wait(lambda m: m.get("id") == number and "method" not in m)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message["result"]

    def wait(self, wanted: Any) -> dict[str, Any]:
        """The next message that is `wanted`; requests of the server are answered, the rest is dropped."""
        while True:
            message = self._receive()
            if message.get("method") == "window/logMessage" and ", read in " in message["params"]["message"]:
                self.read_at = self.read_at or time.perf_counter()
            if "id" in message and "method" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            if wanted(message):
                return message

    def quiet(self, seconds: float) -> None:
        """Read until nothing comes any more for some time."""
        while select.select([self._process.stdout], [], [], seconds)[0]:
            self.wait(lambda _: True)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps(message, separators=(",", ":")).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def _receive(self) -> dict[str, Any]:
        end = time.monotonic() + _TIMEOUT
        while True:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if separator:
                size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                if len(rest) >= size:
                    self._buffer = rest[size:]
                    message: dict[str, Any] = json.loads(rest[:size])
                    return message
            stream = self._process.stdout
            assert stream is not None
            if not select.select([stream], [], [], max(0.0, end - time.monotonic()))[0]:
                raise RuntimeError(f"the server said nothing for {_TIMEOUT:.0f} s")
            data = os.read(stream.fileno(), 1 << 20)
            if not data:
                raise RuntimeError(f"the server ended with exit code {self._process.wait()}")
            self._buffer += data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.request("shutdown", None)
            self.notify("exit", None)
            self._process.wait(10)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
