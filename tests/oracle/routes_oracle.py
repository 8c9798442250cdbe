"""Many small applications, started by Nest: where our routes are others, and the smallest such one."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from nest_oracle import Row, asked, comparable, in_order, ours
from shrink import smallest
from test_nest_cases import write_case


class Application(Protocol):
    def code(self) -> str: ...
    def main(self) -> str: ...
    def blocks(self) -> list[tuple[str, str]]: ...


A = TypeVar("A", bound=Application)


class Comparison:
    """The routes of one application, ours and Nest's; no middleware that is not certain to us."""

    def __init__(self, mine: list[Row], theirs: list[Row], error: str) -> None:
        self.mine = in_order(mine)
        self.theirs = in_order(theirs)
        self.error = error
        """Why Nest does not start it."""
        self.different: dict[str, str] = {}
        """What is different, by the name of a field of a route: the first of each."""
        said, held = (list(map(_handler, rows)) for rows in (self.mine, self.theirs))
        if said != held:
            self.different["handlers"] = f"we say {said}, Nest {held}"
        else:
            self._routes()

    def _routes(self) -> None:
        for row, route in zip(self.mine, self.theirs, strict=True):
            left, right = comparable(row), comparable(route)
            if not certain(row, "middleware"):
                left["middleware"] = right["middleware"]
            for key in {**left, **right}:
                said, held = left.get(key), right.get(key)
                if said != held:
                    how = f"{key} of {_handler(row)}:\n  we say {said}\n  Nest   {held}"
                    self.different.setdefault(key, how)


def _handler(row: Row) -> str:
    return f"{row['method']} {row.get('path') or ''} {row['handler']}"


def certain(row: Row, *kinds: str) -> bool:
    """Do we know for certain what of some kinds runs before a handler?"""
    return all(step["certain"] for kind in kinds for step in row[kind])


def compared(top: Path, apps: Sequence[Application]) -> list[Comparison]:
    """All applications as packages of one workspace, compared in one go."""
    roots = [top / "apps" / str(number) for number in range(len(apps))]
    for root, app in zip(roots, apps, strict=True):
        write_case(root, app.blocks())
    answers = asked((root, "src/main.ts") for root in roots)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in ours(top):
        found[Path(row["file"]).parts[1]].append(row)
    return [
        Comparison(found[root.name], answer.get("routes", []), answer.get("error", ""))
        for root, answer in zip(roots, answers, strict=True)
    ]


def agreed(top: Path, apps: Sequence[A]) -> list[Comparison]:
    """Comparisons of applications without a difference; else the test fails with the smallest one."""
    found = compared(top / "all", apps)
    for app, comparison in zip(apps, found, strict=True):
        assert not comparison.error, f"{comparison.error}\n\n{app.code()}{app.main()}"
        if comparison.different:
            less = _smallest(top, app, next(iter(comparison.different)))
            (last,) = compared(top / "smallest", [less])
            pytest.fail("\n".join([*last.different.values(), "", f"{less.code()}{less.main()}"]))
    return found


def _smallest(top: Path, app: A, key: str) -> A:
    """The smallest application that is different in the same field of a route."""
    rounds = itertools.count()

    def different(tried: Sequence[A]) -> list[bool]:
        results = compared(top / f"smaller-{next(rounds)}", tried)
        return [not result.error and key in result.different for result in results]

    return smallest(app, different)
