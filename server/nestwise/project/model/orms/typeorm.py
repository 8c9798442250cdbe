"""Entities of TypeORM: decorated classes, and in `typeorm_schema` those that are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from nestwise.project.facts import Arr, Class, Fn, Lit, Name, New, Obj, Property, TName
from nestwise.project.model.classes import class_decorators, lineage
from nestwise.project.model.decorators import Applied
from nestwise.project.model.orms.reading import (
    SCALARS,
    Options,
    called,
    cascade_in,
    const_of,
    declared_with,
    decorators_of,
    enum_shown,
    generated_in,
    is_of,
    names_in,
    opposite,
    options_at,
    property_named,
    target_in,
    text_at,
    unreadable,
    val_of,
    written_type,
)
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.orms.typeorm_names import Naming, naming
from nestwise.project.model.orms.typeorm_schema import entity_schema
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val
from nestwise.project.model.symbols import Ext, Here, Ref, class_of

PACKAGES = frozenset({"typeorm"})
_TABLES = {"Entity": "table", "ChildEntity": "child", "ViewEntity": "view"}
_COLUMNS = {
    "PrimaryGeneratedColumn": "increment",
    "PrimaryColumn": "",
    "Column": "",
    "CreateDateColumn": "create",
    "UpdateDateColumn": "update",
    "DeleteDateColumn": "delete",
    "VersionColumn": "version",
    "ObjectIdColumn": "objectid",
    "ViewColumn": "",
    "VirtualColumn": "computed",
    "TreeLevelColumn": "level",
}
_RELATIONS = {
    "ManyToOne": "many-to-one",
    "OneToMany": "one-to-many",
    "OneToOne": "one-to-one",
    "ManyToMany": "many-to-many",
    "TreeParent": "many-to-one",
    "TreeChildren": "one-to-many",
}
_SIDES = (("TreeParent", "TreeChildren"), ("TreeChildren", "TreeParent"))
_OF_DATABASE = frozenset({"create", "update", "delete", "version", "level"})
"""Columns whose type the driver of the database chooses."""
_DEPTH = 4
"""Deepest nesting of embedded classes that is followed."""
MADE = "→"
"""Stands for a name of a join table that is to be made."""


@dataclass(slots=True)
class _Draft:
    """What the classes of an entity say, gathered."""

    project: Project
    naming: Naming
    ref: Ref
    columns: dict[str, Column] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def take(self, path: str, cls: Class, prefixes: tuple[str, ...], ahead: str, depth: int) -> None:
        """What the properties of a class add; one inside something embedded has its name `ahead`."""
        for prop in cls.properties:
            decorators = decorators_of(self.project, path, prop)
            if not decorators:
                continue
            named = {name: d for d in decorators if (name := is_of(d, PACKAGES))}
            if unreadable(decorators):
                self.unknown.append(f"a decorator of {cls.name}.{prop.name} cannot be read")
            if any(not d.certain for d in named.values()):
                self.unknown.append(f"{cls.name}.{prop.name} depends on a condition")
            self._property(prop, named, prefixes, ahead, depth)

    def _property(
        self, prop: Property, named: dict[str, Applied], prefixes: tuple[str, ...], ahead: str, depth: int
    ) -> None:
        full = ahead + prop.name
        kind = next((name for name in _COLUMNS if name in named), "")
        relation = next((name for name in _RELATIONS if name in named), "")
        if relation:
            self.relations[full] = self._relation(prop, relation, named, full)
            if kind:  # `@PrimaryColumn() @ManyToOne()`: the column is the foreign key's
                self.columns[full] = self._column(prop, kind, named, prefixes, full)
        elif kind:
            first = val_of(self.project, named[kind].arg(0))
            if kind == "Column" and first is not None and isinstance(first.expr, (Fn, Name)):
                self._embedded(first, named[kind], prop, prefixes, full, depth)
                return
            self.columns[full] = self._column(prop, kind, named, prefixes, full)
        if (kind or relation) and (index := named.get("Index")) is not None:
            options = options_at(self.project, index, 0, 1)
            name = text_at(self.project, index.arg(0))
            self.indexes.append(Index((full,), options.flag("unique"), name, prop.name_at))

    def _embedded(
        self, given: Val, deco: Applied, prop: Property, prefixes: tuple[str, ...], full: str, depth: int
    ) -> None:
        """`@Column(() => Name, { prefix: … })`. `@Column(String)` embeds nothing, and has no column."""
        if isinstance(given.expr, Name) and given.expr.id in SCALARS:
            return
        target = target_in(self.project, given)
        if not isinstance(target, Ref) or class_of(self.project, target) is None or depth > _DEPTH:
            self.unknown.append(f"what {full} embeds cannot be read")
            return
        prefix = options_at(self.project, deco, 1).at("prefix")
        more: tuple[str, ...] = (prop.name,)
        if prefix is None or not isinstance(prefix.expr, Lit):
            self.unknown.append(f"the prefix of {full} cannot be read")
        elif prefix.expr.kind in ("string", "boolean") and prefix.expr.value != "true":
            more = (prefix.expr.value,) if prefix.expr.value not in ("", "false") else ()
        for ref in reversed(lineage(self.project, target).refs):
            if (inner := class_of(self.project, ref)) is not None:
                self.take(ref.path, inner, (*prefixes, *more), f"{full}.", depth + 1)

    def _column(
        self, prop: Property, kind: str, named: dict[str, Applied], prefixes: tuple[str, ...], full: str
    ) -> Column:
        deco = named[kind]
        first = deco.arg(0)
        options = options_at(self.project, deco, 0, 1)
        if not options.readable:
            self.unknown.append(f"the options of {full} cannot be read")
        generated = _COLUMNS[kind]
        if kind == "PrimaryGeneratedColumn":
            generated = text_at(self.project, first) or "increment"
        if (strategy := named.get("Generated")) is not None:
            generated = text_at(self.project, strategy.arg(0)) or "increment"
        generated = generated or generated_in(options)
        primary = kind.startswith("Primary") or kind == "ObjectIdColumn"
        nullable = options.flag("nullable", kind == "DeleteDateColumn")
        default = options.shown("default")
        if default == "null" and not options.has("nullable"):
            nullable = True
        return Column(
            full,
            self.naming.column(options.text("name"), prop.name, prefixes),
            self._type(prop, kind, first, options, generated),
            nullable,
            options.flag("unique"),
            True if primary else options.flag("primary"),
            generated,
            default,
            options.text("length") or "",
            options.text("precision") or "",
            options.text("scale") or "",
            options.flag("array"),
            enum_shown(self.project, options.at("enum")),
            opposite(options.flag("select", True)),
            prop.name_at,
        )

    def _type(
        self, prop: Property, kind: str, first: Here | None, options: Options, generated: str
    ) -> str | None:
        """What the decorator says, else what TypeScript tells it."""
        if generated in ("uuid", "rowid"):  # whatever else it says
            return "uuid" if generated == "uuid" else "int"
        if kind != "PrimaryGeneratedColumn" and (given := text_at(self.project, first)):
            return given
        stated = options.text("type")
        if stated != "":
            return stated or SCALARS.get(options.shown("type") or "")
        if kind == "PrimaryGeneratedColumn":
            return "number"
        return "" if generated in _OF_DATABASE or kind == "ViewColumn" else written_type(prop)

    def _relation(self, prop: Property, kind: str, named: dict[str, Applied], full: str) -> Relation:
        deco, tree = named[kind], kind.startswith("Tree")
        options = options_at(self.project, deco, *((0,) if tree else (1, 2)))
        side = val_of(self.project, deco.arg(1)) if not tree else None
        if side is not None and isinstance(side.expr, Obj):
            side = None
        owner = {"many-to-one": True, "one-to-many": False}.get(_RELATIONS[kind])
        if owner is None:
            owner = "JoinColumn" in named or "JoinTable" in named
        first = deco.arg(0)
        promised = isinstance(prop.type, TName) and prop.type.name == "Promise"
        return Relation(
            full,
            _RELATIONS[kind],
            self.ref if tree else target_in(self.project, Val(first.path, first.expr) if first else None),
            owner,
            property_named(self.project, side),
            _join_columns(self.project, named.get("JoinColumn")) if owner else (),
            _join_table(self.project, named.get("JoinTable")),
            options.flag("nullable", True),
            "" if kind == "TreeParent" else cascade_in(options),
            options.text("onDelete"),
            options.text("onUpdate"),
            options.flag("eager"),
            True if promised else options.flag("lazy"),
            prop.name_at,
        )


def _join_columns(project: Project, deco: Applied | None) -> tuple[str, ...] | None:
    """What `@JoinColumn` names, `→` and the property that it refers to behind a name; nothing where the names
    are to be made."""
    val = val_of(project, deco.arg(0)) if deco is not None else None
    if val is None:
        return ()
    out: list[str] = []
    for part in [val.at(i) for i in val.expr.items] if isinstance(val.expr, Arr) else [val]:
        options = Options(project, part)
        name, referenced = options.text("name"), options.text("referencedColumnName")
        if name is None or referenced is None or not options.readable:
            return None
        if name or referenced:
            out.append(f"{name}{MADE}{referenced}" if referenced else name)
    return tuple(out)


def _join_table(project: Project, deco: Applied | None) -> str | None:
    """The name that `@JoinTable` gives."""
    if deco is None:
        return ""
    name = text_at(project, deco.arg(0)) or options_at(project, deco, 0).text("name")
    return MADE if name == "" else name


@question(cycle=None)
def drafted(project: Project, ref: Ref) -> Entity | None:
    """An entity without what its relations need of others: names of foreign keys and join tables."""
    item = const_of(project, ref)
    if item is not None:
        return entity_schema(project, ref, item)
    cls = class_of(project, ref)
    if cls is None:
        return None
    kinds = {name: d for d in class_decorators(project, ref) if (name := is_of(d, PACKAGES))}
    draft = _Draft(project, naming(project, ref.path), ref)
    line = lineage(project, ref)
    for base in reversed(line.refs):
        if (found := class_of(project, base)) is not None:
            draft.take(base.path, found, (), "", 0)
    stated = next((name for name in _TABLES if name in kinds), "")
    if not stated and not draft.columns and not draft.relations:
        return None
    if line.base is not None and not (isinstance(line.base, Ext) and line.base.package in PACKAGES):
        draft.unknown.append(f"{line.refs[-1].name} extends what cannot be read")
    for base in line.refs:
        draft.indexes += _of_class(project, base)
    draft.indexes += [Index((c.property,), True, "", c.at) for c in draft.columns.values() if c.unique]
    kind = _TABLES.get(stated, "abstract")
    table, schema = _table(draft, kinds[stated]) if stated else ("", "")
    if kind == "child":
        parent = next((p for b in line.refs[1:] if (p := drafted(project, b)) and p.kind == "table"), None)
        table = parent.table if parent is not None else None
    _tree(draft, cls)
    return Entity(
        cls.name, "typeorm", ref.path, table, kind, schema, tuple(draft.columns.values()),
        tuple(draft.relations.values()), tuple(draft.indexes), tuple(dict.fromkeys(draft.unknown)),
        cls.name_at, ref,
    )  # fmt: skip


def _tree(draft: _Draft, cls: Class) -> None:
    """The two sides of a tree know each other."""
    sides = {
        d.name.rpartition(".")[2]: p.name
        for p in cls.properties
        for d in p.decorators
        if d.name.rpartition(".")[2] in ("TreeParent", "TreeChildren")
    }
    for name, other in ((sides.get(a, ""), sides.get(b, "")) for a, b in _SIDES):
        if name in draft.relations:
            draft.relations[name] = replace(draft.relations[name], inverse=other)


def _table(draft: _Draft, deco: Applied) -> tuple[str | None, str | None]:
    """Name and schema."""
    options = options_at(draft.project, deco, 0, 1)
    name = text_at(draft.project, deco.arg(0)) or options.text("name")
    if name is None or not options.readable:
        draft.unknown.append("the name of the table cannot be read")
        return None, options.text("schema")
    return draft.naming.table(name, draft.ref.name), options.text("schema")


def _of_class(project: Project, ref: Ref) -> list[Index]:
    """`@Index` and `@Unique` on a class, with or without a name before the list."""
    out: list[Index] = []
    for deco in class_decorators(project, ref):
        kind = is_of(deco, PACKAGES)
        if kind not in ("Index", "Unique"):
            continue
        name = text_at(project, deco.arg(0))
        rest = deco.args[1:] if name or name is None else deco.args
        fields = names_in(project, Val(rest[0].path, rest[0].expr)) if rest else None
        unique = True if kind == "Unique" else options_at(project, deco, 1, 2).flag("unique")
        out.append(Index(fields, unique, name))
    return out


@question(cycle=None)
def entity(project: Project, ref: Ref) -> Entity | None:
    """A class or a schema as TypeORM sees it; None for anything else."""
    found = drafted(project, ref)
    if found is None:
        return None
    names = naming(project, ref.path)
    relations = tuple(_joined(project, names, found, r) for r in found.relations)
    return replace(found, relations=relations, columns=tuple(_retyped(project, relations, found.columns)))


def _retyped(
    project: Project, relations: tuple[Relation, ...], columns: tuple[Column, ...]
) -> Iterator[Column]:
    """A column that is also a foreign key's has the type of what it refers to, whatever it says itself."""
    keys = {r.columns[0]: r.target for r in relations if r.columns and len(r.columns) == 1}
    for column in columns:
        target = keys.get(column.name or "")
        other = drafted(project, target) if isinstance(target, Ref) else None
        same = other is not None and len(other.primary) == 1
        yield replace(column, type=other.primary[0].type) if same and other is not None else column


