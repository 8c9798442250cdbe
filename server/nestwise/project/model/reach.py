"""What a name reaches of the data: a client, a repository, a query that is being built, another service.

By types, inject decorators and what constants hold; `effects` follows the calls that lead on from there.
"""

from __future__ import annotations

from msgspec.structs import replace

from nestwise.project.facts import (
    Call,
    Class,
    Const,
    Decorator,
    Expr,
    Member,
    New,
    Op,
    Param,
    Property,
    TInter,
    TName,
    TOther,
    TUnion,
    Type,
    TypeDecl,
    dotted,
)
from nestwise.project.model.classes import lineage
from nestwise.project.model.data import data_class, injected_access
from nestwise.project.model.decorators import applied
from nestwise.project.model.entities import entity_of
from nestwise.project.model.implementations import implementations
from nestwise.project.model.orms.reading import target_in
from nestwise.project.model.project import Project, question
from nestwise.project.model.reach_records import HOST, Reach, hosted, orm_of
from nestwise.project.model.scopes import Val
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
    followed,
    resolve,
    symbol_of,
)
from nestwise.project.model.tokens import token_in

_REPOSITORIES = frozenset(
    """Repository TreeRepository MongoRepository AbstractRepository EntityRepository SqlEntityRepository
    MongoEntityRepository Model PaginateModel AggregatePaginateModel ReturnModelType ModelStatic
    ModelCtor""".split()
)
_QUERIES = frozenset({"SelectQueryBuilder", "QueryBuilder", "UpdateQueryBuilder", "DeleteQueryBuilder"})
_INJECTS = frozenset({"InjectRepository", "InjectModel"})
_TRANSACTIONS = ("Transaction",)
"""Types of a client that is bound to a transaction."""


@question
def field_reach(project: Project, ref: Ref, name: str) -> Reach | None:
    """What `this.name` reaches in a class, or in what it inherits."""
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        if cls is None:
            continue
        members: list[Property | Param] = [*cls.properties, *(p for p in cls.ctor or () if p.access)]
        for item in members:
            if item.name == name:
                found = typed_reach(project, base.path, item.type, item.decorators)
                found = found or _injected(project, base.path, item.decorators)
                value = item.value if isinstance(item, Property) else None
                if found is None and isinstance(value, (New, Call)):
                    return value_reach(project, base.path, value)
                return found
        if (assigned := _assigned(cls, name)) is not None:
            return typed_reach(project, base.path, assigned[0], assigned[1])
    return None


def _injected(project: Project, path: str, decorators: tuple[Decorator, ...]) -> Reach | None:
    """The class behind `@Inject(TOKEN)`, where modules provide only one under it."""
    for deco in applied(project, path, decorators):
        given = deco.arg(0) if deco.is_from("@nestjs/common", "Inject") else None
        if given is not None:
            behind = implementations(project, token_in(project, Val(given.path, given.expr)))
            return class_reach(project, behind[0]) if len(behind) == 1 else None
    return None


def _assigned(cls: Class, name: str) -> tuple[Type | None, tuple[Decorator, ...]] | None:
    """A parameter of the constructor of the same name, which it most likely assigns."""
    declared = any(p.name == name for p in cls.properties)
    found = next((p for p in cls.ctor or () if p.name == name and not p.access), None)
    return (found.type, found.decorators) if found is not None and declared else None


def typed_reach(
    project: Project, path: str, kind: Type | None, decorators: tuple[Decorator, ...] = (), depth: int = 0
) -> Reach | None:
    """What something of a type reaches; an inject decorator says which entity it is of."""
    found = _of_type(project, path, kind, depth)
    if any(d.name.rpartition(".")[2] == "InjectTransaction" for d in decorators):
        return Reach("client", hosted(kind), bound="ambient")
    for deco in decorators:
        name = deco.name.rpartition(".")[2]
        access = injected_access(project, path, (deco,))
        if access is None:
            continue
        orm = orm_of(access.orm)
        if name in _INJECTS and deco.args and orm != "knex":
            target = _entity_named(project, orm, target_in(project, Val(path, deco.args[0])))
            service = found.service if found is not None and found.kind != "service" else None
            ref, table = target
            if found is not None and found.kind == "service":
                service = found.service
            return Reach("repository", orm, ref, table, service)
        if found is None:
            found = Reach("client", orm)
    return found


def _entity_named(project: Project, orm: str, target: Ref | str | None) -> tuple[Ref | None, str]:
    """The entity that a decorator or a call names."""
    if isinstance(target, Ref):
        return target, ""
    return None, target or ""


def _of_type(project: Project, path: str, kind: Type | None, depth: int) -> Reach | None:
    if depth > 8:
        return None
    match kind:
        case TUnion(of=parts) | TInter(of=parts):
            found = [f for p in parts if (f := _of_type(project, path, p, depth + 1)) is not None]
            data = [f for f in found if f.kind != "service"] or found
            if len(data) > 1 and isinstance(kind, TUnion) and any(f.bound for f in data):
                return _doubtful(data[0])
            return data[0] if data else None
        case TName():
            return _named(project, path, kind, depth)
        case TOther(text=text) if text.startswith("typeof "):
            symbol = followed(project, resolve(project, path, text[7:].strip()))
            return symbol_reach(project, symbol)
        case _:
            return None


