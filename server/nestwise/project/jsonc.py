"""JSON as people write it in tsconfig.json: with comments and trailing commas."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

_TOKEN = re.compile(
    r'"(?:\\.|[^"\\\n])*"?|//[^\n]*|/\*.*?(?:\*/|$)|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.S
)
_PART = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_SPACE = re.compile(r"[^\n]")

Path = tuple[str | int, ...]
"""Keys and positions that lead to a value."""


class JsoncError(ValueError):
    """Broken JSON; offset in characters, line and column from 1."""

    def __init__(self, message: str, text: str, offset: int) -> None:
        self.message, self.offset = message, offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        super().__init__(f"{message} (line {self.line}, column {self.column})")


def decoded(data: bytes) -> str:
    """The text of a file as the compiler decodes it: a byte order mark says how, else UTF-8."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return data.decode("utf-8", errors="replace")


def loads(text: str) -> Any:
    """The value. Positions in errors are those of the text as given."""
    return _value(_blanked(text.removeprefix("\ufeff")))


def _value(blanked: str) -> Any:
    def no_constant(name: str) -> NoReturn:
        raise json.JSONDecodeError(f"{name} is not JSON", blanked, blanked.find(name))

    try:
        return json.loads(blanked, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise JsoncError(error.msg, blanked, error.pos) from None
    except RecursionError:
        raise JsoncError("nested too deeply", blanked, 0) from None


def _blanked(text: str) -> str:
    """The text with spaces for comments and trailing commas, of the same length."""

    def blank(match: re.Match[str]) -> str:
        token = match[0]
        return token if token[0] == '"' else _SPACE.sub(" ", token)

    return _TOKEN.sub(blank, text)


@dataclass(frozen=True)
class Document:
    """A value with the place of each of its parts, as offsets in characters."""

    value: Any
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    repeated: tuple[tuple[Path, tuple[int, int]], ...] = ()
    """Keys that an object has twice, with the place of the second."""

    def place(self, path: Path, key: bool = False) -> tuple[int, int]:
        """Where a value is, or its key; of the nearest parent for one that is not there."""
        while path:
            if key and path in self.keys:
                return self.keys[path]
            if path in self.values:
                return self.values[path]
            path, key = path[:-1], False
        return self.values.get((), (0, 0))


def located(text: str) -> Document:
    """`loads` with places."""
    blanked = _blanked(text)
    document = Document(_value(blanked))
    repeated: list[tuple[Path, tuple[int, int]]] = []
    parts = _PART.finditer(blanked)

    def walk(path: Path, part: re.Match[str]) -> None:
        start, end = part.span()
        if part[0] == "{":
            part = next(parts)
            while part[0] != "}":
                if part[0] == ",":
                    part = next(parts)
                name = json.loads(part[0])
                inner = (*path, name)
                if inner in document.keys:
                    repeated.append((inner, part.span()))
                document.keys[inner] = part.span()
                next(parts)
                walk(inner, next(parts))
                part = next(parts)
            end = part.end()
        elif part[0] == "[":
            part, position = next(parts), 0
            while part[0] != "]":
                if part[0] == ",":
                    part = next(parts)
                walk((*path, position), part)
                part, position = next(parts), position + 1
            end = part.end()
        document.values[path] = (start, end)

    try:
        walk((), next(parts))
    except RecursionError:
        raise JsoncError("nested too deeply", blanked, 0) from None
    return Document(document.value, document.values, document.keys, tuple(repeated))
