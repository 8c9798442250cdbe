"""Reading nodes. Where the grammar mis-parses valid code, the helpers here put it right.

The grammar binds type arguments too loosely: `await f<T>(x)` is parsed as `(await f)<T>(x)`, and so
are `!f<T>(x)`, `void f<T>(x)`, `a + f<T>(x)`. The operator ends up as the callee of the call that it
should be applied to; a chain that goes on (`await f<T>(x).y()`) hangs on that call. In these notes
such a call is a *carrier*.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from nestwise.syntax.source import Source
from nestwise.syntax.text import Span

OPERATORS = frozenset({"await_expression", "unary_expression", "update_expression", "binary_expression"})
_LINKS = {"member_expression": "object", "subscript_expression": "object", "call_expression": "function"}
"""What a chain consists of, with the field that holds its beginning."""
_AROUND = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
)


def span_of(node: Node) -> Span:
    """Where a node stands, without operators that the grammar put inside it by mistake."""
    return Span(start_of(node), node.end_byte)


def start_of(node: Node) -> int:
    carrier = carrier_of(node)
    if carrier is None:
        return node.start_byte
    _, operand = operators_of(carrier)
    return operand.start_byte if operand is not None else node.start_byte


def child(node: Node | None, field: str) -> Node | None:
    return node.child_by_field_name(field) if node is not None else None


def named(node: Node | None) -> list[Node]:
    """The named children without comments."""
    return [c for c in node.named_children if c.type != "comment"] if node is not None else []


def carries(call: Node) -> bool:
    """Did the grammar put operators into this call, as its callee?"""
    function = call.child_by_field_name("function")
    return (
        function is not None
        and function.type in OPERATORS
        and call.child_by_field_name("type_arguments") is not None
    )


def carrier_of(node: Node) -> Node | None:
    """The carrier at the beginning of the chain that ends with `node`."""
    link: Node | None = node
    while link is not None:
        kind = link.type
        if kind == "call_expression" and carries(link):
            return link
        if kind == "non_null_expression":
            link = next(iter(link.named_children), None)
        elif kind in _LINKS:
            link = link.child_by_field_name(_LINKS[kind])
        else:
            return None
    return None


def operators_of(carrier: Node) -> tuple[list[Node], Node | None]:
    """The operators in a carrier, the outermost first, and what the carrier really calls."""
    operators: list[Node] = []
    node = carrier.child_by_field_name("function")
    while node is not None and node.type in OPERATORS:
        operators.append(node)
        node = node.named_child(node.named_child_count - 1) if node.named_child_count else None
    return operators, node


def callee_of(call: Node) -> Node | None:
    """What a call calls, also in `await f<T>(x)`. Further down a chain that begins with a carrier, the
    node still starts with the operator: take its place from `span_of`."""
    return operators_of(call)[1] if carries(call) else call.child_by_field_name("function")


def method_call(name: Node) -> tuple[Node, Node] | None:
    """The receiver and the arguments of a call `receiver.name(…)`, by the node of its name."""
    member = name.parent
    call = member.parent if member is not None and member.type == "member_expression" else None
    receiver = child(member, "object")
    if call is None or receiver is None or child(call, "function") != member:
        return None
    arguments = child(call, "arguments")
    return (receiver, arguments) if arguments is not None and arguments.type == "arguments" else None


def is_awaited(call: Node) -> bool:
    """Is the call, perhaps in parentheses or with a type assertion, the operand of an `await`?"""
    carrier = carrier_of(call)
    if carrier is not None:
        operators, _ = operators_of(carrier)
        outer = call.parent
        while outer is not None and outer.type == "non_null_expression":
            outer = outer.parent
        goes_on = outer is not None and outer.type in _LINKS and outer.start_byte == call.start_byte
        return not goes_on and operators[-1].type == "await_expression"
    outer = call.parent
    while outer is not None and outer.type in _AROUND:
        outer = outer.parent
    return outer is not None and outer.type == "await_expression" and not _is_carried(outer)


def _is_carried(operator: Node) -> bool:
    """Is this operator applied to a call that it became the callee of, and not to its own operand?"""
    outer = operator.parent
    while outer is not None and outer.type in OPERATORS and outer.end_byte == operator.end_byte:
        outer = outer.parent
    if outer is None or outer.type != "call_expression" or not carries(outer):
        return False
    function = outer.child_by_field_name("function")
    return function is not None and function.end_byte == operator.end_byte


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


def pair_of(source: Source, holder: Node, key: str) -> Node | None:
    """The entry of an object literal under a key, in whatever form it is written."""
    for part in named(holder):
        name = part.child_by_field_name("key") or part.child_by_field_name("name") or part
        if source.text_of(name).strip("'\"") == key:
            return part
    return None


_OWN_THIS = frozenset(
    {
        "function_declaration", "function_expression", "generator_function", "generator_function_declaration",
        "decorator",
    }
)  # fmt: skip


def this_at(source: Source, node: Node) -> str:
    """What `this` is at a node of a class: instance, static, or empty where it is something else or not there
    yet."""
    for outer in ancestors(node):
        if outer.type in _OWN_THIS:
            return ""
        if outer.type in ("method_definition", "public_field_definition"):
            if outer.parent is None or outer.parent.type != "class_body":
                return ""
            kinds = {part.type for part in outer.children}
            is_constructor = source.text_of(child(outer, "name")) == "constructor"
            early = is_constructor and not _is_behind_super(source, outer, node)
            return "" if early else "static" if "static" in kinds else "instance"
        if outer.type == "class_static_block":
            return "static"
        if outer.type == "class_body":
            return ""
    return ""


def _is_behind_super(source: Source, constructor: Node, node: Node) -> bool:
    """Is there a `this` in the constructor already? Not within the arguments of `super(…)` either."""
    cls = constructor.parent.parent if constructor.parent is not None else None
    if cls is None or all(c.type != "class_heritage" for c in cls.children):
        return True
    if not any(c.type == "extends_clause" for h in cls.children for c in h.children):
        return True
    for outer in ancestors(node):
        if outer.type == "call_expression" and source.text_of(child(outer, "function")) == "super":
            return False
    return b"super(" in source.text.data[constructor.start_byte : node.start_byte]
