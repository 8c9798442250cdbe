"""What real loggers do with a caught error: what is reported loses its stack, and the fix keeps it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).parents[1] / "node"
CALLS = {
    "whole": "error(error)",
    "first": "error(error, 'é😀')",
    "inObject": "error({ err: error }, 'é😀')",
    "behind": "error('é😀', error)",
    "stackBehind": "error('é😀', error.stack)",
    "stackInObject": "error('é😀', { stack: error.stack })",
    "text": "error(error.message)",
    "built": "error(`é😀: ${error}`)",
    "json": "error('é😀' + JSON.stringify(error))",
    "nothing": "error('é😀')",
}
NEST = "  private readonly logger = new Logger(LogsService.name);\n"
HEADS = {
    "nest": ("import { Injectable, Logger } from '@nestjs/common';\n", NEST),
    "nest-pino": ("import { Injectable, Logger } from '@nestjs/common';\n", NEST),
    "nest-winston": ("import { Injectable, Logger } from '@nestjs/common';\n", NEST),
    "pino": (
        "import { Injectable } from '@nestjs/common';\nimport { PinoLogger } from 'nestjs-pino';\n",
        "  constructor(private readonly logger: PinoLogger) {}\n",
    ),
    "winston": (
        "import { Injectable } from '@nestjs/common';\nimport { createLogger } from 'winston';\n",
        "  private readonly logger = createLogger();\n",
    ),
}
MAIN = {
    "nest-pino": (
        "import { NestFactory } from '@nestjs/core';\nimport { Logger } from 'nestjs-pino';\n"
        "async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n"
        "  app.useLogger(app.get(Logger));\n}\n"
    )
}
_STACK = re.compile(r"logs\.service\.ts:\d+")
_METHOD = re.compile(r"^  (\w+)\(\) \{$")

pytestmark = pytest.mark.slow


@pytest.fixture(params=sorted(HEADS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(kind: str, tmp_path: Path) -> Path:
    head, held = HEADS[kind]
    methods = "".join(
        f"\n  {name}() {{\n    try {{\n      throw new Error('boom');\n    }} catch (error: any) {{\n"
        f"      this.logger.{call};\n    }}\n  }}\n"
        for name, call in CALLS.items()
    )
    files = {
        "package.json": '{ "dependencies": { "@nestjs/common": "11", "nestjs-pino": "5", "winston": "3" } }',
        "src/logs.service.ts": f"{head}\n@Injectable()\nexport class LogsService {{\n{held}{methods}}}\n",
        "src/main.ts": MAIN.get(kind, ""),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def _heard(kind: str, root: Path) -> dict[str, str]:
    """What each method makes its logger write."""
    command = ["node", str(NODE / "loggers.cjs"), kind, str(root / "src/logs.service.ts")]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    assert found.keys() == CALLS.keys()
    return found


def _lost(heard: dict[str, str]) -> set[str]:
    return {name for name, text in heard.items() if not _STACK.search(text)}


def _nestwise(*args: str | Path) -> str:
    command = [sys.executable, "-m", "nestwise", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _reported(root: Path) -> dict[str, str]:
    """The methods in which the rule finds something, with its message."""
    report: dict[str, Any] = json.loads(
        _nestwise("check", "--format", "json", "--fail-on", "never", "--no-cache", root)
    )
    lines = (root / "src/logs.service.ts").read_text("utf-8").splitlines()
    found: dict[str, str] = {}
    for finding in report["findings"]:
        if finding["rule"] == "logging/error-without-stack":
            line = finding["range"]["start"]["line"]
            found[[m[1] for text in lines[:line] if (m := _METHOD.match(text))][-1]] = finding["message"]
    return found


KEPT_BY_RULE = {
    # Whether winston writes the stack of an error that it is given alone, and nest-winston that of one in its
    # place for a trace, is for its format.
    "winston": {"whole", "first", "inObject"},
    "nest-winston": {"behind", "first", "inObject"},
    "nest": {"inObject"},
}
"""What JSON or Nest's console loses of what is passed on whole: nothing is said of it."""


def test_what_is_reported_loses_the_stack(kind: str, project: Path) -> None:
    heard, reported = _heard(kind, project), _reported(project)
    lost = _lost(heard)
    assert {"text", "built", "json", "nothing"} <= set(reported) <= lost
    assert lost - set(reported) <= KEPT_BY_RULE.get(kind, set())
    for name, message in reported.items():
        if "its message too" in message:
            assert "boom" not in heard[name], name


def test_fixes_keep_the_stack(kind: str, project: Path) -> None:
    reported = _reported(project)
    _nestwise("fix", project)
    assert _reported(project) == {}
    heard = _heard(kind, project)
    assert not _lost(heard) & set(reported)
