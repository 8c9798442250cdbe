"""What users install: the wheel has all that the program needs, and runs without the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel, unpacked as pip would, and a function that runs its `nestwise` away from the repository."""
    folder = tmp_path_factory.mktemp("package")
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
    folder, run = installed
    rules = [line.split()[0] for line in run("nestwise", "rules").stdout.splitlines()]
    assert len(rules) >= 50
    script = "import sys; from nestwise.cli import main; [main(['explain', rule]) for rule in sys.argv[1:]]"
    (folder / "explained.py").write_text(script)
    explained = run("explained", *rules).stdout
    assert [rule for rule in rules if f"# {rule}\n" not in explained] == []


def test_the_tools_for_developers_say_that_they_need_a_checkout(installed):
    _, run = installed
    done = run("nestwise.dev", "docs")
    assert done.returncode == 2
    assert "is no checkout of nestwise" in done.stderr


def test_what_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        size = sum(info.file_size for info in archive.infolist())
    described = f"nestwise-{PROJECT['version']}.dist-info"
    assert {name.split("/")[0] for name in names} == {"nestwise", "nestwise_rules", described}
    assert {f"{described}/licenses/LICENSE", "nestwise/py.typed", "nestwise/nestwise.schema.json"} <= names
    sources = {
        f"{package}/{path.relative_to(ROOT / folder / package).as_posix()}"
        for folder, package in (("server", "nestwise"), ("rules", "nestwise_rules"))
        for path in (ROOT / folder / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if not name.startswith(described)} == sources
    assert size < 4_000_000


def test_the_source_distribution_builds_the_same_wheel(sdist, wheel, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
        assert max(member.size for member in archive.getmembers()) < 500_000
    [folder] = tmp_path.iterdir()
    parts = {"server", "rules", "tests", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO"}
    assert {path.name for path in folder.iterdir()} - {".gitignore"} == parts
    assert sdist.stat().st_size < 5_000_000
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        tmp_path / "dist",
        folder,
    ]
    subprocess.run(build, check=True, capture_output=True)
    assert (tmp_path / "dist" / wheel.name).read_bytes() == wheel.read_bytes()


def test_uvx_runs_it(wheel, index, programs, tmp_path):
    env = {**index, "PATH": f"{programs('uv', 'uvx', 'python3')}:/usr/bin:/bin", "HOME": str(tmp_path)}
    named = subprocess.run(["uvx", "nestwise", "--version"], env=env, capture_output=True, text=True)
    assert named.stdout == f"nestwise {PROJECT['version']}\n", named.stderr
    given = ["uvx", "--from", wheel, "nestwise", "rules"]
    assert "logging/no-console" in subprocess.run(given, env=env, capture_output=True, text=True).stdout
