"""Entities of MikroORM: decorated classes, and in `mikro_object` those that are none."""

from __future__ import annotations

from msgspec.structs import replace

from nestwise.project.facts import Call, New
from nestwise.project.model.classes import class_decorators, lineage
from nestwise.project.model.orms.mikro_draft import (
    Draft,
    column_name,
    decorator_of,
    finished,
    naming,
    table_name,
    underscored,
)
from nestwise.project.model.orms.mikro_object import entity_object
from nestwise.project.model.orms.reading import Options, called, const_of, declared_with, options_at
from nestwise.project.model.orms.records import Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, class_of

_DISCRIMINATORS = ("discriminatorColumn", "discriminatorMap")


@question(cycle=None)
def drafted(project: Project, ref: Ref) -> Entity | None:
    """An entity without what its relations need of others."""
    item = const_of(project, ref)
    if item is not None:
        return entity_object(project, ref, item)
    cls = class_of(project, ref)
    if cls is None:
        return None
    kinds = {name: d for d in class_decorators(project, ref) if (name := decorator_of(d))}
    draft = Draft(project, naming(project, ref.path))
    line = lineage(project, ref)
    for base in reversed(line.refs):
        if (found := class_of(project, base)) is not None:
            draft.take(base.path, found, "", "", 0)
    options = options_at(project, kinds["Entity"], 0) if "Entity" in kinds else Options(project)
    if "Entity" not in kinds and "Embeddable" not in kinds and not draft.columns and not draft.relations:
        return None
    if line.base is not None and not (
        isinstance(line.base, Ext) and line.base.package.startswith("@mikro-orm/")
    ):
        draft.unknown.append(f"{line.refs[-1].name} extends what cannot be read")
    for base in line.refs:
        draft.indexes += _of_class(project, base)
    given = options.text("tableName") or options.text("collection")
    kind, table = "table", table_name(draft.naming, given, cls.name)
    stored = "Entity" in kinds and not options.flag("abstract")
    parent = next((p for b in line.refs[1:] if stored and (p := _shared(project, b)) is not None), None)
    if "Embeddable" in kinds:
        kind, table = "embedded", ""
    elif "Entity" not in kinds or options.flag("abstract"):
        kind, table = "abstract", ""
    elif parent is not None:
        kind, table = "child", parent
    schema = options.text("schema")
    return finished(draft, ref, cls.name, kind, table, schema, cls.name_at)


def _shared(project: Project, ref: Ref) -> str | None:
    """The table of a class that shares it with its heirs."""
    cls, decorators = class_of(project, ref), class_decorators(project, ref)
    for deco in decorators if cls is not None else ():
        options = options_at(project, deco, 0)
        if decorator_of(deco) == "Entity" and cls is not None and any(map(options.has, _DISCRIMINATORS)):
            given = options.text("tableName") or options.text("collection")
            return table_name(naming(project, ref.path), given, cls.name)
    return None


def _of_class(project: Project, ref: Ref) -> list[Index]:
    out: list[Index] = []
    for deco in class_decorators(project, ref):
        if (kind := decorator_of(deco)) in ("Index", "Unique"):
            options = options_at(project, deco, 0)
            out.append(Index(options.names("properties"), kind == "Unique", options.text("name")))
    return out


@question(cycle=None)
def entity(project: Project, ref: Ref) -> Entity | None:
    found = drafted(project, ref)
    if found is None:
        return None
    kind = naming(project, ref.path)
    return replace(found, relations=tuple(_joined(project, kind, found, r) for r in found.relations))


def _joined(project: Project, naming_: str, own: Entity, relation: Relation) -> Relation:
    target = drafted(project, relation.target) if isinstance(relation.target, Ref) else None
    if isinstance(relation.target, str):
        named = by_name(project, relation.target)
        target = drafted(project, named[0]) if len(named) == 1 else None
        relation = replace(relation, target=target.ref if target else relation.target)
    if target is not None and relation.owner and relation.inverse == "":
        back = (
            r for r in target.relations if r.inverse == relation.property and r.target in (own.ref, own.name)
        )
        relation = replace(relation, inverse=next((r.property for r in back), ""))
    if relation.table == "→":
        made = own.table and naming_ == "sql"
        return replace(relation, table=f"{own.table}_{underscored(relation.property)}" if made else None)
    if not relation.owner or relation.columns or relation.columns is None or relation.kind == "many-to-many":
        return relation
    name = column_name(naming_, "", relation.property)
    if name is None or target is None or not target.primary:
        return replace(relation, columns=None)
    if naming_ == "mongo":
        return replace(relation, columns=(name,))
    keys = [c.name for c in target.primary]
    return replace(relation, columns=tuple(f"{name}_{k}" for k in keys) if all(keys) else None)


@question
def by_name(project: Project, name: str) -> tuple[Ref, ...]:
    """The entities that a string names."""
    return called(project, name, candidates, drafted)


def candidates(project: Project, path: str) -> list[Ref]:
    """What may be an entity in a file."""
    return declared_with(project, path, "@mikro-orm/", (New, Call))


__all__ = ["by_name", "candidates", "drafted", "entity"]
