"""What the rules of guards report, compared with what a real Nest answers.

The names of routes say what they are about: those of `ask…` want an admin, the others work for one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

NODE = Path(__file__).parents[1] / "node"
FILE = Path(__file__).parent / "cases" / "guards.controller.ts"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers():
    done = subprocess.run(["node", NODE / "guards.cjs", FILE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """For each rule the routes at which, or before which, it reports something."""
    root = tmp_path_factory.mktemp("guards")
    (root / "src").mkdir()
    (root / "package.json").write_text('{ "dependencies": { "@nestjs/common": "11" } }', "utf-8")
    (root / "src" / FILE.name).write_bytes(FILE.read_bytes())
    command = [
        sys.executable,
        "-m",
        "nestwise",
        "check",
        "--format",
        "json",
        "--no-cache",
        "--fail-on",
        "never",
    ]
    done = subprocess.run([*command, str(root)], capture_output=True, text=True, encoding="utf-8", timeout=60)
    lines = FILE.read_text("utf-8").split("\n")
    found: dict[str, set[str]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        rest = "\n".join(lines[finding["range"]["start"]["line"] - 1 :])
        route = re.search(r"^  ((?:ask|order|user|make)\w+)\(", rest, re.M)
        found.setdefault(finding["rule"], set()).add(route[1] if route else "")
    return found


@pytest.mark.parametrize(
    ("rule", "about", "who", "status"),
    [
        ("guards/roles-without-guard", "ask", 0, 200),  # a keeper gets what is an admin's
        ("guards/guard-order", "order", 1, 403),  # an admin is refused
        ("guards/user-without-auth", "user", 1, 500),
        ("guards/guard-instance", "make", 1, 500),
    ],
)
def test_what_is_reported_goes_wrong_and_nothing_else(answers, reported, rule, about, who, status):
    wrong = {route for route, got in answers.items() if route.startswith(about) and got[who] == status}
    right = {route for route in answers if route.startswith(about)} - wrong
    assert wrong
    assert right
    assert reported[rule] == wrong
