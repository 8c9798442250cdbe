"""Our values to the protocol's and back: the only place where positions have an encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lsprotocol import types as lsp

from nestwise.lint.rule import Related, Tag
from nestwise.lint.run import Diagnostic
from nestwise.lsp.client import Client
from nestwise.settings import Level, SettingsProblem
from nestwise.syntax.text import Edit, Span, Text

SOURCE = "nestwise"

_SEVERITY = {
    Level.ERROR: lsp.DiagnosticSeverity.Error,
    Level.WARNING: lsp.DiagnosticSeverity.Warning,
    Level.INFORMATION: lsp.DiagnosticSeverity.Information,
    Level.HINT: lsp.DiagnosticSeverity.Hint,
}
_TAGS = {Tag.UNNECESSARY: lsp.DiagnosticTag.Unnecessary, Tag.DEPRECATED: lsp.DiagnosticTag.Deprecated}

Place = Callable[[str], tuple[str, Text] | None]
"""URI and text of a file of the workspace; None if it cannot be read."""


def to_range(text: Text, span: Span, encoding: str) -> lsp.Range:
    start, end = text.position(span.start, encoding), text.position(span.end, encoding)
    return lsp.Range(lsp.Position(*start), lsp.Position(*end))


def to_plain_range(text: Text, span: Span, encoding: str) -> dict[str, dict[str, int]]:
    """A range of a message that is ours and not LSP's."""
    (line, column), (end_line, end_column) = (text.position(at, encoding) for at in (span.start, span.end))
    return {
        "start": {"line": line, "character": column},
        "end": {"line": end_line, "character": end_column},
    }


def to_span(text: Text, range_: lsp.Range, encoding: str) -> Span:
    """The bytes of a range; a range that ends before it starts is taken the other way round."""
    start = text.offset(range_.start.line, range_.start.character, encoding)
    end = text.offset(range_.end.line, range_.end.character, encoding)
    return Span(min(start, end), max(start, end))


def to_edit(text: Text, change: lsp.TextDocumentContentChangeEvent, encoding: str) -> Edit:
    if isinstance(change, lsp.TextDocumentContentChangeWholeDocument):
        return Edit(Span(0, len(text.data)), change.text)
    return Edit(to_span(text, change.range, encoding), change.text)


def to_text_edits(text: Text, edits: Iterable[Edit], encoding: str) -> list[lsp.TextEdit]:
    return [lsp.TextEdit(to_range(text, edit.span, encoding), edit.text) for edit in sorted(edits)]


def to_diagnostic(text: Text, diagnostic: Diagnostic, client: Client, place: Place) -> lsp.Diagnostic:
    finding, rule = diagnostic.finding, diagnostic.rule
    related = list(_related(finding.related, client, place)) if client.related else None
    tag = _TAGS.get(finding.tag) if finding.tag else None
    return lsp.Diagnostic(
        range=to_range(text, finding.span, client.encoding),
        message=finding.message,
        severity=_SEVERITY[diagnostic.level],
        code=rule.id,
        code_description=lsp.CodeDescription(rule.page.as_uri()) if client.describes else None,
        source=SOURCE,
        tags=[tag] if tag in client.tags else None,
        related_information=related or None,
    )


def _related(
    related: Iterable[Related], client: Client, place: Place
) -> Iterable[lsp.DiagnosticRelatedInformation]:
    for item in related:
        if (found := place(item.path)) is not None:
            uri, text = found
            location = lsp.Location(uri, to_range(text, item.span, client.encoding))
            yield lsp.DiagnosticRelatedInformation(location, item.message)


def settings_diagnostic(text: Text, problem: SettingsProblem, encoding: str) -> lsp.Diagnostic:
    start, end = (
        text.position(text.offset(line - 1, column - 1), encoding)
        for line, column in (problem.start, problem.end)
    )
    return lsp.Diagnostic(
        range=lsp.Range(lsp.Position(*start), lsp.Position(*end)),
        message=problem.message,
        severity=lsp.DiagnosticSeverity.Error,
        source=SOURCE,
        code="settings",
    )
