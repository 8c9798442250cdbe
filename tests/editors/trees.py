"""Trees of Debian packages that hold most editors: one download for all of a suite."""

from __future__ import annotations

from pathlib import Path

from obtain import debian

_PACKAGES = {
    "forky": ("neovim", "hx", "emacs-nox", "elpa-lsp-mode", "vim-nox", "vim-ale"),
    "trixie": ("neovim",),
    "bookworm": ("tmux", "emacs-nox", "elpa-eglot", "vim-nox", "vim-ale"),
}


def tree(suite: str) -> Path:
    """The root of the packages of a suite; its folder's name tells them, so others get another folder."""
    packages = _PACKAGES[suite]
    return debian(f"{suite}-{'+'.join(packages)}", suite, *packages)
