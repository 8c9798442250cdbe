"""Brackets that somebody is about to close: left alone, they cost the class around them.

For a method that begins with `@Query(` the parser finds no end, gives up on the class and on all that is
below, and takes four times as long. Indentation tells where such a bracket is: on a line that opens more than
it closes, though the next line is no part of it. From the bracket on, that line becomes blank.

That is tried where a text has more `(` than `)`, and taken where what is left has no error. Then the text as
it was did have one, however its lines are laid out: valid code without one of its brackets is not valid. Left
alone are lines on which a template, a comment or a regular expression may begin; whoever takes something out
must see that it did not stand in one.

The same for an operator that waits for its right side (`const total =`, `this.`): with the bracket or the
keyword that comes next no code goes on, so the operator alone becomes blank. And for a parameter that is
typed above another one: until its comma is there, its line becomes blank. Both are tried where a text has an
error anyway.
"""

from __future__ import annotations

import re
from itertools import islice

from nestwise.syntax.text import Span

_TOKEN = re.compile(
    rb"""'(?:[^'\\]|\\.)*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$)|(?P<rest>//)|(?P<odd>/)|(?P<open>[(\[{])|(?P<close>[)\]}])"""
)
_SPANS_LINES = re.compile(rb"`|\$\{|/\*|\\\r?$")
_LAST = re.compile(rb"[=*%&|^<+.-][ \t]*\r?\n\s*")
"""The last character of a line that may be one of an operator."""
_CLOSES = re.compile(rb"[}\])]")
_CLOSES_OR_BEGINS = re.compile(rb"[}\])]|(?:return|const|if|for|while|switch|throw|try|break|continue)\b")
_ENDS = frozenset((b"++", b"--"))
_UNLISTED = re.compile(
    rb"[,(][ \t]*\r?\n[ \t]*(@(?:[\w$.]+\([^\r\n]*\)[ \t]+[\w$](?:[^\r\n()]*[\w$>\]:?|&'\"])?)?)"
    rb"(?=[ \t]*\r?\n[ \t]*@[A-Za-z_$])"
)
"""A parameter with a decorator that no comma parts from the next one, or the `@` of one."""
_OPERATOR = b"=+-*%&|^<>!?."
_COMMENT = re.compile(rb"//|^\s*\*")
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


def unfinished(data: bytes, start: int = 0, end: int | None = None, *, sure: bool = False) -> list[Span]:
    """What in a range is about to be finished, be it in a comment. `sure`: what in code is an error for the
    parser, too, which takes a keyword for a name where it has to."""
    begin, end = max(start, 0), len(data) if end is None else end
    return _dangling(data, begin, end, sure) + _unlisted(data, begin, end)


def _dangling(data: bytes, begin: int, stop: int, sure: bool) -> list[Span]:
    """The operators that wait for their right side."""
    found: list[Span] = []
    for last in _LAST.finditer(data, begin, stop):
        start, end = last.start(), last.start() + 1
        dot = data[start:end] == b"."  # may be the end of a number; any word may follow
        if not (_CLOSES if dot or sure else _CLOSES_OR_BEGINS).match(data, last.end()) or (
            data[start - 1 : end] in _ENDS or (dot and data[start - 1 : start].isdigit())
        ):
            continue
        while start and data[start - 1] in _OPERATOR:
            start -= 1
        line = data[data.rfind(b"\n", 0, start) + 1 : start]
        if not (_SPANS_LINES.search(line) or _COMMENT.search(line)):
            found.append(Span(start, end))
    return found


def _unlisted(data: bytes, begin: int, stop: int) -> list[Span]:
    """The parameters that nothing parts from the next one."""
    found = _UNLISTED.finditer(data, begin, stop)
    return [Span(*one.span(1)) for one in found if not (excess(one[1]) or _SPANS_LINES.search(one[1]))]
