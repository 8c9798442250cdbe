"""What something reaches of the data, and which ORM a package belongs to."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Type
from nestwise.project.model.symbols import Ref
from nestwise.project.model.types import written

HOST = "@nestjs-cls/transactional"


class Reach(Struct, frozen=True):
    kind: str
    """client (a manager, a data source, Prisma's client …), repository (of one entity), query (one that is
    being built), document (a row or an instance), session (of a transaction), host (which has the client of
    the transaction that runs), service (a class of the workspace), or self."""
    orm: str = ""
    """typeorm, prisma, mikro-orm, mongoose, sequelize, drizzle, kysely or knex."""
    entity: Ref | None = None
    table: str = ""
    """The table or model, where only its name is known."""
    service: Ref | None = None
    """The class of a service, of a repository of the team's own, or of `this`."""
    bound: str = ""
    """Is it bound to a transaction? `yes`, `maybe` (`tx ?? this.prisma`), `ambient` (to the one that runs, if
    any does), or empty for no."""
    verb: str = ""
    """Of a query: read or write, as far as it is built."""
    generic: bool = False
    """Is its entity a type parameter of the class?"""
    started: str = ""
    """Of a query runner or session: the name that holds it."""


_ORMS = (
    ("@mikro-orm/", "mikro-orm"),
    ("mikro-orm", "mikro-orm"),
    ("typeorm", "typeorm"),
    ("@nestjs/typeorm", "typeorm"),
    ("@prisma/", "prisma"),
    ("nestjs-prisma", "prisma"),
    ("mongoose", "mongoose"),
    ("@nestjs/mongoose", "mongoose"),
    ("@typegoose/", "mongoose"),
    ("nestjs-typegoose", "mongoose"),
    ("@m8a/nestjs-typegoose", "mongoose"),
    ("sequelize", "sequelize"),
    ("@nestjs/sequelize", "sequelize"),
    ("drizzle-orm", "drizzle"),
    ("kysely", "kysely"),
    ("nestjs-kysely", "kysely"),
    ("knex", "knex"),
    ("nest-knexjs", "knex"),
    ("nestjs-knex", "knex"),
)


def orm_of(package: str) -> str:
    """The ORM that a package belongs to; empty for another one."""
    return next((orm for start, orm in _ORMS if package.startswith(start)), "")


def hosted(kind: Type | None) -> str:
    """The ORM of `TransactionHost<TransactionalAdapterPrisma>`."""
    text = written(kind).lower()
    orms = ("prisma", "typeorm", "mongoose", "drizzle", "kysely", "knex")
    return next((orm for orm in orms if orm in text), "")


__all__ = ["HOST", "Reach", "hosted", "orm_of"]