def _doubtful(reach: Reach) -> Reach:
    return replace(reach, bound="maybe")


def _named(project: Project, path: str, kind: TName, depth: int) -> Reach | None:
    if kind.name in ("ReturnType", "Awaited", "Promise", "Readonly", "NonNullable") and kind.args:
        return _of_type(project, path, kind.args[0], depth + 1)
    if kind.name in ("Omit", "Pick", "Parameters") and kind.args:
        found = _of_type(project, path, kind.args[0], depth + 1)
        return None if found is None or kind.name == "Parameters" else found
    symbol = followed(project, resolve(project, path, kind.name))
    if isinstance(symbol, Ext):
        return _external(project, path, symbol, kind, depth)
    if not isinstance(symbol, Ref):
        made = _generated(project, path, kind.name)
        bound = "maybe" if made.endswith("TransactionClient") else ""
        known = made in ("PrismaClient", "Prisma.TransactionClient")
        return Reach("client", "prisma", bound=bound) if known else None
    item = declaration(project, symbol)
    if isinstance(item, TypeDecl):
        found = _of_type(project, symbol.path, item.type, depth + 1) if item.kind == "alias" else None
        if found is not None and found.kind == "repository" and found.entity is None and kind.args:
            entity = entity_in(project, path, kind.args[0], depth + 1)
            return replace(found, entity=entity, generic=entity is None and _is_param(project, path, kind))
        return found
    if isinstance(item, Class):
        return class_reach(project, symbol)
    return None


def _external(project: Project, path: str, symbol: Ext, kind: TName, depth: int) -> Reach | None:
    """A type of a package."""
    if symbol.package == HOST and symbol.name == "TransactionHost":
        return Reach("host", hosted(kind))
    orm, name = orm_of(symbol.package), symbol.name.rpartition(".")[2]
    if not orm or (
        data_class(project, symbol) is None and name not in _REPOSITORIES | _QUERIES | {"ClientSession"}
    ):
        if orm == "drizzle" and (name.endswith(("Database", "Transaction"))):
            return Reach("client", orm, bound="yes" if name.endswith("Transaction") else "")
        return None
    if name == "ClientSession" or (orm == "sequelize" and name == "Transaction"):
        return Reach("session", orm)
    entity = entity_in(project, path, kind.args[0], depth + 1) if kind.args else None
    if name in _REPOSITORIES:
        return Reach("repository", orm, entity, generic=entity is None and _is_param(project, path, kind))
    if name in _QUERIES:
        return Reach("query", orm, entity, verb="read")
    if orm == "prisma" and name.endswith("TransactionClient"):  # which any client fits, too
        return Reach("client", orm, bound="maybe")
    return Reach("client", orm, bound="yes" if name.endswith(_TRANSACTIONS) else "")


def _is_param(project: Project, path: str, kind: TName) -> bool:
    """Is the first type argument a name that only a class declares: `Repository<T>`?"""
    first = kind.args[0] if kind.args else None
    symbol = resolve(project, path, first.name) if isinstance(first, TName) else None
    return isinstance(symbol, Ext) and not symbol.package


def entity_in(project: Project, path: str, kind: Type | None, depth: int) -> Ref | None:
    """The entity that a type argument names: `Cat`, `CatDocument`, `HydratedDocument<Cat>`, `typeof Cat`."""
    if depth > 8:
        return None
    match kind:
        case TName(name=name, args=args):
            symbol = followed(project, resolve(project, path, name))
            if isinstance(symbol, Ref):
                item = declaration(project, symbol)
                if isinstance(item, TypeDecl) and item.kind == "alias":
                    return entity_in(project, symbol.path, item.type, depth + 1)
                return symbol if isinstance(item, Class) else None
            found = (entity_in(project, path, a, depth + 1) for a in args)
            return next((f for f in found if f is not None), None)
        case TUnion(of=parts) | TInter(of=parts):
            found = (entity_in(project, path, p, depth + 1) for p in parts)
            return next((f for f in found if f is not None), None)
        case TOther(text=text) if text.startswith("typeof "):
            symbol = followed(project, resolve(project, path, text[7:].strip()))
            return symbol if isinstance(symbol, Ref) and class_of(project, symbol) is not None else None
        case _:
            return None


