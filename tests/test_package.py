"""What users install: the wheel has all that the program needs, and runs without the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The wheel, unpacked as pip would, and a function that runs its `nestwise` away from the repository."""
    folder = tmp_path_factory.mktemp("package")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "dist", ROOT]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = (folder / "dist").glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder / "lib", wheel]
    subprocess.run(pip, check=True, capture_output=True)

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(folder / "lib"), "NESTWISE_CACHE_DIR": str(folder / "cache")}
        command = [sys.executable, "-m", *args]
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8")

    return folder, run


def test_it_runs_from_the_wheel(installed):
    folder, run = installed
    assert run("nestwise", "--version").stdout.startswith("nestwise 0.")
    rules = run("nestwise", "rules")
    assert "logging/no-console" in rules.stdout
    project = folder / "app"
    project.mkdir()
    (project / "package.json").write_text('{"dependencies": {"@nestjs/common": "11"}}')
    (project / "a.service.ts").write_text(
        "import '@nestjs/common';\nexport class A { a() { console.log(1); } }\n"
    )
    found = run("nestwise", "check", "app")
    assert (found.returncode, found.stderr) == (1, "")
    assert "[logging/no-console]" in found.stdout


def test_every_rule_brings_its_page(installed):
    _, run = installed
    rules = [line.split()[0] for line in run("nestwise", "rules").stdout.splitlines()]
    assert len(rules) >= 4
    assert all(f"# {rule}\n" in run("nestwise", "explain", rule).stdout for rule in rules)


def test_the_tools_for_developers_say_that_they_need_a_checkout(installed):
    _, run = installed
    done = run("nestwise.dev", "docs")
    assert done.returncode == 2
    assert "is no checkout of nestwise" in done.stderr
