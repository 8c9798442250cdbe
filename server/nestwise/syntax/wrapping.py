"""Lines that become longer than a file's lines are: broken as Prettier breaks them."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.syntax.nodes import named
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import newline

_TAB = 4
_OPENING, _CLOSING = "([{", ")]}"


def columns(text: str) -> int:
    """The width of one line."""
    return len(text.expandtabs(_TAB))


def line_at(source: Source, offset: int) -> tuple[str, str]:
    """The indent of the line around an offset, and the line up to there."""
    data = source.text.data
    before = data[data.rfind(b"\n", 0, offset) + 1 : offset].decode(errors="replace")
    return before[: len(before) - len(before.lstrip())], before


def call_in_line(text: str, indent: str, before: int, style: Style, eol: str) -> str:
    """`@Name(…)`, `new Name(…)` or the like, over several lines where it does not fit behind `before`
    columns.

    A sole array is broken in place; other arguments have a line each.
    """
    start = text.find("(")
    if not style.width or before + columns(text) <= style.width or start < 0 or not text.endswith(")"):
        return text
    arguments = _parts(text[start + 1 : -1])
    if not arguments:
        return text
    inner = indent + style.indent
    if len(arguments) == 1 and arguments[0][:1] == "[" and arguments[0].endswith("]"):
        comma = "," if style.commas else ""
        parts = f",{eol}{inner}".join(_parts(arguments[0][1:-1]))
        return f"{text[:start]}([{eol}{inner}{parts}{comma}{eol}{indent}])"
    comma = "," if style.argument_commas else ""
    return f"{text[: start + 1]}{eol}{inner}{f',{eol}{inner}'.join(arguments)}{comma}{eol}{indent})"


def _parts(text: str) -> list[str]:
    """What commas separate, strings and brackets apart."""
    parts, depth, quote, start = [], 0, "", 0
    for i, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[i - 1] != "\\" else quote
        elif char in "'\"`":
            quote = char
        elif char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth -= 1
        elif char == "," and not depth:
            parts.append(text[start:i].strip())
            start = i + 1
    return [p for p in (*parts, text[start:].strip()) if p]


def grown(
    source: Source, holder: Node, text: str, after: Node | None, style: Style
) -> tuple[Node, str] | None:
    """An array or object on one line with a new element behind `after`, or at its end, broken over lines
    where the line would be too long; with the node to replace, which may be one around it. None where it
    fits."""
    outer = holder
    node: Node | None = holder
    while node is not None and node.start_point.row == holder.start_point.row:
        if node.type in ("array", "object") and node.end_point.row == node.start_point.row:
            outer = node
        node = node.parent
    data = source.text.data
    end = data.find(b"\n", holder.end_byte)
    line = data[data.rfind(b"\n", 0, holder.start_byte) + 1 : end if end >= 0 else len(data)]
    if not style.width or columns(line.decode(errors="replace").rstrip()) + len(text) + 2 <= style.width:
        return None
    if b"//" in data[outer.start_byte : outer.end_byte] or b"/*" in data[outer.start_byte : outer.end_byte]:
        return None
    indent, before = line_at(source, outer.start_byte)
    return outer, _broken(source, outer, {holder.id: (after, text)}, indent, columns(before), style)


def _broken(
    source: Source,
    node: Node,
    new: dict[int, tuple[Node | None, str]],
    indent: str,
    before: int,
    style: Style,
) -> str:
    flat = _flat(source, node, new, style)
    if before + columns(flat) + 1 <= style.width or node.type not in ("array", "object"):
        return flat
    eol = newline(source.text.data)
    inner = indent + style.indent
    parts: list[str] = []
    after, text = new.get(node.id, (None, ""))
    for child in named(node):
        value = child.child_by_field_name("value") if child.type == "pair" else None
        if value is not None:
            key = f"{source.text_of(child.child_by_field_name('key'))}: "
            parts.append(key + _broken(source, value, new, inner, columns(inner + key), style))
        else:
            parts.append(_broken(source, child, new, inner, columns(inner), style))
        if text and after is not None and child.id == after.id:
            parts.append(text)
    if text and after is None:
        parts.append(text)
    comma = "," if style.commas else ""
    opening, closing = "[]" if node.type == "array" else "{}"
    return f"{opening}{eol}{inner}{f',{eol}{inner}'.join(parts)}{comma}{eol}{indent}{closing}"


def _flat(source: Source, node: Node, new: dict[int, tuple[Node | None, str]], style: Style) -> str:
    """A node on one line, with what is new in it."""
    data = source.text.data
    for child_id, (after, text) in new.items():
        found = _below(node, child_id)
        if found is None:
            continue
        parts = named(found)
        if not parts:
            inner = style.braces(text) if found.type == "object" else f"[{text}]"
            pieces = (data[node.start_byte : found.start_byte], inner, data[found.end_byte : node.end_byte])
        else:
            end = (after or parts[-1]).end_byte
            pieces = (data[node.start_byte : end], f", {text}", data[end : node.end_byte])
        return "".join(p if isinstance(p, str) else p.decode(errors="replace") for p in pieces)
    return source.text_of(node)


def _below(node: Node, wanted: int) -> Node | None:
    if node.id == wanted:
        return node
    return next((f for c in node.named_children if (f := _below(c, wanted)) is not None), None)
