"""Entities as `nestwise inspect` shows them."""

from __future__ import annotations

from typing import Any

from nestwise.project.model.entities import Column, Entity, Relation, entity_of
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref

Row = dict[str, Any]


def entity_row(project: Project, entity: Entity) -> Row:
    """An entity as JSON; null is what cannot be told."""
    return {
        "name": entity.name,
        "orm": entity.orm,
        "kind": entity.kind,
        "file": entity.path,
        "table": entity.table,
        "schema": entity.schema,
        "columns": [_column_row(c) for c in entity.columns],
        "relations": [_relation_row(project, r) for r in entity.relations],
        "indexes": [
            {"columns": None if i.columns is None else list(i.columns), "unique": i.unique, "name": i.name}
            for i in entity.indexes
        ],
        "unknown": list(entity.unknown),
    }


def _column_row(column: Column) -> Row:
    return {
        "property": column.property,
        "name": column.name,
        "type": column.type,
        "nullable": column.nullable,
        "unique": column.unique,
        "primary": column.primary,
        "generated": column.generated,
        "default": column.default,
        "length": column.length,
        "precision": column.precision,
        "scale": column.scale,
        "array": column.array,
        "enum": column.enum,
        "hidden": column.hidden,
    }


def _relation_row(project: Project, relation: Relation) -> Row:
    return {
        "property": relation.property,
        "kind": relation.kind,
        "target": named(project, relation),
        "owner": relation.owner,
        "inverse": relation.inverse,
        "columns": None if relation.columns is None else list(relation.columns),
        "table": relation.table,
        "nullable": relation.nullable,
        "cascade": relation.cascade,
        "onDelete": relation.on_delete,
        "onUpdate": relation.on_update,
        "eager": relation.eager,
        "lazy": relation.lazy,
    }


def named(project: Project, relation: Relation) -> str | None:
    """The name of the entity that a relation leads to."""
    target = relation.target
    if not isinstance(target, Ref):
        return target
    found = entity_of(project, target)
    return found.name if found is not None else target.name


def entity_text(project: Project, entity: Entity) -> list[str]:
    """An entity for people, line by line. `?` stands for what cannot be told."""
    where = {"": "", None: " in ?"}.get(entity.table, f" in {entity.table}")
    out = [f"{entity.name} ({entity.orm} {entity.kind}{where})"]
    width = max((len(c.property) for c in entity.columns), default=0)
    kinds = max((len(c.type or "?") for c in entity.columns), default=0)
    for column in entity.columns:
        said = _said(column)
        line = f"  {column.property:<{width}}  {_known(column.type) or '-':<{kinds}}  {said}"
        out.append(line.rstrip())
    for relation in entity.relations:
        out.append(f"  {relation.property}: {_related(project, relation)}")
    for index in entity.indexes:
        if index.columns is None or len(index.columns) > 1 or not index.unique:
            kind = {True: "unique", False: "index", None: "index, perhaps unique,"}[index.unique]
            out.append(f"  {kind} on {', '.join(index.columns) if index.columns is not None else '?'}")
    out += [f"  unknown: {cause}" for cause in entity.unknown]
    return out


def _known(text: str | None) -> str:
    return "?" if text is None else text


def _said(column: Column) -> str:
    parts = [
        "" if column.name == column.property else f"as {_known(column.name)}",
        "primary" if column.primary else "",
        f"by {column.generated}" if column.generated else "",
        {True: "nullable", None: "nullable?"}.get(column.nullable, ""),
        {True: "unique", None: "unique?"}.get(column.unique, ""),
        f"default {_known(column.default)}" if column.default != "" else "",
        f"enum {column.enum}" if column.enum else "",
        "array" if column.array else "",
        "hidden" if column.hidden else "",
    ]
    return ", ".join(p for p in parts if p)


def _related(project: Project, relation: Relation) -> str:
    target = _known(named(project, relation))
    columns = relation.columns
    parts = [
        f"{relation.kind} {target}",
        f"inverse {_known(relation.inverse)}" if relation.inverse != "" else "",
        "column ?" if columns is None else f"column {', '.join(columns)}" if columns else "",
        f"table {_known(relation.table)}" if relation.table != "" else "",
        "not null" if relation.nullable is False else "",
        f"cascade {_known(relation.cascade)}" if relation.cascade != "" else "",
        f"on delete {_known(relation.on_delete)}" if relation.on_delete != "" else "",
        "eager" if relation.eager else "",
        "lazy" if relation.lazy else "",
    ]
    return ", ".join(p for p in parts if p)


__all__ = ["entity_row", "entity_text"]
