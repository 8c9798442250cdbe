"""Findings for people and for programs: one module a format, each a function of a `Report`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

from msgspec import Struct

from nestwise.cli.outcome import Found, Outcome

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")


class Report(Struct, frozen=True):
    outcome: Outcome
    elapsed: int
    """Milliseconds of the whole check."""
    color: bool = False

    @property
    def found(self) -> tuple[Found, ...]:
        return self.outcome.found

    @property
    def errors(self) -> tuple[tuple[str, str], ...]:
        return self.outcome.errors

    def shown(self, path: str) -> str:
        """A path as the reader's tools can open it: from the current folder, absolute if outside of it."""
        full = Path(self.outcome.root, path)
        try:
            return full.relative_to(Path.cwd()).as_posix()
        except (ValueError, OSError):
            return full.as_posix()


def render(report: Report, style: str) -> str:
    """The report in one of FORMATS, with its final newline."""
    text: str = import_module(f"nestwise.cli.report.{style}").render(report)
    return text


def fingerprints(report: Report) -> list[str]:
    """One for each finding, in order; it survives edits elsewhere in the file: the rule, the file, the
    line's text, and which of several equal ones it is."""
    seen: dict[bytes, int] = {}
    out: list[str] = []
    for found in report.found:
        key = "\0".join((found.rule, found.path, found.line.strip())).encode()
        seen[key] = seen.get(key, 0) + 1
        out.append(blake2b(key + b"\0%d" % seen[key], digest_size=16).hexdigest())
    return out


def colored(choice: str) -> bool:
    """Is the output to have colours? `auto` asks whether somebody watches."""
    if choice == "auto":
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()
    return choice == "always"


Ink = Callable[[str, str], str]
"""Colours a text: a code of the terminal, and the text."""


def ink_for(color: bool) -> Ink:
    def ink(code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if color else text

    return ink


def columns() -> int:
    """The width of the terminal, or of output that nobody watches."""
    return shutil.get_terminal_size((_WIDTH, 0)).columns if sys.stdout.isatty() else _WIDTH


_WIDTH = 100
