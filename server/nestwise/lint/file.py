"""One file as a rule sees it: text, tree (parsed when first needed) and facts."""

from __future__ import annotations

from functools import cached_property

from tree_sitter import Node

from nestwise.project.facts import Class, FileFacts
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

    @cached_property
    def text(self) -> Text:
        return self._source.text if self._source else Text(self.data)

    def text_of(self, node: Node | None) -> str:
        return self.source.text_of(node)

    def class_at(self, node: Node) -> Class | None:
        return self.facts.class_at(node.start_byte)

    def insert(self, offset: int, text: str) -> Edit:
        return Edit(Span(offset, offset), text)

    def ensure_import(self, name: str, module: str) -> tuple[Edit, ...]:
        """The edits, if any, after which `name` is imported from `module` as a value."""
        same = [i for i in self.facts.imports if i.module == module and i.name not in ("", "*", "default")]
        if any(i.local == name and not i.type_only for i in self.facts.imports):
            return ()
        values = [i for i in same if not i.type_only]
        if values:
            return (self.insert(values[-1].at.end, f", {name}"),)
        quote = '"' if self.data.count(b'from "') > self.data.count(b"from '") else "'"
        return (self.insert(_after_header(self.data), f"import {{ {name} }} from {quote}{module}{quote};\n"),)


def _after_header(data: bytes) -> int:
    """Past a byte order mark and a `#!` line."""
    start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    return data.find(b"\n") + 1 if data.startswith(b"#!", start) and b"\n" in data else start
