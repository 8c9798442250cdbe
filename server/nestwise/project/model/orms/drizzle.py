"""Tables of Drizzle: `pgTable('users', { … }, (t) => […])` and what `relations()` says of them."""

from __future__ import annotations

from msgspec.structs import replace

from nestwise.project.facts import Arr, Call, Const, Fn, Lit, Member, Name, Obj
from nestwise.project.model.expressions import unwound
from nestwise.project.model.orms.drizzle_relations import field_of, package_of, related, relation_files
from nestwise.project.model.orms.reading import Options, shown
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, called, look, symbol_in
from nestwise.project.model.symbols import Ref, declaration

_TABLES = frozenset({"pgTable", "mysqlTable", "sqliteTable", "singlestoreTable", "gelTable"})
_VIEWS = frozenset({"pgView", "pgMaterializedView", "mysqlView", "sqliteView"})
_ENUMS = frozenset({"pgEnum"})
_SERIAL = frozenset({"serial", "bigserial", "smallserial"})
_DEPTH = 8
Steps = list[tuple[str, tuple[Val, ...]]]


def candidates(project: Project, path: str) -> list[Ref]:
    facts = project.facts(path)
    if not any(i.module.startswith("drizzle-orm") for i in facts.imports):
        return []
    return [Ref(path, c.name) for c in facts.consts if isinstance(c.value, Call)]


@question
def _maker(project: Project, ref: Ref) -> tuple[str, str | None] | None:
    """What makes a constant a table: pgTable or the like, and the schema that it is in."""
    item = declaration(project, ref)
    if not isinstance(item, Const) or not isinstance(item.value, Call):
        return None
    return _table_call(project, Val(ref.path, item.value))


def _table_call(project: Project, val: Val) -> tuple[str, str | None] | None:
    expr = val.expr
    if not isinstance(expr, Call):
        return None
    name = package_of(val.at(expr.callee), project)
    if name in _TABLES or name in _VIEWS:
        return name, ""
    if isinstance(expr.callee, Member):  # `mySchema.table(…)`, `pgView('x').as(…)`
        owner = look(project, val.at(expr.callee.object))
        if isinstance(owner.expr, Call):
            made = package_of(owner.at(owner.expr.callee), project)
            if made in _VIEWS:
                return made, ""
            if made.endswith("Schema") and expr.callee.name in ("table", "view"):
                given = look(project, owner.at(owner.expr.args[0])).expr if owner.expr.args else None
                return "pgTable" if expr.callee.name == "table" else "pgView", _text(given)
    symbol = symbol_in(project, val.at(expr.callee))
    item = declaration(project, symbol) if isinstance(symbol, Ref) and "." not in symbol.name else None
    if not isinstance(item, Const) or not isinstance(item.value, Call) or not isinstance(symbol, Ref):
        return None
    made = package_of(Val(symbol.path, item.value.callee), project)
    return ("created", "") if made.endswith("TableCreator") else None


def _text(expr: object) -> str | None:
    return expr.value if isinstance(expr, Lit) and expr.kind == "string" else None


def _name(project: Project, val: Val, call: Call, made: str) -> str | None:
    """The name of a table, through `pgTableCreator((name) => `app_${name}`)`."""
    given = _text(look(project, val.at(call.args[0])).expr) if call.args else None
    if made != "created" or given is None:
        return given
    symbol = symbol_in(project, val.at(call.callee))
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if not isinstance(item, Const) or not isinstance(item.value, Call) or not isinstance(symbol, Ref):
        return None
    creator = item.value.args[0] if item.value.args else None
    if not isinstance(creator, Fn) or len(creator.params) != 1 or len(creator.returns) != 1:
        return None
    scope = {creator.params[0].partition(":")[0].strip(): Val("", Lit("string", given))}
    return _text(look(project, Val(symbol.path, creator.returns[0], scope)).expr)


@question(cycle=None)
def entity(project: Project, ref: Ref) -> Entity | None:
    made = _maker(project, ref)
    item = declaration(project, ref)
    if made is None or not isinstance(item, Const) or not isinstance(item.value, Call):
        return None
    val, kind = Val(ref.path, item.value), "view" if made[0] in _VIEWS else "table"
    call = item.value
    unknown: list[str] = []
    if kind == "view":
        while isinstance(call.callee, Member) and isinstance(call.callee.object, Call):
            call = call.callee.object
    columns: list[Column] = []
    relations: list[Relation] = []
    indexes: list[Index] = []
    given = val.at(call.args[1]) if len(call.args) > 1 else None
    fields, complete = _fields(project, given) if given is not None else ([], kind == "view")
    if not complete:
        unknown.append("the columns cannot all be read")
    for key, value in fields:
        _column(project, ref, key, value, columns, relations, indexes, unknown)
    name = _name(project, val, call, made[0])
    for one in _extras(project, val.at(call.args[2])) if len(call.args) > 2 else []:
        _extra(project, one, columns, indexes, relations)
    relations += [r for path in relation_files(project) for r in related(project, path, ref)]
    return Entity(
        ref.name, "drizzle", ref.path, name, kind, made[1], tuple(columns), tuple(relations), tuple(indexes),
        tuple(dict.fromkeys(unknown)), item.at, ref,
    )  # fmt: skip


