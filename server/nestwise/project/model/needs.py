"""What classes and factories ask Nest for: their dependencies, before anybody looks where those come from.

As Nest reads it: the types of the nearest constructor of the lineage that has metadata, `@Inject` and
`@Optional` of every class of the lineage put over them, properties with `@Inject`, and the `inject` list of a
factory. A type that is erased leaves `Object` behind.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import Call, Class, Decorator, Obj, Param, Property, Type, dotted, literal
from nestwise.project.model.classes import Lineage, lineage
from nestwise.project.model.decorators import taken_apart
from nestwise.project.model.folding import fold
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, called, entry, look, symbol_in
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, Symbol, class_of
from nestwise.project.model.tokens import DEPTH, Token, canonical, forwarded, token_in
from nestwise.project.model.types import Meant, meant

OBJECT = Ext("", "Object")
UNDEFINED = Ext("", "undefined")
"""What Nest finds at a place for which there is no metadata."""
_INJECT = Ext("@nestjs/common", "Inject")
_OPTIONAL = Ext("@nestjs/common", "Optional")


class Need(Struct, frozen=True):
    """One dependency, as it is asked for."""

    name: str
    """Of the parameter or property; of a factory's, its token."""
    index: int | None
    """Of a constructor's parameter or of an entry of `inject`, from 0; None for a property."""
    token: Token
    why: str = ""
    """Why the token cannot be told, or why it is none of the type's: `interface`, `type only` …"""
    type_only: str = ""
    """The file whose `import type` or `export type` erases the class."""
    optional: bool = False
    forward: bool = False
    explicit: bool = False
    """Does `@Inject` or the like name the token?"""
    declared: Ref | None = None
    """The class whose constructor or property it is; None for a factory."""


class Needs(Struct, frozen=True):
    """All dependencies of a class or a factory."""

    items: tuple[Need, ...] = ()
    complete: bool = True
    """False where there may be more: a base class of a package, a list that cannot be read."""


NO_NEEDS = Needs()


@question
def needs_of(project: Project, ref: Ref) -> Needs:
    """What a class asks for when Nest makes it."""
    line = lineage(project, ref)
    chain = [(base, cls) for base in line.refs if (cls := class_of(project, base)) is not None]
    own = _constructor(project, line, chain)
    wanted: dict[int, Need] = dict(enumerate(own.items))
    for base, cls in reversed(chain):
        for index, mark in _marks(project, base, cls).items():
            if index not in wanted and mark.token is None and mark.typed is None:
                continue  # `@Optional` alone, of a parameter that there is no longer
            wanted[index] = _over(wanted.get(index), mark, index, base)
    size = max(wanted, default=-1) + 1
    hole = Need("", None, UNDEFINED if own.complete else UNKNOWN, "no metadata")
    found = [replace(wanted.get(i, hole), index=i) for i in range(size)]
    properties = [need for base, cls in reversed(chain) for need in _properties(project, base, cls)]
    optional = {need.name for need in properties if need.optional}  # of whichever class says so
    found += [replace(need, optional=need.name in optional) for need in properties]
    return Needs(tuple(found), own.complete and line.complete)


def _constructor(project: Project, line: Lineage, chain: list[tuple[Ref, Class]]) -> Needs:
    """The types of the nearest constructor with metadata: those of an undecorated class leave none."""
    for base, cls in chain:
        if cls.ctor is None:
            continue
        if cls.decorators or any(p.decorators for p in cls.ctor):
            params = cls.type_params
            return Needs(
                tuple(_typed(project, base, p, i, params) for i, p in enumerate(cls.ctor)), line.complete
            )
    return NO_NEEDS if line.complete else Needs((), False)


def _typed(project: Project, ref: Ref, param: Param, index: int, params: tuple[str, ...]) -> Need:
    token, why, erased = _token_of_type(project, ref.path, param.type, params)
    return Need(param.name, index, token, why, erased, declared=ref)


def _token_of_type(
    project: Project, path: str, kind: Type | None, params: tuple[str, ...]
) -> tuple[Token, str, str]:
    """What the compiler leaves of a type: the token, why it is no class, and the file that erases it."""
    found = meant(project, path, kind, params)
    if found.type_only:
        return OBJECT, "type only", found.type_only
    match found.kind:
        case "class":
            return found.symbol or UNKNOWN, "", ""
        case "outside":
            return canonical(found.symbol or UNKNOWN), "", ""
        case "scalar":
            return Ext("", found.name.capitalize()), "scalar", ""
        case "array":
            return Ext("", "Array"), "array", ""
        case "date":
            return Ext("", "Date"), "date", ""
        case "function":
            return Ext("", "Function"), "function", ""
        case "none" | "open" | "inline" | "interface" | "union" | "utility":
            return OBJECT, found.kind, ""
        case "unknown" if found.name in params and found.name:
            return OBJECT, "type parameter", ""
        case "literals" | "enum":
            return OBJECT, found.kind, ""
        case _:
            return UNKNOWN, _blind(found), ""


def _blind(found: Meant) -> str:
    return f"type {found.name}" if found.name else "type"


class _Mark(Struct, frozen=True):
    """What the decorators of a parameter or property say; None for what they do not say."""

    token: Token | None = None
    why: str = ""
    forward: bool = False
    optional: bool = False
    typed: tuple[Token, str, str] | None = None
    """The token of the type, for `@Inject()` alone."""
    name: str = ""


