"""Brackets that somebody is about to close: left alone, they cost the class around them.

For a method that begins with `@Query(` the parser finds no end, gives up on the class and on all that is
below, and takes four times as long. Indentation tells where such a bracket is: on a line that opens more than
it closes, though the next line is no part of it. From the bracket on, that line becomes blank.

That is tried where a text has more `(` than `)`, and taken where what is left has no error. Then the text as
it was did have one, however its lines are laid out: valid code without one of its brackets is not valid. Left
alone are lines on which a template or a comment may begin or go on, as they could hide the others' ends.
"""

from __future__ import annotations

import re
from itertools import islice

from nestwise.syntax.cure import blank

_TOKEN = re.compile(rb"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|(?P<open>[(\[{])|(?P<close>[)\]}])")
_SPANS_LINES = re.compile(rb"`|\$\{|/\*|\\\r?$")
_KEYWORD = re.compile(rb"\b(?:if|for|while|switch|catch)\s*$")


def excess(data: bytes) -> int:
    """How many more `(` than `)` there are."""
    return data.count(b"(") - data.count(b")")


def without_open(data: bytes) -> bytes:
    """The text with blanks for what stands behind brackets that are not closed yet; `data` itself where there
    seem to be none."""
    if excess(data) <= 0:
        return data
    lines = data.split(b"\n")
    found = {
        number: begin
        for number, line in enumerate(lines)
        if excess(line) > 0 and not _goes_on(lines, number) and (begin := _first_open(line)) is not None
    }
    if not found:
        return data
    for number, begin in found.items():
        line = lines[number]
        lines[number] = line[:begin] + blank(line[begin:])
    return b"\n".join(lines)


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
        if token["open"]:
            opened.append(token.start())
        elif token["close"] and opened:
            opened.pop()
    if not opened:
        return None
    keyword = _KEYWORD.search(line, 0, opened[0])
    return keyword.start() if keyword else opened[0]
