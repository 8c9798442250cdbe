"""Classes in syntax trees, as facts: with their members, decorators and parameters."""

from __future__ import annotations

import re

from tree_sitter import Node

from nestwise.project.extract_body import body_of
from nestwise.project.extract_expr import Reader, at_of, first, named
from nestwise.project.facts import (
    At,
    Class,
    Decorator,
    Expr,
    Method,
    Param,
    Property,
    Type,
)

_NEST_METHODS = frozenset(
    {
        "canActivate",
        "use",
        "configure",
        "handleConnection",
        "afterInit",
        "catch",
        "transform",
        "createGqlOptions",
    }
)
_WHOLE = frozenset({"canActivate", "handleRequest", "transform", "use"})
"""A class with one of these has the bodies of all its methods read: they call each other."""
# Where every alternative begins with a letter, places without such a letter are skipped five times faster.
TELLING = re.compile(
    rb"applyDecorators|UseGuards|SetMetadata|NestFactory|CommandFactory|INest|Nest\w+Application|useGlobal"
    rb"|createParamDecorator|registerDecorator|forRoutes|enableShutdownHooks|class\s|app(?<!\wapp)\s*[.,)]"
    rb"|ModuleMetadata|DynamicModule|Module(?<=\wModule)\.\w+\(|Provider\[\]|Provider>|new\s+\w+Pipe\b"
)
_PARAMETERS = ("required_parameter", "optional_parameter")
_RETURNS = ("type_annotation", "type_predicate_annotation", "asserts_annotation")
_BOOTS = (
    b"NestFactory", b"CommandFactory", b"useGlobal", b"INestApplication", b"NestExpressApp",
    b"NestFastifyApp",
)  # fmt: skip
"""A file with one of these may set up an application in a method."""


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
        type_params=type_params_of(reader, node),
        decorators=decorators,
        ctor=ctor,
        methods=methods,
        properties=properties,
        abstract=node.type == "abstract_class_declaration",
        inside=inside,
        at=at_of(outer),
        name_at=at_of(name_node) if name_node else At(node.start_byte, node.start_byte + 5),
        body_at=At(body.start_byte + 1, max(body.end_byte - 1, body.start_byte + 1)) if body else at_of(node),
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
                    or (boots and TELLING.search(reader.data, node.start_byte, node.end_byte) is not None)
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
    parts = _parts(node)
    name, body = node.child_by_field_name("name"), parts.get("statement_block")
    start = pending[0] if pending else node
    returns = next((parts[kind] for kind in _RETURNS if kind in parts), None)
    return Method(
        name=reader.key(name),
        decorators=_decorators(reader, pending, node, parts),
        params=_params(reader, parts.get("formal_parameters")),
        returns=reader.type(returns),
        kind="get" if "get" in parts else "set" if "set" in parts else "",
        access=_access(reader, name, parts),
        static=static,
        is_async="async" in parts and "*" not in parts,
        body=body_of(reader, body, calling=whole) if with_body else None,
        at=At(start.start_byte, node.end_byte),
        name_at=at_of(name) if name else at_of(node),
        body_at=at_of(body) if body else At(node.end_byte, node.end_byte),
    )


def _property(reader: Reader, node: Node, pending: list[Node]) -> Property:
    parts = _parts(node)
    name = node.child_by_field_name("name")
    value = node.child_by_field_name("value") if "=" in parts else None
    return Property(
        name=reader.key(name),
        type=reader.type(parts.get("type_annotation")),
        decorators=_decorators(reader, pending, node, parts),
        optional="?" in parts,
        value=reader.expr(value) if value else None,
        static="static" in parts,
        readonly="readonly" in parts,
        access=_access(reader, name, parts),
        at=At((pending[0] if pending else node).start_byte, node.end_byte),
        name_at=at_of(name) if name else at_of(node),
    )


def params_of(reader: Reader, node: Node) -> tuple[Param, ...]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return (Param(reader.text(single), at=at_of(single), name_at=at_of(single)),)
    return _params(reader, node.child_by_field_name("parameters"))


def _params(reader: Reader, parameters: Node | None) -> tuple[Param, ...]:
    if parameters is None or not parameters.named_child_count:
        return ()
    return tuple(
        [_param(reader, p, kind) for p in parameters.named_children if (kind := p.type) in _PARAMETERS]
    )


def parameters_of(node: Node) -> list[Node]:
    return [p for p in named(node.child_by_field_name("parameters")) if p.type in _PARAMETERS]


def _parts(node: Node) -> dict[str, Node]:
    """Its children by their types: to search for each by its field costs more."""
    return {c.type: c for c in node.children}


def _decorators(
    reader: Reader, pending: list[Node], node: Node, parts: dict[str, Node]
) -> tuple[Decorator, ...]:
    """Those before a member, and those that begin it."""
    own = reader.decorators(node) if "decorator" in parts else ()
    return (*map(reader.decorator, pending), *own) if pending else own


def _param(reader: Reader, node: Node, kind: str) -> Param:
    parts = _parts(node)
    pattern = node.child_by_field_name("pattern")
    shape = pattern.type if pattern is not None else ""
    keys: tuple[str, ...] = ()
    if pattern is not None and shape == "object_pattern":
        keys = tuple(reader.key(k.child_by_field_name("key") or first(k) or k) for k in named(pattern))
    return Param(
        name=reader.text(pattern) if shape in ("identifier", "this", "rest_pattern") else "",
        type=reader.type(parts.get("type_annotation")),
        decorators=reader.decorators(node) if "decorator" in parts else (),
        optional=kind == "optional_parameter",
        default="=" in parts and node.child_by_field_name("value") is not None,
        access=_access(reader, None, parts) or ("readonly" if "readonly" in parts else ""),
        keys=keys,
        at=at_of(node),
        name_at=at_of(pattern) if pattern else at_of(node),
    )


def _access(reader: Reader, name: Node | None, parts: dict[str, Node]) -> str:
    if "accessibility_modifier" in parts:
        return reader.text(parts["accessibility_modifier"])
    return "private" if name is not None and name.type == "private_property_identifier" else ""


def type_params_of(reader: Reader, node: Node) -> tuple[str, ...]:
    found = node.child_by_field_name("type_parameters")
    return tuple(reader.text(p.child_by_field_name("name")) for p in named(found))
