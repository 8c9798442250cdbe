"""The rules of the family errors find what fails so in a real Nest, and nothing else of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

NODE = Path(__file__).parents[1] / "node"
FILE = Path(__file__).parent / "cases" / "failures.controller.ts"
CLASS = "export class FailuresController"
_METHOD = re.compile(r"^  (?:async )?(\w+)\(.*\{$")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def happens() -> dict[str, dict[str, object]]:
    """What becomes of a request to each handler."""
    done = subprocess.run(["node", NODE / "failures.cjs", FILE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    assert len(found) > 20
    return found


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> dict[str, set[str]]:
    """The handlers in which each rule finds something."""
    root = tmp_path_factory.mktemp("failures")
    (root / "src").mkdir()
    (root / "package.json").write_text('{ "dependencies": { "@nestjs/common": "11" } }', "utf-8")
    (root / "src" / FILE.name).write_bytes(FILE.read_bytes())
    command = [sys.executable, "-m", "nestwise", "check", "--format", "json", "--no-cache", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    lines = FILE.read_text("utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(CLASS))
    found: dict[str, set[str]] = defaultdict(set)
    for finding in json.loads(done.stdout)["findings"]:
        line = finding["range"]["start"]["line"]
        names = [m[1] for text in lines[start:line] if (m := _METHOD.match(text))]
        found[finding["rule"]].add(names[-1] if names else lines[line - 1].strip())
    return found


def test_an_exception_that_is_returned_is_a_success(happens, reported):
    sent = {n for n, h in happens.items() if h["status"] == 200 and '"response":' in str(h["body"])}
    dropped = reported["errors/dropped-error-value"]
    assert sent == {"returned", "returnedByService"}
    assert dropped - {"made"} - sent == {"if (!id) return new NotFoundException('looked up by the service');"}
    assert {"returned", "made"} <= dropped
    assert happens["made"]["body"] == "goes on"
    assert happens["thrownForService"]["status"] == 404


def test_rejections_that_nobody_takes(happens, reported):
    unhandled = {n for n, h in happens.items() if h["unhandled"]}
    tested = {"tested"}
    assert unhandled == (reported["errors/unhandled-promise"] - tested) | reported["errors/async-callback"]
    assert tested <= reported["errors/unhandled-promise"]
    assert happens["tested"]["body"] == happens["testedAwaited"]["body"] == "always here"


def test_plain_errors_lose_their_text(happens, reported):
    lost = {n for n, h in happens.items() if '"Internal server error"' in str(h["body"])}
    assert lost == reported["errors/generic-error"] == {"plain"}


def test_what_the_database_says_reaches_the_client(happens, reported):
    leaks = {n for n, h in happens.items() if "SECRET" in str(h["body"])}
    assert leaks == reported["errors/leaked-internals"]
    assert {"message", "within", "stack"} <= leaks
