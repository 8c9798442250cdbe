"""A fix as an edit of the workspace, in the form that the client knows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lsprotocol import types as lsp

from nestwise.lint.rule import FileEdits, Fix
from nestwise.lsp.client import Client
from nestwise.lsp.convert import to_text_edits
from nestwise.lsp.documents import Document
from nestwise.lsp.session import Session
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit, Text

log = logging.getLogger(__name__)

_REVIEW = "review"
"""The annotation of edits of several files. None asks for confirmation: VS Code then shows a preview in which
nothing is ticked, and whose `Apply` does nothing. Who wants a look gets it, all ticked, by Ctrl+Enter."""

Edits = list[lsp.TextEdit | lsp.AnnotatedTextEdit | lsp.SnippetTextEdit]
Change = lsp.TextDocumentEdit | lsp.CreateFile | lsp.RenameFile | lsp.DeleteFile


def can_apply(client: Client, document: Document, fix: Fix) -> bool:
    """Can the client make a fix that edits or creates other files?"""
    workspace = document.workspace
    if workspace is None or document.folder is None:
        return False
    created = fix.created
    return not created or (client.creates and all(workspace.free(path) for path in created))


def workspace_edit(session: Session, document: Document, fix: Fix) -> lsp.WorkspaceEdit | None:
    """None where the fix would break the code, or cannot be made."""
    client = session.client
    dialect = document.dialect or Dialect.TS
    here = _Part(document.uri, document.version, document.text, dialect, fix.edits)
    parts = [here] if fix.edits else []
    for other in fix.elsewhere:
        part = _elsewhere(session, document, other)
        if part is None:
            return None
        parts.append(part)
    if any(_breaks(part) for part in parts):
        log.error("`%s` would leave invalid TypeScript and was refused; please report it", fix.title)
        return None
    if not client.document_changes and not fix.created:
        encoding = client.encoding
        return lsp.WorkspaceEdit(changes={p.uri: to_text_edits(p.text, p.edits, encoding) for p in parts})
    if not (client.annotates and fix.elsewhere):
        return lsp.WorkspaceEdit(document_changes=list(_changes(parts, client)))
    review = lsp.ChangeAnnotation(fix.title, needs_confirmation=False)
    return lsp.WorkspaceEdit(
        document_changes=list(_changes(parts, client, _REVIEW)), change_annotations={_REVIEW: review}
    )


@dataclass(frozen=True)
class _Part:
    """What happens to one document."""

    uri: str
    version: int | None
    """None for a document that is not open."""
    text: Text
    dialect: Dialect
    edits: tuple[Edit, ...] = ()
    create: str | None = None


def _elsewhere(session: Session, document: Document, other: FileEdits) -> _Part | None:
    workspace, folder = document.workspace, document.folder
    if workspace is None or folder is None:
        return None
    dialect = dialect_of(other.path) or Dialect.TS
    if other.create is not None:
        return _Part((folder.root / other.path).as_uri(), None, Text(b""), dialect, create=other.create)
    found = session.text_of(folder.root, workspace, other.path)
    if found is None:
        return None
    uri, text = found
    opened = session.documents.get(uri)
    return _Part(uri, opened.version if opened is not None else None, text, dialect, other.edits)


def _breaks(part: _Part) -> bool:
    if part.create is not None:
        return Source.parse(part.create.encode(errors="replace"), part.dialect).broken
    after = Source.parse(part.text.apply(sorted(part.edits)).data, part.dialect)
    return after.broken and not Source.parse(part.text.data, part.dialect).broken


def _changes(parts: Iterable[_Part], client: Client, annotation: str | None = None) -> Iterator[Change]:
    for part in parts:
        plain = to_text_edits(part.text, part.edits, client.encoding)
        if part.create is not None:
            yield lsp.CreateFile(part.uri, annotation_id=annotation)
            start = lsp.Position(0, 0)
            plain = [lsp.TextEdit(lsp.Range(start, start), part.create)]
        edits: Edits = [*plain]
        if annotation is not None:
            edits = [lsp.AnnotatedTextEdit(annotation, e.range, e.new_text) for e in plain]
        identifier = lsp.OptionalVersionedTextDocumentIdentifier(part.uri, part.version)
        yield lsp.TextDocumentEdit(identifier, edits)
