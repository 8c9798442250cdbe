"""Reading nodes. Where the grammar mis-parses valid code, the helpers here put it right."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from nestwise.syntax.text import Span

_PREFIXES = frozenset({"await_expression", "unary_expression"})


def span_of(node: Node) -> Span:
    return Span(node.start_byte, node.end_byte)


def child(node: Node | None, field: str) -> Node | None:
    return node.child_by_field_name(field) if node is not None else None


def named(node: Node | None) -> list[Node]:
    """The named children without comments."""
    return [c for c in node.named_children if c.type != "comment"] if node is not None else []


def _prefix_of(call: Node) -> Node | None:
    """The `await`, `!`, `void` … that the grammar put inside `await f<T>(x)`: `(await f)<T>(x)`."""
    function = call.child_by_field_name("function")
    if function is None or call.child_by_field_name("type_arguments") is None:
        return None
    return function if function.type in _PREFIXES else None


def callee_of(call: Node) -> Node | None:
    """What a call calls, also in `await f<T>(x)`."""
    prefix = _prefix_of(call)
    if prefix is None:
        return call.child_by_field_name("function")
    inner = prefix.child_by_field_name("argument")
    return inner or (prefix.named_children[-1] if prefix.named_children else None)


def is_awaited(call: Node) -> bool:
    """Is the call (or the chain that it begins) the operand of an `await`?"""
    prefix = _prefix_of(call)
    if prefix is not None and prefix.type == "await_expression":
        return True
    outer = call.parent
    while outer is not None and outer.type in (
        "parenthesized_expression",
        "as_expression",
        "non_null_expression",
    ):
        outer = outer.parent
    return outer is not None and outer.type == "await_expression"


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def ancestors(node: Node) -> Iterator[Node]:
    outer = node.parent
    while outer is not None:
        yield outer
        outer = outer.parent
