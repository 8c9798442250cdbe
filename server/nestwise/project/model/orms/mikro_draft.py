"""What properties say of an entity of MikroORM, however they say it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msgspec.structs import replace

from nestwise.project.facts import NOWHERE, At, Class, Fn, Lit, Obj, Property, TName, dotted
from nestwise.project.kinds import Kind
from nestwise.project.model.classes import lineage
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.orms.reading import (
    SCALARS,
    Options,
    enum_shown,
    options_at,
    property_named,
    target_in,
    unreadable,
    val_of,
    written_type,
)
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, is_absent
from nestwise.project.model.symbols import Ext, Ref, class_of
from nestwise.project.model.types import meant

_COLUMNS = ("PrimaryKey", "Property", "Enum", "Formula", "SerializedPrimaryKey")
RELATIONS = {
    "ManyToOne": "many-to-one",
    "OneToMany": "one-to-many",
    "OneToOne": "one-to-one",
    "ManyToMany": "many-to-many",
}
_DEPTH = 4


def decorator_of(deco: Applied) -> str:
    symbol = deco.symbol
    mine = isinstance(symbol, Ext) and symbol.package.startswith("@mikro-orm/")
    return symbol.name.rpartition(".")[2] if mine and isinstance(symbol, Ext) else ""


def underscored(name: str) -> str:
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


@question
def naming(project: Project, path: str) -> str:
    """How the package of a file names tables: `sql`, `mongo`, or empty where that is the team's own way."""
    package = project.layout.package_of(path)
    for file in project.with_kind(Kind.ENTITIES):
        facts = project.facts(file)
        own = any("NamingStrategy" in i.name and i.module.startswith("@mikro-orm/") for i in facts.imports)
        if own and project.layout.package_of(file) == package:
            return ""
    return "mongo" if package is not None and "@mikro-orm/mongodb" in package.dependencies else "sql"


def column_name(kind: str, given: str | None, name: str) -> str | None:
    if given != "":
        return given
    return {"sql": underscored(name), "mongo": name}.get(kind)


def table_name(kind: str, given: str | None, name: str) -> str | None:
    if given != "":
        return given
    return {"sql": underscored(name), "mongo": underscored(name).replace("_", "-")}.get(kind)


