"""What is told of the effects of methods."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import NOWHERE, At, Expr
from nestwise.project.model.symbols import Ref


class Effect(Struct, frozen=True):
    """One call that reads or writes."""

    kind: str
    """read, write, or unknown: SQL that cannot be told."""
    orm: str
    target: str
    """The entity, model or table; empty where it cannot be told."""
    operation: str
    """The name of what is called: `save`, `findMany`."""
    call: str
    """As written, without its arguments: `this.users.save`."""
    transaction: str
    """yes; ambient (a decorator or the call's own context begins it); outside: within a transaction, but not
    bound to it; maybe; unit: MikroORM writes it when it flushes; or no."""
    loop: bool = False
    how: str = "awaited"
    """awaited, returned, dropped, void or held."""
    raw: bool = False
    generic: bool = False
    """Is the target what heirs of the class say?"""
    entity: Ref | None = None
    path: str = ""
    via: tuple[str, ...] = ()
    """The methods in between, as `Class.method`, the nearest one first."""
    method: str = ""
    """The method that holds the call, as `Class.method` …"""
    deed: int = -1
    """… and which of the deeds there it is."""
    at: At = NOWHERE
    """Where it stood when that was found out; in an open document perhaps no longer."""


class Calling(Struct, frozen=True):
    """A call of a method of the workspace."""

    ref: Ref
    method: str
    call: str
    """As written, without its arguments."""
    transaction: str = "no"
    """As of an effect: what holds around the call."""
    handed: bool = False
    """Is it given a client or session that is bound to a transaction?"""
    loop: bool = False
    how: str = "awaited"
    deeds: tuple[int, ...] = ()
    """Which of the deeds of the method: it may call the same one several times."""


class Effects(Struct, frozen=True):
    effects: tuple[Effect, ...] = ()
    calls: tuple[Calling, ...] = ()
    opens: tuple[str, ...] = ()
    """How it begins transactions, as written."""
    unknown: tuple[str, ...] = ()
    """Why there may be more."""

    @property
    def reads(self) -> tuple[Effect, ...]:
        return tuple(e for e in self.effects if e.kind == "read")

    @property
    def writes(self) -> tuple[Effect, ...]:
        return tuple(e for e in self.effects if e.kind == "write")


class Handed(Struct, frozen=True):
    """A call in a method that hands what the method was given whole to a write, or to a method that does."""

    call: Expr
    write: Effect
    via: tuple[str, ...] = ()
    """The methods in between, as `Class.method`, the nearest one first."""


__all__ = ["Calling", "Effect", "Effects", "Handed"]
