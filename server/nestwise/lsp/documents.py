"""Open documents: their text and tree, and where they belong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as lsp

from nestwise.lint.file import File
from nestwise.lint.run import Diagnostic
from nestwise.lsp.convert import to_edit
from nestwise.lsp.folders import Folder
from nestwise.lsp.uris import name_of, to_path
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit, Text
from nestwise.workspace import Workspace

_LANGUAGES = {"typescript": ".ts", "typescriptreact": ".tsx"}


@dataclass(eq=False)
class Document:
    uri: str
    version: int
    path: Path | None
    """None for what is not a file, as `untitled:`."""
    name: str
    """With the suffix that the dialect follows from."""
    text: Text
    source: Source | None = None
    """None for what is not TypeScript."""

    folder: Folder | None = None
    workspace: Workspace | None = None
    """Where it is checked; None where it is not."""
    relative: str = ""
    """Its path in the workspace."""
    file: File | None = None
    """As it was last put into the workspace."""
    number: int = 0
    """Which one it is of all that were opened."""
    answered: str | None = None
    """The id of the diagnostics that the client has."""
    answered_version: int | None = None

    @classmethod
    def of(cls, uri: str, language: str, version: int, text: str) -> Document:
        """The name decides what a document is: clients give wrong language ids, or none."""
        path = to_path(uri)
        name = path.name if path is not None else name_of(uri)
        if path is None and dialect_of(name) is None:
            name += _LANGUAGES.get(language, "")
        document = cls(uri, version, path, name, Text(_encoded(text)))
        if document.dialect is not None:
            document.source = Source.parse(document.text.data, document.dialect)
        return document

    @property
    def dialect(self) -> Dialect | None:
        return dialect_of(self.name)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is found in it, as it was last put into its workspace."""
        if self.workspace is None or self.file is None or not self.workspace.checks(self.relative):
            return ()
        return self.workspace.check(self.file).diagnostics

    def edit(self, changes: Iterable[lsp.TextDocumentContentChangeEvent], encoding: str) -> None:
        """Take changes, each relative to the text left by the one before; the text is parsed once."""
        edits: list[Edit] = []
        for change in changes:
            edits.append(to_edit(self.text, change, encoding))
            self.text = self.text.apply(edits[-1:])
        if self.source is not None:
            self.source = self.source.edited(edits)
            self.text = self.source.text


def _encoded(text: str) -> bytes:
    """UTF-8; half of a surrogate pair becomes one other character, as wide as it was."""
    return text.encode(errors="replace")