def _marks(project: Project, ref: Ref, cls: Class) -> dict[int, _Mark]:
    found: dict[int, _Mark] = {}
    for index, param in enumerate(cls.ctor or ()):
        mark = (
            _mark(project, ref, param.decorators, param.type, cls.type_params) if param.decorators else None
        )
        if mark is not None:
            found[index] = replace(mark, name=param.name)
    return found


def _mark(
    project: Project,
    ref: Ref,
    decorators: tuple[Decorator, ...],
    kind: Type | None,
    params: tuple[str, ...],
) -> _Mark | None:
    mark: _Mark | None = None
    for deco in (d for written in decorators for d in _expanded(project, Val(ref.path, written.expr))):
        if deco.symbol == _OPTIONAL:
            mark = replace(mark or _Mark(), optional=True)
            continue
        found = _injected(project, deco)
        if found is None:
            continue
        if found.token is None and not found.why:
            found = replace(found, typed=_token_of_type(project, ref.path, kind, params))
        mark = replace(found, optional=mark.optional) if mark is not None else found
    return mark


class _Applied(Struct, frozen=True):
    """A decorator of a package or unknown, with its arguments as the functions that compose it see them."""

    symbol: Symbol
    args: tuple[Val, ...] = ()


def _expanded(project: Project, val: Val, depth: int = 0) -> Iterator[_Applied]:
    """A decorator, composed ones taken apart: `InjectModel(Cat)` may be `Inject(getModelToken(Cat.name))`."""
    call = val.expr
    if isinstance(call, Call) and depth < DEPTH:
        symbol = symbol_in(project, val.at(call.callee))
        if isinstance(symbol, Ext):
            args = tuple(val.at(arg) for arg in call.args)
            if symbol.name != "applyDecorators":
                yield _Applied(symbol, args)
                return
            for arg in args:
                yield from _expanded(project, arg, depth + 1)
            return
        returned = called(project, val, call, deep=True)
        if returned and all(isinstance(r.expr, Call) for r in returned):
            for inner in returned:
                yield from _expanded(project, inner, depth + 1)
            return
    for deco in taken_apart(project, val.path, val.expr):
        yield _Applied(deco.symbol, tuple(Val(a.path, a.expr) for a in deco.args))


def _injected(project: Project, deco: _Applied) -> _Mark | None:
    """What one decorator injects; None for one that injects nothing."""
    from nestwise.project.model.package_tokens import token_of_decorator

    if deco.symbol == _INJECT:
        if not deco.args:
            return _Mark()
        val, forward = forwarded(project, deco.args[0])
        token = token_in(project, val)
        return _Mark(token, "" if token is not UNKNOWN else "token", forward)
    symbol = deco.symbol
    if isinstance(symbol, Ext) and symbol.package:
        asked = token_of_decorator(project, symbol, deco.args)
        if asked is not None:
            return _Mark(asked, "" if asked is not UNKNOWN else f"@{symbol.name}")
        return None
    if symbol is UNKNOWN or isinstance(symbol, Ext):
        return _Mark(UNKNOWN, "decorator")
    return None


def _over(below: Need | None, mark: _Mark, index: int, ref: Ref) -> Need:
    """A parameter's need with what its decorators say put over it."""
    need = below or Need(mark.name, index, UNDEFINED, "no metadata", declared=ref)
    if mark.optional:
        need = replace(need, optional=True)
    if mark.typed is not None:
        token, why, erased = mark.typed
        return replace(need, token=token, why=why, type_only=erased, name=mark.name, declared=ref)
    if mark.token is None:
        return need
    return replace(
        need, token=mark.token, why=mark.why, type_only="", forward=mark.forward, explicit=True,
        name=need.name or mark.name,
    )  # fmt: skip


def _properties(project: Project, ref: Ref, cls: Class) -> list[Need]:
    """Properties with `@Inject`, in the order in which they are written."""
    out: list[Need] = []
    for prop in cls.properties:
        if prop.decorators and not prop.static and (need := _property(project, ref, cls, prop)) is not None:
            out.append(need)
    return out


def _property(project: Project, ref: Ref, cls: Class, prop: Property) -> Need | None:
    mark = _mark(project, ref, prop.decorators, prop.type, cls.type_params)
    if mark is None or (mark.token is None and mark.typed is None) or mark.why == "decorator":
        return None
    need = Need(prop.name, None, UNKNOWN, declared=ref)
    return replace(_over(need, replace(mark, name=prop.name), 0, ref), index=None)


# --- factories ----------------------------------------------------------------------------------


def needs_of_list(project: Project, val: Val | None) -> Needs:
    """The `inject` of a factory."""
    if val is None:
        return Needs((), False)
    found = fold(project, val)
    items: list[Need] = []
    for index, element in enumerate(found.elements):
        inner, forward = forwarded(project, element.val)
        shown = look(project, inner)
        optional = False
        given = entry(project, shown, "token") if isinstance(shown.expr, Obj) else None
        if given is not None and isinstance(shown.expr, Obj) and shown.expr.get("token") is not None:
            said = entry(project, shown, "optional")
            optional = said is not None and bool(literal(look(project, said).expr))
            inner, below = forwarded(project, given)
            forward = forward or below
        token = token_in(project, inner)
        why = "" if token is not UNKNOWN else "token"
        name = dotted(inner.expr)
        items.append(Need(name, index, token, why, optional=optional, forward=forward, explicit=True))
    return Needs(tuple(items), found.complete and all(e.certain for e in found.elements))


__all__ = ["NO_NEEDS", "OBJECT", "UNDEFINED", "Need", "Needs", "needs_of", "needs_of_list"]
