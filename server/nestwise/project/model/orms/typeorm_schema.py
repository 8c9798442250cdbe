"""Entities of TypeORM that are no classes: `new EntitySchema({…})`."""

from __future__ import annotations

from nestwise.project.facts import Const, Lit, New, Obj
from nestwise.project.model.orms.reading import (
    SCALARS,
    Options,
    cascade_in,
    enum_shown,
    generated_in,
    opposite,
    property_named,
    target_in,
)
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.orms.typeorm_names import Naming, naming
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, look, symbol_in
from nestwise.project.model.symbols import Ext, Ref


def entity_schema(project: Project, ref: Ref, item: Const) -> Entity | None:
    value = item.value
    if not isinstance(value, New) or not value.args:
        return None
    maker = symbol_in(project, Val(ref.path, value.callee))
    if not isinstance(maker, Ext) or maker.package != "typeorm" or maker.name != "EntitySchema":
        return None
    names = naming(project, ref.path)
    options = Options(project, Val(ref.path, value.args[0]))
    unknown: list[str] = []
    target = options.at("target")
    named = options.text("name") or (target_in(project, target) if options.has("target") else "")
    name = named.name if isinstance(named, Ref) else named or ref.name
    columns: list[Column] = []
    for key, given in _entries(project, options.at("columns"), unknown, "columns"):
        columns.append(_schema_column(project, names, key, given))
    relations: list[Relation] = []
    for key, given in _entries(project, options.at("relations"), unknown, "relations"):
        relations.append(_schema_relation(project, key, given))
    indexes = [Index((c.property,), True, "", c.at) for c in columns if c.unique]
    for group, sure in (("indices", None), ("uniques", True)):
        listed = options.at(group)
        for part in _listed(project, listed):
            inner = Options(project, part)
            indexes.append(Index(inner.names("columns"), sure or inner.flag("unique"), inner.text("name")))
    table = options.text("tableName")
    kind = options.text("type") or "table"
    kind = {"regular": "table", "entity-child": "child"}.get(kind, kind)
    return Entity(
        name, "typeorm", ref.path, names.table(table, name), kind, options.text("schema"), tuple(columns),
        tuple(relations), tuple(indexes), tuple(unknown), item.at, ref,
    )  # fmt: skip


def _entries(project: Project, val: Val | None, unknown: list[str], what: str) -> list[tuple[str, Val]]:
    if val is None or (not isinstance(val.expr, (Obj, Lit))):
        unknown.append(f"the {what} cannot be read")
        return []
    if not isinstance(val.expr, Obj):
        return []
    out: dict[str, Val] = {}
    for e in val.expr.entries:
        if e.key == "...":
            inner = look(project, val.at(e.value))
            out.update(_entries(project, inner, unknown, what))
        elif e.key == "[]":
            unknown.append(f"the {what} cannot be read")
        else:
            out[e.key] = look(project, val.at(e.value))
    return list(out.items())


def _listed(project: Project, val: Val | None) -> list[Val]:
    items = getattr(val.expr, "items", ()) if val is not None else ()
    return [look(project, val.at(i)) for i in items] if val is not None else []


def _schema_column(project: Project, names: Naming, key: str, given: Val) -> Column:
    options = Options(project, given)
    type_ = options.text("type") or SCALARS.get(options.shown("type") or "")
    generated = generated_in(options)
    for flag, word in (("createDate", "create"), ("updateDate", "update"), ("deleteDate", "delete"),
                       ("version", "version"), ("objectId", "objectid")):  # fmt: skip
        generated = word if options.flag(flag) else generated
    enumeration = options.at("enum")
    return Column(
        key,
        names.column(options.text("name"), key, ()),
        type_,
        options.flag("nullable", generated == "delete"),
        options.flag("unique"),
        options.flag("primary"),
        generated,
        options.shown("default"),
        options.text("length") or "",
        options.text("precision") or "",
        options.text("scale") or "",
        options.flag("array"),
        enum_shown(project, enumeration) if enumeration is not None else "?",
        opposite(options.flag("select", True)),
    )


def _schema_relation(project: Project, key: str, given: Val) -> Relation:
    options = Options(project, given)
    kind = options.text("type")
    joined, table = options.at("joinColumn"), options.at("joinTable")
    owner = {"many-to-one": True, "one-to-many": False}.get(kind or "")
    if owner is None:
        owner = options.has("joinColumn") or options.has("joinTable")
    columns: tuple[str, ...] | None = ()
    if joined is not None and isinstance(joined.expr, Obj):
        inner = Options(project, joined)
        name, referenced = inner.text("name"), inner.text("referencedColumnName")
        columns = (
            None if name is None else ((f"{name}→{referenced}",) if referenced else (name,) if name else ())
        )
    join_table: str | None = ""
    if table is not None and not isinstance(table.expr, Lit):
        join_table = Options(project, table).text("name") or "→"
    elif table is not None and table.expr.value == "true":  # type: ignore[union-attr]
        join_table = "→"
    return Relation(
        key,
        kind or "?",
        target_in(project, options.at("target")),
        owner,
        property_named(project, options.at("inverseSide")),
        columns if owner else (),
        join_table,
        options.flag("nullable", True),
        cascade_in(options),
        options.text("onDelete"),
        options.text("onUpdate"),
        options.flag("eager"),
        options.flag("lazy"),
    )
