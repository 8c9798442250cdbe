"""An installer of LSP4IJ, carried out as the plug-in does on Unix: tasks that lead to others.

What its source says and its documentation does not: `${…}` in the command of `exec` stays as it is, but for
a command that is `${server.command}` and nothing else; macros of the IDE like `$USER_HOME$` are put into each
word after the command is split at blanks; a command that outlives its timeout counts as good.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def words(line: str) -> list[str]:
    """A command line in words, split at blanks outside of double quotes."""
    parts, quoted = [""], False
    for char in line:
        if char == '"':
            quoted = not quoted
        elif char == " " and not quoted:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part]


def on_unix(value: Any) -> Any:
    """The part of a value that may be given for each system."""
    return value.get("unix", value.get("default")) if isinstance(value, dict) else value


@dataclass
class Installer:
    descriptor: Mapping[str, Any]
    command: str
    """The command line of the server; a task may set another."""
    home: Path
    env: Mapping[str, str]
    steps: list[str] = field(default_factory=list)
    """Names of the tasks that were run."""
    said: list[str] = field(default_factory=list)
    """Notifications."""
    output: str = ""

    def check(self) -> bool:
        return self._task(self.descriptor["check"])

    def run(self) -> bool:
        return self._task(self.descriptor["run"])

    def macros(self, text: str) -> str:
        return text.replace("$USER_HOME$", str(self.home))

    def _resolved(self, text: str) -> str:
        values = {"server.command": self.command, **self.descriptor["properties"]}
        for key, value in values.items():
            text = text.replace("${" + key + "}", value)
        return text

    def _task(self, step: Mapping[str, Any]) -> bool:
        kind, task = next(iter(step.items()))
        self.steps.append(task["name"])
        done = {"exec": self._exec, "configureServer": self._configure, "showMessage": self._show}[kind](task)
        after = task.get("onSuccess" if done else "onFail")
        return self._task(after) if after else done

    def _exec(self, task: Mapping[str, Any]) -> bool:
        given = on_unix(task["command"])
        command = given.split(" ") if isinstance(given, str) else given
        if command == ["${server.command}"]:
            command = words(self._resolved(command[0]))
        folder = None
        if "workingDir" in task:
            folder = Path(self.macros(self._resolved(task["workingDir"])))
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            try:
                process = subprocess.Popen(
                    [self.macros(word) for word in command],
                    cwd=folder,
                    env=self.env,
                    stdin=subprocess.PIPE,  # open as long as it runs
                    stdout=out,
                    stderr=err,
                )
            except OSError as error:
                self.output += f"{error}\n"
                return False
            with process:
                try:
                    process.wait(task["timeout"] / 1000 if "timeout" in task else 300)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return "timeout" in task
            out.seek(0)
            err.seek(0)
            told = err.read()
            self.output += out.read() + told
            return process.returncode == 0 and (bool(task.get("ignoreStderr")) or not told)

    def _configure(self, task: Mapping[str, Any]) -> bool:
        self.command = self._resolved(on_unix(task["command"]))
        return True

    def _show(self, task: Mapping[str, Any]) -> bool:
        content = task["content"]
        self.said.append(content if isinstance(content, str) else " ".join(content))
        return False
