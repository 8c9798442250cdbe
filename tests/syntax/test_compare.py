"""Our trees are the TypeScript compiler's: in every count, in what is called, and in what is awaited."""

import subprocess
import sys
from pathlib import Path

import pytest
from nestwise.dev_compare import compare
from nestwise.project.files import list_files

HERE = Path(__file__).parent
WORKSPACES = HERE.parent / "workspaces"


@pytest.mark.parametrize("name", ["nasty.ts", "nasty.tsx"])
def test_nasty_syntax_is_read_like_the_compiler_reads_it(name):
    result = compare([HERE / name])
    assert not result.invalid, "what the compiler does not accept proves nothing"
    assert [str(d) for d in result.differences] == []
    assert not result.broken


def test_the_sample_workspaces_are_read_like_the_compiler_reads_them():
    paths = [WORKSPACES / path for path in list_files(WORKSPACES).paths]
    result = compare(paths)
    assert (result.invalid, result.broken, result.differences) == ({}, (), ())
    assert result.total["classes"] > 50


def test_compare_names_what_differs_and_what_is_no_typescript(tmp_path):
    (tmp_path / "good.ts").write_text("export class A { b() { return c(); } }")
    (tmp_path / "known.ts").write_text("a?.5:b\n")  # the grammar takes `?.` for a chain, and no cure helps
    (tmp_path / "wrong.ts").write_text("class {{{")
    done = subprocess.run(
        [sys.executable, "-m", "nestwise.dev", "compare", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        "3 files",
        "1 classes, 1 exports, 1 methods, 1 returns, 1 calls, 1 ternaries",
        "wrong.ts: no valid TypeScript, line 1: Unexpected token. A constructor, method, accessor, "
        "or property was expected.",
        "known.ts: has errors in our tree only",
        "known.ts: ternaries 0 / 1",
        "1 files differ",
    ]


def test_compare_says_when_there_is_no_such_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "nestwise.dev", "compare", str(tmp_path / "x")], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no such folder" in done.stderr
