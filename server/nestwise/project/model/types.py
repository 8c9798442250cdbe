"""What a type annotation stands for: a class of the workspace, a scalar, an enum, or nothing that exists
at run time.

TypeScript emits the class of a parameter or property as metadata, and that is all that pipes know: an
interface, a union, an inline type are `Object` to them.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import (
    Class,
    Const,
    TArray,
    TInter,
    TLit,
    TName,
    TObject,
    TOther,
    TUnion,
    Type,
    TypeDecl,
)
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import (
    Ext,
    Ref,
    Symbol,
    declaration,
    followed,
    resolve_link,
)

_SCALARS = frozenset({"string", "number", "boolean", "bigint", "symbol"})
_WRAPPERS = {"String": "string", "Number": "number", "Boolean": "boolean"}
_OPEN = frozenset({"any", "unknown", "object", "Object", "never"})
_UTILITIES = frozenset({"Partial", "Omit", "Pick", "Required", "Readonly", "NonNullable"})
_AMBIENT = ("Express.", "NodeJS.")
"""Namespaces that typings declare for everybody; they hold interfaces."""
_ARRAYS = frozenset({"Array", "ReadonlyArray", "Set"})
_DEPTH = 12


class Meant(Struct, frozen=True):
    """What a type stands for.

    Kinds: none (no annotation), class, scalar, enum, literals (a union of literal types), date, array,
    open (any, unknown, object, Record …), inline (an object type), interface, union, utility (`Partial<X>`
    and the like), function, outside (a class or type of a package), unknown.
    """

    kind: str
    symbol: Symbol | None = None
    """Its declaration; of an alias for a type that has none, the alias."""
    name: str = ""
    """Of a scalar its keyword, else as written."""
    of: Meant | None = None
    """The elements of an array."""
    literals: tuple[str, ...] = ()
    nullable: bool = False
    """Was `null` or `undefined` left out of a union?"""
    type_only: str = ""
    """The file whose `import type` or `export type` erases the class at run time."""
    aliased: bool = False
    """Reached through a type alias, whose name does not exist at run time."""
    parts: tuple[Meant, ...] = ()
    """Of a union or an intersection its parts, without `null` and `undefined`."""

    @property
    def ref(self) -> Ref | None:
        """The class, where it is one of the workspace."""
        return self.symbol if self.kind == "class" and isinstance(self.symbol, Ref) else None

    @property
    def element(self) -> Meant:
        """The innermost element of arrays; of anything else itself."""
        return self.of.element if self.kind == "array" and self.of is not None else self


UNKNOWN_TYPE = Meant("unknown")


def meant(
    project: Project, path: str, kind: Type | None, params: tuple[str, ...] = (), depth: int = 0
) -> Meant:
    """What a type written in a file stands for; `params` are the type parameters that it can see."""
    if depth > _DEPTH:
        return UNKNOWN_TYPE
    match kind:
        case None:
            return Meant("none")
        case TName():
            return _named(project, path, kind, params, depth)
        case TArray(of=inner):
            return Meant("array", of=meant(project, path, inner, params, depth + 1))
        case TUnion(of=parts):
            return _union(project, path, parts, params, depth)
        case TObject():
            return Meant("inline")
        case TLit(text=text):
            return Meant("literals", literals=(text,))
        case TInter(of=parts):
            found = tuple(meant(project, path, part, params, depth + 1) for part in parts)
            return Meant("union", parts=found)
        case TOther(kind="function_type" | "constructor_type"):
            return Meant("function")
        case _:
            return UNKNOWN_TYPE


def _named(project: Project, path: str, kind: TName, params: tuple[str, ...], depth: int) -> Meant:
    name = kind.name
    if name in params:
        return Meant("unknown", name=name)
    if name in _SCALARS:
        return Meant("scalar", name=name)
    if name in ("null", "undefined", "void"):
        return Meant("literals", literals=(name,))
    if name in _OPEN:
        return Meant("open", name=name)
    link = resolve_link(project, path, name)
    symbol = link.symbol
    if isinstance(symbol, Ext) and not symbol.package:
        return _of_language(project, path, kind, params, depth)
    if isinstance(symbol, Ext):
        return Meant("outside", symbol, name, type_only=link.type_only)
    if not isinstance(symbol, Ref):
        return Meant("unknown", name=name)
    target = followed(project, symbol)
    item = declaration(project, target) if isinstance(target, Ref) and "." not in target.name else None
    if isinstance(item, Class):
        return Meant("class", target, name, type_only=link.type_only)
    if isinstance(item, TypeDecl) and isinstance(target, Ref):
        return _declared(project, target, item, kind.name, link.type_only, depth)
    if isinstance(item, Const):  # `const Level = {…} as const; type Level = …` have one name
        return Meant("unknown", target, name)
    return Meant("unknown", name=name)


def _declared(project: Project, ref: Ref, item: TypeDecl, name: str, type_only: str, depth: int) -> Meant:
    if item.kind == "enum":
        return Meant("enum", ref, name, type_only=type_only)
    if item.kind == "interface":
        return Meant("interface", ref, name)
    found = meant(project, ref.path, item.type, item.type_params, depth + 1)
    called = found.name if found.kind == "scalar" else item.name
    return replace(found, aliased=True, name=called, symbol=found.symbol or ref)


def _of_language(project: Project, path: str, kind: TName, params: tuple[str, ...], depth: int) -> Meant:
    """Names that nothing declares or imports: the language's own, or unknown globals."""
    name = kind.name
    if name in _WRAPPERS:
        return Meant("scalar", name=_WRAPPERS[name])
    if name == "Date":
        return Meant("date", name=name)
    if name in _ARRAYS:
        inner = meant(project, path, kind.args[0], params, depth + 1) if kind.args else UNKNOWN_TYPE
        return Meant("array", name=name, of=inner)
    if name == "Record" or name == "Map":
        return Meant("open", name=name)
    if name in _UTILITIES:
        return Meant("utility", name=name)
    if name == "Function":
        return Meant("function")
    if name.startswith(_AMBIENT):
        return Meant("interface", name=name)
    return Meant("unknown", name=name)


