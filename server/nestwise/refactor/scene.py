"""A controller's method as a refactoring sees it: its parameters, what it declares, and of what type."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.project.facts import Class, Method, Param, TName
from nestwise.project.model.classes import lineage
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ext, Ref, class_of, followed, resolve
from nestwise.refactor.draft import Refused, class_node, members
from nestwise.syntax.free import declared_by, pattern_names, uses_in
from nestwise.syntax.nodes import child, named
from nestwise.syntax.source import Source

_REQUESTS = {
    "@nestjs/common": "Req Request Res Response Next",
    "@nestjs/graphql": "Context Info",
    "@nestjs/microservices": "Ctx",
    "@nestjs/websockets": "ConnectedSocket",
}
SERVERS = frozenset(
    {"express", "fastify", "http", "node:http", "socket.io", "ws", "express-serve-static-core"}
)

_LITERALS = frozenset({"number", "string", "template_string", "true", "false"})


class Origin(Struct, frozen=True):
    """A name, with the file that it is written in."""

    path: str
    name: str
    is_type: bool = True


class Typed(Struct, frozen=True):
    """A type as it is written somewhere."""

    text: str
    origins: tuple[Origin, ...] = ()


ANY = Typed("")
"""Of what nobody gives a type."""


class Given(Struct):
    """A parameter of a method."""

    node: Node
    fact: Param
    names: list[str]
    pattern: Node
    type: Node | None
    request: bool
    """Is it the request, the response, or another thing of the server's?"""

    @property
    def plain(self) -> bool:
        return self.pattern.type == "identifier"


