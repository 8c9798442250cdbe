"""Reading what ORMs are told: options, names of targets, texts. A text is None where it cannot be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from nestwise.project.facts import (
    Arr,
    Call,
    Class,
    Const,
    Expr,
    Fn,
    Lit,
    Member,
    Name,
    New,
    Obj,
    Op,
    Property,
    Spread,
    TypeDecl,
    dotted,
)
from nestwise.project.kinds import Kind
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, entry, is_absent, look, symbol_in
from nestwise.project.model.symbols import (
    Ext,
    Here,
    Ref,
    Symbol,
    Unknown,
    class_of,
    declaration,
)
from nestwise.project.model.types import written

SCALARS = {"String": "string", "Number": "number", "Boolean": "boolean", "Date": "Date", "Buffer": "Buffer"}
"""What classes of the language say about a column."""
_SHOWN = 60
"""Characters of a default that people see."""


@dataclass(frozen=True, slots=True)
class Options:
    """An object of options, or nothing given at all."""

    project: Project
    val: Val | None = None

    def at(self, key: str) -> Val | None:
        """What is given; None where it cannot be told, `undefined` where nothing is."""
        if self.val is None:
            return Val("", Lit("undefined", "undefined"))
        found = entry(self.project, self.val, key)
        return look(self.project, found) if found is not None else None

    def has(self, key: str) -> bool:
        found = self.at(key)
        return found is not None and not is_absent(found.expr)

    def flag(self, key: str, default: bool = False) -> bool | None:
        found = self.at(key)
        if found is None:
            return None
        if is_absent(found.expr):
            return default
        if isinstance(found.expr, Lit) and found.expr.kind == "boolean":
            return found.expr.value == "true"
        return None

    def text(self, key: str) -> str | None:
        """A string or a number; empty where there is none."""
        found = self.at(key)
        if found is None:
            return None
        if is_absent(found.expr):
            return ""
        if isinstance(found.expr, Lit) and found.expr.kind in ("string", "number"):
            return found.expr.value
        return None

    def shown(self, key: str) -> str | None:
        """As written; empty where there is none."""
        found = self.at(key)
        if found is None:
            return None
        return "" if isinstance(found.expr, Lit) and found.expr.kind == "undefined" else shown(found.expr)

    def inner(self, key: str) -> Options:
        found = self.at(key)
        given = found is not None and isinstance(found.expr, Obj)
        return Options(self.project, found if given else None)

    def names(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, or one text."""
        found = self.at(key)
        return names_in(self.project, found) if found is not None else None

    @property
    def readable(self) -> bool:
        """Is this an object, or surely nothing?"""
        return self.val is None or isinstance(look(self.project, self.val).expr, Obj)


def generated_in(options: Options) -> str:
    """Of a column: `generated: true | 'uuid'`, or an expression that computes it."""
    if options.has("asExpression"):
        return "computed"
    given = options.at("generated")
    if given is None or not isinstance(given.expr, Lit):
        return ""
    return {"true": "increment", "false": "", "undefined": ""}.get(given.expr.value, given.expr.value)


def cascade_in(options: Options) -> str | None:
    """Of a relation: `cascade: true | ['insert', 'update']`."""
    given = options.at("cascade")
    if given is None:
        return None
    if isinstance(given.expr, Lit):
        return "all" if given.expr.value == "true" else ""
    names = names_in(options.project, given)
    return ", ".join(names) if names is not None else None


def opposite(flag: bool | None) -> bool | None:
    return None if flag is None else not flag


def val_of(project: Project, here: Here | None) -> Val | None:
    """What an argument is, constants followed."""
    return look(project, Val(here.path, here.expr)) if here is not None else None


def options_at(project: Project, deco: Applied, *positions: int) -> Options:
    """The first argument, of those, that is no text and no function."""
    for position in positions:
        here = deco.arg(position)
        if here is None:
            continue
        val = look(project, Val(here.path, here.expr))
        if not isinstance(val.expr, (Lit, Fn, Arr)):
            return Options(project, val)
    return Options(project)


