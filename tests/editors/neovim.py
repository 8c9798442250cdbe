"""A Neovim that a test sits at: it has the set-up of client-neovim, and is asked over its own protocol."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pynvim
from obtain import ROOT, needed, unpacked
from snippets import NEOVIM, snippet
from trees import tree

WAIT = 40.0
"""Seconds after which a test gives up; the machine may be busy."""


def obtained(suite: str) -> Path:
    """The Neovim of a suite of Debian."""

    def get() -> Path:
        return unpacked(
            tree(suite), "nvim", VIM="{root}/usr/share/nvim", VIMRUNTIME="{root}/usr/share/nvim/runtime"
        )

    return needed(f"Neovim of {suite}", get)


class Neovim:
    def __init__(self, program: Path, home: dict[str, str], root: Path, *blocks: str) -> None:
        """Start it in `root` with blocks of the page as `init.lua`."""
        self.root = root
        self.state = Path(home["XDG_STATE_HOME"])
        config = Path(home["XDG_CONFIG_HOME"]) / "nvim"
        shutil.copytree(ROOT / "client-neovim" / "lsp", config / "lsp")
        start = "vim.g.mapleader = ' '\n"
        (config / "init.lua").write_text(
            start + "\n".join(snippet(NEOVIM, block) for block in blocks), "utf-8"
        )
        parsers = f"set runtimepath+={program.parent}/root/usr/lib/nvim"
        before = dict(os.environ)
        os.environ.update(home)
        os.chdir(root)
        try:
            self._nvim = pynvim.attach(
                "child", argv=[str(program), "-n", "--embed", "--headless", "--cmd", parsers]
            )
        finally:
            os.environ.update(before)
            os.chdir(ROOT)
        self._nvim.exec_lua("vim.o.shortmess = vim.o.shortmess .. 'AF'; vim.o.more = false")

    def lua(self, code: str, *arguments: Any) -> Any:
        return self._nvim.exec_lua(code, *arguments)

    def until(self, what: str, code: str, *arguments: Any) -> Any:
        """What an expression gives once it is true."""
        end = time.monotonic() + WAIT
        while not (value := self.lua(f"return {code}", *arguments)):
            if time.monotonic() > end:
                messages = self.command("messages")
                raise AssertionError(f"{what}: still {value!r}; {self.texts()}\n{messages}\n{self.log()}")
            time.sleep(0.02)
        return value

    def edit(self, path: str) -> None:
        self._nvim.command(f"edit {self.root / path}")

    def type(self, keys: str) -> None:
        """Press keys, `<CR>` and the like spelled out."""
        self.lua(
            "vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(..., true, false, true), 'mtx', false)",
            keys,
        )

    def command(self, command: str) -> str:
        """The output of an Ex command."""
        return str(self._nvim.command_output(command))

    def go(self, part: str) -> None:
        """Put the cursor on the first place of a text."""
        before, found, _ = self.text().partition(part)
        assert found, f"no {part!r} in\n{self.text()}"
        line = before.count("\n")
        self._nvim.current.window.cursor = (line + 1, len(before.rpartition("\n")[2].encode()))

    def text(self) -> str:
        return "\n".join(self._nvim.current.buffer[:]) + "\n"

    def disk(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def found(self, path: str = "") -> list[tuple[str, str]]:
        """The rules and the underlined texts of the findings of a buffer."""
        number = self.lua("return vim.fn.bufnr(...)", str(self.root / path)) if path else 0
        lines = self.lua("return vim.api.nvim_buf_get_lines(..., 0, -1, false)", number)
        found = []
        for one in self.lua("return vim.diagnostic.get(...)", number):
            assert one["lnum"] == one["end_lnum"]
            line = lines[one["lnum"]].encode()
            found.append((one["code"], line[one["col"] : one["end_col"]].decode()))
        return sorted(found)

    def until_found(self, expected: list[tuple[str, str]], path: str = "") -> None:
        """Wait until a buffer has exactly these findings."""
        end = time.monotonic() + WAIT
        while (found := self.found(path)) != sorted(expected):
            if time.monotonic() > end:
                raise AssertionError(f"{path}: {found}, not {expected}\n{self.text()}\n{self.log()}")
            time.sleep(0.02)

    def clients(self) -> list[str]:
        """The folders of the servers that run."""
        code = "vim.tbl_map(function(c) return c.config.root_dir end, vim.lsp.get_clients())"
        return list(self.lua(f"return {code}"))

    def attached(self) -> list[str]:
        """The folders of the servers of the current buffer."""
        code = "vim.tbl_map(function(c) return c.config.root_dir end, vim.lsp.get_clients({ bufnr = 0 }))"
        return list(self.lua(f"return {code}"))

    def float(self) -> str:
        """The text of the floating window, once there is one."""
        code = """(function()
          for _, window in ipairs(vim.api.nvim_list_wins()) do
            if vim.api.nvim_win_get_config(window).relative ~= '' then
              return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
            end
          end
        end)()"""
        return "\n".join(self.until("a window", code))

    def choose(self, keys: str, title: str) -> list[str]:
        """Press keys, and choose from the list that they bring; all that it offered."""
        self.lua(
            """
            local title = ...
            vim.ui.select = function(items, options, done)
              local shown = vim.tbl_map(options.format_item or tostring, items)
              vim.g.offered = shown
              for number, text in ipairs(shown) do
                if text:find(title, 1, true) then return done(items[number], number) end
              end
              done()
            end""",
            title,
        )
        self.type(keys)
        return list(self.until("a list", "vim.g.offered"))

    def texts(self) -> dict[str, str]:
        return {buffer.name: "\n".join(buffer[:]) for buffer in self._nvim.buffers}

    def log(self) -> str:
        """What Neovim wrote down of its servers."""
        logs = list(self.state.rglob("lsp.log"))
        return logs[0].read_text("utf-8") if logs else ""

    def quit(self) -> None:
        with suppress(OSError, EOFError):
            self._nvim.command("qall!", async_=True)
            end = time.monotonic() + 5
            while time.monotonic() < end:
                self._nvim.exec_lua("return 1")
                time.sleep(0.02)
        with suppress(OSError, EOFError):
            self._nvim.close()
