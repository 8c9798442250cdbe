"""What a file takes from others and hands out to them: imports and exports, as written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from nestwise.project.extract_expr import Reader, at_of, named
from nestwise.project.extract_plain import plain_imports
from nestwise.project.facts import At, Export, Import

_TYPE_STAR = re.compile(rb"export\s+type\s*\*")
"""The word `type` was cured away before parsing, so it is looked up."""
_PATTERNS = frozenset(
    {"pair_pattern", "array_pattern", "object_pattern", "assignment_pattern", "rest_pattern"}
)


def imports_of(reader: Reader, top: Iterable[Node]) -> Iterator[Import]:
    for node in top:
        if node.type == "import_statement":
            yield from _import(reader, node)


def _import(reader: Reader, node: Node) -> Iterable[Import]:
    found = plain_imports(reader.data, node.start_byte, node.end_byte)
    return _any_import(reader, node) if found is None else found


def _any_import(reader: Reader, node: Node) -> Iterator[Import]:
    module = reader.text(node.child_by_field_name("source"))[1:-1]
    parts = node.children
    only = len(parts) > 1 and parts[1].type == "type"
    clause = next((c for c in parts if c.type == "import_clause"), None)
    if clause is None:
        required = next((c for c in node.named_children if c.type == "import_require_clause"), None)
        if required is not None:
            name = next((c for c in required.named_children if c.type == "identifier"), None)
            module = reader.text(required.child_by_field_name("source"))[1:-1]
            if name is not None:
                yield Import(module, "*", reader.text(name), only, at_of(name))
        elif module:
            yield Import(module, "", "", only, at_of(node))
        return
    for part in clause.named_children:
        match part.type:
            case "identifier":
                yield Import(module, "default", reader.text(part), only, at_of(part))
            case "namespace_import":
                name = next((c for c in part.named_children if c.type == "identifier"), None)
                if name is not None:
                    yield Import(module, "*", reader.text(name), only, at_of(name))
            case "named_imports":
                for spec in part.named_children:
                    if spec.type == "import_specifier":
                        yield _specifier(reader, spec, module, only)
            case _:
                pass


def _specifier(reader: Reader, spec: Node, module: str, only: bool) -> Import:
    name = spec.child_by_field_name("name")
    alias = spec.child_by_field_name("alias") if spec.child_count > 1 else None
    exported = reader.text(name).strip("'\"")
    local = reader.text(alias) if alias else exported
    start = name.start_byte if name else spec.start_byte
    only = only or start != spec.start_byte  # what else stands before the name is `type`
    return Import(module, exported, local, only, At(start, spec.end_byte))


def exports_of(reader: Reader, top: Iterable[Node]) -> Iterator[Export]:
    for node in top:
        if node.type == "export_statement":
            yield from _export(reader, node)


def _export(reader: Reader, node: Node) -> Iterator[Export]:
    source = node.child_by_field_name("source")
    module = reader.text(source)[1:-1] if source else ""
    kinds = {c.type for c in node.children}
    only = "type" in kinds or _TYPE_STAR.match(reader.data, node.start_byte) is not None
    default = "default" in kinds
    if (declared := node.child_by_field_name("declaration")) is not None:
        for declared_name in _declared(reader, declared):
            yield Export("default" if default else declared_name, declared_name or "default")
        return
    if (value := node.child_by_field_name("value")) is not None and default:
        yield Export("default", reader.text(value) if value.type == "identifier" else "default")
        return
    if "=" in kinds:
        # What `export = X` hands out is what a default import of the module gets.
        handed = named(node)
        if handed and handed[0].type == "identifier":
            yield Export("default", reader.text(handed[0]))
        return
    for part in node.named_children:
        if part.type == "export_clause":
            for spec in part.named_children:
                if spec.type == "export_specifier":
                    name, alias = spec.child_by_field_name("name"), spec.child_by_field_name("alias")
                    local = reader.text(name).strip("'\"")
                    spec_only = only or any(c.type == "type" for c in spec.children)
                    exported = reader.text(alias).strip("'\"") or local
                    yield Export(exported, local, module, spec_only, at_of(spec))
            return
        if part.type == "namespace_export":
            names = named(part)
            if names:
                yield Export(reader.text(names[0]), "*", module, only, at_of(node))
            return
    if "*" in kinds and module:
        yield Export("*", "", module, only, at_of(node))


def _declared(reader: Reader, node: Node) -> Iterator[str]:
    if node.type == "ambient_declaration":
        for part in named(node):
            yield from _declared(reader, part)
    elif node.type == "import_alias":
        yield from (reader.text(part) for part in named(node)[:1])
    elif node.type in ("lexical_declaration", "variable_declaration"):
        for part in node.named_children:
            name = part.child_by_field_name("name") if part.type == "variable_declarator" else None
            if name is None:
                continue
            if name.type == "identifier":
                yield reader.text(name)
            else:
                yield from (reader.text(n) for n in _bound(name))
    else:
        yield reader.text(node.child_by_field_name("name"))


def _bound(pattern: Node) -> Iterator[Node]:
    stack = list(reversed(pattern.named_children))
    while stack:
        part = stack.pop()
        if part.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield part
        elif part.type in _PATTERNS:
            stack.extend(reversed(part.named_children))
