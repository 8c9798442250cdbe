"""Patterns of `.gitignore` files, with the meaning that Git gives them.

Proven against Git itself in the tests. Like Git, it compares bytes: texts in here hold one byte in each
character. A walk only ever asks about one name in a folder that is not ignored.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable

from msgspec import Struct, field

_SPECIAL = re.compile(r"[*?\[\\]")
_CLASSES = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": r"\x21-\x7e", "lower": "a-z", "print": r"\x20-\x7e", "punct": r"!-/:-@\[-`{-~",
    "space": r" \t-\r", "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class _Pattern(Struct, frozen=True):
    regex: re.Pattern[str]
    """Of a name, or of a path relative to the folder of the file."""
    by_name: bool
    keep: bool
    """A `!` pattern: what it matches is not ignored."""
    only_folders: bool


class Ignore(Struct, frozen=True):
    """The patterns of one file."""

    patterns: tuple[_Pattern, ...] = ()
    """The last one first: it decides."""
    names: frozenset[str] = frozenset()
    ends: tuple[str, ...] = ()
    others: re.Pattern[str] | None = None
    paths: re.Pattern[str] | None = None
    """What some pattern needs at least, to answer quickly about the many that none matches."""

    def decides(self, name: str, path: str, folder: bool) -> bool | None:
        """True for ignored, False for kept, None where no pattern matches. `path` is relative to the file."""
        if not (
            name in self.names
            or name.endswith(self.ends)
            or (self.others is not None and self.others.fullmatch(name))
            or (self.paths is not None and self.paths.fullmatch(path))
        ):
            return None
        for pattern in self.patterns:
            if pattern.only_folders and not folder:
                continue
            if pattern.regex.fullmatch(name if pattern.by_name else path):
                return not pattern.keep
        return None


def ignore_of(patterns: Iterable[str]) -> Ignore:
    """Patterns that are given one by one."""
    return _parsed(map(_bytewise, patterns))


def _bytewise(text: str) -> str:
    return os.fsencode(text).decode("latin-1")


def _parsed(lines: Iterable[str]) -> Ignore:
    patterns: list[_Pattern] = []
    names: list[str] = []
    ends: list[str] = []
    others: list[str] = []
    paths: list[str] = []
    for line in lines:
        text = _trimmed(line)
        keep = text.startswith("!")
        text = text[1:] if keep else text
        if not text or (line.startswith("#")):
            continue
        only_folders = text.endswith("/")
        text = text[:-1] if only_folders else text
        by_name = "/" not in text
        body = _translated(text.removeprefix("/") if not by_name else text, by_name)
        if body is None:
            continue
        if not by_name:
            paths.append(body)
        elif not _SPECIAL.search(text):
            names.append(text)
        elif text[0] == "*" and not _SPECIAL.search(text, 1):
            ends.append(text[1:])
        else:
            others.append(body)
        patterns.append(_Pattern(re.compile(body, re.S), by_name, keep, only_folders))
    return Ignore(tuple(reversed(patterns)), frozenset(names), tuple(ends), _any(others), _any(paths))


def _any(bodies: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{b})" for b in bodies), re.S) if bodies else None


def _trimmed(line: str) -> str:
    """Without spaces at the end, unless a backslash keeps them."""
    end = len(line)
    while end and line[end - 1] == " ":
        slashes = end - 1 - len(line[: end - 1].rstrip("\\"))
        if slashes % 2:
            break
        end -= 1
    return line[:end]


def _translated(glob: str, by_name: bool) -> str | None:
    """A regular expression for a glob; None for one that matches nothing."""
    out, i, size = "", 0, len(glob)
    special = _SPECIAL.search(glob)
    literal = special.start() if special else size  # Git compares this part first and drops it
    any_char = "." if by_name else "[^/]"
    while i < size:
        char = glob[i]
        if char == "*":
            end = i
            while end < size and glob[end] == "*":
                end += 1
            starts = i == literal or glob[i - 1] == "/"
            ends = end == size or glob[end] == "/" or glob.startswith("\\/", end)
            if end - i >= 2 and not by_name and starts and ends:
                if end == size or glob[end] != "/":
                    out += ".*"
                else:
                    out += "(?:.*/)?"
                    end += 1
            else:
                out += f"{any_char}*"
            i = end
        elif char == "?":
            out, i = out + any_char, i + 1
        elif char == "[":
            found = _bracket(glob, i + 1, by_name)
            if found is None:
                return None
            out, i = out + found[0], found[1]
        elif char == "\\":
            if i + 1 == size:
                return None
            out, i = out + re.escape(glob[i + 1]), i + 2
        else:
            out, i = out + re.escape(char), i + 1
    return out


def _bracket(glob: str, i: int, by_name: bool) -> tuple[str, int] | None:
    """A `[…]` that starts before `i`, and where it ends."""
    size = len(glob)
    negated = i < size and glob[i] in "!^"
    i += negated
    parts: list[str] = []
    first, last = True, ""  # the last plain character: it may start a range
    while True:
        if i >= size:
            return None
        char = glob[i]
        if char == "]" and not first:
            break
        first = False
        if char == "[" and glob.startswith("[:", i):
            end = glob.find("]", i + 2)
            if end < 0:
                return None
            if glob[end - 1] == ":" and end - 1 >= i + 2:
                name = glob[i + 2 : end - 1]
                if name not in _CLASSES:
                    return None
                parts.append(_CLASSES[name])
                i, last = end + 1, ""
                continue
        elif char == "-" and last and i + 1 < size and glob[i + 1] != "]":
            i += 1
            if glob[i] == "\\":
                i += 1
                if i >= size:
                    return None
            if last <= glob[i]:
                parts.append(f"{re.escape(last)}-{re.escape(glob[i])}")
            i, last = i + 1, ""
            continue
        elif char == "\\":
            i += 1
            if i >= size:
                return None
            char = glob[i]
        parts.append(re.escape(char))
        last, i = char, i + 1
    slash = "" if by_name else "(?!/)"
    inner = "".join(parts)
    if not inner:
        return (f"{slash}." if negated else "(?!)"), i + 1
    return f"{slash}[{'^' if negated else ''}{inner}]", i + 1


class Ignores(Struct, frozen=True):
    """The files that count in a folder, deepest first, each with the length in bytes of its folder's path
    and slash."""

    files: tuple[tuple[int, Ignore], ...] = field(default=())

    def with_file(self, base: int, ignore: Ignore) -> Ignores:
        return Ignores(((base, ignore), *self.files)) if ignore.patterns else self

    def ignores(self, name: str, path: str, folder: bool) -> bool:
        """Is an entry of a folder, that is not ignored itself, ignored?"""
        if not path.isascii():
            name, path = _bytewise(name), _bytewise(path)
        for base, ignore in self.files:
            found = ignore.decides(name, path[base:], folder)
            if found is not None:
                return found
        return False


def read_ignore(file: str) -> Ignore:
    """The patterns in a file; none where it cannot be read, as Git has it."""
    try:
        if not stat.S_ISREG(os.stat(file).st_mode):
            return Ignore()
        with open(file, "rb") as stream:
            data = stream.read(1_000_000)
    except OSError:
        return Ignore()
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return _parsed(line.removesuffix(b"\r").decode("latin-1") for line in lines)
