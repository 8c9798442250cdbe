"""Text and positions.

Inside, every position is a UTF-8 byte offset, which is what tree-sitter speaks. Lines and columns
in UTF-16 (or UTF-32) units exist only where text meets a human or the protocol.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec import Struct

# LSP knows three line endings; str.splitlines() knows ten.
_EOL = re.compile(rb"\r\n|\n|\r")


class Span(Struct, frozen=True, order=True):
    """A half-open range of bytes of one file."""

    start: int
    end: int

    def touches(self, other: Span) -> bool:
        return self.start <= other.end and other.start <= self.end

    def contains(self, offset: int) -> bool:
        return self.start <= offset < self.end


class Edit(Struct, frozen=True, order=True):
    """Replace `span` with `text`; an empty span inserts."""

    span: Span
    text: str


def newline(data: bytes) -> str:
    """The line ending that a text uses."""
    first = data.find(b"\n")
    return "\r\n" if first > 0 and data[first - 1 : first] == b"\r" else "\n"


@dataclass(frozen=True)
class Text:
    """The bytes of a file. Invalid UTF-8 is kept, and counts as one replacement character each."""

    data: bytes

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(eol.end() for eol in _EOL.finditer(self.data))]

    @property
    def line_count(self) -> int:
        return len(self._line_starts)

    def position(self, offset: int, encoding: str = "utf-16") -> tuple[int, int]:
        """Line and column from 0 of a byte offset, the column in units of `encoding`."""
        offset = min(max(offset, 0), len(self.data))
        line = bisect_right(self._line_starts, offset) - 1
        return line, _length(self.data[self._line_starts[line] : offset], encoding)

    def offset(self, line: int, column: int, encoding: str = "utf-16") -> int:
        """The inverse of `position`; what lies past the end is clamped, as LSP asks."""
        if line >= len(self._line_starts):
            return len(self.data)
        start, end = self.line_span(max(line, 0))
        return start + _prefix_bytes(self.data[start:end], max(column, 0), encoding)

    def line_span(self, line: int) -> tuple[int, int]:
        """The bytes of a line (from 0), without its line ending."""
        starts = self._line_starts
        start = starts[line]
        end = starts[line + 1] if line + 1 < len(starts) else len(self.data)
        return start, start + len(self.data[start:end].rstrip(b"\r\n"))

    def apply(self, edits: Sequence[Edit]) -> Text:
        """The text after disjoint, sorted edits."""
        out: list[bytes] = []
        last = 0
        for edit in edits:
            out += self.data[last : edit.span.start], edit.text.encode(errors="replace")
            last = edit.span.end
        return Text(b"".join([*out, self.data[last:]]))


def _length(data: bytes, encoding: str) -> int:
    if encoding == "utf-8" or data.isascii():
        return len(data)
    text = data.decode(errors="replace")
    return len(text) if encoding == "utf-32" else len(text.encode("utf-16-le")) // 2


def _prefix_bytes(line: bytes, column: int, encoding: str) -> int:
    if encoding == "utf-8" or line.isascii():
        return min(column, len(line))
    units = size = 0
    for char in line.decode(errors="surrogateescape"):
        width = 2 if encoding == "utf-16" and ord(char) > 0xFFFF else 1
        if units + width > column:
            break
        units += width
        size += len(char.encode(errors="surrogateescape"))
    return size
