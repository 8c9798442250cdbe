"""Facts of the second level: what is read from a text only when a question asks for it.

`FileFacts` are read from every file and at every keystroke, so they leave out what few questions need: what
the bodies of ordinary methods do, what a database schema holds. Such a reading is a `Detail`, and an input of
the project like the facts are: the answer that a question made of it is verified when the text changed, and
holds where the new text says the same. Details live in the cache of facts, under a key of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import msgspec

from nestwise.project.cache import FactsCache, detail_key
from nestwise.project.extract_parts import Known, Part, parts_of
from nestwise.syntax.source import Dialect, Source, dialect_of

T = TypeVar("T")
P = TypeVar("P")
_MANY = 256
"""New details that are written to the cache together."""


class Reading:
    """A text, and its tree where somebody needs it."""

    def __init__(
        self,
        path: str,
        data: bytes,
        key: bytes | None,
        source: Source | None = None,
        known: Known | None = None,
    ) -> None:
        """`key`: the digest of the text; without one nothing is kept of it (an open document).

        `known`: what was read of an earlier version; it makes reading faster and changes nothing else.
        """
        self.path = path
        self.data = data
        self.key = key
        self._source = source
        self._known = known

    @cached_property
    def source(self) -> Source:
        return self._source or Source.parse(self.data, dialect_of(self.path) or Dialect.TS)

    def parts(self, name: str, read: Callable[[Part], P]) -> Iterator[tuple[P, int]]:
        """What `read` gives of each part of the text, in order, and how many bytes further down that is than
        where it was read: a part that is as it was is not read again. `name`: which reading it is; it must
        depend on nothing but the part's code and owner."""
        if self._known is None:
            return ((read(part), 0) for part in parts_of(self.source))
        return self._known.of(name, self.source, read)


@dataclass(frozen=True, slots=True)
class Detail(Generic[T]):
    """One kind of second-level facts."""

    name: str
    """Of its key in the cache, ASCII, at most 16 characters."""
    kind: type[T]
    """The records: msgspec structs, compared without positions like all facts."""
    extract: Callable[[Reading], T]
    """Pure and total. The module that defines it is called `extract_…`: the cache knows the code by that."""


class Details:
    """Reads details of the texts that somebody owns."""

    def __init__(self, read: Callable[[str], Reading | None]) -> None:
        """`read` gives a text as it is known now; None for a file that is not there."""
        self._read = read
        self.cache: FactsCache | None = None
        self._new: dict[bytes, bytes] = {}

    def reading(self, path: str) -> Reading | None:
        """A text as it is known now; None for a file that is not there."""
        return self._read(path)

    def of(self, path: str, detail: Detail[T]) -> T | None:
        reading = self._read(path)
        if reading is None:
            return None
        if reading.key is None or self.cache is None or not self.cache.on_disk:
            return detail.extract(reading)
        key = detail_key(reading.key, detail.name)
        for value in self.cache.load_looks([key]).values():
            try:
                return msgspec.msgpack.decode(value, type=detail.kind)
            except msgspec.MsgspecError:
                break
        found = detail.extract(reading)
        self._new[key] = msgspec.msgpack.encode(found)
        if len(self._new) >= _MANY:
            self.flush()
        return found

    def flush(self) -> None:
        """Write to the cache what was read since the last time."""
        if self.cache is not None and self._new:
            self.cache.store_looks(self._new)
        self._new = {}
