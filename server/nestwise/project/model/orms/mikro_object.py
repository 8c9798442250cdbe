"""Entities of MikroORM that are no classes: `defineEntity` and `new EntitySchema({…})`."""

from __future__ import annotations

from nestwise.project.facts import Call, Const, Entry, Expr, Fn, Lit, Member, Name, New, Obj, dotted
from nestwise.project.model.expressions import unwound
from nestwise.project.model.orms.mikro_draft import RELATIONS, Draft, finished, naming, table_name
from nestwise.project.model.orms.reading import Options
from nestwise.project.model.orms.records import Entity
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, look, symbol_in
from nestwise.project.model.symbols import Ext, Ref

_SHORT = {"m:1": "many-to-one", "1:m": "one-to-many", "1:1": "one-to-one", "m:n": "many-to-many"}


def entity_object(project: Project, ref: Ref, item: Const) -> Entity | None:
    value = item.value
    if not isinstance(value, (New, Call)) or not value.args:
        return None
    maker = symbol_in(project, Val(ref.path, value.callee))
    if not isinstance(maker, Ext) or not maker.package.startswith("@mikro-orm/"):
        return None
    if maker.name not in ("EntitySchema", "defineEntity"):
        return None
    options = Options(project, Val(ref.path, value.args[0]))
    draft = Draft(project, naming(project, ref.path))
    given = options.at("properties")
    if given is not None and isinstance(given.expr, Fn) and len(given.expr.returns) == 1:
        scope = dict.fromkeys(p.partition(":")[0].strip() for p in given.expr.params)
        given = look(project, Val(given.path, given.expr.returns[0], {**given.scope, **scope}))
    if given is None or not isinstance(given.expr, Obj):
        draft.unknown.append("the properties cannot be read")
    for e in given.expr.entries if given is not None and isinstance(given.expr, Obj) else ():
        if e.key in ("...", "[]"):
            draft.unknown.append("the properties cannot all be read")
        elif given is not None:
            _property(draft, e.key, look(project, given.at(e.value)))
    named = options.text("name") or ""
    target = options.at("class")
    if not named and target is not None and dotted(target.expr):
        named = dotted(target.expr)
    name = named or ref.name
    table = table_name(draft.naming, options.text("tableName") or options.text("collection"), name)
    kind = "abstract" if options.flag("abstract") else "embedded" if options.flag("embeddable") else "table"
    stored = table if kind == "table" else ""
    return finished(draft, ref, name, kind, stored, options.text("schema"), item.at)


def _property(draft: Draft, key: str, val: Val) -> None:
    """`{ type: 'string', nullable: true }`, or `p.string().nullable()`."""
    project = draft.project
    if isinstance(val.expr, Fn) and len(val.expr.returns) == 1:  # it names what comes later
        val = look(project, val.at(val.expr.returns[0]))
    head, steps = unwound(val.expr)
    if steps and isinstance(head, (Name, Member)):
        _built(draft, key, val, steps)
        return
    options = Options(project, val)
    kind = options.text("kind") or options.text("reference") or ""
    kind = _SHORT.get(kind, kind)
    if kind in _SHORT.values():
        draft.relation(key, kind, options, None, None, None)
    else:
        draft.column(key, key, "", "PrimaryKey" if options.flag("primary") else "Property", options, None)


def _built(draft: Draft, key: str, val: Val, steps: list[tuple[str, tuple[Expr, ...]]]) -> None:
    """A chain of `p`, written as the options that it stands for."""
    start, args = steps[0]
    entries = [Entry("type", Lit("string", start))]
    entries += [Entry(name, given[0] if given else Lit("boolean", "true")) for name, given in steps[1:]]
    options = Options(draft.project, val.at(Obj(tuple(entries))))
    relation = next((k for n, k in RELATIONS.items() if n.lower() == start.lower()), "")
    if relation:
        given = val.at(args[0]) if args else None
        draft.relation(key, relation, options, given, None, None)
    elif start == "enum":
        items = look(draft.project, val.at(args[0])) if args else None
        draft.column(key, key, "", "Enum", options, None, items)
    else:
        draft.column(key, key, "", "PrimaryKey" if options.flag("primary") else "Property", options, None)
