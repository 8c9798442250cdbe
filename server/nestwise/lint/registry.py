"""Find rules. A rule pack is a package named by an entry point; every rule in its modules counts.

A module that cannot be loaded takes no other with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

from nestwise.lint.rule import Rule
from nestwise.lint.unused_suppression import UNUSED


@cache
def load_rules() -> dict[str, Rule]:
    """All installed rules by id, sorted."""
    rules: dict[str, Rule] = {UNUSED.id: UNUSED}
    for module in _modules():
        for value in vars(module).values():
            if not isinstance(value, Rule) or value.check.__module__ != module.__name__:
                continue
            if rules.setdefault(value.id, value) is not value:
                _broken[module.__name__] = ValueError(f"there is a rule `{value.id}` already")
    return dict(sorted(rules.items()))


def broken_rules() -> dict[str, Exception]:
    """The modules of rules that cannot be loaded, and why."""
    load_rules()
    return dict(_broken)


def said_of(module: str, error: Exception) -> str:
    """What people are told of one of them."""
    what = f"{type(error).__name__}: {error}"
    return f"the rules of `{module}` cannot be loaded ({what}). Update or uninstall that package."


@cache
def packs() -> tuple[Path, ...]:
    """The folders of the installed rule packs."""
    return tuple(Path(folder) for package in _packages() for folder in package.__path__)


_broken: dict[str, Exception] = {}


def _packages() -> list[ModuleType]:
    found = (_imported(point.value) for point in entry_points(group="nestwise.rules"))
    return [package for package in found if package is not None]


def _modules() -> Iterator[ModuleType]:
    for package in _packages():
        for info in walk_packages(package.__path__, f"{package.__name__}.", lambda name: None):
            if (module := _imported(info.name)) is not None:
                yield module


def _imported(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except Exception as error:
        _broken[name] = error
        return None
