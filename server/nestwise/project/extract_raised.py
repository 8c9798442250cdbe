"""What a file throws: second-level facts."""

from __future__ import annotations

from msgspec import Struct
from tree_sitter import QueryCursor

from nestwise.project.details import Detail, Reading
from nestwise.project.extract_expr import Reader
from nestwise.project.facts import Call, Expr, New
from nestwise.syntax.source import compiled, uninterrupted

_QUERY = "(throw_statement [(new_expression) (call_expression)] @thrown)"


class Raised(Struct, frozen=True, array_like=True, gc=False):
    thrown: tuple[Expr, ...] = ()
    """In the order of the text: what is made there, and calls of what makes it."""


def raised_in(reading: Reading) -> Raised:
    if b"throw" not in reading.data:
        return Raised()
    source, reader = reading.source, Reader(reading.data)
    cursor = QueryCursor(compiled(source.dialect, _QUERY))
    with uninterrupted():
        found = cursor.captures(source.root).get("thrown", ())
    made = (reader.expr(node) for node in sorted(found, key=lambda node: node.start_byte))
    return Raised(tuple(expr for expr in made if isinstance(expr, New | Call)))


RAISED = Detail("raised", Raised, raised_in)

__all__ = ["RAISED", "Raised", "raised_in"]
