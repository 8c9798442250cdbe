from collections.abc import Iterator

from nestwise.api import (
    Effect,
    Ext,
    File,
    Finding,
    Input,
    Meant,
    Project,
    Ref,
    TName,
    has_strict_nulls,
    input_typed,
    resolve,
    rule,
    shape_of,
    unchecked_inputs,
    written,
)

_INFERRED = frozenset({"infer", "input", "output", "TypeOf", "Infer", "InferOutput", "InferInput", "Static"})
"""Types that schema libraries make of a schema."""
_LIBRARIES = frozenset({"zod", "valibot", "@sinclair/typebox", "typebox", "superstruct", "yup", "io-ts"})
_ALL_TYPES = frozenset({"type-fest", "ts-essentials", "utility-types", "express-serve-static-core"})
"""Packages that have no classes."""
_OBJECTS = frozenset({"class", "interface", "inline", "utility", "open"})


@rule(level="warning", since="0.1.0", fixes=input_typed)
def erased_type(file: File, project: Project) -> Iterator[Finding]:
    def is_wanted(given: Input, effect: Effect) -> bool:
        return effect.kind not in ("schema", "parse") and bool(_erased(given, project)[0])

    for given, _, method in unchecked_inputs(file, project, is_wanted):
        span = method.params[given.position].name_at.span
        place = (given.handler.declared.name, given.handler.method, given.position)
        yield Finding(span, _message(given, project, *_erased(given, project)), data=place)


def _erased(given: Input, project: Project) -> tuple[str, str]:
    """What a type is of which no class is left at run time, and what to do about it; empty where one is left,
    or may be."""
    return _kind(given.meant.element, given, project)


def _kind(kind: Meant, given: Input, project: Project) -> tuple[str, str]:
    own = "Make it a class with validators"
    match kind.kind:
        case "interface" if kind.name != "Function":
            return f"the interface `{kind.name}`", own
        case "class" if kind.aliased and kind.ref is not None:
            return f"the type alias `{kind.name}`", f"Use the class `{kind.ref.name}` itself"
        case "class" if kind.nullable and kind is given.meant and has_strict_nulls(project, _path(given)):
            return f"`{written(given.type)}`", f"Say `{kind.name}` alone, or make the parameter optional"
        case "inline" if kind.aliased:
            return f"the type alias `{kind.name}`", own
        case "open" if kind.aliased:
            return f"the type alias `{kind.name}`", own
        case "utility":
            return _composed(kind, given), _mapped(given, project) or own
        case "union" if any(part.kind in _OBJECTS for part in kind.parts):
            return _composed(kind, given), own
        case "outside" if _is_type(kind):
            return f"the type `{kind.name}`", own
        case _:
            return "", ""


_MAPPED = {"Partial": "PartialType", "Omit": "OmitType", "Pick": "PickType"}


def _mapped(given: Input, project: Project) -> str:
    """The class that says the same as a utility type of a class with validators, which it takes over."""
    kind = given.type
    if not isinstance(kind, TName) or kind.name not in _MAPPED:
        return ""
    of = kind.args[0] if kind.args else None
    found = resolve(project, _path(given), of.name) if isinstance(of, TName) else None
    if not isinstance(found, Ref) or not shape_of(project, found).has_validators:
        return ""
    inner = ", ".join(["[…]" if position else written(arg) for position, arg in enumerate(kind.args)])
    return f"Make it a class that extends `{_MAPPED[kind.name]}({inner})`"


def _path(given: Input) -> str:
    return given.handler.declared.path


def _composed(kind: Meant, given: Input) -> str:
    return f"the type alias `{kind.name}`" if kind.aliased else f"`{written(given.type)}`"


def _is_type(kind: Meant) -> bool:
    """Is it surely a type of a package that has no class?"""
    symbol = kind.symbol
    if not isinstance(symbol, Ext):
        return False
    if symbol.package in _LIBRARIES:
        return symbol.name.rpartition(".")[2] in _INFERRED
    return symbol.package in _ALL_TYPES or (
        symbol.package == "@prisma/client" and symbol.name.startswith("Prisma.")
    )


def _message(given: Input, project: Project, what: str, advice: str) -> str:
    named = f"`{given.name}`" if given.name else {"body": "The body", "query": "The query"}[given.source]
    of = "is an array of" if given.meant.kind == "array" and "[]" not in what else "is of"
    return (
        f"{named} {of} {what}, of which nothing is left at run time: no pipe can validate it, and whatever a "
        f"client sends reaches `{given.handler.name}`. {advice}."
    )
