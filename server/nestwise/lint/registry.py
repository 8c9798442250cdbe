"""Find rules. A rule pack is a package named by an entry point; every rule in its modules counts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import walk_packages

from nestwise.lint.rule import Rule


@cache
def load_rules() -> dict[str, Rule]:
    """All installed rules by id, sorted. Two rules of one id are an error."""
    rules: dict[str, Rule] = {}
    for rule in _installed():
        if rule.id in rules:
            raise ValueError(f"two rules are called {rule.id}")
        rules[rule.id] = rule
    return dict(sorted(rules.items()))


def _installed() -> Iterator[Rule]:
    for point in entry_points(group="nestwise.rules"):
        package = import_module(point.value)
        for info in walk_packages(package.__path__, f"{point.value}."):
            for value in vars(import_module(info.name)).values():
                if isinstance(value, Rule) and value.check.__module__ == info.name:
                    yield value
