"""The generator writes what it says, and the benchmarks run from end to end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _generated(folder: Path, files: int) -> dict[str, bytes]:
    command = [sys.executable, "-m", "tests.benchmarks.generate", str(folder), str(files)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    found = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def test_a_workspace_has_the_files_asked_for_and_is_always_the_same(tmp_path):
    for files in (12, 57, 130):
        first, second = (_generated(tmp_path / f"{files}-{n}", files) for n in (1, 2))
        assert first == second
        assert sum(path.endswith(".ts") for path in first) == files
        assert first["src/catalog/catalog.controller.ts"].count(b"\n") == 1000


def test_a_workspace_is_valid_and_reports_little(tmp_path):
    root = tmp_path / "workspace"
    _generated(root, 300)
    command = [sys.executable, "-m", "nestwise", "check", str(root), "--no-cache", "--format", "json"]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    assert found["files"] == 300
    assert found["errors"] == []
    said = Counter(f["rule"] for f in found["findings"])
    assert set(said) == {
        "dto-validation/query-not-converted",
        "guards/user-without-auth",
        "errors/generic-error",
        "logging/no-console",
    }
    assert max(said.values()) < 30


@pytest.mark.slow
def test_the_benchmarks_give_tables_and_figures(tmp_path):
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.benchmarks", "--sizes", "20", "--rounds", "1", "--strokes", "5"]
    done = subprocess.run(
        [*command, "--json", str(figures)], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert "| 20 files | 20 |" in done.stdout
    assert "| 20 files | push |" in done.stdout
    (workspace,) = json.loads(figures.read_text())["workspaces"]
    assert workspace["checks"]["files"] == 20
    assert len(workspace["sessions"]["pull"]["latencies_ms"]["in a body"]) == 5
