"""Open documents: their text and tree, and where they belong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nestwise.lint.file import File
from nestwise.lint.run import Diagnostic
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

    def edit(self, edit: Edit) -> None:
        if self.source is not None:
            whole = edit.span.start == 0 and edit.span.end == len(self.text.data)
            edited = (
                Source.parse(_encoded(edit.text), self.source.dialect) if whole else self.source.typed([edit])
            )
            self.source, self.text = edited, edited.text
        else:
            self.text = self.text.apply([edit])

    def mend(self) -> bool:
        """Parse afresh what was typed roughly; False where there is nothing to mend."""
        if self.source is None or not self.source.rough:
            return False
        self.source = self.source.mended()
        return True


def _encoded(text: str) -> bytes:
    """UTF-8; half of a surrogate pair becomes one other character, as wide as it was."""
    return text.encode(errors="replace")
