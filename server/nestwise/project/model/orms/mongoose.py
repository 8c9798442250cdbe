"""Documents of Mongoose: `@Schema()` and `@Prop()` of Nest, typegoose, and `new Schema({…})`."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from nestwise.project.facts import (
    Arr,
    Call,
    Class,
    Const,
    Fn,
    Lit,
    Member,
    Name,
    New,
    Obj,
    Op,
    Property,
    Type,
    dotted,
)
from nestwise.project.model.classes import class_decorators, lineage
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.orms.mongoose_names import plural
from nestwise.project.model.orms.reading import (
    Options,
    const_of,
    opposite,
    options_at,
    shown,
    target_in,
    unreadable,
    val_of,
)
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, entry, is_absent, look, symbol_in
from nestwise.project.model.symbols import Ext, Ref, class_of, declaration
from nestwise.project.model.types import meant

_NEST = "@nestjs/mongoose"
_TYPES = {
    "String": "String",
    "Number": "Number",
    "Boolean": "Boolean",
    "Bool": "Boolean",
    "Date": "Date",
    "Buffer": "Buffer",
    "Map": "Map",
    "Object": "Mixed",
    "Mixed": "Mixed",
    "ObjectId": "ObjectId",
    "Oid": "ObjectId",
    "ObjectID": "ObjectId",
    "Decimal128": "Decimal128",
    "BigInt": "BigInt",
    "UUID": "UUID",
    "Int32": "Int32",
    "Double": "Double",
    "Array": "Array",
}
_SCALARS = {"string": "String", "number": "Number", "boolean": "Boolean", "bigint": "BigInt"}
_DEPTH = 5


def _of(deco: Applied, *names: str) -> bool:
    symbol = deco.symbol
    if not isinstance(symbol, Ext):
        return False
    return symbol.name in names and (symbol.package == _NEST or symbol.package.startswith("@typegoose/"))


@dataclass(slots=True)
class _Draft:
    project: Project
    columns: dict[str, Column] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def take(self, path: str, cls: Class) -> None:
        for prop in cls.properties:
            decorators = applied(self.project, path, prop.decorators)
            if unreadable(decorators):
                self.unknown.append(f"a decorator of {cls.name}.{prop.name} cannot be read")
            for deco in decorators:
                if _of(deco, "Prop", "prop"):
                    self._prop(path, prop, deco)

    def _prop(self, path: str, prop: Property, deco: Applied) -> None:
        given = val_of(self.project, deco.arg(0))
        if given is not None and isinstance(given.expr, Obj) and (raw := given.expr.get("type")) is not None:
            stated: Val | None = look(self.project, given.at(raw))
            options = Options(self.project, given)
        elif given is None or isinstance(given.expr, Obj):
            stated, options = None, Options(self.project, given)
        else:
            stated, options = given, Options(self.project)
        if given is not None and isinstance(given.expr, Call) and dotted(given.expr.callee).endswith("raw"):
            stated, options = look(self.project, given.at(given.expr.args[0])), Options(self.project)
            self.take_object(prop.name, stated, 0)
            return
        if stated is None:
            self._typed(path, prop, options)
        else:
            self.field(prop.name, stated, options, prop, 0)

    def _typed(self, path: str, prop: Property, options: Options) -> None:
        """The type that TypeScript tells the decorator."""
        kind = meant(self.project, path, prop.type)
        many = kind.kind == "array"
        inner = kind.element
        if inner.ref is not None:
            self._reference(prop.name, inner.ref, options, many, prop)
            return
        name = _SCALARS.get(inner.name) if inner.kind == "scalar" else {"date": "Date"}.get(inner.kind)
        if inner.kind == "outside":
            name = _TYPES.get(inner.name.rpartition(".")[2])
        if inner.kind in (
            "open",
            "inline",
            "interface",
            "union",
            "utility",
            "enum",
            "literals",
            "unknown",
            "class",
        ):
            name = _mixed(inner.kind, prop.type)
        self._column(prop.name, name, options, many, prop)

    def field(self, full: str, val: Val, options: Options, prop: Property | None, depth: int) -> None:
        """A property by the type that is stated: `String`, `[String]`, a schema, a class, an object."""
        expr = val.expr
        many = isinstance(expr, Arr)
        if isinstance(expr, Arr):
            inner = look(self.project, val.at(expr.items[0])) if expr.items else None
            if inner is not None and isinstance(inner.expr, Obj) and inner.expr.get("type") is not None:
                options_ = Options(self.project, inner)
                stated = look(self.project, inner.at(inner.expr.get("type") or Lit("null", "null")))
                self._scalar(full, stated, options_, True, prop, outer=options)
                return
            val = inner if inner is not None else val.at(Name("Object"))
        if isinstance(val.expr, Fn) and len(val.expr.returns) == 1:
            val = look(self.project, val.at(val.expr.returns[0]))
            if isinstance(val.expr, Arr) and val.expr.items:
                many, val = True, look(self.project, val.at(val.expr.items[0]))
        if isinstance(val.expr, Obj) and not many:
            self.take_object(full, val, depth + 1)
        elif isinstance(val.expr, Obj):
            self.relations[full] = Relation(full, "embedded", "", True, nullable=True)
        else:
            self._scalar(full, val, options, many, prop)

    def _scalar(
        self,
        full: str,
        val: Val,
        options: Options,
        many: bool,
        prop: Property | None,
        outer: Options | None = None,
    ) -> None:
        name = _type_name(val)
        if name is None or name == "":
            target = _schema_in(self.project, val)
            if target is not None:
                self._reference(full, target, options, many, prop)
                return
        if options.has("ref"):
            other = target_in(self.project, options.at("ref"))
            at = prop.name_at if prop is not None else Column("", "").at
            required = _required(outer or options)
            self.relations[full] = Relation(
                full, "reference", other, True, columns=(full,), nullable=opposite(required), at=at
            )
            if many:
                self.relations[full] = replace(self.relations[full], kind="references")
        self._column(full, name, options, many, prop, outer)

    def _reference(self, full: str, target: Ref, options: Options, many: bool, prop: Property | None) -> None:
        """A document inside: another schema."""
        at = prop.name_at if prop is not None else Column("", "").at
        kind = "embedded list" if many else "embedded"
        self.relations[full] = Relation(
            full, kind, target, True, nullable=opposite(_required(options)), at=at
        )

    def _column(
        self, full: str, name: str | None, options: Options, many: bool, prop: Property | None,
        outer: Options | None = None,
    ) -> None:  # fmt: skip
        top = outer if outer is not None and outer.val is not None else options
        unique = options.flag("unique")
        enum = options.at("enum")
        self.columns[full] = Column(
            full,
            full,
            name,
            opposite(_required(top)),
            unique,
            default=top.shown("default"),
            array=many,
            enum="" if enum is None or is_absent(enum.expr) else shown(enum.expr),
            hidden=opposite(top.flag("select", True)),
            at=prop.name_at if prop is not None else Column("", "").at,
        )
        if unique or options.flag("index"):
            self.indexes.append(Index((full,), bool(unique), ""))

    def take_object(self, ahead: str, val: Val, depth: int) -> None:
        """The paths of an object: `{ a: String, b: { c: { type: Number, required: true } } }`."""
        if not isinstance(val.expr, Obj) or depth > _DEPTH:
            self.unknown.append(f"what {ahead or 'the schema'} holds cannot be read")
            return
        for e in val.expr.entries:
            full = f"{ahead}.{e.key}" if ahead else e.key
            if e.key in ("...", "[]"):
                inner = look(self.project, val.at(e.value))
                if e.key == "..." and isinstance(inner.expr, Obj):
                    self.take_object(ahead, inner, depth + 1)
                else:
                    self.unknown.append("the paths cannot all be read")
                continue
            given = look(self.project, val.at(e.value))
            stated = given.expr.get("type") if isinstance(given.expr, Obj) else None
            if stated is not None and not (isinstance(stated, Obj) and stated.get("type") is not None):
                self.field(
                    full, look(self.project, given.at(stated)), Options(self.project, given), None, depth
                )
            else:
                self.field(full, given, Options(self.project), None, depth)


def _mixed(kind: str, type_: Type | None) -> str | None:
    """What TypeScript tells of types that are no classes: `Object`, of enumerations that of their values."""
    return (
        "Mixed" if kind in ("open", "inline", "interface", "union", "utility") and type_ is not None else None
    )


def _required(options: Options) -> bool | None:
    given = options.at("required")
    if given is None:
        return None
    if isinstance(given.expr, Arr) and given.expr.items:
        given = given.at(given.expr.items[0])
    if isinstance(given.expr, Lit):
        return given.expr.value == "true"
    return None


def _type_name(val: Val) -> str | None:
    """The name of a type of Mongoose: `String`, `Schema.Types.ObjectId`, `'string'`; None for others."""
    if isinstance(val.expr, Lit) and val.expr.kind == "string":
        text = val.expr.value
        return _TYPES.get(text[:1].upper() + text[1:])
    name = dotted(val.expr).rpartition(".")[2]
    return _TYPES.get(name) if name else None


def _schema_in(project: Project, val: Val) -> Ref | None:
    """The class or schema that describes a document inside."""
    if isinstance(val.expr, Call) and dotted(val.expr.callee).endswith("createForClass") and val.expr.args:
        val = val.at(val.expr.args[0])
    symbol = symbol_in(project, val)
    if not isinstance(symbol, Ref) or "." in symbol.name:
        return None
    item = declaration(project, symbol)
    if isinstance(item, Const) and isinstance(item.value, Call):
        return _schema_in(project, Val(symbol.path, item.value))
    return symbol if item is not None else None


@question(cycle=None)
def entity(project: Project, ref: Ref) -> Entity | None:
    item = const_of(project, ref)
    if item is not None:
        return _of_schema(project, ref, item)
    cls = class_of(project, ref)
    if cls is None:
        return None
    draft = _Draft(project)
    line = lineage(project, ref)
    for base in reversed(line.refs):
        if (found := class_of(project, base)) is not None:
            draft.take(base.path, found)
    stated = [d for d in class_decorators(project, ref) if _of(d, "Schema", "modelOptions")]
    goose = any(i.module.startswith("@typegoose/") for i in project.facts(ref.path).imports)
    if not stated and not draft.columns and not draft.relations:
        return None
    options = options_at(project, stated[0], 0) if stated else Options(project)
    if stated and stated[0].symbol == Ext("@typegoose/typegoose", "modelOptions"):
        options = options.inner("schemaOptions")
    if line.base is not None and not _known_base(line.base):
        draft.unknown.append(f"{line.refs[-1].name} extends what cannot be read")
    kind = "document" if stated or goose else "abstract"
    return _finished(draft, options, ref, cls.name, kind, cls.name, cls.name_at)


def _known_base(base: object) -> bool:
    return isinstance(base, Ext) and (base.package == "mongoose" or base.package.startswith("@typegoose/"))


def _finished(
    draft: _Draft, options: Options, ref: Ref, name: str, kind: str, model: str | None, at: object
) -> Entity:
    if options.flag("_id", True) and "_id" not in draft.columns and kind == "document":
        key = Column("_id", "_id", "ObjectId", False, False, True, "objectid")
        draft.columns = {"_id": key, **draft.columns}
    elif "_id" in draft.columns:
        draft.columns["_id"] = replace(draft.columns["_id"], primary=True)
    times = options.at("timestamps")
    if times is None:
        draft.unknown.append("whether there are time stamps cannot be read")
    elif not is_absent(times.expr) and not (isinstance(times.expr, Lit) and times.expr.value == "false"):
        for key_, word in (("createdAt", "create"), ("updatedAt", "update")):
            own = entry(draft.project, times, key_) if isinstance(times.expr, Obj) else None
            named = (
                own.expr.value
                if own is not None and isinstance(own.expr, Lit) and own.expr.kind == "string"
                else key_
            )
            off = own is not None and isinstance(own.expr, Lit) and own.expr.value == "false"
            absent = own is not None and is_absent(own.expr)
            if not off and not (absent and isinstance(times.expr, Obj)) and named not in draft.columns:
                draft.columns[named] = Column(named, named, "Date", True, generated=word)
    given = options.text("collection")
    table = given if given != "" else plural(model) if model is not None else None
    stored = table if kind == "document" else ""
    return Entity(
        name, "mongoose", ref.path, stored, kind, "", tuple(draft.columns.values()),
        tuple(draft.relations.values()), tuple(draft.indexes), tuple(dict.fromkeys(draft.unknown)), at, ref,  # type: ignore[arg-type]
    )  # fmt: skip


def _of_schema(project: Project, ref: Ref, item: Const) -> Entity | None:
    """`const catSchema = new Schema({…}, {…})`, with the model that its file makes of it."""
    value = item.value
    if not isinstance(value, New) or not value.args:
        return None
    maker = symbol_in(project, Val(ref.path, value.callee))
    if not isinstance(maker, Ext) or maker.package != "mongoose" or maker.name.rpartition(".")[2] != "Schema":
        return None
    draft = _Draft(project)
    draft.take_object("", look(project, Val(ref.path, value.args[0])), 0)
    options = Options(project, Val(ref.path, value.args[1]) if len(value.args) > 1 else None)
    name, collection = _model(project, ref)
    found = _finished(draft, options, ref, name or ref.name, "document", name, item.at)
    return replace(found, table=collection) if collection else found


def _model(project: Project, ref: Ref) -> tuple[str | None, str | None]:
    """Name and collection of `mongoose.model('Cat', catSchema, 'cats')`."""
    for const in project.facts(ref.path).consts:
        call = const.value
        if isinstance(call, Op) and call.op in ("||", "??"):  # `mongoose.models.Cat || mongoose.model(…)`
            call = call.right
        if not isinstance(call, Call) or len(call.args) < 2 or not isinstance(call.callee, (Name, Member)):
            continue
        maker = symbol_in(project, Val(ref.path, call.callee))
        if (
            isinstance(maker, Ext)
            and maker.package == "mongoose"
            and maker.name.rpartition(".")[2] == "model"
        ):
            args = [look(project, Val(ref.path, a)).expr for a in call.args]
            if symbol_in(project, Val(ref.path, call.args[1])) == ref and isinstance(args[0], Lit):
                third = args[2] if len(args) > 2 else None
                return args[0].value, third.value if isinstance(third, Lit) else None
    return None, None


def candidates(project: Project, path: str) -> list[Ref]:
    facts = project.facts(path)
    modules = ("mongoose", "@nestjs/mongoose", "@typegoose/")
    if not any(i.module.startswith(modules) for i in facts.imports):
        return []
    classes = [c for c in facts.classes if c.decorators or any(p.decorators for p in c.properties)]
    consts = [c for c in facts.consts if isinstance(c.value, New)]
    return [*(Ref(path, c.name) for c in classes), *(Ref(path, c.name) for c in consts)]


__all__ = ["candidates", "entity", "plural"]
