"""The tools for people who write rules, tried on a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def copy(tmp_path: Path):
    """A copy of the sources, and a function that runs a module of it."""
    for part in (
        "server",
        "rules",
        "README.md",
        "tests/workspaces",
        "tests/test_rules.py",
        "tests/rules",
        "pyproject.toml",
    ):
        source, target = ROOT / part, tmp_path / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        elif source.exists():
            shutil.copy(source, target)

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(tmp_path / "server"), str(tmp_path / "rules")])
        return subprocess.run(
            [sys.executable, "-m", *args],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    return tmp_path, run


def test_a_new_rule_starts_red_and_goes_green(copy):
    root, run = copy
    made = run("nestwise.dev", "new", "cat-care/unfed-cat")
    assert made.returncode == 0, made.stderr
    assert "pytest -k cat-care/unfed-cat" in made.stdout
    rule = root / "rules/nestwise_rules/cat_care/unfed_cat.py"
    pytest_args = (
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/test_rules.py",
        "-k",
        "cat-care/unfed-cat",
    )
    red = run(*pytest_args)
    assert red.returncode == 1, red.stdout
    rule.write_text(rule.read_text("utf-8").replace('== "Wrong"', '== "CatsService"'), "utf-8")
    green = run(*pytest_args)
    assert green.returncode == 0, green.stdout


def test_the_example_in_contributing_is_true(copy):
    root, run = copy
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    code = dedent(re.findall(r"```python\n(.*?)```", guide, re.S)[0])
    example = dedent(re.findall(r"````\n(.*?) *````", guide, re.S)[0])
    assert run("nestwise.dev", "new", "logging/no-debugger").returncode == 0
    rule = root / "rules/nestwise_rules/logging/no_debugger.py"
    rule.write_text(code, "utf-8")
    rule.with_suffix(".md").write_text(f"# logging/no-debugger\n\n## Bad\n\n{example}", "utf-8")
    done = run("pytest", "-q", "-p", "no:cacheprovider", "tests/test_rules.py", "-k", "logging/no-debugger")
    assert "1 passed" in done.stdout, done.stdout


def test_a_rule_is_never_written_over(copy):
    root, run = copy
    page = root / "rules/nestwise_rules/logging/no_console.md"
    before = page.read_text("utf-8")
    refused = run("nestwise.dev", "new", "logging/no-console")
    assert refused.returncode == 2
    assert "nothing was written" in refused.stderr
    assert page.read_text("utf-8") == before
    assert run("nestwise.dev", "new", "NoConsole").returncode == 2


def test_update_writes_what_the_rule_finds_and_leaves_a_right_page_alone(copy):
    root, run = copy
    page = root / "rules/nestwise_rules/logging/no_console.md"
    before = page.read_text("utf-8")
    assert "unchanged" in run("nestwise.dev", "update", "logging/no-console").stdout
    page.write_text(before.replace("~~~~~~~~~~~ `console.log`", "~~~ `console.log`", 1), "utf-8")
    assert "updated" in run("nestwise.dev", "update", "logging/no-console").stdout
    assert page.read_text("utf-8") == before


def test_docs_says_which_generated_files_are_stale(copy):
    root, run = copy
    table = root / "rules/README.md"
    table.write_text("# Rules\n", "utf-8")
    stale = run("nestwise.dev", "docs", "--check")
    assert (stale.returncode, stale.stdout) == (1, "stale rules/README.md\n")
    assert run("nestwise.dev", "docs").returncode == 0
    assert run("nestwise.dev", "docs", "--check").returncode == 0


def test_docs_writes_the_version_wherever_it_stands(copy):
    root, run = copy
    parts = {"client-npm/package.json", "client-vscode/package.json", "ci/nestwise.gitlab-ci.yml"}
    for part in parts:
        (root / part).parent.mkdir(parents=True)
        shutil.copy(ROOT / part, root / part)
    config = root / "pyproject.toml"
    config.write_text(re.sub(r'(?m)^version = ".*"', 'version = "7.8.9"', config.read_text("utf-8")), "utf-8")
    wrote = run("nestwise.dev", "docs").stdout
    assert {"client-npm/package.json", "client-vscode/package.json", "ci/nestwise.gitlab-ci.yml"} <= set(
        wrote.split()
    )
    assert run("nestwise", "--version").stdout == "nestwise 7.8.9\n"
    assert 'NESTWISE_VERSION: "7.8.9"' in (root / "ci/nestwise.gitlab-ci.yml").read_text("utf-8")
    assert '"version": "7.8.9"' in (root / "client-npm/package.json").read_text("utf-8")


def test_known_counts_what_is_told_and_names_what_is_not(copy):
    root, run = copy
    shop = root / "tests/workspaces/shop"
    assert "pipelines: 72 of 73 known (98.6 %)" in run("nestwise.dev", "known", str(shop)).stdout
    users = shop / "src/users/users.controller.ts"
    users.write_text(users.read_text().replace("@Controller('users')", "@Controller(pathOf('users'))"))
    said = run("nestwise.dev", "known", str(shop), "--all").stdout
    assert "the path of a controller is computed: UsersController  (UsersController." in said
    gone = run("nestwise.dev", "known", str(root / "nowhere"))
    assert (gone.returncode, gone.stderr) == (2, f"{root / 'nowhere'}: there is no such folder\n")
