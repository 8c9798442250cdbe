"""A check that finds its last outcome unchanged says what a fresh check would say, whatever changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nestwise.cli import main

CONTROLLER = """\
import { Controller, Get } from '@nestjs/common';
import { CatsService } from './cats.service';

@Controller('cats')
export class CatsController {
  constructor(private readonly cats: CatsService) {}

  @Get()
  find() {
    console.log('é 😀', 'find');
    return this.cats.find();
  }
}
"""
SERVICE = "export class CatsService {\n  find() {\n    return [];\n  }\n}\n"


@pytest.fixture
def check(project, tmp_path, monkeypatch, capsys) -> Callable[..., dict]:
    """Checks the project with what is remembered, and compares with a check that remembers nothing."""
    monkeypatch.setenv("NESTWISE_CACHE_DIR", str(tmp_path / "cache"))

    def run(root: Path, *options: str) -> dict:
        main(["check", str(root), "--format", "json", *options])
        remembered = json.loads(capsys.readouterr().out)
        main(["check", str(root), "--format", "json", "--no-cache", *options])
        fresh = json.loads(capsys.readouterr().out)
        del remembered["elapsedMs"], fresh["elapsedMs"]
        assert remembered == fresh
        return fresh

    return run


def test_every_change_is_seen(project, check):
    root = project({"src/cats.controller.ts": CONTROLLER, "src/cats.service.ts": SERVICE})
    assert len(check(root)["findings"]) == 1
    assert len(check(root)["findings"]) == 1

    def write(path: str, text: str) -> dict:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
        return check(root)

    edited = write("src/cats.controller.ts", "\n" + CONTROLLER)
    assert edited["findings"][0]["range"]["start"]["line"] == 11
    loud = SERVICE.replace("return", "console.log('find');\n    return")
    assert len(write("src/cats.service.ts", loud)["findings"]) == 2
    assert write("src/dogs.controller.ts", CONTROLLER)["files"] == 3
    (root / "src/dogs.controller.ts").rename(root / "src/fish.controller.ts")
    assert {f["path"] for f in check(root)["findings"]} >= {"src/fish.controller.ts"}
    (root / "src/fish.controller.ts").unlink()
    assert check(root)["files"] == 2
    assert write(".gitignore", "cats.service.ts\n")["files"] == 1
    assert len(write(".gitignore", "")["findings"]) == 2
    assert write("nestwise.json", '{"rules": {"logging/no-console": "off"}}')["findings"] == []
    assert len(write("nestwise.json", '{"exclude": ["*.service.ts"]}')["findings"]) == 1
    (root / "nestwise.json").unlink()
    assert len(check(root)["findings"]) == 2
    assert write("tsconfig.json", "{ broken")["errors"][0]["path"] == "tsconfig.json"
    (root / "tsconfig.json").unlink()
    assert check(root)["errors"] == []


def test_a_file_that_cannot_be_used_is_named_every_time(project, check):
    root = project({"src/cats.controller.ts": CONTROLLER, "src/data.ts": b"\0\0\0\0"})
    assert [e["path"] for e in check(root)["errors"]] == ["src/data.ts"]
    assert [e["path"] for e in check(root)["errors"]] == ["src/data.ts"]
    (root / "src/data.ts").write_text("export const data = 1;\n")
    assert check(root)["errors"] == []


def test_presets_and_folders_are_told_apart(project, check):
    root = project({"src/cats.controller.ts": CONTROLLER, "lib/cats.service.ts": SERVICE})
    assert len(check(root)["findings"]) == 1
    assert check(root / "lib")["findings"] == []
    check(root, "--preset", "strict")
    assert len(check(root)["findings"]) == 1


def test_what_is_kept_and_broken_is_made_again(project, check, tmp_path):
    root = project({"src/cats.controller.ts": CONTROLLER})
    check(root)
    (kept,) = (tmp_path / "cache/outcomes").iterdir()
    kept.write_bytes(kept.read_bytes()[:-7])
    assert len(check(root)["findings"]) == 1
    kept.write_bytes(b"")
    assert len(check(root)["findings"]) == 1


def test_nothing_is_loaded_for_what_is_remembered(project, tmp_path):
    root = project({"src/cats.controller.ts": CONTROLLER})
    loaded = [_modules(root, tmp_path) for _ in range(2)]
    assert "nestwise.workspace" in loaded[0]
    assert not {"pydantic", "lsprotocol"} & loaded[0]  # there are no settings to validate, and no editor
    assert not {"nestwise.workspace", "tree_sitter", "pydantic"} & loaded[1]


def test_a_rule_of_another_version_checks_again(project, tmp_path):
    root = project({"src/cats.controller.ts": CONTROLLER})
    pack = tmp_path / "packs/pack/family"
    info = tmp_path / "packs/pack-1.0.dist-info"
    pack.mkdir(parents=True)
    info.mkdir()
    (info / "METADATA").write_text("Name: pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[nestwise.rules]\npack = pack\n")
    (pack.parent / "__init__.py").touch()
    (pack / "__init__.py").touch()
    found = []
    for word in ("first", "first", "other"):
        (pack / "rule.py").write_text(
            "from nestwise.api import Finding, Span, rule\n"
            "@rule(level='warning', since='1')\n"
            f"def always():\n    yield Finding(Span(0, 6), '{word}')\n"
        )
        found.append(_run(root, tmp_path, PYTHONPATH=str(tmp_path / "packs")).stdout)
    assert "first" in found[0]
    assert "first" in found[1]
    assert "other" in found[2]
    assert "first" not in found[2]


def _modules(root: Path, tmp_path: Path) -> set[str]:
    lines = _run(root, tmp_path, "-X", "importtime").stderr.splitlines()
    return {line.rpartition("|")[2].strip() for line in lines}


def _run(root: Path, tmp_path: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-m", "nestwise", "check", str(root)],
        env={**os.environ, "NESTWISE_CACHE_DIR": str(tmp_path / "cache"), **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )
