"""thin-controller/no-manual-response finds exactly the handlers whose requests hang in a real Nest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

NODE = Path(__file__).parents[1] / "node"
FILE = Path(__file__).parent / "cases" / "responses.controller.ts"

pytestmark = pytest.mark.slow


def test_what_is_reported_hangs_and_nothing_else(tmp_path):
    done = subprocess.run(["node", NODE / "responses.cjs", FILE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    hang = json.loads(done.stdout)
    (tmp_path / "src").mkdir()
    (tmp_path / "package.json").write_text('{ "dependencies": { "@nestjs/common": "11" } }', "utf-8")
    (tmp_path / "src" / FILE.name).write_bytes(FILE.read_bytes())
    command = [sys.executable, "-m", "nestwise", "check", "--format", "json", "--no-cache"]
    command += ["--only", "thin-controller/no-manual-response", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    messages = [f["message"] for f in json.loads(found.stdout)["findings"]]
    reported = {re.search(r"(?:what|through) `(\w+)`", message)[1] for message in messages}
    assert reported == set(hang["express"]) == set(hang["fastify"])
    assert {"value", "nothing", "status"} <= reported
