"""What ValidationPipe does with values, and what nestwise says of a workspace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NODE = Path(__file__).parents[1] / "node"


def ask(files: dict[str, str], probes: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What the pipe answers to each value of each probe; see `validation-oracle.cjs`."""
    done = subprocess.run(
        ["node", str(NODE / "validation-oracle.cjs")],
        input=json.dumps({"files": files, "probes": probes}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return answers


def nestwise(command: str, root: Path, *more: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "nestwise", command, "--format", "json", *more, str(root)],
        env={**os.environ, "NESTWISE_CACHE_DIR": str(root / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
