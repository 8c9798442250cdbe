"""What the model must know of the inside of a function that Nest calls."""

from __future__ import annotations

import re

from tree_sitter import Node

from nestwise.project.extract_expr import OWN_SCOPE, Reader, first
from nestwise.project.facts import Body, Call, Cond, Expr, Guarding, Op

_WORD = re.compile(rb"[A-Za-z_$][A-Za-z0-9_$]*")
_COMMENT = re.compile(
    rb"""('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|//[^\n]*|/\*.*?(?:\*/|$)""", re.S
)
"""Comments, and the texts that look as if they held one."""
_SCOPES = OWN_SCOPE - {"arrow_function", "function_expression"}


def body_of(reader: Reader, node: Node | None, *, calling: bool = False) -> Body | None:
    """The body of a function: a block, or the expression of an arrow function.

    `calling`: read what it calls, too.
    """
    if node is None:
        return None
    code = reader.data[node.start_byte : node.end_byte]
    if b"//" in code or b"/*" in code:
        code = _COMMENT.sub(lambda found: found[1] or b" ", code)
    words = tuple(sorted({word.decode() for word in _WORD.findall(code)}))
    walk = _Walk(reader, calling)
    if node.type in ("statement_block", "program"):
        walk.statements(node, inner=False)
    else:
        walk.returns.append(reader.expr(node))
        walk.statements(node, inner=True)
    return Body(
        locals=tuple(walk.locals),
        calls=tuple(walk.calls),
        maybe=tuple(walk.maybe),
        returns=tuple(walk.returns),
        exits=tuple(walk.exits),
        words=words,
        catches=walk.catches,
        throws=walk.throws,
        called=tuple(sorted(walk.called)),
        unsafe=tuple(sorted(walk.unsafe)),
    )


_BRANCHES = frozenset({"if_statement", "switch_body", "for_statement", "for_in_statement", "while_statement"})
"""What is inside may not run. (A call in the test of an `if` is no statement.)"""


_SPACE = re.compile(r"\s+|<[^<>]*>")
_LONGEST = 80
"""Characters of a callee that are kept."""


def _tried(node: Node) -> int:
    body = node.child_by_field_name("body")
    return body.id if body is not None else 0


class _Walk:
    def __init__(self, reader: Reader, calling: bool) -> None:
        self.reader = reader
        self.calling = calling
        self.called: set[str] = set()
        self.unsafe: set[str] = set()
        self.locals: list[tuple[str, Expr]] = []
        self.calls: list[Expr] = []
        self.maybe: list[int] = []
        self.returns: list[Expr] = []
        self.exits: list[Guarding] = []
        self.catches = self.throws = False
        self.left = False
        """May the function have been left before, under a condition?"""

    def statements(self, node: Node, inner: bool) -> None:
        """`inner`: within a function that this one passes on or returns; its `return` is not ours."""
        stack = [(child, inner, False, False) for child in reversed(node.named_children)]
        while stack:
            node, inner, maybe, caught = stack.pop()
            kind = node.type
            if kind in ("expression_statement", "lexical_declaration", "variable_declaration"):
                self._simple(node, kind, maybe or self.left)
            elif kind == "return_statement":
                if not inner:
                    self.returns.append(self.reader.expr(first(node)))
                inner = True
            elif kind == "if_statement" and not inner:
                self._exit(node)
            elif kind == "throw_statement":
                self.throws = self.throws or not caught
            elif kind == "call_expression" and self.calling:
                self._callee(node, caught)
            elif kind == "try_statement" and (handler := node.child_by_field_name("handler")) is not None:
                self.catches = True
                for part in reversed(node.named_children):
                    within = caught or part.id == _tried(node)
                    stack.append((part, inner, maybe or part.id == handler.id, within))
                continue
            elif kind in _SCOPES:
                continue
            function = kind in ("arrow_function", "function_expression")
            maybe = maybe or kind in _BRANCHES
            stack.extend((child, inner or function, maybe, caught) for child in reversed(node.named_children))

    def _callee(self, node: Node, caught: bool) -> None:
        name = _SPACE.sub("", self.reader.text(node.child_by_field_name("function")))[:_LONGEST]
        self.called.add(name)
        if not caught:
            self.unsafe.add(name)

    def _simple(self, node: Node, kind: str, maybe: bool) -> None:
        if kind == "expression_statement":
            value = self.reader.expr(first(node))
            if isinstance(value, Call | Op | Cond):
                self._call(value, maybe)
            elif (assigned := first(node)) is not None and assigned.type == "assignment_expression":
                name = self.reader.text(assigned.child_by_field_name("left"))
                self.locals.append((name, self.reader.expr(assigned.child_by_field_name("right"))))
            return
        for part in node.named_children:
            if part.type == "variable_declarator" and (value_ := part.child_by_field_name("value")):
                name = self.reader.text(part.child_by_field_name("name"))
                self.locals.append((name, self.reader.expr(value_)))

    def _call(self, value: Expr, maybe: bool) -> None:
        """A statement that calls, by itself or under a condition: `isDev && consumer.apply(…)`."""
        match value:
            case Call():
                if maybe:
                    self.maybe.append(len(self.calls))
                self.calls.append(value)
            case Op(op="void", right=right):
                self._call(right, maybe)
            case Op(op="&&" | "||" | "??", right=right):
                self._call(right, True)
            case Cond(then=then, other=other):
                self._call(then, True)
                self._call(other, True)
            case _:
                return

    def _exit(self, node: Node) -> None:
        last = node.child_by_field_name("consequence")
        if last is not None and last.type == "statement_block":
            parts = [c for c in last.named_children if c.type != "comment"]
            last = parts[-1] if parts else None
        if last is None or last.type not in ("return_statement", "throw_statement"):
            return
        test = self.reader.expr(node.child_by_field_name("condition"))
        result = self.reader.expr(first(last)) if last.type == "return_statement" else None
        self.left = self.left or last.type == "return_statement"
        self.exits.append(Guarding(test, result))
