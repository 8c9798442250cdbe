"""Random resolvers, gateways, messages and schedules, started and called by Nest: ours are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from nest_oracle import Row, comparables, nest, ours
from random_others import RandomOthers
from test_nest_cases import write_case

SEEDS = range(40)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, list[Row]]]:
    top = tmp_path_factory.mktemp("others")
    roots = [top / str(seed) for seed in SEEDS]
    for root, seed in zip(roots, SEEDS, strict=True):
        write_case(root, RandomOthers(seed).blocks)
    found = nest((root, "src/main.ts") for root in roots)
    return {s: (root, a["routes"]) for s, root, a in zip(SEEDS, roots, found, strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_handlers_are_those_of_nest(seed: int, answers: dict[int, tuple[Path, list[Row]]]) -> None:
    root, expected = answers[seed]
    found = ours(root)
    assert comparables(found) == comparables(expected)
    assert all(step["certain"] for row in found for kind in ("guards", "pipes") for step in row[kind])


@pytest.mark.slow
def test_every_kind_is_among_them(answers: dict[int, tuple[Path, list[Row]]]) -> None:
    routes = [route for _, expected in answers.values() for route in expected]
    assert {route["method"] for route in routes} == {
        "QUERY", "MUTATION", "SUBSCRIPTION", "RESOLVEFIELD", "SUBSCRIBEMESSAGE", "MESSAGEPATTERN",
        "EVENTPATTERN", "GRPCMETHOD", "CRON", "INTERVAL", "TIMEOUT", "ONEVENT",
    }  # fmt: skip
    assert sum(bool(route["guards"]) for route in routes) > len(routes) // 4
