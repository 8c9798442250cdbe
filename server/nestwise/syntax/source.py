"""A parsed TypeScript file, as an immutable value."""

from __future__ import annotations

import re
import signal
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from nestwise.syntax.cure import blank, cured, cured_errors
from nestwise.syntax.dialect import Dialect, dialect_of
from nestwise.syntax.text import Edit, Span, Text
from nestwise.syntax.unclosed import left_open, unfinished

_TEXT = frozenset({"comment", "jsx_text", "string_fragment", "template_string", "string"})
_NEAR = 160
"""Bytes around an edit in which it is looked for what it leaves unfinished."""
_CHUNK = 1 << 16
"""Bytes that the parser is given at once."""


@cache
def _language(dialect: Dialect) -> Language:
    module = tree_sitter_typescript
    return Language(module.language_tsx() if dialect is Dialect.TSX else module.language_typescript())


@cache
def _parser(dialect: Dialect) -> Parser:
    return Parser(_language(dialect))


def _parsed(data: bytes, dialect: Dialect, before: Tree | None = None) -> Tree | None:
    """The tree of a text; None where the parser finds no end. Over some heaps of brackets it goes round in
    circles for ever; it asks whether to go on every hundred steps, which is some 90 bytes of usual code."""
    left = len(data) // 4 + 2000

    def ask(_offset: int, _error: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def read(at: int, _: object) -> bytes:
        return data[at : at + _CHUNK]

    parser = _parser(dialect)
    with uninterrupted():
        try:
            if before is None:
                return parser.parse(read, progress_callback=ask)
            return parser.parse(read, before, progress_callback=ask)
        except ValueError:
            parser.reset()
            return None


_held = False
"""Are interrupts held back already?"""


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold an interrupt back for a moment: one that is raised while tree-sitter calls back (what it reads,
    its progress, the predicates of a query) ends the process with a segmentation fault.

    To begin that takes 20 µs, a tenth of what a usual file takes to parse: who parses many holds them back
    for several together."""
    global _held
    if _held or threading.current_thread() is not threading.main_thread():
        yield  # or interrupts are for others
        return
    if signal.getsignal(signal.SIGINT) is None:
        yield
        return
    came: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    _held = True
    try:
        yield
    finally:
        _held = False
        signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)


@dataclass(frozen=True, eq=False)
class Source:
    """Text and its syntax tree. An edit makes a new Source and reuses unchanged subtrees."""

    text: Text
    tree: Tree
    dialect: Dialect
    parsed: bytes
    """What the tree was made of: the bytes of `text`, cured of what the grammar gets wrong."""
    _errors_cured: bool = False
    """Also of what it reports as an error?"""
    _broken: bool = False
    """Was code left out because it is no valid code, so that the tree need not show an error?"""

    @classmethod
    def parse(cls, data: bytes, dialect: Dialect = Dialect.TS) -> Source:
        parsed = cured(data)
        if opened := left_open(parsed):
            closed = _without(parsed, opened)
            tree = _parsed(closed, dialect)
            if tree is not None and not tree.root_node.has_error and any(_is_code(tree, s) for s in opened):
                return cls(Text(data), tree, dialect, closed, _broken=True)
        tree = _parsed(parsed, dialect)
        if tree is not None and tree.root_node.has_error:
            if begun := unfinished(parsed):
                closed = _without(parsed, begun)
                ended = _parsed(closed, dialect)
                if ended is not None and not ended.root_node.has_error:
                    return cls(Text(data), ended, dialect, closed, _broken=True)
            more = cured_errors(parsed, dialect is Dialect.TSX)
            if more is not parsed and (mended := _parsed(more, dialect)) is not None:
                return cls(Text(data), mended, dialect, more, _errors_cured=True)
        if tree is None:
            parsed = blank(parsed)
            return cls(Text(data), _parser(dialect).parse(parsed), dialect, parsed, _broken=True)
        return cls(Text(data), tree, dialect, parsed)

    def edited(self, edits: Iterable[Edit]) -> Source:
        """The source after `edits`, each relative to the text left by the one before: what `parse` makes of
        the new text, sooner.

        How tree-sitter recovers from an error depends on what it knew before. So only a tree without errors
        is made from a tree without errors, be it that of a text of which something is left out; otherwise the
        text is parsed afresh.
        """
        data = self.text.data
        told = [(edit.span, edit.text.encode(errors="replace")) for edit in edits]
        for span, text in told:
            data = _spliced(data, span, text)
        if self._errors_cured or self.tree.root_node.has_error:
            return Source.parse(data, self.dialect)
        before, tree = self.parsed, self.tree.copy()
        for span, text in told:
            after = _spliced(before, span, text)
            _tell(tree, before, after, span, len(text))
            before = after

        def tried(parsed: bytes) -> Tree | None:
            """The tree of a text of the new length, if it has no error."""
            old = tree.copy()
            if parsed != before:  # an edit may cure, or need a cure, far from where it is
                span = _difference(before, parsed)
                _tell(old, before, parsed, span, span.end - span.start)
            found = _parsed(parsed, self.dialect, old)
            return found if found is not None and not found.root_node.has_error else None

        parsed = cured(data)
        if opened := left_open(parsed):
            closed = _without(parsed, opened)
            found = tried(closed)
            if found is None:
                return Source.parse(data, self.dialect)
            if any(_is_code(found, span) for span in opened):
                return Source(Text(data), found, self.dialect, closed, _broken=True)
        if sure := self._begun(
            parsed, told
        ):  # in code it is an error, which takes longer to find than to spare
            closed = _without(parsed, unfinished(parsed))
            found = tried(closed)
            if found is None:
                return Source.parse(data, self.dialect)
            if any(_is_code(found, span) for span in sure):
                return Source(Text(data), found, self.dialect, closed, _broken=True)
        if (found := tried(parsed)) is not None:
            return Source(Text(data), found, self.dialect, parsed)
        if begun := unfinished(parsed):
            closed = _without(parsed, begun)
            if (found := tried(closed)) is not None:
                return Source(Text(data), found, self.dialect, closed, _broken=True)
        return Source.parse(data, self.dialect)

    def _begun(self, parsed: bytes, told: list[tuple[Span, bytes]]) -> list[Span]:
        """What in a new text is surely unfinished, if it is code: where the edits are, or where it was."""
        if self._broken:
            return unfinished(parsed, sure=True)
        return [
            found
            for span, text in told
            for found in unfinished(parsed, span.start - _NEAR, span.start + len(text) + _NEAR, sure=True)
        ]

    @property
    def root(self) -> Node:
        return self.tree.root_node

    @property
    def broken(self) -> bool:
        """Is the text no valid code?"""
        return self._broken or self.tree.root_node.has_error

    def text_of(self, node: Node | None) -> str:
        """The text of a node; of a node that is not there yet, nothing."""
        if node is None:
            return ""
        return self.text.data[node.start_byte : node.end_byte].decode(errors="replace")

    def node_at(self, span: Span) -> Node | None:
        """The smallest named node that covers `span`."""
        return self.root.named_descendant_for_byte_range(span.start, max(span.end, span.start))

    def matches(
        self, *queries: str, within: Node | None = None, depth: int | None = None
    ) -> Iterator[tuple[int, dict[str, Node]]]:
        """Every match of every query, with the position of its query, in a single walk.

        One walk costs about the same for sixty queries as for five; sixty walks do not.

        `within`: a node, for what matches it or below it. `depth`: how many levels down a match may begin.
        """
        combined, owners = _combine(self.dialect, queries)
        cursor = QueryCursor(combined)
        if depth is not None:
            cursor.set_max_start_depth(depth)
        with uninterrupted():
            found = cursor.matches(within or self.root)
        for pattern, captures in found:
            yield owners[pattern], {name: nodes[0] for name, nodes in captures.items()}


def _is_code(tree: Tree, span: Span) -> bool:
    node = tree.root_node.descendant_for_byte_range(span.start, span.start + 1)
    return node is not None and node.type not in _TEXT


def _spliced(data: bytes, span: Span, text: bytes) -> bytes:
    return b"".join((data[: span.start], text, data[span.end :]))


def _without(data: bytes, spans: Iterable[Span]) -> bytes:
    for span in spans:
        data = _spliced(data, span, blank(data[span.start : span.end]))
    return data


def _difference(before: bytes, after: bytes) -> Span:
    """The range outside of which two texts of the same length are equal; they differ somewhere."""
    same, start = 0, len(before)  # halves are compared as wholes, which is a thousand times as fast as bytes
    while start - same > 1:
        middle = (same + start) // 2
        if before[same:middle] == after[same:middle]:
            same = middle
        else:
            start = middle
    end, same = same, len(before)
    while same - end > 1:
        middle = (same + end) // 2
        if before[middle:same] == after[middle:same]:
            same = middle
        else:
            end = middle
    return Span(start - 1, same)


def _tell(tree: Tree, before: bytes, after: bytes, span: Span, added: int) -> None:
    """Tell a tree that `span` was replaced with `added` bytes."""
    end = span.start + added
    tree.edit(
        span.start, span.end, end, _point(before, span.start), _point(before, span.end), _point(after, end)
    )


def _point(data: bytes, offset: int) -> tuple[int, int]:
    """Row and column in bytes as tree-sitter counts them: it knows one line ending, LSP three."""
    return data.count(b"\n", 0, offset), offset - data.rfind(b"\n", 0, offset) - 1


@lru_cache
def _combine(dialect: Dialect, queries: tuple[str, ...]) -> tuple[Query, list[int]]:
    language = _language(dialect)
    combined = Query(language, "\n".join(queries))
    ends = list(accumulate(len(query.encode()) + 1 for query in queries))
    starts = map(combined.start_byte_for_pattern, range(combined.pattern_count))
    return combined, [bisect_right(ends, start) for start in starts]


_CAPTURE = re.compile(r'"(?:\\.|[^"\\])*"|;[^\n]*|@([\w.-]+)')


@lru_cache
def compiled(dialect: Dialect, query: str) -> Query:
    """A query of one's own: `QueryCursor(compiled(…)).captures(source.root)`, `uninterrupted`."""
    return Query(_language(dialect), query)


def capture_names(query: str) -> set[str]:
    """Read from the text: to compile a query takes 10 ms, and most that start never need it."""
    return {name for name in _CAPTURE.findall(query) if name}


__all__ = ["Dialect", "Source", "capture_names", "compiled", "dialect_of"]