def text_at(project: Project, here: Here | None) -> str | None:
    """A text that is given; empty for none or for something else, None where it cannot be told."""
    if here is None:
        return ""
    val = look(project, Val(here.path, here.expr))
    if isinstance(val.expr, Lit):
        return val.expr.value if val.expr.kind in ("string", "number") else ""
    return "" if isinstance(val.expr, (Obj, Fn, Arr)) else None


def names_in(project: Project, val: Val) -> tuple[str, ...] | None:
    """Texts of a list, of one text, of a function that gives properties (`(x) => [x.a, x.b]`) or an object
    with them as keys."""
    val = look(project, val)
    match val.expr:
        case Lit(kind="string", value=text):
            return (text,)
        case Lit():
            return ()
        case Fn(params=(param, *_), returns=(given,)):
            if isinstance(given, Obj):
                return tuple(e.key for e in given.entries) if given.closed else None
            found = [_path_below(e, param) for e in (given.items if isinstance(given, Arr) else (given,))]
            return tuple(found) if all(found) else None
        case Arr(items=items):
            texts: list[str] = []
            for item in items:
                inner = look(project, val.at(item.value if isinstance(item, Spread) else item))
                if not isinstance(inner.expr, Lit) or isinstance(item, Spread):
                    return None
                texts.append(inner.expr.value)
            return tuple(texts)
        case _:
            return None


def _path_below(expr: Expr, param: str) -> str:
    """`b.c` of `a.b.c`."""
    name = dotted(expr)
    head, _, rest = name.partition(".")
    return rest if head == param.split(":")[0].strip("( ") else ""


def property_named(project: Project, val: Val | None) -> str | None:
    """The property on the other side: `'photos'`, `(user) => user.photos`; empty for none."""
    if val is None:
        return ""
    found = names_in(project, val)
    return None if found is None else found[0] if found else ""


def target_in(project: Project, val: Val | None) -> Ref | str | None:
    """The entity that `User`, `() => User`, `'User'`, `forwardRef(() => User)` or `User.name` means."""
    if val is None:
        return None
    shown_ = look(project, val) if not dotted(val.expr) else val
    match shown_.expr:
        case Fn(returns=(given,)):
            return target_in(project, Val(shown_.path, given, shown_.scope))
        case Arr(items=(given, *_)) | Call(callee=Name(id="forwardRef"), args=(given,)):
            return target_in(project, shown_.at(given))
        case Lit(kind="string", value=text):
            return text
        case Member(object=Name() as owner, name="name"):
            return target_in(project, shown_.at(owner))
        case _:
            pass
    symbol = symbol_in(project, shown_)
    if isinstance(symbol, Ref) and "." not in symbol.name and declaration(project, symbol) is not None:
        return symbol
    seen = look(project, shown_)
    if isinstance(seen.expr, Lit) and seen.expr.kind == "string":
        return seen.expr.value
    return symbol.name if isinstance(symbol, Ext) and symbol.package else None


def enum_shown(project: Project, val: Val | None) -> str:
    """An enumeration by its name, a list by its texts."""
    if val is None:
        return "?"
    if is_absent(val.expr):
        return ""
    found = names_in(project, val) if isinstance(val.expr, Arr) else None
    return ", ".join(found) if found else shown(val.expr)


