"""What the decorators of a property do to it when a request is validated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from nestwise.project.facts import (
    Const,
    Decorator,
    Expr,
    Fn,
    Function,
    Lit,
    Member,
    Name,
    Obj,
    dotted,
    literal,
)
from nestwise.project.model.constraints import VALIDATOR, Check, check_of, shown_as
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.expressions import parts_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    declaration,
    resolve,
    symbol_of,
    value_of,
)

TRANSFORMER = "class-transformer"
_WEAK = frozenset({"IsOptional", "ValidateIf"})
"""They only say when to check: what stands alone beside them is known to the whitelist, and unchecked."""
_ORMS = ("typeorm", "@mikro-orm/", "sequelize-typescript", "@typegoose/", "mongoose", "@nestjs/mongoose")
_SILENT = (
    "@nestjs/swagger", "@nestjs/graphql", "@nestjs/common", "@nestjs/core", "@nestjs/mapped-types",
    "@automapper/", "automapper-classes", "type-graphql", "@nestjs/typeorm", "@prisma/", "reflect-metadata",
    "@nestjs/config",
)  # fmt: skip
"""Packages whose property decorators validate nothing."""


class Marks(Struct, frozen=True):
    """What the decorators of one property say, those of a base class's property included."""

    decorated: bool = False
    checked: bool = False
    """Does a validator look at the value?"""
    weak: bool = False
    """`@IsOptional` or `@ValidateIf`."""
    optional: bool = False
    """`@IsOptional`."""
    allowed: bool = False
    """`@Allow`."""
    nested: bool = False
    """`@ValidateNested`."""
    typed: bool = False
    """`@Type`."""
    made: Symbol | None = None
    """What `@Type` names; unknown where a decorator may name something that cannot be read."""
    transformed: bool = False
    """`@Transform`."""
    exposed: bool = False
    excluded: bool = False
    documented: bool = False
    """Some decorator of Swagger."""
    stored: bool = False
    """A column or field of an ORM."""
    enumerated: str = ""
    """The name of the enum that it is documented as, in the file of the decorator."""
    binary: bool = False
    """Documented as a file, which a multipart parser takes out of the body."""
    composed: bool = False
    """Validators come from a function that cannot be taken apart: what they check is unknown."""
    custom: bool = False
    """A validator of the project's own making: what it looks into is unknown."""
    unknown: bool = False
    """Is there a decorator that may validate and cannot be read?"""
    omittable: bool = False
    """Documented as one that requests may leave out."""
    validators: tuple[Check, ...] = ()
    """Also those that only say when to check, and functions that cannot be taken apart."""
    transforms: tuple[str, ...] = ()
    """`Type(Date)`, `Transform` …"""

    def joined(self, other: Marks) -> Marks:
        if self is PLAIN:
            return other
        *mine, validators, transforms = astuple(self)
        *more, added, converting = astuple(other)
        fields: list[Any] = [a or b for a, b in zip(mine, more, strict=True)]
        fields.append(tuple(dict.fromkeys(validators + added)) if added else validators)
        fields.append(tuple(dict.fromkeys(transforms + converting)) if converting else transforms)
        return Marks(*fields)

    def over(self, base: Marks) -> Marks:
        """With those of the same property in a base: validators of one sort replace those of the base."""
        sorts = {_sort(check) for check in self.validators}
        kept = tuple(check for check in base.validators if _sort(check) not in sorts)
        if kept == base.validators:
            return self.joined(base)
        optional = base.optional and any(check.name == "IsOptional" for check in kept)
        return self.joined(replace(base, validators=kept, optional=optional))


def _sort(check: Check) -> str:
    """What class-validator tells validators apart by where a class inherits some: only these four."""
    if check.name in ("IsOptional", "ValidateIf"):
        return "condition"
    return check.name if check.name in ("ValidateNested", "IsDefined", "Allow") else "other"


PLAIN = Marks()


@question
def marks_of(project: Project, path: str, decorators: tuple[Decorator, ...]) -> Marks:
    """What the decorators of a property, as written in a file, do."""
    found = PLAIN
    for one in applied(project, path, decorators):
        found = found.joined(_mark(project, one))
        for symbol in one.via:
            if not isinstance(one.symbol, Ext) or one.symbol.package != VALIDATOR:
                found = found.joined(_of_local(project, symbol, (), soft=True))
    return found


def _mark(project: Project, one: Applied) -> Marks:
    symbol = one.symbol
    if isinstance(symbol, Ref):
        return _of_local(project, symbol, one.args, soft=False)
    if not isinstance(symbol, Ext) or not symbol.package:
        return Marks(decorated=True, unknown=True)
    name = symbol.name.rpartition(".")[2]
    if symbol.package == VALIDATOR:
        return replace(_validator(name), validators=(check_of(project, name, one),))
    if symbol.package == TRANSFORMER:
        return Marks(
            decorated=True,
            transforms=(shown_as(name, one.args),),
            typed=name == "Type",
            made=_made(project, one) if name == "Type" else None,
            transformed=name.startswith("Transform"),
            exposed=name == "Expose",
            excluded=name == "Exclude",
        )
    if symbol.package == "@nestjs/swagger":
        hidden = name == "ApiHideProperty"
        return Marks(
            decorated=True,
            documented=not hidden,
            binary=_is_binary(project, one),
            enumerated=_enum_of(one),
            omittable=name == "ApiPropertyOptional" or _is_omittable(project, one),
        )
    stored = symbol.package.startswith(_ORMS)
    return Marks(decorated=True, stored=stored, unknown=not stored and not symbol.package.startswith(_SILENT))


