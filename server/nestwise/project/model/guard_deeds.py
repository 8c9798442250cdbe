"""What a guard reads and leaves behind: metadata of handlers and classes, properties of the request.

Read from the whole class, through its bases; what is handed to code elsewhere leaves a doubt.
"""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.extract_guards import ENTRIES, GUARDS, Deeds
from nestwise.project.facts import Call, Function
from nestwise.project.model.metadata import metadata_key
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, Symbol, class_of, declaration, symbol_of, value_of


class Look(Struct, frozen=True):
    """A look at metadata."""

    key: str
    """As of `metadata_key`; `?` for one that cannot be told."""
    handler: bool | None
    cls: bool | None
    """Of the handler, of its class? None where that cannot be told."""


class Doing(Struct, frozen=True):
    """What a guard does with what it gets."""

    looks: tuple[Look, ...] = ()
    takes: frozenset[str] = frozenset()
    """Properties that it reads from a request."""
    gives: frozenset[str] = frozenset()
    """Properties that it sets there."""
    reads_all: bool = True
    """Are these all the looks? Not where it hands the context to code elsewhere."""
    gives_all: bool = True


UNREAD = Doing(reads_all=False, gives_all=False)
_PACKAGES = {
    "@nestjs/passport": Doing(gives=frozenset({"user"})),
    "@nestjs/throttler": Doing(),
}


def doing_of(project: Project, here: Here) -> Doing:
    """What a guard does, by the expression that binds it."""
    here = value_of(project, here)
    expr = here.expr
    symbol = symbol_of(project, Here(here.path, getattr(expr, "callee", expr)))
    return doing_made(project, symbol) if isinstance(expr, Call) else doing_class(project, symbol)


@question(cycle=UNREAD)
def doing_made(project: Project, symbol: Symbol) -> Doing:
    """What a guard does that a function makes."""
    if not isinstance(symbol, Ref):
        return doing_class(project, symbol)
    inner = [c for c in project.facts(symbol.path).classes if c.inside == symbol.name]
    if len(inner) == 1:
        return _whole(project, symbol.path, inner[0].name, symbol.name)
    item = declaration(project, symbol)
    returns = item.body.returns if isinstance(item, Function) and item.body else ()
    return doing_of(project, Here(symbol.path, returns[0])) if len(returns) == 1 else UNREAD


@question(cycle=UNREAD)
def doing_class(project: Project, symbol: Symbol) -> Doing:
    """What a guard does, an interceptor or middleware, by its class."""
    if isinstance(symbol, Ext):
        return _PACKAGES.get(symbol.package, UNREAD)
    if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
        return UNREAD
    return _whole(project, symbol.path, symbol.name, "")


def _whole(project: Project, path: str, name: str, inside: str) -> Doing:
    """The class with its bases."""
    cls = next((c for c in project.facts(path).classes if (c.name, c.inside) == (name, inside)), None)
    if cls is None:
        return UNREAD
    below = doing_of(project, Here(path, cls.extends)) if cls.extends is not None else Doing()
    if not any(method.name in ENTRIES for method in cls.methods):
        return below if cls.extends is not None else UNREAD
    found = project.detail(path, GUARDS)
    deeds = found.of(name, inside) if found is not None else None
    return _joined(project, path, deeds, below) if deeds is not None else UNREAD


def _joined(project: Project, path: str, deeds: Deeds, below: Doing) -> Doing:
    looks = [Look(metadata_key(project, Here(path, one.key)), one.handler, one.cls) for one in deeds.looks]
    gives = set(deeds.gives) | (below.gives if deeds.base else set())
    return Doing(
        tuple(dict.fromkeys([*looks, *below.looks])),
        frozenset(deeds.takes) | below.takes,
        frozenset(gives - {"?"}),
        not deeds.hands and below.reads_all and all(look.key != "?" for look in looks),
        "?" not in gives and below.gives_all,
    )
