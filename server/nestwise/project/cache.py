"""Facts on disk, addressed by content: nothing in here can be stale.

The key is a digest of the file's bytes, its dialect and the code that extracts facts, so neither a
changed file nor a new release needs an invalidation rule. Values are msgpack, never pickle: opening
a repository must not run code that it brought along. Deleting the file is always safe.
"""

from __future__ import annotations

import sqlite3
import time
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


_VERSION = 2
"""Of the table below; another one is made anew."""
_MAX_BYTES = 256_000_000
"""Of the file: facts of some 60,000 sources."""
_MAX_DAYS = 60
"""Facts that nobody asked for that long are dropped."""


class FactsCache:
    """A cache that works as well when it cannot be written, is broken or is locked: then it is empty."""

    def __init__(self, path: Path, *, max_bytes: int = _MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._today = int(time.time() // 86_400)
        self._db = self._opened() or self._opened()

    def _opened(self) -> sqlite3.Connection | None:
        """The database, made where there is none; a broken one is removed."""
        db: sqlite3.Connection | None = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self._path, isolation_level=None, timeout=1)
            db.execute("PRAGMA auto_vacuum=INCREMENTAL")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=OFF")
            if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
                db.execute("BEGIN IMMEDIATE")
                db.execute("DROP TABLE IF EXISTS facts")
                db.execute(
                    "CREATE TABLE facts (digest BLOB PRIMARY KEY, value BLOB, day INTEGER) WITHOUT ROWID"
                )
                db.execute(f"PRAGMA user_version={_VERSION}")
                db.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            if db is not None:
                db.close()
            self._remove_if_broken(error)
            return None
        return db

    def _remove_if_broken(self, error: Exception) -> None:
        """A database that is locked, not ours to write, or on a full disk is no broken one."""
        if type(error) is sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self._path.with_name(self._path.name + suffix).unlink()

    def _failed(self, error: Exception) -> None:
        """Do without from now on."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
            self._db = None
        self._remove_if_broken(error)

    def load(self, digests: Iterable[bytes]) -> dict[bytes, FileFacts]:
        """The facts of the texts that are known, by their digests."""
        if self._db is None:
            return {}
        out: dict[bytes, FileFacts] = {}
        texts = {_key(text): text for text in digests}
        wanted = list(texts)
        old: list[tuple[int, bytes]] = []
        try:
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(
                    f"SELECT digest, value, day FROM facts WHERE digest IN ({marks})", part
                )
                for key, value, day in rows:
                    with suppress(msgspec.MsgspecError, TypeError):
                        out[texts[key]] = _decode(value)
                        if day < self._today - 1:
                            old.append((self._today, key))
            if old:
                self._write("UPDATE facts SET day = ? WHERE digest = ?", old)
        except sqlite3.Error as error:
            self._failed(error)
        return out

    def store(self, entries: Mapping[bytes, FileFacts]) -> None:
        if self._db is None or not entries:
            return
        rows = [(_key(text), _encode(facts), self._today) for text, facts in entries.items()]
        try:
            self._write("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
            self._prune()
        except sqlite3.Error as error:
            self._failed(error)

    def _write(self, statement: str, rows: list[tuple[int, bytes]] | list[tuple[bytes, bytes, int]]) -> None:
        assert self._db is not None
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(statement, rows)
        self._db.execute("COMMIT")

    def _prune(self) -> None:
        """Keep the file small: first what is old goes, then half of what is left, the oldest first."""
        db = self._db
        assert db is not None
        if self._bytes(db) <= self._max_bytes:
            return
        db.execute("DELETE FROM facts WHERE day < ?", (self._today - _MAX_DAYS,))
        if self._bytes(db) > self._max_bytes:
            half = "SELECT digest FROM facts ORDER BY day LIMIT (SELECT count(*) / 2 FROM facts)"
            db.execute(f"DELETE FROM facts WHERE digest IN ({half})")
        db.execute("PRAGMA incremental_vacuum").fetchall()

    @staticmethod
    def _bytes(db: sqlite3.Connection) -> int:
        """What is in use, without the pages that are free."""
        size, pages, free = (
            db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "page_count", "freelist_count")
        )
        return int(size * (pages - free))


__all__ = ["FactsCache", "default_path", "digest"]
