"""Which names reach the database: clients, sessions and repositories of ORMs, decided by what they are."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import (
    Call,
    Const,
    Decorator,
    Expr,
    New,
    TInter,
    TName,
    TUnion,
    Type,
    TypeDecl,
    dotted,
)
from nestwise.project.model.classes import lineage
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Ref,
    Symbol,
    class_of,
    declaration,
    followed,
    resolve,
)

_CLIENTS = {
    "typeorm": "Repository TreeRepository MongoRepository EntityManager MongoEntityManager DataSource "
    "Connection QueryRunner SelectQueryBuilder",
    "@prisma/client": "PrismaClient Prisma.TransactionClient",
    "nestjs-prisma": "PrismaService CustomPrismaService",
    "mongoose": "Model Connection Mongoose ClientSession PaginateModel AggregatePaginateModel",
    "@typegoose/typegoose": "ReturnModelType",
    "@typegoose/typegoose/lib/types": "ReturnModelType",
    "kysely": "Kysely Transaction ControlledTransaction",
    "nestjs-kysely": "Kysely",
    "knex": "Knex knex default",
    "sequelize": "Sequelize Transaction",
    "sequelize-typescript": "Sequelize Repository",
}
_REPOSITORIES = frozenset({"Repository", "TreeRepository", "MongoRepository", "EntityRepository"})
"""What a team extends for a repository of its own."""
_MIKRO = frozenset(
    "EntityManager SqlEntityManager MongoEntityManager EntityRepository MikroORM PostgreSqlDriver".split()
)
_DECORATORS = {
    "@nestjs/typeorm": "InjectRepository InjectDataSource InjectEntityManager InjectConnection",
    "@nestjs/mongoose": "InjectModel InjectConnection",
    "@nestjs/sequelize": "InjectModel InjectConnection",
    "@mikro-orm/nestjs": "InjectRepository InjectEntityManager InjectMikroORM",
    "nestjs-kysely": "InjectKysely",
    "nest-knexjs": "InjectModel InjectConnection InjectKnex",
    "nestjs-knex": "InjectKnex",
    "nestjs-typegoose": "InjectModel InjectConnection",
    "@m8a/nestjs-typegoose": "InjectModel InjectConnection",
}
_MAKERS = {
    "typeorm": "getRepository getConnection getManager getMongoManager getMongoRepository createQueryBuilder",
    "drizzle-orm": "drizzle",
    "knex": "knex default",
    "mongoose": "model createConnection default.model",
}
_ACTIVE_RECORDS = {"typeorm": "BaseEntity", "sequelize": "Model", "sequelize-typescript": "Model"}


class DataAccess(Struct, frozen=True):
    name: str
    """As the code calls it: `PrismaService`, `Repository`."""
    orm: str
    """The package behind it."""
    own: bool = False
    """A repository class of the team's own."""


def _has(table: dict[str, str], symbol: Symbol) -> bool:
    return isinstance(symbol, Ext) and symbol.name in table.get(symbol.package, "").split()


def _client(symbol: Symbol) -> str:
    """The ORM whose client, session or repository this is; empty for anything else."""
    if not isinstance(symbol, Ext):
        return ""
    package, name = symbol.package, symbol.name.rpartition(".")[2]
    if _has(_CLIENTS, symbol):
        return package
    if package.startswith("@mikro-orm/"):
        return package if name in _MIKRO else ""
    if package == "drizzle-orm":
        return package if name.endswith("Database") or name == "PgTransaction" else ""
    return "knex" if package == "knex" and symbol.name.startswith(("Knex.Transaction", "Knex")) else ""


@question(cycle=None)
def data_class(project: Project, symbol: Symbol) -> DataAccess | None:
    """Is this an ORM's client, a class that extends one, or an alias of such a type?"""
    symbol = followed(project, symbol)
    if orm := _client(symbol):
        return DataAccess(symbol.name if isinstance(symbol, Ext) else "", orm)
    if not isinstance(symbol, Ref):
        return None
    item = declaration(project, symbol)
    if isinstance(item, TypeDecl):
        found = type_access(project, symbol.path, item.type) if item.kind == "alias" else None
        return DataAccess(symbol.name, found.orm, found.own) if found else None
    if class_of(project, symbol) is None:
        return None
    base = lineage(project, symbol).base
    if not isinstance(base, Ext) or not (orm := _client(base)):
        return None
    return DataAccess(symbol.name, orm, base.name.rpartition(".")[2] in _REPOSITORIES)


def type_access(project: Project, path: str, kind: Type | None) -> DataAccess | None:
    """What an annotation says: `Repository<User>`, `PrismaService`, `KyselyDB | undefined`."""
    if isinstance(kind, (TUnion, TInter)):
        found = [f for part in kind.of if (f := type_access(project, path, part))]
        return found[0] if len(found) == 1 or (isinstance(kind, TInter) and found) else None
    if not isinstance(kind, TName):
        return None
    return data_class(project, resolve(project, path, kind.name))


def injected_access(project: Project, path: str, decorators: tuple[Decorator, ...]) -> DataAccess | None:
    """An ORM's own inject decorator."""
    for deco in decorators:
        symbol = resolve(project, path, deco.name) if deco.name else UNKNOWN
        if isinstance(symbol, Ext) and _has(_DECORATORS, symbol):
            return DataAccess(f"@{symbol.name}()", symbol.package)
    return None


def called_access(project: Project, path: str, name: str) -> DataAccess | None:
    """What calling (or calling a method of) a top-level name reaches: a client held in a constant,
    a function of an ORM that hands one out, a model that queries itself."""
    symbol = followed(project, resolve(project, path, name))
    if _has(_MAKERS, symbol) and isinstance(symbol, Ext):
        return DataAccess(name, symbol.package)
    if not isinstance(symbol, Ref):
        return None
    item = declaration(project, symbol)
    if isinstance(item, Const) and "." not in symbol.name:
        orm = _made(project, symbol.path, item.value)
        if not orm and item.type is not None and (found := type_access(project, symbol.path, item.type)):
            orm = found.orm
        return DataAccess(name, orm) if orm else None
    if class_of(project, symbol) is not None:
        base = lineage(project, symbol).base
        if _has(_ACTIVE_RECORDS, base or UNKNOWN) and isinstance(base, Ext):
            return DataAccess(name, base.package)
    return None


def _made(project: Project, path: str, value: Expr) -> str:
    """The ORM of `new PrismaClient()`, `drizzle(pool)`, `mongoose.model('Cat', schema)`."""
    if not isinstance(value, (New, Call)) or not (name := dotted(value.callee)):
        return ""
    symbol = followed(project, resolve(project, path, name))
    if isinstance(value, New):
        found = data_class(project, symbol)
        return found.orm if found else ""
    if isinstance(symbol, Ext) and (_has(_MAKERS, symbol) or symbol.name.endswith("createConnection")):
        return symbol.package
    return ""
