"""Edits that bring a name into a file, written the way that the file is written.

An import that is there is extended: its quotes, semicolons, indent, order and trailing comma stay.
Only a file without a fitting one gets a new line, after its last import.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span

_DECLARES = frozenset(
    {
        "class_declaration", "abstract_class_declaration", "function_declaration", "enum_declaration",
        "generator_function_declaration", "interface_declaration", "type_alias_declaration",
        "variable_declarator",
    }
)  # fmt: skip
_PRAGMA = re.compile(
    rb"eslint-(?!disable-next)|@ts-no|licen[sc]e|copyright|@file|prettier|tslint|@jest|webpack|istanbul|c8 ",
    re.I,
)


_OWN = re.compile(r"[./~#]|@/|src/")
"""How imports of a project's own files begin."""


class Imported(Struct, frozen=True):
    """How the file writes a name, and the edits (none, if it has it) after which it may."""

    local: str
    edits: tuple[Edit, ...] = ()


class _Specifier(Struct, frozen=True):
    node: Node
    name: str
    local: str
    type_only: bool


def imported(source: Source, name: str, module: str, other: str = "") -> Imported | None:
    """What to write for the export `name` of `module`, as a value.

    `other` is the local name to take where the file means something else by `name`; without one, or
    where that is taken too, the answer is None.
    """
    statements = [n for n in source.root.children if n.type == "import_statement"]
    same = [n for n in statements if _module(source, n) == module]
    for node in same:
        for spec in _specifiers(source, node):
            if spec.name == name:
                if not spec.type_only:
                    return Imported(spec.local)
                return Imported(spec.local, _made_value(source, node, spec, module))
    for node in same:
        namespace = _child(_child(node, "import_clause"), "namespace_import")
        if namespace is not None and not _is_type(node):
            return Imported(f"{source.text_of(namespace.named_children[-1])}.{name}")
    local = name
    if name in _taken(source, statements):
        if not other or other in _taken(source, statements):
            return None
        local = other
    written = name if local == name else f"{name} as {local}"
    for node in reversed(same):
        if not _is_type(node) and (edit := _extended(source, node, written)) is not None:
            return Imported(local, (edit,))
    return Imported(local, (new_import(source, written, module),))


def new_import(source: Source, written: str, module: str) -> Edit:
    """The edit that adds `import { written } from 'module'` as a line of its own."""
    statements = [n for n in source.root.children if n.type == "import_statement"]
    data = source.text.data
    eol = newline(data)
    quote, semicolon = _manners(source, statements)
    line = f"import {{ {written} }} from {quote}{module}{quote}{semicolon}"
    if statements:
        end = _behind(data, _neighbour(source, statements, module))
        return Edit(Span(end, end), f"{eol}{line}")
    start, gap = _head(source)
    before = eol if start and data[start - 1] in b"'\";/" else ""
    after = eol if gap and data[start : start + 1] not in (b"\r", b"\n") else ""
    return Edit(Span(start, start), f"{before}{line}{eol}{after}")


def _neighbour(source: Source, statements: list[Node], module: str) -> Node:
    """The import that a new one goes behind: of the same scope, else the last package where a file imports
    packages before its own files, else the last one."""
    if _OWN.match(module):
        return statements[-1]
    own = [_OWN.match(_module(source, n)) is not None for n in statements]
    if own != sorted(own):
        return statements[-1]
    packages = statements[: len(own) - sum(own)]
    scope = module.partition("/")[0] if module.startswith("@") else module
    kin = [n for n in packages if _module(source, n).partition("/")[0] == scope]
    before = [n for n in kin if _module(source, n) < module]
    return next(iter(reversed(before or kin or packages)), statements[-1])


def _behind(data: bytes, node: Node) -> int:
    """Behind a statement and a comment that follows it on its line (bytes)."""
    comment = re.compile(rb"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/[ \t]*(?=\r?\n|$))").match(data, node.end_byte)
    return comment.end() if comment else node.end_byte


