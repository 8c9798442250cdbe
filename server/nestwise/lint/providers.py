"""Edits of what a module provides."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.syntax.nodes import child, named, pair_of, span_of
from nestwise.syntax.text import Edit


def module_options(file: File, name: str) -> Node | None:
    """The object of `@Module({ … })` of a class; None where it is written otherwise."""
    cls = next((c for c in file.facts.classes if c.name == name and not c.inside), None)
    deco = next((d for d in cls.decorators if d.name.rpartition(".")[2] == "Module"), None) if cls else None
    node = file.source.node_at(deco.at.span) if deco is not None else None
    call = next(iter(named(node)), None) if node is not None else None
    given = named(child(call, "arguments"))
    return given[0] if given and given[0].type == "object" else None


def provided(file: File, options: Node, provider: str) -> Edit | None:
    """The edit that adds a provider to a module's options; None where the providers are no list or name."""
    entry = pair_of(file.source, options, "providers")
    if entry is None:
        return file.appended(options, f"providers: [{provider}]", pair_of(file.source, options, "imports"))
    if entry.type == "shorthand_property_identifier":
        return Edit(span_of(entry), f"providers: [...providers, {provider}]")
    value = child(entry, "value")
    if value is not None and value.type == "array":
        return file.appended(value, provider)
    if value is not None and value.type in ("identifier", "member_expression"):
        return Edit(span_of(value), f"[...{file.text_of(value)}, {provider}]")
    return None
