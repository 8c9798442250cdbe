"""What guards, and interceptors and middleware like them, read and leave behind: metadata, properties of the
request, and what they hand on. Second-level facts (see `details`): few rules ask, only for files with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.project.details import Detail, Reading
from nestwise.project.extract import CLASSES
from nestwise.project.extract_expr import Reader, named
from nestwise.project.facts import Expr
from nestwise.syntax.nodes import walk

ENTRIES = frozenset({"canActivate", "intercept", "use"})
"""The methods by which Nest calls guards, interceptors and middleware."""


class Look(Struct, frozen=True, array_like=True, gc=False):
    """`reflector.get(KEY, …)`: a look at metadata."""

    key: Expr
    handler: bool | None
    """Of the handler? None where that cannot be told …"""
    cls: bool | None
    """… and of its class?"""


class Deeds(Struct, frozen=True, array_like=True, gc=False):
    """What a class that has one of `ENTRIES` does with what it gets."""

    name: str
    inside: str = ""
    """The function that declares it, empty for a class of the file."""
    looks: tuple[Look, ...] = ()
    takes: tuple[str, ...] = ()
    """Properties that it reads from a request, sorted."""
    gives: tuple[str, ...] = ()
    """Properties that it sets there; `?` where others may."""
    hands: tuple[str, ...] = ()
    """What is called, as written, with the context or a handler among the arguments."""
    base: bool = False
    """Does it ask its base class?"""


class Taken(Struct, frozen=True, array_like=True, gc=False):
    """`const X = createParamDecorator(…)`: what a parameter's decorator takes from the request."""

    name: str
    takes: tuple[str, ...] = ()
    refuses: bool = False
    """Does it throw, or hand the request to code elsewhere?"""


class Guards(Struct, frozen=True, array_like=True, gc=False):
    classes: tuple[Deeds, ...] = ()
    params: tuple[Taken, ...] = ()

    def of(self, name: str, inside: str = "") -> Deeds | None:
        return next((d for d in self.classes if (d.name, d.inside) == (name, inside)), None)


_GETS = re.compile(r"(?i)(?:reflect\w*|metadata)[?!]?\.get\w*$")
_GETTER = r"(?:get|extract|to)\w*Request(?!s|By|\w*I[dD]s?\b)\w*"
"""`getRequest(context)`; what finds a row by its id is none."""
_REQUEST = re.compile(rf"(?:{_GETTER}(?:<[^()]*>)?\([^()]*\)|\.req|\.request)(?:\s+as\s+[\w.]+)?$")
_CONTEXT = re.compile(r"getContext\(")
_NAMED = frozenset({"req", "request", "_req", "_request"})
_FRAMEWORK = re.compile(
    rf"Context\.create$|^super\b|^this\.\w+$|^console\.|[lL]ogger\.\w+$|^(?:this\.)?{_GETTER}$|^Boolean$|^Object\.\w+$"
)
"""What may have the context: parts of Nest, and methods of the class itself, which are read, too."""
_HANDLER = re.compile(r"\.get(?:Handler|Class)\(\)$")


def guards_of(reading: Reading) -> Guards:
    reader = Reader(reading.data)
    root = reading.source.root
    return Guards(
        tuple(_deeds(reader, node, inside) for node, inside in _classes(reader, root)),
        tuple(_params(reader, root)) if reader.has(b"createParamDecorator") else (),
    )


def _params(reader: Reader, root: Node) -> Iterator[Taken]:
    for top in root.named_children:
        for part in named(top.child_by_field_name("declaration") or top):
            value = part.child_by_field_name("value") if part.type == "variable_declarator" else None
            called = reader.text(value.child_by_field_name("function")) if value is not None else ""
            if value is None or not called.endswith("createParamDecorator"):
                continue
            found = _Found(reader, value)
            args = named(value.child_by_field_name("arguments"))
            given = named(args[0].child_by_field_name("parameters")) if args else []
            if len(given) > 1:
                found.contexts.add(reader.text(given[1].child_by_field_name("pattern")))
            found.all(value)
            throws = any(inner.type == "throw_statement" for inner in walk(value))
            name = reader.text(part.child_by_field_name("name"))
            yield Taken(name, tuple(sorted(found.takes)), throws or bool(found.gives or found.hands))