def below_imports(source: Source, statement: str, edits: Iterable[Edit] = ()) -> tuple[Edit, ...]:
    """`edits` of the imports, and `statement` as a line of its own below them.

    An edit that adds an import at that very place takes the statement along: two insertions at one
    place have no order.
    """
    statements = [n for n in source.root.children if n.type == "import_statement"]
    eol = newline(source.text.data)
    given = list(edits)
    if statements:
        end = _behind(source.text.data, statements[-1])
        span = Span(end, end)
        text = f"{eol}{eol}{statement}"
    else:
        start, gap = _head(source)
        span = Span(start, start)
        text = f"{statement}{eol}{eol if gap else ''}"
    for position, edit in enumerate(given):
        if edit.span == span:
            given[position] = Edit(span, edit.text + text)
            return tuple(sorted(given))
    return tuple(sorted([*given, Edit(span, text)]))


def statement_end(source: Source) -> str:
    """`;`, or nothing in a file that goes without."""
    return _manners(source, [n for n in source.root.children if n.type == "import_statement"])[1]


def quote_of(source: Source) -> str:
    """The quotation mark that a file uses."""
    return _manners(source, [n for n in source.root.children if n.type == "import_statement"])[0]


def newline(data: bytes) -> str:
    """The line ending that a file uses."""
    first = data.find(b"\n")
    return "\r\n" if first > 0 and data[first - 1 : first] == b"\r" else "\n"


def local_names(source: Source) -> frozenset[str]:
    """What the file imports or declares at its top."""
    return frozenset(_taken(source, [n for n in source.root.children if n.type == "import_statement"]))


def _module(source: Source, node: Node) -> str:
    return source.text_of(node.child_by_field_name("source"))[1:-1]


def _child(node: Node | None, kind: str) -> Node | None:
    return next((c for c in node.named_children if c.type == kind), None) if node is not None else None


def _is_type(node: Node) -> bool:
    return any(c.type in ("type", "typeof") for c in node.children)


def _list(node: Node) -> Node | None:
    return _child(_child(node, "import_clause"), "named_imports")


def _specifiers(source: Source, node: Node) -> Iterator[_Specifier]:
    names = _list(node)
    for spec in names.named_children if names is not None else ():
        if spec.type == "import_specifier":
            name = source.text_of(spec.child_by_field_name("name"))
            alias = source.text_of(spec.child_by_field_name("alias"))
            yield _Specifier(spec, name, alias or name, _is_type(node) or _is_type(spec))


def _taken(source: Source, statements: list[Node]) -> set[str]:
    found: set[str] = set()
    for node in statements:
        found |= {s.local for s in _specifiers(source, node)}
        clause = _child(node, "import_clause") or _child(node, "import_require_clause")
        for part in clause.named_children if clause is not None else ():
            if part.type == "identifier":
                found.add(source.text_of(part))
            elif part.type == "namespace_import" and part.named_children:
                found.add(source.text_of(part.named_children[-1]))
    for node in source.root.children:
        inner = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        parts = [inner, *inner.named_children] if inner is not None else []
        found |= {source.text_of(p.child_by_field_name("name")) for p in parts if p.type in _DECLARES}
    return found


def _extended(source: Source, node: Node, written: str) -> Edit | None:
    """`written` in the braces of an import statement; braces beside a default import."""
    names = _list(node)
    if names is None:
        clause = _child(node, "import_clause")
        only = clause.named_children if clause is not None else []
        if clause is None or len(only) != 1 or only[0].type != "identifier":
            return None
        return Edit(Span(clause.end_byte, clause.end_byte), f", {{ {written} }}")
    specs = list(_specifiers(source, node))
    if not specs:
        return Edit(Span(names.start_byte, names.end_byte), f"{{ {written} }}")
    keys = [s.name.lower() for s in specs]
    key = written.partition(" ")[0].lower()
    later = [s for s in specs if s.name.lower() > key] if keys == sorted(keys) else []
    if later:
        start = later[0].node.start_byte
        return Edit(Span(start, start), f"{written},{_gap(source, later[0].node)}")
    end = specs[-1].node.end_byte
    return Edit(Span(end, end), f",{_gap(source, specs[-1].node)}{written}")


