"""Calls that write to a log: which logger they reach, and what of a caught error they write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.project.facts import Class, Const
from nestwise.project.model.classes import NEST
from nestwise.project.model.guards import parts_of
from nestwise.project.model.loggers import (
    Logger,
    Speech,
    class_loggers,
    const_logger,
    made_logger,
    static_logger,
)
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ext, Ref, declaration, followed, resolve
from nestwise.syntax.nodes import ancestors, child, method_call, named, span_of
from nestwise.syntax.text import Edit, newline

LEVELS = frozenset("log error warn debug verbose info trace fatal silly".split())
_AROUND = frozenset("parenthesized_expression as_expression satisfies_expression non_null_expression".split())


def looks_like_logger(file: File, receiver: Node) -> bool:
    """Is it called a logger? For what must not be missed; `logger_of` proves it."""
    while receiver.type == "call_expression":  # `logger.child({ … }).info(…)`
        function = child(receiver, "function")
        inner = child(function, "object") or function
        if inner is None:
            return False
        receiver = inner
    last = child(receiver, "property") or receiver
    return bool(parts_of(file.text_of(last)) & {"logger", "log", "logging"})


def logger_of(file: File, project: Project, receiver: Node) -> Logger | None:
    """The logger that an expression is, resolved through members, variables and imports; None where that is
    not known, or is none."""
    if receiver.type == "call_expression":
        function = child(receiver, "function")
        inner = child(function, "object")
        made = inner is not None and file.text_of(child(function, "property")) == "child"
        return logger_of(file, project, inner) if inner is not None and made else None
    written = file.text_of(receiver).replace("?.", ".")
    if written.startswith("this."):
        cls = file.class_at(receiver)
        own = class_loggers(project, Ref(file.path, cls.name)) if cls is not None and not cls.inside else ()
        return next((logger for logger in own if logger.written == written), None)
    head = written.partition(".")[0]
    if not head.isidentifier() and "$" not in head:
        return None
    if receiver.type == "identifier" and (found := _local(file, project, receiver, written)):
        return found[0]
    symbol = followed(project, resolve(project, file.path, written))
    if isinstance(symbol, Ext):
        static = symbol.package == NEST and symbol.name == "Logger"
        return Logger(written, Speech.NEST, static=True) if static else None
    if not isinstance(symbol, Ref):
        return None
    item = declaration(project, symbol)
    if isinstance(item, Const):
        return const_logger(project, symbol.path, item)
    if isinstance(item, Class):
        name = symbol.name.partition(".")[2]
        if not name:
            return static_logger(project, symbol, item, written)
        static_ones = class_loggers(project, Ref(symbol.path, item.name))
        return next((one for one in static_ones if one.written == f"{item.name}.{name}"), None)
    return None


def _local(file: File, project: Project, node: Node, name: str) -> tuple[Logger | None] | None:
    """The logger that a name of a function around a node holds; None where no function has that name."""
    for outer in ancestors(node):
        if any(name == file.text_of(child(p, "pattern") or p) for p in named(child(outer, "parameters"))):
            return (None,)
        for statement in named(outer) if outer.type == "statement_block" else ():
            for one in named(statement) if statement.type == "lexical_declaration" else ():
                if file.text_of(child(one, "name")) == name:
                    value = child(one, "value")
                    made = file.text_of(child(value, "constructor") or child(value, "function"))
                    return (made_logger(project, file.path, name, made),)
    return None


def unwrapped(node: Node) -> Node:
    """The outermost expression that is the same value: `(error as Error)` of `error`."""
    outer = node.parent
    while outer is not None and outer.type in _AROUND and named(outer)[:1] == [node]:
        node, outer = outer, outer.parent
    return node


def log_calls(
    body: Node, file: File, methods: frozenset[str] = LEVELS, *, deep: bool = False
) -> Iterator[Node]:
    """The calls in a block that may write to a log: of a method of that name. Only where they are `deep` are
    those meant that stand in functions and `catch` clauses within the block, too."""
    for found in _METHOD.finditer(file.data, body.start_byte, body.end_byte):
        if found[1].decode() not in methods:
            continue
        name = body.named_descendant_for_byte_range(*found.span(1))
        called = method_call(name) if name is not None and name.type == "property_identifier" else None
        call = called[1].parent if called is not None else None
        if call is not None and (deep or not _is_apart(call, body)):
            yield call


_METHOD = re.compile(rb"\.\s*(" + "|".join(sorted(LEVELS)).encode() + rb")\b")


def _is_apart(call: Node, body: Node) -> bool:
    """Does it stand in a function or clause within a block?"""
    node: Node | None = call
    while node is not None and node.id != body.id:
        if node.type in _APART:
            return True
        node = node.parent
    return False


_APART = frozenset(
    {
        "catch_clause", "arrow_function", "function_expression", "function_declaration", "class_declaration",
        "method_definition", "generator_function",
    }
)  # fmt: skip


class Mention(Struct, frozen=True):
    """A place where a caught error is used."""

    node: Node
    part: bool
    """Only a part of it without the stack is taken: its message, its text, a test of it."""


_VARIABLES = ("identifier", "shorthand_property_identifier")
_KEEPS = frozenset("stack cause errors response innerError originalError".split())
"""Members that hold the stack, or what is said instead of it."""


def mentions(file: File, body: Node, name: str) -> list[Mention]:
    """Where a block uses an error of that name."""
    word = rb"(?<![\w$\x80-\xff])" + re.escape(name.encode()) + rb"(?![\w$\x80-\xff])"
    found: list[Mention] = []
    for place in re.compile(word).finditer(file.data, body.start_byte, body.end_byte):
        node = body.named_descendant_for_byte_range(*place.span())
        if node is not None and node.type in _VARIABLES:
            found.append(Mention(node, _is_part(file, node)))
    return found


def _is_part(file: File, node: Node) -> bool:
    whole = unwrapped(node)
    outer = whole.parent
    if outer is None:
        return False
    kind = outer.type
    if kind == "member_expression":
        return file.text_of(child(outer, "property")) not in _KEEPS
    if kind == "binary_expression":
        operator = child(outer, "operator")
        return operator is not None and operator.type not in ("&&", "||", "??")
    if kind == "ternary_expression":
        test = child(outer, "condition")
        return test is not None and test.id == whole.id
    if kind == "arguments":
        return _is_told(file, outer)
    return kind in ("subscript_expression", "template_substitution", "unary_expression", "if_statement")


def _is_told(file: File, arguments: Node) -> bool:
    """Is the call one that only tells something of its argument: `String(e)`, `isAxiosError(e)`?"""
    call = arguments.parent
    name = file.text_of(child(call, "function")).rpartition(".")[2]
    if name in ("String", "typeof"):
        return True
    if name == "stringify":
        return len(named(arguments)) == 1
    return name[:2] == "is" and name[2:3].isupper()


def with_arguments(file: File, call: Node, texts: list[str], target: str = "") -> Edit:
    """The edit that gives a call other arguments, laid out as they are; broken where the line gets too long.
    `target`: what is to be called instead."""
    arguments = child(call, "arguments")
    function = child(call, "function")
    assert arguments is not None
    assert function is not None
    parts = named(arguments)
    target = target or file.text_of(function)
    start = file.data.rfind(b"\n", 0, call.start_byte) + 1
    line = file.data[start : call.start_byte].decode(errors="replace")
    indent = line[: len(line) - len(line.lstrip())]
    if parts and parts[0].start_point.row > arguments.start_point.row:  # a line for each
        row = file.data.rfind(b"\n", 0, parts[0].start_byte) + 1
        gap = newline(file.data) + file.data[row : parts[0].start_byte].decode(errors="replace")
        comma = "," if arguments.children[-2].type == "," else ""
        inner = f"{gap}{f',{gap}'.join(texts)}{comma}{newline(file.data)}{indent}"
        return Edit(span_of(call), f"{target}({inner})")
    flat = f"{target}({', '.join(texts)})"
    if call.start_point.row == call.end_point.row and "\n" not in flat and "=>" not in line:
        flat = file.fitted(flat, line if line.strip() else indent, file.style.semicolon)
    return Edit(span_of(call), flat)
