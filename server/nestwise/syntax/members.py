"""Edits of lists and objects, written the way that they are written."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.syntax.nodes import named
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span, newline
from nestwise.syntax.wrapping import grown


def appended(source: Source, holder: Node, text: str, style: Style, after: Node | None = None) -> Edit:
    """`text` as a new element of an array or object: behind `after`, else as the last one.

    On a line of its own where the elements are on lines of their own, or the line would be too long.
    """
    if (wrapped := grown(source, holder, text, after, style)) is not None:
        node, broken = wrapped
        return Edit(Span(node.start_byte, node.end_byte), broken)
    parts = named(holder)
    if not parts:
        inner = style.braces(text) if holder.type == "object" else f"[{text}]"
        return Edit(Span(holder.start_byte, holder.end_byte), inner)
    last = after or parts[-1]
    data = source.text.data
    start = data.rfind(b"\n", 0, last.start_byte) + 1
    indent = data[start : last.start_byte]
    gap = " " if indent.strip() or not start else newline(data) + indent.decode()
    return Edit(Span(last.end_byte, last.end_byte), f",{gap}{text}")
