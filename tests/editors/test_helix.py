"""Helix in a terminal, set up as server/EDITORS.md says; what is asserted is on the screen or on the disk."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from obtain import needed, unpacked
from sample import CONTROLLER, DOGS, DOGS_MODULE, DOGS_SERVICE, FILES, MODULE, SERVICE
from snippets import EDITORS, snippet
from terminal import Terminal
from trees import tree

pytestmark = pytest.mark.slow

Start = Callable[[str], Terminal]


@pytest.fixture
def helix(home: dict[str, str]) -> Path:
    def get() -> Path:
        return unpacked(tree("forky"), "hx", HELIX_RUNTIME="{root}/usr/lib/hx/runtime")

    config = Path(home["XDG_CONFIG_HOME"]) / "helix"
    config.mkdir()
    (config / "languages.toml").write_text(snippet(EDITORS, "helix"), "utf-8")
    return needed("Helix", get)


@pytest.fixture
def start(helix: Path, home: dict[str, str], zoo: Path, tmp_path: Path) -> Iterator[Start]:
    """`start(path)` opens a file; at the end no server is left, and nothing went wrong."""
    terminals: list[Terminal] = []

    def begin(path: str) -> Terminal:
        terminals.append(Terminal(tmp_path, [str(helix), path], home, zoo))
        return terminals[-1]

    yield begin
    for terminal in terminals:
        terminal.press("Escape", "Escape")
        terminal.type(":qa!")
        assert terminal.end("Enter") == 0
    log = Path(home["XDG_CACHE_HOME"]) / "helix" / "helix.log"
    assert "nestwise err <- " not in log.read_text("utf-8")  # that is what it says on stderr


def _type(terminal: Terminal, line: str) -> None:
    """A line of a prompt."""
    terminal.type(line)
    terminal.press("Enter")


def test_it_is_found(helix: Path, home: dict[str, str], nestwise: Path) -> None:
    done = subprocess.run([helix, "--health", "typescript"], env=home, capture_output=True, text=True)
    assert f"nestwise: \x1b[0;32m{nestwise}" in done.stdout


def test_a_finding_is_shown_and_its_fix_applied(start: Start, zoo: Path) -> None:
    editor = start(SERVICE)
    screen = editor.until("`console.log` bypasses", "`console.warn` bypasses", "● 2")
    [line] = [line for line in screen.splitlines() if "console.log('é😀'" in line]
    assert line.startswith("●")
    editor.type("]d")
    editor.until("8:24")  # the end of what is underlined: columns count what is seen
    editor.press("Space")
    editor.type("a")
    editor.until(
        "Use `this.logger.log`", "Disable logging/no-console for this line", "Explain logging/no-console"
    )
    editor.press("Enter")
    editor.until("this.logger.log('é😀', name)", "● 1")
    _type(editor, ":w")
    editor.until("written")
    assert (zoo / SERVICE).read_text("utf-8") == FILES[SERVICE].replace("console.log", "this.logger.log")


def test_findings_follow_what_is_typed(start: Start) -> None:
    editor = start(SERVICE)
    editor.until("● 2")
    editor.type("8Go")
    editor.type("/* 😀é */ console.error('é😀')")
    editor.press("Escape")
    editor.until("`console.error` bypasses", "● 3")
    editor.type("u")
    editor.until("● 2")


def test_hover_says_why(start: Start) -> None:
    editor = start(CONTROLLER)
    editor.until("Anyone may call")
    editor.type("]d")
    editor.press("Space")
    editor.type("k")
    editor.until("guards/unguarded-route", "Why")


def test_the_page_of_a_rule_opens(start: Start) -> None:
    editor = start(SERVICE)
    editor.until("● 2")
    editor.type("]d")
    editor.press("Space")
    editor.type("a")
    editor.until("Explain logging/no-console")
    editor.press("Up", "Enter")
    editor.until("no_console.md", "# logging/no-console")


def test_a_refactoring_creates_a_file_and_registers_it(start: Start, zoo: Path) -> None:
    editor = start(SERVICE)
    editor.until("● 2")  # the server has read the project
    _type(editor, f":open {DOGS}")
    editor.until("export class DogsController")
    _type(editor, r"/list\(")
    editor.press("Space")
    editor.type("a")
    editor.until("Move the body of `list` to a new `DogsService`")
    editor.press("Enter")
    editor.until("return this.dogsService.list(name);")
    _type(editor, ":wa")
    editor.until("written")
    assert "const found = ['é😀', 'b'].filter((dog) => dog !== name);\n" in (zoo / DOGS_SERVICE).read_text(
        "utf-8"
    )
    assert "    return this.dogsService.list(name);\n" in (zoo / DOGS).read_text("utf-8")
    assert "/* é😀 */ @Module({ controllers: [DogsController], providers: [DogsService] })" in (
        zoo / DOGS_MODULE
    ).read_text("utf-8")


def test_a_change_in_one_file_is_seen_in_another(start: Start, zoo: Path, tmp_path: Path) -> None:
    guarded = FILES[MODULE].replace("AuthGuard],", "{ provide: APP_GUARD, useClass: AuthGuard }],")
    (tmp_path / "guarded.ts").write_text(f"import {{ APP_GUARD }} from '@nestjs/core';\n{guarded}", "utf-8")
    editor = start(CONTROLLER)
    editor.until("Anyone may call")
    _type(editor, f":hsplit {MODULE}")
    editor.until("export class AppModule")
    editor.type("%")
    _type(editor, f":pipe cat {shlex.quote(str(tmp_path / 'guarded.ts'))}")
    editor.until("useClass: AuthGuard")
    editor.until_gone("Anyone may call")
    editor.type("u")
    editor.until("Anyone may call")
    assert (zoo / MODULE).read_text("utf-8") == FILES[MODULE]
