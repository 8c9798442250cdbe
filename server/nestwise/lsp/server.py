"""Wiring: which message goes to whom, and how the server starts and ends."""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidRequest
from pygls.lsp.server import LanguageServer

from nestwise import __version__
from nestwise.lint.registry import broken_rules, said_of
from nestwise.lsp import code_actions, explain
from nestwise.lsp.client import Client
from nestwise.lsp.diagnostics import Diagnostics
from nestwise.lsp.documents import Document
from nestwise.lsp.folders import Folder
from nestwise.lsp.hover import hover
from nestwise.lsp.jobs import Work
from nestwise.lsp.loading import Loading
from nestwise.lsp.logs import log_to
from nestwise.lsp.protocol import NestwiseProtocol
from nestwise.lsp.session import Session
from nestwise.lsp.settings_file import is_settings
from nestwise.lsp.status import Status
from nestwise.lsp.transport import AddressError, Inbox, Writer, over_stdio, over_tcp
from nestwise.lsp.uris import to_path
from nestwise.lsp.views import GRAPH, ROUTES, Views
from nestwise.lsp.watching import Watching

__all__ = ["AddressError", "serve"]

log = logging.getLogger(__name__)

_PARENT_EVERY = 2.0
"""Seconds between two looks at whether the editor still lives."""


def serve(tcp: str | None = None) -> int:
    """Serve one client over stdio, or over TCP for debugging; the exit code. Raises AddressError."""
    inbox, writer = over_tcp(tcp) if tcp else over_stdio()
    return Server(inbox, writer).run()


class Server:
    def __init__(self, inbox: Inbox, writer: Writer) -> None:
        pygls = LanguageServer("nestwise", __version__, protocol_cls=NestwiseProtocol)
        assert isinstance(pygls.protocol, NestwiseProtocol)
        self._inbox = inbox
        self._pygls = pygls
        self._protocol = pygls.protocol
        self._protocol.set_writer(writer)
        pygls.report_server_error = self._report  # type: ignore[method-assign]
        self._protocol.fm.features.update(
            {
                lsp.INITIALIZE: self._initialize,
                lsp.SHUTDOWN: self._shutdown,
                lsp.EXIT: self._exit,
            }
        )

    def run(self) -> int:
        sys.setswitchinterval(0.001)  # the reading thread need not wait long for its turn
        code = self._protocol.run(self._inbox)
        sys.stderr.flush()
        os._exit(code)  # the reading thread may be waiting for bytes that never come

    # --- life ---

    def _initialize(self, params: Any) -> lsp.InitializeResult:
        if self._protocol.ready:
            raise JsonRpcInvalidRequest("`initialize` comes once")
        client = Client.of(params)
        session = Session(self._pygls, self._protocol, client)
        log_to(session.log)
        diagnostics = Diagnostics(session)
        status = Status(session)
        loading = Loading(session, diagnostics, status)
        watching = Watching(session, diagnostics, loading)
        session.on_change.append(diagnostics.others_changed)
        session.on_new_folder.append(loading.load)
        views = Views(session)
        session.on_model.append(views.changed)
        features = Features(session, diagnostics, loading, watching)
        self._protocol.fm.features.update(features.table())
        self._protocol.fm.features.update({ROUTES: views.routes, GRAPH: views.graph})
        # What pygls answers by itself knows no command of ours.
        self._protocol.fm.builtin_features.pop(lsp.WORKSPACE_EXECUTE_COMMAND, None)
        self._protocol.ready = True
        if client.process is not None and _alive(client.process):
            self._protocol.jobs.add("parent", self._watch_parent(client.process))
        return lsp.InitializeResult(
            capabilities=_capabilities(client), server_info=lsp.ServerInfo("nestwise", __version__)
        )

    def _shutdown(self, _: Any) -> None:
        self._protocol.stopping = True

    def _exit(self, _: Any) -> None:
        self._protocol.exit_code = 0 if self._protocol.stopping else 1

    def _watch_parent(self, process: int) -> Work:
        while _alive(process):
            yield _PARENT_EVERY
        self._protocol.exit_code = 1

    def _report(self, error: Exception, source: Any) -> None:
        """pygls has answered and logged it already."""


