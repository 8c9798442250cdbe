"""Comments that turn a rule off, written where they count."""

from __future__ import annotations

import re

from nestwise.lint.run import Diagnostic
from nestwise.lsp.documents import Document
from nestwise.syntax.text import Edit, Span

_REASON = "say why"
_COMMENT = re.compile(rb"^[ \t]*//[ \t]*nestwise-ignore-next-line[ \t]+([\w\-/*, ]*?)(?=[ \t]*(?:--|$))")
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:#![^\r\n]*(?:\r\n|\n|\r))?")
_IN_TEXT = ("template_string", "comment", "jsx_text", "jsx_element", "jsx_fragment", "string")


def for_line(document: Document, diagnostic: Diagnostic) -> tuple[list[Edit], str]:
    """The edits that turn a rule off for the line of a finding; none and the reason where no comment can
    stand above that line."""
    text, rule = document.text, diagnostic.rule.id
    line, _ = text.position(diagnostic.finding.span.start, "utf-8")
    start, end = text.line_span(line)
    if line > 0:
        above, above_end = text.line_span(line - 1)
        if match := _COMMENT.match(text.data[above:above_end]):
            return [Edit(Span(above + match.end(1), above + match.end(1)), f", {rule}")], ""
    if _inside_text(document, start):
        return [], "no comment can stand above this line: it is inside a text"
    content = text.data[start:end]
    indent = content[: len(content) - len(content.lstrip(b" \t"))].decode()
    comment = f"{indent}// nestwise-ignore-next-line {rule} -- {_REASON}{_eol(text.data)}"
    return [Edit(Span(start, start), comment)], ""


def for_file(document: Document, diagnostic: Diagnostic) -> list[Edit]:
    head = _HEAD.match(document.text.data)
    start = head.end() if head else 0
    comment = f"// nestwise-ignore-file {diagnostic.rule.id} -- {_REASON}{_eol(document.text.data)}"
    return [Edit(Span(start, start), comment)]


def _eol(data: bytes) -> str:
    """The line ending of the first line."""
    end = data.find(b"\n")
    if end < 0:
        return "\r" if b"\r" in data else "\n"
    return "\r\n" if data[end - 1 : end] == b"\r" else "\n"


def _inside_text(document: Document, offset: int) -> bool:
    node = document.source.node_at(Span(offset, offset)) if document.source is not None else None
    while node is not None:
        if node.type in _IN_TEXT and node.start_byte < offset < node.end_byte:
            return True
        node = node.parent
    return False
