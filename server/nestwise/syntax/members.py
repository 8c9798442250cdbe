"""Edits of lists, objects and classes, written the way that they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from nestwise.syntax.nodes import child, named
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span, newline
from nestwise.syntax.wrapping import call_in_line, columns, grown, line_at


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


_FIELD = re.compile(rb"(?:(?:private|protected|public|static|readonly|declare)\s+)*[\w$#]+\s*[?!:=;]")


def member(source: Source, start: int, text: str, style: Style) -> Edit:
    """A field as the first member of a class whose body starts at `start` (bytes), apart from methods."""
    data = source.text.data
    rest = re.match(rb"[ \t]*(\r?\n)([ \t\r\n]*)", data[start:])
    if rest is None:
        return Edit(Span(start, start), f" {text};")
    eol = rest[1].decode()
    indent = rest[2].rpartition(b"\n")[2].decode() or style.indent
    is_field = _FIELD.match(data, start + rest.end())
    apart = "" if is_field or b"\n" in rest[2] else eol
    text = call_in_line(text, indent, columns(indent + style.semicolon), style, eol)
    return Edit(Span(start, start), f"{eol}{indent}{text}{style.semicolon}{apart}")


def constructed(source: Source, body: Span, parameter: str, style: Style) -> Edit | None:
    """A parameter behind those of the constructor of a class; a constructor behind its fields, if it has
    none. None where the class is on one line, or there are comments among the parameters."""
    node = source.node_at(body)
    while node is not None and node.type != "class_body":
        node = node.parent
    if node is None or node.start_point.row == node.end_point.row:
        return None
    eol = newline(source.text.data)
    members = named(node)
    methods = [m for m in members if m.type == "method_definition"]
    own = [m for m in methods if source.text_of(child(m, "name")) == "constructor"]
    if not own:
        fields = [m for m in members if m.type == "public_field_definition"]
        first = members[0] if members else None
        indent = line_at(source, first.start_byte)[0] if first is not None else style.indent
        text = call_in_line(f"constructor({parameter})", indent, columns(indent) + 3, style, eol) + " {}"
        if not fields:
            gap = eol if members else ""
            return Edit(Span(body.start, body.start), f"{eol}{indent}{text}{gap}")
        end = fields[-1].end_byte
        end += source.text.data[end : end + 1] == b";"
        return Edit(Span(end, end), f"{eol}{eol}{indent}{text}")
    params = child(own[0], "parameters")
    if params is None or any(c.type == "comment" for c in params.named_children):
        return None
    parts = named(params)
    if not parts:
        return Edit(Span(params.start_byte, params.end_byte), f"({parameter})")
    outer = line_at(source, own[0].start_byte)[0]
    if parts[-1].start_point.row > params.start_point.row:
        inner = line_at(source, parts[-1].start_byte)[0]
        end = parts[-1].end_byte
        return Edit(Span(end, end), f",{eol}{inner}{parameter}")
    inner = f",{eol}{outer}{style.indent}".join([*(source.text_of(p) for p in parts), parameter])
    comma = "," if style.argument_commas else ""
    broken = f"({eol}{outer}{style.indent}{inner}{comma}{eol}{outer})"
    return Edit(Span(params.start_byte, params.end_byte), broken)


def argued(source: Source, name: Span, decorator: str, argument: str, style: Style) -> Edit | None:
    """The edit that adds a last argument to a decorator of the parameter with its name at `name`; None where
    that is not there, or no call."""
    node: Node | None = source.node_at(name)
    while node is not None and node.type not in ("required_parameter", "optional_parameter"):
        node = node.parent
    for part in node.named_children if node is not None else ():
        call = named(part)[0] if part.type == "decorator" and named(part) else None
        if call is None or node is None or source.text_of(child(call, "function")) != decorator:
            continue
        holder = child(call, "arguments")
        if holder is None:
            return None
        given = [source.text_of(p) for p in named(holder)]
        data, start = source.text.data, node.start_byte
        text = f"({', '.join([*given, argument])})"
        head = data[start : holder.start_byte].decode(errors="replace")
        tail = data[holder.end_byte : node.end_byte].decode(errors="replace")
        edit = replaced_parameter(source, node, [f"{head}{text}{tail}"], style)
        plain = edit.span == Span(start, node.end_byte)
        return Edit(Span(holder.start_byte, holder.end_byte), text) if plain else edit
    return None


def replaced_parameter(source: Source, parameter: Node, texts: Sequence[str], style: Style) -> Edit:
    """`texts` in the place of one parameter of a list, which is broken over lines where it gets too long."""
    whole = Span(parameter.start_byte, parameter.end_byte)
    eol = newline(source.text.data)
    holder = parameter.parent
    indent, before = line_at(source, parameter.start_byte)
    if not before.strip():
        return Edit(whole, f",{eol}{indent}".join(texts))
    flat = ", ".join(texts)
    data = source.text.data
    end = data.find(b"\n", parameter.end_byte)
    after = data[parameter.end_byte : end if end >= 0 else len(data)].decode(errors="replace").rstrip()
    if not style.width or columns(before + flat + after) <= style.width or holder is None:
        return Edit(whole, flat)
    parts = named(holder)
    if len(parts) < holder.named_child_count or holder.start_point.row != holder.end_point.row:
        return Edit(whole, flat)
    lines = [t for p in parts for t in (texts if p.id == parameter.id else [source.text_of(p)])]
    inner = f",{eol}{indent}{style.indent}".join(lines)
    comma = "," if style.argument_commas else ""
    text = f"({eol}{indent}{style.indent}{inner}{comma}{eol}{indent})"
    return Edit(Span(holder.start_byte, holder.end_byte), text)
