"""Comments that turn rules off: what they cover, and which of them turn nothing off.

    // nestwise-ignore-next-line family/rule, family/* -- why
    code // nestwise-ignore family/rule -- why
    // nestwise-ignore-file family/rule -- why
    // nestwise-ignore-start family/rule -- why … // nestwise-ignore-end

Without names a comment stands for all rules. Only real comments count, also those of JSX: a string that
holds the words is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.syntax.text import Span

_WORD = b"nestwise-ignore"
_DIRECTIVE = re.compile(
    rb"(?://+|/\*+)[\s*]*nestwise-ignore(?:-(next-line|file|start|end))?(?![\w-])"
    rb"(?P<names>(?:(?!--|\*/)[^\r\n])*)"
)
_NAME = re.compile(rb"[^,]+")
_BLANK = re.compile(rb"(?:\s+|//[^\r\n]*|\{?/\*.*?\*/\}?)*", re.S)
_END = 1 << 60


class Name(Struct, frozen=True):
    """A rule, or a family as `family/*`, as it is written."""

    text: str
    span: Span


class Suppression(Struct, frozen=True):
    comment: Span
    """With the braces around a comment of JSX."""
    names: tuple[Name, ...]
    """Empty for all rules."""
    first: int
    """Lines from 0, both included."""
    last: int
    opened: bool = True
    """False for the end of a range that nothing begins."""

    def covers(self, line: int) -> bool:
        return self.first <= line <= self.last


def suppressions_in(file: File) -> tuple[Suppression, ...]:
    """The comments of a file that turn rules off, in order. A file without the words is not parsed."""
    if _WORD not in file.data:
        return ()
    out: list[Suppression] = []
    open_ranges: list[int] = []
    for comment, kind, names in _directives(file):
        line = file.text.position(comment.start, "utf-8")[0]
        if kind == b"file":
            out.append(Suppression(comment, names, 0, _END))
        elif kind == b"next-line":
            out.append(Suppression(comment, names, line + 1, _next_code_line(file, comment.end)))
        elif kind == b"start":
            open_ranges.append(len(out))
            out.append(Suppression(comment, names, line, _END))
        elif kind == b"end" and open_ranges:
            begun = out[open_ranges.pop()]
            out[out.index(begun)] = Suppression(begun.comment, begun.names, begun.first, line)
        elif kind == b"end":
            out.append(Suppression(comment, (), line, line, opened=False))
        else:
            out.append(Suppression(comment, names, line, line))
    return tuple(out)


def _directives(file: File) -> Iterator[tuple[Span, bytes, tuple[Name, ...]]]:
    seen = -1
    at = file.data.find(_WORD)
    while at >= 0:
        node = file.source.root.descendant_for_byte_range(at, at + len(_WORD))
        if node is not None and node.type == "comment" and node.start_byte != seen:
            seen = node.start_byte
            match = _DIRECTIVE.match(file.data, node.start_byte, node.end_byte)
            if match is not None:
                yield _with_braces(node), match[1] or b"", tuple(_names(file.data, match))
        at = file.data.find(_WORD, at + len(_WORD))


def _names(data: bytes, match: re.Match[bytes]) -> Iterator[Name]:
    for part in _NAME.finditer(data, *match.span("names")):
        text = part[0].strip()
        if text:
            start = part.start() + part[0].index(text)
            yield Name(text.decode(errors="replace"), Span(start, start + len(text)))


def _with_braces(node: Node) -> Span:
    outer = node.parent
    if outer is not None and outer.type == "jsx_expression" and outer.named_child_count == 1:
        return Span(outer.start_byte, outer.end_byte)
    return Span(node.start_byte, node.end_byte)


def _next_code_line(file: File, end: int) -> int:
    """The first line below `end` that holds more than comments."""
    below = file.text.position(end, "utf-8")[0] + 1
    if below >= file.text.line_count:
        return below
    code = _BLANK.match(file.data, file.text.line_span(below)[0])
    return file.text.position(code.end(), "utf-8")[0] if code else below


def matches(name: str, rule: str) -> bool:
    """Does a name in a comment mean a rule?"""
    return name == rule or (name.endswith("/*") and rule.startswith(name[:-1]))


class Verdict(Struct, frozen=True):
    """What the comments of a file did."""

    kept: tuple[int, ...]
    """Positions of the findings that no comment turns off."""
    useful: frozenset[Span]
    """Comments without names, and names, that turned something off."""


def judge(suppressions: Iterable[Suppression], found: Iterable[tuple[str, int]]) -> Verdict:
    """Each finding is the id of its rule and its line from 0."""
    kept: list[int] = []
    useful: set[Span] = set()
    for position, (rule, line) in enumerate(found):
        hits = [s for s in suppressions if s.covers(line)]
        by = {n.span for s in hits for n in s.names if matches(n.text, rule)}
        by |= {s.comment for s in hits if not s.names and s.opened}
        useful |= by
        if not by:
            kept.append(position)
    return Verdict(tuple(kept), frozenset(useful))
