"""What a name means: declarations of the workspace, exports of packages, or unknown.

Names are resolved through imports, never by spelling: a `Logger` may be anybody's.
"""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import (
    Arr,
    Class,
    Const,
    Expr,
    FileFacts,
    Function,
    Import,
    Lit,
    Member,
    Name,
    Obj,
    Op,
    Spread,
    TypeDecl,
    dotted,
)
from nestwise.project.kinds import required
from nestwise.project.model.project import Project, question


class Ref(Struct, frozen=True, cache_hash=True):
    """A declaration of the workspace. The name `*` is the module itself (a namespace import)."""

    path: str
    name: str


class Ext(Struct, frozen=True, cache_hash=True):
    """An export of a package that is not in the workspace; members come with dots.

    The package is empty for a name that nothing declares or imports: a global like `Promise`.
    """

    package: str
    name: str


class Unknown(Struct, frozen=True):
    """A name that leads nowhere that can be read: a file that is missing, an unresolved re-export."""


UNKNOWN = Unknown()
Symbol = Ref | Ext | Unknown


class Resolved(Struct, frozen=True):
    symbol: Symbol
    type_only: str = ""
    """The file whose `import type` or `export type` erases the name at run time; empty where none does."""


class Here(Struct, frozen=True, cache_hash=True):
    """An expression with the file whose names it uses."""

    path: str
    expr: Expr


Declared = Class | Function | Const | TypeDecl

_DEPTH = 24
"""Longest chain of aliases and re-exports that is followed."""


def resolve(project: Project, path: str, name: str) -> Symbol:
    """What `name` (dots allowed) means in a file."""
    return resolve_link(project, path, name).symbol


@question
def resolve_link(project: Project, path: str, name: str) -> Resolved:
    """`resolve`, and whether the name exists at run time."""
    head, _, rest = name.partition(".")
    facts = project.facts(path)
    for imported in facts.imports:
        if imported.local == head:
            return _through_import(project, path, imported, rest)
    item = declared(facts, head)
    if isinstance(item, Const) and (module := required(item.value)):
        inner = item.value.name if isinstance(item.value, Member) else ""
        return _through_import(
            project, path, Import(module, "*", head), ".".join(p for p in (inner, rest) if p)
        )
    return Resolved(_member(Ref(path, head), rest) if item is not None else Ext("", name))


def _through_import(project: Project, path: str, imported: Import, rest: str) -> Resolved:
    erased = path if imported.type_only else ""
    target = project.target(path, imported.module)
    if target.package is not None:
        parts = [p for p in (imported.name, rest) if p and p != "*"]
        return Resolved(Ext(target.package, ".".join(parts) or "*"), erased)
    if target.path is None:
        return Resolved(UNKNOWN, erased)
    if imported.name == "*":
        if not rest:
            return Resolved(Ref(target.path, "*"), erased)
        head, _, rest = rest.partition(".")
        found = exported(project, target.path, head)
    else:
        found = exported(project, target.path, imported.name)
    return Resolved(_member(found.symbol, rest), erased or found.type_only)


def _member(symbol: Symbol, rest: str) -> Symbol:
    if not rest or isinstance(symbol, Unknown):
        return symbol
    if isinstance(symbol, Ext):
        return Ext(symbol.package, f"{symbol.name}.{rest}")
    return Ref(symbol.path, f"{symbol.name}.{rest}")


@question
def exported(project: Project, path: str, name: str) -> Resolved:
    """What a file exports under a name, through any chain of re-exports."""
    return _exported(project, path, name, set(), "") or Resolved(UNKNOWN)


_DANGLING = Resolved(UNKNOWN)
"""A name that is exported and leads nowhere: it hides what a later `export *` has under this name."""


