"""What the functions of a file do: every call with the chain that it hangs on, where it stands, and what its
value goes to. Second-level facts (see `details`): a query of the parser finds the places, and only those are
read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace
from tree_sitter import Node, QueryCursor

from nestwise.project.details import Detail, Reading
from nestwise.project.extract_class import params_of
from nestwise.project.extract_expr import Reader, first
from nestwise.project.extract_parts import Part
from nestwise.project.facts import NOWHERE, At, Call, Expr, Member, Opaque, Param
from nestwise.syntax.source import compiled, uninterrupted

_QUERY = """
(call_expression) @call
(method_definition) @function
(arrow_function) @function
(function_expression) @function
(function_declaration) @function
(generator_function_declaration) @function
(class_declaration) @class
(abstract_class_declaration) @class
(class) @class
(for_statement condition: (_) @loop)
(for_statement body: (_) @loop)
(for_in_statement body: (_) @loop)
(while_statement) @loop
(do_statement) @loop
(if_statement consequence: (_) @arm)
(if_statement alternative: (_) @arm)
(ternary_expression consequence: (_) @arm)
(ternary_expression alternative: (_) @arm)
(switch_case) @arm
(switch_default) @arm
(catch_clause) @arm
(variable_declarator value: (_)) @local
(assignment_expression) @local
"""
_AROUND = frozenset(
    {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
)
_HOW = {
    "await_expression": "awaited",
    "return_statement": "returned",
    "arrow_function": "returned",
    "expression_statement": "dropped",
}
_LOCAL_VALUES = frozenset(
    {
        "string",
        "template_string",
        "identifier",
        "member_expression",
        "subscript_expression",
        "binary_expression",
        "ternary_expression",
        "new_expression",
        "this",
        "as_expression",
        "non_null_expression",
        "parenthesized_expression",
    }
)
"""Values of variables that may be another name for something; calls are deeds themselves."""
_NAMES = re.compile(r"[\w$]+(?=\s*(?:[,}\]=]|$))")


class Deed(Struct, frozen=True, array_like=True, gc=False):
    """A call: the whole chain, as far as it goes on."""

    expr: Expr
    scope: int
    """The function around it, in `Deeds.scopes`; -1 for the file itself."""
    how: str
    """awaited, returned, dropped (a statement of its own), void, or held by something else."""
    into: tuple[str, ...] = ()
    """The variables that it is given to. A property is `this.x`; those of a pattern have a dot ahead."""
    outer: int = -1
    """The call of the same function in whose arguments it stands, in `Deeds.deeds`."""
    loop: bool = False
    """Does it stand in a loop of its function?"""
    arms: tuple[tuple[int, int], ...] = ()
    """The branches of its function that it stands in: the number of a condition, and which way."""
    at: At = NOWHERE


class Local(Struct, frozen=True, array_like=True, gc=False):
    """A variable that is given something that is no call."""

    names: tuple[str, ...]
    value: Expr
    scope: int
    before: int
    """How many deeds there were when it was given that."""


class Scope(Struct, frozen=True, array_like=True, gc=False):
    """A function: a method, a named function, or one that is handed to a call."""

    name: str
    """Empty for one that has none."""
    owner: str
    """The class of a method, or of a property that holds the function."""
    parent: int
    params: tuple[Param, ...]
    deed: int = -1
    """The call that it is handed to, in `Deeds.deeds`."""
    step: str = ""
    """The name of what is called: of `a.b(() => …).c()` it is `b`."""
    static: bool = False


class Deeds(Struct, frozen=True, array_like=True, gc=False):
    """Those of one part of the file: a member of a class, or a statement. Nothing in it leads out of it."""

    deeds: tuple[Deed, ...] = ()
    """In the order of the text: a call comes before those in its arguments."""
    locals: tuple[Local, ...] = ()
    scopes: tuple[Scope, ...] = ()
    at: At = NOWHERE
    """Where the part stands …"""
    read_at: At = NOWHERE
    """… and where it stood when it was read: all positions in it are of that text."""

    def here(self, at: At) -> At:
        """Where something in it stands."""
        by = self.at.start - self.read_at.start
        return At(at.start + by, at.end + by) if by else at

    def scope_of(self, owner: str, name: str) -> int:
        """The function of a method, or of a name of the file with no owner; -1 where there is none."""
        found = (i for i, s in enumerate(self.scopes) if s.name == name and s.owner == owner and not s.static)
        return next(found, -1)

    def inside(self, scope: int) -> set[int]:
        """A function and all that it holds."""
        found = {scope}
        for number, inner in enumerate(self.scopes):
            if inner.parent in found and number > scope:
                found.add(number)
        return found


class FileDeeds(Struct, frozen=True, array_like=True, gc=False):
    parts: tuple[Deeds, ...] = ()
    """Those that do something, in the order of the text."""

    def of(self, owner: str, name: str) -> tuple[Deeds, int] | None:
        """The function of a method, or of a name of the file with no owner, and what is around it."""
        for part in self.parts:
            if (scope := part.scope_of(owner, name)) >= 0:
                return part, scope
        return None


class _ChainReader(Reader):
    """Reads chains whole: tagged templates are calls of their tag, elements are the member `[]`."""

    def _link(self, node: Node | None, kind: str, depth: int, awaited: bool = False) -> Expr:
        if node is not None and kind == "call_expression":
            args = node.child_by_field_name("arguments")
            if args is not None and args.type == "template_string":
                tag = node.child_by_field_name("function")
                called = self._link(tag, tag.type if tag else "", depth + 1)
                at = At(node.start_byte, node.end_byte)
                return Call(called, (self._template(args, depth),), (), awaited, at)
        return super()._link(node, kind, depth, awaited)

    def _other(self, node: Node, kind: str, depth: int) -> Expr:
        if kind == "subscript_expression":
            return Member(self.expr(node.child_by_field_name("object"), depth + 1), "[]")
        return super()._other(node, kind, depth)


@dataclass(slots=True)
class _Region:
    """Something that is open at a place of the text, with what it adds to the regions around it."""

    kind: str = ""
    start: int = -1
    end: int = 0
    owner: str | None = None
    """The name of a class; None for anything else."""
    scope: int = -1
    call: int = -1
    """The innermost call around, of the same function."""
    handed: int = -1
    """The innermost call around, of any function."""
    loop: bool = False
    arms: tuple[tuple[int, int], ...] = ()


_MOST_ARMS = 60
"""Deeper nesting is a fuzzer's."""