def shown(expr: Expr, depth: int = 0) -> str:
    """An expression as people read it, in one line and cut short."""
    text = _written(expr, depth)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _written(expr: Expr, depth: int) -> str:
    if depth > 4:
        return "…"
    match expr:
        case Lit(kind="string", value=text):
            return f"'{text}'"
        case Lit(value=text):
            return text
        case Name() | Member() if name := dotted(expr):
            return name
        case Member(object=inner, name=name):
            return f"{_written(inner, depth + 1)}.{name}"
        case Call(callee=callee, args=args):
            return f"{_written(callee, depth + 1)}({', '.join(_written(a, depth + 1) for a in args)})"
        case New(callee=callee):
            return (
                f"new {_written(callee, depth + 1)}(…)" if expr.args else f"new {_written(callee, depth)}()"
            )
        case Arr(items=items):
            return f"[{', '.join(_written(i, depth + 1) for i in items)}]"
        case Obj(entries=entries):
            listed = ", ".join(f"{e.key}: {_written(e.value, depth + 1)}" for e in entries)
            return f"{{ {listed} }}" if listed else "{}"
        case Fn(params=params, returns=(given,)):
            return f"({', '.join(params)}) => {_written(given, depth + 1)}"
        case Fn(params=params):
            return f"({', '.join(params)}) => …"
        case Op(op=op, left=left, right=right):
            ahead = f"{_written(left, depth + 1)} " if left is not None else ""
            return f"{ahead}{op}{' ' if left is not None else ''}{_written(right, depth + 1)}"
        case Spread(value=value):
            return f"...{_written(value, depth + 1)}"
        case _:
            return "…"


def decorators_of(project: Project, path: str, prop: Property) -> tuple[Applied, ...]:
    return applied(project, path, prop.decorators)


def is_of(deco: Applied, packages: frozenset[str]) -> str:
    """The name of a decorator of one of these packages, else empty."""
    symbol = deco.symbol
    return symbol.name.rpartition(".")[2] if isinstance(symbol, Ext) and symbol.package in packages else ""


def unreadable(decorators: tuple[Applied, ...]) -> bool:
    return any(isinstance(d.symbol, Unknown) for d in decorators)


def written_type(prop: Property) -> str:
    """The TypeScript type of a property, without `| null` and `| undefined`."""
    text = written(prop.type)
    return " | ".join(p for p in text.split(" | ") if p not in ("null", "undefined"))


def is_entity_class(project: Project, symbol: Symbol) -> Class | None:
    return class_of(project, symbol)


def const_of(project: Project, ref: Ref) -> Const | None:
    item = declaration(project, ref)
    return item if isinstance(item, Const) and "." not in ref.name else None


def type_of(project: Project, ref: Ref) -> TypeDecl | None:
    item = declaration(project, ref)
    return item if isinstance(item, TypeDecl) and "." not in ref.name else None


def snake(text: str) -> str:
    """As TypeORM writes names of tables."""
    text = re.sub(r"([A-Z])([A-Z])([a-z])", r"\1_\2\3", text)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower()


def camel(text: str) -> str:
    """As TypeORM writes names of columns of relations."""

    def part(found: re.Match[str]) -> str:
        return str(found[2]).upper() if found[2] else str(found[1]).lower()

    return re.sub(r"^([A-Z])|[\s\-_](\w)", part, text)


def declared_with(
    project: Project, path: str, package: str, values: type[Expr] | tuple[type[Expr], ...]
) -> list[Ref]:
    """What may be an entity in a file that imports from packages whose names begin so: decorated classes, and
    constants with such values."""
    facts = project.facts(path)
    if not any(i.module.startswith(package) for i in facts.imports):
        return []
    classes = [c for c in facts.classes if c.decorators or any(p.decorators for p in c.properties)]
    consts = [c for c in facts.consts if isinstance(c.value, values)]
    return [*(Ref(path, c.name) for c in classes), *(Ref(path, c.name) for c in consts)]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def called(
    project: Project,
    name: str,
    candidates: Callable[[Project, str], list[Ref]],
    drafted: Callable[[Project, Ref], _Named | None],
) -> tuple[Ref, ...]:
    """The entities that a string names."""
    return tuple(
        ref
        for path in project.with_kind(Kind.ENTITIES)
        for ref in candidates(project, path)
        if (ref.name == name or const_of(project, ref) is not None)
        and (found := drafted(project, ref)) is not None
        and found.name == name
    )
