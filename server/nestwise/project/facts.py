"""Facts of one file, as immutable records: what the file says, before anyone asks what it means.

Names are as written: nothing here is resolved. Positions (`At`) are carried along and never
compared, so two facts are equal when they *mean* the same. That one choice is the firewall of
incremental checking: typing inside a method body moves positions but leaves `FileFacts` equal,
so nothing that was derived from it is computed again.

The records are msgspec structs because they also live in the cache: they decode about ten times
faster than dataclasses do, and never by running code.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from nestwise.syntax.text import Span


class At(Struct, frozen=True, array_like=True, eq=False, gc=False):
    """Where a fact stands: a half-open range of bytes of its own file. Equal to every other `At`."""

    start: int
    end: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, At)

    def __hash__(self) -> int:
        return 0

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


NOWHERE = At(0, 0)


class _Fact(Struct, frozen=True, array_like=True, gc=False, tag_field="k"):
    """What all records share."""


# --- Expressions: decorator arguments, constants, what a function returns ---------------------


class Lit(_Fact, frozen=True, tag="l"):
    """A literal: a string's value (without quotes, escapes as written), or `raw` text of the others."""

    kind: str
    """string, number, boolean, null, undefined or regex."""
    value: str


class Name(_Fact, frozen=True, tag="n", cache_hash=True):
    id: str
    at: At = NOWHERE


class Member(_Fact, frozen=True, tag="m", cache_hash=True):
    """`object.name`, also `object?.name`."""

    object: Expr
    name: str


class Call(_Fact, frozen=True, tag="c", cache_hash=True):
    callee: Expr
    args: tuple[Expr, ...]
    types: tuple[Type, ...] = ()
    awaited: bool = False
    at: At = NOWHERE


class New(_Fact, frozen=True, tag="w"):
    callee: Expr
    args: tuple[Expr, ...]
    at: At = NOWHERE


class Arr(_Fact, frozen=True, tag="a"):
    items: tuple[Expr, ...]


class Entry(_Fact, frozen=True, tag="e"):
    """`key: value` of an object literal. A spread has the key `...`, a computed key is `[]`."""

    key: str
    value: Expr
    at: At = NOWHERE


class Obj(_Fact, frozen=True, tag="o"):
    entries: tuple[Entry, ...]
    at: At = NOWHERE

    def get(self, key: str) -> Expr | None:
        return next((entry.value for entry in self.entries if entry.key == key), None)

    @property
    def closed(self) -> bool:
        """Are these all the keys? Not where something is spread in or computed."""
        return all(entry.key not in ("...", "[]") for entry in self.entries)


class Spread(_Fact, frozen=True, tag="s"):
    value: Expr


class Fn(_Fact, frozen=True, tag="f"):
    """An arrow function or function expression, by what it may return."""

    params: tuple[str, ...]
    returns: tuple[Expr, ...]


class Cond(_Fact, frozen=True, tag="?"):
    test: Expr
    then: Expr
    other: Expr


class Op(_Fact, frozen=True, tag="b"):
    """A binary or unary operation; of a unary one `left` is absent."""

    op: str
    left: Expr | None
    right: Expr


class Opaque(_Fact, frozen=True, tag="x"):
    """An expression that the facts do not follow (a template with holes, an element access …)."""

    kind: str


Expr = Lit | Name | Member | Call | New | Arr | Obj | Spread | Fn | Cond | Op | Opaque


# --- Types -----------------------------------------------------------------------------------


class TName(_Fact, frozen=True, tag="tn"):
    """A named type, `ns.Name<args>` included; also keywords (`string`, `any`, `void` …)."""

    name: str
    args: tuple[Type, ...] = ()
    at: At = NOWHERE


class TArray(_Fact, frozen=True, tag="ta"):
    """`T[]`, `readonly T[]`. `Array<T>` stays a name."""

    of: Type


