"""Long work says how far it is, to a terminal alone."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="terminals are tested where there are pseudo-terminals")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("large")
    generate = [sys.executable, "-m", "tests.benchmarks.generate", str(root), "2500"]
    subprocess.run(generate, cwd=Path(__file__).parents[2], check=True, capture_output=True)
    return root


def _command(root: Path) -> list[str]:
    return [sys.executable, "-m", "nestwise", "check", str(root), "--no-cache", "--fail-on", "never"]


def test_a_terminal_sees_a_line_that_goes_away(large, tmp_path):
    ours, theirs = pty.openpty()
    seen = b""
    with (tmp_path / "stdout").open("w+b") as stdout:
        process = subprocess.Popen(_command(large), stdout=stdout, stderr=theirs)
        os.close(theirs)
        with contextlib.suppress(OSError):  # what Linux says when the other side is closed
            while data := os.read(ours, 4096):
                seen += data
        os.close(ours)
        assert process.wait(120) == 0
        stdout.seek(0)
        report = stdout.read()
    assert b"of 2500 files" in seen
    assert seen.endswith(b"\r\x1b[K")
    assert b"\x1b" not in report


def test_a_file_sees_nothing(large):
    done = subprocess.run(_command(large), capture_output=True, check=True, timeout=120)
    assert done.stderr == b""
