"""What an ORM knows of an entity, in the same words for all of them."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import NOWHERE, At
from nestwise.project.model.symbols import Ref

UNKNOWN_TEXT = "?"
"""What people see in place of a text that cannot be told."""


class Column(Struct, frozen=True):
    property: str
    """In the code; with dots inside something embedded."""
    name: str | None
    """In the database; None where that cannot be told."""
    type: str | None = None
    """As the ORM is told (`varchar`, `Int`), else the TypeScript type; empty where the database decides; None
    where it cannot be told."""
    nullable: bool | None = False
    """None where it cannot be told; so are the next ones."""
    unique: bool | None = False
    primary: bool | None = False
    generated: str = ""
    """Who gives the value: increment, uuid, identity, rowid, objectid, create, update, delete, version,
    computed, or another word of the ORM; empty for the program."""
    default: str | None = ""
    """As written; empty where there is none."""
    length: str = ""
    precision: str = ""
    scale: str = ""
    array: bool | None = False
    enum: str = ""
    """The name of the enumeration, or its values with commas."""
    hidden: bool | None = False
    """Is it left out unless it is asked for (`select: false`)?"""
    at: At = NOWHERE


class Relation(Struct, frozen=True):
    property: str
    kind: str
    """many-to-one, one-to-many, one-to-one, many-to-many; reference or embedded for documents."""
    target: Ref | str | None
    """The entity: where it is declared, or its name where only that is known. None: cannot be told."""
    owner: bool | None
    """Does this side hold the foreign key, or name the join table?"""
    inverse: str | None = ""
    """The property on the other side; empty where there is none."""
    columns: tuple[str, ...] | None = ()
    """The foreign key's columns. None where they cannot be told."""
    table: str | None = ""
    """The join table of a many-to-many relation."""
    nullable: bool | None = None
    cascade: str | None = ""
    """What is passed on: `insert, update`, `all`; empty for nothing."""
    on_delete: str | None = ""
    on_update: str | None = ""
    eager: bool | None = False
    lazy: bool | None = False
    at: At = NOWHERE


class Index(Struct, frozen=True):
    columns: tuple[str, ...] | None
    """Properties, or columns where only these are named. None where they cannot be told."""
    unique: bool | None = False
    name: str | None = ""
    at: At = NOWHERE


class Entity(Struct, frozen=True):
    name: str
    """Of the class, the model or the variable."""
    orm: str
    """typeorm, mikro-orm, mongoose, sequelize, drizzle, kysely or prisma."""
    path: str
    """The file that declares it."""
    table: str | None
    """The table or collection; empty for what has none of its own; None where it cannot be told."""
    kind: str = "table"
    """table, view, document, embedded, abstract (only heirs are stored) or child (stored in its parent's)."""
    schema: str | None = ""
    columns: tuple[Column, ...] = ()
    relations: tuple[Relation, ...] = ()
    indexes: tuple[Index, ...] = ()
    """Also unique constraints, those of a single column too."""
    unknown: tuple[str, ...] = ()
    """Why this may not be all, a cause each: columns, tables or names that cannot be read."""
    at: At = NOWHERE
    ref: Ref = Ref("", "")
    """The class, constant or interface; of a Prisma model the schema and its name."""

    @property
    def primary(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.primary)

    def column(self, name: str) -> Column | None:
        """By its property."""
        return next((c for c in self.columns if c.property == name), None)

    def relation(self, name: str) -> Relation | None:
        return next((r for r in self.relations if r.property == name), None)


__all__ = ["UNKNOWN_TEXT", "Column", "Entity", "Index", "Relation"]
