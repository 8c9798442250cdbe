"""Expressions, types and decorators of the syntax tree, as facts. Total: what is not there is opaque."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from tree_sitter import Node

from nestwise.project.extract_plain import plain_decorator, plain_type
from nestwise.project.facts import (
    Arr,
    At,
    Call,
    Cond,
    Decorator,
    Entry,
    Expr,
    Fn,
    Lit,
    Member,
    Method,
    Name,
    New,
    Obj,
    Op,
    Opaque,
    Property,
    Spread,
    TArray,
    TInter,
    TLit,
    TName,
    TObject,
    TOther,
    TUnion,
    Type,
    dotted,
)
from nestwise.syntax.nodes import OPERATORS, operators_of

_MAX_DEPTH = 40
"""Deeper expressions (a chain of a thousand calls, a fuzzer's parentheses) are opaque."""

_TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "instantiation_expression",
    }
)
_CHAINS = frozenset({"call_expression", "member_expression", "non_null_expression"})
_IDENTIFIERS = frozenset(
    {
        "identifier",
        "this",
        "super",
        "import",
        "undefined",
        "shorthand_property_identifier",
        "property_identifier",
        "private_property_identifier",
        "type_identifier",
    }
)
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "function_declaration"})
OWN_SCOPE = _FUNCTIONS | {
    "generator_function",
    "generator_function_declaration",
    "class",
    "class_declaration",
    "abstract_class_declaration",
    "method_definition",
}
"""Nodes whose `return` and `this` are their own."""


