"""What runs nestwise in CI: the GitHub Action, GitLab's job and the hooks of pre-commit."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from cats_app import MANIFEST, SERVICE, commit
from github_runner import run_action
from obtain import ROOT, needed, pypi

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
PRE_COMMIT = "pre-commit==4.7.0"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Path:
    """For what is installed: a job would do it each time."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def path(programs) -> str:
    """The PATH of a machine that has Python, Git and a shell, and no uv."""
    return f"{programs('python3')}:/usr/bin:/bin"


class TestAction:
    @pytest.fixture
    def run(self, checkout, app, index, path, shared, tmp_path):
        def start(**inputs: str):
            env = {**index, "PATH": path, "NESTWISE_CACHE_DIR": str(tmp_path / "cache")}
            given = {name.replace("_", "-"): value for name, value in inputs.items()}
            return run_action(checkout, app, shared, env, given)

        return start

    def test_it_annotates_and_fails(self, run):
        done = run()
        assert done.failed
        assert "::warning file=src/cats.service.ts,line=5,endLine=5,col=22," in done.output
        assert done.used == [("actions/setup-python@v6", {"python-version": "3.13"})]
        assert done.outputs == {"sarif-file": ""}

    def test_inputs_are_arguments(self, run, app):
        strange = app / "src" / "-$(touch taken) `x` ; é😀"
        strange.mkdir()
        (strange / "a.service.ts").write_text(SERVICE)
        done = run(
            path=f"src/dogs.service.ts\nsrc/{strange.name}\n",
            args="--only\nlogging/no-console\n--no-cache",
            preset="strict",
            fail_on="error",
            version=VERSION,
            python_version="",
        )
        assert not done.failed, done.output
        assert f"file=src/{strange.name}/a.service.ts" in done.output
        assert "cats.service.ts" not in done.output
        assert not (app / "taken").exists()
        assert done.used == []

    def test_a_report_is_written_and_uploaded_even_where_it_fails(self, run, app):
        done = run(upload_sarif="true", sarif_file="out put.sarif", version=VERSION)
        assert done.failed
        report = json.loads((app / "out put.sarif").read_text("utf-8"))
        assert [result["ruleId"] for result in report["runs"][0]["results"]] == ["logging/no-console"]
        given = {"sarif_file": "out put.sarif", "category": "nestwise"}
        assert done.used[1:] == [("github/codeql-action/upload-sarif@v4", given)]
        assert done.outputs == {"sarif-file": "out put.sarif"}

    def test_a_version_that_is_not_there_fails(self, run):
        done = run(version="0.0.0")
        assert done.failed
        assert "nestwise==0.0.0" in done.output
        assert "::warning" not in done.output


def examples() -> list:
    """The YAML of the pages that tell how to use it."""
    pages = [(ROOT / name).read_text("utf-8") for name in ("README.md", "ci/README.md")]
    return [yaml.safe_load(block) for page in pages for block in re.findall(r"```yaml\n(.*?)```", page, re.S)]


def test_examples_use_what_there_is():
    told = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    job = yaml.safe_load(TestGitLab.FILE.read_text("utf-8"))["nestwise"]
    used = {"inputs": set(), "hooks": set(), "variables": set()}
    for example in examples():
        for step in example.get("jobs", {}).get("nestwise", {}).get("steps", []):
            used["inputs"] |= set(step.get("with", {}))
        for repository in example.get("repos", []):
            used["hooks"] |= {hook["id"] for hook in repository["hooks"]}
        used["variables"] |= set(example.get("nestwise", {}).get("variables", {}))
    assert all(used.values())
    assert used["inputs"] <= set(told)
    assert used["hooks"] <= {hook["id"] for hook in hooks}
    assert used["variables"] <= set(job["variables"])
    page = (ROOT / "ci/README.md").read_text("utf-8")
    assert all(f"| `{name}` |" in page for name in (*told, *(hook["id"] for hook in hooks)))


