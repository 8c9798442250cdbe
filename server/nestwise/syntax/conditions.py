"""Under which conditions code runs."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from nestwise.syntax.nodes import ancestors, child, named

_CHOICES = ("if_statement", "ternary_expression", "binary_expression", "switch_statement")


def conditions_of(node: Node) -> Iterator[Node]:
    """The conditions that a node stands under, and those behind which an earlier `if` has returned."""
    before = node
    for outer in ancestors(node):
        if outer.type in _CHOICES:
            test = next((t for f in ("condition", "left", "value") if (t := child(outer, f))), None)
            if test is not None and before.id != test.id:
                yield test
        elif outer.type == "statement_block":
            for statement in outer.named_children:
                if statement.start_byte >= before.start_byte:
                    break
                test = child(statement, "condition")
                if statement.type == "if_statement" and test is not None and _leaves(statement):
                    yield test
        before = outer


def _leaves(statement: Node) -> bool:
    last = child(statement, "consequence")
    if last is not None and last.type == "statement_block":
        last = next(iter(reversed(named(last))), None)
    return last is not None and last.type == "return_statement"


__all__ = ["conditions_of"]