@dataclass(slots=True)
class Draft:
    project: Project
    naming: str
    columns: dict[str, Column] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    path: str = ""
    """The file of the class that is being read."""
    counted: bool = True
    """Is a number that is the only key counted up?"""

    def take(self, path: str, cls: Class, prefix: str, ahead: str, depth: int) -> None:
        self.path = path
        for prop in cls.properties:
            decorators = applied(self.project, path, prop.decorators)
            named = {name: d for d in decorators if (name := decorator_of(d))}
            if unreadable(decorators):
                self.unknown.append(f"a decorator of {cls.name}.{prop.name} cannot be read")
            full = ahead + prop.name
            kind = next((k for k in _COLUMNS if k in named), "")
            relation = next((k for k in RELATIONS if k in named), "")
            if kind:
                deco = named[kind]
                options = options_at(self.project, deco, 0, 1)
                first = val_of(self.project, deco.arg(0))
                items = first if kind == "Enum" and first is not None and isinstance(first.expr, Fn) else None
                self.column(prop.name, full, prefix, kind, options, prop, items)
            elif relation:
                deco = named[relation]
                first = val_of(self.project, deco.arg(0))
                given = first if first is not None and not isinstance(first.expr, Obj) else None
                second = deco.arg(1)
                side = val_of(self.project, second)
                side = side if side is not None and not isinstance(side.expr, Obj) else None
                options = options_at(self.project, deco, 0, 1, 2)
                self.relation(full, RELATIONS[relation], options, given, side, prop)
            elif "Embedded" in named:
                first = val_of(self.project, named["Embedded"].arg(0))
                options = options_at(self.project, named["Embedded"], 0, 1)
                given = first if first is not None and isinstance(first.expr, Fn) else options.at("entity")
                self.embedded(given, options, prop, full, prefix, depth)
            for extra in ("Index", "Unique"):
                if extra in named and (kind or relation):
                    called = options_at(self.project, named[extra], 0).text("name")
                    self.indexes.append(Index((full,), extra == "Unique", called, prop.name_at))
                    if extra == "Unique" and full in self.columns:
                        self.columns[full] = replace(self.columns[full], unique=True)

    def column(
        self,
        name: str,
        full: str,
        prefix: str,
        kind: str,
        options: Options,
        prop: Property | None,
        items: Val | None = None,
    ) -> None:
        if options.flag("persist", True) is False or kind == "SerializedPrimaryKey":
            return
        if not options.readable:
            self.unknown.append(f"the options of {full} cannot be read")
        primary = kind == "PrimaryKey" or options.flag("primary")
        given = options.text("fieldName") or options.text("name")
        own = column_name(self.naming, given, "_id" if self.naming == "mongo" and primary else name)
        type_ = options.text("columnType") or options.text("type")
        if type_ == "" or (type_ is None and options.has("type")):
            stated = (options.shown("type") or "").removeprefix("() => ")
            type_ = SCALARS.get(stated, stated.rpartition(".")[2]) or (written_type(prop) if prop else "")
        type_ = re.sub(r"^(?:Opt|Hidden)<(.*)>$|\s*&\s*Opt\b", r"\1", type_ or "") or type_
        default = options.shown("default") or options.text("defaultRaw")
        unique = options.flag("unique") if not options.text("unique") else True
        generated = ""
        if primary and options.flag("autoincrement", True) is False:
            self.counted = False
        if options.flag("autoincrement"):
            generated = "increment"
        elif kind == "Formula" or options.has("generated"):
            generated = "computed"
        elif options.has("onUpdate"):
            generated = "update"
        elif options.flag("version"):
            generated = "version"
        enumeration = items or options.at("items")
        enum = (
            enum_shown(self.project, enumeration).removeprefix("() => ") if enumeration is not None else "?"
        )
        nullable = options.flag("nullable", bool(options.flag("optional")))
        self.columns[full] = Column(
            full,
            prefix + own if own is not None else None,
            type_,
            nullable,
            unique,
            primary,
            generated,
            default,
            options.text("length") or "",
            options.text("precision") or "",
            options.text("scale") or "",
            options.flag("array"),
            enum,
            options.flag("hidden"),
            prop.name_at if prop is not None else NOWHERE,
        )
        if unique or options.flag("index") or options.text("index"):
            self.indexes.append(Index((full,), bool(unique), ""))

    def relation(
        self,
        full: str,
        kind: str,
        options: Options,
        given: Val | None,
        side: Val | None,
        prop: Property | None,
    ) -> None:
        entity = given if given is not None else options.at("entity")
        target = target_in(self.project, entity) if entity is not None else None
        if target is None and entity is not None and is_absent(entity.expr) and prop is not None:
            target = _typed(self.project, self.path, prop)
        mapped = options.at("mappedBy")
        back = options.at("inversedBy")
        has_mapped, has_back = options.has("mappedBy"), options.has("inversedBy")
        if side is not None and kind != "many-to-one":
            mapped, has_mapped = side, not options.flag("owner") and not has_back
            back, has_back = (side, not has_mapped) if not has_mapped else (back, has_back)
        owner = {"many-to-one": True, "one-to-many": False}.get(kind)
        if owner is None:
            owner = True if options.flag("owner") or has_back else not has_mapped
        inverse = property_named(self.project, mapped if has_mapped else back if has_back else None)
        cascaded = options.at("cascade")
        cascade = _cascade(self.project, cascaded)
        removed = bool(cascade) and ("remove" in (cascade or "") or "all" in (cascade or ""))
        columns = options.names("joinColumns") or options.names("joinColumn") or options.names("fieldName")
        if columns is not None and not columns:
            columns = options.names("name")
        self.relations[full] = Relation(
            full,
            kind,
            target,
            owner,
            inverse,
            columns if owner and kind != "many-to-many" else (),
            (options.text("pivotTable") or "→") if owner and kind == "many-to-many" else "",
            options.flag("nullable", removed or not owner) if not kind.endswith("many") else True,
            cascade,
            _rule(options, "deleteRule", "onDelete"),
            _rule(options, "updateRule", "onUpdateIntegrity"),
            options.flag("eager"),
            options.flag("lazy"),
            prop.name_at if prop is not None else NOWHERE,
        )
        if options.flag("primary"):
            self.counted = False

    def embedded(
        self, given: Val | None, options: Options, prop: Property, full: str, prefix: str, depth: int
    ) -> None:
        if options.flag("object") or options.flag("array"):
            own = column_name(self.naming, options.text("fieldName"), prop.name)
            self.columns[full] = Column(full, own, "json", options.flag("nullable"), at=prop.name_at)
            return
        target = (
            target_in(self.project, given) if given is not None and not isinstance(given.expr, Lit) else None
        )
        if not isinstance(target, Ref) or class_of(self.project, target) is None or depth > _DEPTH:
            self.unknown.append(f"what {full} embeds cannot be read")
            return
        stated = options.at("prefix")
        more: str | None = f"{column_name(self.naming, '', prop.name)}_" if self.naming else None
        if stated is not None and isinstance(stated.expr, Lit) and stated.expr.kind in ("string", "boolean"):
            more = "" if stated.expr.value in ("", "false") else stated.expr.value
        if more is None:
            self.unknown.append(f"the prefix of {full} cannot be read")
        for ref in reversed(lineage(self.project, target).refs):
            if (inner := class_of(self.project, ref)) is not None:
                self.take(ref.path, inner, prefix + (more or ""), f"{full}.", depth + 1)
        if options.flag("nullable"):
            for key, column in self.columns.items():
                if key.startswith(f"{full}."):
                    self.columns[key] = replace(column, nullable=True)