class _Walk:
    """Reads one part."""

    def __init__(self, reader: Reader, owner: str | None) -> None:
        self.reader = reader
        self.around = _Region(owner=owner)
        self.deeds: list[Deed] = []
        self.locals: list[Local] = []
        self.scopes: list[Scope] = []
        self.open: list[_Region] = []
        self.conditions: dict[tuple[int, int], int] = {}
        self.ways: dict[int, int] = {}

    def run(self, found: dict[str, list[Node]], at: At) -> Deeds:
        nodes = [(n.start_byte, -n.end_byte, kind, n) for kind, some in found.items() for n in some]
        nodes.sort(key=lambda one: (one[0], one[1], _ORDER[one[2]]))
        for start, end, kind, node in nodes:
            while self.open and self.open[-1].end <= start:
                self.open.pop()
            self._take(start, -end, kind, node)
        return Deeds(tuple(self.deeds), tuple(self.locals), tuple(self.scopes), at, at)

    def _take(self, start: int, end: int, kind: str, node: Node) -> None:
        around = self.open[-1] if self.open else self.around
        if kind == "local":
            self._local(node, around)
            return
        if kind == "call" and any(r.kind == "call" for r in self._starting(start)):
            return  # a link of a chain that is read already
        region = _Region(
            kind, start, end, None, around.scope, around.call, around.handed, around.loop, around.arms
        )
        match kind:
            case "call":
                region.call = region.handed = self._deed(node, around)
            case "function":
                region.scope = self._scope(node, around)
                region.call, region.loop, region.arms = -1, False, ()
            case "class":
                name = node.child_by_field_name("name")
                region.owner = self.reader.text(name) if name else self._given_name(node)
            case "arm":
                region.arms = (*around.arms, self._arm(node))[:_MOST_ARMS]
            case _:
                region.loop = True
        self.open.append(region)

    def _starting(self, start: int) -> Iterator[_Region]:
        """What is open and starts at a place."""
        for region in reversed(self.open):
            if region.start != start:
                return
            yield region

    def _deed(self, node: Node, around: _Region) -> int:
        expr = self.reader.expr(node)
        how, into = self._use(node)
        if isinstance(expr, Call) and expr.awaited:
            how = "awaited"
        at = At(node.start_byte, node.end_byte)
        self.deeds.append(Deed(expr, around.scope, how, into, around.call, around.loop, around.arms, at))
        return len(self.deeds) - 1

    def _use(self, node: Node) -> tuple[str, tuple[str, ...]]:
        """What becomes of the value of a call."""
        outer, how = node.parent, ""
        while outer is not None and (outer.type in _AROUND or outer.type == "await_expression"):
            how = _HOW.get(outer.type, how)
            node, outer = outer, outer.parent
        if outer is None:
            return how or "held", ()
        if outer.type == "variable_declarator":
            return how or "held", self._names(outer.child_by_field_name("name"))
        if outer.type == "assignment_expression":
            return how or "held", self._names(outer.child_by_field_name("left"))
        if outer.type == "unary_expression" and outer.child(0) is not None and not how:
            operator = self.reader.text(outer.child_by_field_name("operator"))
            return "void" if operator == "void" else "held", ()
        if outer.type == "arrow_function":
            body = outer.child_by_field_name("body")
            return how or ("returned" if body is not None and body.id == node.id else "held"), ()
        return how or _HOW.get(outer.type, "held"), ()

    def _names(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        text = self.reader.text(node)
        if node.type in ("identifier", "member_expression"):
            return (text,)
        if not node.type.endswith("pattern"):
            return ()
        return tuple(f".{name}" for name in _NAMES.findall(text[:400]))

    def _local(self, node: Node, around: _Region) -> None:
        left = node.child_by_field_name("name") or node.child_by_field_name("left")
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        if value is None or value.type not in _LOCAL_VALUES:
            return
        names = self._names(left)
        if names:
            self.locals.append(Local(names, self.reader.expr(value), around.scope, len(self.deeds)))

    def _scope(self, node: Node, around: _Region) -> int:
        name, owner = self.reader.text(node.child_by_field_name("name")), ""
        static = node.type == "method_definition" and any(c.type == "static" for c in node.children)
        parent = node.parent
        deed, step = -1, ""
        if node.type in ("arrow_function", "function_expression") and parent is not None:
            if parent.type == "arguments":
                step = self._called(parent.parent)
                deed = around.handed
            else:
                name = name or self._given_name(node)
        if around.owner is not None:
            owner = around.owner
        if node.type == "method_definition" and not owner:
            name = ""  # of an object literal
        self.scopes.append(Scope(name, owner, around.scope, params_of(self.reader, node), deed, step, static))
        return len(self.scopes) - 1

    def _given_name(self, node: Node) -> str:
        """The name of a variable or a property that holds a function or a class."""
        parent = node.parent
        if parent is not None and parent.type in ("variable_declarator", "public_field_definition"):
            return self.reader.text(parent.child_by_field_name("name"))
        return "default" if parent is not None and parent.type == "export_statement" else ""

    def _called(self, call: Node | None) -> str:
        if call is None:
            return ""
        callee = call.child_by_field_name("function") or call.child_by_field_name("constructor")
        while callee is not None and callee.type in ("await_expression", "non_null_expression"):
            callee = first(callee)
        if callee is not None and callee.type == "member_expression":
            callee = callee.child_by_field_name("property")
        return self.reader.text(callee)

    def _arm(self, node: Node) -> tuple[int, int]:
        """Conditions are numbered in the order of the text."""
        outer = node.parent
        key = (outer.start_byte, outer.end_byte) if outer is not None else (0, 0)
        number = self.conditions.setdefault(key, len(self.conditions))
        way = self.ways[number] = self.ways.get(number, -1) + 1
        return number, way


_ORDER = {"class": 0, "function": 1, "loop": 2, "arm": 2, "local": 3, "call": 4}
"""Of nodes with the same range, the outer one comes first."""


def deeds_of(reading: Reading) -> FileDeeds:
    reader = _ChainReader(reading.data)
    cursor = QueryCursor(compiled(reading.source.dialect, _QUERY))

    def read(part: Part) -> Deeds:
        node = part.node
        if part.silent:
            return Deeds()
        with uninterrupted():
            found = cursor.captures(node)
        return _Walk(reader, part.owner).run(found, At(node.start_byte, node.end_byte))

    found: list[Deeds] = []
    for deeds, by in reading.parts("deeds", read):
        if deeds.deeds or deeds.locals or deeds.scopes:
            at = deeds.at
            found.append(replace(deeds, at=At(at.start + by, at.end + by)) if by else deeds)
    return FileDeeds(tuple(found))


DEEDS = Detail("deeds", FileDeeds, deeds_of)

__all__ = ["DEEDS", "Deed", "Deeds", "FileDeeds", "Local", "Opaque", "Scope", "deeds_of"]
