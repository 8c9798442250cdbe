"""Code that takes errors: `catch` clauses, and what `.catch(…)` is called with."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.lint.rule import Spot
from nestwise.syntax.nodes import child, method_call, named

CATCH = Spot(rb"(catch)\b", ("catch_clause", "property_identifier"))
"""The clauses, and names of methods and members."""


def catcher(caught: Node) -> Node | None:
    """The clause, or the function that is all that `.catch(…)` is given; None at what is neither."""
    if caught.type == "catch_clause":
        return caught
    called = method_call(caught)
    given = named(called[1]) if called is not None else []
    function = len(given) == 1 and given[0].type in ("arrow_function", "function_expression")
    return given[0] if function else None


def taken_at(caught: Node) -> tuple[Node, Node] | None:
    """The name of the error, and the code that takes it; None where it has no plain name."""
    taker = catcher(caught)
    name, body = child(taker, "parameter"), child(taker, "body")
    if name is None and taker is not None and taker.type == "arrow_function":
        parameters = named(child(taker, "parameters"))
        plain = len(parameters) == 1 and parameters[0].type == "required_parameter"
        name = child(parameters[0], "pattern") if plain else None
    return (name, body) if name is not None and name.type == "identifier" and body is not None else None


__all__ = ["CATCH", "catcher", "taken_at"]
