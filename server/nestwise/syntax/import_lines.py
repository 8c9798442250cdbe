"""The import statements of a file, as an edit must know them, and the names that are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from msgspec import Struct
from tree_sitter import Node

from nestwise.syntax.source import Source

_DECLARES = frozenset(
    {
        "class_declaration", "abstract_class_declaration", "function_declaration", "enum_declaration",
        "generator_function_declaration", "interface_declaration", "type_alias_declaration",
        "variable_declarator",
    }
)  # fmt: skip


class Specifier(Struct, frozen=True):
    node: Node
    name: str
    local: str
    type_only: bool


@dataclass(frozen=True)
class Line:
    """One import statement."""

    source: Source
    node: Node

    @cached_property
    def module(self) -> str:
        return self.source.text_of(self.node.child_by_field_name("source"))[1:-1]

    @cached_property
    def clause(self) -> Node | None:
        """What is imported; None for `import 'x'`."""
        return child_of(self.node, "import_clause")

    @property
    def type_word(self) -> Node | None:
        """The `type` of `import type`."""
        return word_of(self.node)

    @property
    def names(self) -> Node | None:
        """The braces."""
        return child_of(self.clause, "named_imports")

    @property
    def namespace(self) -> str:
        """The `x` of `import * as x`; empty without one."""
        found = child_of(self.clause, "namespace_import")
        return self.source.text_of(found.named_children[-1]) if found and found.named_children else ""

    @property
    def default_alone(self) -> bool:
        """Is nothing but the default imported?"""
        only = self.clause.named_children if self.clause is not None else []
        return len(only) == 1 and only[0].type == "identifier"

    @cached_property
    def specifiers(self) -> tuple[Specifier, ...]:
        return tuple(self._specifiers())

    def _specifiers(self) -> Iterator[Specifier]:
        names = self.names
        for spec in names.named_children if names is not None else ():
            if spec.type == "import_specifier":
                name = self.source.text_of(spec.child_by_field_name("name"))
                alias = self.source.text_of(spec.child_by_field_name("alias"))
                erased = self.type_word is not None or word_of(spec) is not None
                yield Specifier(spec, name, alias or name, erased)


@dataclass(frozen=True)
class Head:
    """The imports of a file, and what it imports or declares at its top: read once for all its fixes."""

    source: Source

    @cached_property
    def lines(self) -> list[Line]:
        return lines_of(self.source)

    @cached_property
    def names(self) -> frozenset[str]:
        return _taken(self.source, self.lines)


def lines_of(source: Source) -> list[Line]:
    return [Line(source, n) for n in source.root.children if n.type == "import_statement"]


def _taken(source: Source, lines: list[Line]) -> frozenset[str]:
    found: set[str] = set()
    for line in lines:
        found |= {s.local for s in line.specifiers} | {line.namespace} - {""}
        clause = line.clause or child_of(line.node, "import_require_clause")
        for part in clause.named_children if clause is not None else ():
            if part.type == "identifier":
                found.add(source.text_of(part))
    for node in source.root.children:
        inner = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        parts = [inner, *inner.named_children] if inner is not None else []
        found |= {source.text_of(p.child_by_field_name("name")) for p in parts if p.type in _DECLARES}
    return frozenset(found)


def child_of(node: Node | None, kind: str) -> Node | None:
    return next((c for c in node.named_children if c.type == kind), None) if node is not None else None


def word_of(node: Node) -> Node | None:
    """The `type` (or `typeof`) of a statement or specifier."""
    return next((c for c in node.children if c.type in ("type", "typeof")), None)
