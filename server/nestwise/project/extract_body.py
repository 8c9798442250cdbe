"""What the model must know of the inside of a function that Nest calls."""

from __future__ import annotations

import re

from tree_sitter import Node

from nestwise.project.extract_expr import OWN_SCOPE, Reader, first
from nestwise.project.facts import Body, Call, Expr, Guarding

_WORD = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]*")
_COMMENT = re.compile(rb"""('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?(?:\*/|$)""", re.S)
"""Comments, and the strings that look as if they held one."""
_SCOPES = OWN_SCOPE - {"arrow_function", "function_expression"}


def body_of(reader: Reader, node: Node | None) -> Body | None:
    """The body of a function: a block, or the expression of an arrow function."""
    if node is None:
        return None
    code = reader.data[node.start_byte : node.end_byte]
    if b"//" in code or b"/*" in code:
        code = _COMMENT.sub(lambda found: found[1] or b" ", code)
    words = tuple(sorted({word.decode() for word in _WORD.findall(code)}))
    walk = _Walk(reader)
    if node.type in ("statement_block", "program"):
        walk.statements(node, inner=False)
    else:
        walk.returns.append(reader.expr(node))
        walk.statements(node, inner=True)
    return Body(
        locals=tuple(walk.locals),
        calls=tuple(walk.calls),
        returns=tuple(walk.returns),
        exits=tuple(walk.exits),
        words=words,
        catches=walk.catches,
        throws=walk.throws,
    )


class _Walk:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.locals: list[tuple[str, Expr]] = []
        self.calls: list[Expr] = []
        self.returns: list[Expr] = []
        self.exits: list[Guarding] = []
        self.catches = self.throws = False

    def statements(self, node: Node, inner: bool) -> None:
        """`inner`: within a function that this one passes on or returns; its `return` is not ours."""
        stack = [(child, inner) for child in reversed(node.named_children)]
        while stack:
            node, inner = stack.pop()
            kind = node.type
            if kind in ("expression_statement", "lexical_declaration", "variable_declaration"):
                self._simple(node, kind)
            elif kind == "return_statement":
                if not inner:
                    self.returns.append(self.reader.expr(first(node)))
                inner = True
            elif kind == "if_statement" and not inner:
                self._exit(node)
            elif kind == "throw_statement":
                self.throws = True
            elif kind == "catch_clause":
                self.catches = True
            elif kind in _SCOPES:
                continue
            function = kind in ("arrow_function", "function_expression")
            stack.extend((child, inner or function) for child in reversed(node.named_children))

    def _simple(self, node: Node, kind: str) -> None:
        if kind == "expression_statement":
            value = self.reader.expr(first(node))
            if isinstance(value, Call):
                self.calls.append(value)
            elif (assigned := first(node)) is not None and assigned.type == "assignment_expression":
                name = self.reader.text(assigned.child_by_field_name("left"))
                self.locals.append((name, self.reader.expr(assigned.child_by_field_name("right"))))
            return
        for part in node.named_children:
            if part.type == "variable_declarator" and (value_ := part.child_by_field_name("value")):
                name = self.reader.text(part.child_by_field_name("name"))
                self.locals.append((name, self.reader.expr(value_)))

    def _exit(self, node: Node) -> None:
        last = node.child_by_field_name("consequence")
        if last is not None and last.type == "statement_block":
            parts = [c for c in last.named_children if c.type != "comment"]
            last = parts[-1] if parts else None
        if last is None or last.type not in ("return_statement", "throw_statement"):
            return
        test = self.reader.expr(node.child_by_field_name("condition"))
        result = self.reader.expr(first(last)) if last.type == "return_statement" else None
        self.exits.append(Guarding(test, result))