def _exported(
    project: Project, path: str, name: str, seen: set[tuple[str, str]], erased: str
) -> Resolved | None:
    if (path, name) in seen or len(seen) > 400:
        return None
    seen.add((path, name))
    facts = project.facts(path)
    for export in facts.exports:
        if export.name != name:
            continue
        erased = erased or (path if export.type_only else "")
        if not export.module:
            return _local(project, path, facts, export.local, seen, erased) or _DANGLING
        target = project.target(path, export.module)
        if target.package is not None:
            inner = "*" if export.local == "*" else export.local
            return Resolved(Ext(target.package, inner), erased)
        if target.path is None:
            return Resolved(UNKNOWN, erased)
        if export.local == "*":
            return Resolved(Ref(target.path, "*"), erased)
        return _exported(project, target.path, export.local, seen, erased) or _DANGLING
    return _through_stars(project, path, facts, name, seen, erased)


def _local(
    project: Project, path: str, facts: FileFacts, local: str, seen: set[tuple[str, str]], erased: str
) -> Resolved | None:
    imported = next((i for i in facts.imports if i.local == local), None)
    if imported is None:
        return Resolved(Ref(path, local), erased)
    target = project.target(path, imported.module).path
    if target is not None and imported.name != "*":  # followed here: files may import from each other
        link = erased or (path if imported.type_only else "")
        return _exported(project, target, imported.name, seen, link)
    found = _through_import(project, path, imported, "")
    return Resolved(found.symbol, erased or found.type_only)


def _through_stars(
    project: Project, path: str, facts: FileFacts, name: str, seen: set[tuple[str, str]], erased: str
) -> Resolved | None:
    if name == "default":
        return None
    external: list[Ext] = []
    unknown = False
    for export in facts.exports:
        if export.name != "*":
            continue
        link = erased or (path if export.type_only else "")
        target = project.target(path, export.module)
        if target.package is not None:
            external.append(Ext(target.package, name))
        elif target.path is None:
            unknown = True
        else:
            found = _exported(project, target.path, name, seen, link)
            if found is _DANGLING or (found is not None and not isinstance(found.symbol, Unknown)):
                return found
            unknown = unknown or found is not None
    if unknown:
        return Resolved(UNKNOWN, erased)
    return Resolved(external[0], erased) if len(external) == 1 else None


@question
def values_of(project: Project, path: str) -> tuple[tuple[Ref, ...], bool]:
    """What a file exports that exists at run time, re-exports followed; and whether that is all."""
    found: dict[str, Symbol] = {}
    files, seen = [path], {path}
    complete = True
    for file in files:
        for export in project.facts(file).exports:
            if export.type_only:
                continue
            if export.name != "*":
                found.setdefault(export.name, exported(project, file, export.name).symbol)
                continue
            target = project.target(file, export.module).path
            complete = complete and target is not None
            if target is not None and target not in seen:
                seen.add(target)
                files.append(target)
    refs = [s for s in found.values() if isinstance(s, Ref)]
    values = tuple(r for r in refs if not _erased(declaration(project, r)))
    return values, complete and len(refs) == len(found)


def _erased(item: Declared | None) -> bool:
    return isinstance(item, TypeDecl) and item.kind != "enum"


def declared(facts: FileFacts, name: str) -> Declared | None:
    """The declaration of a name in its own file."""
    for group in (facts.classes, facts.functions, facts.consts, facts.types):
        for item in group:
            if item.name == name and not getattr(item, "inside", ""):
                return item
    return None


def declaration(project: Project, ref: Ref) -> Declared | None:
    """What a reference points to, members left out."""
    return declared(project.facts(ref.path), ref.name.partition(".")[0])


def class_of(project: Project, symbol: Symbol) -> Class | None:
    found = declaration(project, symbol) if isinstance(symbol, Ref) and "." not in symbol.name else None
    return found if isinstance(found, Class) else None


@question
def followed(project: Project, symbol: Symbol) -> Symbol:
    """The symbol behind aliases: `const Guard = JwtGuard`, `export { A as B }`, `const X = ns.Y`."""
    for _ in range(_DEPTH):
        if not isinstance(symbol, Ref):
            return symbol
        found = declaration(project, symbol)
        if not isinstance(found, Const) or found.mutable or "." in symbol.name:
            return symbol
        name = dotted(found.value)
        if not name:
            return symbol
        symbol = resolve(project, symbol.path, name)
    return UNKNOWN


