"""Fixes that edit or create other files: whole or not at all, also on disk, of unsaved texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nestwise.cli.fix import fix, fixed_files
from nestwise.lint.fix import file_at, fix_all, merge
from nestwise.lint.rule import FileEdits, Finding, Fix, Safety, rule
from nestwise.project.facts import Class
from nestwise.project.model.project import Project
from nestwise.settings import Settings
from nestwise.syntax.source import Dialect, Source
from nestwise.syntax.text import Edit, Span
from nestwise.workspace import Workspace

BASE, OTHER, NEW = "src/a.controller.ts", "src/b.service.ts", "src/c.service.ts"
CONTROLLER = """import { Controller } from '@nestjs/common';
import { B } from './b.service';

@Controller()
export class A {
  b: B;
}
"""
SERVICE = "/* é😀 */ export class B {}\n"


def _fixes(finding, file, project):
    """Moves a field of a controller into another file, and notes it in a new one."""
    other = file_at(project, OTHER)
    if other is None:
        return
    at = other.data.index(b"}")
    yield Fix(
        "Move it",
        (Edit(finding.span, ""),),
        Safety.UNSAFE,
        (
            FileEdits(OTHER, (other.insert(at, " x = 'é😀'; "),)),
            FileEdits(NEW, create="export const moved = 'é😀';\n"),
        ),
    )


def field_in_controller(cls: Class, project: Project):
    if cls.name == "A":
        yield from (Finding(p.at.span, "A field.") for p in cls.properties)


field_in_controller.__module__ = "pack.tests.field_in_controller"
RULE = rule(level="warning", since="0.1.0", fixes=_fixes)(field_in_controller)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    files = {
        "package.json": json.dumps({"name": "a", "dependencies": {"@nestjs/common": "^11.0.0"}}),
        BASE: CONTROLLER,
        OTHER: SERVICE,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    workspace = Workspace(tmp_path, Settings())
    workspace.rules = (RULE,)
    workspace.settings = Settings()
    workspace.load()
    return workspace


def _texts(workspace: Workspace) -> dict[str, str]:
    paths = {p: workspace.root / p for p in (BASE, OTHER, NEW)}
    return {name: path.read_text("utf-8") for name, path in paths.items() if path.exists()}


def _fix(workspace: Workspace, **options: bool) -> int:
    return fix(workspace, list(workspace.files()), **{"unsafe": True, "diff": False, **options})


def test_all_files_are_written(workspace, capsys):
    assert _fix(workspace) == 0
    assert _texts(workspace) == {
        BASE: CONTROLLER.replace("b: B", ""),
        OTHER: "/* é😀 */ export class B { x = 'é😀'; }\n",
        NEW: "export const moved = 'é😀';\n",
    }
    out = capsys.readouterr().out.splitlines()
    assert out == [f"fixed {BASE}", f"fixed {OTHER}", f"created {NEW}", "3 files changed"]


def test_a_second_run_changes_nothing(workspace, capsys):
    _fix(workspace)
    capsys.readouterr()
    assert _fix(workspace) == 0
    assert capsys.readouterr().out == "0 files changed\n"


def test_a_diff_shows_all_files_and_writes_none(workspace, capsys):
    assert _fix(workspace, diff=True) == 0
    out = capsys.readouterr().out
    heads = [line for line in out.splitlines() if line.startswith(("---", "+++"))]
    assert heads == [
        f"--- a/{BASE}", f"+++ b/{BASE}", f"--- a/{OTHER}", f"+++ b/{OTHER}", "--- /dev/null", f"+++ b/{NEW}",
    ]  # fmt: skip
    assert "+export const moved = 'é😀';" in out
    assert _texts(workspace) == {BASE: CONTROLLER, OTHER: SERVICE}


def test_unsafe_fixes_want_to_be_asked_for(workspace, capsys):
    assert _fix(workspace, unsafe=False) == 0
    assert _texts(workspace) == {BASE: CONTROLLER, OTHER: SERVICE}


@pytest.mark.parametrize("there", ["a file", "a folder", "a broken link"])
def test_a_fix_that_would_create_what_is_there_is_not_applied(workspace, there):
    path = workspace.root / NEW
    if there == "a file":
        path.write_text("mine", "utf-8")
    elif there == "a folder":
        path.mkdir()
    else:
        path.symlink_to("nowhere")
    assert list(fixed_files(workspace, list(workspace.files()), True)) == []


def test_nothing_is_written_where_one_file_changed_meanwhile(workspace, capsys):
    files = list(workspace.files())
    (workspace.root / OTHER).write_text("// another\n", "utf-8")
    assert fix(workspace, files, unsafe=True, diff=False) == 2
    assert _texts(workspace) == {BASE: CONTROLLER, OTHER: "// another\n"}
    said = capsys.readouterr().err
    assert f"{OTHER} was not fixed: it changed on disk meanwhile" in said
    assert f"{BASE} was not fixed: it belongs to a fix of {OTHER}" in said


@pytest.mark.parametrize(
    ("path", "how", "error"),
    [
        (OTHER, "w", PermissionError(13, "Permission denied")),
        (NEW, "x", OSError(28, "No space left on device")),
    ],
    ids=["may not be written", "disk is full"],
)
def test_what_was_written_is_undone_where_one_file_cannot_be(workspace, monkeypatch, path, how, error):
    opened = Path.open

    def failing(self, mode="r", *rest, **more):
        if self.name == Path(path).name and how in mode:
            raise error
        return opened(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", failing)
    assert _fix(workspace) == 2
    monkeypatch.undo()
    assert _texts(workspace) == {BASE: CONTROLLER, OTHER: SERVICE}


def test_what_the_editor_has_counts(workspace):
    workspace.put(OTHER, Source.parse(b"// unsaved\nexport class B {}\n", Dialect.TS))
    [group] = fixed_files(workspace, list(workspace.files()), True)
    assert {one.path: one.after for one in group}[
        OTHER
    ] == "// unsaved\nexport class B { x = 'é😀'; }\n".encode()


def test_generated_files_are_not_edited(workspace):
    workspace.put(OTHER, Source.parse(b"// @generated\nexport class B {}\n", Dialect.TS))
    assert list(fixed_files(workspace, list(workspace.files()), True)) == []


def test_fixes_that_overlap_in_another_file_wait(workspace):
    def moved(start: int, path: str, text: str) -> Fix:
        return Fix(
            "", (Edit(Span(start, start), "a"),), elsewhere=(FileEdits(path, (Edit(Span(5, 5), text),)),)
        )

    patch = merge("a.ts", [moved(0, "b.ts", "x"), moved(9, "b.ts", "y"), moved(19, "b.ts", "x")])
    assert sorted(e.span.start for e in patch.edits["a.ts"]) == [0, 19]
    assert patch.edits["b.ts"] == {Edit(Span(5, 5), "x")}


def test_only_equal_new_files_are_shared():
    def creating(start: int, text: str) -> Fix:
        return Fix("", (Edit(Span(start, start), "a"),), elsewhere=(FileEdits("b.ts", create=text),))

    patch = merge("a.ts", [creating(0, "x"), creating(9, "y"), creating(19, "x")])
    assert sorted(e.span.start for e in patch.edits["a.ts"]) == [0, 19]
    assert patch.created == {"b.ts": "x"}


def test_a_fix_of_a_file_that_is_gone_is_left_out():
    class Gone:
        def source(self, path):
            return Source.parse(b"let a;", Dialect.TS) if path == "a.ts" else None

        def free(self, path):
            return True

    one = Fix("", (Edit(Span(0, 0), "let b;"),), elsewhere=(FileEdits("b.ts", (Edit(Span(0, 0), "x"),)),))
    assert fix_all("a.ts", Gone(), lambda now: [one]) == {}


@pytest.mark.parametrize(
    "path", ["../x.ts", "src/../../x.ts", "node_modules/x.ts", "src//x.ts", "src/x.js", "/x.ts"]
)
def test_nothing_is_created_outside_of_what_is_checked(workspace, path):
    assert not workspace.free(path)
    assert workspace.free("src/deep/new/x.ts")