def _typed(project: Project, path: str, prop: Property) -> Ref | None:
    """The entity that the type of a property names: `User`, `Ref<User>`, `Collection<User>`."""
    kind = prop.type
    while isinstance(kind, TName) and kind.name in _AROUND and kind.args:
        kind = kind.args[0]
    return meant(project, path, kind).ref


_AROUND = frozenset(
    {"Ref", "LazyRef", "Rel", "Reference", "Collection", "IdentifiedReference", "Loaded", "Opt"}
)


def _rule(options: Options, *names: str) -> str | None:
    for name in names:
        given = options.text(name)
        if given is None:
            return None
        if given:
            return given.upper()
    return ""


def _cascade(project: Project, val: Val | None) -> str | None:
    """`[Cascade.PERSIST, 'remove']`; empty for what MikroORM does unasked."""
    if val is None:
        return None
    items = getattr(val.expr, "items", None)
    if items is None:
        return "" if isinstance(val.expr, Lit) else None
    names = [dotted(i).rpartition(".")[2].lower() or getattr(i, "value", "?") for i in items]
    return ", ".join(names)


def finished(
    draft: Draft, ref: Ref, name: str, kind: str, table: str | None, schema: str | None, at: At
) -> Entity:
    """The entity that was drafted; a number that is its only key is counted up."""
    columns = tuple(draft.columns.values())
    keys = [c for c in columns if c.primary] if draft.counted else []
    if len(keys) == 1 and keys[0].type in ("number", "bigint", "integer", "int") and not keys[0].generated:
        columns = tuple(replace(c, generated="increment") if c is keys[0] else c for c in columns)
    return Entity(
        name, "mikro-orm", ref.path, table, kind, schema, columns, tuple(draft.relations.values()),
        tuple(draft.indexes), tuple(dict.fromkeys(draft.unknown)), at, ref,
    )  # fmt: skip