class Scene:
    """A class of a file, and one of its methods."""

    def __init__(self, project: Project, path: str, source: Source, cls: Class, method: Method) -> None:
        self.project = project
        self.path = path
        self.source = source
        self.cls = cls
        node = class_node(source, cls.name)
        if node is None:
            raise Refused("the class is not at the top of its file")
        found = [
            m
            for m in members(node)
            if m.type in ("method_definition", "method_signature", "abstract_method_signature")
            and source.text_of(child(m, "name")) == method.name
        ]
        if len(found) != 1 or found[0].type != "method_definition":
            raise Refused(f"`{method.name}` has overloads, or no body")
        self.class_node = node
        self.fact = method
        self.method = found[0]
        body = child(self.method, "body")
        if body is None or any(c.type == "*" for c in self.method.children):
            raise Refused("a generator stays where it is")
        self.body = body
        self.params = list(self._params())

    @property
    def name(self) -> str:
        return self.fact.name

    @property
    def is_async(self) -> bool:
        return any(c.type == "async" for c in self.method.children)

    def text(self, node: Node | None) -> str:
        return self.source.text_of(node)

    def _params(self) -> Iterator[Given]:
        nodes = named(child(self.method, "parameters"))
        if len(nodes) != len(self.fact.params):
            raise Refused("the parameters are not plain")
        for node, fact in zip(nodes, self.fact.params, strict=True):
            pattern = child(node, "pattern")
            if pattern is None or pattern.type in ("rest_pattern", "this"):
                raise Refused("the parameters are not plain")
            annotation = child(node, "type")
            kind = named(annotation)[0] if annotation is not None and named(annotation) else None
            names = list(pattern_names(self.source, pattern))
            yield Given(node, fact, names, pattern, kind, self._of_server(fact))

    def _of_server(self, param: Param) -> bool:
        symbols = [resolve(self.project, self.path, d.name) for d in param.decorators if d.name]
        if any(isinstance(s, Ext) and s.name in _REQUESTS.get(s.package, "").split() for s in symbols):
            return True
        kind = resolve(self.project, self.path, param.type.name) if isinstance(param.type, TName) else None
        return isinstance(kind, Ext) and kind.package in SERVERS

    # --- what is declared ---

    def declaration(self, name: str, block: Node, before: int) -> tuple[str, Node | Given] | None:
        """What declares a name for code of a block that begins at a byte: a parameter, a variable, or
        something else; None for what the method does not declare."""
        at: Node | None = block
        while at is not None and at.id != self.method.id:
            if at.type == "statement_block":
                for statement in at.named_children:
                    if statement.start_byte < before and name in declared_by(self.source, statement):
                        return self._variable(name, statement)
            elif at.type in ("for_in_statement", "for_statement", "catch_clause"):
                inner = child(at, "left") or child(at, "parameter")
                head = child(at, "initializer")
                if name in pattern_names(self.source, inner) or (
                    head is not None and name in declared_by(self.source, head)
                ):
                    return "other", at
            at = at.parent
        for given in self.params:
            if name in given.names:
                return "param", given
        return None

    def _variable(self, name: str, statement: Node) -> tuple[str, Node]:
        for part in named(statement):
            if part.type == "variable_declarator" and name in pattern_names(self.source, child(part, "name")):
                return "variable", part
        return "other", statement

    # --- types ---

    def type_of_node(self, node: Node, path: str | None = None, source: Source | None = None) -> Typed:
        """A type that is written in a file, this one by default."""
        source, path = source or self.source, path or self.path
        origins = {Origin(path, use.name) for use in uses_in(source, [node])}
        text = " ".join(source.text_of(node).split()).removeprefix("| ")
        return Typed(text, tuple(sorted(origins, key=lambda o: o.name)))

    def type_of_given(self, given: Given) -> Typed | None:
        if given.type is not None:
            return self.type_of_node(given.type)
        value = child(given.node, "value")
        return self.type_of(value) if value is not None else ANY

    def type_of_variable(self, declarator: Node, name: str, block: Node) -> Typed | None:
        pattern, annotation = child(declarator, "name"), child(declarator, "type")
        if pattern is None:
            return None
        if annotation is not None and pattern.type == "identifier":
            return self.type_of_node(named(annotation)[0])
        value = child(declarator, "value")
        outer = declarator.parent
        if pattern.type == "identifier":
            is_const = outer is not None and any(c.type == "const" for c in outer.children)
            if value is not None and value.type in _LITERALS:
                return None  # it may be needed as the very literal that it is
            return self.type_of(value, block) if is_const and value is not None else None
        if pattern.type == "object_pattern" and value is not None:
            plain = any(
                p.type == "shorthand_property_identifier_pattern" and self.text(p) == name
                for p in named(pattern)
            )
            whole = self.type_of(value, block) if plain else None
            return _indexed(whole, name)
        return None

    def type_of(self, value: Node, block: Node | None = None) -> Typed | None:
        """The type of an expression that is written somewhere; None where it has to be inferred."""
        kind = value.type
        if kind in ("number", "string", "template_string"):
            return Typed("number" if kind == "number" else "string")
        if kind in ("true", "false"):
            return Typed("boolean")
        if kind == "parenthesized_expression" and named(value):
            return self.type_of(named(value)[0], block)
        if kind == "as_expression" and len(named(value)) == 2:
            return self.type_of_node(named(value)[1]) if self.text(named(value)[1]) != "const" else None
        if kind == "new_expression" and child(value, "type_arguments") is None:
            return self._of_new(value)
        if kind == "await_expression":
            inner = self.type_of(named(value)[0], block) if named(value) else None
            return _awaited(inner) if inner is not None else None
        if kind == "call_expression" and child(value, "type_arguments") is None:
            return self._of_call(value)
        if kind == "identifier" and block is not None:
            found = self.declaration(self.text(value), block, value.start_byte)
            if found is not None and isinstance(found[1], Given) and found[1].plain:
                return self.type_of_given(found[1])
            return None
        if kind == "member_expression" and block is not None and b"?." not in self._bytes(value):
            holder = child(value, "object")
            whole = self.type_of(holder, block) if holder is not None else None
            return _indexed(whole, self.text(child(value, "property")))
        return None

    def _bytes(self, node: Node) -> bytes:
        return self.source.text.data[node.start_byte : node.end_byte]

    def _of_new(self, value: Node) -> Typed | None:
        maker = child(value, "constructor")
        name = self.text(maker)
        if maker is None or maker.type != "identifier":
            return None
        symbol = followed(self.project, resolve(self.project, self.path, name))
        cls = class_of(self.project, symbol)
        if cls is not None and cls.type_params:
            return None
        if isinstance(symbol, Ext) and symbol.package == "" and name != "Date":
            return None
        return Typed(name, (Origin(self.path, name),))

    def _of_call(self, call: Node) -> Typed | None:
        """What a method of something injected gives, where that says it."""
        function = child(call, "function")
        holder = child(function, "object") if function is not None else None
        if (
            holder is None
            or holder.type != "member_expression"
            or self.text(child(holder, "object")) != "this"
        ):
            return None
        ref = self.injected(self.text(child(holder, "property")))
        if ref is None:
            return None
        name = self.text(child(function, "property"))
        for base in lineage(self.project, ref).refs:
            cls = class_of(self.project, base)
            found = [m for m in cls.methods if m.name == name] if cls is not None else []
            if found:
                return self._returned(base, found[0]) if len(found) == 1 and not cls_is_generic(cls) else None
        return None

    def _returned(self, base: Ref, method: Method) -> Typed | None:
        reading = self.project.reading(base.path)
        if reading is None or method.returns is None:
            return None
        node = reading.source.node_at(method.name_at.span)
        outer = node.parent if node is not None else None
        if outer is None or outer.type != "method_definition" or child(outer, "type_parameters") is not None:
            return None
        body = outer.parent
        signatures = (m for m in named(body) if m.type == "method_signature")
        if any(reading.source.text_of(child(m, "name")) == method.name for m in signatures):
            return None  # which overload it is would have to be inferred
        annotation = child(outer, "return_type")
        if annotation is None or annotation.type != "type_annotation":
            return None
        return self.type_of_node(named(annotation)[0], base.path, reading.source)

    def injected(self, name: str) -> Ref | None:
        """The class of the workspace that the constructor keeps under a name."""
        for param in self.cls.ctor or ():
            if param.name == name and param.access and isinstance(param.type, TName):
                symbol = followed(self.project, resolve(self.project, self.path, param.type.name))
                return symbol if isinstance(symbol, Ref) else None
        return None


def cls_is_generic(cls: Class | None) -> bool:
    return cls is not None and bool(cls.type_params)


def _indexed(whole: Typed | None, key: str) -> Typed | None:
    if whole is None or whole == ANY:
        return whole
    simple = whole.text.replace(".", "").replace("_", "").isalnum() and whole.text[:1].isupper()
    return Typed(f"{whole.text}['{key}']", whole.origins) if simple else None


def _awaited(inner: Typed) -> Typed:
    text = inner.text
    if text.startswith("Promise<") and text.endswith(">") and _closes_at_end(text):
        return Typed(text[len("Promise<") : -1], inner.origins)
    return inner


def _closes_at_end(text: str) -> bool:
    """Does the first `<` end with the last `>`?"""
    depth = 0
    for i, char in enumerate(text):
        if char in "<([{":
            depth += 1
        elif char in ">)]}" and text[i - 1] != "=":
            depth -= 1
            if not depth:
                return i == len(text) - 1
    return False
