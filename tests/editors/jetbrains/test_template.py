"""The template folder as LSP4IJ reads it, and its installer as LSP4IJ carries it out."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from lsp4ij_installer import on_unix, words
from obtain import ROOT

TEMPLATE = ROOT / "client-jetbrains" / "nestwise"
READ = {
    "template.json",
    "settings.json",
    "settings.schema.json",
    "initializationOptions.json",
    "clientSettings.json",
    "installer.json",
    "workspaceFolderSettings.json",
    "README.md",
}
"""The names that LSP4IJ knows; it reads no other file of the folder."""
CLIENT_SETTINGS = {
    "caseSensitive": bool,
    "lineCommentPrefix": str,
    "blockCommentPrefix": str,
    "blockCommentSuffix": str,
    "statementTerminatorCharacters": str,
}
TASKS = {
    "exec": {"name", "command", "workingDir", "timeout", "ignoreStderr", "onSuccess", "onFail"},
    "configureServer": {"name", "command", "update", "onSuccess", "onFail"},
    "showMessage": {"name", "content", "actions", "onSuccess", "onFail"},
}


def read(name: str):
    return json.loads((TEMPLATE / name).read_text("utf-8"))


def tasks(step):
    """Each task of a step and of those that it leads to."""
    [(kind, task)] = step.items()
    yield kind, task
    for after in ("onSuccess", "onFail"):
        if after in task:
            yield from tasks(task[after])


ALL = [each for start in ("check", "run") for each in tasks(read("installer.json")[start])]


def test_every_file_is_one_that_is_read():
    assert {path.name for path in TEMPLATE.iterdir()} == READ


def test_template_has_a_command_for_each_system_that_survives_blanks_in_the_home_folder():
    template = read("template.json")
    assert (template["id"], template["name"], template["url"]) == ("nestwise", "nestwise", "")
    for line in template["programArgs"].values():
        assert words(line.replace("$USER_HOME$", "C:/Users/Zoé Bär"))[1:] == ["lsp"]
    assert set(template["programArgs"]) == {"windows", "default"}
    assert template["env"] == {"includeSystemEnvironmentVariables": True}


def test_mappings_are_of_typescript_and_the_settings():
    mapped = {
        pattern: mapping["languageId"]
        for mapping in read("template.json")["fileTypeMappings"]
        for pattern in mapping["fileType"]["patterns"]
    }
    assert mapped == {
        "*.ts": "typescript", "*.mts": "typescript", "*.cts": "typescript", "*.tsx": "typescriptreact",
        "nestwise.json": "jsonc",
    }  # fmt: skip


def test_no_settings_are_offered_that_nobody_reads():
    assert read("settings.json") == read("initializationOptions.json") == {}
    schema = read("settings.schema.json")
    assert schema["additionalProperties"] is False
    assert "properties" not in schema


def test_client_settings_are_known_and_of_their_types():
    assert all(isinstance(value, CLIENT_SETTINGS[key]) for key, value in read("clientSettings.json").items())
    assert read("workspaceFolderSettings.json") == {"rootType": "PROJECT_BASE"}


@pytest.mark.parametrize(("kind", "task"), ALL, ids=[task["name"] for _, task in ALL])
def test_tasks_say_nothing_that_lsp4ij_would_not_carry_out(kind, task):
    assert set(task) <= TASKS[kind]
    if kind != "exec":
        return
    for command in task["command"].values() if isinstance(task["command"], dict) else [task["command"]]:
        line = command.split(" ") if isinstance(command, str) else command
        assert line == ["${server.command}"] or not any("${" in word for word in line), "never resolved there"
        assert isinstance(command, list) or not any(char in command for char in "\"'|&"), "no shell reads it"


def test_the_pythons_that_are_tried_are_those_that_nestwise_runs_on():
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert needs == ">=3.11,<3.15"
    told = (TEMPLATE / "installer.json").read_text()
    assert f"--python {needs} " in told
    assert told.count("(3, 11) <= sys.version_info < (3, 15)") == 2
    assert all(f"python3.{minor} -m venv venv" in told for minor in range(11, 15))


@pytest.mark.slow
class TestInstaller:
    def test_uv_installs_it_and_then_it_starts(self, installer, installed):
        assert installed.steps == [
            "Make an environment with uv",
            "Install nestwise with uv",
            "Start nestwise from the environment",
        ]
        assert words(installed.macros(installed.command)) == words(
            installed.macros(on_unix(read("template.json")["programArgs"]))
        )
        assert installer(installed.home).check()
        assert installed.run(), "Reinstall, over what is there"

    def test_python_installs_it_without_uv(self, installer, tmp_path):
        made = installer(tmp_path, "sh", "python3")
        assert not made.check()
        assert made.run(), made.output
        assert made.steps[-2:] == ["Install nestwise with pip", "Start nestwise from the environment"]
        assert installer(tmp_path).check()

    def test_another_python_is_tried_where_python3_is_too_old(self, installer, tmp_path):
        made = installer(tmp_path, "sh", "python3.11")
        old = Path(made.env["PATH"]) / "python3"
        old.write_text("#!/bin/sh\nexit 1\n")
        old.chmod(0o755)
        made.env = {**made.env, "PIP_FIND_LINKS": str(tmp_path)}
        assert not made.run()
        assert "Install nestwise with pip" in made.steps
        assert "Reinstall" in made.said[0]

    def test_without_either_it_says_what_to_install(self, installer, tmp_path):
        made = installer(tmp_path, "sh")
        assert not made.run()
        assert "uv" in made.said[0]
        assert "python3-venv" in made.said[0]

    def test_a_package_that_cannot_be_had_is_said_so(self, installer, tmp_path):
        made = installer(tmp_path, "uv", "python3")
        made.env = {**made.env, "UV_FIND_LINKS": str(tmp_path)}
        assert not made.run()
        assert "Reinstall" in made.said[0]
