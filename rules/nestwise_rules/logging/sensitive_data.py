import re
from collections.abc import Iterator
from dataclasses import dataclass

from nestwise.api import (
    Class,
    Ext,
    File,
    Finding,
    Node,
    Param,
    Project,
    Role,
    Spot,
    TName,
    Type,
    ancestors,
    callee_of,
    child,
    conditions_of,
    is_secret_name,
    looks_like_logger,
    method_call,
    named,
    parts_of,
    redacts,
    resolve,
    rule,
    secret_member,
    span_of,
)

_THROUGH = frozenset(
    "parenthesized_expression as_expression satisfies_expression non_null_expression await_expression "
    "template_substitution spread_element".split()
)
_SHOWS = re.compile(
    r"^(?:JSON\.stringify|String|(?:util\.)?inspect|structuredClone|Object\.(?:values|entries))$"
)
_OF_ITSELF = frozenset("toString slice substring substr trim split at charAt toJSON".split())
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_FEW = re.compile(r"-[1-6]|[0-6]")
_REQUEST = re.compile(r"^(?:req|request|httpRequest|expressRequest|fastifyRequest|rawRequest)$")
_REQUEST_TYPE = re.compile(r"(?:^|\.)(?:\w*Request|IncomingMessage)$")
_REJECTED = re.compile(rb"\b(?:invalid|expired|revoked|rejected|unknown)\b", re.I)
"""Texts about a token that is good for nothing any more. A wrong password is still worth hiding."""
_FOR_ALL_ROUTES = frozenset(
    "NestMiddleware NestInterceptor ExceptionFilter CanActivate PipeTransform".split()
)
_OTHER_TOKENS = frozenset("channel parser lexer ast syntax design theme coin currency contract swap".split())
"""Whose `token` is a name, a symbol or a coin."""
_PLAIN_TYPES = frozenset("number boolean bigint symbol Date Function Type InjectionToken AbortSignal".split())

_BUILT_IN = _PLAIN_TYPES | frozenset("string any unknown object Error".split())
"""Types that hold no property of the project's."""


@dataclass(frozen=True)
class _Secret:
    node: Node
    why: str
    structured: bool = False
    """Handed to the logger within an object, where its configuration may hide it."""
    instance: bool = False
    """An object of a class, which Nest's logger writes as `[object Object]` before version 11."""


_TEXTS = re.compile(rb"\((?:\s*+(?:'[^'\n]*+'|`(?:[^`$\\]|\$\{[\w.]++\})*+`)\s*+,?)*+\s*+\)")
"""Arguments that are texts, with nothing in them but names."""
_HOLE = re.compile(rb"\$\{([\w.]++)\}")


def may_be_secret(method: Node, file: File) -> bool:
    texts = _TEXTS.match(file.data, method.end_byte)
    if texts is not None:  # as half of what is logged is: no node need be looked at
        names = [name for hole in _HOLE.findall(texts[0]) for name in hole.decode().split(".")]
        if not any(is_secret_name(name) or is_secret_name(name.lower()) for name in names):
            return False
    called = method_call(method)
    if called is None:
        return False
    receiver, arguments = called
    if file.text_of(receiver) != "console" and not looks_like_logger(file, receiver):
        return False
    reader = _Reader(file, None)
    return any(True for argument in named(arguments) for _ in reader.secrets(argument))


