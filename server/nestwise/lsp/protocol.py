"""JSON-RPC as pygls does it, without its documents: the session owns the text, and nothing waits."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from types import GeneratorType
from typing import Any

import msgspec
from lsprotocol import types as lsp
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcRequestCancelled,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from nestwise.lsp.jobs import Jobs
from nestwise.lsp.transport import Inbox, Message, Unreadable

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode
_NOT_INITIALIZED = -32002
_INVALID_REQUEST = -32600
_PARSE_ERROR = -32700
_METHOD_NOT_FOUND = -32601
_RAW = frozenset({lsp.INITIALIZE})
"""Requests whose parameters are handed over as they came: they may be of any age and vendor."""


@dataclass(frozen=True)
class Plain:
    """An answer of a request of our own, made of plain values: it is sent as it is."""

    value: Any


class NestwiseProtocol(LanguageServerProtocol):
    """Handlers are plain functions; one that returns a generator is answered when that ends."""

    # The session does these itself: without pygls' workspace, which splits all lines per message.
    lsp_initialize = None  # type: ignore[assignment]
    lsp_text_document__did_open = None  # type: ignore[assignment]
    lsp_text_document__did_change = None  # type: ignore[assignment]
    lsp_text_document__did_close = None  # type: ignore[assignment]
    lsp_notebook_document__did_open = None  # type: ignore[assignment]
    lsp_notebook_document__did_change = None  # type: ignore[assignment]
    lsp_notebook_document__did_close = None  # type: ignore[assignment]
    lsp_workspace__did_change_workspace_folders = None  # type: ignore[assignment]
    lsp_work_done_progress_cancel = None  # type: ignore[assignment]
    lsp_exit = None  # type: ignore[assignment]
    lsp_shutdown = None  # type: ignore[assignment]

    def __init__(self, server: LanguageServer, converter: Any) -> None:
        super().__init__(server, converter)
        self.jobs = Jobs()
        self.ready = False
        """Has `initialize` been answered?"""
        self.stopping = False
        """Has `shutdown` been asked for?"""
        self.exit_code: int | None = None

    # --- in ---

    def run(self, inbox: Inbox) -> int:
        """Serve until `exit` or until the client is gone; the exit code."""
        try:
            while self.exit_code is None:
                message = inbox.next(self.jobs.wait())
                if message is None:
                    self.jobs.step(lambda: inbox.empty and self.exit_code is None)
                else:
                    self.receive(message)
        except (EOFError, OSError):
            return 0 if self.stopping else 1
        return self.exit_code

    def receive(self, message: Message | Unreadable) -> None:
        if isinstance(message, Unreadable):
            self._refuse(None, _PARSE_ERROR, str(message))
            return
        method, request_id = message.get("method"), message.get("id")
        if not isinstance(method, str):
            self._receive_response(message)
        elif request_id is None:
            if method == lsp.EXIT or (self.ready and not self.stopping):
                self._receive_notification(method, message)
        elif message.get("cancelled"):
            error = JsonRpcRequestCancelled(f"{method} was cancelled before it began")
            self._send_response(request_id, error=error.to_response_error())
        elif self.stopping:
            self._refuse(request_id, _INVALID_REQUEST, "the server is shutting down")
        elif not self.ready and method != lsp.INITIALIZE:
            self._refuse(request_id, _NOT_INITIALIZED, "`initialize` comes first")
        else:
            self._receive_request(request_id, method, message)

    def _receive_request(self, request_id: int | str, method: str, message: Message) -> None:
        if method not in self.fm.features and method not in self.fm.builtin_features:
            self._refuse(request_id, _METHOD_NOT_FOUND, f"nestwise does not know {method}")
            return
        try:
            params = self._params(method, message)
        except JsonRpcException as error:
            self._send_response(request_id, error=error.to_response_error())
            return
        self._handle_request(request_id, method, params)

    def _receive_notification(self, method: str, message: Message) -> None:
        known = method in self.fm.features or method in self.fm.builtin_features
        if not known and method != lsp.CANCEL_REQUEST:
            return
        try:
            params = self._params(method, message)
        except JsonRpcException as error:
            log.warning("%s was ignored: %s", method, error)
            return
        self._handle_notification(method, params)

    def _receive_response(self, message: Message) -> None:
        # Only the outcome counts: nothing that we ask for has a result that we read.
        future = self._request_futures.pop(message.get("id", ""), None)
        self._result_types.pop(message.get("id", ""), None)
        if future is not None and not future.done():
            future.set_result("error" not in message)

    def _params(self, method: str, message: Message) -> Any:
        kind = self.get_message_type(method)
        if kind is None or method in _RAW:
            return message.get("params")
        try:
            return self._converter.structure({"jsonrpc": "2.0", **message}, kind).params
        except Exception as error:
            raise JsonRpcInvalidParams(f"the parameters of {method} are not valid: {error}") from error

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        if self.jobs.cancel(("request", msg_id)):
            error = JsonRpcRequestCancelled(f"request {msg_id!r} was cancelled")
            self._send_response(msg_id, error=error.to_response_error())

    # --- out ---

    def _send_handler_result(self, future: Future[Any], *, msg_id: int | str) -> None:
        if future.exception() is None and isinstance(future.result(), GeneratorType):
            self.jobs.add(("request", msg_id), self._answer_later(msg_id, future.result()))
        else:
            self._send_result(future, msg_id=msg_id)

    def _send_result(self, future: Future[Any], *, msg_id: int | str) -> None:
        error = future.exception()
        if isinstance(error, JsonRpcException):  # meant for the client, and no failure to be logged
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=error.to_response_error())
        elif error is None and isinstance(future.result(), Plain):
            self._request_futures.pop(msg_id, None)
            self._send_data({"jsonrpc": "2.0", "id": msg_id, "result": future.result().value})
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def _answer_later(
        self, msg_id: int | str, work: Generator[float | None, None, Any]
    ) -> Generator[float | None, None, None]:
        answer: Future[Any] = Future()
        answer.add_done_callback(partial(self._send_result, msg_id=msg_id))
        try:
            answer.set_result((yield from work))
        except GeneratorExit:
            raise
        except Exception as error:
            answer.set_exception(error)

    def _refuse(self, msg_id: int | str | None, code: int, message: str) -> None:
        error = {"code": code, "message": message}
        self._send_data({"jsonrpc": "2.0", "id": msg_id, "error": error})

    def _send_data(self, data: Any) -> None:
        if self.writer is None:
            return
        plain = data if isinstance(data, dict) else self._converter.unstructure(data)
        try:
            body = _encode(plain)
        except (TypeError, UnicodeEncodeError):
            body = json.dumps(plain, default=self._serialize_message).encode()
        try:
            self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        except OSError:  # nobody reads any more: an error would only be told to who is gone
            self.writer = None
            self.exit_code = 0 if self.stopping else 1
