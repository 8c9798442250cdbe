"""What the decorators of class-validator look at: the kinds of values that they let pass, each or whole.

A kind is what JavaScript and JSON know a value as: string, number, boolean, date, array or object.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from nestwise.project.facts import Arr, Decorator, Expr, Fn, Lit, Obj, Op, TypeDecl, dotted, literal
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import (
    Ext,
    Here,
    Ref,
    declaration,
    followed,
    items_of,
    symbol_of,
    value_of,
)

VALIDATOR = "class-validator"
_TAKE = {
    "string": (
        "Contains IsAlpha IsAlphanumeric IsAscii IsBIC IsBase32 IsBase58 IsBase64 IsBooleanString "
        "IsBtcAddress IsByteLength IsCreditCard IsCurrency IsDataURI IsDateString IsDecimal IsEAN IsEmail "
        "IsEthereumAddress IsFQDN IsFirebasePushId IsFullWidth IsHSL IsHalfWidth IsHash IsHexColor "
        "IsHexadecimal IsIBAN IsIP IsISBN IsISIN IsISO31661Alpha2 IsISO31661Alpha3 IsISO4217CurrencyCode "
        "IsISO8601 IsISRC IsISSN IsIdentityCard IsJSON IsJWT IsLatLong IsLocale IsLowercase IsMACAddress "
        "IsMagnetURI IsMilitaryTime IsMimeType IsMobilePhone IsMongoId IsMultibyte IsNumberString IsOctal "
        "IsPassportNumber IsPhoneNumber IsPort IsPostalCode IsRFC3339 IsRgbColor IsSemVer IsString "
        "IsStrongPassword IsSurrogatePair IsTaxId IsTimeZone IsUUID IsUppercase IsUrl IsVariableWidth Length "
        "Matches MaxLength MinLength NotContains"
    ),
    "number": "IsDivisibleBy IsInt IsNegative IsNumber IsPositive Max Min",
    "string number": "IsLatitude IsLongitude",
    "boolean": "IsBoolean",
    "date": "IsDate MaxDate MinDate",
    "array": "ArrayContains ArrayMaxSize ArrayMinSize ArrayNotContains ArrayNotEmpty ArrayUnique IsArray",
    "object date": "IsNotEmptyObject IsObject",
}
TAKES = {name: frozenset(kinds.split()) for kinds, names in _TAKE.items() for name in names.split()}
"""By decorator, the kinds of which it lets any value pass. What is missing here may take every kind."""

OPTIONS_AT = {
    name: place
    for place, names in {
        1: (
            "ArrayContains ArrayMaxSize ArrayMinSize ArrayNotContains Contains Equals IsAlpha IsAlphanumeric "
            "IsBase64 IsCurrency IsDateString IsDecimal IsDivisibleBy IsEmail IsEnum IsFQDN IsHash IsIP "
            "IsISBN IsISO8601 IsISSN IsIdentityCard IsIn IsInstance IsNotEmptyObject IsNotIn IsNumber "
            "IsNumberString IsPassportNumber IsPhoneNumber IsPostalCode IsRgbColor IsStrongPassword IsTaxId "
            "IsUUID IsUrl Matches Max MaxDate MaxLength Min MinDate MinLength NotContains NotEquals Validate "
            "ValidateIf"
        ),
        2: "IsByteLength IsMobilePhone Length",
    }.items()
    for name in names.split()
}
"""By decorator, which of its arguments has `each`, `message` and `groups`; where it is missing, the first."""

_SINGLE = frozenset({"string", "number", "boolean"})
"""What may be equal to something: of what a request sends no array and no object is."""
_WANTS = frozenset({"Equals", "IsDefined", "IsEnum", "IsIn", "IsInstance", "IsNotEmpty"})
"""Decorators that refuse what is missing, beside those in `TAKES`."""
_OBJECTS = frozenset(
    "IsBase64 IsCurrency IsDateString IsDecimal IsEmail IsFQDN IsISO8601 IsISSN IsNotEmptyObject IsNumber "
    "IsNumberString IsStrongPassword IsUrl".split()
)
"""Decorators whose first argument is an object of options of their own."""


class Check(Struct, frozen=True, cache_hash=True):
    """One validator of a property."""

    name: str
    """As class-validator calls it; of one of the project's own making, its name there."""
    shown: str
    """As people read it: `MaxLength(10)`, `IsString(each)`."""
    takes: frozenset[str] = frozenset()
    """The kinds of values that it may let pass; empty where that is any, or unknown."""
    each: bool | None = False
    """Does it look at each element of an array? Unknown where its options cannot be read."""
    sure: bool = False
    """Does it run on every request? Not where it is of a group, under a condition, or unreadable."""

    @property
    def refuses_missing(self) -> bool:
        """Does it surely refuse a value that is not there?"""
        return self.sure and (self.name in TAKES or self.name in _WANTS)

    def refuses(self, kinds: Iterable[str]) -> bool:
        """Does it let no value of these kinds pass?"""
        return bool(self.takes) and not any(kind in self.takes for kind in kinds)


