"""Suites in JavaScript, as pytest sees them: the names of their tests, and what came of each."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import code_server
import pytest

HERE = Path(__file__).parent
_TEST = re.compile(r"^test\((['\"])(.*?)\1, ", re.M)


@dataclass(frozen=True)
class Result:
    seconds: float
    error: str | None


def names(suite: Path) -> list[str]:
    """The tests of a suite in the order of the file."""
    found = [match[2] for match in _TEST.finditer(suite.read_text(encoding="utf-8"))]
    assert found, f"{suite} has no test that starts a line"
    assert len(found) == len(set(found)), f"{suite} has a name twice"
    return found


@dataclass(frozen=True)
class Run:
    """What came of suites, and what was printed meanwhile."""

    reports: Path
    said: str

    def judge(self, suite: Path, name: str) -> None:
        """Fails as the test of that name failed."""
        found = _results(self.reports / f"{suite.stem}.jsonl").get(name)
        if found is None:
            pytest.fail(f"it was never come to; the output ends with:\n{self.said[-4000:]}", pytrace=False)
        elif found.error:
            pytest.fail(found.error, pytrace=False)


def asked_for(request: pytest.FixtureRequest, suites: Iterable[Path]) -> dict[Path, list[str]]:
    """The tests by suite that want the fixture; suites of which none is wanted are left out."""
    wants = [item for item in request.session.items if request.fixturename in item.fixturenames]
    specs = (item.callspec.params for item in wants)
    wanted = {(params.get("suite"), params.get("name")) for params in specs}
    chosen = {suite: [name for name in names(suite) if (suite, name) in wanted] for suite in suites}
    return {suite: tests for suite, tests in chosen.items() if tests}


def run(
    script: str,
    version: code_server.Version,
    vsix: Path,
    state: Path,
    shown: Path,
    given: Mapping[str, Any],
    wanted: Mapping[Path, list[str]],
    settings: Mapping[str, object],
) -> Run:
    """Installs the extension in a new VS Code and lets a driver of the browser run suites in it."""
    code_server.install(version, state, vsix)
    env = _environment(state, wanted)
    with code_server.served(version, state, settings, env) as here:
        given = {"served": here.url, "shots": str(shown), **given}
        log = shown / f"vscode-{version.code_server}-{Path(script).stem}.log"
        return Run(state / "reports", drive(script, given, log, env, 300))


def drive(script: str, given: Mapping[str, Any], log: Path, env: Mapping[str, str], limit: float) -> str:
    """Runs a driver of the browser to its end, and gives what it printed; also kept in `log`."""
    given = {"browser": str(code_server.browser()), **given}
    with open(log, "w+", encoding="utf-8") as out:
        process = subprocess.Popen(
            [str(code_server.node() / "bin/node"), str(HERE / script)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **env, "NESTWISE_PLAYWRIGHT": str(code_server.playwright())},
        )
        try:
            process.communicate(json.dumps(given), timeout=limit)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait()
            out.write(f"\nended after {limit} s\n")
    return log.read_text(encoding="utf-8")


def _environment(state: Path, wanted: Mapping[Path, list[str]]) -> dict[str, str]:
    """What suites read; VS Code's hosts of extensions get it from their server."""
    (state / "reports").mkdir(parents=True)
    only = [name for tests in wanted.values() for name in tests]
    return {"NESTWISE_REPORTS": str(state / "reports"), "NESTWISE_ONLY": "\n".join(only)}


def _results(file: Path) -> dict[str, Result]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    told = (json.loads(line) for line in lines)
    return {t["name"]: Result(t["seconds"], t.get("error")) for t in told}
