"""Models of sequelize-typescript; those that `init` or `define` describe are known by their name alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from msgspec.structs import replace

from nestwise.project.facts import Call, Class, Lit, Obj, Property, dotted
from nestwise.project.kinds import Kind
from nestwise.project.model.classes import class_decorators, lineage
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.orms.mongoose import plural
from nestwise.project.model.orms.reading import (
    Options,
    enum_shown,
    options_at,
    shown,
    target_in,
    text_at,
    unreadable,
    val_of,
    written_type,
)
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, is_absent, look
from nestwise.project.model.symbols import Ext, Ref, class_of

_PACKAGE = "sequelize-typescript"
_INFERRED = {
    "string": "STRING",
    "number": "INTEGER",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "Date": "DATE",
    "Buffer": "BLOB",
}
_RELATIONS = {
    "BelongsTo": "many-to-one",
    "HasMany": "one-to-many",
    "HasOne": "one-to-one",
    "BelongsToMany": "many-to-many",
}
_TIMES = (
    ("CreatedAt", "createdAt", "create"),
    ("UpdatedAt", "updatedAt", "update"),
    ("DeletedAt", "deletedAt", "delete"),
)


def _of(deco: Applied) -> str:
    symbol = deco.symbol
    mine = isinstance(symbol, Ext) and symbol.package == _PACKAGE
    return symbol.name.rpartition(".")[2] if mine and isinstance(symbol, Ext) else ""


def _snake(name: str) -> str:
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).replace("-", "_").lower()


def _plural(name: str) -> str | None:
    """The plural of a name, as Sequelize makes it; None for a word that is not regular."""
    last = re.findall(r"[A-Z]?[^A-Z]*", name)[-2:][0] or name
    many = plural(last)
    if many is None or last.lower() == many or (last.endswith("s") and not last.endswith("ss")):
        return None
    return name + many[len(last) :] if many.startswith(last.lower()) else name[:-1] + "ies"


@dataclass(slots=True)
class _Draft:
    project: Project
    underscored: bool | None
    columns: dict[str, Column] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    keys: dict[str, Ref | str | None] = field(default_factory=dict)
    """Properties with `@ForeignKey`, and the model that each refers to."""
    times: dict[str, str] = field(default_factory=dict)

    def take(self, path: str, cls: Class) -> None:
        for prop in cls.properties:
            decorators = applied(self.project, path, prop.decorators)
            named = {name: d for d in decorators if (name := _of(d))}
            if unreadable(decorators):
                self.unknown.append(f"a decorator of {cls.name}.{prop.name} cannot be read")
            relation = next((n for n in _RELATIONS if n in named), "")
            if relation:
                self._relation(prop, relation, named[relation])
            elif "Column" in named or {"CreatedAt", "UpdatedAt", "DeletedAt"} & named.keys():
                self._column(prop, named)

    def _column(self, prop: Property, named: dict[str, Applied]) -> None:
        deco = named.get("Column")
        first = val_of(self.project, deco.arg(0)) if deco is not None else None
        given = first is not None and isinstance(first.expr, Obj)
        options = Options(self.project, first if given else None)
        stated = options.at("type") if given else first
        name, length = _type(stated, written_type(prop))
        time = next((w for d, _, w in _TIMES if d in named), "")
        if time:
            self.times[time] = prop.name
        if "ForeignKey" in named:
            target = named["ForeignKey"].arg(0)
            self.keys[prop.name] = target_in(self.project, Val(target.path, target.expr) if target else None)
        primary = "PrimaryKey" in named or options.flag("primaryKey")
        allowed: bool | None = options.flag("allowNull", True)
        if "AllowNull" in named:
            said = val_of(self.project, named["AllowNull"].arg(0))
            allowed = not (said is not None and isinstance(said.expr, Lit) and said.expr.value == "false")
        unique = True if "Unique" in named else options.flag("unique")
        if unique is None and options.has("unique"):
            unique = True
        default = options.shown("defaultValue")
        if "Default" in named and (value := val_of(self.project, named["Default"].arg(0))) is not None:
            default = shown(value.expr)
        auto = "AutoIncrement" in named or options.flag("autoIncrement")
        own = options.text("field")
        if own == "":
            own = None if self.underscored is None else _snake(prop.name) if self.underscored else prop.name
        enum = _enum(self.project, stated)
        self.columns[prop.name] = Column(
            prop.name,
            own,
            name,
            False if primary or time in ("create", "update") else allowed,
            unique,
            primary,
            "increment" if auto else time,
            default,
            length,
            enum=enum,
            at=prop.name_at,
        )
        if unique:
            self.indexes.append(Index((prop.name,), True, "", prop.name_at))
        if "Index" in named:
            more = options_at(self.project, named["Index"], 0)
            self.indexes.append(Index((prop.name,), more.flag("unique"), more.text("name"), prop.name_at))

    def _relation(self, prop: Property, kind: str, deco: Applied) -> None:
        first = deco.arg(0)
        target = target_in(self.project, Val(first.path, first.expr) if first else None)
        many = kind == "BelongsToMany"
        options = options_at(self.project, deco, 1, 2)
        key = text_at(self.project, deco.arg(2 if many else 1)) or options.text("foreignKey")
        table: str | None = ""
        through: Ref | str | None = None
        if many:
            second = deco.arg(1)
            through = target_in(self.project, Val(second.path, second.expr) if second else None)
            table = through if isinstance(through, str) else None
            if isinstance(through, Ref):
                found = drafted(self.project, through)
                table = found.table if found is not None else None
        self.relations[prop.name] = Relation(
            prop.name,
            _RELATIONS[kind],
            target,
            kind == "BelongsTo",
            "",
            (key,) if key and kind == "BelongsTo" else (),
            table,
            True,
            "",
            options.text("onDelete"),
            options.text("onUpdate"),
            at=prop.name_at,
        )


def _type(val: Val | None, written: str) -> tuple[str | None, str]:
    """`DataType.STRING(30)` as its name and length, else what TypeScript tells."""
    if val is None or is_absent(val.expr):
        return _INFERRED.get(written), ""
    expr = val.expr
    if isinstance(expr, Lit) and expr.kind == "string":
        return expr.value, ""
    length = ""
    if isinstance(expr, Call):
        given = expr.args[0] if expr.args else None
        length = given.value if isinstance(given, Lit) and given.kind == "number" else ""
        expr = expr.callee
    name = dotted(expr).rpartition(".")[2]
    return (name or None), length


def _enum(project: Project, val: Val | None) -> str:
    """The values of `DataType.ENUM('a', 'b')`."""
    if val is None or not isinstance(val.expr, Call) or not dotted(val.expr.callee).endswith("ENUM"):
        return ""
    if len(val.expr.args) == 1 and not isinstance(val.expr.args[0], Lit):
        return enum_shown(project, look(project, val.at(val.expr.args[0])))
    return ", ".join(a.value if isinstance(a, Lit) else shown(a) for a in val.expr.args)


@question(cycle=None)
def drafted(project: Project, ref: Ref) -> Entity | None:
    cls = class_of(project, ref)
    if cls is None:
        return None
    line = lineage(project, ref)
    stated = next((d for d in class_decorators(project, ref) if _of(d) == "Table"), None)
    base = line.base
    sequelizes = isinstance(base, Ext) and base.package in (_PACKAGE, "sequelize") and base.name == "Model"
    if stated is None and not sequelizes:
        return None
    options = options_at(project, stated, 0) if stated is not None else Options(project)
    draft = _Draft(project, options.flag("underscored"))
    for one in reversed(line.refs):
        if (found := class_of(project, one)) is not None:
            draft.take(one.path, found)
    if not options.readable:
        draft.unknown.append("the options of the table cannot be read")
    if stated is None and not draft.columns:
        draft.unknown.append("the columns are given where the model is made")
        return Entity(
            cls.name, "sequelize", ref.path, None, unknown=tuple(draft.unknown), at=cls.name_at, ref=ref
        )
    name = options.text("modelName") or cls.name
    table = options.text("tableName")
    if table == "":
        table = name if options.flag("freezeTableName") else _plural(name)
        table = _snake(table) if table is not None and options.flag("underscored") else table
    _complete(draft, options, ref in joining(project))
    kind = "abstract" if stated is None else "table"
    return Entity(
        cls.name, "sequelize", ref.path, table if kind == "table" else "", kind, options.text("schema"),
        tuple(draft.columns.values()), tuple(_keyed(draft)), tuple(draft.indexes),
        tuple(dict.fromkeys(draft.unknown)), cls.name_at, ref,
    )  # fmt: skip


def _complete(draft: _Draft, options: Options, joins: bool) -> None:
    """What Sequelize adds by itself: a key, and time stamps. The key of a join table are its foreign keys."""
    if any(c.primary for c in draft.columns.values()):
        pass
    elif joins and draft.keys:
        for name in draft.keys:
            draft.columns[name] = replace(draft.columns[name], primary=True, nullable=False)
    else:
        key = Column("id", "id", "INTEGER", False, False, True, "increment")
        draft.columns = {"id": key, **draft.columns}
    times = options.flag("timestamps", True)
    if times is None:
        draft.unknown.append("whether there are time stamps cannot be read")
    wanted = [(_TIMES[0], times), (_TIMES[1], times), (_TIMES[2], times and options.flag("paranoid"))]
    for (_, usual, word), there in wanted:
        if not there or word in draft.times:
            continue
        given = options.at(usual)
        if given is not None and isinstance(given.expr, Lit) and given.expr.value == "false":
            continue
        name = options.text(usual) or usual
        own = _snake(name) if draft.underscored else name
        draft.columns.setdefault(name, Column(name, own, "DATE", word == "delete", generated=word))


def _keyed(draft: _Draft) -> list[Relation]:
    """Relations with the foreign key that a property declares for their target."""
    out: list[Relation] = []
    for relation in draft.relations.values():
        if relation.owner and not relation.columns:
            keys = [k for k, target in draft.keys.items() if target is not None and target == relation.target]
            names = [draft.columns[k].name for k in keys]
            known = len(keys) == 1 and names[0] is not None
            nullable = draft.columns[keys[0]].nullable if len(keys) == 1 else None
            relation = replace(relation, columns=(str(names[0]),) if known else None, nullable=nullable)
        elif relation.owner and relation.columns:
            column = draft.columns.get(relation.columns[0])
            if column is not None:
                own = (column.name,) if column.name is not None else None
                relation = replace(relation, columns=own, nullable=column.nullable)
        out.append(relation)
    return out


@question
def joining(project: Project) -> frozenset[Ref]:
    """The models that stand between two others: `@BelongsToMany(() => Role, () => UserRole)`."""
    found: set[Ref] = set()
    for path in project.with_kind(Kind.ENTITIES):
        for cls in project.facts(path).classes:
            for deco in (d for p in cls.properties for d in p.decorators if d.name.endswith("BelongsToMany")):
                through = target_in(project, Val(path, deco.args[1])) if len(deco.args) > 1 else None
                if isinstance(through, Ref):
                    found.add(through)
    return frozenset(found)


def entity(project: Project, ref: Ref) -> Entity | None:
    return drafted(project, ref)


def candidates(project: Project, path: str) -> list[Ref]:
    facts = project.facts(path)
    if not any(i.module.startswith("sequelize") for i in facts.imports):
        return []
    return [Ref(path, c.name) for c in facts.classes if c.extends is not None]


__all__ = ["candidates", "entity"]
