"""Where a new import, or a statement below the imports, goes in a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from tree_sitter import Node

from nestwise.syntax.import_lines import Line, lines_of
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span, newline

_PRAGMA = re.compile(
    rb"eslint-(?!disable-next)|@ts-no|licen[sc]e|copyright|@file|prettier|tslint|@jest|webpack|istanbul|c8 ",
    re.I,
)
_NEXT = re.compile(rb"eslint-disable-next|@ts-(?:ignore|expect)|biome-ignore")
"""A comment about the line below it."""
_OWN = re.compile(r"[./~#]|@/|src/")
"""How imports of a project's own files begin."""
_BUILTIN = frozenset(
    "assert async_hooks buffer child_process cluster crypto dns events fs http http2 https net os path "
    "process querystring readline stream string_decoder timers tls url util v8 vm worker_threads zlib".split()
)


def new_line(source: Source, lines: list[Line], names: list[str], module: str, style: Style) -> Edit:
    """The edit that adds `import { names } from 'module'`."""
    names = sorted(names, key=key_of)
    tail = _tail(source, lines, module, style)
    text = f"import {style.braces(', '.join(names))}{tail}"
    if style.width and len(text) > style.width and len(names) > 1:
        text = f"import {wrapped(names, newline(source.text.data), style)}{tail}"
    return _placed(source, lines, text, module, style)


def new_clause(source: Source, lines: list[Line], clause: str, module: str, style: Style) -> Edit:
    """The edit that adds `import clause from 'module'`: of a default, a namespace, or types."""
    text = f"import {clause}{_tail(source, lines, module, style)}"
    return _placed(source, lines, text, module, style)


def _tail(source: Source, lines: list[Line], module: str, style: Style) -> str:
    quotes = Counter(
        q for line in lines if (q := source.text_of(line.node.child_by_field_name("source"))[:1])
    )
    quote = quotes.most_common(1)[0][0] if quotes else style.quote
    return f" from {quote}{module}{quote}{style.semicolon}"


def _placed(source: Source, lines: list[Line], text: str, module: str, style: Style) -> Edit:
    data = source.text.data
    eol = newline(data)
    if not lines:
        start, gap = _head(source)
        before = eol if start and data[start - 1] in b"'\";/" else ""
        after = eol if gap and data[start : start + 1] not in (b"\r", b"\n") else ""
        return Edit(Span(start, start), f"{before}{text}{eol}{after}")
    anchor, behind, apart = _place(lines, module, style)
    gap_line = eol if apart else ""
    if behind:
        end = _behind(data, anchor.node)
        return Edit(Span(end, end), f"{eol}{gap_line}{text}")
    start = _above(source, anchor.node)
    return Edit(Span(start, start), f"{text}{eol}{gap_line}")


def key_of(written: str) -> str:
    return written.partition(" ")[0].lower()


def wrapped(names: list[str], eol: str, style: Style) -> str:
    inner = f",{eol}{style.indent}".join(names)
    return f"{{{eol}{style.indent}{inner}{',' if style.commas else ''}{eol}}}"


def _place(lines: list[Line], module: str, style: Style) -> tuple[Line, bool, bool]:
    """The import beside which a new one goes; behind it, or before; with an empty line between them?"""
    group = _group(module, style)
    groups = [_group(line.module, style) for line in lines]
    kin = _kin(lines, groups, group)
    if kin:
        keys = [line.module.lower() for line in kin]
        if keys == sorted(keys) and (len(kin) > 2 or style.ordered):
            lower = [k for k in kin if k.module.lower() <= module.lower()]
            return (lower[-1], True, False) if lower else (kin[0], False, False)
        if group > 1:
            return kin[-1], True, False
        scope = _scope(module)
        near = [k for k in kin if _scope(k.module) == scope]
        lower = [k for k in near if k.module < module]
        if not near and groups != sorted(groups):  # Node's modules may stand among the packages
            kin = _kin(lines, [max(g, 1) for g in groups], 1)
        return next(iter(reversed(lower or near or kin))), True, False
    earlier = [line for line, g in zip(lines, groups, strict=True) if g < group]
    if not earlier:
        return lines[0], False, style.apart and group < 2 <= groups[0]
    if groups != sorted(groups):
        return lines[-1], True, False
    above = _group(earlier[-1].module, style)
    apart_now = style.apart and above < 2 if group > 1 else style.builtins_apart and above == 0
    return earlier[-1], True, apart_now


def _kin(lines: list[Line], groups: list[int], group: int) -> list[Line]:
    """The imports of a group; those of types alone left out where they stand apart, at the end."""
    last = max((i for i, line in enumerate(lines) if line.type_word is None), default=0)
    apart = {line.node.id for line in lines[last:] if line.type_word is not None}
    kin = [line for line, g in zip(lines, groups, strict=True) if g == group]
    return [k for k in kin if k.clause is not None and k.node.id not in apart] or kin


def _group(module: str, style: Style) -> int:
    """0 of Node, 1 of a package, 2 of the project by an alias, 3 relative: the order that most files have."""
    if module.startswith("."):
        return 3
    if module in style.own or _OWN.match(module):
        return 2
    return 0 if module.startswith("node:") or module.partition("/")[0] in _BUILTIN else 1


def _scope(module: str) -> str:
    return module.partition("/")[0] if module.startswith("@") else module


def _behind(data: bytes, node: Node) -> int:
    """Behind a statement and a comment that follows it on its line (bytes)."""
    comment = re.compile(rb"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/[ \t]*(?=\r?\n|$))").match(data, node.end_byte)
    return comment.end() if comment else node.end_byte


def _above(source: Source, node: Node) -> int:
    """Before a statement and a comment that is about its line (bytes)."""
    above = node.prev_sibling
    if (
        above is not None
        and above.type == "comment"
        and _NEXT.search(source.text.data, above.start_byte, above.end_byte)
    ):
        return above.start_byte
    return node.start_byte


def below_imports(source: Source, statement: str, edits: Iterable[Edit] = ()) -> tuple[Edit, ...]:
    """`edits` of the imports, and `statement` as a line of its own below them.

    An edit that adds an import at that very place takes the statement along: two insertions at one
    place have no order.
    """
    lines = lines_of(source)
    eol = newline(source.text.data)
    given = list(edits)
    if lines:
        end = _behind(source.text.data, lines[-1].node)
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


def _head(source: Source) -> tuple[int, bool]:
    """Where the first import goes (bytes), and whether an empty line should follow: after a byte order
    mark, a `#!` line, directives like `'use strict'` and comments about the file, before all else."""
    data = source.text.data
    offset = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    children = source.root.children
    for position, node in enumerate(children):
        following = children[position + 1] if position + 1 < len(children) else None
        if node.type == "hash_bang_line" or _is_directive(node):
            offset = line_end(data, node.end_byte)
        elif node.type == "comment" and following is not None:
            apart = data[node.end_byte : following.start_byte].count(b"\n") > 1
            if not apart and following.type == "comment":
                continue
            if not apart and _PRAGMA.search(data, offset, node.end_byte) is None:
                break
            offset = line_end(data, node.end_byte)
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


def line_end(data: bytes, offset: int) -> int:
    end = data.find(b"\n", offset)
    return len(data) if end < 0 else end + 1
