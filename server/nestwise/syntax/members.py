"""Edits of lists and objects, written the way that they are written."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.syntax.imports import newline
from nestwise.syntax.nodes import named
from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span


def appended(source: Source, holder: Node, text: str, after: Node | None = None) -> Edit:
    """`text` as a new element of an array or object: behind `after`, else as the last one.

    On a line of its own where the elements are on lines of their own.
    """
    parts = named(holder)
    if not parts:
        blank = " " if holder.type == "object" else ""
        inner = Span(holder.start_byte + 1, holder.end_byte - 1)
        return Edit(inner, f"{blank}{text}{blank}")
    last = after or parts[-1]
    data = source.text.data
    start = data.rfind(b"\n", 0, last.start_byte) + 1
    indent = data[start : last.start_byte]
    gap = " " if indent.strip() or not start else newline(data) + indent.decode()
    return Edit(Span(last.end_byte, last.end_byte), f",{gap}{text}")


def pair_of(source: Source, holder: Node, key: str) -> Node | None:
    """The entry of an object literal under a key, in whatever form it is written."""
    for part in named(holder):
        name = part.child_by_field_name("key") or part.child_by_field_name("name") or part
        if source.text_of(name).strip("'\"") == key:
            return part
    return None
