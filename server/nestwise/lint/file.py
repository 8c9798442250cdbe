"""One file as a rule sees it: text, tree (parsed when first needed) and facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from tree_sitter import Node

from nestwise.project.facts import Class, FileFacts
from nestwise.syntax.decorate import decorated, imported_all
from nestwise.syntax.imports import Imported, below_imports, imported, local_names, quote_of, statement_end
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit, Span, Text


class File:
    """Immutable; the tree is made on first use, so that files no rule looks into are never parsed."""

    def __init__(self, path: str, data: bytes, facts: FileFacts, source: Source | None = None) -> None:
        self.path = path
        self.data = data
        self.facts = facts
        self._source = source

    @cached_property
    def source(self) -> Source:
        return self._source or Source.parse(self.data, dialect_of(self.path) or Dialect.TS)

    @property
    def rough(self) -> bool:
        """Is the tree one that may differ from what its text gives? Only in an editor, for a moment."""
        return self._source is not None and self._source.rough

    @cached_property
    def text(self) -> Text:
        return self._source.text if self._source else Text(self.data)

    def text_of(self, node: Node | None) -> str:
        return self.source.text_of(node)

    def class_at(self, node: Node) -> Class | None:
        return self.facts.class_at(node.start_byte)

    def insert(self, offset: int, text: str) -> Edit:
        return Edit(Span(offset, offset), text)

    def imported(self, name: str, module: str, other: str = "") -> Imported | None:
        """What to write for a value that `module` exports, and the edits after which the file may.

        None where the file means something else by `name`, and by `other`, the name to take instead.
        """
        return imported(self.source, name, module, other)

    def imported_all(self, wanted: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[Edit]] | None:
        """`imported` for several names, each with its module: what to write for each, and the edits."""
        return imported_all(self.source, wanted)

    def decorated(self, name: Span, decorators: Sequence[str]) -> Edit | None:
        """The edit that adds decorators, written with `@`, to the property whose name stands at `name`."""
        return decorated(self.source, name, decorators)

    @cached_property
    def top_names(self) -> frozenset[str]:
        """What the file imports or declares at its top."""
        return local_names(self.source)

    @cached_property
    def statement_end(self) -> str:
        """`;`, or nothing in a file that goes without."""
        return statement_end(self.source)

    @cached_property
    def quote(self) -> str:
        """The quotation mark that the file uses."""
        return quote_of(self.source)

    def below_imports(self, statement: str, edits: Iterable[Edit] = ()) -> tuple[Edit, ...]:
        """A statement of its own below the imports, together with the edits that change those."""
        return below_imports(self.source, statement, edits)
