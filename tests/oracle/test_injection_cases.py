"""Small applications in Markdown, and the samples: what Nest's container holds, or why it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from injection_oracle import Comparison, nest, ours
from test_nest_cases import cases_of, write_case

PAGE = Path(__file__).parent / "cases/injection/injection.md"
WORKSPACES = Path(__file__).parents[1] / "workspaces"
SAMPLES = (
    ("shop", "src/main.ts"),
    ("shop", "src/backoffice.ts"),
    ("mono", "apps/api/src/main.ts"),
    ("mono", "apps/admin/src/main.ts"),
)
STARTS = "void NestFactory.createApplicationContext(AppModule);\n"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, dict[str, Any]]]:
    top = tmp_path_factory.mktemp("injection")
    roots: dict[str, Path] = {}
    for number, (title, blocks) in enumerate(cases_of(PAGE)):
        roots[title] = top / str(number)
        write_case(roots[title], [*blocks, ("main", STARTS)])
    found = nest((root, "src/main.ts") for root in roots.values())
    return {title: (root, answer) for (title, root), answer in zip(roots.items(), found, strict=True)}


@pytest.mark.slow
@pytest.mark.parametrize("title", [title for title, _ in cases_of(PAGE)])
def test_the_container_is_that_of_nest(title: str, answers: dict[str, tuple[Path, dict[str, Any]]]) -> None:
    root, answer = answers[title]
    [mine] = ours(root)
    found = Comparison(mine, answer)
    assert found.different == []
    assert found.unknown == 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "main"), SAMPLES)
def test_the_samples_hold_what_nest_holds(name: str, main: str) -> None:
    root = WORKSPACES / name
    mine = next(app for app in ours(root) if app["file"] == main)
    [answer] = nest([(root, main)])
    found = Comparison(mine, answer)
    assert found.different == []
    assert found.unknown == 0
    assert found.known > 0
