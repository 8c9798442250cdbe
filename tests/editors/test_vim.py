"""Vim with ALE in a terminal, set up as server/EDITORS.md says.

ALE takes columns for bytes, so é and 😀 are on the lines above the findings, not before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from obtain import needed, unpacked
from sample import CONTROLLER, FILES, MODULE, SERVICE
from snippets import EDITORS, snippet
from terminal import Terminal
from trees import tree

pytestmark = pytest.mark.slow

PLAIN = {
    path: FILES[path].replace("/* é😀 */ ", "/* é😀 */\n").replace("/* 😀é */ ", "/* 😀é */\n")
    for path in (CONTROLLER, SERVICE)
}
VIMRC = """\
set nocompatible nomore encoding=utf-8 noswapfile
set runtimepath^={root}/usr/share/vim-ale
filetype plugin on
let g:ale_sign_warning = 'W>'
let g:ale_virtualtext_cursor = 'disabled'
let g:ale_echo_msg_format = '%linter%: %code%: %s'
"""
Start = Callable[[str], Terminal]


@pytest.fixture(params=["bookworm", "forky"])
def start(request: pytest.FixtureRequest, home: dict[str, str], zoo: Path, tmp_path: Path) -> Iterator[Start]:
    def get() -> Path:
        root = tree(request.param)
        [runtime] = (root / "usr/share/vim").glob("vim9*")
        return unpacked(root, "vim.nox", VIMRUNTIME=str(runtime))

    vim = needed(f"Vim of {request.param}", get)
    settings = Path(home["HOME"]) / ".vim"
    linter = settings / "ale_linters" / "typescript" / "nestwise.vim"
    linter.parent.mkdir(parents=True)
    linter.write_text(snippet(EDITORS, "ale"), "utf-8")
    (settings / "vimrc").write_text(VIMRC.format(root=vim.parent / "root"), "utf-8")
    for path, text in PLAIN.items():
        (zoo / path).write_text(text, "utf-8")
    terminals: list[Terminal] = []

    def begin(path: str) -> Terminal:
        terminals.append(Terminal(tmp_path, [str(vim), "-i", "NONE", path], home, zoo))
        return terminals[-1]

    yield begin
    for terminal in terminals:
        terminal.press("Escape")
        terminal.type(":qall!")
        assert terminal.end("Enter") == 0


def _type(terminal: Terminal, line: str) -> None:
    """A line of a prompt."""
    terminal.type(line)
    terminal.press("Enter")


def _marked(screen: str) -> list[str]:
    """The lines with a sign of ALE."""
    return [line[2:].strip() for line in screen.splitlines() if line.startswith("W>")]


def test_a_finding_is_marked_and_its_fix_applied(start: Start, zoo: Path) -> None:
    editor = start(SERVICE)
    screen = editor.until("W>console.log", "W>console.warn")
    assert _marked(screen) == ["console.log('é😀', name);", "console.warn('forgotten', name);"]
    _type(editor, "/console.log")
    editor.until("nestwise: logging/no-console: `console.log` bypasses")
    _type(editor, ":ALECodeAction")
    editor.until("Use `this.logger.log`", "Disable logging/no-console for this line")
    _type(editor, "1")
    editor.until("this.logger.log('é😀', name);")
    _type(editor, ":w")
    editor.until_gone("W>this.logger")
    assert (zoo / SERVICE).read_text("utf-8") == PLAIN[SERVICE].replace("console.log", "this.logger.log")


def test_findings_follow_what_is_typed(start: Start) -> None:
    editor = start(SERVICE)
    editor.until("W>")
    _type(editor, "/return name")
    editor.type("O// é😀")
    editor.press("Enter")
    editor.press("C-u")
    editor.type("console.error('é😀');")
    editor.press("Escape")
    editor.until("W>console.error")


def test_a_change_in_one_buffer_is_seen_in_another(start: Start) -> None:
    editor = start(CONTROLLER)
    editor.until("W>@Delete")
    _type(editor, f":split {MODULE}")
    editor.until("export class AppModule")
    _type(editor, "/AuthGuard],")
    editor.type("cw{ provide: APP_GUARD, useClass: AuthGuard }")
    editor.press("Escape")
    editor.type("ggOimport { APP_GUARD } from '@nestjs/core'; // é😀")
    editor.press("Escape")
    editor.until_gone("W>@Delete")
