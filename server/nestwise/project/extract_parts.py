"""The parts that a file is made of: the members of its classes, and its statements.

A keystroke changes one of them. What second-level facts say of a part depends on its code and on the name of
the class around it, so that for an open document what was read of the others is taken over (see `known` for
the same with facts).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from tree_sitter import Node

from nestwise.syntax.source import Source

R = TypeVar("R")
_Code = tuple[bytes, bytes, str | None, str]
"""What is written, what was parsed instead of it, the class around it, and what it is."""
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_SILENT = frozenset({"comment", "import_statement", "identifier", "type_identifier"})


@dataclass(frozen=True, slots=True)
class Part:
    node: Node
    owner: str | None
    """The name of the class around it, empty where it has none; None for a statement."""

    @property
    def silent(self) -> bool:
        """Does it do nothing?"""
        return self.node.type in _SILENT


class Known:
    """What was read of the parts of an earlier version of an open document. Its owner is the workspace."""

    def __init__(self) -> None:
        self._read: dict[Hashable, dict[_Code, tuple[int, Any]]] = {}

    def of(self, name: Hashable, source: Source, read: Callable[[Part], R]) -> Iterator[tuple[R, int]]:
        """What `read` gives of each part of a text, in order, and how many bytes further down that is than
        where it was read. `name`: which reading it is."""
        return ((found, by) for _, found, by in self.parts(name, source, read))

    def parts(
        self, name: Hashable, source: Source, read: Callable[[Part], R]
    ) -> Iterator[tuple[Part, R, int]]:
        """The same, with the parts."""
        old = self._read.get(name, {})
        new: dict[_Code, tuple[int, Any]] = dict(old) if source.broken else {}
        self._read[name] = new
        data, parsed = source.text.data, source.parsed
        for part in parts_of(source):
            node = part.node
            start, end = node.start_byte, node.end_byte
            if node.has_error:  # how the parser recovers depends on what is around
                yield part, read(part), 0
                continue
            code = (data[start:end], parsed[start:end], part.owner, node.type)
            found = old.get(code)
            if found is None:
                found = start, read(part)
            new[code] = found
            yield part, found[1], start - found[0]


def parts_of(source: Source) -> Iterator[Part]:
    for node in source.root.named_children:
        cls = node
        if node.type == "export_statement":
            declared = node.child_by_field_name("declaration") or node.child_by_field_name("value")
            cls = declared if declared is not None and declared.type in _CLASSES else node
        if cls.type not in _CLASSES:
            yield Part(node, None)
            continue
        if cls.id != node.id:
            yield from (Part(n, None) for n in node.named_children if n.type == "decorator")
        name = cls.child_by_field_name("name")
        unnamed = "default" if cls.id != node.id else ""
        owner = source.text_of(name) if name is not None else unnamed
        for inner in cls.named_children:
            if inner.type == "class_body":
                yield from (Part(n, owner) for n in inner.named_children)
            else:
                yield Part(inner, owner)


__all__ = ["Known", "Part", "parts_of"]
