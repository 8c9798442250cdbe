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
    """Sends each text once, and each failure at one place of the code: a rule that fails on every file
    and keystroke is told of once."""

    def __init__(self, send: Callable[[str, lsp.MessageType], None]) -> None:
        super().__init__(logging.INFO)
        self._send = send
        self._sent: set[object] = set()
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
        except Exception:
            text = str(record.msg)
        key = _place(record) or text
        if key in self._sent or len(self._sent) > _MANY:
            return
        self._sent.add(key)
        kind = next((k for level, k in _KINDS if record.levelno >= level), lsp.MessageType.Log)
        self._send(text, kind)


def _place(record: logging.LogRecord) -> object:
    """What failed and where; nothing for a record without an exception."""
    if not record.exc_info or record.exc_info[2] is None:
        return None
    at = record.exc_info[2]
    while at.tb_next is not None:
        at = at.tb_next
    return record.msg, record.exc_info[0], at.tb_frame.f_code, at.tb_lineno


def log_to(send: Callable[[str, lsp.MessageType], None]) -> None:
    """From now on the only handler: what pygls says of every message is left out."""
    root = logging.getLogger()
    root.handlers[:] = [ClientHandler(send)]
    root.setLevel(logging.WARNING)
    logging.getLogger("nestwise").setLevel(logging.INFO)
    logging.getLogger("pygls").setLevel(logging.ERROR)
