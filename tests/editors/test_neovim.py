"""Neovim, the newest that Debian has and 0.10, set up as client-neovim/README.md says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from neovim import Neovim, obtained
from sample import CONTROLLER, DOGS, DOGS_MODULE, DOGS_SERVICE, FILES, MODULE, SERVICE

pytestmark = pytest.mark.slow

LOG, WARN = ("logging/no-console", "console.log"), ("logging/no-console", "console.warn")
OPEN = ("guards/unguarded-route", "remove")
Start = Callable[..., Neovim]


@pytest.fixture(
    params=[("forky", (0, 11), "neovim-0.11"), ("trixie", (0, 10), "neovim-0.8")], ids=lambda p: p[0]
)
def start(request: pytest.FixtureRequest, zoo: Path, home: dict[str, str]) -> Iterator[Start]:
    """Neovim in the project, with blocks of the page behind the one that starts nestwise."""
    suite, least, setup = request.param
    running: list[Neovim] = []

    def begin(*blocks: str, root: Path = zoo) -> Neovim:
        editor = Neovim(obtained(suite), home, root, setup, *blocks)
        running.append(editor)
        version = editor.lua("return vim.version()")
        assert (version["major"], version["minor"]) >= least
        assert editor.command("messages") == ""
        return editor

    yield begin
    for editor in running:
        pid = editor.lua("return vim.fn.getpid()")
        servers = psutil.Process(pid).children(recursive=True)
        editor.quit()
        _, alive = psutil.wait_procs(servers, timeout=5)
        assert not alive, f"still there after Neovim: {alive}"
        assert "[ERROR]" not in editor.log(), editor.log()


def test_a_finding_is_underlined_and_its_recommended_fix_applied(start: Start) -> None:
    editor = start("neovim-keys")
    editor.edit(SERVICE)
    editor.until_found([LOG, WARN])
    editor.go("console.log")
    editor.type("<Space>nf")
    editor.until_found([WARN])
    editor.command("write")
    assert editor.disk(SERVICE) == FILES[SERVICE].replace("console.log", "this.logger.log")


def test_findings_follow_what_is_typed(start: Start) -> None:
    editor = start()
    editor.edit(SERVICE)
    editor.until_found([LOG, WARN])
    editor.go("return name")
    editor.type("O/* 😀é😀 */ console.error('é😀', name)<Esc>")
    editor.until_found([LOG, ("logging/no-console", "console.error"), WARN])
    editor.type("u")
    editor.until_found([LOG, WARN])
    assert editor.disk(SERVICE) == FILES[SERVICE]


def test_hover_says_why(start: Start) -> None:
    editor = start()
    editor.edit(CONTROLLER)
    editor.until_found([OPEN])
    editor.go("remove")
    editor.lua("vim.lsp.buf.hover()")
    shown = editor.float()
    assert "no guard applies to `remove`" in shown
    assert "## Why" in shown


def test_the_page_of_a_rule_opens(start: Start) -> None:
    editor = start("neovim-keys")
    editor.edit(SERVICE)
    editor.until_found([LOG, WARN])
    editor.go("console.log")
    editor.type("<Space>ne")
    editor.until("the page", "vim.fs.basename(vim.api.nvim_buf_get_name(0)) == 'no_console.md'")
    assert "logging/no-console" in editor.text()


def test_a_refactoring_creates_a_file_and_registers_it(start: Start) -> None:
    editor = start("neovim-keys")
    editor.edit(DOGS)
    editor.until("a server", "#vim.lsp.get_clients({ bufnr = 0 }) > 0")
    editor.go("list(")
    title = "Move the body of `list` to a new `DogsService`"
    offered = editor.choose("gra", title)
    assert title in offered
    editor.until(
        "a call",
        "vim.fn.search('this.dogsService.list(name)', 'nw') > 0",
    )
    editor.command("wall")
    assert "    return this.dogsService.list(name);\n" in editor.disk(DOGS)
    assert "    const found = ['é😀', 'b'].filter((dog) => dog !== name);\n" in editor.disk(DOGS_SERVICE)
    assert "/* é😀 */ @Module({ controllers: [DogsController], providers: [DogsService] })" in editor.disk(
        DOGS_MODULE
    )


def test_all_is_fixed_on_save(start: Start) -> None:
    editor = start("neovim-fix-on-save")
    editor.edit(SERVICE)
    editor.until_found([LOG, WARN])
    editor.command("write")
    assert editor.disk(SERVICE) == FILES[SERVICE].replace("console.", "this.logger.")
    editor.until_found([])


def test_a_change_in_one_buffer_is_seen_in_another(start: Start) -> None:
    editor = start()
    editor.edit(CONTROLLER)
    editor.until_found([OPEN])
    editor.edit(MODULE)
    editor.go("AuthGuard],")
    editor.type("cw{ provide: APP_GUARD, useClass: AuthGuard }<Esc>")
    editor.type("ggOimport { APP_GUARD } from '@nestjs/core'; // é😀<Esc>")
    editor.until_found([], CONTROLLER)
    editor.type("2u")
    assert editor.text() == FILES[MODULE]
    editor.until_found([OPEN], CONTROLLER)


def test_a_file_that_another_program_changed_counts_after_a_save(start: Start) -> None:
    editor = start()
    editor.edit(CONTROLLER)
    editor.until_found([OPEN])
    guarded = FILES[MODULE].replace("AuthGuard],", "{ provide: APP_GUARD, useClass: AuthGuard }],")
    (editor.root / MODULE).write_text("import { APP_GUARD } from '@nestjs/core';\n" + guarded, "utf-8")
    editor.command("write")
    editor.until_found([])


def test_settings_are_checked_and_taken(start: Start, zoo: Path) -> None:
    (zoo / "nestwise.json").write_text('{\n  "rules": { /* é😀 */ "logging/no-consol": "off" }\n}\n', "utf-8")
    editor = start()
    editor.edit(SERVICE)
    editor.until_found([LOG, WARN])
    editor.edit("nestwise.json")
    editor.until("a finding", "#vim.diagnostic.get(0) > 0")
    [mistake] = editor.lua("return vim.diagnostic.get(0)")
    assert "logging/no-console" in mistake["message"]
    line = editor.text().splitlines()[mistake["lnum"]].encode()
    assert line[mistake["col"] : mistake["end_col"]].decode().strip('"') == "logging/no-consol"
    editor.command('%s/no-consol"/no-console"/')
    editor.command("write")
    editor.until_found([], "nestwise.json")
    editor.until_found([], SERVICE)


def test_a_server_that_died_is_started_again(start: Start) -> None:
    editor = start()
    editor.edit(SERVICE)
    editor.until_found([LOG, WARN])
    [server] = psutil.Process(editor.lua("return vim.fn.getpid()")).children(recursive=True)
    server.kill()
    editor.until("the end of the server", "#vim.lsp.get_clients() == 0")
    editor.command("edit")
    editor.until_found([LOG, WARN])
    assert len(editor.clients()) == 1


def _package(root: Path, **more: Any) -> None:
    root.mkdir(parents=True, exist_ok=True)
    (root / "package.json").write_text(json.dumps({"name": root.name, **more}), "utf-8")


def test_it_attaches_where_nest_is_used_and_once_to_a_monorepo(start: Start, tmp_path: Path) -> None:
    nest = {"dependencies": {"@nestjs/common": "^11.0.0"}}
    mono = tmp_path / "mono é😀"
    (mono / ".git").mkdir(parents=True)
    _package(mono, workspaces=["apps/*", "libs/*"])
    _package(mono / "apps/api", **nest)
    _package(mono / "libs/shared")
    _package(tmp_path / "page")
    _package(tmp_path / "tool" / "node_modules" / "x", **nest)
    _package(tmp_path / "tool", workspaces=["packages/*"])
    _package(tmp_path / "alone" / "inner", **nest)
    files = {
        "mono é😀/apps/api/src/a.ts": mono,
        "mono é😀/libs/shared/b.tsx": mono,
        "mono é😀/apps/api/package.json": mono,
        "mono é😀/apps/api/tsconfig.json": None,
        "page/c.ts": None,
        "tool/packages/d.ts": None,
        "alone/inner/e.ts": tmp_path / "alone" / "inner",
        "alone/f.ts": None,
        "zoo/nestwise.json": tmp_path / "zoo",
    }
    editor = start(root=tmp_path)
    for path in files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        if not (tmp_path / path).exists():
            (tmp_path / path).write_text("", "utf-8")
        editor.command(f"edit {(tmp_path / path).as_posix().replace(' ', chr(92) + ' ')}")
        if files[path] is not None:
            editor.until(f"a server for {path}", "#vim.lsp.get_clients({ bufnr = 0 }) > 0")
        else:
            time.sleep(0.2)
        assert editor.attached() == ([] if files[path] is None else [str(files[path])]), path
    assert sorted(editor.clients()) == sorted({str(root) for root in files.values() if root})