class Features:
    """What the client may ask for, once `initialize` is answered."""

    def __init__(
        self, session: Session, diagnostics: Diagnostics, loading: Loading, watching: Watching
    ) -> None:
        self._session = session
        self._diagnostics = diagnostics
        self._loading = loading
        self._watching = watching
        self._begun = False

    def table(self) -> dict[str, Callable[[Any], Any]]:
        session = self._session
        return {
            lsp.INITIALIZED: lambda _: self.begin(),
            lsp.TEXT_DOCUMENT_DID_OPEN: self.did_open,
            lsp.TEXT_DOCUMENT_DID_CHANGE: self.did_change,
            lsp.TEXT_DOCUMENT_DID_SAVE: self.did_save,
            lsp.TEXT_DOCUMENT_DID_CLOSE: self.did_close,
            lsp.TEXT_DOCUMENT_DIAGNOSTIC: self._diagnostics.pull,
            lsp.WORKSPACE_DIAGNOSTIC: lambda params: self._diagnostics.pull_workspace(params),
            lsp.TEXT_DOCUMENT_CODE_ACTION: self._when_read(code_actions.code_actions),
            lsp.CODE_ACTION_RESOLVE: lambda params: code_actions.resolve(session, params),
            lsp.TEXT_DOCUMENT_HOVER: self._when_read(hover),
            lsp.WORKSPACE_EXECUTE_COMMAND: lambda params: explain.execute(session, params),
            lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._watching.changed,
            lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self.did_change_folders,
            lsp.WORKSPACE_DID_CHANGE_CONFIGURATION: lambda _: None,
        }

    def _when_read(self, answer: Callable[[Session, Any], Any]) -> Callable[[Any], Any]:
        """An answer about a document, which waits a little for its folder to be read."""
        session = self._session

        def later(document: Document, params: Any) -> Work:
            yield from session.until_read(document)
            return answer(session, params)

        def now(params: Any) -> Any:
            document = session.documents.get(params.text_document.uri)
            return later(document, params) if document is not None else None

        return now

    def begin(self) -> None:
        """Read the folders. A client that opens a document before `initialized` means the same."""
        if self._begun:
            return
        self._begun = True
        client = self._session.client
        how = "pulled" if client.pulls else "pushed"
        talk = f"columns in {client.encoding}, diagnostics are {how}"
        whom = client.name or "an unknown client"
        self._session.log(f"nestwise {__version__}, Python {platform.python_version()}, for {whom}: {talk}.")
        for module, error in broken_rules().items():
            log.error("%s", said_of(module, error), exc_info=error)
            said = f"nestwise: {said_of(module, error)} The other rules do their work."
            self._session.tell(said, lsp.MessageType.Error, key=module)
        for path in self._session.client.folders:
            self._add(path)
        self._watching.register()
        self._session.place_all()
        self._loading.status.tell()

    def _add(self, path: Path) -> None:
        status = self._loading.status
        if not path.is_dir():
            status.unreadable.append(path)
            self._session.tell(f"{path} is not a folder that can be read; nothing is checked there.")
        elif (folder := self._session.folders.add(path)) is not None:
            status.reading(folder, 0, 0)
            self._watching.tell_settings(folder)
            self._loading.load(folder)

    def did_open(self, params: lsp.DidOpenTextDocumentParams) -> None:
        self.begin()
        item = params.text_document
        document = self._session.open(item.uri, _plain(item.language_id), item.version, item.text)
        self._watching.look(document.path)
        self._answer(document)

    def did_change(self, params: lsp.DidChangeTextDocumentParams) -> None:
        document = self._session.documents.get(params.text_document.uri)
        if document is None:
            return
        document.edit(params.content_changes, self._session.client.encoding)
        document.version = params.text_document.version
        self._session.changed(document)
        self._answer(document)

    def did_save(self, params: lsp.DidSaveTextDocumentParams) -> None:
        self._watching.look(to_path(params.text_document.uri))

    def did_close(self, params: lsp.DidCloseTextDocumentParams) -> None:
        document = self._session.close(params.text_document.uri)
        if document is not None:
            self._diagnostics.closed(document)

    def _answer(self, document: Document) -> None:
        if document.source is not None or is_settings(document.name):
            self._diagnostics.push_soon(document)

    def did_change_folders(self, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        session = self._session
        for item in params.event.removed:
            path = to_path(item.uri)
            folder: Folder | None = session.folders.remove(path) if path is not None else None
            if folder is not None:
                session.drop(folder)
            if path in self._loading.status.unreadable:
                self._loading.status.unreadable.remove(path)
        for item in params.event.added:
            if (path := to_path(item.uri)) is not None:
                self._add(path)
        session.place_all()
        self._diagnostics.everything_changed()
        session.model_changed()
        self._loading.status.tell()


def _plain(value: Any) -> str:
    return str(getattr(value, "value", value))


def _capabilities(client: Client) -> lsp.ServerCapabilities:
    everything = lsp.WorkspaceFoldersServerCapabilities(supported=True, change_notifications=True)
    pulled = lsp.DiagnosticOptions(
        identifier="nestwise", inter_file_dependencies=True, workspace_diagnostics=client.pulls_workspace
    )
    return lsp.ServerCapabilities(
        position_encoding=client.encoding,
        text_document_sync=lsp.TextDocumentSyncOptions(
            open_close=True,
            change=lsp.TextDocumentSyncKind.Incremental,
            save=lsp.SaveOptions(include_text=False),
        ),
        diagnostic_provider=pulled if client.pulls else None,
        code_action_provider=lsp.CodeActionOptions(
            code_action_kinds=code_actions.KINDS, resolve_provider=True
        ),
        hover_provider=True,
        execute_command_provider=lsp.ExecuteCommandOptions([code_actions.EXPLAIN]),
        workspace=lsp.WorkspaceOptions(workspace_folders=everything),
    )


def _alive(process: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(0x00100000, False, process)  # SYNCHRONIZE
        if not handle:
            return False
        running: bool = kernel.WaitForSingleObject(handle, 0) == 0x102  # WAIT_TIMEOUT
        kernel.CloseHandle(handle)
        return running
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
