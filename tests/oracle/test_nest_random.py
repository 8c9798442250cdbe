"""Random applications, started by Nest: our routes are Nest's, or we say that middleware is not certain."""

from __future__ import annotations

from pathlib import Path

import pytest
from nest_oracle import KINDS
from random_app import AppMaker
from routes_oracle import agreed, certain

SEEDS = range(80)


@pytest.mark.slow
def test_routes_are_those_of_nest(tmp_path: Path) -> None:
    found = agreed(tmp_path, [AppMaker(seed).make() for seed in SEEDS])
    rows = [row for comparison in found for row in comparison.mine]
    # Not certain is an answer for the middleware of a few, never for anything else.
    assert len(rows) > 8 * len(SEEDS)
    assert sum(not certain(row, "middleware") for row in rows) <= len(rows) / 20
    assert all(certain(row, *KINDS) for row in rows)
    assert sum(bool(row["middleware"]) for row in rows) > len(rows) / 10
    assert sum(bool(row["guards"]) for row in rows) > len(rows) / 2
