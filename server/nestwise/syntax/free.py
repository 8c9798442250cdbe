"""Which names a piece of code takes from around it: what must come along when the code moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.syntax.nodes import child
from nestwise.syntax.source import Source

_FUNCTIONS = frozenset(
    {
        "arrow_function", "function_expression", "function_declaration", "generator_function",
        "generator_function_declaration", "method_definition", "function_type", "constructor_type",
        "call_signature", "construct_signature", "method_signature", "abstract_method_signature",
        "function_signature",
    }
)  # fmt: skip
_BLOCKS = frozenset({"statement_block", "program"})
_DECLARES = frozenset(
    {
        "function_declaration", "generator_function_declaration", "class_declaration", "enum_declaration",
        "abstract_class_declaration", "interface_declaration", "type_alias_declaration", "function_signature",
    }
)  # fmt: skip
_VARIABLES = frozenset({"lexical_declaration", "variable_declaration"})
_NAMES = frozenset({"identifier", "type_identifier", "shorthand_property_identifier"})
_SHORTHAND = "shorthand_property_identifier_pattern"
"""It declares a name, or sets one."""
_TYPES = frozenset(
    {
        "type_annotation", "type_arguments", "type_predicate_annotation", "asserts_annotation",
        "type_parameters", "implements_clause", "extends_type_clause", "interface_declaration",
        "type_alias_declaration",
    }
)  # fmt: skip


class Use(Struct, frozen=True):
    """A name that some code does not declare itself."""

    name: str
    node: Node
    is_type: bool
    """Is it needed for types alone?"""


def uses_in(source: Source, nodes: Iterable[Node]) -> Iterator[Use]:
    """The names that statements, a method or a declaration take from around them, in the order of the text.

    What the nodes declare at their own top counts as declared for all of them.
    """
    tops = list(nodes)
    outer = set[str]()
    for node in tops:
        outer |= {*declared_by(source, node), *_hoisted(source, node)}
    cache: dict[int, set[str]] = {}

    def bound(name: str, node: Node, top: Node) -> bool:
        at: Node | None = node
        while at is not None:
            if at.id not in cache:
                cache[at.id] = _scope(source, at)
            if name in cache[at.id]:
                return True
            if at.id == top.id:
                break
            at = at.parent
        return name in outer

    for top in tops:
        for node in _walk(top):
            if (node.type in _NAMES and _is_use(node)) or (node.type == _SHORTHAND and _assigns(node)):
                name = source.text_of(node)
                if not bound(name, node, top):
                    yield Use(name, node, _in_type(node, top))


def bound_in(source: Source, nodes: Iterable[Node]) -> set[str]:
    """Every name that is declared anywhere in some code."""
    found: set[str] = set()
    for top in nodes:
        found |= set(declared_by(source, top))
        for node in _walk(top):
            found |= _scope(source, node)
    return found


def declared_by(source: Source, node: Node) -> Iterator[str]:
    """The names that a statement declares in its block."""
    if node.type == "export_statement":
        inner = child(node, "declaration")
        if inner is not None:
            yield from declared_by(source, inner)
    elif node.type in _VARIABLES:
        for part in node.named_children:
            if part.type == "variable_declarator":
                yield from pattern_names(source, child(part, "name"))
    elif node.type in _DECLARES:
        yield source.text_of(child(node, "name"))


def pattern_names(source: Source, pattern: Node | None) -> Iterator[str]:
    """The names that a pattern binds: `x`, `{ a, b: [c] }`."""
    if pattern is None:
        return
    kind = pattern.type
    if kind in ("identifier", _SHORTHAND):
        yield source.text_of(pattern)
    elif kind in ("required_parameter", "optional_parameter"):
        yield from pattern_names(source, child(pattern, "pattern"))
    elif kind == "pair_pattern":
        yield from pattern_names(source, child(pattern, "value"))
    elif kind in ("assignment_pattern", "object_assignment_pattern"):
        yield from pattern_names(source, child(pattern, "left"))
    elif kind in ("object_pattern", "array_pattern", "rest_pattern", "formal_parameters"):
        for part in pattern.named_children:
            yield from pattern_names(source, part)


def _walk(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))


def _scope(source: Source, node: Node) -> set[str]:
    """The names that are declared at a node for what is inside it."""
    kind = node.type
    found: set[str] = set()
    if kind in _FUNCTIONS:
        found |= set(pattern_names(source, child(node, "parameters")))
        found |= set(pattern_names(source, child(node, "parameter")))
        if kind in ("function_expression", "generator_function") and child(node, "name") is not None:
            found.add(source.text_of(child(node, "name")))
        body = child(node, "body")
        if body is not None and body.type == "statement_block":
            found |= set(_hoisted(source, body))
    elif kind == "switch_body":
        for part in (inner for case in node.named_children for inner in case.named_children):
            found |= set(declared_by(source, part))
    elif kind in _BLOCKS:
        for part in node.named_children:
            found |= set(declared_by(source, part))
    elif kind == "for_statement":
        initializer = child(node, "initializer")
        found |= set(declared_by(source, initializer)) if initializer is not None else set()
    elif kind == "for_in_statement":
        if child(node, "kind") is not None:
            found |= set(pattern_names(source, child(node, "left")))
    elif kind == "catch_clause":
        found |= set(pattern_names(source, child(node, "parameter")))
    elif kind == "class" and child(node, "name") is not None:
        found.add(source.text_of(child(node, "name")))
    elif kind in ("mapped_type_clause", "infer_type"):
        first = node.named_children[0] if node.named_children else None
        found.add(source.text_of(first))
    elif kind == "conditional_type":
        found |= {source.text_of(n.named_children[0]) for n in _walk(node) if n.type == "infer_type"}
    elif kind in ("index_signature", "object_type"):
        found |= {
            source.text_of(child(n, "name")) for n in node.named_children if n.type == "index_signature"
        }
    parameters = child(node, "type_parameters")
    for parameter in parameters.named_children if parameters is not None else ():
        found.add(source.text_of(child(parameter, "name")))
    if (
        kind == "object_type"
        and (outer := node.parent) is not None
        and outer.type == "type_alias_declaration"
    ):
        found |= {source.text_of(n.named_children[0]) for n in _walk(node) if n.type == "mapped_type_clause"}
    return found - {""}


def _hoisted(source: Source, body: Node) -> Iterator[str]:
    """What `var` declares anywhere in a function."""
    stack = list(body.named_children)
    while stack:
        node = stack.pop()
        if node.type == "variable_declaration":
            yield from declared_by(source, node)
        if node.type not in _FUNCTIONS:
            stack.extend(node.named_children)


def _is_use(node: Node) -> bool:
    """Is an identifier one that stands for something, and not a declaration or a label of something?"""
    outer = node.parent
    if outer is None:
        return True
    kind = outer.type
    if kind in ("nested_type_identifier", "nested_identifier"):
        return _same(outer.named_children[0], node)
    if kind in _FUNCTIONS or kind in _DECLARES or kind == "class":
        return not _same(child(outer, "name"), node) and not _same(child(outer, "parameter"), node)
    if kind == "variable_declarator":
        return not _same(child(outer, "name"), node)
    if kind in ("required_parameter", "optional_parameter"):
        return not _same(child(outer, "pattern"), node)
    if kind == "for_in_statement":
        return child(outer, "kind") is None or not _same(child(outer, "left"), node)
    if kind == "catch_clause":
        return not _same(child(outer, "parameter"), node)
    if kind in ("pair_pattern", "rest_pattern", "array_pattern"):
        return _assigns(outer)
    if kind in ("assignment_pattern", "object_assignment_pattern"):
        return not _same(child(outer, "left"), node) or _assigns(outer)
    if kind == "index_signature":
        return not _same(child(outer, "name"), node)
    return kind not in ("type_parameter", "infer_type", "mapped_type_clause") or not _same(
        outer.named_children[0], node
    )


def _assigns(pattern: Node) -> bool:
    """Does a pattern assign to names, and declare none?"""
    outer: Node | None = pattern
    while outer is not None and outer.type.endswith("pattern"):
        outer = outer.parent
    return outer is not None and outer.type in ("assignment_expression", "augmented_assignment_expression")


def _same(one: Node | None, other: Node) -> bool:
    return one is not None and one.id == other.id


def _in_type(node: Node, top: Node) -> bool:
    """Is a name used only in a type? `typeof x` in a type counts as one: it is erased."""
    at: Node | None = node
    before = node
    while at is not None:
        if at.type in ("as_expression", "satisfies_expression"):
            if not _same(at.named_children[0], before):
                return True
        elif at.type in _TYPES:
            return True
        if at.id == top.id:
            return False
        before, at = at, at.parent
    return False
