"""Facts of files and what rules saw in them, on disk and addressed by content: nothing can be stale.

The key is a digest of the file's bytes, its dialect and the code that extracts facts, so neither a
changed file nor a new release needs an invalidation rule. Values are msgpack, never pickle: opening
a repository must not run code that it brought along. Deleting the file is always safe.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec
import tree_sitter_typescript

from nestwise.project.facts import FileFacts
from nestwise.project.store import cache_folder, digest

packed = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FileFacts).decode


@cache
def _extractor_id() -> bytes:
    here = Path(__file__).parent
    code = [here / "facts.py", *here.glob("extract*.py"), *(here.parent / "syntax").glob("*.py")]
    sources = [file.read_bytes() for file in sorted(code)]
    # The version of the grammar stands in metadata that are slow to read; to install one changes this time.
    installed = os.stat(tree_sitter_typescript.__path__[0]).st_mtime_ns
    return blake2b(b"\0".join([b"%d" % installed, *sources])).digest()


def _key(text: bytes) -> bytes:
    """What the facts of a text are stored under."""
    return blake2b(text, key=_extractor_id(), digest_size=16).digest()


def detail_key(text: bytes, name: str) -> bytes:
    """What a detail of a text (see `details`) is stored under."""
    return blake2b(text, key=_extractor_id(), digest_size=16, person=name.encode()).digest()


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

    def __init__(self, path: Path | None, *, max_bytes: int = _MAX_BYTES) -> None:
        """Without a path it has what it is told to hold, and keeps nothing."""
        self._path = path
        self._max_bytes = max_bytes
        self._today = int(time.time() // 86_400)
        self._facts: dict[bytes, FileFacts] = {}
        self._looks: dict[bytes, bytes] = {}
        self._db = (self._opened() or self._opened()) if path is not None else None

    @property
    def on_disk(self) -> bool:
        return self._path is not None

    def _opened(self) -> sqlite3.Connection | None:
        """The database, made where there is none; a broken one is removed."""
        db: sqlite3.Connection | None = None
        try:
            assert self._path is not None
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
        if type(error) is sqlite3.DatabaseError and self._path is not None:
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
        asked = set(digests)
        out = {text: self._facts[text] for text in asked & self._facts.keys()}
        if self._db is None:
            return out
        texts = {_key(text): text for text in asked - out.keys()}
        for key, value in self._found(list(texts)):
            with suppress(msgspec.MsgspecError):
                out[texts[key]] = _decode(value)
        return out

    def store(self, entries: Mapping[bytes, FileFacts]) -> None:
        if self._db is not None:
            self._keep([(_key(text), packed(facts)) for text, facts in entries.items()])

    def load_looks(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """What rules saw in texts, as they packed it and under their own keys."""
        asked = set(keys)
        held = {key: self._looks[key] for key in asked & self._looks.keys()}
        return held | dict(self._found(list(asked - held.keys())))

    def store_looks(self, entries: Mapping[bytes, bytes]) -> None:
        self._keep(list(entries.items()))

    def hold(self, facts: Mapping[bytes, FileFacts], looks: Mapping[bytes, bytes]) -> None:
        """Have these in memory; `write_held` writes them."""
        self._facts.update(facts)
        self._looks.update(looks)

    def write_held(self) -> None:
        """For a process that was forked: it must not use the connection that it inherited, nor close it."""
        inherited, self._db = self._db, self._opened()
        self.store(self._facts)
        self.store_looks(self._looks)
        self._db = inherited

    def _found(self, keys: list[bytes]) -> list[tuple[bytes, bytes]]:
        if self._db is None:
            return []
        out: list[tuple[bytes, bytes]] = []
        old: list[tuple[int, bytes]] = []
        try:
            for start in range(0, len(keys), 500):
                part = keys[start : start + 500]
                marks = ",".join("?" * len(part))
                rows = self._db.execute(
                    f"SELECT digest, value, day FROM facts WHERE digest IN ({marks})", part
                )
                for key, value, day in rows:
                    if isinstance(value, bytes) and isinstance(day, int):
                        out.append((key, value))
                        if day < self._today - 1:
                            old.append((self._today, key))
            if old:
                self._write("UPDATE facts SET day = ? WHERE digest = ?", old)
        except sqlite3.Error as error:
            self._failed(error)
        return out

    def _keep(self, entries: list[tuple[bytes, bytes]]) -> None:
        if self._db is None or not entries:
            return
        rows = [(key, value, self._today) for key, value in entries]
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
