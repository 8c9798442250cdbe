"""Random resolvers, gateways, messages and schedules, started and called by Nest: ours are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from nest_oracle import KINDS
from random_others import OthersMaker
from routes_oracle import agreed, certain

SEEDS = range(80)


@pytest.mark.slow
def test_handlers_are_those_of_nest(tmp_path: Path) -> None:
    found = agreed(tmp_path, [OthersMaker(seed).make() for seed in SEEDS])
    rows = [row for comparison in found for row in comparison.mine]
    # Nothing that runs before any of them is unknown.
    assert all(certain(row, *KINDS) for row in rows)
    assert len(rows) > 8 * len(SEEDS)
    assert sum(bool(row["guards"]) for row in rows) > len(rows) / 2
    assert {row["method"] for row in rows} == {
        "QUERY", "MUTATION", "SUBSCRIPTION", "RESOLVEFIELD", "SUBSCRIBEMESSAGE", "MESSAGEPATTERN",
        "EVENTPATTERN", "GRPCMETHOD", "CRON", "INTERVAL", "TIMEOUT", "ONEVENT",
    }  # fmt: skip