@rule(
    level="error",
    since="0.1.0",
    plausible=may_be_secret,
    spot=Spot(rb"\.(log|error|warn|debug|verbose|info|trace|fatal|silly)\(", ("property_identifier",)),
    roles=frozenset({Role.PRODUCTION, Role.CONFIG, Role.BOOTSTRAP}),
)
def sensitive_data(method: Node, file: File, project: Project) -> Iterator[Finding]:
    called = method_call(method)
    if called is None:
        return
    receiver, arguments = called
    to_console = file.text_of(receiver) == "console"
    if not to_console and not looks_like_logger(file, receiver):
        return
    reader = _Reader(file, project)
    rejected = _REJECTED.search(file.data, arguments.start_byte, arguments.end_byte) is not None
    for argument in named(arguments):
        for found in reader.secrets(argument):
            if found.structured and not to_console and redacts(project):
                continue
            hidden = found.instance and found.node == argument and not to_console
            if hidden and 0 < project.layout.nest_major(file.path) < 11:
                continue
            if _for_developers(file, method):
                return
            if rejected and file.text_of(found.node).lower().endswith(("token", "otp")):
                continue
            yield Finding(
                span_of(found.node),
                f"{found.why} written to the log, and whoever reads logs can use it. Leave it out or mask it",
            )
            return


def _for_developers(file: File, node: Node) -> bool:
    """Does a flag such as `isDev` see to it that only developers get the line?"""
    words = {w for test in conditions_of(node) for w in _WORD.findall(file.text_of(test))}
    return "NODE_ENV" in words or any(parts_of(w) & {"dev", "development"} for w in words)


def _shows_ends(file: File, method: str, arguments: list[Node]) -> bool:
    """Is it the first or last few characters that are written, so that people can tell values apart?"""
    if method == "charAt":
        return True
    texts = [file.text_of(argument) for argument in arguments]
    if method not in ("slice", "substring", "substr") or not all(map(_FEW.fullmatch, texts)):
        return False
    return (texts[:1] == ["0"] and len(texts) == 2) or (len(texts) == 1 and texts[0].startswith("-"))


