"""What other linters were told about a place."""

from __future__ import annotations

import re
from functools import cache

from tree_sitter import Node

from nestwise.lint.file import File


def is_disabled(file: File, node: Node, rule: str) -> bool:
    """Did somebody tell ESLint or TSLint by name that a node need not keep to one of their rules?"""
    if rule.encode() not in file.data:
        return False
    here, next_line, switch = _comments(rule)
    lines = file.data.split(b"\n")
    row = node.start_point.row
    if here.search(lines[row]) or (row and next_line.search(lines[row - 1])):
        return True
    off = False
    for found in switch.finditer(file.data, 0, node.start_byte):
        off = found["off"] is not None
    return off


@cache
def _comments(rule: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    name = rb"\b" + re.escape(rule.encode()) + rb"(?![\w-])"
    linter = rb"/[*/]\s*[et]slint[-:]"
    return (
        re.compile(linter + rb"disable-line\b.*" + name),
        re.compile(linter + rb"disable-next-line\b.*" + name),
        re.compile(
            linter
            + rb"(?:(?P<off>disable)(?!-)\b[^*\n]*"
            + name
            + rb"|enable\b(?:\s*\*/|[^*\n]*"
            + name
            + rb"))"
        ),
    )