def _fields(project: Project, val: Val, depth: int = 0) -> tuple[list[tuple[str, Val]], bool]:
    """The columns of an object, spreads folded in, or of a function that is given the builders."""
    val = look(project, val)
    if isinstance(val.expr, Fn) and len(val.expr.returns) == 1:
        scope = {**val.scope, **dict.fromkeys(p.partition(":")[0].strip() for p in val.expr.params)}
        val = Val(val.path, val.expr.returns[0], scope)
    if isinstance(val.expr, Call):
        returned = called(project, val, val.expr, deep=True)
        if len(returned) == 1 and depth < _DEPTH:
            return _fields(project, returned[0], depth + 1)
    if not isinstance(val.expr, Obj) or depth > _DEPTH:
        return [], False
    out: dict[str, Val] = {}
    complete = True
    for e in val.expr.entries:
        if e.key == "...":
            inner, sure = _fields(project, val.at(e.value), depth + 1)
            out.update(inner)
            complete = complete and sure
        elif e.key == "[]":
            complete = False
        else:
            out[e.key] = val.at(e.value)
    return list(out.items()), complete


def _chain(project: Project, val: Val, depth: int = 0) -> tuple[str, str, Steps] | None:
    """A column as the builder that it begins with, the enumeration of that, and the steps after it; the first
    step has the builder's own arguments."""
    val = look(project, val)
    head, links = unwound(val.expr)
    steps: Steps = [(name, tuple(val.at(a) for a in args)) for name, args in links]
    if not isinstance(head, Call):
        if steps and (isinstance(head, Name) or package_of(val.at(head), project)):
            return steps[0][0], "", steps  # `t.serial('id')`, `pg.serial('id')`
        return None
    if name := package_of(val.at(head.callee), project):
        return name, "", [(name, tuple(val.at(a) for a in head.args)), *steps]
    symbol = symbol_in(project, val.at(head.callee))
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if isinstance(item, Const) and isinstance(item.value, Call) and isinstance(symbol, Ref):
        maker = package_of(Val(symbol.path, item.value.callee), project)
        args = tuple(val.at(a) for a in head.args)
        if maker in _ENUMS or maker == "enum":
            given = [Val(symbol.path, a) for a in item.value.args]
            called_ = _text(look(project, given[0]).expr) if given else None
            return called_ or "?", called_ or "?", [("enum", args), *steps]
        if maker == "customType":
            return symbol.name, "", [("custom", args), *steps]
    returned = called(project, val, head, deep=True)
    if len(returned) != 1 or depth > _DEPTH:
        return None
    inner = _chain(project, returned[0], depth + 1)
    return (inner[0], inner[1], [*inner[2], *steps]) if inner is not None else None


def _column(
    project: Project,
    ref: Ref,
    key: str,
    value: Val,
    columns: list[Column],
    relations: list[Relation],
    indexes: list[Index],
    unknown: list[str],
) -> None:
    chain = _chain(project, value)
    if chain is None:
        unknown.append(f"what makes the column {key} cannot be read")
        columns.append(Column(key, None, None, None, None, None, default=None, array=None))
        return
    builder, enum, steps = chain
    given = steps[0][1]
    first = look(project, given[0]) if given else None
    name: str | None = key
    if first is not None:
        name = _text(first.expr) if not isinstance(first.expr, Obj) else key
    objects = (v for g in given if isinstance((v := look(project, g)).expr, Obj))
    options = next((Options(project, v) for v in objects), None)
    column = Column(
        property=key,
        name=name,
        type=builder,
        nullable=builder not in _SERIAL,
        generated="increment" if builder in _SERIAL else "",
        length=(options.text("length") or "") if options else "",
        precision=(options.text("precision") or "") if options else "",
        scale=(options.text("scale") or "") if options else "",
        enum=enum or _values(project, options),
    )
    for step, args in steps[1:]:
        column = _stepped(project, column, step, args)
        if step == "references" and args:
            relations.append(_foreign(project, ref, column, args))
    if column.unique:
        indexes.append(
            Index((key,), True, _text(look(project, u[0]).expr) if (u := _args(steps, "unique")) else "")
        )
    columns.append(column)


def _args(steps: Steps, name: str) -> tuple[Val, ...]:
    return next((args for step, args in steps if step == name), ())


def _values(project: Project, options: Options | None) -> str:
    found = options.names("enum") if options is not None and options.has("enum") else ()
    return ", ".join(found) if found else ""