@question(cycle=None)
def class_reach(project: Project, ref: Ref) -> Reach:
    """An instance of a class of the workspace: a client or repository of the team's own, or a service."""
    access = data_class(project, ref)
    if access is None:
        if _extends_generated(project, ref):
            return Reach("client", "prisma", service=ref)
        found = entity_of(project, ref)
        return Reach("document", found.orm, ref) if found is not None else Reach("service", service=ref)
    orm = orm_of(access.orm)
    line = lineage(project, ref)
    base = line.base
    if isinstance(base, Ext) and base.name.rpartition(".")[2] in _REPOSITORIES:
        last = class_of(project, line.refs[-1])
        first = class_of(project, ref)
        entity = None
        for cls, where in ((first, ref), (last, line.refs[-1])):
            if cls is not None and cls.extends_types and entity is None:
                entity = entity_in(project, where.path, cls.extends_types[0], 0)
        return Reach("repository", orm, entity, service=ref)
    return Reach("client", orm, service=ref)


def _extends_generated(project: Project, ref: Ref) -> bool:
    """Does a class extend the client that Prisma generates into the workspace, where it may be missing?"""
    line = lineage(project, ref)
    last = class_of(project, line.refs[-1]) if line.refs else None
    if line.base != UNKNOWN or last is None or last.extends is None:
        return False
    return _generated(project, line.refs[-1].path, dotted(last.extends)) == "PrismaClient"


def _generated(project: Project, path: str, name: str) -> str:
    """What Prisma generates under a name that leads nowhere: `PrismaClient`, `Prisma.TransactionClient`."""
    head, _, rest = name.partition(".")
    imported = next((i for i in project.facts(path).imports if i.local == head), None)
    if imported is None or imported.name not in ("PrismaClient", "Prisma") or not project.schemas:
        return ""
    return f"{imported.name}.{rest}" if rest else imported.name


def symbol_reach(project: Project, symbol: Symbol) -> Reach | None:
    """What a name of a file reaches: a client in a constant, a model, an entity that queries itself."""
    if isinstance(symbol, Ext):
        orm = orm_of(symbol.package)
        return Reach("client", orm) if orm == "mongoose" and symbol.name in ("default", "*") else None
    if not isinstance(symbol, Ref) or symbol.name == "*" or "." in symbol.name:
        return None
    item = declaration(project, symbol)
    if isinstance(item, Const):
        found = value_reach(project, symbol.path, item.value)
        return found or (typed_reach(project, symbol.path, item.type) if item.type is not None else None)
    if isinstance(item, Class):
        base = lineage(project, symbol).base
        if isinstance(base, Ext) and (base.package, base.name) in _ACTIVE:
            return Reach("repository", orm_of(base.package), symbol)
    return None


_ACTIVE = frozenset(
    {
        ("typeorm", "BaseEntity"),
        ("sequelize", "Model"),
        ("sequelize-typescript", "Model"),
        ("mongoose", "Model"),
    }
)


def value_reach(project: Project, path: str, value: Expr) -> Reach | None:
    """What a value reaches: `new PrismaClient()`, `drizzle(pool)`, `mongoose.model('Cat', schema)`."""
    if isinstance(value, Op) and value.op in ("||", "??"):  # `mongoose.models.Cat || mongoose.model(…)`
        value = value.right
    if isinstance(value, Member) or not isinstance(value, (New, Call)):
        return None
    symbol = symbol_of(project, Here(path, value.callee)) if dotted(value.callee) else UNKNOWN
    if isinstance(value, New):
        if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
            return class_reach(project, symbol)
        if isinstance(symbol, Ext) and data_class(project, symbol) is not None:
            return Reach("client", orm_of(symbol.package))
        return None
    if not isinstance(symbol, Ext):
        return None
    orm, name = orm_of(symbol.package), symbol.name.rpartition(".")[2]
    if orm == "mongoose" and name in ("model", "getModelForClass") and value.args:
        target = target_in(project, Val(path, value.args[0]))
        if len(value.args) > 1 and not isinstance(target, Ref):
            schema = target_in(project, Val(path, value.args[1]))
            target = schema if isinstance(schema, Ref) and entity_of(project, schema) else target
        ref, table = _entity_named(project, orm, target)
        return Reach("repository", orm, ref, table)
    if orm == "drizzle" and name == "drizzle":
        return Reach("client", orm)
    if orm == "knex" and name in ("knex", "default"):
        return Reach("client", orm)
    if orm == "mongoose" and name == "createConnection":
        return Reach("client", orm)
    if orm == "typeorm" and name in ("getRepository", "getManager", "getConnection", "getMongoRepository"):
        target = target_in(project, Val(path, value.args[0])) if value.args else None
        if "Repository" in name:
            ref, table = _entity_named(project, orm, target)
            return Reach("repository", orm, ref, table)
        return Reach("client", orm)
    return None


def said(reach: Reach, project: Project) -> str:
    """The entity or table, for people; empty where that is not known."""
    if reach.entity is None:
        return reach.table
    found = entity_of(project, reach.entity)
    return found.name if found is not None else reach.entity.name


__all__ = [
    "Reach", "class_reach", "entity_in", "field_reach", "orm_of", "said", "symbol_reach",
    "typed_reach", "value_reach",
]  # fmt: skip
