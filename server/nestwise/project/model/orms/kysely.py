"""Tables of Kysely: the members of the interface that `Kysely<Database>` names."""

from __future__ import annotations

from collections.abc import Iterator

from nestwise.project.facts import Call, New, TName, TObject, TUnion, Type, TypeDecl
from nestwise.project.kinds import Kind
from nestwise.project.model.orms.reading import type_of
from nestwise.project.model.orms.records import Column, Entity
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, followed, resolve
from nestwise.project.model.types import written

_MARKS = {"Generated": "database", "GeneratedAlways": "database"}
_DEPTH = 6


def _mentions(facts_types: Type | None) -> Iterator[TName]:
    """Every `Kysely<X>` in a type."""
    match facts_types:
        case TName(name=name, args=args):
            if name.rpartition(".")[2] in ("Kysely", "Transaction", "ControlledTransaction") and args:
                yield facts_types
            for arg in args:
                yield from _mentions(arg)
        case TUnion(of=parts):
            for part in parts:
                yield from _mentions(part)
        case _:
            return


@question
def databases(project: Project) -> tuple[Ref, ...]:
    """The interfaces that describe a database."""
    found: dict[Ref, None] = {}
    for path in project.with_kind(Kind.ENTITIES):
        facts = project.facts(path)
        if not any(i.module == "kysely" or i.module.startswith("kysely/") for i in facts.imports):
            continue
        kinds: list[Type | None] = [t.type for t in facts.types] + [c.type for c in facts.consts]
        kinds += [p.type for f in facts.functions for p in f.params]
        for cls in facts.classes:
            kinds += [p.type for p in cls.properties] + [p.type for p in cls.ctor or ()]
            kinds += [p.type for m in cls.methods for p in m.params]
            if cls.extends is not None and cls.extends_types:
                kinds.append(TName("Kysely", cls.extends_types))
        for const in facts.consts:
            value = const.value
            if isinstance(value, Call) and value.types:
                kinds.append(TName("Kysely", value.types))
            if isinstance(value, New):
                continue
        for kind in kinds:
            for named in _mentions(kind):
                first = named.args[0]
                symbol = (
                    followed(project, resolve(project, path, first.name))
                    if isinstance(first, TName)
                    else None
                )
                if isinstance(symbol, Ref) and type_of(project, symbol) is not None:
                    found[symbol] = None
    return tuple(found)


@question
def tables(project: Project) -> tuple[tuple[Ref, str], ...]:
    """The interface of each table, with the table's name."""
    out: dict[Ref, str] = {}
    for database in databases(project):
        for path, name, kind in _members(project, database, 0):
            if isinstance(kind, TName):
                symbol = followed(project, resolve(project, path, kind.name))
                if isinstance(symbol, Ref) and type_of(project, symbol) is not None:
                    out.setdefault(symbol, name)
    return tuple(out.items())


def _members(project: Project, ref: Ref, depth: int) -> Iterator[tuple[str, str, Type | None]]:
    """The properties of an interface, with the file whose names their types use."""
    item = type_of(project, ref)
    if item is None or depth > _DEPTH:
        return
    kind = item.type
    if isinstance(kind, TObject):
        for name, member in kind.members:
            yield ref.path, name, member
    if isinstance(kind, TName):  # an alias of another one
        symbol = followed(project, resolve(project, ref.path, kind.name))
        if isinstance(symbol, Ref):
            yield from _members(project, symbol, depth + 1)
    for base in item.extends:
        symbol = followed(project, resolve(project, ref.path, base))
        if isinstance(symbol, Ref):
            yield from _members(project, symbol, depth + 1)


@question(cycle=None)
def entity(project: Project, ref: Ref) -> Entity | None:
    name = dict(tables(project)).get(ref)
    item = type_of(project, ref)
    if name is None or not isinstance(item, TypeDecl):
        return None
    columns = tuple(_column(project, path, key, kind) for path, key, kind in _members(project, ref, 0))
    known = isinstance(item.type, (TObject, TName))
    unknown = () if known else ("the columns cannot be read",)
    return Entity(
        ref.name,
        "kysely",
        ref.path,
        name.strip("'\""),
        "table",
        "",
        columns,
        unknown=unknown,
        at=item.at,
        ref=ref,
    )


def _column(project: Project, path: str, key: str, kind: Type | None) -> Column:
    nullable = key.endswith("?")
    generated = ""
    while isinstance(kind, TName) and kind.args:
        symbol = resolve(project, path, kind.name)
        name = kind.name.rpartition(".")[2]
        if not isinstance(symbol, Ext) and name not in (*_MARKS, "ColumnType"):
            break
        if name not in ("ColumnType", "JSONColumnType", *_MARKS):
            break
        generated = _MARKS.get(name, generated)
        kind = kind.args[0]
    if isinstance(kind, TUnion):
        rest = tuple(p for p in kind.of if written(p) not in ("null", "undefined"))
        nullable = nullable or len(rest) < len(kind.of)
        kind = rest[0] if len(rest) == 1 else TUnion(rest)
    bare = key.removesuffix("?").strip("'\"")
    default = None if generated else ""
    return Column(bare, bare, written(kind), nullable, None, None, generated, default, array=None)


def candidates(project: Project, path: str) -> list[Ref]:
    types = project.facts(path).types
    found = {ref.name for ref, _ in tables(project) if ref.path == path} if types else set()
    return [Ref(path, t.name) for t in types if t.name in found]


def files(project: Project) -> tuple[str, ...]:
    """The files that describe tables, which need not import anything of Kysely."""
    return tuple(sorted({ref.path for ref, _ in tables(project)}))


__all__ = ["candidates", "databases", "entity", "files", "tables"]