def _stepped(project: Project, column: Column, step: str, args: tuple[Val, ...]) -> Column:
    match step:
        case "notNull":
            return replace(column, nullable=False)
        case "primaryKey":
            auto = bool(args) and Options(project, args[0]).flag("autoIncrement")
            return replace(
                column, primary=True, nullable=False, generated="increment" if auto else column.generated
            )
        case "unique":
            return replace(column, unique=True)
        case "array":
            return replace(column, array=True)
        case "autoincrement":
            return replace(column, generated="increment")
        case "generatedAlwaysAsIdentity" | "generatedByDefaultAsIdentity":
            return replace(column, generated="identity", nullable=False)
        case "generatedAlwaysAs":
            return replace(column, generated="computed")
        case "defaultNow":
            return replace(column, default="now()")
        case "defaultRandom":
            return replace(column, default="gen_random_uuid()")
        case "default" | "$default" | "$defaultFn":
            return replace(column, default=shown(look(project, args[0]).expr) if args else "")
        case "$onUpdate" | "$onUpdateFn":
            return replace(column, generated="update")
        case _:
            return column


def _foreign(project: Project, ref: Ref, column: Column, args: tuple[Val, ...]) -> Relation:
    """`.references(() => users.id, { onDelete: 'cascade' })`."""
    target: Ref | None = None
    given = look(project, args[0])
    if isinstance(given.expr, Fn) and len(given.expr.returns) == 1:
        target = _owner(project, given.at(given.expr.returns[0]))
    options = Options(project, args[1]) if len(args) > 1 else Options(project)
    return Relation(
        column.property,
        "many-to-one",
        target,
        True,
        columns=(column.name,) if column.name is not None else None,
        nullable=column.nullable,
        on_delete=_upper(options.text("onDelete")),
        on_update=_upper(options.text("onUpdate")),
    )


def _upper(text: str | None) -> str | None:
    return text.upper() if text else text


def _owner(project: Project, val: Val) -> Ref | None:
    """The table of `users.id`."""
    expr = val.expr
    symbol = symbol_in(project, val.at(expr.object)) if isinstance(expr, Member) else None
    return symbol if isinstance(symbol, Ref) and _maker(project, symbol) is not None else None


# --- what stands beside the columns --------------------------------------------------------------


def _extras(project: Project, val: Val) -> list[Val]:
    """Indexes and keys: a list, or the values of an object."""
    val = look(project, val)
    if not isinstance(val.expr, Fn) or len(val.expr.returns) != 1:
        return []
    given = val.expr.returns[0]
    scope = {**val.scope, **dict.fromkeys(p.partition(":")[0].strip() for p in val.expr.params)}
    if isinstance(given, Arr):
        return [Val(val.path, item, scope) for item in given.items]
    return [Val(val.path, e.value, scope) for e in given.entries] if isinstance(given, Obj) else []


def _extra(
    project: Project, val: Val, columns: list[Column], indexes: list[Index], relations: list[Relation]
) -> None:
    head, steps = unwound(val.expr)
    if not isinstance(head, Call):
        return
    kind = package_of(val.at(head.callee), project)
    name = _text(look(project, val.at(head.args[0])).expr) if head.args else ""
    on = next((args for step, args in steps if step in ("on", "onOnly", "using")), ())
    fields = tuple(f for a in on if (f := field_of(a)))
    if kind in ("index", "uniqueIndex", "unique"):
        indexes.append(Index(fields if len(fields) == len(on) else None, kind != "index", name))
    elif kind == "primaryKey":
        given = Options(project, val.at(head.args[0])).at("columns") if len(head.args) == 1 else None
        items = given.expr.items if given is not None and isinstance(given.expr, Arr) else head.args
        for key in (field_of(i) for i in items):
            for place, column in enumerate(columns):
                if column.property == key:
                    columns[place] = replace(column, primary=True, nullable=False)
    elif kind == "foreignKey" and head.args:
        options = Options(project, val.at(head.args[0]))
        own, other = options.at("columns"), options.at("foreignColumns")
        keys = [field_of(i) for i in own.expr.items] if own is not None and isinstance(own.expr, Arr) else []
        found = other.expr.items if other is not None and isinstance(other.expr, Arr) else ()
        target = _owner(project, other.at(found[0])) if other is not None and found else None
        named = {c.property: c for c in columns}
        after = dict(steps)
        relations.append(
            Relation(
                ", ".join(keys),
                "many-to-one",
                target,
                True,
                columns=tuple(named[k].name or k for k in keys) if all(k in named for k in keys) else None,
                nullable=any(named[k].nullable for k in keys if k in named),
                on_delete=_upper(_text(after["onDelete"][0])) if after.get("onDelete") else "",
                on_update=_upper(_text(after["onUpdate"][0])) if after.get("onUpdate") else "",
            )
        )


__all__ = ["candidates", "entity"]
