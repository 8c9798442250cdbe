"""Brackets that somebody is about to close: left alone, they cost the class around them.

For a method that begins with `@Query(` the parser finds no end, gives up on the class and on all that is
below, and takes four times as long. Indentation tells where such a bracket is: on a line that opens more than
it closes, though the next line is no part of it. From the bracket on, that line becomes blank.

That is tried where a text has more `(` than `)`, and taken where what is left has no error. Then the text as
it was did have one, however its lines are laid out: valid code without one of its brackets is not valid. Left
alone are lines on which a template, a comment or a regular expression may begin; whoever takes something out
must see that it did not stand in one.
"""

from __future__ import annotations

import re
from itertools import islice

from nestwise.syntax.text import Span

_TOKEN = re.compile(
    rb"""'(?:[^'\\]|\\.)*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|(?P<rest>//)|(?P<odd>/)|(?P<open>[(\[{])|(?P<close>[)\]}])"""
)
_SPANS_LINES = re.compile(rb"`|\$\{|/\*|\\\r?$")
_KEYWORD = re.compile(rb"\b(?:if|for|while|switch|catch)\s*$")


def excess(data: bytes) -> int:
    """How many more `(` than `)` there are."""
    return data.count(b"(") - data.count(b")")


def left_open(data: bytes) -> list[Span]:
    """What stands on a line from a bracket on that is not closed yet. It may also be in a comment."""
    if excess(data) <= 0:
        return []
    lines = data.split(b"\n")
    found: list[Span] = []
    start = 0
    for number, line in enumerate(lines):
        if excess(line) > 0 and not _goes_on(lines, number) and (begin := _first_open(line)) is not None:
            found.append(Span(start + begin, start + len(line)))
        start += len(line) + 1
    return found


def _goes_on(lines: list[bytes], number: int) -> bool:
    """Does the next line belong to what a line opens?"""
    after = next((line for line in islice(lines, number + 1, None) if line.strip()), b"")
    return _indent(after) > _indent(lines[number])


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _first_open(line: bytes) -> int | None:
    """Where the part of a line begins that it does not close, with a word that is nothing without it."""
    if _SPANS_LINES.search(line):
        return None
    opened: list[int] = []
    for token in _TOKEN.finditer(line):
        if token["odd"]:  # a regular expression, in which brackets mean something else, or a division
            return None
        if token["rest"]:
            break
        if token["open"]:
            opened.append(token.start())
        elif token["close"] and opened:
            opened.pop()
    if not opened:
        return None
    keyword = _KEYWORD.search(line, 0, opened[0])
    return keyword.start() if keyword else opened[0]
