"""What a handler reads of an input without a type: properties, and what the code says of their types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from nestwise.project.facts import Class, Method, TName
from nestwise.project.model.inputs import Input
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import class_of, followed, resolve
from nestwise.refactor.draft import Refused
from nestwise.refactor.dto_classes import Field
from nestwise.syntax.nodes import callee_of, child, named, walk
from nestwise.syntax.source import Source

_STRINGS = frozenset(
    {
        "trim", "toLowerCase", "toUpperCase", "startsWith", "endsWith", "split", "replace", "replaceAll",
        "substring", "charAt", "padStart", "localeCompare", "normalize", "match",
    }
)  # fmt: skip
"""Methods that texts alone have."""
_SCALARS = frozenset({"string", "number", "boolean"})
_LITERALS = {
    "string": "string", "template_string": "string", "number": "number", "true": "boolean",
    "false": "boolean",
}  # fmt: skip
_ANY = "any"


@dataclass(frozen=True)
class _Scene:
    project: Project
    path: str
    source: Source
    cls: Class
    method: Node


def fields_read(
    project: Project, source: Source, cls: Class, method: Method, given: Input
) -> tuple[Field, ...]:
    """The properties in the order in which they are read. Raises Refused where the input is used as a whole,
    so that it may have others."""
    if given.meant.kind not in ("none", "open") or given.meant.aliased:
        raise Refused("it has a type")
    body = source.node_at(method.body_at.span)
    while body is not None and body.type != "method_definition":
        body = body.parent
    parameter = _parameter(source, method, given)
    if body is None or parameter is None:
        raise Refused("the method is not there")
    scene = _Scene(project, given.handler.declared.path, source, cls, body)
    found: dict[str, list[str]] = {}
    pattern = child(parameter, "pattern")
    if pattern is not None and pattern.type == "object_pattern":
        for key, local in _keys(source, pattern):
            found[key] = list(_said_of(scene, local))
    else:
        for key, said in _read(scene, given.name, parameter):
            found.setdefault(key, []).extend(said)
    config = project.layout.tsconfig_of(scene.path)
    strict = config is None or config.strict_nulls is not False
    fields = tuple(_field(key, said, given, strict) for key, said in found.items())
    if all(field.type == TName(_ANY) for field in fields):
        raise Refused("nothing says what its properties are")
    return fields


def _field(key: str, said: list[str], given: Input, strict: bool) -> Field:
    optional = "optional" in said
    kinds = set(said) - {"optional", "needed"}
    usual = "string" if given.source == "query" else _ANY
    kind = kinds.pop() if len(kinds) == 1 else usual if not kinds else _ANY
    if given.source == "query" and kind != "string":
        kind = _ANY
    if optional and strict and "needed" in said:
        kind = _ANY
    return Field(key, TName(kind), optional)


def _parameter(source: Source, method: Method, given: Input) -> Node | None:
    node: Node | None = source.node_at(method.params[given.position].name_at.span)
    while node is not None and node.type not in ("required_parameter", "optional_parameter"):
        node = node.parent
    return node


def _keys(source: Source, pattern: Node) -> Iterator[tuple[str, str]]:
    """Keys of a pattern, with their local names."""
    for part in named(pattern):
        if part.type == "shorthand_property_identifier_pattern":
            yield source.text_of(part), source.text_of(part)
        elif part.type == "pair_pattern" and (value := child(part, "value")) is not None:
            key = child(part, "key")
            if value.type != "identifier" or key is None or key.type != "property_identifier":
                raise Refused("a pattern within a pattern")
            yield source.text_of(key), source.text_of(value)
        else:
            raise Refused("more of the input may be read")


def _read(scene: _Scene, name: str, parameter: Node) -> Iterator[tuple[str, list[str]]]:
    """Keys that are read of a name, with what is said of each."""
    source = scene.source
    for node in walk(scene.method):
        if node.type == "shorthand_property_identifier" and source.text_of(node) == name:
            raise Refused("it is handed on")
        if node.type != "identifier" or source.text_of(node) != name or _is_within(node, parameter):
            continue
        outer = node.parent
        if outer is not None and outer.type == "member_expression" and child(outer, "object") == node:
            yield source.text_of(child(outer, "property")), list(_evidence(scene, outer))
        elif outer is not None and outer.type == "variable_declarator" and child(outer, "value") == node:
            pattern = child(outer, "name")
            if pattern is None or pattern.type != "object_pattern":
                raise Refused("it is handed on")
            for key, local in _keys(source, pattern):
                yield key, list(_said_of(scene, local))
        elif not _is_tested(source, node):
            raise Refused("it is handed on")


def _is_tested(source: Source, node: Node) -> bool:
    """Is it only asked whether there is anything?"""
    outer = node.parent
    if outer is None:
        return False
    if outer.type == "unary_expression":
        return source.text_of(child(outer, "operator")) == "!"
    if outer.type == "parenthesized_expression":
        return outer.parent is not None and outer.parent.type == "if_statement"
    return (
        outer.type == "binary_expression"
        and source.text_of(child(outer, "operator")) == "&&"
        and child(outer, "left") == node
    )


def _is_within(node: Node, outer: Node) -> bool:
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte


def _said_of(scene: _Scene, local: str) -> Iterator[str]:
    source = scene.source
    for node in walk(scene.method):
        if node.type == "shorthand_property_identifier" and source.text_of(node) == local:
            yield _ANY
        elif node.type == "identifier" and source.text_of(node) == local:
            outer = node.parent
            if outer is None or outer.type not in ("pair_pattern", "object_pattern", "required_parameter"):
                yield from _evidence(scene, node)


def _evidence(scene: _Scene, node: Node) -> Iterator[str]:
    """What the place of a value says of its type: nothing where any type will do, `any` where it cannot be
    told; whether it may be missing (`optional`), and whether the code would not compile if so (`needed`)."""
    source, outer = scene.source, node.parent
    kind = outer.type if outer is not None else ""
    if outer is None:
        return
    if kind == "return_statement":
        if child(scene.method, "return_type") is not None:
            yield _ANY
        return
    if kind in ("unary_expression", "if_statement", "template_substitution", "expression_statement"):
        if kind == "unary_expression" and source.text_of(child(outer, "operator")) not in ("!", "typeof"):
            yield _ANY
        return
    if kind == "parenthesized_expression":
        if outer.parent is not None and outer.parent.type in ("if_statement", "while_statement"):
            return
        yield from _evidence(scene, outer)
    elif kind == "member_expression" and child(outer, "object") == node:
        if any(part.type == "optional_chain" for part in outer.children):
            yield "optional"
        yield "needed"
        yield "string" if source.text_of(child(outer, "property")) in _STRINGS else _ANY
    elif kind == "binary_expression":
        yield from _compared(source, outer, node)
    elif kind == "ternary_expression" and child(outer, "condition") == node:
        yield "optional"
    elif kind == "arguments":
        yield "needed"
        yield _parameter_type(scene, outer, node)
    else:
        yield _ANY


def _compared(source: Source, outer: Node, node: Node) -> Iterator[str]:
    operator = source.text_of(child(outer, "operator"))
    left, right = child(outer, "left"), child(outer, "right")
    other = right if left == node else left
    if operator in ("===", "!==", "==", "!="):
        literal = _LITERALS.get(other.type) if other is not None else None
        null = other is not None and other.type in ("null", "undefined")
        yield "optional" if null else literal or _ANY
    elif operator in ("??", "||") and left == node:
        yield "optional"
        literal = _LITERALS.get(other.type) if other is not None else None
        yield literal or _ANY
    elif operator != "&&":
        yield _ANY


def _parameter_type(scene: _Scene, arguments: Node, node: Node) -> str:
    """The type of the parameter that a value is handed to, of a method of an injected class."""
    call = arguments.parent
    callee = callee_of(call) if call is not None and call.type == "call_expression" else None
    text = scene.source.text_of(callee)
    if text in ("Number", "parseInt", "parseFloat"):
        return "string"
    words = text.split(".")
    held = (
        next((p.type for p in scene.cls.ctor or () if p.name == words[1]), None) if len(words) == 3 else None
    )
    if words[0] != "this" or not isinstance(held, TName):
        return _ANY
    owner = class_of(scene.project, followed(scene.project, resolve(scene.project, scene.path, held.name)))
    method = owner.method(words[2]) if owner is not None else None
    position = [n.id for n in named(arguments)].index(node.id)
    if method is None or position >= len(method.params):
        return _ANY
    kind = method.params[position].type
    return kind.name if isinstance(kind, TName) and kind.name in _SCALARS else _ANY
