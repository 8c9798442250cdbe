"""Metadata that decorators set and guards read, by keys that are equal where they name the same."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Arr, Fn, Lit, Member, Name, New, Obj, dotted
from nestwise.project.model.decorators import Applied
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import UNKNOWN, Ext, Here, Ref, followed, resolve, symbol_of, value_of


def metadata_key(project: Project, here: Here) -> str:
    """A key that is equal where two expressions name the same metadata; `?` if it cannot be told."""
    value = value_of(project, here)
    if isinstance(value.expr, Lit):
        return f"'{value.expr.value}'"
    name = dotted(here.expr)
    symbol = followed(project, resolve(project, here.path, name)) if name else UNKNOWN
    if isinstance(symbol, Ref):
        return f"{symbol.path}#{symbol.name}"
    if isinstance(symbol, Ext) and symbol.package:
        return f"{symbol.package}#{symbol.name}"
    return "?"


class Metadata(Struct, frozen=True):
    """What decorators set on a class or a method."""

    keys: tuple[str, ...]
    complete: bool
    """False where a decorator cannot be read, or sets a key that cannot be told."""
    doubtful: tuple[str, ...] = ()
    """Keys whose value cannot be told: it may be `false`, or not set at all."""

    def has(self, keys: list[str]) -> bool | None:
        """Is one of the keys surely set? None where that cannot be told."""
        if any(key in self.keys for key in keys):
            return True
        return None if "?" in keys or not self.complete or any(k in self.doubtful for k in keys) else False


def metadata_of(project: Project, found: tuple[Applied, ...]) -> Metadata:
    keys: list[str] = []
    doubtful: list[str] = []
    complete = True
    for deco in found:
        symbol = deco.symbol
        if symbol is UNKNOWN:
            complete = False
        elif isinstance(symbol, Ext) and symbol.name.rpartition(".")[2] == "SetMetadata" and deco.args:
            value = value_of(project, deco.args[1]) if len(deco.args) > 1 else None
            if value is not None and isinstance(value.expr, Lit) and value.expr.value == "false":
                continue
            key = metadata_key(project, deco.args[0])
            complete = complete and key != "?"
            told = value is None or _is_set(project, value)
            (keys if told and deco.certain else doubtful).append(key)
        elif isinstance(symbol, Ref):
            keys.append(f"{symbol.path}#{symbol.name}")
    return Metadata(tuple(dict.fromkeys(keys)), complete, tuple(dict.fromkeys(doubtful)))


def _is_set(project: Project, value: Here) -> bool:
    """Is a value surely there? A parameter of the decorator's maker and what a call gives may be `false`."""
    if isinstance(value.expr, Name | Member):
        symbol = symbol_of(project, value)
        return isinstance(symbol, Ref) or (isinstance(symbol, Ext) and bool(symbol.package))
    return isinstance(value.expr, Lit | Arr | Obj | New | Fn)
