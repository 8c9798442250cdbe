"""Code on its way from a controller to a service: what it uses comes along, is handed over or found there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.project.facts import Class, Property
from nestwise.project.model.classes import lineage
from nestwise.project.model.loggers import class_loggers
from nestwise.project.model.needs import Need, needs_of
from nestwise.project.model.project import Project
from nestwise.project.model.specifiers import specifier_of_new
from nestwise.project.model.symbols import Ext, Ref, class_of, resolve
from nestwise.refactor.draft import Draft, Refused, Sheet, class_node, decorators_of, extent, members
from nestwise.refactor.scene import SERVERS, Origin
from nestwise.refactor.services import Home, Target, homes_of, is_plain, leads_to, visible
from nestwise.syntax.free import declared_by, uses_in
from nestwise.syntax.nodes import child, named, this_at
from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span

_ACCESS = frozenset({"private", "protected", "public", "readonly"})
_HOOKS = re.compile(r"(on|before|after)[A-Z]\w*(Init|Destroy|Bootstrap|Shutdown|Connection|Disconnect)$")
_REQUEST_TOKENS = frozenset({"REQUEST", "INQUIRER"})
_MOVABLE = {
    "lexical_declaration", "function_declaration", "generator_function_declaration", "interface_declaration",
    "type_alias_declaration", "enum_declaration",
}  # fmt: skip
_TYPES = frozenset({"interface_declaration", "type_alias_declaration"})


class Dep(Struct):
    """Something injected that the moved code needs in the service."""

    name: str
    """In the controller."""
    there: str
    """In the service."""
    parameter: str = ""
    """What the service's constructor takes for it; empty where it has it."""


