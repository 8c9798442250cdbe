"""Bytes to messages and back. One thread reads, and does nothing else; everything runs in the main thread."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import sys
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol

Message = dict[str, Any]

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*\r?$", re.I | re.M)
_CHUNK = 65536


class Writer(Protocol):
    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...


class AddressError(Exception):
    """An address that cannot be used, with the remedy."""


class Unreadable(Exception):
    """A message that is not a JSON object."""


class Inbox:
    """The messages of the client, in their order, and whether more of them wait."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        """`read` waits for some bytes; none means that the client has gone."""
        self._arrived: SimpleQueue[bytes | None] = SimpleQueue()
        self._waiting: deque[Message | Unreadable] = deque()
        self._cancelled: set[int | str] = set()
        self._closed = False
        Thread(target=_split, args=(read, self._arrived.put), daemon=True, name="reader").start()

    @property
    def empty(self) -> bool:
        return not self._waiting and self._arrived.empty()

    def next(self, timeout: float | None) -> Message | Unreadable | None:
        """The next message, None if none came within `timeout` seconds. Raises EOFError at the end."""
        with contextlib.suppress(Empty):
            if not self._waiting and not self._closed:
                self._take(self._arrived.get(timeout=timeout) if timeout != 0 else self._arrived.get_nowait())
            while True:
                self._take(self._arrived.get_nowait())
        if self._waiting:
            return self._waiting.popleft()
        if self._closed:
            raise EOFError
        return None

    def _take(self, body: bytes | None) -> None:
        if body is None:
            self._closed = True
            return
        message: Message | Unreadable
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            message = Unreadable(f"not JSON: {error}")
        if not isinstance(message, dict):
            message = message if isinstance(message, Unreadable) else Unreadable("not a JSON object")
        elif message.get("method") == "$/cancelRequest" and isinstance(message.get("params"), dict):
            # Requests that have not begun are cancelled before they waste time.
            wanted = message["params"].get("id")
            for other in self._waiting:
                if isinstance(other, dict) and other.get("id") == wanted and "method" in other:
                    other["cancelled"] = True
        self._waiting.append(message)


def _split(read: Callable[[], bytes], put: Callable[[bytes | None], None]) -> None:
    """Cut the stream at its headers. A header without a length is skipped."""
    buffer = bytearray()
    wanted: int | None = None
    with contextlib.suppress(OSError, ValueError):
        while chunk := read():
            buffer += chunk
            while True:
                if wanted is None:
                    end = buffer.find(b"\r\n\r\n")
                    if end < 0:
                        break
                    length = _LENGTH.search(buffer, 0, end + 1)
                    wanted = int(length[1]) if length else None
                    del buffer[: end + 4]
                    continue
                if len(buffer) < wanted:
                    break
                put(bytes(buffer[:wanted]))
                del buffer[:wanted]
                wanted = None
    put(None)


class _FdWriter:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


class _SocketWriter:
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        self._connection.sendall(data)

    def close(self) -> None:
        self._connection.close()


def over_stdio() -> tuple[Inbox, Writer]:
    """The standard streams. What anybody prints goes to stderr from now on: stdout is the client's."""
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)
    out = os.dup(1)
    os.dup2(2, 1)
    return Inbox(lambda: os.read(0, _CHUNK)), _FdWriter(out)


def over_tcp(address: str) -> tuple[Inbox, Writer]:
    """Wait for one client at `HOST:PORT`. Raises AddressError."""
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or int(port) > 65535:
        raise AddressError(f"`{address}` is not an address. Give HOST:PORT, as in 127.0.0.1:2087.")
    try:
        with socket.create_server((host or "127.0.0.1", int(port))) as listening:
            print(f"nestwise listens on {host or '127.0.0.1'}:{listening.getsockname()[1]}", file=sys.stderr)
            connection, _ = listening.accept()
    except OSError as error:
        what = (error.strerror or str(error)).partition(" (")[0]
        raise AddressError(f"cannot listen on {address}: {what}. Give another HOST:PORT.") from None
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Inbox(lambda: connection.recv(_CHUNK)), _SocketWriter(connection)
