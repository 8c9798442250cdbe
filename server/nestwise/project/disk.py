"""The sources of a folder as they were last seen on disk: what changed since, and what cannot be read."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path

from msgspec import Struct

from nestwise.project.files import Problem, is_generated
from nestwise.project.store import digest, read_bytes

MAX_BYTES = 4_000_000
"""Larger files are generated data; they are named in `problems` and not read."""


class Found(Struct, frozen=True):
    data: bytes
    key: bytes
    """The digest that the cache of facts knows."""
    changed: bool
    """Is it another text than when the file was last looked at?"""


class _Seen(Struct):
    stamp: tuple[int, int]
    key: bytes
    generated: bool


class Disk:
    """Remembers of each file a time stamp and a digest, and the texts where they are to be kept."""

    def __init__(self, root: Path, keep_texts: bool) -> None:
        self.problems: dict[str, Problem] = {}
        """Files that could not be read when they were last looked at."""
        self._root = str(root)
        self._seen: dict[str, _Seen] = {}
        self._texts: dict[str, bytes] | None = {} if keep_texts else None

    def __contains__(self, path: str) -> bool:
        return path in self._seen

    def is_generated(self, path: str) -> bool:
        seen = self._seen.get(path)
        return seen is not None and seen.generated

    def digests(self) -> dict[str, bytes]:
        return {path: seen.key for path, seen in self._seen.items()}

    def key(self, path: str) -> bytes | None:
        seen = self._seen.get(path)
        return seen.key if seen is not None else None

    def look(self, path: str, *, afresh: bool = False, text: bool = False) -> Found | None:
        """The file as it is now; None if it cannot be read. Without `text` and `afresh` a file
        whose time stamp and size are the old ones is not read: its text is then empty."""
        seen = self._seen.get(path)
        if seen is not None and text and self._texts is not None and path in self._texts:
            return Found(self._texts[path], seen.key, False)
        full = f"{self._root}/{path}"
        try:
            stat = os.stat(full)
            stamp = (stat.st_mtime_ns, stat.st_size)
            if seen is not None and seen.stamp == stamp and not afresh and not text:
                return Found(b"", seen.key, False)
            if stat.st_size > MAX_BYTES:
                megabytes = stat.st_size / 1e6
                return self._fail(
                    path, f"is {megabytes:.0f} MB and was not read; exclude it in nestwise.json."
                )
            with open(full, "rb") as stream:
                data = stream.read()
        except FileNotFoundError:
            self._drop(path)
            self.problems.pop(path, None)
            return None
        except OSError as error:
            return self._fail(path, f"cannot be read: {error.strerror}. Check its permissions.")
        if data.count(0) * 100 > len(data):  # one in a string literal is legal
            if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(0) * 3 > len(data) > data.count(0):
                return self._fail(path, "is UTF-16 and was not analysed. Save it as UTF-8.")
            return self._fail(path, "is not text (it holds NUL bytes) and was not analysed. Exclude it.")
        self.problems.pop(path, None)
        key = digest(path, data)
        if self._texts is not None:
            self._texts[path] = data
        self._seen[path] = _Seen(stamp, key, is_generated(data))
        return Found(data, key, seen is None or seen.key != key)

    def text(self, path: str) -> bytes | None:
        """The text that was last looked at, read again; None if it is another one by now."""
        seen = self._seen.get(path)
        if seen is None:
            return None
        if self._texts is not None and path in self._texts:
            return self._texts[path]
        data = read_bytes(Path(self._root), path)
        return data if data is not None and digest(path, data) == seen.key else None

    def forget(self, keep: Container[str]) -> None:
        """Forget all files but those in `keep`."""
        for path in [p for p in self._seen if p not in keep]:
            self._drop(path)
        for path in [p for p in self.problems if p not in keep]:
            del self.problems[path]

    def _fail(self, path: str, message: str) -> Found | None:
        self._drop(path)
        self.problems[path] = Problem(path, message)
        return None

    def _drop(self, path: str) -> None:
        self._seen.pop(path, None)
        if self._texts is not None:
            self._texts.pop(path, None)
