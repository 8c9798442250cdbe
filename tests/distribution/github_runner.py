"""A composite action, run as a runner of GitHub Actions would: its `run` steps, and what others it uses.

Expressions are understood as far as action.yml needs them: contexts, strings, comparison, logic, status.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.S)
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|==|!=|&&|\|\||!|\(|\)|[\w.-]+)")


@dataclass
class Run:
    """What came of it."""

    failed: bool = False
    output: str = ""
    used: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    """The other actions, with what they were given."""
    outputs: dict[str, str] = field(default_factory=dict)


class Expression:
    """`evaluate(text)` with the values of contexts, by their dotted names; what is missing is empty."""

    def __init__(self, values: Mapping[str, str], failed: bool) -> None:
        self._values = values
        self._failed = failed
        self._tokens: list[str] = []

    def evaluate(self, text: str) -> Any:
        at = 0
        self._tokens = []
        while at < len(text.rstrip()):
            token = _TOKEN.match(text, at)
            assert token, f"not understood: {text[at:]}"
            self._tokens.append(token[1])
            at = token.end()
        value = self._either()
        assert not self._tokens, f"left over: {self._tokens}"
        return value

    def text(self, template: Any) -> str:
        return _EMBEDDED.sub(lambda found: str(self.evaluate(found[1])), str(template))

    def _either(self) -> Any:
        value = self._both()
        while self._next("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._equal()
        while self._next("&&"):
            other = self._equal()
            value = value and other
        return value

    def _equal(self) -> Any:
        value = self._plain()
        if self._next("=="):
            return value == self._plain()
        if self._next("!="):
            return value != self._plain()
        return value

    def _plain(self) -> Any:
        if self._next("!"):
            return not self._plain()
        if self._next("("):
            value = self._either()
            assert self._next(")")
            return value
        token = self._tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if self._next("("):
            assert self._next(")")
            return {"always": True, "success": not self._failed, "failure": self._failed, "cancelled": False}[
                token
            ]
        return self._values.get(token, "")

    def _next(self, token: str) -> bool:
        if self._tokens[:1] != [token]:
            return False
        self._tokens.pop(0)
        return True


def run_action(
    action: Path, workspace: Path, temp: Path, env: Mapping[str, str], inputs: Mapping[str, str]
) -> Run:
    """Run the action of a folder on a workspace. Inputs that it does not declare are an error here."""
    described = yaml.safe_load((action / "action.yml").read_text("utf-8"))
    assert set(inputs) <= set(described["inputs"])
    values = {
        f"inputs.{name}": str(inputs.get(name, told.get("default", "")))
        for name, told in described["inputs"].items()
    }
    run = Run()
    path: list[str] = []
    for number, step in enumerate(described["runs"]["steps"]):
        expression = Expression(values, run.failed)
        condition = step.get("if", "success()")
        wanted = expression.evaluate(_EMBEDDED.sub(lambda found: found[1], str(condition)))
        if not wanted or (run.failed and not re.search(r"\b(always|failure|cancelled)\(\)", str(condition))):
            continue
        if "uses" in step:
            run.used.append((step["uses"], {k: expression.text(v) for k, v in step["with"].items()}))
            continue
        assert step["shell"] == "bash", "a composite action names its shell"
        assert not _EMBEDDED.search(step["run"]), "what an input says would be run"
        files = {name: temp / f"{name}-{number}" for name in ("path", "output")}
        for file in files.values():
            file.touch()
        script = temp / f"step-{number}.sh"
        script.write_text(step["run"], "utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=workspace,
            env={
                **env,
                "PATH": os.pathsep.join([*reversed(path), env["PATH"]]),
                "RUNNER_TEMP": str(temp),
                "GITHUB_ACTION_PATH": str(action),
                "GITHUB_PATH": str(files["path"]),
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_ACTIONS": "true",
                **{key: expression.text(value) for key, value in step.get("env", {}).items()},
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        run.output += done.stdout + done.stderr
        run.failed |= done.returncode != 0
        path += files["path"].read_text().splitlines()
        for line in files["output"].read_text().splitlines():
            key, _, value = line.partition("=")
            values[f"steps.{step['id']}.outputs.{key}"] = value
    last = Expression(values, run.failed)
    run.outputs = {name: last.text(told["value"]) for name, told in described.get("outputs", {}).items()}
    return run
