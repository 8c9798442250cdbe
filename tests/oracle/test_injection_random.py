"""Random module graphs: Nest's container holds what `nestwise graph` says, or Nest refuses as we do."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from injection_oracle import Comparison, differences
from random_graph import Graph, Maker
from shrink import smallest

SEEDS = range(160)


def _compared(root: Path, graphs: Sequence[Graph]) -> list[Comparison]:
    """All graphs as applications of one workspace, compared in one go."""
    root.mkdir()
    (root / "package.json").write_text('{ "name": "random", "dependencies": { "@nestjs/core": "^11.0.0" } }')
    (root / "tsconfig.json").write_text('{ "compilerOptions": { "target": "ES2022" } }')
    names = [f"g{number}" for number in range(len(graphs))]
    for name, graph in zip(names, graphs, strict=True):
        (root / "apps" / name).mkdir(parents=True)
        (root / "apps" / name / "main.ts").write_text(graph.text(), "utf-8")
    return [found for _, found in differences(root, names)]


def _smallest(top: Path, graph: Graph, found: Comparison) -> tuple[Graph, Comparison]:
    """The smallest graph with a difference of the same kind."""
    kind = found.different[0].split(":")[0].split(" of ")[0]
    rounds = itertools.count()

    def different(tried: Sequence[Graph]) -> list[bool]:
        rooted = [graph for graph in tried if graph.modules]
        results = iter(_compared(top / f"smaller-{next(rounds)}", rooted))
        return [bool(graph.modules) and _is_of(kind, next(results)) for graph in tried]

    less = smallest(graph, different)
    return less, _compared(top / "smallest", [less])[0]


def _is_of(kind: str, found: Comparison) -> bool:
    return any(d.startswith(kind) and "is not defined" not in d for d in found.different)


@pytest.mark.slow
def test_the_container_is_that_of_nest(tmp_path: Path) -> None:
    graphs = [Maker(seed).make() for seed in SEEDS]
    found = _compared(tmp_path / "all", graphs)
    for graph, comparison in zip(graphs, found, strict=True):
        if comparison.different:
            less, smallest = _smallest(tmp_path, graph, comparison)
            pytest.fail("\n".join([*smallest.different, "", less.text()]))
    # Unknown is an answer for a few, and refusals are some of the graphs, never most.
    assert sum(c.unknown for c in found) <= sum(c.known for c in found) / 100
    assert len(found) / 5 < sum("error" in c.theirs for c in found) < len(found) * 3 / 5
    assert sum(c.known for c in found) > 5 * len(found)