def _gap(source: Source, node: Node) -> str:
    """What stands before a specifier: a blank, or a line break with its indent."""
    data = source.text.data
    start = data.rfind(b"\n", 0, node.start_byte) + 1
    indent = data[start : node.start_byte]
    return newline(data) + indent.decode() if start and not indent.strip() else " "


def _made_value(source: Source, node: Node, spec: _Specifier, module: str) -> tuple[Edit, ...]:
    """The name is imported as a type only: make that a value import, and of this name alone."""
    if not _is_type(node):
        word = next(c for c in spec.node.children if c.type in ("type", "typeof"))
        return (Edit(Span(word.start_byte, _after_blank(source, word.end_byte)), ""),)
    specs = list(_specifiers(source, node))
    if len(specs) == 1:
        word = next(c for c in node.children if c.type in ("type", "typeof"))
        return (Edit(Span(word.start_byte, _after_blank(source, word.end_byte)), ""),)
    position = next(i for i, s in enumerate(specs) if s.node.id == spec.node.id)
    if position:
        gone = Span(specs[position - 1].node.end_byte, spec.node.end_byte)
    else:
        gone = Span(spec.node.start_byte, specs[1].node.start_byte)
    written = source.text_of(spec.node)
    return (Edit(gone, ""), new_import(source, written, module))


def _after_blank(source: Source, offset: int) -> int:
    data = source.text.data
    while offset < len(data) and data[offset : offset + 1].isspace():
        offset += 1
    return offset


def _manners(source: Source, statements: list[Node]) -> tuple[str, str]:
    """The quote and the end of import lines: those of the imports, else those of the whole file."""
    data = source.text.data
    if statements:
        quoted = [source.text_of(n.child_by_field_name("source"))[:1] for n in statements]
        quote = '"' if quoted.count('"') > quoted.count("'") else "'"
        ended = sum(source.text_of(n).endswith(";") for n in statements)
        return quote, ";" if ended * 2 >= len(statements) else ""
    quote = '"' if data.count(b'"') > data.count(b"'") else "'"
    lines = [line.rstrip() for line in data.split(b"\n")]
    bare = sum(line.endswith(b")") for line in lines) > sum(line.endswith(b";") for line in lines)
    return quote, "" if bare else ";"


def _head(source: Source) -> tuple[int, bool]:
    """Where the first import goes (bytes), and whether an empty line should follow: after a byte order
    mark, a `#!` line, directives like `'use strict'` and comments about the file, before all else."""
    data = source.text.data
    offset = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    children = source.root.children
    for position, node in enumerate(children):
        following = children[position + 1] if position + 1 < len(children) else None
        if node.type == "hash_bang_line" or _is_directive(node):
            offset = _line_end(data, node.end_byte)
        elif node.type == "comment" and following is not None:
            apart = data[node.end_byte : following.start_byte].count(b"\n") > 1
            if not apart and following.type == "comment":
                continue
            if not apart and _PRAGMA.search(data, offset, node.end_byte) is None:
                break
            offset = _line_end(data, node.end_byte)
        else:
            break
    rest = data[offset:]
    blank = re.match(rb"(?:[ \t]*\r?\n)+", rest)
    return (offset + blank.end() if blank and offset else offset), bool(rest.strip())


def _is_directive(node: Node) -> bool:
    return (
        node.type == "expression_statement"
        and node.named_child_count == 1
        and node.named_children[0].type == "string"
    )


def _line_end(data: bytes, offset: int) -> int:
    end = data.find(b"\n", offset)
    return len(data) if end < 0 else end + 1
