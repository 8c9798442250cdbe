"""Edits of the options object that a decorator has as one of its last arguments."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.syntax.members import appended
from nestwise.syntax.nodes import child, named, pair_of
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span, newline
from nestwise.syntax.wrapping import call_in_line, columns, line_at


def with_option(
    source: Source, decorator: Span, place: int, filler: str, entry: str, style: Style
) -> Edit | None:
    """`entry` (`each: true`) in the options of a decorator, which are its argument number `place`, counted
    from 0; `filler` stands for what is missing before them. None where something else is in that place."""
    arguments = _arguments(source, decorator)
    if arguments is None:
        return None
    given = named(arguments)
    if len(given) > place:
        holder = next((node for node in given[place:] if node.type == "object"), None)
        if holder is None or pair_of(source, holder, entry.partition(":")[0]) is not None:
            return None
        return appended(source, holder, entry, style)
    fillers = ["undefined" if given or i else filler for i in range(place - len(given))]
    text = ", ".join([*map(source.text_of, given), *fillers, style.braces(entry)])
    written = source.text.data[arguments.start_byte : arguments.end_byte]
    if b"\n" in written or b"/*" in written:
        last = given[-1].end_byte if given else arguments.start_byte + 1
        more = ", ".join([*fillers, style.braces(entry)])
        return Edit(Span(last, last), f", {more}" if given else more)
    indent, before = line_at(source, decorator.start)
    if before.strip():  # the property stands on the same line, or something else does
        return Edit(Span(arguments.start_byte, arguments.end_byte), f"({text})")
    head = source.text.data[decorator.start : arguments.start_byte].decode(errors="replace")
    eol = newline(source.text.data)
    whole = call_in_line(f"{head}({text})", indent, columns(indent), style, eol)
    return Edit(Span(arguments.start_byte, arguments.end_byte), whole[len(head) :])


def without_option(source: Source, decorator: Span, key: str) -> Edit | None:
    """A decorator without one of its options; without the object, and what only stood before it, where that
    was all."""
    arguments = _arguments(source, decorator)
    given = named(arguments)
    holder = next((node for node in given if node.type == "object" and pair_of(source, node, key)), None)
    if arguments is None or holder is None:
        return None
    pairs = named(holder)
    position = next(i for i, pair in enumerate(pairs) if _key(source, pair) == key)
    if len(pairs) > 1:
        after = position + 1 < len(pairs)
        start = pairs[position].start_byte if after else pairs[position - 1].end_byte
        end = pairs[position + 1].start_byte if after else pairs[position].end_byte
        return Edit(Span(start, end), "")
    kept = [source.text_of(node) for node in given if node.id != holder.id]
    while kept and kept[-1] in ("{}", "undefined"):
        kept.pop()
    return Edit(Span(arguments.start_byte, arguments.end_byte), f"({', '.join(kept)})")


def _arguments(source: Source, decorator: Span) -> Node | None:
    node = source.node_at(decorator)
    call = next((n for n in named(node) if n.type == "call_expression"), None) if node is not None else None
    return child(call, "arguments") if call is not None else None


def _key(source: Source, pair: Node) -> str:
    return source.text_of(child(pair, "key")).strip("'\"") if pair.type == "pair" else ""
