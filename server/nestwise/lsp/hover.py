"""Hover on a finding: what it says, and the page of its rule."""

from __future__ import annotations

import re

from lsprotocol import types as lsp

from nestwise.lsp.convert import to_range
from nestwise.lsp.session import Session

_FENCE = re.compile(r"^```.*\n?", re.M)


def hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    document = session.documents.get(params.text_document.uri)
    if document is None:
        return None
    session.settle()
    encoding = session.client.encoding
    position = document.text.offset(params.position.line, params.position.character, encoding)
    found = [d for d in document.diagnostics if d.finding.span.start <= position <= d.finding.span.end]
    if not found:
        return None
    pages = {d.rule.id: d.rule.doc for d in found}
    messages = [] if session.client.hovers_findings else [d.finding.message for d in found]
    body = "\n\n---\n\n".join([*messages, *pages.values()])
    if session.client.markdown:
        content = lsp.MarkupContent(lsp.MarkupKind.Markdown, body)
    else:
        content = lsp.MarkupContent(lsp.MarkupKind.PlainText, _FENCE.sub("", body))
    narrowest = min((d.finding.span for d in found), key=lambda span: span.end - span.start)
    return lsp.Hover(content, to_range(document.text, narrowest, encoding))
