"""Emacs in a terminal, set up as server/EDITORS.md says, with the Eglot of its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from emacs import Emacs, obtained
from sample import CONTROLLER, DOGS, DOGS_MODULE, DOGS_SERVICE, FILES, MODULE, SERVICE

pytestmark = pytest.mark.slow

LOG, WARN = ("logging/no-console", "console.log"), ("logging/no-console", "console.warn")
OPEN = ("guards/unguarded-route", "remove")
Start = Callable[[], Emacs]


@pytest.fixture(params=["bookworm", "forky"])
def start(request: pytest.FixtureRequest, home: dict[str, str], zoo: Path, tmp_path: Path) -> Iterator[Start]:
    running: list[Emacs] = []

    def begin() -> Emacs:
        running.append(Emacs(obtained(request.param), home, zoo, tmp_path, "emacs-eglot"))
        return running[-1]

    yield begin
    for editor in running:
        said = editor.stderr()
        editor.eval("(dolist (b (buffer-list)) (with-current-buffer b (set-buffer-modified-p nil)))")
        assert editor.terminal.end("C-x", "C-c") == 0
        assert said == ""


def test_a_finding_is_underlined_and_its_recommended_fix_applied(start: Start) -> None:
    editor = start()
    editor.edit(SERVICE)
    editor.until_found(SERVICE, [LOG, WARN])
    editor.go("console.log")
    editor.command("eglot-code-actions")
    editor.terminal.until("(default Use `this.logger.log`)")
    editor.terminal.press("Enter")
    editor.until_found(SERVICE, [WARN])
    editor.save()
    assert editor.disk(SERVICE) == FILES[SERVICE].replace("console.log", "this.logger.log")


def test_lsp_mode_runs_it_beside_other_servers(home: dict[str, str], zoo: Path, tmp_path: Path) -> None:
    more = """(load "lsp-mode-autoloads" nil t)
        (setq lsp-auto-guess-root t lsp-enable-snippet nil)
        (add-hook 'typescript-mode-hook #'lsp)"""
    editor = Emacs(obtained("forky"), home, zoo, tmp_path, "emacs-lsp-mode", more=more)
    editor.edit(SERVICE)
    under = """(sort (mapcar (lambda (d) (buffer-substring-no-properties (flymake-diagnostic-beg d)
        (flymake-diagnostic-end d))) (flymake-diagnostics)) #'string<)"""
    editor.until("findings", lambda: editor.inside(f"(vconcat {under})") == ["console.log", "console.warn"])
    editor.go("console.log")
    editor.command("lsp-execute-code-action", "Use `this.logger.log`")
    editor.until("a fix", lambda: editor.inside(f"(vconcat {under})") == ["console.warn"])
    editor.save()
    assert editor.disk(SERVICE) == FILES[SERVICE].replace("console.log", "this.logger.log")
    assert editor.stderr() == ""
    assert editor.terminal.end("C-x", "C-c") == 0


def test_findings_follow_what_is_typed(start: Start) -> None:
    editor = start()
    editor.edit(SERVICE)
    editor.until_found(SERVICE, [LOG, WARN])
    editor.go("return name")
    editor.terminal.type("/* 😀é😀 */ console.error('é😀', name);")
    editor.until_found(SERVICE, [LOG, ("logging/no-console", "console.error"), WARN])


def test_all_is_fixed(start: Start) -> None:
    editor = start()
    editor.edit(SERVICE)
    editor.until_found(SERVICE, [LOG, WARN])
    editor.command("nestwise-fix-all")
    editor.until_found(SERVICE, [])
    editor.save()
    assert editor.disk(SERVICE) == FILES[SERVICE].replace("console.", "this.logger.")


def test_hover_says_why(start: Start) -> None:
    editor = start()
    editor.edit(CONTROLLER)
    editor.until_found(CONTROLLER, [OPEN])
    editor.go("remove")
    editor.terminal.press("C-f")

    def shown() -> bool:
        editor.command("eldoc")
        time.sleep(0.5)
        editor.command("eldoc-doc-buffer")
        screen = editor.terminal.screen()
        return "no guard applies to `remove`" in screen and "Why" in screen

    editor.until("the page of the rule", shown)


def test_a_refactoring_changes_other_files(start: Start, zoo: Path) -> None:
    service = "@Injectable()\nexport class DogsService {\n  /* é😀 */ old() {}\n}\n"
    (zoo / DOGS_SERVICE).write_text(f"import {{ Injectable }} from '@nestjs/common';\n\n{service}", "utf-8")
    module = FILES[DOGS_MODULE].replace("] })", "], providers: [DogsService] })")
    (zoo / DOGS_MODULE).write_text(f"import {{ DogsService }} from './dogs.service';\n{module}", "utf-8")
    editor = start()
    editor.edit(DOGS)
    editor.go("list(")
    title = "Move the body of `list` to `DogsService`"
    editor.until("a server", lambda: "Connected!" in editor.messages())
    editor.until_offered(title)
    editor.command("eglot-code-actions")
    editor.terminal.until(f"(default {title})")
    editor.terminal.press("Enter")
    if "(y or n)" in editor.terminal.until("(y or n)", "return this.dogsService.list(name);", some=True):
        editor.terminal.type("y")
    editor.terminal.until("return this.dogsService.list(name);")
    editor.eval("(save-some-buffers t)")
    editor.until("saved", lambda: "list(name: string)" in editor.disk(DOGS_SERVICE))
    assert "    const found = ['é😀', 'b'].filter((dog) => dog !== name);\n" in editor.disk(DOGS_SERVICE)
    editor.until("saved", lambda: "    return this.dogsService.list(name);\n" in editor.disk(DOGS))


def test_a_change_in_one_buffer_is_seen_in_another(start: Start) -> None:
    editor = start()
    editor.edit(CONTROLLER)
    editor.until_found(CONTROLLER, [OPEN])
    editor.edit(MODULE)
    editor.terminal.press("M-<")
    editor.terminal.type("import { APP_GUARD } from '@nestjs/core'; // é😀\n")
    editor.go("AuthGuard],")
    editor.terminal.press("M-d")
    editor.terminal.type("{ provide: APP_GUARD, useClass: AuthGuard }")
    editor.until_found(CONTROLLER, [])
    assert editor.disk(MODULE) == FILES[MODULE]


def test_a_server_that_died_is_started_again(start: Start) -> None:
    editor = start()
    editor.edit(SERVICE)
    editor.until_found(SERVICE, [LOG, WARN])
    time.sleep(3.5)  # a connection that was shorter is not made again
    [server] = editor.terminal.servers()
    server.kill()
    editor.until("another server", lambda: any(s.pid != server.pid for s in editor.terminal.servers()))
    editor.go("console.log")
    editor.terminal.type("void ")
    editor.until_found(SERVICE, [LOG, WARN])
