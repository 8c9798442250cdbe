"""What a Prisma schema says. Total: what is not understood is a problem with its line, the rest is read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.details import Detail, Reading
from nestwise.project.facts import At

_TOKEN = re.compile(
    rb"""(?P<comment>//[^\n]*|/\*.*?(?:\*/|$))|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<end>\n)|(?P<mark>[{}()\[\]])""",
    re.S,
)
_BLOCK = re.compile(r"(model|view|type|enum|datasource|generator)\s+([A-Za-z_]\w*)\s*$")
_FIELD = re.compile(
    r"""([A-Za-z_]\w*)\s+([A-Za-z_]\w*|Unsupported\("[^"]*"\))\s*(\[\s*\])?\s*([?!])?\s*(.*)$""", re.S
)
_ATTRIBUTE = re.compile(r"\s*(@@?)([A-Za-z_][\w.]*)\s*")
_KEY = re.compile(r"([A-Za-z_]\w*)\s*:\s*", re.S)


class Attribute(Struct, frozen=True, array_like=True, gc=False):
    name: str
    """Without its `@`: `id`, `relation`, `db.VarChar`."""
    args: tuple[tuple[str, str], ...] = ()
    """Names with texts as written; the name is empty where there is none."""

    def get(self, *names: str) -> str:
        """The text of the first argument of one of these names; the empty name for one without."""
        return next((text for name, text in self.args if name in names), "")

    def text(self, *names: str) -> str:
        """`get` without quotation marks."""
        return self.get(*names).strip('"')

    def fields(self, *names: str) -> tuple[str, ...]:
        """The names in a list: `[a, b(sort: Desc)]`."""
        inner = self.get(*names).strip().removeprefix("[").removesuffix("]")
        return tuple(part.partition("(")[0].strip() for part in _split(inner) if part.strip())


class Field(Struct, frozen=True, array_like=True, gc=False):
    name: str
    type: str
    many: bool = False
    optional: bool = False
    attributes: tuple[Attribute, ...] = ()
    at: At = At(0, 0)

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)


class Block(Struct, frozen=True, array_like=True, gc=False):
    kind: str
    """model, view, type, enum, datasource or generator."""
    name: str
    fields: tuple[Field, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    values: tuple[tuple[str, str], ...] = ()
    """Of an enum: names with what they are stored as. Of a datasource or generator: keys with texts."""
    at: At = At(0, 0)

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)


class Schema(Struct, frozen=True, array_like=True, gc=False):
    blocks: tuple[Block, ...] = ()
    problems: tuple[tuple[int, str], ...] = ()
    """Lines, from 1, with what is not understood there."""

    def block(self, name: str) -> Block | None:
        kinds = ("model", "view", "type", "enum")
        return next((b for b in self.blocks if b.name == name and b.kind in kinds), None)


def schema_of(reading: Reading) -> Schema:
    return _Parser(reading.data).run()