def _joined(project: Project, names: Naming, own: Entity, relation: Relation) -> Relation:
    """A relation with its target, and the names of its columns and its table."""
    target = drafted(project, relation.target) if isinstance(relation.target, Ref) else None
    if isinstance(relation.target, str):
        named = by_name(project, relation.target)
        target = drafted(project, named[0]) if len(named) == 1 else None
        relation = replace(relation, target=target.ref if target else relation.target)
    if not relation.owner or relation.columns is None:
        return relation
    if relation.kind == "many-to-many":
        table = relation.table
        if table == MADE:
            sides = (own.table, target.table if target else None)
            table = names.join_table(sides[0], relation.property, sides[1]) if all(sides) else None  # type: ignore[arg-type]
        return replace(relation, table=table)
    given = relation.columns
    last = relation.property.rpartition(".")[2]
    found: list[str | None] = list(given) if given else [None]
    if any(MADE in one for one in given):
        parts = [one.partition(MADE) for one in given]
        found = [name or names.join_column(last, referenced) for name, _, referenced in parts]
    elif target is not None and target.primary:
        # One column refers to each primary column; a name that is given stands for all of them.
        found = [given[0] if given else names.join_column(last, c.property) for c in target.primary]
    columns = tuple(name for name in found if name)
    return replace(relation, columns=columns if len(columns) == len(found) else None)


@question
def by_name(project: Project, name: str) -> tuple[Ref, ...]:
    """The entities that a string names."""
    return called(project, name, candidates, drafted)


def candidates(project: Project, path: str) -> list[Ref]:
    """What may be an entity in a file."""
    return declared_with(project, path, "typeorm", New)


__all__ = ["by_name", "candidates", "drafted", "entity"]