class _Reader:
    """Finds what is written as it is: names, members, holes of templates; not what other calls make of it."""

    def __init__(self, file: File, project: Project | None) -> None:
        """Without a project every type that is declared somewhere may hold a secret."""
        self.file = file
        self.project = project

    def secrets(self, node: Node, structured: bool = False, text: bool = False) -> Iterator[_Secret]:
        """`text`: the value becomes part of a text, where a plain object shows nothing."""
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier"):
            yield from self._name(node, structured, text)
        elif kind == "member_expression":
            yield from self._member(node, structured, text)
        elif kind == "subscript_expression":
            index = child(node, "index")
            key = self.file.text_of(index)[1:-1] if index is not None and index.type == "string" else ""
            if is_secret_name(key):
                yield _Secret(node, f"`{self.file.text_of(node)}` is", structured)
        elif kind == "template_string":
            for part in named(node):
                yield from self.secrets(part, structured, True)
        elif kind == "object":
            for part in named(node):
                yield from self._entry(part)
        elif kind == "array":
            for part in named(node):
                yield from self.secrets(part, structured, text)
        elif kind in _THROUGH:
            for part in named(node)[:1]:
                yield from self.secrets(part, structured or kind == "spread_element", text)
        elif kind == "binary_expression":
            yield from self._binary(node, structured)
        elif kind == "ternary_expression":
            for branch in (child(node, "consequence"), child(node, "alternative")):
                if branch is not None:
                    yield from self.secrets(branch, structured, text)
        elif kind == "call_expression":
            yield from self._call(node, structured)

    def _entry(self, part: Node) -> Iterator[_Secret]:
        value = child(part, "value") if part.type == "pair" else part
        if value is None:
            return
        yield from self.secrets(value, True)
        key = self.file.text_of(child(part, "key")).strip("'\"")
        name = self.file.text_of(child(value, "property") or value)
        held = value.type in ("identifier", "member_expression", "subscript_expression")
        if held and is_secret_name(key) and is_secret_name(f"{name}_token") and not self._is_plain(value):
            yield _Secret(value, f"`{key}` is", True)

    def _binary(self, node: Node, structured: bool) -> Iterator[_Secret]:
        operator = child(node, "operator")
        sides = {"+": ("left", "right"), "??": ("left", "right"), "||": ("left", "right"), "&&": ("right",)}
        joined = operator is not None and operator.type == "+"
        for side in sides.get(operator.type if operator is not None else "", ()):
            if (part := child(node, side)) is not None:
                yield from self.secrets(part, structured, joined)

    def _call(self, node: Node, structured: bool) -> Iterator[_Secret]:
        function, arguments = callee_of(node), named(child(node, "arguments"))
        name = self.file.text_of(function)
        if _SHOWS.match(name) and arguments:
            if (
                len(arguments) == 1
                or arguments[1].type in ("null", "undefined")
                or not name.startswith("JSON")
            ):
                yield from self.secrets(arguments[0])
        elif function is not None and function.type == "member_expression":
            method, owner = self.file.text_of(child(function, "property")), child(function, "object")
            if _shows_ends(self.file, method, arguments):
                return
            if method in _OF_ITSELF and owner is not None:
                yield from self.secrets(owner, structured, True)
            elif method in ("get", "getOrThrow") and arguments and arguments[0].type == "string":
                key = self.file.text_of(arguments[0])[1:-1]
                if "config" in name.lower() and is_secret_name(key.rpartition(".")[2].lower()):
                    yield _Secret(node, f"The setting `{key}` is", structured)

    def _name(self, node: Node, structured: bool, text: bool) -> Iterator[_Secret]:
        name = self.file.text_of(node)
        if is_secret_name(name) and not name[:1].isupper():
            if not self._is_plain(node):
                yield _Secret(node, f"`{name}` is", structured)
            return
        if text:
            return
        param = self._parameter(node, name)
        kind = self._type_of(param) if param is not None else ""
        if _REQUEST.match(name) and self._is_request(node, name, param, kind):
            yield _Secret(
                node, f"`{name}` is the whole request, with its cookies and tokens, and is", structured, True
            )
        elif param is not None and b"@Headers()" in self._bytes(param):
            yield _Secret(node, f"`{name}` holds the authorization header and cookies, and is", structured)
        elif (fact := self._fact(node, name)) is not None:
            if member := self._held(fact.type):
                yield _Secret(node, f"`{name}` holds `{member}` and is", structured, self._is_message(node))
        elif param is None and (member := self._local_member(node, name)):
            yield _Secret(node, f"`{name}` holds `{member}` and is", structured)

    def _member(self, node: Node, structured: bool, text: bool) -> Iterator[_Secret]:
        owner, name = child(node, "object"), self.file.text_of(child(node, "property"))
        whole = self.file.text_of(node)
        if whole.startswith("process.env."):
            if is_secret_name(name.lower()):
                yield _Secret(node, f"`{whole}` is", structured)
        elif is_secret_name(name):
            if name == "token" and parts_of(self.file.text_of(owner)) & _OTHER_TOKENS:
                return
            yield _Secret(child(node, "property") or node, f"`{name}` is", structured)
        elif owner is not None and not text and _REQUEST.match(self.file.text_of(owner).rpartition(".")[2]):
            if name in ("headers", "rawHeaders", "cookies"):
                yield _Secret(node, f"`{whole}` holds tokens and cookies, and is", structured)
            elif name == "body" and self._for_all_routes(node):
                yield _Secret(
                    node, f"`{whole}` holds whatever any route gets, passwords too, and is", structured
                )

    # --- what a name is ---

    def _bytes(self, node: Node) -> bytes:
        return self.file.data[node.start_byte : node.end_byte]

    def _parameter(self, node: Node, name: str) -> Node | None:
        """The parameter of a function around `node` that a name means."""
        for outer in ancestors(node):
            for param in named(child(outer, "parameters")):
                if self.file.text_of(child(param, "pattern")) == name:
                    return param
        return None

    def _type_of(self, param: Node) -> str:
        return self.file.text_of(child(param, "type")).lstrip(": ").partition("<")[0].strip()

    def _is_plain(self, node: Node) -> bool:
        """A number, a flag, a class or an injection token of that name."""
        param = self._parameter(node, self.file.text_of(node))
        return param is not None and self._type_of(param) in _PLAIN_TYPES

    def _is_request(self, node: Node, name: str, param: Node | None, kind: str) -> bool:
        if param is not None:
            return (
                bool(_REQUEST_TYPE.search(kind))
                or re.search(rb"@Req(?:uest)?\(", self._bytes(param)) is not None
            )
        body = next((o for o in ancestors(node) if o.type in ("method_definition", "statement_block")), None)
        made = rb"\b(?:const|let)\s+" + name.encode() + rb"\b[^=;]*=[^;\n]*getRequest\b"
        outer = next((o for o in ancestors(node) if o.type == "method_definition"), body)
        return outer is not None and re.search(made, self._bytes(outer)) is not None

    def _class(self, node: Node) -> Class | None:
        return self.file.class_at(node)

    def _fact(self, node: Node, name: str) -> Param | None:
        """The facts of a method's parameter, unless an inner function has one of that name."""
        cls = self._class(node)
        for outer in ancestors(node):
            if outer.type == "method_definition" and cls is not None:
                method = next((m for m in cls.methods if m.at.start <= node.start_byte < m.at.end), None)
                return next((p for p in method.params if p.name == name), None) if method else None
            if any(self.file.text_of(child(p, "pattern")) == name for p in named(child(outer, "parameters"))):
                return None
        return None

    def _is_message(self, node: Node) -> bool:
        """Is this in a handler of commands, queries or events, which are all made with `new`?"""
        cls = self._class(node)
        project = self.project
        names = [d.name for d in cls.decorators] if cls is not None else []
        symbols = [resolve(project, self.file.path, name) for name in names] if project is not None else []
        return any(isinstance(s, Ext) and s.package == "@nestjs/cqrs" for s in symbols)

    def _held(self, kind: Type | None) -> str:
        """A secret property of a type."""
        if self.project is not None:
            return secret_member(self.project, self.file.path, kind)
        return "" if kind is None or (isinstance(kind, TName) and kind.name in _BUILT_IN) else "?"

    def _local_member(self, node: Node, name: str) -> str:
        """A secret property of the type that a variable of the function is declared with."""
        for outer in ancestors(node):
            if name in (
                self.file.text_of(child(outer, "parameter")),
                self.file.text_of(child(outer, "left")),
            ):
                return ""
            for statement in named(outer) if outer.type == "statement_block" else ():
                if statement.type not in ("lexical_declaration", "variable_declaration"):
                    continue
                for one in named(statement):
                    if self.file.text_of(child(one, "name")) == name:
                        return self._member_of_type(next(iter(named(child(one, "type"))), None))
        return ""

    def _member_of_type(self, kind: Node | None) -> str:
        if kind is None:
            return ""
        if kind.type == "type_identifier":
            return self._held(TName(self.file.text_of(kind)))
        if kind.type == "array_type":
            return self._member_of_type(next(iter(named(kind)), None))
        for member in named(kind) if kind.type == "object_type" else ():
            name, of = self.file.text_of(child(member, "name")), self.file.text_of(child(member, "type"))
            plain = of.lstrip(": ") in _PLAIN_TYPES or "=>" in of
            if member.type == "property_signature" and is_secret_name(name) and not plain:
                return name
        return ""

    def _for_all_routes(self, node: Node) -> bool:
        """Is this code that sees the requests of every route?"""
        cls = self._class(node)
        if cls is not None:
            return any(i.rpartition(".")[2] in _FOR_ALL_ROUTES for i in cls.implements)
        return any(self._takes_next(o) for o in ancestors(node))

    def _takes_next(self, function: Node) -> bool:
        names = [self.file.text_of(child(p, "pattern")) for p in named(child(function, "parameters"))]
        return len(names) == 3 and names[-1] == "next"
