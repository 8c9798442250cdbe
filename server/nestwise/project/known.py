"""Facts that are taken over from an earlier version of the same file.

A keystroke leaves nearly all members of a class as they were. Code that is the same, and has no error, is
read the same way: the facts of a member are known by its code, and only move.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr
from tree_sitter import Node

from nestwise.project import facts
from nestwise.project.facts import NOWHERE, At, FileFacts, Method, Property
from nestwise.syntax.source import Source

_Code = tuple[bytes, bytes]
"""What is written, and what was parsed instead of it."""

_PLACELESS = frozenset({"str", "bool", "tuple[str, ...]", "tuple[tuple[str, str], ...]"})
"""Types of fields without positions."""
_FIELDS = {
    kind: fields
    for kind in vars(facts).values()
    if isinstance(kind, type) and issubclass(kind, Struct) and kind is not At
    if (fields := [f for f in kind.__struct_fields__ if str(kind.__annotations__[f]) not in _PLACELESS])
}
"""The fields of a record in which there may be positions, however deep."""


class Known:
    """The members of the classes of a text without syntax errors. Immutable."""

    def __init__(self, source: Source, read: FileFacts) -> None:
        self._source = source
        self._facts = read

    @cached_property
    def _members(self) -> dict[_Code, Method | Property]:
        members: list[Method | Property] = []
        for cls in self._facts.classes:
            members += cls.methods
            members += cls.properties
        return {_code(self._source, m.at.start, m.at.end): m for m in members}

    def member(self, source: Source, decorators: list[Node], node: Node) -> Method | Property | None:
        """The facts of a member of a class in another text; None where it is a new one, or broken."""
        if node.has_error or any(d.has_error for d in decorators):
            return None
        start = (decorators[0] if decorators else node).start_byte
        found = self._members.get(_code(source, start, node.end_byte))
        return _moved(found, start - found.at.start) if found is not None else None


def _code(source: Source, start: int, end: int) -> _Code:
    return source.text.data[start:end], source.parsed[start:end]


def _moved(record: Any, by: int) -> Any:
    """The same facts, `by` bytes further down. A keystroke does that to all members below it, so the usual
    fields are moved here and not by a call of their own; what holds no position stays the same record."""
    if by == 0:
        return record
    out = record
    for name in _FIELDS[type(record)]:
        value = getattr(record, name)
        if not value or value is NOWHERE:
            continue
        kind = type(value)
        if kind is At:
            moved: Any = At(value.start + by, value.end + by)
        elif kind is tuple:
            moved = _all_moved(value, by)
        elif kind in _FIELDS:
            moved = _moved(value, by)
            if moved is value:
                continue
        else:
            continue
        if out is record:
            out = record.__copy__()
        force_setattr(out, name, moved)
    return out


def _all_moved(items: tuple[Any, ...], by: int) -> tuple[Any, ...]:
    return tuple(
        [
            _moved(item, by)
            if (kind := type(item)) in _FIELDS
            else _all_moved(item, by)
            if kind is tuple
            else item
            for item in items
        ]
    )