def check_of(project: Project, name: str, one: Applied) -> Check:
    """A decorator of class-validator on a property."""
    each: bool | None = False
    plain = one.certain
    for place, arg in enumerate(one.args):
        expr = value_of(project, arg).expr
        if isinstance(expr, Obj):
            given = expr.get("each")
            each = each if given is None else literal(value_of(project, Here(arg.path, given)).expr)
            plain = plain and expr.closed and expr.get("groups") is None and expr.get("always") is None
        elif place >= OPTIONS_AT.get(name, 0) and not isinstance(expr, Lit | Fn):
            each, plain = None, False
    return Check(
        name, shown_as(name, one.args), _takes(project, name, one) if plain else frozenset(), each, plain
    )


def checks_at(
    project: Project, path: str, decorators: Iterable[Decorator]
) -> tuple[tuple[Check, Decorator], ...]:
    """Of decorators as they are written, those that are validators themselves, with what they check."""
    return tuple(
        (check_of(project, one.symbol.name.rpartition(".")[2], one), decorator)
        for decorator in decorators
        for one in applied(project, path, (decorator,))
        if isinstance(one.symbol, Ext) and one.symbol.package == VALIDATOR and not one.via
    )


def _takes(project: Project, name: str, one: Applied) -> frozenset[str]:
    if (found := TAKES.get(name)) is not None:
        return found
    match name, one.args:
        case "ValidateNested", _:
            return frozenset({"object", "date"})
        case "IsEnum", (first, *_):
            return _of_enum(project, first) or _SINGLE
        case "IsIn", (first, *_):
            items = items_of(project, first)
            known = items.complete and _kinds(value_of(project, item).expr for item in items.items)
            return known or _SINGLE
        case "Equals", (first, *_):
            return _kinds([value_of(project, first).expr]) or _SINGLE
        case _:
            return frozenset()


def _of_enum(project: Project, here: Here) -> frozenset[str]:
    """Of an enum, or an object that stands for one. One with numbers has its names as values, too."""
    symbol = followed(project, symbol_of(project, here))
    item = declaration(project, symbol) if isinstance(symbol, Ref) and "." not in symbol.name else None
    if isinstance(item, TypeDecl):
        found = enum_kinds(item)
        return found | {"string"} if "number" in found else found
    expr = value_of(project, here).expr
    if isinstance(expr, Obj) and expr.closed:
        return _kinds(value_of(project, Here(here.path, e.value)).expr for e in expr.entries)
    return frozenset()


def enum_kinds(item: TypeDecl) -> frozenset[str]:
    """The kinds of the values of an enum; empty where one is computed."""
    if item.kind != "enum":
        return frozenset()
    found = {literal_kind(text) if text else "number" for _, text in item.members}
    return frozenset() if "" in found else frozenset(found)


def literal_kind(text: str) -> str:
    """The kind of a literal as it is written; empty for one that is none of them."""
    if text[:1] in ("'", '"', "`"):
        return "string"
    if text in ("true", "false"):
        return "boolean"
    return "number" if text.lstrip("-")[:1].isdigit() and not text.endswith("n") else ""


def _kinds(values: Iterable[Expr]) -> frozenset[str]:
    """The kinds of literals; empty where something else is among them."""
    found: set[str] = set()
    for expr in values:
        if isinstance(expr, Op) and expr.left is None and expr.op == "-":
            expr = expr.right
        if not isinstance(expr, Lit) or expr.kind not in ("string", "number", "boolean"):
            return frozenset()
        found.add(expr.kind)
    return frozenset(found)


def own_options(name: str) -> str:
    """What stands for the arguments before `each` where they are left out: `{}` or `undefined`."""
    return "{}" if name in _OBJECTS else "undefined"


def shown_as(name: str, args: Iterable[Here]) -> str:
    """A decorator with those of its arguments that are literals and names; `each` for each element."""
    texts = [_text(here.expr) for here in args]
    given = ", ".join(text for text in texts if text)
    return f"{name}({given})" if given else name


def _text(expr: Expr) -> str:
    match expr:
        case Lit(kind="string", value=text):
            return f"'{text}'"
        case Lit(value=text):
            return text
        case Obj():
            each = expr.get("each")
            return "each" if each is not None and literal(each) else ""
        case Fn(returns=(only,)):
            return dotted(only)
        case Arr(items=items):
            return f"[{', '.join(map(_text, items))}]"
        case _:
            return dotted(expr)


__all__ = [
    "OPTIONS_AT", "TAKES", "VALIDATOR", "Check", "check_of", "checks_at", "enum_kinds", "literal_kind",
    "own_options", "shown_as",
]  # fmt: skip
