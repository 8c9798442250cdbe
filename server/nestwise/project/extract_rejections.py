"""How the methods and functions of a file may fail: second-level facts.

A query of the parser finds what waits, throws and returns calls; from each the way up to its function tells
whether a `catch` stands in between.
"""

from __future__ import annotations

import re

from msgspec import Struct
from tree_sitter import Node, QueryCursor

from nestwise.project.details import Detail, Reading
from nestwise.project.extract_expr import OWN_SCOPE, Reader, first
from nestwise.project.extract_parts import Part
from nestwise.syntax.source import compiled, uninterrupted

_QUERY = """
(method_definition) @function
(function_declaration) @function
(variable_declarator value: (arrow_function)) @function
(await_expression) @waits
(for_in_statement "await") @waits
(throw_statement) @throws
(return_statement (call_expression)) @returns
"""
_SPACE = re.compile(r"\s+")
_LONGEST = 80
"""Characters of a callee that are kept, from its end."""


class Failing(Struct, frozen=True, array_like=True, gc=False):
    """A method or a function of the file."""

    name: str
    """`Class.method`, or the name of a function."""
    throws: bool = False
    """Does it throw something itself that no `catch` of it takes?"""
    loose: tuple[str, ...] = ()
    """What it waits for or hands on and no `catch` of it takes: calls as written (`this.cats.save`), empty
    for anything else. A call that is returned inside of a `try` counts as caught: that is what was meant."""


class Rejections(Struct, frozen=True, array_like=True, gc=False):
    functions: tuple[Failing, ...] = ()

    def of(self, name: str) -> Failing | None:
        return next((f for f in self.functions if f.name == name), None)


def rejections_of(reading: Reading) -> Rejections:
    reader = Reader(reading.data)
    cursor = QueryCursor(compiled(reading.source.dialect, _QUERY))

    def read(part: Part) -> list[Failing]:
        if part.silent:
            return []
        with uninterrupted():
            found = cursor.captures(part.node)
        return _failing(reader, found) if "function" in found else []

    return Rejections(tuple(one for some, _ in reading.parts("rejections", read) for one in some))


def _failing(reader: Reader, found: dict[str, list[Node]]) -> list[Failing]:
    functions = sorted(found["function"], key=lambda n: n.start_byte)
    names = {node.id: _name(reader, node) for node in functions}
    throwing = {_function(node) for node in found.get("throws", ())}
    loose: dict[int, list[str]] = {}
    for node in sorted((*found.get("waits", ()), *found.get("returns", ())), key=lambda n: n.start_byte):
        called = _called(reader, first(node))
        if called.endswith(".catch") or (node.type == "return_statement" and not called.startswith("this.")):
            continue  # what else is returned is mostly no promise: `E.right(…)`
        loose.setdefault(_function(node), []).append(called)
    return [
        Failing(name, node in throwing, tuple(dict.fromkeys(loose.get(node, ()))))
        for node, name in names.items()
        if name
    ]


def _name(reader: Reader, node: Node) -> str:
    name = reader.text(node.child_by_field_name("name"))
    if node.type != "method_definition":
        return name
    cls = node.parent.parent if node.parent is not None else None
    owner = reader.text(cls.child_by_field_name("name")) if cls is not None else ""
    return f"{owner}.{name}" if owner else ""


def _called(reader: Reader, value: Node | None) -> str:
    callee = value.child_by_field_name("function") if value is not None else None
    return _SPACE.sub("", reader.text(callee))[-_LONGEST:] if callee is not None else ""


def _function(node: Node) -> int:
    """The function around a node; 0 where a `catch` of it takes what fails there."""
    inner, outer = node, node.parent
    while outer is not None:
        if outer.type == "try_statement":
            body, handler = (outer.child_by_field_name(f) for f in ("body", "handler"))
            if handler is not None and body is not None and body.id == inner.id:
                return 0
        if outer.type in OWN_SCOPE:
            named = outer.parent if outer.type == "arrow_function" else outer
            return named.id if named is not None else 0
        inner, outer = outer, outer.parent
    return 0


REJECTIONS = Detail("rejections", Rejections, rejections_of)

__all__ = ["REJECTIONS", "Failing", "Rejections", "rejections_of"]
