"""Facts on disk, addressed by content: nothing in here can be stale.

The key is a digest of the file's bytes, its dialect and the code that extracts facts, so neither a
changed file nor a new release needs an invalidation rule. Values are msgpack, never pickle: opening
a repository must not run code that it brought along. Deleting the file is always safe.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import msgspec

from nestwise.project.facts import FileFacts
from nestwise.project.store import cache_folder, digest

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FileFacts).decode


@cache
def _extractor_id() -> bytes:
    here = Path(__file__).parent
    code = [here / "facts.py", *here.glob("extract*.py"), *(here.parent / "syntax").glob("*.py")]
    sources = [file.read_bytes() for file in sorted(code)]
    return blake2b(b"\0".join([version("tree-sitter-typescript").encode(), *sources])).digest()


def _key(text: bytes) -> bytes:
    """What the facts of a text are stored under."""
    return blake2b(text, key=_extractor_id(), digest_size=16).digest()


def default_path() -> Path:
    return cache_folder() / "facts.db"


class FactsCache:
    """A cache that works as well when it cannot be written, is broken or is locked: then it is empty."""

    def __init__(self, path: Path) -> None:
        self._db: sqlite3.Connection | None = None
        for _ in range(2):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._db = sqlite3.connect(path, isolation_level=None, timeout=1)
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=OFF")
                self._db.execute(
                    "CREATE TABLE IF NOT EXISTS facts (digest BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID"
                )
                return
            except sqlite3.DatabaseError:
                self._db = None
                with suppress(OSError):
                    path.unlink()
            except OSError:
                return

    def load(self, digests: Iterable[bytes]) -> dict[bytes, FileFacts]:
        """The facts of the texts that are known, by their digests."""
        if self._db is None:
            return {}
        out: dict[bytes, FileFacts] = {}
        texts = {_key(text): text for text in digests}
        wanted = list(texts)
        try:
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(f"SELECT digest, value FROM facts WHERE digest IN ({marks})", part)
                for key, value in rows:
                    with suppress(msgspec.MsgspecError):
                        out[texts[key]] = _decode(value)
        except sqlite3.Error:
            return out
        return out

    def store(self, entries: Mapping[bytes, FileFacts]) -> None:
        if self._db is None or not entries:
            return
        rows = [(_key(text), _encode(facts)) for text, facts in entries.items()]
        with suppress(sqlite3.Error):
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
            self._db.execute("COMMIT")


__all__ = ["FactsCache", "default_path", "digest"]