class _Parser:
    def __init__(self, data: bytes) -> None:
        self.data = data.removeprefix(b"\xef\xbb\xbf")
        self.shift = len(data) - len(self.data)
        self.blocks: list[Block] = []
        self.problems: list[tuple[int, str]] = []

    def run(self) -> Schema:
        head: tuple[str, str, int] | None = None
        lines: list[tuple[int, str]] = []
        for start, text in self._statements():
            if head is None:
                if not text.endswith("{"):
                    self._problem(start, text)
                    continue
                found = _BLOCK.match(text[:-1])
                head, lines = (found[1], found[2], start) if found else ("", "", start), []
                if found is None:
                    self._problem(start, text)
            elif text == "}":
                self._block(*head, lines, start)
                head = None
            else:
                lines.append((start, text))
        if head is not None:
            self._problem(head[2], f"{head[0]} {head[1]} {{ without its closing brace".strip())
            self._block(*head, lines, len(self.data))
        return Schema(tuple(self.blocks), tuple(self.problems))

    def _statements(self) -> Iterator[tuple[int, str]]:
        """Lines without comments, those in brackets joined; a brace ends one. Each with its first byte."""
        data, depth, start = self.data, 0, 0
        parts: list[bytes] = []
        at = 0

        def done() -> Iterator[tuple[int, str]]:
            raw = b"".join(parts)
            parts.clear()
            text = raw.decode(errors="replace").strip()
            if text:
                yield start, text

        for token in _TOKEN.finditer(data):
            parts.append(data[at : token.start()])
            at = token.end()
            kind, mark = token.lastgroup, token[0]
            if kind == "comment":
                parts.append(b" ")
            elif kind == "string":
                parts.append(mark)
            elif kind == "end":
                if depth > 0 and _opens_block(data, at):  # what was left open ends here
                    depth = 0
                if depth > 0:
                    parts.append(b" ")
                else:
                    yield from done()
                    start = at
            elif mark in (b"(", b"["):
                depth += 1
                parts.append(mark)
            elif mark in (b")", b"]"):
                depth = max(depth - 1, 0)
                parts.append(mark)
            elif mark == b"{" and depth == 0:
                parts.append(mark)
                yield from done()
                start = at
            elif mark == b"}" and depth == 0:
                yield from done()
                yield token.start(), "}"
                start = at
            else:
                parts.append(mark)
        parts.append(data[at:])
        yield from done()

    def _block(self, kind: str, name: str, start: int, lines: list[tuple[int, str]], end: int) -> None:
        if not kind:
            return
        at = At(self._from(start), end + self.shift)
        attributes = tuple(a for _, text in lines if text.startswith("@@") for a in self._attributes(text, 0))
        plain = [(place, text) for place, text in lines if not text.startswith("@@")]
        if kind in ("datasource", "generator"):
            pairs = (text.partition("=") for _, text in plain)
            values = tuple((k.strip(), v.strip().strip('"')) for k, _, v in pairs)
            self.blocks.append(Block(kind, name, (), attributes, values, at))
        elif kind == "enum":
            values = tuple(self._value(place, text) for place, text in plain)
            self.blocks.append(Block(kind, name, (), attributes, values, at))
        else:
            fields = tuple(f for place, text in plain if (f := self._field(place, text)) is not None)
            self.blocks.append(Block(kind, name, fields, attributes, (), at))

    def _value(self, place: int, text: str) -> tuple[str, str]:
        name, _, rest = text.partition(" ")
        mapped = next((a.text("", "name") for a in self._attributes(rest, place) if a.name == "map"), "")
        return name, mapped or name

    def _field(self, place: int, text: str) -> Field | None:
        found = _FIELD.match(text)
        if found is None:
            self._problem(place, text)
            return None
        start = self._from(place)
        attributes = tuple(self._attributes(found[5], place))
        at = At(start, start + len(found[1].encode()))
        return Field(found[1], found[2], found[3] is not None, found[4] == "?", attributes, at)

    def _from(self, place: int) -> int:
        """Where the text of a statement begins."""
        data = self.data
        while True:
            while place < len(data) and data[place : place + 1].isspace():
                place += 1
            comment = _TOKEN.match(data, place)
            if comment is None or comment.lastgroup != "comment":
                return place + self.shift
            place = comment.end()

    def _attributes(self, text: str, place: int) -> Iterator[Attribute]:
        at = 0
        while at < len(text):
            found = _ATTRIBUTE.match(text, at)
            if found is None:
                if text[at:].strip():
                    self._problem(place, text[at:].strip())
                return
            at = found.end()
            args: tuple[tuple[str, str], ...] = ()
            if text[at : at + 1] == "(":
                end = _closing(text, at)
                args = tuple(_named(part) for part in _split(text[at + 1 : end]) if part.strip())
                at = end + 1
            yield Attribute(found[2], args)

    def _problem(self, place: int, text: str) -> None:
        line = self.data.count(b"\n", 0, self._from(place) - self.shift) + 1
        shown = " ".join(text.split())
        self.problems.append((line, shown if len(shown) <= 60 else f"{shown[:59]}…"))


def _opens_block(data: bytes, at: int) -> bool:
    end = data.find(b"\n", at)
    line = data[at : end if end >= 0 else len(data)].decode(errors="replace").strip()
    return line == "}" or (line.endswith("{") and _BLOCK.match(line[:-1]) is not None)


def _named(text: str) -> tuple[str, str]:
    found = _KEY.match(text.strip())
    return (found[1], text.strip()[found.end() :].strip()) if found else ("", text.strip())


def _closing(text: str, start: int) -> int:
    """The bracket that closes the one at `start`."""
    depth, quoted = 0, False
    for place in range(start, len(text)):
        char = text[place]
        if quoted:
            quoted = char != '"' or text[place - 1] == "\\"
        elif char == '"':
            quoted = True
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
            if depth == 0:
                return place
    return len(text)


def _split(text: str) -> list[str]:
    """Parts between commas that are in no brackets and no string."""
    out, depth, quoted, start = [], 0, False, 0
    for place, char in enumerate(text):
        if quoted:
            quoted = char != '"' or text[place - 1] == "\\"
        elif char == '"':
            quoted = True
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and depth <= 0:
            out.append(text[start:place])
            start = place + 1
    return [*out, text[start:]]


PRISMA = Detail("prisma", Schema, schema_of)

__all__ = ["PRISMA", "Attribute", "Block", "Field", "Schema", "schema_of"]