def _union(
    project: Project, path: str, parts: tuple[Type, ...], params: tuple[str, ...], depth: int
) -> Meant:
    found = [meant(project, path, part, params, depth + 1) for part in parts]
    real = [m for m in found if m.literals not in (("null",), ("undefined",), ("void",))]
    nullable = len(real) < len(found)
    if len(real) == 1:
        return replace(real[0], nullable=nullable or real[0].nullable)
    if real and all(m.kind == "literals" for m in real):
        texts = tuple(dict.fromkeys(t for m in real for t in m.literals))
        if set(texts) <= {"true", "false"}:
            return Meant("scalar", name="boolean", nullable=nullable)
        return Meant("literals", literals=texts, nullable=nullable)
    if any(m.kind == "unknown" for m in real):
        return UNKNOWN_TYPE
    return Meant("union", nullable=nullable, parts=tuple(real))


def has_strict_nulls(project: Project, path: str) -> bool:
    """Does the compiler surely keep `null` and `undefined` apart from other types? Then what it emits for a
    union with them is `Object`."""
    config = project.layout.tsconfig_of(path)
    return config is not None and config.strict_nulls is True


def written(kind: Type | None) -> str:
    """A type as people read it."""
    match kind:
        case None:
            return ""
        case TName(name=name, args=args):
            return f"{name}<{', '.join(map(written, args))}>" if args else name
        case TArray(of=inner):
            element = written(inner)
            return f"({element})[]" if isinstance(inner, TUnion | TInter) else f"{element}[]"
        case TUnion(of=parts):
            return " | ".join(map(written, parts))
        case TInter(of=parts):
            return " & ".join(map(written, parts))
        case TLit(text=text):
            return text
        case TObject(members=members):
            listed = "; ".join(f"{n}: {written(t)}" if t is not None else n for n, t in members)
            return f"{{ {listed} }}" if listed else "{}"
        case TOther(text=text):
            return text


__all__ = ["UNKNOWN_TYPE", "Meant", "has_strict_nulls", "meant", "written"]
