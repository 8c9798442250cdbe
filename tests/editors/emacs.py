"""An Emacs in a terminal that a test sits at, and asks over Emacs' own server."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from obtain import needed, unpacked
from snippets import EDITORS, snippet
from terminal import Terminal
from trees import tree

WAIT = 40.0
"""Seconds after which a test gives up; the machine may be busy."""

_BEFORE = """\
(setq native-comp-jit-compilation nil native-comp-deferred-compilation nil
      native-comp-enable-subr-trampolines nil comp-enable-subr-trampolines nil
      inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil)
(require 'json)
(define-derived-mode typescript-mode prog-mode "TypeScript")  ; the one of MELPA can do more
(add-to-list 'auto-mode-alist '("\\\\.ts\\\\'" . typescript-mode))
"""
_AFTER = """\
(require 'server)
(setq server-use-tcp nil server-socket-dir %s)
(server-start)
"""


def obtained(suite: str) -> Path:
    """The Emacs of a suite of Debian, with its packages for language servers."""

    def get() -> Path:
        root = tree(suite)
        [version] = (root / "usr/share/emacs").glob("[0-9]*")
        [dump] = (root / "usr/libexec/emacs").glob("*/*/*.pdmp")
        lisp = [path for path in (version / "lisp").rglob("*") if path.is_dir()]
        more = [*(root / "usr/share/emacs/site-lisp/elpa-src").iterdir()]
        return unpacked(
            root,
            "emacs-nox",
            f"--dump-file={dump}",
            EMACSLOADPATH=":".join(map(str, [*more, version / "lisp", *lisp])),
            EMACSDATA=str(version / "etc"),
            EMACSDOC=str(version / "etc"),
            EMACSPATH=str(dump.parent),
        )

    return needed(f"Emacs of {suite}", get)


class Emacs:
    def __init__(
        self, program: Path, home: dict[str, str], root: Path, folder: Path, *blocks: str, more: str = ""
    ) -> None:
        """Start it in `root` with blocks of the page, and more, as its `init.el`."""
        self.root = root
        self._folder = folder
        config = Path(home["XDG_CONFIG_HOME"]) / "emacs"
        config.mkdir()
        told = [snippet(EDITORS, block) for block in blocks]
        parts = [_BEFORE, *told, more, _AFTER % json.dumps(str(folder))]
        (config / "init.el").write_text("\n".join(parts), "utf-8")
        self._client = [
            str(unpacked(program.parent / "root", "emacsclient.emacs")),
            "-s",
            str(folder / "server"),
        ]
        self.terminal = Terminal(folder, [str(program), "-nw"], home, root)
        end = time.monotonic() + WAIT
        while not (folder / "server").exists():
            assert time.monotonic() < end, self.terminal.screen()
            time.sleep(0.05)

    def eval(self, form: str) -> Any:
        """The value of a form, by way of JSON."""
        answer = self._folder / "answer.json"
        wrapped = f"""(let ((value {form}) (coding-system-for-write 'utf-8))
            (with-temp-file {json.dumps(str(answer))} (insert (json-encode value))) t)"""
        done = subprocess.run(
            [*self._client, "--eval", wrapped], capture_output=True, text=True, timeout=WAIT
        )
        assert done.stdout.strip() == "t", f"{form}: {done.stdout}{done.stderr}\n{self.terminal.screen()}"
        return json.loads(answer.read_text("utf-8"))

    def inside(self, form: str) -> Any:
        """The value of a form in the buffer that is shown."""
        return self.eval(f"(with-current-buffer (window-buffer (selected-window)) {form})")

    def command(self, name: str, *answers: str) -> None:
        """M-x, and what is typed into the minibuffer afterwards."""
        self.terminal.press("M-x")
        for line in (name, *answers):
            self.terminal.type(line)
            self.terminal.press("Enter")

    def edit(self, path: str) -> None:
        self.terminal.press("C-x", "C-f", "C-a", "C-k")
        self.terminal.type(str(self.root / path))
        self.terminal.press("Enter")
        self.until(path, lambda: self.inside("buffer-file-name") == str(self.root / path))

    def go(self, part: str) -> None:
        """Put the cursor on the first place of a text."""
        form = f"""(progn (goto-char (point-min)) (search-forward {json.dumps(part, ensure_ascii=False)})
            (goto-char (match-beginning 0)) (set-window-point (selected-window) (point)))"""
        assert self.inside(form)

    def text(self) -> str:
        return str(self.inside("(buffer-substring-no-properties (point-min) (point-max))"))

    def until(self, what: str, done: Any) -> Any:
        end = time.monotonic() + WAIT
        while not (value := done()):
            if time.monotonic() > end:
                raise AssertionError(f"{what}: {value!r}\n{self.terminal.screen()}\n{self.messages()}")
            time.sleep(0.05)
        return value

    def messages(self) -> str:
        return str(self.eval('(with-current-buffer "*Messages*" (buffer-string))'))

    def save(self) -> None:
        self.terminal.press("C-x", "C-s")
        self.until("saved", lambda: not self.inside("(if (buffer-modified-p) t :json-false)"))

    def disk(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def stderr(self) -> str:
        """What servers said on stderr, which Emacs keeps in buffers."""
        return str(
            self.eval(
                '(mapconcat (lambda (b) (if (string-match-p "stderr" (buffer-name b))'
                ' (with-current-buffer b (buffer-string)) "")) (buffer-list) "")'
            )
        )

    def found(self, path: str) -> list[tuple[str, str]]:
        """The rules and the underlined texts of the findings of a file, as Flymake has them."""
        form = """(vconcat (mapcar (lambda (d) (vector (flymake-diagnostic-text d)
            (buffer-substring-no-properties (flymake-diagnostic-beg d) (flymake-diagnostic-end d))))
            (flymake-diagnostics)))"""
        found = self.eval(
            f"(with-current-buffer (find-buffer-visiting {json.dumps(str(self.root / path))}) {form})"
        )
        return sorted((re.findall(r"\[(\S+)\]", text)[0], under) for text, under in found)

    def until_offered(self, title: str) -> None:
        """Wait until a code action is offered at the cursor: the server may still read the project."""
        form = "(vconcat (mapcar (lambda (a) (plist-get a :title)) (eglot-code-actions (point))))"
        self.until(title, lambda: title in self.inside(form))

    def until_found(self, path: str, expected: list[tuple[str, str]]) -> None:
        self.until(f"{expected} in {path}", lambda: self.found(path) == sorted(expected))
