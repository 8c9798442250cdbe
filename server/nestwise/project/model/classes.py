"""Classes as Nest sees them: what they are, what they inherit."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Call, Class, Decorator, Method, Name, dotted
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    followed,
    resolve,
)


class Lineage(Struct, frozen=True):
    """A class and its bases in the workspace, nearest first."""

    refs: tuple[Ref, ...]
    base: Symbol | None
    """Where the chain leaves the workspace (a package's class, a call, unknown); None where it ends."""
    base_call: Here | None = None
    """The call that makes the last base (`AuthGuard('jwt')`), if it is one."""

    @property
    def complete(self) -> bool:
        return self.base is None


@question
def head_of(project: Project, ref: Ref) -> Class | None:
    """A class without its members. What asks for this and for single methods is not asked again when somebody
    types into another one."""
    cls = class_of(project, ref)
    return replace(cls, ctor=None, methods=(), properties=(), passes=None) if cls else None


@question
def method_of(project: Project, ref: Ref, name: str) -> Method | None:
    """A method of an object that the class itself declares."""
    return own_method(class_of(project, ref), name)


@question
def lineage(project: Project, ref: Ref) -> Lineage:
    refs: list[Ref] = []
    current: Ref = ref
    while current not in refs:
        cls = head_of(project, current)
        if cls is None:
            return Lineage(tuple(refs), UNKNOWN)
        refs.append(current)
        if cls.extends is None:
            return Lineage(tuple(refs), None)
        if isinstance(cls.extends, Call):
            maker = followed(project, resolve(project, current.path, dotted(cls.extends.callee)))
            return Lineage(tuple(refs), maker, Here(current.path, cls.extends))
        name = dotted(cls.extends)
        symbol = followed(project, resolve(project, current.path, name)) if name else UNKNOWN
        if not isinstance(symbol, Ref):
            return Lineage(tuple(refs), symbol)
        current = symbol
    return Lineage(tuple(refs), UNKNOWN)


@question
def class_decorators(project: Project, ref: Ref) -> tuple[Applied, ...]:
    """The decorators of one class (not of its bases), taken apart."""
    cls = head_of(project, ref)
    return applied(project, ref.path, cls.decorators) if cls else ()


@question
def method_decorators(project: Project, ref: Ref, name: str) -> tuple[Applied, ...]:
    """The decorators of a method that the class itself declares."""
    method = method_of(project, ref, name)
    return applied(project, ref.path, method.decorators) if method else ()


def executed(project: Project, path: str, decorators: tuple[Decorator, ...]) -> list[Applied]:
    """Decorators taken apart, in the order in which they are executed: the last one written first."""
    return [a for d in reversed(decorators) for a in applied(project, path, (d,))]


def own_method(cls: Class | None, name: str) -> Method | None:
    return next((m for m in cls.methods if m.name == name and not m.static), None) if cls else None


def declaring(project: Project, ref: Ref, method: str) -> Ref | None:
    """The class of the lineage whose method of this name runs."""
    for base in lineage(project, ref).refs:
        if method_of(project, base, method) is not None:
            return base
    return None


NEST = "@nestjs/common"
_ROLES = {
    (NEST, "Controller"): "controller",
    ("@nestjs/graphql", "Resolver"): "resolver",
    ("@nestjs/websockets", "WebSocketGateway"): "gateway",
    ("@nestjs/bull", "Processor"): "processor",
    ("@nestjs/bullmq", "Processor"): "processor",
    (NEST, "Module"): "module",
    (NEST, "Injectable"): "injectable",
    (NEST, "Catch"): "filter",
}


@question
def role_of_class(project: Project, ref: Ref) -> str:
    """controller, resolver, gateway, processor, module, filter, injectable; `unknown` under a decorator that
    cannot be read, empty for a plain class."""
    found = ""
    for deco in class_decorators(project, ref):
        symbol = deco.symbol
        if isinstance(symbol, Ext):
            role = _ROLES.get((symbol.package, symbol.name))
            if role is not None and found in ("", "injectable", "unknown"):
                found = role
        elif symbol is UNKNOWN and not found:
            found = "unknown"
    return found


def display(symbol: Symbol) -> str:
    """A symbol's name for people."""
    return "?" if symbol is UNKNOWN or not isinstance(symbol, (Ref, Ext)) else symbol.name


__all__ = [
    "NEST",
    "Lineage",
    "Name",
    "class_decorators",
    "declaring",
    "display",
    "executed",
    "head_of",
    "lineage",
    "method_decorators",
    "method_of",
    "own_method",
    "role_of_class",
]