class TUnion(_Fact, frozen=True, tag="tu"):
    of: tuple[Type, ...]


class TInter(_Fact, frozen=True, tag="ti"):
    of: tuple[Type, ...]


class TLit(_Fact, frozen=True, tag="tl"):
    """A literal type: `'asc'`, `1`, `true`, `null`, `undefined`."""

    text: str


class TObject(_Fact, frozen=True, tag="to"):
    """An inline object type; `members` are its properties, in order, optional ones with their `?`."""

    members: tuple[tuple[str, Type | None], ...]


class TOther(_Fact, frozen=True, tag="tx"):
    """Functions, tuples, conditional and mapped types, `typeof x`, `keyof T` …"""

    kind: str
    text: str = ""


Type = TName | TArray | TUnion | TInter | TLit | TObject | TOther


# --- Declarations ----------------------------------------------------------------------------


class Decorator(_Fact, frozen=True, tag="D", cache_hash=True):
    expr: Expr
    """A `Call`, or a `Name`/`Member` for a decorator without parentheses."""
    at: At = NOWHERE

    @property
    def name(self) -> str:
        """As written, with dots: `UseGuards`, `common.Get`."""
        return dotted(self.expr.callee if isinstance(self.expr, Call) else self.expr)

    @property
    def args(self) -> tuple[Expr, ...]:
        return self.expr.args if isinstance(self.expr, Call) else ()


class Param(_Fact, frozen=True, tag="P"):
    name: str
    """`...rest` with its dots; empty for a destructured parameter: then `keys` has what it takes."""
    type: Type | None = None
    decorators: tuple[Decorator, ...] = ()
    optional: bool = False
    default: bool = False
    access: str = ""
    """private, protected, public or readonly, for a parameter property."""
    keys: tuple[str, ...] = ()
    at: At = NOWHERE
    name_at: At = NOWHERE


class Guarding(_Fact, frozen=True, tag="G"):
    """`if (test) return true`, or another early way out of a function."""

    test: Expr
    result: Expr | None
    """What is returned; None for a throw."""


class Body(_Fact, frozen=True, tag="B"):
    """What the model must know of a function that Nest calls: never of an ordinary one."""

    locals: tuple[tuple[str, Expr], ...] = ()
    """Local names with what they are first given."""
    calls: tuple[Expr, ...] = ()
    """Calls that stand as statements, in order, however nested in blocks."""
    returns: tuple[Expr, ...] = ()
    exits: tuple[Guarding, ...] = ()
    words: tuple[str, ...] = ()
    """Every identifier and property name in it, sorted."""
    catches: bool = False
    throws: bool = False
    """Is something thrown that no `catch` of the body takes?"""
    maybe: tuple[int, ...] = ()
    """Which of `calls`, by their places, stand under a condition, in a loop, or behind a way out."""
    called: tuple[str, ...] = ()
    """Of a guard's or middleware's class: all that is called, as written (`this.jwt.verify`), sorted."""
    unsafe: tuple[str, ...] = ()
    """That of `called` around which no `catch` stands: what it throws leaves the function."""


class Method(_Fact, frozen=True, tag="M"):
    name: str
    decorators: tuple[Decorator, ...] = ()
    params: tuple[Param, ...] = ()
    returns: Type | None = None
    kind: str = ""
    """get, set or empty."""
    access: str = ""
    static: bool = False
    is_async: bool = False
    """`async`, and no generator: calling it gives a promise."""
    body: Body | None = None
    at: At = NOWHERE
    name_at: At = NOWHERE
    body_at: At = NOWHERE


class Property(_Fact, frozen=True, tag="F"):
    name: str
    type: Type | None = None
    decorators: tuple[Decorator, ...] = ()
    optional: bool = False
    value: Expr | None = None
    static: bool = False
    readonly: bool = False
    access: str = ""
    at: At = NOWHERE
    name_at: At = NOWHERE


