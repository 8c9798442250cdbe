"""What queries match in an open document: of the parts that are as they were it is known where that was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from nestwise.project.extract_parts import Known, Part
from nestwise.syntax.source import Source

Captures = Mapping[str, Node]
_Place = tuple[str, int, int, bool, int]
"""A capture: its name, its range, whether it is a named node, and how many levels it is above the smallest
one of that range."""
_Places = list[tuple[int, list[_Place]]]
_DEPTH = 4
"""Levels below the root at which parts may begin: members of an exported class."""


def known_matches(known: Known, source: Source, queries: tuple[str, ...]) -> Iterator[tuple[int, Captures]]:
    """The matches of queries, each with the position of its query. Those that begin at the first levels of
    the tree, around parts or beside each other, are looked for each time, and may come twice."""
    fresh: dict[int, tuple[_Places, list[tuple[int, Captures]]]] = {}

    def read(part: Part) -> _Places:
        found: list[tuple[int, Captures]] = list(source.matches(*queries, within=part.node))
        places: _Places = []
        if not part.node.has_error:
            places += ((query, [_place(part.node, *one) for one in match.items()]) for query, match in found)
        fresh[id(places)] = places, found
        return places

    for part, places, by in known.parts(queries, source, read):
        if id(places) in fresh:
            yield from fresh[id(places)][1]
            continue
        for query, captured in places:
            yield query, {place[0]: _node(part.node, place, by) for place in captured}
    yield from source.matches(*queries, depth=_DEPTH)


def _smallest(part: Node, start: int, end: int, named: bool) -> Node | None:
    if named:
        return part.named_descendant_for_byte_range(start, end)
    return part.descendant_for_byte_range(start, end)


def _place(part: Node, name: str, node: Node) -> _Place:
    start, end, levels = node.start_byte, node.end_byte, 0
    inner = _smallest(part, start, end, node.is_named)
    while inner is not None and inner.id != node.id:
        inner, levels = inner.parent, levels + 1
    return name, start, end, node.is_named, levels


def _node(part: Node, place: _Place, by: int) -> Node:
    _, start, end, named, levels = place
    node = _smallest(part, start + by, end + by, named)
    for _ in range(levels):
        node = node.parent if node is not None else None
    assert node is not None  # the part is the same
    return node


__all__ = ["Captures", "known_matches"]
