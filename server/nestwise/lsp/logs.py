"""What the program logs goes to the client's log: stderr stays quiet, editors show it as errors."""

from __future__ import annotations

import logging
from collections.abc import Callable

from lsprotocol import types as lsp

_KINDS = (
    (logging.ERROR, lsp.MessageType.Error),
    (logging.WARNING, lsp.MessageType.Warning),
    (logging.INFO, lsp.MessageType.Info),
)
_MANY = 1000


class ClientHandler(logging.Handler):
    """Sends each text once: a rule that fails on every keystroke is told of once."""

    def __init__(self, send: Callable[[str, lsp.MessageType], None]) -> None:
        super().__init__(logging.INFO)
        self._send = send
        self._sent: set[str] = set()
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception:
            text = str(record.msg)
        if text in self._sent or len(self._sent) > _MANY:
            return
        self._sent.add(text)
        kind = next((k for level, k in _KINDS if record.levelno >= level), lsp.MessageType.Log)
        self._send(text, kind)


def log_to(send: Callable[[str, lsp.MessageType], None]) -> None:
    """From now on the only handler: what pygls says of every message is left out."""
    root = logging.getLogger()
    root.handlers[:] = [ClientHandler(send)]
    root.setLevel(logging.WARNING)
    logging.getLogger("nestwise").setLevel(logging.INFO)
    logging.getLogger("pygls").setLevel(logging.ERROR)
