"""The sample workspaces: they compile, and nestwise finds their planted defects and nothing else.

`DEFECTS.json` of a workspace lists every finding with the text that it underlines, and look-alikes: places
that a hasty rule would report. A finding that is not listed fails the test like one that is missing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nestwise.lint.registry import load_rules

TESTS = Path(__file__).parent
MODULES = TESTS / "node" / "node_modules"
WORKSPACES = [path.parent for path in sorted((TESTS / "workspaces").glob("*/DEFECTS.json"))]
NOT_PLANTED: frozenset[str] = frozenset()
"""Rules that cannot have a defect in a workspace that compiles, with the reason beside each. None today."""


def _check(root: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "nestwise", "check", "--format", "json", "--fail-on", "never", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _underlined(root: Path, finding: dict[str, Any]) -> str:
    """The text of a finding's range, which counts UTF-16 units from 1."""
    start, end = finding["range"]["start"], finding["range"]["end"]
    assert start["line"] == end["line"], finding
    line = (root / finding["path"]).read_text("utf-8").split("\n")[start["line"] - 1]
    units = line.encode("utf-16-le")
    return units[(start["column"] - 1) * 2 : (end["column"] - 1) * 2].decode("utf-16-le")


@pytest.mark.parametrize("root", WORKSPACES, ids=lambda root: root.name)
def test_every_planted_defect_is_found_and_nothing_else(root: Path) -> None:
    listed = json.loads((root / "DEFECTS.json").read_text("utf-8"))
    result = _check(root)
    assert result["errors"] == []
    found = Counter(
        (f["rule"], f["path"], f["range"]["start"]["line"], _underlined(root, f)) for f in result["findings"]
    )
    expected = Counter((d["rule"], d["path"], d["line"], d["on"]) for d in listed["findings"])
    assert (sorted(expected - found), sorted(found - expected)) == ([], [])
    for defect in listed["findings"]:
        said = [
            f["message"]
            for f in result["findings"]
            if (f["rule"], f["path"], f["range"]["start"]["line"])
            == (defect["rule"], defect["path"], defect["line"])
        ]
        assert any(defect["message"] in message for message in said), defect


def test_every_rule_of_the_first_release_has_a_defect_and_a_look_alike() -> None:
    listed = json.loads((TESTS / "workspaces" / "shop" / "DEFECTS.json").read_text("utf-8"))
    first = {
        *(
            f"thin-controller/{name}"
            for name in ("no-data-access", "no-business-logic", "no-manual-response")
        ),
        *(f"dto-validation/{name}" for name in ("untyped-input", "unvalidated-property", "type-only-import")),
        *(f"dto-validation/{name}" for name in ("nested-not-validated", "no-validation-pipe")),
        *(
            "guards/unguarded-route",
            "guards/throttler-unbound",
            "logging/no-console",
            "logging/sensitive-data",
        ),
    }
    planted = {d["rule"] for d in listed["findings"]}
    alike = {d["rule"] for d in listed["lookAlikes"]}
    assert first <= planted
    # What binds a throttler is in the other workspace: in this one nothing does.
    assert first - alike == {"guards/throttler-unbound"}


def test_every_rule_has_a_planted_defect() -> None:
    lists = [json.loads((root / "DEFECTS.json").read_text("utf-8"))["findings"] for root in WORKSPACES]
    planted = {defect["rule"] for findings in lists for defect in findings}
    assert sorted(set(load_rules()) - planted) == sorted(NOT_PLANTED)


@pytest.mark.parametrize("root", WORKSPACES, ids=lambda root: root.name)
def test_look_alikes_are_where_the_list_says(root: Path) -> None:
    for item in json.loads((root / "DEFECTS.json").read_text("utf-8"))["lookAlikes"]:
        line = (root / item["path"]).read_text("utf-8").split("\n")[item["line"] - 1]
        assert item["text"] in line, item


def _install(root: Path) -> None:
    """Lay out `node_modules` as pnpm does: packages at the root, workspace packages where they are used."""
    packages = {json.loads(p.read_text("utf-8"))["name"]: p.parent for p in root.rglob("package.json")}
    for folder in packages.values():
        wanted = json.loads((folder / "package.json").read_text("utf-8")).get("dependencies", {})
        for name in (n for n, version in wanted.items() if version.startswith("workspace:")):
            link = folder / "node_modules" / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(packages[name], target_is_directory=True)
    (root / "node_modules").symlink_to(MODULES, target_is_directory=True)


@pytest.mark.slow
@pytest.mark.parametrize("root", WORKSPACES, ids=lambda root: root.name)
def test_every_fix_keeps_its_promises(root: Path, tmp_path: Path) -> None:
    """Each fix of each finding of any rule, alone: see `python -m tests.proof`."""
    copy = tmp_path / root.name
    shutil.copytree(root, copy, symlinks=True)
    _install(copy)
    command = [sys.executable, "-m", "tests.proof", "--types", "--limit", "1000", str(copy)]
    done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    fixes, wrong, typed = map(sum, zip(*_counts(done.stdout), strict=True))
    assert (wrong, typed) == (0, fixes)
    assert fixes > 5


def _counts(printed: str) -> Iterator[list[int]]:
    for line in printed.splitlines()[1:]:
        yield list(map(int, line.split()[1:]))


@pytest.mark.slow
@pytest.mark.parametrize("root", WORKSPACES, ids=lambda root: root.name)
def test_type_checks(root: Path, tmp_path: Path) -> None:
    copy = tmp_path / root.name
    shutil.copytree(root, copy, symlinks=True)
    configs = sorted(copy.rglob("tsconfig.json"))
    _install(copy)
    for config in configs:
        command = ["node", str(MODULES / "typescript" / "bin" / "tsc"), "--noEmit", "-p", str(config.parent)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
