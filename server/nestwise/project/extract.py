"""Syntax tree in, facts out. Pure and total: half-typed code has facts too.

No node outlives a call. What is read is what the model asks for: declarations, decorators,
constants; the insides of functions only where Nest calls them (guards, `configure`, dynamic
modules, bootstraps, decorator functions), because walking every body in Python costs more than
parsing.
"""

from __future__ import annotations

import re
from functools import partial

from tree_sitter import Node

from nestwise.project.extract_body import body_of
from nestwise.project.extract_class import TELLING, class_of, parameters_of, params_of, type_params_of
from nestwise.project.extract_expr import Reader, at_of, first, named
from nestwise.project.extract_names import exports_of, imports_of
from nestwise.project.facts import (
    At,
    Class,
    Const,
    Expr,
    FileFacts,
    Function,
    Member,
    Name,
    Opaque,
    TObject,
    TypeDecl,
)
from nestwise.project.known import Known
from nestwise.syntax.source import Source

CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_STARTS = re.compile(
    rb"NestFactory|CommandFactory|useGlobal|Bootstrap|bootstrap|create\w*App|AppModule|@Module\("
)
"""The statements of a file are read where they may start an application, or add to a module's lists …"""
_TESTS = re.compile(rb"describe(?<!\wdescribe)\(")
"""… but not those of a test file: all of its tests are one of them."""
_DEPTH = 20
"""Deepest nesting of a pattern that is followed."""
_DEEP = 40
"""Patterns within so many others are not read."""
_MODIFIERS = frozenset({"public", "private", "protected"})


def extract(source: Source, known: Known | None = None) -> FileFacts:
    """`known`: members of an earlier version of the file; they make this faster and change nothing else."""
    reader = Reader(source.text.data, partial(known.member, source) if known else None)
    top = source.root.named_children
    found = _File(reader)
    for node in top:
        found.take(node)
    calls = any(node.type in ("expression_statement", "if_statement") for node in top)
    telling = calls and _STARTS.search(reader.data) and not _TESTS.search(reader.data)
    return FileFacts(
        imports=tuple(imports_of(reader, top)),
        exports=tuple(exports_of(reader, top)),
        classes=tuple(found.classes),
        functions=tuple(found.functions),
        consts=tuple(found.consts),
        types=tuple(found.types),
        main=body_of(reader, source.root) if telling else None,
    )


def functions_of(source: Source) -> tuple[list[Function], dict[str, dict[str, Expr]]]:
    """The functions of a file, all with their bodies, and what their parameters are where nobody gives them:
    what few questions need, and `extract` leaves out."""
    found = _Whole(Reader(source.text.data), whole=True)
    for node in source.root.named_children:
        found.take(node)
    return found.functions, found.defaults