def symbol_of(project: Project, here: Here) -> Symbol:
    """The symbol that an expression names, aliases followed; UNKNOWN for other expressions."""
    name = dotted(here.expr)
    return followed(project, resolve(project, here.path, name)) if name else UNKNOWN


def value_of(project: Project, here: Here) -> Here:
    """The expression behind names: constants, their members, enum members; unchanged where it cannot.

    Texts that are put together, with `+` or in a template, are one text.
    """
    for _ in range(_DEPTH):
        name = dotted(here.expr)
        if not name:
            return _joined(project, here)
        found = _value(project, resolve(project, here.path, name))
        if found is None:
            return here
        here = found
    return here


def _joined(project: Project, here: Here) -> Here:
    expr = here.expr
    if not isinstance(expr, Op) or expr.op != "+" or expr.left is None:
        return here
    parts = [value_of(project, Here(here.path, e)).expr for e in (expr.left, expr.right)]
    text = joined_text(*parts)
    return Here(here.path, Lit("string", text)) if text is not None else here


def joined_text(left: Expr, right: Expr) -> str | None:
    """What `left + right` is, where both are literals and one is a text."""
    if not isinstance(left, Lit) or not isinstance(right, Lit):
        return None
    kinds = {left.kind, right.kind}
    return left.value + right.value if "string" in kinds and kinds <= {"string", "number"} else None


def _value(project: Project, symbol: Symbol) -> Here | None:
    if not isinstance(symbol, Ref) or symbol.name == "*":
        return None
    item = declaration(project, symbol)
    _, _, rest = symbol.name.partition(".")
    if isinstance(item, Const) and not item.mutable:
        here: Here | None = Here(symbol.path, item.value)
        for part in rest.split(".") if rest else ():
            here = _entry(project, here, part) if here else None
        return here
    if isinstance(item, TypeDecl) and item.kind == "enum" and rest:
        return _enum_member(symbol.path, item, rest)
    if isinstance(item, Class) and rest:
        for prop in item.properties:
            if prop.static and prop.name == rest and prop.value is not None:
                return Here(symbol.path, prop.value)
        if rest == "name":
            return Here(symbol.path, Lit("string", item.name))
    return None


def _entry(project: Project, here: Here, key: str) -> Here | None:
    here = value_of(project, here)
    if isinstance(here.expr, Obj) and (value := here.expr.get(key)) is not None:
        return Here(here.path, value)
    return None


def _enum_member(path: str, item: TypeDecl, name: str) -> Here | None:
    for position, (key, text) in enumerate(item.members):
        if key == name:
            if text[:1] in "'\"`" and text:
                return Here(path, Lit("string", text[1:-1]))
            return Here(path, Lit("number", text or str(position)))
    return None


class Items(Struct, frozen=True):
    """The elements of a list, spreads and constants folded in."""

    items: tuple[Here, ...]
    complete: bool
    """False where some element cannot be known: the list may hold more."""


def items_of(project: Project, here: Here, depth: int = 0) -> Items:
    """The elements of an array expression, through constants, spreads and `concat`."""
    here = value_of(project, here)
    if not isinstance(here.expr, Arr) or depth > _DEPTH:
        return Items((), False)
    out: list[Here] = []
    complete = True
    for item in here.expr.items:
        if isinstance(item, Spread):
            inner = items_of(project, Here(here.path, item.value), depth + 1)
            out += inner.items
            complete = complete and inner.complete
        else:
            out.append(Here(here.path, item))
    return Items(tuple(out), complete)


__all__ = [
    "UNKNOWN", "Declared", "Ext", "Here", "Items", "Member", "Name", "Ref", "Resolved", "Symbol", "Unknown",
    "class_of", "declaration", "declared", "exported", "followed", "items_of", "resolve", "resolve_link",
    "symbol_of", "value_of", "values_of",
]  # fmt: skip
