"""Files while a refactoring edits them, step by step; at the end, what became of them as edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from msgspec import Struct
from tree_sitter import Node

from nestwise.project.files import is_generated
from nestwise.project.model.conventions import style_of
from nestwise.project.model.project import Project
from nestwise.syntax.import_lines import Head
from nestwise.syntax.imports import rewrapped
from nestwise.syntax.nodes import child, named
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.style import Style, counted, styled
from nestwise.syntax.text import Edit, Span, newline


class Refused(Exception):  # it is an answer, not an error
    """A refactoring that cannot be done without asking: why not."""


class Change(Struct, frozen=True):
    """What a refactoring does to one file."""

    path: str
    edits: tuple[Edit, ...] = ()
    create: str | None = None


class Refactoring(Struct, frozen=True):
    title: str
    changes: tuple[Change, ...]


class Sheet:
    """One file."""

    def __init__(self, path: str, source: Source, style: Style, *, new: bool = False) -> None:
        self.path = path
        self.first = source
        self.now = source
        self.style = style
        self.new = new

    @property
    def eol(self) -> str:
        return newline(self.first.text.data)

    @property
    def head(self) -> Head:
        return Head(self.now)

    def text(self, node: Node | None) -> str:
        return self.now.text_of(node)

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make disjoint edits of the text as it is now. Raises Refused where that leaves no TypeScript."""
        edits = sorted(set(edits))
        if not edits:
            return
        after = self.now.edited(reversed(edits))
        if after.broken:
            raise Refused("the result would be no TypeScript")
        self.now = after

    def class_node(self, name: str) -> Node:
        found = class_node(self.now, name)
        if found is None:
            raise Refused(f"{name} is not a class of its file")
        return found

    def change(self) -> Change | None:
        if not self.new:
            self.apply(rewrapped(self.first, self.now, self.style))
        data = self.now.text.data
        if self.new:
            return Change(self.path, create=data.decode())
        edits = tuple(changed_lines(self.first.text.data, data))
        return Change(self.path, edits) if edits else None


class Draft:
    """The files of one refactoring."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._sheets: dict[str, Sheet] = {}

    def sheet(self, path: str) -> Sheet:
        if path not in self._sheets:
            reading = self.project.reading(path)
            if reading is None or path not in self.project or is_generated(reading.data):
                raise Refused(f"{path} cannot be edited")
            if reading.source.broken:
                raise Refused(f"{path} is being edited")
            style = styled(style_of(self.project, path), counted(reading.data))
            self._sheets[path] = Sheet(path, reading.source, style)
        return self._sheets[path]

    def style(self, path: str, like: Sheet) -> Style:
        """How a new file is written: as its package is, else as another file."""
        return styled(style_of(self.project, path), counted(like.first.text.data))

    def create(self, path: str, text: str, style: Style) -> Sheet:
        if self.project.has_file(path) or path in self._sheets:
            raise Refused(f"{path} is there already")
        source = Source.parse(text.encode(), dialect_of(path) or Dialect.TS)
        sheet = self._sheets[path] = Sheet(path, source, style, new=True)
        return sheet

    def changes(self) -> tuple[Change, ...]:
        return tuple(change for sheet in self._sheets.values() if (change := sheet.change()) is not None)


_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})


def class_node(source: Source, name: str) -> Node | None:
    """A class at the top of a file."""
    for node in source.root.named_children:
        inside: list[Node] = node.named_children if node.type == "export_statement" else []
        for inner in (node, *inside):
            if inner.type in _CLASSES and source.text_of(child(inner, "name")) == name:
                return inner
    return None


def members(cls: Node) -> list[Node]:
    """The members of a class; decorators of methods stand before them and are none."""
    body = child(cls, "body")
    return [m for m in named(body) if m.type not in ("decorator",)]


def decorators_of(member: Node) -> list[Node]:
    """The decorators of a method or a field, in order."""
    found = [c for c in member.named_children if c.type == "decorator"]
    before = member.prev_named_sibling
    above: list[Node] = []
    while before is not None and before.type in ("decorator", "comment"):
        above += [before] if before.type == "decorator" else []
        before = before.prev_named_sibling
    return above[::-1] + found


def extent(source: Source, node: Node) -> Span:
    """A member or statement with the comments and decorators that belong to it, as whole lines, and the empty
    line behind it, or before it where it is the last one."""
    data = source.text.data
    first = node
    while (above := first.prev_named_sibling) is not None and above.type in ("comment", "decorator"):
        if above.type == "comment" and (
            first.start_point.row - above.end_point.row > 1 or _shares_line(above)
        ):
            break
        first = above
    start = data.rfind(b"\n", 0, first.start_byte) + 1
    if data[start : first.start_byte].strip():
        start = first.start_byte
    end = node.end_byte
    while end < len(data) and data[end : end + 1] in (b";", b" ", b"\t"):
        end += 1
    if data[end : end + 2] == b"//":
        end = data.find(b"\n", end) if data.find(b"\n", end) >= 0 else len(data)
    end += 2 if data[end : end + 2] == b"\r\n" else data[end : end + 1] == b"\n"
    eol = newline(data).encode()
    if data[end : end + len(eol)] == eol:
        end += len(eol)
    elif data[start - 2 * len(eol) : start] == eol * 2 and data[end:].lstrip(b" \t")[:1] in (b"}", b""):
        start -= len(eol)
    return Span(start, end)


def joined(source: Source, spans: Iterable[Span]) -> list[Span]:
    """Extents that go, those that touch as one; at the end of a class with the empty line before them."""
    data = source.text.data
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    eol = newline(data).encode()
    for place, span in enumerate(out):
        last = data[span.end :].lstrip(b" \t")[:1] in (b"}", b"")
        if last and data[span.start - 2 * len(eol) : span.start] == eol * 2:
            out[place] = Span(span.start - len(eol), span.end)
    return out


def _shares_line(comment: Node) -> bool:
    before = comment.prev_sibling
    return before is not None and before.end_point.row == comment.start_point.row


def changed_lines(before: bytes, after: bytes) -> Iterator[Edit]:
    """The edits that turn one text into another, each of whole lines."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            text = b"".join(new[new_start:new_end]).decode(errors="replace")
            yield Edit(Span(starts[old_start], starts[old_end]), text)
