"""What is known of a module, as values.

A list is *complete* when nothing can be in it that is not listed. An entry that is there only under a
condition is listed, and not certain; controllers and exports of that kind are named in `doubtful`.
"""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Expr
from nestwise.project.model.configure import MiddlewareBinding
from nestwise.project.model.mounts import Mounted
from nestwise.project.model.providers import Provider
from nestwise.project.model.symbols import (
    Symbol,
)


class Imported(Struct, frozen=True):
    """One entry of `imports`."""

    symbol: Symbol
    """The module class; unknown where it cannot be read."""
    adds: Module | None = None
    """What the dynamic module adds to the class's own lists, where that is visible."""
    dynamic: bool = False
    forward: bool = False
    certain: bool = True
    why: str = ""
    """Why the module cannot be read."""
    choice: Expr | None = None
    """The condition or call of which this is one outcome, where each of them imports one module …"""
    outcomes: int = 0
    """… and how many there are: one of those modules is there for sure."""
    held: str = ""
    """The constant that holds a dynamic module, which is then one for all who import it; empty for one that
    is made where it is imported."""


class Module(Struct, frozen=True):
    """A module class by itself, or what one dynamic import adds to it."""

    ref: Symbol
    imports: tuple[Imported, ...] = ()
    providers: tuple[Provider, ...] = ()
    controllers: tuple[Symbol, ...] = ()
    exports: tuple[Symbol | str, ...] = ()
    is_global: bool = False
    global_told: bool = True
    """False where it may be global, if that cannot be told."""
    imports_complete: bool = True
    providers_complete: bool = True
    controllers_complete: bool = True
    exports_complete: bool = True
    doubtful: tuple[Symbol, ...] = ()
    """Controllers and exports that are listed only under a condition."""
    middleware: tuple[MiddlewareBinding, ...] = ()
    middleware_complete: bool = True
    """False where `configure` hands its consumer on, or cannot be read."""
    mounts: tuple[Mounted, ...] = ()
    mounts_complete: bool = True
    enhancers_complete: bool = True
    """False where there may be an `APP_*` provider that is not listed."""

    @property
    def complete(self) -> bool:
        return (
            self.imports_complete
            and self.providers_complete
            and self.controllers_complete
            and self.exports_complete
        )


def opaque(ref: Symbol) -> Module:
    return Module(
        ref,
        imports_complete=False,
        providers_complete=False,
        controllers_complete=False,
        exports_complete=False,
        middleware_complete=False,
        mounts_complete=False,
        enhancers_complete=False,
    )
