"""Syntax tree in, facts out. Pure and total: half-typed code has facts too.

No node outlives a call. What is read is what the model asks for: declarations, decorators,
constants; the insides of functions only where Nest calls them (guards, `configure`, dynamic
modules, bootstraps, decorator functions), because walking every body in Python costs more than
parsing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from tree_sitter import Node

from nestwise.project.extract_body import body_of
from nestwise.project.extract_expr import Reader, first, named
from nestwise.project.extract_names import exports_of, imports_of
from nestwise.project.facts import (
    At,
    Class,
    Const,
    Decorator,
    Expr,
    FileFacts,
    Function,
    Member,
    Method,
    Name,
    Opaque,
    Param,
    Property,
    TObject,
    Type,
    TypeDecl,
)
from nestwise.project.known import Known
from nestwise.syntax.source import Source

CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_NEST_METHODS = frozenset(
    {"canActivate", "use", "configure", "handleConnection", "afterInit", "catch", "transform"}
)
_WHOLE = frozenset({"canActivate", "handleRequest", "transform", "use"})
"""A class with one of these has the bodies of all its methods read: they call each other."""
# Where every alternative begins with a letter, places without such a letter are skipped five times faster.
_TELLING = re.compile(
    rb"applyDecorators|UseGuards|SetMetadata|NestFactory|INest|Nest\w+Application|useGlobal"
    rb"|createParamDecorator|registerDecorator|forRoutes|enableShutdownHooks|class\s|app(?<!\wapp)\s*[.,)]"
    rb"|ModuleMetadata|DynamicModule|Module(?<=\wModule)\.\w+\(|Provider\[\]|Provider>|new\s+\w+Pipe\b"
)
_BOOTS = (b"NestFactory", b"useGlobal", b"INestApplication", b"NestExpressApp", b"NestFastifyApp")
"""A file with one of these may set up an application in a method."""
_STARTS = re.compile(rb"NestFactory|useGlobal|Bootstrap|bootstrap|create\w*App|AppModule|@Module\(")
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
            self.consts.append(Const("default", self.reader.expr(value), None, False, _at(value)))

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
            self.consts.append(Const(text, self.reader.expr(value), kind, mutable, _at(node)))

    def _pattern(self, pattern: Node, value: Expr, mutable: bool, depth: int = 0) -> None:
        """`const { A, B: C } = value`. A name with a default is opaque: it may be either."""
        for part in named(pattern):
            if part.type == "shorthand_property_identifier_pattern":
                name = self.reader.text(part)
                self.consts.append(Const(name, Member(value, name), None, mutable, _at(part)))
            elif part.type == "pair_pattern":
                key, local = part.child_by_field_name("key"), part.child_by_field_name("value")
                if key is None or local is None or key.type == "computed_property_name":
                    continue
                member = Member(value, self.reader.key(key))
                if local.type == "identifier":
                    self.consts.append(Const(self.reader.text(local), member, None, mutable, _at(part)))
                elif local.type == "object_pattern" and depth < _DEPTH:
                    self._pattern(local, member, mutable, depth + 1)
            elif part.type == "object_assignment_pattern":
                name = self.reader.text(part.child_by_field_name("left"))
                self.consts.append(Const(name, Opaque("default"), None, mutable, _at(part)))

    def _alias(self, node: Node) -> None:
        """`import a = b.c`."""
        parts = named(node)
        if len(parts) == 2:
            first_name, *rest = self.reader.text(parts[1]).split(".")
            value: Expr = Name(first_name, At(parts[1].start_byte, parts[1].start_byte + len(first_name)))
            for name in rest:
                value = Member(value, name)
            self.consts.append(Const(self.reader.text(parts[0]), value, None, False, _at(node)))

    def _function(self, name: str, node: Node) -> None:
        """A body is read where the function may be a decorator, a bootstrap or a class factory."""
        body = node.child_by_field_name("body")
        telling = body is not None and (
            self.whole
            or name[:1].isupper()
            or self.reader.has(b"@Module(")
            or _TELLING.search(self.reader.data, node.start_byte, node.end_byte) is not None
        )
        if telling and body is not None and body.type == "statement_block":
            self._inner_classes(name, body)
        self.functions.append(
            Function(
                name,
                params_of(self.reader, node),
                body_of(self.reader, body) if telling else None,
                any(c.type == "async" for c in node.children),
                _at(node),
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
        for param in _parameters(node):
            value, pattern = param.child_by_field_name("value"), param.child_by_field_name("pattern")
            if value is not None and pattern is not None:
                self.defaults.setdefault(name, {})[self.reader.text(pattern)] = self.reader.expr(value)


def class_of(reader: Reader, node: Node, outer: Node, name: str = "", inside: str = "") -> Class:
    """`outer` is the export statement around the class, which carries the decorators before it."""
    body = node.child_by_field_name("body")
    name_node = node.child_by_field_name("name")
    decorated = (outer, node) if outer.id != node.id else (node,)
    decorators = tuple(d for part in decorated for d in reader.decorators(part))
    extends, types, implements = _heritage(reader, node)
    methods, properties, ctor = _members(reader, body, decorators)
    passes = _passed(reader, body) if ctor is not None and extends is not None else None
    return Class(
        name=name or reader.text(name_node),
        extends=extends,
        extends_types=types,
        implements=implements,
        type_params=_type_params(reader, node),
        decorators=decorators,
        ctor=ctor,
        methods=methods,
        properties=properties,
        abstract=node.type == "abstract_class_declaration",
        inside=inside,
        at=_at(outer),
        name_at=_at(name_node) if name_node else At(node.start_byte, node.start_byte + 5),
        body_at=At(body.start_byte + 1, max(body.end_byte - 1, body.start_byte + 1)) if body else _at(node),
        passes=passes,
    )


def _passed(reader: Reader, body: Node | None) -> tuple[Expr, ...] | None:
    """The arguments of `super(…)`, where it is a statement of the constructor itself."""
    for node in body.named_children if body is not None else ():
        if node.type != "method_definition" or reader.text(node.child_by_field_name("name")) != "constructor":
            continue
        for statement in named(node.child_by_field_name("body")):
            call = first(statement) if statement.type == "expression_statement" else None
            if call is not None and call.type == "call_expression":
                callee = call.child_by_field_name("function")
                if callee is not None and callee.type == "super":
                    return reader.all(call.child_by_field_name("arguments"))
    return None


def _heritage(reader: Reader, node: Node) -> tuple[Expr | None, tuple[Type, ...], tuple[str, ...]]:
    """What a class extends, with its type arguments, and the names of what it implements."""
    extends: Expr | None = None
    types: tuple[Type, ...] = ()
    implements: tuple[str, ...] = ()
    for part in node.named_children:
        if part.type != "class_heritage":
            continue
        for clause in part.named_children:
            if clause.type == "extends_clause":
                extends = reader.expr(clause.child_by_field_name("value"))
                types = reader.types(clause.child_by_field_name("type_arguments"))
            elif clause.type == "implements_clause":
                implements = tuple(reader.text(t).split("<")[0] for t in named(clause))
    return extends, types, implements


def _members(
    reader: Reader, body: Node | None, on_class: tuple[Decorator, ...]
) -> tuple[tuple[Method, ...], tuple[Property, ...], tuple[Param, ...] | None]:
    """Decorators of a method are siblings before it; those of an overload go with the next definition."""
    nodes = body.named_children if body is not None else []
    names = {n.id: reader.text(n.child_by_field_name("name")) for n in nodes if n.type == "method_definition"}
    whole = not _WHOLE.isdisjoint(names.values())
    module = any(d.name.rpartition(".")[2] == "Module" for d in on_class)
    boots = any(map(reader.has, _BOOTS))
    dynamic = reader.has(b"DynamicModule")
    methods: list[Method] = []
    properties: list[Property] = []
    ctor: tuple[Param, ...] | None = None
    pending: list[Node] = []
    for node in nodes:
        kind = node.type
        if kind == "decorator":
            pending.append(node)
            continue
        known = reader.known(pending, node) if reader.known else None
        if kind == "public_field_definition":
            properties.append(known if isinstance(known, Property) else _property(reader, node, pending))
        elif kind in ("method_definition", "abstract_method_signature"):
            name = names.get(node.id) or reader.text(node.child_by_field_name("name"))
            if name == "constructor":
                ctor = params_of(reader, node)
            else:
                method = known if isinstance(known, Method) else None
                static = method.static if method else any(c.type == "static" for c in node.children)
                with_body = (
                    whole
                    or name in _NEST_METHODS
                    or (static and (module or dynamic))
                    or (boots and _TELLING.search(reader.data, node.start_byte, node.end_byte) is not None)
                )
                if method is None or not _read_as(method, with_body, whole):
                    method = _method(reader, node, pending, static, with_body, whole)
                methods.append(method)
        if kind not in ("comment", "method_signature"):
            pending = []
    return tuple(methods), tuple(properties), ctor


def _read_as(method: Method, with_body: bool, calling: bool) -> bool:
    """Was a method read with a body, and with what the body calls, as is asked now?"""
    if method.body is None or not with_body:
        return (method.body is not None) == with_body
    return bool(method.body.called) == calling


def _method(
    reader: Reader, node: Node, pending: list[Node], static: bool, with_body: bool, whole: bool
) -> Method:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    kinds = _kinds(node)
    start = pending[0] if pending else node
    return Method(
        name=reader.key(name),
        decorators=(*map(reader.decorator, pending), *reader.decorators(node)),
        params=params_of(reader, node),
        returns=reader.type(node.child_by_field_name("return_type")),
        kind="get" if "get" in kinds else "set" if "set" in kinds else "",
        access=_access(reader, node, name, kinds),
        static=static,
        is_async="async" in kinds,
        body=body_of(reader, body, calling=whole) if with_body else None,
        at=At(start.start_byte, node.end_byte),
        name_at=_at(name) if name else _at(node),
        body_at=_at(body) if body else At(node.end_byte, node.end_byte),
    )


def _property(reader: Reader, node: Node, pending: list[Node]) -> Property:
    kinds = _kinds(node)
    name = node.child_by_field_name("name")
    value = node.child_by_field_name("value") if "=" in kinds else None
    return Property(
        name=reader.key(name),
        type=reader.type(node.child_by_field_name("type")) if "type_annotation" in kinds else None,
        decorators=(*map(reader.decorator, pending), *reader.decorators(node)),
        optional="?" in kinds,
        value=reader.expr(value) if value else None,
        static="static" in kinds,
        readonly="readonly" in kinds,
        access=_access(reader, node, name, kinds),
        at=At((pending[0] if pending else node).start_byte, node.end_byte),
        name_at=_at(name) if name else _at(node),
    )


def params_of(reader: Reader, node: Node) -> tuple[Param, ...]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return (Param(reader.text(single), at=_at(single), name_at=_at(single)),)
    return tuple(_param(reader, p) for p in _parameters(node))


def _parameters(node: Node) -> Iterator[Node]:
    for part in named(node.child_by_field_name("parameters")):
        if part.type in ("required_parameter", "optional_parameter"):
            yield part


def _kinds(node: Node) -> set[str]:
    """The kinds of its children: to know them spares the search for parts that are not there."""
    return {c.type for c in node.children}


def _param(reader: Reader, node: Node) -> Param:
    kinds = _kinds(node)
    pattern = node.child_by_field_name("pattern")
    shape = pattern.type if pattern is not None else ""
    keys: tuple[str, ...] = ()
    if pattern is not None and shape == "object_pattern":
        keys = tuple(reader.key(k.child_by_field_name("key") or first(k) or k) for k in named(pattern))
    return Param(
        name=reader.text(pattern) if shape in ("identifier", "this", "rest_pattern") else "",
        type=reader.type(node.child_by_field_name("type")) if "type_annotation" in kinds else None,
        decorators=reader.decorators(node) if "decorator" in kinds else (),
        optional=node.type == "optional_parameter",
        default="=" in kinds and node.child_by_field_name("value") is not None,
        access=_access(reader, node, None, kinds) or ("readonly" if "readonly" in kinds else ""),
        keys=keys,
        at=_at(node),
        name_at=_at(pattern) if pattern else _at(node),
    )


def _access(reader: Reader, node: Node, name: Node | None, kinds: set[str]) -> str:
    if "accessibility_modifier" in kinds:
        return next(reader.text(part) for part in node.children if part.type == "accessibility_modifier")
    return "private" if name is not None and name.type == "private_property_identifier" else ""


def _type_params(reader: Reader, node: Node) -> tuple[str, ...]:
    found = node.child_by_field_name("type_parameters")
    return tuple(reader.text(p.child_by_field_name("name")) for p in named(found))


def _type_decl(reader: Reader, node: Node) -> TypeDecl:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    params = _type_params(reader, node)
    if node.type == "interface_declaration":
        extends = [
            reader.text(t).split("<")[0]
            for clause in node.named_children
            if clause.type == "extends_type_clause"
            for t in named(clause)
        ]
        members = TObject(tuple(reader.members(body)))
        return TypeDecl(reader.text(name), "interface", members, tuple(extends), (), params, _at(node))
    if node.type == "type_alias_declaration":
        kind = reader.type(node.child_by_field_name("value"))
        return TypeDecl(reader.text(name), "alias", kind, (), (), params, _at(node))
    values = tuple(
        (reader.key(part.child_by_field_name("name") or part), reader.text(part.child_by_field_name("value")))
        for part in named(body)
    )
    return TypeDecl(reader.text(name), "enum", None, (), values, (), _at(node))


def _at(node: Node) -> At:
    return At(node.start_byte, node.end_byte)


__all__ = ["CLASSES", "Opaque", "class_of", "extract", "functions_of", "params_of"]