class Class(_Fact, frozen=True, tag="C"):
    name: str
    extends: Expr | None = None
    extends_types: tuple[Type, ...] = ()
    implements: tuple[str, ...] = ()
    type_params: tuple[str, ...] = ()
    decorators: tuple[Decorator, ...] = ()
    ctor: tuple[Param, ...] | None = None
    """None where the class has no constructor of its own."""
    methods: tuple[Method, ...] = ()
    properties: tuple[Property, ...] = ()
    abstract: bool = False
    inside: str = ""
    """The top-level function that declares this class, empty for a class of the file."""
    at: At = NOWHERE
    name_at: At = NOWHERE
    body_at: At = NOWHERE
    """Between the braces."""
    passes: tuple[Expr, ...] | None = None
    """What its constructor hands to `super(…)`; None where it has none of its own, or calls none."""

    def method(self, name: str) -> Method | None:
        return next((m for m in self.methods if m.name == name and not m.static), None)


class Function(_Fact, frozen=True, tag="U"):
    """A named function of the file: a declaration, or a const that holds an arrow function."""

    name: str
    params: tuple[Param, ...] = ()
    body: Body | None = None
    """Only for functions that may be decorators, bootstraps or factories."""
    is_async: bool = False
    at: At = NOWHERE


class Const(_Fact, frozen=True, tag="K"):
    """A variable of the file with the value that it is given, if the facts can follow it."""

    name: str
    value: Expr
    type: Type | None = None
    mutable: bool = False
    at: At = NOWHERE


class TypeDecl(_Fact, frozen=True, tag="T"):
    """An interface, a type alias or an enum."""

    name: str
    kind: str
    """interface, alias or enum."""
    type: Type | None = None
    """What an alias stands for; the members of an interface; None for an enum."""
    extends: tuple[str, ...] = ()
    members: tuple[tuple[str, str], ...] = ()
    """Of an enum: names with the text of their values."""
    type_params: tuple[str, ...] = ()
    at: At = NOWHERE


class Import(_Fact, frozen=True, tag="I"):
    module: str
    name: str
    """As exported: a name, `default`, `*` for a namespace, or empty for a bare import."""
    local: str
    type_only: bool = False
    at: At = NOWHERE
    """The specifier, without the `type` before it; of a default or namespace import its name."""


class Export(_Fact, frozen=True, tag="E"):
    """What the file hands out. A star export has the name `*` and no local name."""

    name: str
    local: str = ""
    """The local name, or with `module` the name that the other module exports; `*` for a namespace."""
    module: str = ""
    type_only: bool = False
    at: At = NOWHERE
    """The specifier, or the whole statement."""


class FileFacts(_Fact, frozen=True, tag="A"):
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    classes: tuple[Class, ...] = ()
    functions: tuple[Function, ...] = ()
    consts: tuple[Const, ...] = ()
    types: tuple[TypeDecl, ...] = ()
    main: Body | None = None
    """The statements of the file itself, where they call something."""

    def class_at(self, offset: int) -> Class | None:
        """The innermost class around `offset` (bytes)."""
        found = [c for c in self.classes if c.at.start <= offset < c.at.end]
        return min(found, key=lambda c: c.at.end - c.at.start, default=None)


EMPTY = FileFacts()


def dotted(expr: Any) -> str:
    """`a.b.c` of names and members; empty for anything else."""
    match expr:
        case Name(id=name):
            return name
        case Member(object=inner, name=name):
            head = dotted(inner)
            return f"{head}.{name}" if head else ""
        case _:
            return ""


def string(expr: Any) -> str | None:
    """The value of a string literal, else None."""
    return expr.value if isinstance(expr, Lit) and expr.kind == "string" else None


def literal(expr: Any) -> bool | None:
    """The value of `true` or `false`, else None."""
    if isinstance(expr, Lit) and expr.kind == "boolean":
        return expr.value == "true"
    return None
