"""Which way a function body goes: what its paths have done when they leave it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field
from tree_sitter import Node

from nestwise.syntax.nodes import child, named

_LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})
_DECLARATIONS = frozenset(
    {
        "function_declaration", "generator_function_declaration", "class_declaration", "empty_statement",
        "interface_declaration", "type_alias_declaration", "enum_declaration", "comment",
    }
)  # fmt: skip


class Exit(Struct, frozen=True):
    """A way out of a body other than a throw."""

    node: Node
    """The `return` statement, or the body for its end."""
    done: bool
    """May what was asked for have happened on the way?"""


class _Walk(Struct):
    does: Callable[[Node], bool]
    ends: Callable[[Node], bool]
    exits: list[Exit] = field(default_factory=list)
    breaks: list[list[bool]] = field(default_factory=list)

    def block(self, statements: list[Node], done: bool) -> bool | None:
        """Whether it was done when the end is reached; None where it is not."""
        for statement in statements:
            after = self.statement(statement, done)
            if after is None:
                return None
            done = after
        return done

    def statement(self, node: Node | None, done: bool) -> bool | None:
        if node is None or node.type in _DECLARATIONS:
            return done
        kind = node.type
        if kind == "statement_block":
            return self.block(named(node), done)
        if kind == "return_statement":
            self.exits.append(Exit(node, done or self.does(node)))
            return None
        if kind == "throw_statement":
            return None
        if kind in ("break_statement", "continue_statement"):
            if self.breaks:
                self.breaks[-1].append(done)
            return None
        if kind == "if_statement":
            return self._if(node, done)
        if kind in _LOOPS:
            return self._loop(node, done)
        if kind == "switch_statement":
            return self._switch(node, done)
        if kind == "try_statement":
            return self._try(node, done)
        if kind == "labeled_statement":
            return self.statement(child(node, "body"), done)
        if kind == "expression_statement" and self.ends(node):
            return None
        return done or self.does(node)

    def _if(self, node: Node, done: bool) -> bool | None:
        test = child(node, "condition")
        done = done or (test is not None and self.does(test))
        then = self.statement(child(node, "consequence"), done)
        branch = child(node, "alternative")
        other = self.block(named(branch), done) if branch is not None else done
        return _joined(then, other)

    def _loop(self, node: Node, done: bool) -> bool | None:
        body = child(node, "body")
        head = any(self.does(c) for c in named(node) if body is None or c.id != body.id)
        self.breaks.append([])
        after = self.statement(body, done or head)
        left = self.breaks.pop()
        test = child(node, "condition")
        endless = test is not None and "".join(c.type for c in named(test)) == "true"
        if endless and not left:
            return None
        return done or head or bool(after) or any(left)

    def _switch(self, node: Node, done: bool) -> bool | None:
        value, body = child(node, "value"), child(node, "body")
        done = done or (value is not None and self.does(value))
        self.breaks.append([])
        state: bool | None = None
        for case in named(body):
            label = child(case, "value")
            inside = [c for c in named(case) if label is None or c.id != label.id]
            state = self.block(inside, done or bool(state))
        found = state if named(body) else done
        for way in self.breaks.pop():
            found = _joined(found, way)
        return found  # without a `default` the cases may be all that there are

    def _try(self, node: Node, done: bool) -> bool | None:
        body, handler, last = (child(node, f) for f in ("body", "handler", "finalizer"))
        happens = done or (body is not None and self.does(body))
        after = self.statement(body, done)
        caught = self.statement(child(handler, "body"), happens) if handler is not None else None
        found = _joined(after, caught)
        if last is not None:
            happens = happens or (handler is not None and self.does(handler))
            rest = self.statement(child(last, "body"), happens if found is None else found)
            return None if rest is None or found is None else rest
        return found


def _joined(one: bool | None, other: bool | None) -> bool | None:
    if one is None:
        return other
    return one if other is None else one or other


def exits_of(body: Node, does: Callable[[Node], bool], ends: Callable[[Node], bool]) -> list[Exit]:
    """The ways out of a function's block, with whether `does` may have been true of what ran before.

    `does` is asked of statements and conditions; `ends` of expression statements that never come back.
    Where paths meet, what one of them did counts: the answer errs towards *done*.
    """
    walk = _Walk(does, ends)
    state = walk.block(named(body), False)
    if state is not None:
        walk.exits.append(Exit(body, state))
    return walk.exits


def always_throws(body: Node | None) -> bool:
    """Does every path through a block end in a `throw`?"""
    if body is None or body.type != "statement_block":
        return False
    return not exits_of(body, lambda _: False, lambda _: False)


_FUNCTIONS = frozenset(
    {
        "arrow_function", "function_expression", "function_declaration", "generator_function",
        "method_definition", "class",
    }
)  # fmt: skip


def uncaught(function: Node) -> list[Node]:
    """Each `await`, `for await`, `throw` and `return` of a function that no `catch` of it takes; those of
    functions inside of it left out."""
    found: list[Node] = []
    body = child(function, "body")
    stack = [body] if body is not None else []
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in ("await_expression", "throw_statement", "return_statement") or (
            kind == "for_in_statement" and any(c.type == "await" for c in node.children)
        ):
            found.append(node)
        elif kind == "try_statement" and child(node, "handler") is not None:
            parts = (child(node, "handler"), child(node, "finalizer"))
            stack += [part for part in reversed(parts) if part is not None]
            continue
        elif kind in _FUNCTIONS and node.id != function.id:
            continue
        stack += reversed(node.named_children)
    return found