class _File:
    """Gathers the declarations of one file, in order."""

    def __init__(self, reader: Reader, *, whole: bool = False) -> None:
        """`whole`: read the bodies of all functions."""
        self.reader = reader
        self.whole = whole
        self.classes: list[Class] = []
        self.functions: list[Function] = []
        self.consts: list[Const] = []
        self.types: list[TypeDecl] = []

    def take(self, node: Node) -> None:
        if node.type == "export_statement":
            inner = node.child_by_field_name("declaration")
            if inner is None and (value := node.child_by_field_name("value")) is not None:
                self._default(value, node)
                return
            if inner is not None:
                self._declaration(inner, node)
        elif node.type == "ambient_declaration":
            return
        else:
            self._declaration(node, node)

    def _default(self, value: Node, outer: Node) -> None:
        if value.type in CLASSES:
            name = self.reader.text(value.child_by_field_name("name")) or "default"
            self.classes.append(class_of(self.reader, value, outer, name))
        elif value.type in ("arrow_function", "function_expression"):
            self._function("default", value)
        elif value.type != "identifier":
            self.consts.append(Const("default", self.reader.expr(value), None, False, at_of(value)))

    def _declaration(self, node: Node, outer: Node) -> None:
        match node.type:
            case "class_declaration" | "abstract_class_declaration" | "class":
                self.classes.append(class_of(self.reader, node, outer))
            case "function_declaration" | "generator_function_declaration":
                name = self.reader.text(node.child_by_field_name("name")) or "default"
                self._function(name, node)
            case "lexical_declaration" | "variable_declaration":
                mutable = node.child_count > 0 and node.children[0].type != "const"
                for part in node.named_children:
                    if part.type == "variable_declarator":
                        self._variable(part, mutable)
            case "interface_declaration" | "type_alias_declaration" | "enum_declaration":
                self.types.append(_type_decl(self.reader, node))
            case "import_alias":
                self._alias(node)
            case _:
                pass

    def _variable(self, node: Node, mutable: bool) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None:
            return
        if name.type == "object_pattern":
            self._pattern(name, self.reader.expr(value), mutable)
        if name.type != "identifier":
            return
        text = self.reader.text(name)
        if value.type in ("arrow_function", "function_expression"):
            self._function(text, value)
        elif value.type == "class":
            self.classes.append(class_of(self.reader, value, value, text))
        else:
            kind = self.reader.type(node.child_by_field_name("type"))
            self.consts.append(Const(text, self.reader.expr(value), kind, mutable, at_of(node)))

    def _pattern(self, pattern: Node, value: Expr, mutable: bool, depth: int = 0) -> None:
        """`const { A, B: C } = value`. A name with a default is opaque: it may be either."""
        for part in named(pattern):
            if part.type == "shorthand_property_identifier_pattern":
                name = self.reader.text(part)
                self.consts.append(Const(name, Member(value, name), None, mutable, at_of(part)))
            elif part.type == "pair_pattern":
                key, local = part.child_by_field_name("key"), part.child_by_field_name("value")
                if key is None or local is None or key.type == "computed_property_name":
                    continue
                member = Member(value, self.reader.key(key))
                if local.type == "identifier":
                    self.consts.append(Const(self.reader.text(local), member, None, mutable, at_of(part)))
                elif local.type == "object_pattern" and depth < _DEPTH:
                    self._pattern(local, member, mutable, depth + 1)
            elif part.type == "object_assignment_pattern":
                name = self.reader.text(part.child_by_field_name("left"))
                self.consts.append(Const(name, Opaque("default"), None, mutable, at_of(part)))

    def _alias(self, node: Node) -> None:
        """`import a = b.c`."""
        parts = named(node)
        if len(parts) == 2:
            first_name, *rest = self.reader.text(parts[1]).split(".")
            value: Expr = Name(first_name, At(parts[1].start_byte, parts[1].start_byte + len(first_name)))
            for name in rest:
                value = Member(value, name)
            self.consts.append(Const(self.reader.text(parts[0]), value, None, False, at_of(node)))

    def _function(self, name: str, node: Node) -> None:
        """A body is read where the function may be a decorator, a bootstrap or a class factory."""
        body = node.child_by_field_name("body")
        telling = body is not None and (
            self.whole
            or name[:1].isupper()
            or self.reader.has(b"@Module(")
            or TELLING.search(self.reader.data, node.start_byte, node.end_byte) is not None
        )
        if telling and body is not None and body.type == "statement_block":
            self._inner_classes(name, body)
        self.functions.append(
            Function(
                name,
                params_of(self.reader, node),
                body_of(self.reader, body) if telling else None,
                any(c.type == "async" for c in node.children),
                at_of(node),
            )
        )

    def _inner_classes(self, function: str, body: Node) -> None:
        for node in body.named_children:
            inner = node
            if node.type == "return_statement" and (value := first(node)) is not None:
                inner = value
            elif node.type in ("lexical_declaration", "variable_declaration"):
                value = node.named_children[0].child_by_field_name("value") if node.named_children else None
                inner = value or node
            if inner.type in CLASSES:
                self.classes.append(class_of(self.reader, inner, inner, inside=function))


class _Whole(_File):
    """Gathers the defaults of parameters, too."""

    def __init__(self, reader: Reader, *, whole: bool) -> None:
        super().__init__(reader, whole=whole)
        self.defaults: dict[str, dict[str, Expr]] = {}

    def _function(self, name: str, node: Node) -> None:
        super()._function(name, node)
        self._defaults(name, node)

    def _declaration(self, node: Node, outer: Node) -> None:
        super()._declaration(node, outer)
        if node.type in CLASSES:
            name = self.reader.text(node.child_by_field_name("name"))
            for method in named(node.child_by_field_name("body")):
                if method.type == "method_definition" and any(c.type == "static" for c in method.children):
                    self._defaults(f"{name}.{self.reader.key(method.child_by_field_name('name'))}", method)

    def _defaults(self, name: str, node: Node) -> None:
        for param in parameters_of(node):
            value, pattern = param.child_by_field_name("value"), param.child_by_field_name("pattern")
            if value is not None and pattern is not None:
                self.defaults.setdefault(name, {})[self.reader.text(pattern)] = self.reader.expr(value)


def _type_decl(reader: Reader, node: Node) -> TypeDecl:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    params = type_params_of(reader, node)
    if node.type == "interface_declaration":
        extends = [
            reader.text(t).split("<")[0]
            for clause in node.named_children
            if clause.type == "extends_type_clause"
            for t in named(clause)
        ]
        members = TObject(tuple(reader.members(body)))
        return TypeDecl(reader.text(name), "interface", members, tuple(extends), (), params, at_of(node))
    if node.type == "type_alias_declaration":
        kind = reader.type(node.child_by_field_name("value"))
        return TypeDecl(reader.text(name), "alias", kind, (), (), params, at_of(node))
    values = tuple(
        (reader.key(part.child_by_field_name("name") or part), reader.text(part.child_by_field_name("value")))
        for part in named(body)
    )
    return TypeDecl(reader.text(name), "enum", None, (), values, (), at_of(node))


__all__ = ["extract", "functions_of"]
