"""A large folder is checked by several processes, and nobody can tell from what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="needs two processors, and a way to take one away",
)


def test_several_processes_say_what_one_says(tmp_path):
    root = tmp_path / "workspace"
    generate = [sys.executable, "-m", "tests.benchmarks.generate", str(root), "600"]
    subprocess.run(generate, cwd=Path(__file__).parents[2], check=True, capture_output=True)
    (root / "src/broken.ts").write_bytes(b"\0\0\0")

    def check(processors: set[int], cache: str, *options: str) -> dict:
        done = subprocess.run(
            [sys.executable, "-m", "nestwise", "check", str(root), "--format", "json", *options],
            env={**os.environ, "NESTWISE_CACHE_DIR": str(tmp_path / cache)},
            preexec_fn=lambda: os.sched_setaffinity(0, processors),
            capture_output=True,
            timeout=120,
        )
        assert not done.stderr
        return {**json.loads(done.stdout), "elapsedMs": 0}

    every = os.sched_getaffinity(0)
    alone = check({min(every)}, "alone")
    assert len(alone["findings"]) > 10
    assert len(alone["errors"]) == 1
    assert check(every, "together") == alone
    (root / "nestwise.json").write_text('{"preset": "strict"}')
    strict = check({min(every)}, "alone")
    assert check(every, "together") == strict
    assert check(every, "together", "--no-cache") == strict