class Reader:
    """Reads nodes of one file. Text comes from the original bytes, never from the node."""

    __slots__ = ("_operators", "_words", "data", "known")

    def __init__(
        self, data: bytes, known: Callable[[list[Node], Node], Method | Property | None] | None = None
    ) -> None:
        """`known` gives what is known already of a member of a class and the decorators before it."""
        self.data = data
        self.known = known
        self._words: dict[bytes, bool] = {}
        self._operators: list[Node] = []
        """Of the chain that was just read: what the grammar put into it by mistake (see `syntax.nodes`)."""

    def has(self, word: bytes) -> bool:
        """Does the file hold these bytes anywhere? Looked for once, however many classes ask."""
        found = self._words.get(word)
        if found is None:
            found = self._words[word] = word in self.data
        return found

    def text(self, node: Node | None) -> str:
        if node is None:
            return ""
        data = self.data[node.start_byte : node.end_byte]
        try:
            return data.decode()  # twice as fast as with a handler of errors
        except UnicodeDecodeError:
            return data.decode(errors="replace")

    def expr(self, node: Node | None, depth: int = 0, awaited: bool = False) -> Expr:
        """`awaited`: the expression is the operand of an `await`."""
        if node is None or depth > _MAX_DEPTH:
            return Opaque("missing" if node is None else "deep")
        kind = node.type
        if kind in _IDENTIFIERS:
            if kind == "undefined":
                return Lit("undefined", "undefined")
            return Name(self.text(node), At(node.start_byte, node.end_byte))
        if kind == "string":
            return Lit("string", self.text(node)[1:-1])
        if kind in _CHAINS:
            chain = self._link(node, kind, depth, awaited)
            return self._applied(chain, depth) if self._operators else chain
        if kind == "await_expression":
            return self.expr(first(node), depth + 1, True)
        if kind in _TRANSPARENT:
            return self.expr(first(node), depth + 1, awaited)
        return self._other(node, kind, depth)

    def _link(self, node: Node | None, kind: str, depth: int, awaited: bool = False) -> Expr:
        """A chain of calls and members, without the operators that it carries.

        Arguments are read before the callee, so that no other chain is read between the finding of
        operators and their use.
        """
        if node is None or depth > _MAX_DEPTH or kind not in _CHAINS:
            return self.expr(node, depth)
        if kind == "non_null_expression":
            inner = first(node)
            return self._link(inner, inner.type if inner else "", depth + 1, awaited)
        parts = node.children  # of the usual shapes: to take them by their place is faster than by name
        if kind == "member_expression":
            plain = len(parts) == 3
            of = parts[0] if plain else node.child_by_field_name("object")
            name = self.text(parts[2] if plain else node.child_by_field_name("property"))
            return Member(self._link(of, of.type if of else "", depth + 1), name)
        plain = len(parts) == 2
        args = parts[1] if plain else node.child_by_field_name("arguments")
        if args is not None and args.type == "template_string":
            return Opaque("tagged_template")
        given = self.all(args, depth)
        types = None if plain else node.child_by_field_name("type_arguments")
        type_args = self.types(types) if types is not None else ()
        callee = parts[0] if plain else node.child_by_field_name("function")
        operators: list[Node] = []
        if types is not None and callee is not None and callee.type in OPERATORS:
            operators, callee = operators_of(node)
        called = self._link(callee, callee.type if callee else "", depth + 1)
        start = callee.start_byte if operators and callee is not None else node.start_byte
        self._operators = operators or self._operators
        return Call(called, given, type_args, awaited, At(start, node.end_byte))

    def _applied(self, chain: Expr, depth: int) -> Expr:
        """A chain under the operators that it carried."""
        operators, self._operators = self._operators, []
        if operators[-1].type == "await_expression" and isinstance(chain, Call):
            chain = replace(chain, awaited=True)
        for operator in reversed(operators):
            kind = operator.type
            if kind == "update_expression":
                chain = Opaque(kind)
            elif kind != "await_expression":
                left = operator.child_by_field_name("left")
                op = self.text(operator.child_by_field_name("operator"))
                chain = Op(op, self.expr(left, depth + 1) if left else None, chain)
        return chain

    def _other(self, node: Node, kind: str, depth: int) -> Expr:
        match kind:
            case "object":
                return Obj(tuple(self._entries(node, depth)), At(node.start_byte, node.end_byte))
            case "array":
                return Arr(self.all(node, depth))
            case "spread_element":
                return Spread(self.expr(first(node), depth + 1))
            case "number" | "true" | "false" | "null" | "regex":
                return Lit("boolean" if kind in ("true", "false") else kind, self.text(node))
            case "new_expression":
                return New(
                    self.expr(node.child_by_field_name("constructor"), depth + 1),
                    self.all(node.child_by_field_name("arguments"), depth),
                    At(node.start_byte, node.end_byte),
                )
            case "arrow_function" | "function_expression":
                return self._function(node, depth)
            case "ternary_expression":
                test, then, other = (
                    self.expr(node.child_by_field_name(f), depth + 1)
                    for f in ("condition", "consequence", "alternative")
                )
                return Cond(test, then, other)
            case "binary_expression":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                op = self.text(node.child_by_field_name("operator"))
                return Op(op, self.expr(left, depth + 1), self.expr(right, depth + 1))
            case "unary_expression":
                op = self.text(node.child_by_field_name("operator"))
                return Op(op, None, self.expr(node.child_by_field_name("argument"), depth + 1))
            case "template_string":
                return self._template(node, depth)
            case "type_assertion":
                return self.expr(node.named_children[-1] if node.named_children else None, depth + 1)
            case "class":
                named_as = node.child_by_field_name("name")
                return Name(self.text(named_as)) if named_as else Opaque("class")
            case _:
                return Opaque(kind)

    def _template(self, node: Node, depth: int) -> Expr:
        """A template is the concatenation of its parts: `'/' + NAME + '/x'`."""
        holes = [c for c in node.named_children if c.type == "template_substitution"]
        at = node.start_byte + 1
        found: Expr | None = None
        for hole in (*holes, None):
            end = hole.start_byte if hole else node.end_byte - 1
            text = Lit("string", self.data[at:end].decode(errors="replace"))
            if found is None:
                found = text
            elif text.value:
                found = Op("+", found, text)
            if hole is not None:
                found = Op("+", found, self.expr(first(hole), depth + 1))
                at = hole.end_byte
        return found or Opaque("template")

    def all(self, node: Node | None, depth: int = 0) -> tuple[Expr, ...]:
        """The expressions that are the children of `node`."""
        if node is None or not node.named_child_count:
            return ()
        return tuple([self.expr(c, depth + 1) for c in node.named_children if c.type != "comment"])

    def _entries(self, node: Node, depth: int) -> list[Entry]:
        out: list[Entry] = []
        for part in node.named_children:
            at = At(part.start_byte, part.end_byte)
            match part.type:
                case "pair":
                    value = self.expr(part.child_by_field_name("value"), depth + 1)
                    out.append(Entry(self.key(part.child_by_field_name("key")), value, at))
                case "shorthand_property_identifier":
                    out.append(Entry(self.text(part), self.expr(part), at))
                case "spread_element":
                    out.append(Entry("...", self.expr(first(part), depth + 1), at))
                case "method_definition":
                    name = self.key(part.child_by_field_name("name"))
                    out.append(Entry(name, self._function(part, depth), at))
                case _:
                    pass
        return out

    def key(self, node: Node | None) -> str:
        """The name of a property or a method; `[]` for a computed one."""
        if node is None:
            return ""
        if node.type == "string":
            return self.text(node)[1:-1]
        if node.type == "computed_property_name":
            return "[]"
        return self.text(node)

    def _function(self, node: Node, depth: int) -> Fn:
        body = node.child_by_field_name("body")
        single = node.child_by_field_name("parameter")
        params = [single] if single else named(node.child_by_field_name("parameters"))
        names = tuple(self.text(p.child_by_field_name("pattern") or p) for p in params)
        if body is None:
            return Fn(names, ())
        if body.type != "statement_block":
            return Fn(names, (self.expr(body, depth + 1),))
        return Fn(names, tuple(self.expr(r, depth + 1) for r in returned(body)))

    # --- types ---

    def type(self, node: Node | None, depth: int = 0) -> Type | None:
        """The type that an annotation (`: T`) or a type node stands for."""
        if node is None:
            return None
        if depth > _MAX_DEPTH:
            return TOther("deep")
        kind = node.type
        if kind != "ERROR" and depth < _MAX_DEPTH - 3:
            plain = plain_type(self.data, node.start_byte, node.end_byte)
            if plain is not None:
                return plain
        match kind:
            case "type_annotation" | "parenthesized_type" | "readonly_type" | "optional_type":
                return self.type(first(node), depth + 1)
            case "predefined_type" | "type_identifier" | "nested_type_identifier" | "this_type":
                return self._named(node, node, ())
            case "generic_type":
                args = self.types(node.child_by_field_name("type_arguments"), depth)
                return self._named(node, node.child_by_field_name("name"), args)
            case "array_type":
                return TArray(self.type(first(node), depth + 1) or TOther("missing"))
            case "union_type" | "intersection_type":
                flat = tuple(self._flat(node, kind, depth))
                return TUnion(flat) if kind == "union_type" else TInter(flat)
            case "literal_type":
                return TLit(self.text(node))
            case "object_type":
                return TObject(tuple(self.members(node, depth)))
            case _:
                return TOther(kind, self.text(node)[:80])

    def _named(self, node: Node, name: Node | None, args: tuple[Type, ...]) -> Type:
        text = self.text(name)
        if "(" in text:
            return TOther("import_type", text[:80])
        return TName(text, args, At(node.start_byte, node.end_byte))

    def _flat(self, node: Node, kind: str, depth: int) -> list[Type]:
        out: list[Type] = []
        for part in named(node):
            if part.type == kind:
                out += self._flat(part, kind, depth + 1) if depth < _MAX_DEPTH else []
            elif (type_ := self.type(part, depth + 1)) is not None:
                out.append(type_)
        return out

    def types(self, node: Node | None, depth: int = 0) -> tuple[Type, ...]:
        if node is None:
            return ()
        found = (self.type(part, depth + 1) for part in named(node))
        return tuple(t for t in found if t is not None)

    def members(self, node: Node | None, depth: int = 0) -> list[tuple[str, Type | None]]:
        """The properties of an interface or an inline object type; optional ones with their `?`."""
        return [
            (
                self.key(part.child_by_field_name("name")) + "?" * any(c.type == "?" for c in part.children),
                self.type(part.child_by_field_name("type"), depth + 1),
            )
            for part in named(node)
            if part.type == "property_signature"
        ]

    def decorator(self, node: Node) -> Decorator:
        plain = plain_decorator(self.data, node.start_byte, node.end_byte)
        if plain is not None:
            return plain
        expr = first(node)
        # The expression in `@(any ? one : other)` was cured away: there is nothing to read.
        cured = expr is not None and self.data[expr.start_byte : expr.start_byte + 1] == b"("
        at = At(node.start_byte, node.end_byte)
        return Decorator(Opaque("decorator") if cured else self.expr(expr), at)

    def decorators(self, node: Node) -> tuple[Decorator, ...]:
        parts = node.named_children
        if not parts or parts[0].type not in ("decorator", "comment"):  # they come before all else
            return ()
        return tuple(self.decorator(c) for c in parts if c.type == "decorator")


def named(node: Node | None) -> list[Node]:
    return [c for c in node.named_children if c.type != "comment"] if node is not None else []


def at_of(node: Node) -> At:
    """Where a node stands."""
    return At(node.start_byte, node.end_byte)


def first(node: Node) -> Node | None:
    if node.named_child_count == 0:
        return None
    head = node.named_child(0)
    if head is None or head.type != "comment":
        return head
    return next((c for c in node.named_children if c.type != "comment"), None)


def returned(body: Node) -> list[Node | None]:
    """What the `return` statements of a block give, those of inner functions left out."""
    out: list[Node | None] = []
    stack = list(reversed(body.named_children))
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            out.append(first(node))
        elif node.type not in OWN_SCOPE and not node.type.endswith("expression"):
            stack.extend(reversed(node.named_children))
    return out


__all__ = ["OWN_SCOPE", "Reader", "dotted", "first", "named", "returned"]
