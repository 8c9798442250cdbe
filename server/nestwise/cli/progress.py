"""One line on the terminal that says how far long work is; nothing where nobody watches."""

from __future__ import annotations

import sys
import time

_PATIENCE = 0.7
"""Seconds of work before which nothing is said."""
_EVERY = 0.1


class Progress:
    """Writes over its own line on stderr, and leaves nothing behind."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()
        self._next = time.monotonic() + _PATIENCE
        self._shown = False

    def tell(self, what: str, done: int, total: int) -> None:
        """For instance `reading`, 120 of 3000 files."""
        if not self._watched or (now := time.monotonic()) < self._next:
            return
        self._next = now + _EVERY
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{what} {done} of {total} files")
        sys.stderr.flush()

    def end(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
