"""Imports that follow code from file to file: what comes in any form, and what is no longer needed goes."""

from __future__ import annotations

import re

from msgspec import Struct
from tree_sitter import Node

from nestwise.syntax.import_lines import Head, Line
from nestwise.syntax.import_places import line_end, new_clause
from nestwise.syntax.imports import Want, extended, imported
from nestwise.syntax.nodes import child
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span

_BLANK = re.compile(rb"(?:[ \t]*\r?\n)+")


class Bring(Struct, frozen=True):
    """A name as another file imports it."""

    module: str
    name: str
    """As exported: a name, `default`, or `*`."""
    local: str
    type_only: bool = False


def brought(head: Head, item: Bring, style: Style) -> list[Edit] | None:
    """The edits after which a file has a name; none where it has it. None where it means something else by
    it."""
    source, lines = head.source, head.lines
    same = [line for line in lines if line.module == item.module]
    if item.name in ("*", "default"):
        for line in same:
            found = line.namespace if item.name == "*" else _default(line)
            if found == item.local and (item.type_only or line.type_word is None):
                return []
        if item.local in head.names:
            return None
        for line in same:
            names = line.names
            if item.name == "default" and line.type_word is None and names is not None and not _default(line):
                return [Edit(Span(names.start_byte, names.start_byte), f"{item.local}, ")]
        clause = f"* as {item.local}" if item.name == "*" else item.local
        word = "type " if item.type_only else ""
        return [new_clause(source, lines, f"{word}{clause}", item.module, style)]
    if not item.type_only:
        other = item.local if item.local != item.name else ""
        if other and not any(s.local == other for line in same for s in line.specifiers):
            if other in head.names:
                return None
            written = f"{item.name} as {other}"
            for line in same:
                if line.type_word is None and (line.names is not None or line.default_alone):
                    return extended(source, line, [written], style)
            return [new_clause(source, lines, style.braces(written), item.module, style)]
        if other:
            return []
        made = imported(head, Want(item.name, item.module), style)
        return list(made.edits) if made is not None and made.local == item.local else None
    for line in same:
        if any((s.name, s.local) == (item.name, item.local) for s in line.specifiers):
            return []
    if item.local in head.names:
        return None
    written = item.name if item.local == item.name else f"{item.name} as {item.local}"
    for line in same:
        if line.type_word is not None and line.names is not None:
            return extended(source, line, [written], style)
    return [new_clause(source, lines, f"type {style.braces(written)}", item.module, style)]


def _default(line: Line) -> str:
    parts = line.clause.named_children if line.clause is not None else []
    return line.source.text_of(parts[0]) if parts and parts[0].type == "identifier" else ""


def unneeded(head: Head, names: set[str], style: Style) -> list[Edit]:
    """The edits that take names out of the imports, with statements that import nothing else."""
    edits: list[Edit] = []
    for line in head.lines:
        if line.clause is not None:
            edits += _cleared(head.source, line, names, style)
    return [_with_gap(head.source, edit, edits) for edit in edits]


def _with_gap(source: Source, edit: Edit, edits: list[Edit]) -> Edit:
    """A statement that goes takes the empty line behind it along, where nothing of its group is left."""
    data = source.text.data
    start = edit.span.start
    while (before := next((e for e in edits if e.span.end == start and not e.text), None)) is not None:
        start = before.span.start
    behind = _BLANK.match(data, edit.span.end)
    alone = not data[:start].strip(b"\xef\xbb\xbf") or data[:start].endswith((b"\n\n", b"\r\n\r\n"))
    if edit.text or behind is None or not alone:
        return edit
    return Edit(Span(edit.span.start, behind.end()), "")


def _cleared(source: Source, line: Line, names: set[str], style: Style) -> list[Edit]:
    clause = line.clause
    assert clause is not None
    default = _default(line)
    kept = [spec for spec in line.specifiers if spec.local not in names]
    gone = len(kept) < len(line.specifiers)
    default_gone = bool(default) and default in names
    namespace_gone = bool(line.namespace) and line.namespace in names
    if not (gone or default_gone or namespace_gone):
        return []
    left = bool(kept) or (bool(default) and not default_gone) or (bool(line.namespace) and not namespace_gone)
    if not left:
        return [Edit(_whole(source, line.node), "")]
    first = clause.named_children[0]
    braces = line.names
    if braces is None or (gone and not kept):  # `D, * as ns` or `D, { … }`: one of them stays
        keep = first if not default_gone else clause.named_children[-1]
        return [Edit(Span(clause.start_byte, clause.end_byte), source.text_of(keep))]
    written = [source.text_of(spec.node) for spec in kept]
    text = source.text_of(braces)
    if gone and not any(c.type == "comment" for c in braces.named_children):
        flat = style.braces(", ".join(written))
        if "\n" not in text or (
            style.width and "\n" not in flat and _flat(source, line, flat) <= style.width
        ):
            text = flat
        else:
            inner = text[: text.index("\n") + 1]
            indent = text[len(inner) : len(text) - len(text[len(inner) :].lstrip())]
            eol = "\r\n" if inner.endswith("\r\n") else "\n"
            comma = "," if text[:-1].rstrip().endswith(",") else ""
            text = f"{{{eol}{indent}{f',{eol}{indent}'.join(written)}{comma}{eol}}}"
    elif gone:
        return []  # comments among the names: somebody should look
    head = "" if not default or default_gone else f"{default}, "
    return [Edit(Span(clause.start_byte, clause.end_byte), head + text)]


def _flat(source: Source, line: Line, flat: str) -> int:
    tail = source.text_of(child(line.node, "source"))
    return len(f"import {flat} from {tail};")


def _whole(source: Source, node: Node) -> Span:
    """The lines of a statement."""
    data = source.text.data
    start = data.rfind(b"\n", 0, node.start_byte) + 1
    if data[start : node.start_byte].strip():
        start = node.start_byte
    end = line_end(data, node.end_byte)
    if data[node.end_byte : end].strip(b" \t\r\n;"):
        end = node.end_byte
    return Span(start, end)