def _made(project: Project, one: Applied) -> Symbol:
    """`@Type(() => Number)`; with options it may make one of several classes."""
    match one.args:
        case (Here(path=path, expr=Fn(returns=(only,))),) if one.certain:
            return symbol_of(project, Here(path, only))
        case _:
            return UNKNOWN


def _validator(name: str) -> Marks:
    if name == "Allow":
        return Marks(decorated=True, allowed=True)
    if name in _WEAK:
        return Marks(decorated=True, weak=True, optional=name == "IsOptional")
    own = name in ("Validate", "ValidateBy", "ValidatePromise", "registerDecorator")
    return Marks(decorated=True, checked=True, nested=name == "ValidateNested", custom=own)


def _of_local(project: Project, symbol: Symbol, args: tuple[Here, ...], soft: bool) -> Marks:
    """A decorator of the workspace that is not made of others, by what its body reaches.

    `soft`: one that was taken apart already; only what its body does by hand is new.
    """
    reach = reaches_validator(project, symbol) if isinstance(symbol, Ref) else None
    if soft and reach is None:
        return Marks(decorated=True)
    named = (Check(symbol.name, symbol.name, each=None),) if reach and isinstance(symbol, Ref) else ()
    converts = reach is None or _reaches(project, symbol, TRANSFORMER, "transform") is not False
    return Marks(
        decorated=True,
        made=UNKNOWN if converts else None,
        checked=reach is True,
        composed=reach is True,
        unknown=reach is None,
        validators=named,
    )


def _enum_of(one: Applied) -> str:
    """`@ApiProperty({ enum: Color })`."""
    given = one.arg(0)
    options = given.expr if given is not None and not one.via else None
    return dotted(options.get("enum")) if isinstance(options, Obj) else ""


def _is_omittable(project: Project, one: Applied) -> bool:
    """`@ApiProperty({ required: false })`."""
    given = one.arg(0)
    options = value_of(project, given).expr if given else None
    required = options.get("required") if isinstance(options, Obj) else None
    return required is not None and literal(required) is False


def _is_binary(project: Project, one: Applied) -> bool:
    """`@ApiProperty({ type: 'string', format: 'binary' })`, also of items."""
    given = one.arg(0)
    options = value_of(project, given).expr if given else None
    for _ in range(2):
        if not isinstance(options, Obj):
            return False
        kind = options.get("format")
        if isinstance(kind, Lit) and kind.value == "binary":
            return True
        options = options.get("items")
    return False


def reaches_validator(project: Project, symbol: Symbol) -> bool | None:
    """Does a function or constant of the workspace use class-validator, by itself or through others?

    None where it cannot be told.
    """
    return _reaches(project, symbol, VALIDATOR, "valid")


@question(cycle=False)
def _reaches(project: Project, symbol: Symbol, package: str, like: str) -> bool | None:
    """Does it use a package? One whose name is `like` that leaves it open."""
    if not isinstance(symbol, Ref) or "." in symbol.name:
        return None
    item = declaration(project, symbol)
    if isinstance(item, Function):
        words = item.body.words if item.body is not None else None
    elif isinstance(item, Const):
        words = tuple(sorted(_names(item.value)))
    else:
        words = None
    if words is None:
        return None
    facts = project.facts(symbol.path)
    known = (
        {i.local for i in facts.imports} | {f.name for f in facts.functions} | {c.name for c in facts.consts}
    )
    doubt = False
    for word in words:
        if word not in known or word == symbol.name:
            continue
        found = resolve(project, symbol.path, word)
        if isinstance(found, Ext):
            if found.package == package:
                return True
            doubt = doubt or like in found.package.lower()
        elif isinstance(found, Ref):
            inner = declaration(project, found)
            if not isinstance(inner, Function | Const):
                continue
            reached = _reaches(project, found, package, like)
            if reached:
                return True
            doubt = doubt or (reached is None and isinstance(inner, Function))
        else:
            doubt = True
    return None if doubt else False


def _names(expr: Expr) -> Iterator[str]:
    """The names that an expression uses, heads of chains included."""
    match expr:
        case Name(id=name):
            yield name
        case Member():
            yield dotted(expr).partition(".")[0]
        case _:
            callee = getattr(expr, "callee", None)
            if callee is not None:
                yield from _names(callee)
            for part in parts_of(expr):
                yield from _names(part)


__all__ = ["PLAIN", "TRANSFORMER", "VALIDATOR", "Marks", "marks_of", "reaches_validator"]