def _classes(reader: Reader, root: Node) -> Iterator[tuple[Node, str]]:
    """Classes with one of `ENTRIES`, each with the function that declares it."""
    for top in root.named_children:
        outer = top.child_by_field_name("declaration") or top.child_by_field_name("value") or top
        name = reader.text(outer.child_by_field_name("name"))
        for node in walk(outer):
            body = node.child_by_field_name("body") if node.type in CLASSES else None
            if any(reader.text(m.child_by_field_name("name")) in ENTRIES for m in named(body)):
                yield node, "" if node.id == outer.id else name or _variable(reader, outer)


def _variable(reader: Reader, node: Node) -> str:
    """The name of `const X = …`."""
    parts = node.named_children
    return reader.text(parts[0].child_by_field_name("name")) if parts else ""


def _deeds(reader: Reader, node: Node, inside: str) -> Deeds:
    found = _Found(reader, node)
    found.all(node)
    return Deeds(
        reader.text(node.child_by_field_name("name")),
        inside,
        tuple(found.looks),
        tuple(sorted(found.takes)),
        tuple(sorted(found.gives)),
        tuple(sorted(found.hands)),
        found.base,
    )


class _Found:
    def __init__(self, reader: Reader, node: Node) -> None:
        self.reader = reader
        self.looks: list[Look] = []
        self.takes: set[str] = set()
        self.gives: set[str] = set()
        self.hands: set[str] = set()
        self.base = False
        self.values: dict[str, str] = {}
        """The local variables with the text of their values."""
        self.requests: set[str] = set(_NAMED)
        self.contexts: set[str] = set()
        self._locals(node)

    def _locals(self, node: Node) -> None:
        text = self.reader.text
        for part in walk(node):
            if part.type == "variable_declarator":
                name, value = part.child_by_field_name("name"), text(part.child_by_field_name("value"))
                if name is None:
                    continue
                if name.type == "identifier":
                    self.values[text(name)] = value
                    if self._is_request(value):
                        self.requests.add(text(name))
            elif part.type in ("required_parameter", "optional_parameter"):
                self._parameter(part)

    def _parameter(self, part: Node) -> None:
        name = self.reader.text(part.child_by_field_name("pattern"))
        kind = self.reader.text(part.child_by_field_name("type")).strip(": ")
        method = part.parent.parent if part.parent is not None else None
        named_as = self.reader.text(method.child_by_field_name("name")) if method is not None else ""
        first = part.parent is not None and part.parent.named_children[:1] == [part]
        if kind.endswith("Context") or named_as == "canActivate" or (first and named_as == "intercept"):
            self.contexts.add(name)
        if re.search(r"(?:^|\b)\w*Request(?:<|$)", kind) or (first and named_as == "use"):
            self.requests.add(name)

    def all(self, node: Node) -> None:
        for part in walk(node):
            match part.type:
                case "call_expression":
                    self.call(part)
                case "member_expression":
                    self.member(part)
                case "subscript_expression":
                    self.subscript(part)
                case "variable_declarator":
                    self.pattern(part)
                case "super":
                    self.base = True
                case _:
                    pass

    def call(self, node: Node) -> None:
        callee = re.sub(r"\s+", "", self.reader.text(node.child_by_field_name("function")))
        args = [a for a in named(node.child_by_field_name("arguments")) if a.type != "comment"]
        if _GETS.search(re.sub(r"<.*$", "", callee)) and args:
            self.looks.append(self._look(args))
            return
        texts = [self.reader.text(a) for a in args]
        if callee == "Object.assign" and texts and self._is_request(texts[0]):
            self._assigned(args[1:])
        elif callee.startswith(("Object.define", "Reflect.set")) and texts and self._is_request(texts[0]):
            self.gives.add(texts[1][1:-1] if len(args) > 1 and args[1].type == "string" else "?")
        elif _FRAMEWORK.search(callee):
            return
        elif any(self._is_request(t) for t in texts):
            self.gives.add("?")
        if any(t in self.contexts or _HANDLER.search(self.values.get(t, t)) for t in texts):
            self.hands.add(callee)
            self.gives.add("?")

    def _look(self, args: list[Node]) -> Look:
        where = " ".join(self._known(self.reader.text(a)) for a in args[1:])
        handler, cls = "getHandler" in where, "getClass" in where
        told = handler or cls
        return Look(self.reader.expr(args[0]), handler if told else None, cls if told else None)

    def _known(self, text: str) -> str:
        """A text with the local variables in it as the texts of their values."""
        return re.sub(r"[A-Za-z_$][\w$]*", lambda name: self.values.get(name[0], name[0]), text)

    def _assigned(self, given: list[Node]) -> None:
        for arg in given:
            for entry in named(arg) if arg.type == "object" else ():
                key = entry.child_by_field_name("key") or entry
                self.gives.add(self.reader.text(key) if entry.type != "spread_element" else "?")
            if arg.type != "object":
                self.gives.add("?")

    def member(self, node: Node) -> None:
        self._access(node, self.reader.text(node.child_by_field_name("property")))

    def subscript(self, node: Node) -> None:
        index = node.child_by_field_name("index")
        text = self.reader.text(index)
        self._access(node, text[1:-1] if index is not None and index.type == "string" else "?")

    def _access(self, node: Node, name: str) -> None:
        if not self._is_request(self.reader.text(node.child_by_field_name("object"))):
            return
        outer = node.parent
        left = outer.child_by_field_name("left") if outer is not None else None
        if (
            outer is not None
            and outer.type in ("assignment_expression", "augmented_assignment_expression")
            and left is not None
            and left.id == node.id
        ):
            self.gives.add(name)
        else:
            self.takes.add(name)

    def pattern(self, node: Node) -> None:
        """`const { user } = request`."""
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or name.type != "object_pattern":
            return
        text = self.reader.text(value)
        if self._is_request(text):
            self.takes |= set(self._keys(name))
        elif _CONTEXT.search(self._known(text)):
            for part in named(name):
                inner = part.child_by_field_name("value")
                if inner is not None and inner.type == "object_pattern" and self._key(part) in _NAMED:
                    self.takes |= set(self._keys(inner))

    def _keys(self, pattern: Node) -> Iterator[str]:
        return (self._key(part) for part in named(pattern))

    def _key(self, part: Node) -> str:
        key = part.child_by_field_name("key") or part.child_by_field_name("left") or part
        return "?" if part.type == "rest_pattern" else self.reader.text(key)

    def _is_request(self, text: str) -> bool:
        text = _bare(text)
        return text in self.requests or bool(_REQUEST.search(text))


_CAST = re.compile(r"\s+(?:as|satisfies)\s+[\w.<>\[\]{}:;?|&\s]+$|^<[\w.<>\[\]\s]+>\s*(?=[\w(])")


def _bare(text: str) -> str:
    """An expression without the brackets and assertions around it: `(request as Known)!` is `request`."""
    while True:
        bare = _CAST.sub("", text.strip().rstrip("!?"))
        if bare.startswith("(") and _closing(bare) == len(bare) - 1:
            bare = bare[1:-1]
        if bare == text:
            return bare
        text = bare


def _closing(text: str) -> int:
    """Where the bracket closes with which a text begins; -1 if it does not."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return place
    return -1


GUARDS = Detail("guards", Guards, guards_of)
