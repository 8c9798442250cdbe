"""The tool that breaks conventions works: it breaks the samples, and the rules notice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from nestwise.lint.registry import load_rules

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "tests/workspaces/shop"


def _recall(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.recall", *args]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def _rows(printed: str) -> dict[str, list[int]]:
    """Mutants, reported, elsewhere, missed by rule and mutation."""
    rows = [line.rsplit(None, 4) for line in printed.splitlines()[1:]]
    return {title: list(map(int, counts)) for title, *counts in rows}


def test_most_of_what_is_broken_in_a_sample_is_reported():
    done = _recall("--limit", "6", str(SHOP))
    assert done.returncode == 0, done.stderr
    rows = _rows(done.stdout)
    assert rows["thin-controller/no-business-logic: decisions in a handler"] == [5, 5, 0, 0]
    assert rows["logging/no-console: logger swapped for console"] == [5, 5, 0, 0]
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    assert total[0] > 30
    assert total[1] / total[0] > 0.85


def test_a_folder_that_is_not_there_is_named():
    done = _recall("nowhere")
    assert done.returncode == 2
    assert done.stderr == "nowhere: there is no such folder\n"


@pytest.mark.parametrize("file", sorted((ROOT / "rules/precision").glob("*.json")), ids=lambda f: f.stem)
def test_figures_are_of_rules_and_add_up(file: Path):
    rules = load_rules()
    for rule, found in json.loads(file.read_text("utf-8")).items():
        assert rule in rules, f"{file.name}: there is no rule {rule}"
        assert found.get("right", 0) <= found.get("sampled", 0) <= found.get("findings", 0), rule
        assert found.get("reported", 0) <= found.get("mutations", 0), rule
        enough = found.get("sampled", 0) == 0 or found["right"] >= 0.95 * found["sampled"]
        assert enough or rules[rule].strict, f"{rule} is right too seldom for `recommended`"