class TestGitLab:
    FILE = ROOT / "ci" / "nestwise.gitlab-ci.yml"

    @pytest.fixture
    def run(self, app, index, path, shared):
        job = yaml.safe_load(self.FILE.read_text("utf-8"))["nestwise"]

        def start(**variables: str) -> subprocess.CompletedProcess[str]:
            # Each job has a container of its own: here the folders that it uses are.
            lines = [line.replace("/tmp/", f"{shared}/gitlab-") for line in job["script"]]
            if (shared / "gitlab-nestwise/bin/nestwise").exists():
                lines = lines[2:]  # it was installed for another test
            env = {**index, "PATH": path, "CI_PROJECT_DIR": str(app)}
            for name, value in {**job["variables"], **variables}.items():
                env[name] = value.replace("$CI_PROJECT_DIR", str(app))
            script = "set -eo pipefail\n" + "\n".join(lines)
            return subprocess.run(
                ["bash", "-c", script], cwd=app, env=env, capture_output=True, text=True, encoding="utf-8"
            )

        return start

    def test_it_reports_and_fails(self, run, app):
        done = run()
        assert done.returncode == 1, done.stderr
        assert "[logging/no-console]" in done.stdout
        [found] = json.loads((app / "gl-code-quality-report.json").read_text("utf-8"))
        assert found["check_name"] == "logging/no-console"
        assert found["location"] == {"path": "src/cats.service.ts", "lines": {"begin": 5}}
        assert list((app / ".cache/nestwise").iterdir())

    def test_variables_say_what_and_when(self, run, app):
        assert run(NESTWISE_PATH="src/dogs.service.ts").returncode == 0
        assert run(NESTWISE_FAIL_ON="never").returncode == 0

    def test_it_installs_this_version(self):
        job = yaml.safe_load(self.FILE.read_text("utf-8"))["nestwise"]
        assert job["variables"]["NESTWISE_VERSION"] == VERSION


class TestPreCommit:
    @pytest.fixture
    def run(self, checkout, app, index, path, shared, tmp_path):
        revision = subprocess.run(
            ["git", "-C", checkout, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
        ).stdout.strip()
        tool = needed("pre-commit", lambda: pypi(PRE_COMMIT.replace("==", "-"), PRE_COMMIT)) / "pre-commit"

        def start(hook: str, *args: str) -> subprocess.CompletedProcess[str]:
            wanted = {"repo": f"file://{checkout}", "rev": revision, "hooks": [{"id": hook}]}
            (app / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [wanted]}))
            commit(app)
            env = {
                **index,
                "PATH": path,
                "HOME": str(shared),
                "PRE_COMMIT_HOME": str(shared / "pre-commit"),
                "NESTWISE_CACHE_DIR": str(tmp_path / "cache"),
            }
            command = [tool, "run", hook, *args]
            return subprocess.run(command, cwd=app, env=env, capture_output=True, text=True, encoding="utf-8")

        return start

    def test_only_what_is_changed_is_reported(self, run):
        done = run("nestwise", "--files", "src/cats.service.ts")
        assert done.returncode == 1, done.stdout + done.stderr
        assert "[logging/no-console]" in done.stdout
        assert run("nestwise", "--files", "src/dogs.service.ts", "package.json").returncode == 0

    def test_other_packages_are_passed_over(self, run, app):
        (app / "package.json").unlink()
        for name, manifest in {"api": MANIFEST, "web": '{"name": "web"}'}.items():
            (app / name).mkdir()
            (app / name / "package.json").write_text(manifest)
            (app / name / "a.service.ts").write_text(SERVICE)
        alone = run("nestwise", "--files", "web/a.service.ts")
        assert alone.returncode == 0, alone.stdout
        assert run("nestwise-fix", "--files", "web/a.service.ts").returncode == 0
        both = run("nestwise", "--files", "web/a.service.ts", "api/a.service.ts")
        assert both.returncode == 1
        assert "web/" not in both.stdout

    def test_fixes_are_made_and_stop_the_commit(self, run, app):
        done = run("nestwise-fix", "--files", "src/cats.service.ts")
        assert done.returncode == 1
        assert "files were modified by this hook" in done.stdout
        assert "/* é😀 */ feed() { this.logger.log('fed'); }" in (app / "src/cats.service.ts").read_text(
            "utf-8"
        )
        assert run("nestwise", "--files", "src/cats.service.ts").returncode == 0

    def test_the_whole_workspace_is_checked_if_asked(self, run):
        done = run("nestwise-all", "--files", "src/dogs.service.ts")
        assert done.returncode == 1
        assert "src/cats.service.ts:5:22" in done.stdout
        assert "Skipped" in run("nestwise-all", "--files", ".pre-commit-config.yaml").stdout
