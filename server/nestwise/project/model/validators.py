"""The validators that the type of a property calls for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.facts import TLit, TName, TUnion, Type
from nestwise.project.model.contradictions import kinds_of
from nestwise.project.model.marks import TRANSFORMER, VALIDATOR
from nestwise.project.model.project import Project
from nestwise.project.model.shapes import Prop, shape_of
from nestwise.project.model.symbols import Ref
from nestwise.project.model.types import Meant
from nestwise.project.model.validation import Use


class Wanted(Struct, frozen=True):
    """A decorator to add: `@name(args)`, imported from a module."""

    name: str
    module: str
    args: str = ""


_EACH = "{ each: true }"
_PLAIN = {"string": "IsString", "number": "IsNumber", "boolean": "IsBoolean"}


def validators_for(project: Project, prop: Prop, use: Use) -> tuple[Wanted, ...]:
    """The decorators that convert and check what the type of an unchecked property promises, in the usual
    order. Empty where the type does not say enough, or where what arrives (a query's text) is never of it."""
    many = prop.meant.kind == "array"
    checks = _fitting(project, prop, use)
    if not checks or (many and prop.meant.of is not None and prop.meant.of.kind == "array"):
        return ()
    whole = (Wanted("IsArray", VALIDATOR),) if many else ()
    return (*_presence(prop), *conversions_for(project, prop, use), *whole, *checks)


def fitting_for(project: Project, prop: Prop, use: Use) -> tuple[Wanted, ...]:
    """The decorators that convert and check what the type promises, of an array each element, whatever is
    there to check it."""
    checks = _fitting(project, prop, use)
    return (*conversions_for(project, prop, use), *checks) if checks else ()


def _fitting(project: Project, prop: Prop, use: Use) -> tuple[Wanted, ...]:
    either = _one_or_many(prop.meant)
    many = prop.meant.kind == "array" or either is not None
    inner = either or (prop.meant.of if many else prop.meant)
    text = use.text and not use.nested and use.effect.implicit is not True
    if either is not None and use.text and kinds_of(project, either) - {"string"}:
        return ()
    return tuple(_checks(project, prop, inner, each=many, text=text)) if inner is not None else ()


def _one_or_many(kind: Meant) -> Meant | None:
    """Of `T | T[]` T: with `each` a validator looks at a single value, too."""
    match kind.parts if kind.kind == "union" else ():
        case (one, Meant(kind="array", of=many)) | (Meant(kind="array", of=many), one) if one == many:
            return one if one.kind in ("scalar", "enum", "literals", "class") else None
        case _:
            return None


def conversions_for(project: Project, prop: Prop, use: Use) -> tuple[Wanted, ...]:
    """The decorators that make of what arrives what the type promises."""
    many, marks = prop.meant.kind == "array", prop.marks
    inner = prop.meant.of if many and prop.meant.of is not None else prop.meant
    if marks.transformed:
        return ()
    by_type = use.effect.implicit is True and not inner.nullable and not many
    kinds = frozenset[str]() if marks.typed or by_type else kinds_of(project, inner)
    text = use.text and not use.nested
    found: list[Wanted] = []
    if kinds == {"date"} or (text and kinds == {"number"}):
        found.append(Wanted("Type", TRANSFORMER, f"() => {'Date' if 'date' in kinds else 'Number'}"))
    if text and kinds == {"boolean"}:
        found.append(Wanted("Transform", TRANSFORMER, TRUTH))
    if text and many and use.input.source != "param":
        found.append(Wanted("Transform", TRANSFORMER, _LIST_OR_NONE if marks.exposed else _LIST))
    return tuple(found)


TRUTH = "({ value }) => value === 'true' || (value === 'false' ? false : value)"
"""Makes a boolean of a text; what is none is left to validators."""
_LIST = "({ value }) => (Array.isArray(value) ? value : [value])"
_LIST_OR_NONE = "({ value }) => (value === undefined || Array.isArray(value) ? value : [value])"
"""With `@Expose()` it runs for what is missing, too."""


def has_validator_packages(project: Project, path: str) -> bool:
    """May a file import class-validator and class-transformer? A package with Nest, if only through the root,
    has them for its pipes; another one, which only shares its classes, where its manifest says so."""
    if any(i.module == VALIDATOR for i in project.facts(path).imports):
        return True
    return project.layout.is_nest(path) or project.layout.declared(path, VALIDATOR)


_OBJECTS = frozenset({"interface", "inline", "open", "outside", "utility"})


def nesting_for(prop: Prop) -> tuple[Wanted, ...]:
    """What is missing of `@ValidateNested()` and `@Type(() => X)`; empty where the class has no name here, or
    single values would be refused."""
    inner = prop.meant.element
    if inner.ref is None and prop.marks.typed and not prop.own.nested and inner.kind in _OBJECTS:
        return (Wanted("ValidateNested", VALIDATOR, _EACH if prop.meant.kind == "array" else ""),)
    if inner.ref is None or inner.aliased or inner.type_only:
        return ()
    many = prop.meant.kind == "array"
    nested = () if prop.own.nested else (Wanted("ValidateNested", VALIDATOR, _EACH if many else ""),)
    typed = () if prop.own.typed else (Wanted("Type", TRANSFORMER, f"() => {inner.name}"),)
    return (*nested, *typed)


def _presence(prop: Prop) -> Iterator[Wanted]:
    if prop.marks.optional:
        return
    if prop.optional or prop.initial or prop.marks.omittable or _allows(prop.type, "undefined"):
        yield Wanted("IsOptional", VALIDATOR)
    elif _allows(prop.type, "null"):
        yield Wanted("ValidateIf", VALIDATOR, "(_, value) => value !== null")


def _allows(kind: Type | None, word: str) -> bool:
    return isinstance(kind, TUnion) and any(
        (isinstance(t, TLit) and t.text == word) or (isinstance(t, TName) and t.name == word) for t in kind.of
    )


def _checks(project: Project, prop: Prop, kind: Meant, *, each: bool, text: bool) -> Iterator[Wanted]:
    option = _EACH if each else ""
    match kind.kind:
        case "scalar" if kind.name in _PLAIN:
            name = _PLAIN[kind.name]
            yield Wanted(name, VALIDATOR, f"{{}}, {_EACH}" if each and name == "IsNumber" else option)
        case "date":
            yield Wanted("IsDate", VALIDATOR, option)
        case "enum" if not kind.aliased and not kind.type_only and _is_before(project, kind, prop):
            yield Wanted("IsEnum", VALIDATOR, f"{kind.name}, {_EACH}" if each else kind.name)
        case "outside" if not kind.type_only and prop.own.enumerated == kind.name != "":
            yield Wanted("IsEnum", VALIDATOR, f"{kind.name}, {_EACH}" if each else kind.name)
        case "literals" if all(t[:1] in "'\"" for t in kind.literals):
            values = f"[{', '.join(kind.literals)}]"
            yield Wanted("IsIn", VALIDATOR, f"{values}, {_EACH}" if each else values)
        case "class" if not kind.aliased and not kind.type_only and kind.ref is not None and not text:
            shape = shape_of(project, kind.ref)
            if shape.has_validators and not prop.marks.transformed:
                yield Wanted("ValidateNested", VALIDATOR, option)
                if not prop.marks.typed:
                    yield Wanted("Type", TRANSFORMER, f"() => {kind.name}")
            elif shape.kind == "class":
                yield Wanted("IsObject", VALIDATOR, option)
        case "inline" | "interface" if not text:
            yield Wanted("IsObject", VALIDATOR, option)
        case "open" if kind.name in ("Record", "object") and not text:
            yield Wanted("IsObject", VALIDATOR, option)
        case _:
            return


def _is_before(project: Project, kind: Meant, prop: Prop) -> bool:
    """Does an enum exist when the decorators of the property run? Not where it is declared below them."""
    symbol = kind.symbol
    if not isinstance(symbol, Ref) or symbol.path != prop.declared.path:
        return True
    facts = project.facts(symbol.path)
    enum = next((t for t in facts.types if t.name == symbol.name), None)
    cls = next((c for c in facts.classes if c.name == prop.declared.name), None)
    return enum is not None and cls is not None and enum.at.start < cls.at.start


__all__ = [
    "TRUTH",
    "Wanted",
    "conversions_for",
    "fitting_for",
    "has_validator_packages",
    "nesting_for",
    "validators_for",
]
