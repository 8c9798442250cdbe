"""What `relations()` of Drizzle says of tables."""

from __future__ import annotations

from nestwise.project.facts import Arr, Call, Fn, Member, Obj, dotted
from nestwise.project.kinds import Kind
from nestwise.project.model.orms.reading import Options
from nestwise.project.model.orms.records import Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, symbol_in
from nestwise.project.model.symbols import Ext, Ref


def package_of(val: Val, project: Project) -> str:
    """The name of what Drizzle exports, else empty."""
    symbol = symbol_in(project, val)
    if isinstance(symbol, Ext) and symbol.package.startswith("drizzle-orm"):
        return symbol.name.rpartition(".")[2]
    return ""


def field_of(expr: object) -> str:
    """`b` of `t.b`, `t.b.desc()`; empty for an expression."""
    while isinstance(expr, Call) and isinstance(expr.callee, Member):
        expr = expr.callee.object
    name = dotted(expr)
    return name.partition(".")[2] if name.count(".") == 1 else ""


@question
def relation_files(project: Project) -> tuple[str, ...]:
    """Files that say how tables are related."""
    return tuple(
        path
        for path in project.with_kind(Kind.ENTITIES)
        if any(
            i.name == "relations" and i.module.startswith("drizzle-orm") for i in project.facts(path).imports
        )
    )


@question
def related(project: Project, path: str, ref: Ref) -> tuple[Relation, ...]:
    """What `relations(table, ({ one, many }) => ({ … }))` in a file says of a table."""
    out: list[Relation] = []
    for const in project.facts(path).consts:
        call = const.value
        if not isinstance(call, Call) or len(call.args) != 2 or not isinstance(call.args[1], Fn):
            continue
        val = Val(path, call)
        if (
            package_of(val.at(call.callee), project) != "relations"
            or symbol_in(project, val.at(call.args[0])) != ref
        ):
            continue
        for given in call.args[1].returns:
            for e in given.entries if isinstance(given, Obj) else ():
                out += _one_or_many(project, val, e.key, e.value)
    return tuple(out)


def _one_or_many(project: Project, val: Val, key: str, value: object) -> list[Relation]:
    if not isinstance(value, Call) or not value.args:
        return []
    kind = dotted(value.callee).rpartition(".")[2]
    symbol = symbol_in(project, val.at(value.args[0]))
    target = symbol if isinstance(symbol, Ref) else None
    options = Options(project, val.at(value.args[1])) if len(value.args) > 1 else Options(project)
    given = options.at("fields")
    items = given.expr.items if given is not None and isinstance(given.expr, Arr) else ()
    fields = tuple(f for i in items if (f := field_of(i)))
    if kind == "many":
        return [Relation(key, "one-to-many", target, False, "", nullable=True)]
    if kind != "one":
        return []
    return [
        Relation(
            key, "many-to-one" if fields else "one-to-one", target, bool(fields), "", fields, nullable=True
        )
    ]
