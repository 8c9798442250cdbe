"""Names in code: where they stand, which declare something, which imports nothing else uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from nestwise.syntax.import_lines import lines_of
from nestwise.syntax.nodes import child, named, walk
from nestwise.syntax.source import Source
from nestwise.syntax.text import Span

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_RESERVED = frozenset(
    (
        "arguments await break case catch class const continue debugger default delete do else enum eval "
        "export extends false finally for function if implements import in instanceof interface let new "
        "null package private protected public return static super switch this throw true try typeof var "
        "void while with yield"
    ).split()
)
_CASTS = ("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression")
_USES = ("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern")


def is_name(text: str) -> bool:
    """May a variable be called that?"""
    return _NAME.fullmatch(text) is not None and text not in _RESERVED


def variables(node: Node) -> Iterator[Node]:
    """The names of variables below a node, where they are declared and where they are used."""
    return (n for n in walk(node) if n.type in _USES)


def declares(name: Node) -> bool:
    """Is a variable declared here, rather than used?"""
    outer = name.parent
    if outer is None or name.type == "shorthand_property_identifier_pattern":
        return True
    return outer.type.endswith(("declarator", "parameter", "pattern")) and child(outer, "value") != name


def cast_around(node: Node) -> Node:
    """An expression with the casts and parentheses around it."""
    while (outer := node.parent) is not None and outer.type in _CASTS and named(outer)[0] == node:
        node = outer
    return node


def line_of(source: Source, statement: Node) -> Span | None:
    """The whole lines of a statement; None where it shares one."""
    data = source.text.data
    start = data.rfind(b"\n", 0, statement.start_byte) + 1
    end = data.find(b"\n", statement.end_byte)
    alone = not data[start : statement.start_byte].strip() and not data[statement.end_byte : end].strip()
    return Span(start, end + 1) if alone and end >= 0 else None


def spare_imports(source: Source, gone: Sequence[Node]) -> frozenset[str]:
    """The imported names that nothing uses but nodes that go."""
    kinds = ("identifier", "type_identifier")
    own = {source.text_of(n) for node in gone for n in walk(node) if n.type in kinds}
    spans = [Span(n.start_byte, n.end_byte) for n in gone]
    found: set[str] = set()
    for line in lines_of(source):
        for spec in line.specifiers:
            if spec.local not in own:
                continue
            word = rb"\b" + re.escape(spec.local.encode()) + rb"\b"
            there = [m.start() for m in re.finditer(word, source.text.data)]
            at = Span(spec.node.start_byte, spec.node.end_byte)
            if all(any(s.contains(offset) for s in (at, *spans)) for offset in there):
                found.add(spec.local)
    return frozenset(found)
