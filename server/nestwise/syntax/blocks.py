"""Edits that take statements out of the block around them."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.syntax.nodes import walk
from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span
from nestwise.syntax.wrapping import line_at


def without_wrapper(source: Source, statement: Node, block: Node) -> Edit | None:
    """The content of a block, indented as its place asks, instead of the statement around it. None where
    lines are shared with something else, or a text with several lines would change."""
    inner = [c for c in block.children if c.type not in ("{", "}")]
    if not inner or statement.start_point.row == inner[0].start_point.row:
        return None
    outer_indent, before = line_at(source, statement.start_byte)
    indent, before_first = line_at(source, inner[0].start_byte)
    if before.strip() or before_first.strip() or not indent.startswith(outer_indent):
        return None
    if any(n.type == "template_string" and n.start_point.row < n.end_point.row for n in walk(block)):
        return None
    text = source.text.data[inner[0].start_byte : inner[-1].end_byte].decode(errors="replace")
    lines: list[str] = []
    for line in text.split("\n"):
        inside = line.startswith(indent)
        if lines and line.strip() and not inside:
            return None
        lines.append(outer_indent + line[len(indent) :] if lines and inside else line)
    return Edit(Span(statement.start_byte, statement.end_byte), "\n".join(lines))
