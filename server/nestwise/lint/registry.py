"""Find rules. A rule pack is a package named by an entry point; every rule in its modules counts."""

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
    """All installed rules by id, sorted. Two rules of one id are an error."""
    rules: dict[str, Rule] = {}
    for rule in (UNUSED, *_installed()):
        if rule.id in rules:
            raise ValueError(f"two rules are called {rule.id}")
        rules[rule.id] = rule
    return dict(sorted(rules.items()))


@cache
def packs() -> tuple[Path, ...]:
    """The folders of the installed rule packs."""
    return tuple(Path(folder) for package in _packages() for folder in package.__path__)


def _packages() -> list[ModuleType]:
    return [import_module(point.value) for point in entry_points(group="nestwise.rules")]


def _installed() -> Iterator[Rule]:
    for package in _packages():
        for info in walk_packages(package.__path__, f"{package.__name__}."):
            for value in vars(import_module(info.name)).values():
                if isinstance(value, Rule) and value.check.__module__ == info.name:
                    yield value