class Move:
    """What goes from a class of a file into a service. Edits of what moves are of the original text."""

    def __init__(self, project: Project, path: str, cls: Class, target: Target) -> None:
        self.project = project
        self.path = path
        self.cls = cls
        self.target = target
        self.ref = Ref(path, cls.name)
        self.homes: tuple[Home, ...] = homes_of(project, self.ref)
        self.draft = Draft(project)
        self.sheet: Sheet = self.draft.sheet(path)
        self.source: Source = self.sheet.first
        node = class_node(self.source, cls.name)
        if node is None:
            raise Refused("the class is not at the top of its file")
        self.node = node
        self.same_file = target.ref.path == path
        self.deps: dict[str, Dep] = {}
        self.helpers: dict[str, Node] = {}
        self.fields: dict[str, Node] = {}
        self.tops: dict[str, Node] = {}
        self.exported: dict[str, Node] = {}
        """Types of the controller's file that the service imports, and that nobody could until now."""
        self.logger: dict[str, str] = {}
        """Loggers of the controller, and what the service calls its own."""
        self.origins: set[Origin] = set()
        self.edits: list[Edit] = []
        """Of the original text, within what moves."""
        self.spans: list[Span] = []
        """What moves, of the original text."""

    # --- what the code uses -----------------------------------------------------------------

    def take(self, nodes: list[Node], local: set[str]) -> None:
        """Code that moves: `local` names are declared around it, and handed over."""
        for node in nodes:
            self._this(node)
        for use in uses_in(self.source, nodes):
            if use.name == "arguments":
                raise Refused("it uses `arguments`")
            if use.name not in local:
                self.name(use.name, use.is_type)

    def take_helper(self, name: str) -> None:
        """A method moves whole."""
        if name not in self.helpers:
            self._helper(name)

    def _this(self, top: Node) -> None:
        stack = [top]
        while stack:
            node = stack.pop()
            if node.type == "super":
                raise Refused("it uses `super`")
            if node.type == "yield_expression":
                raise Refused("it yields")
            if node.type == "this" and this_at(self.source, node) == "instance":
                self._this_use(node)
            stack.extend(reversed(node.children))

    def _this_use(self, this: Node) -> None:
        outer = this.parent
        name = child(outer, "property")
        if outer is None or outer.type != "member_expression" or name is None:
            raise Refused("it hands over `this`")
        around = outer.parent
        assigned = around is not None and (
            around.type == "update_expression"
            or (around.type.endswith("assignment_expression") and _same(child(around, "left"), outer))
        )
        text = self.source.text_of(name)
        if assigned:
            raise Refused(f"it assigns to `this.{text}`")
        there = self._member(text)
        if there is None:
            self.edits.append(Edit(Span(this.start_byte, outer.end_byte), "this"))
        elif there != text:
            self.edits.append(Edit(Span(name.start_byte, name.end_byte), there))

    def _member(self, name: str) -> str | None:
        """What the service calls a member of the controller; None for the service itself."""
        if name == self.target.field:
            return None
        if name in self.deps:
            return self.deps[name].there
        if name in self.logger:
            return self.logger[name]
        if name in self.helpers or name in self.fields:
            return name
        if any(p.name == name and p.access for p in self.cls.ctor or ()):
            return self._dependency(name)
        methods = [m for m in self.cls.methods if m.name == name]
        if methods:
            return self._helper(name)
        prop = next((p for p in self.cls.properties if p.name == name), None)
        if prop is None:
            raise Refused(f"`this.{name}` is inherited, or nothing")
        return self._field(prop)

    def _dependency(self, name: str, prop: Node | None = None) -> str:
        need = next((n for n in needs_of(self.project, self.ref).items if n.name == name), None)
        if need is None or need.forward or (need.why and not need.explicit):
            raise Refused(f"it cannot be told what `{name}` is")
        if need.token in _REQUEST_TOKENS:
            raise Refused(f"`{name}` is of one request")
        has = self._has(need)
        if has:
            self.deps[name] = Dep(name, has)
            return has
        parameter = self._parameter(name) if prop is None else prop
        if isinstance(need.token, Ref) and not is_plain(self.project, need.token):
            raise Refused(f"`{name}` is not made once for all requests")
        if not visible(self.project, self.target, self.homes, need.token):
            raise Refused(f"the module of {self.target.ref.name} does not see what `{name}` is")
        if leads_to(self.project, self.target, need.token):
            raise Refused(f"`{name}` needs {self.target.ref.name} itself")
        self._is_free(name)
        kept: list[str] = []
        words = [self.source.text_of(d) for d in decorators_of(parameter)]
        kept += words
        access = [self.source.text_of(c) for c in parameter.children if _is_access(c)]
        if "private" not in access:
            access = ["private", *(a for a in access if a == "readonly")]
        annotation = child(parameter, "type")
        pattern = child(parameter, "pattern") or child(parameter, "name")
        mark = "?" if parameter.type == "optional_parameter" else ""
        text = f"{self.source.text_of(pattern)}{mark}{self.source.text_of(annotation)}"
        self.deps[name] = Dep(name, name, " ".join([*kept, *access, text]))
        for use in uses_in(self.source, [*decorators_of(parameter), *([annotation] if annotation else [])]):
            self.name(use.name, False)  # also of a type: it is what Nest injects by
        return name

    def _has(self, need: Need) -> str:
        """The name under which the service has the same already."""
        if self.target.new:
            return ""
        cls = class_of(self.project, self.target.ref)
        for own in needs_of(self.project, self.target.ref).items:
            if own.token != need.token or own.token == Ref("", ""):
                continue
            held = any(p.name == own.name and p.access for p in (cls.ctor if cls else None) or ())
            held = held or any(p.name == own.name for p in (cls.properties if cls else ()))
            if own.name and own.declared == self.target.ref and held:
                return own.name
        return ""

    def _parameter(self, name: str) -> Node:
        for member in members(self.node):
            if (
                member.type == "method_definition"
                and self.source.text_of(child(member, "name")) == "constructor"
            ):
                for node in named(child(member, "parameters")):
                    if self.source.text_of(child(node, "pattern")) == name:
                        return node
        raise Refused(f"`{name}` is not in the constructor")

    def _helper(self, name: str) -> str:
        facts = [m for m in self.cls.methods if m.name == name]
        if len(facts) != 1 or facts[0].kind or facts[0].static:
            raise Refused(f"`{name}` is no plain method")
        method = facts[0]
        if method.decorators:
            raise Refused(f"it calls `{name}`, which is a handler itself")
        if method.access != "private" and not name.startswith("#") and self._may_be_called(name):
            raise Refused(f"`{name}` may be called from elsewhere")
        node = next(
            m
            for m in members(self.node)
            if m.type == "method_definition" and self.source.text_of(child(m, "name")) == name
        )
        self._is_free(name)
        self.helpers[name] = node
        self.spans.append(extent(self.source, node))
        self.take([node], set())
        return name

    def _may_be_called(self, name: str) -> bool:
        if _HOOKS.match(name) or self.cls.implements or self.cls.extends is not None:
            return True
        pattern = re.compile(rb"[.?]" + re.escape(name.encode()) + rb"\b")
        for path in self.project:
            if path != self.path and any(
                i.local == self.cls.name or i.name == self.cls.name for i in self.project.facts(path).imports
            ):
                reading = self.project.reading(path)
                if reading is not None and pattern.search(reading.data):
                    return True
        return False

    def _field(self, prop: Property) -> str:
        node = next(
            (m for m in members(self.node) if self.source.text_of(child(m, "name")) == prop.name), None
        )
        if node is None or prop.static:
            raise Refused(f"`this.{prop.name}` is no plain field")
        if prop.decorators:
            return self._dependency(prop.name, node)
        if any(log.written == f"this.{prop.name}" for log in class_loggers(self.project, self.ref)):
            return self._logger(prop, node)
        if child(node, "value") is None:
            raise Refused(f"`this.{prop.name}` belongs to the controller")
        self._is_free(prop.name)
        self.fields[prop.name] = node
        self.spans.append(extent(self.source, node))
        self.take([node], set())
        return prop.name

    def _logger(self, prop: Property, node: Node) -> str:
        mine = next(
            log for log in class_loggers(self.project, self.ref) if log.written == f"this.{prop.name}"
        )
        for log in class_loggers(self.project, self.target.ref) if not self.target.new else ():
            if log.speech == mine.speech and log.written.startswith("this."):
                self.logger[prop.name] = log.written.removeprefix("this.")
                return self.logger[prop.name]
        value = child(node, "value")
        if value is None:
            raise Refused(f"`this.{prop.name}` is set elsewhere")
        self._is_free(prop.name)
        self.fields[prop.name] = node
        self.logger[prop.name] = prop.name
        for use in uses_in(self.source, [node]):
            if use.name == self.cls.name:
                span = Span(use.node.start_byte, use.node.end_byte)
                self.edits.append(Edit(span, self.target.ref.name))
            else:
                self.name(use.name, use.is_type)
        return prop.name

    def _is_free(self, name: str) -> None:
        """Raises Refused where the service means something else by a name."""
        if name in self.taken():
            raise Refused(f"{self.target.ref.name} has its own `{name}`")

    def taken(self) -> set[str]:
        """The members of the service, inherited ones too, and those that come along."""
        found = {*self.helpers, *self.fields, *(d.there for d in self.deps.values())}
        if self.target.new:
            return found
        line = lineage(self.project, self.target.ref)
        for base in line.refs:
            cls = class_of(self.project, base)
            if cls is not None:
                found |= {m.name for m in cls.methods} | {p.name for p in cls.properties}
                found |= {p.name for p in cls.ctor or () if p.access}
        return found

    # --- names of the file --------------------------------------------------------------------

    def name(self, name: str, is_type: bool) -> None:
        """The service needs a name of the controller's file."""
        if self.same_file:
            return
        facts = self.project.facts(self.path)
        if any(i.local == name for i in facts.imports):
            self.origins.add(Origin(self.path, name, is_type))
            return
        if name == self.cls.name:
            raise Refused(f"it uses {name} itself")
        if name in self.cls.type_params:
            raise Refused("it uses a type parameter of the class")
        if name in self.tops:
            return
        top = self._top(name)
        if top is not None:
            self._declared(name, top, is_type)

    def _top(self, name: str) -> Node | None:
        return next((n for n in self.source.root.named_children if name in declared_by(self.source, n)), None)

    def _declared(self, name: str, top: Node, is_type: bool) -> None:
        """A declaration of the controller's file: it moves along, or stays and is imported for its type."""
        exported = top.type == "export_statement"
        inner = child(top, "declaration") if exported else top
        kind = inner.type if inner is not None else ""
        movable = not exported and kind in _MOVABLE
        if kind == "lexical_declaration" and inner is not None:
            parts = named(inner)
            movable = movable and len(parts) == 1 and any(c.type == "const" for c in inner.children)
            movable = movable and child(parts[0], "name") is not None
            movable = movable and getattr(child(parts[0], "name"), "type", "") == "identifier"
        if kind in _TYPES and self._stays(top):
            movable = False
        overloads = [n for n in self.source.root.named_children if name in declared_by(self.source, n)]
        if movable and len(overloads) == 1:
            self.tops[name] = top
            self.spans.append(extent(self.source, top))
            self.take([top], set())
        elif is_type or kind in _TYPES:
            self.origins.add(Origin(self.path, name, True))
            if not exported:
                self.exported[name] = top
        else:
            raise Refused(f"`{name}` belongs to the controller's file")

    def cls_private(self, name: str) -> bool:
        """Can nothing outside of the class use a field?"""
        return name.startswith("#") or any(
            p.name == name and p.access == "private" for p in self.cls.properties
        )

    def specifier(self, target: str, importer: str = "") -> str:
        """How a file, the controller's by default, imports from the service's."""
        return specifier_of_new(self.project, importer or self.path, target)

    def _stays(self, top: Node) -> bool:
        """Is a type made of the server's request or response? Then it is none of the service's."""
        found = (resolve(self.project, self.path, use.name) for use in uses_in(self.source, [top]))
        return any(isinstance(symbol, Ext) and symbol.package in SERVERS for symbol in found)

    # --- what is left -------------------------------------------------------------------------

    def settle(self) -> None:
        """Raises Refused where a field that moves is used by what stays."""
        for name in self.fields:
            if name not in self.logger and any(True for _ in self.uses_left(self.node, name)):
                raise Refused(f"`this.{name}` belongs to the controller")

    def uses_left(self, node: Node, name: str) -> Iterator[Node]:
        """The places outside of what moves where the class says `this.name`: the `this` of each."""
        stack = [node]
        while stack:
            node = stack.pop()
            if any(s.start <= node.start_byte and node.end_byte <= s.end for s in self.spans):
                continue
            if node.type == "member_expression":
                this = child(node, "object")
                if (
                    this is not None
                    and this.type == "this"
                    and self.source.text_of(child(node, "property")) == name
                ):
                    yield this
            stack.extend(node.named_children)


def _is_access(node: Node) -> bool:
    return node.type in ("accessibility_modifier", "readonly") or (node.type in _ACCESS)


def _same(one: Node | None, other: Node) -> bool:
    return one is not None and one.id == other.id
