"""What the server remembers between two messages: the client, open documents, folders."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import cached_property
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from nestwise.lsp.client import Client
from nestwise.lsp.documents import Document
from nestwise.lsp.folders import Folder, Folders, loose_workspace
from nestwise.lsp.jobs import Work
from nestwise.lsp.protocol import NestwiseProtocol
from nestwise.lsp.uris import to_path
from nestwise.project.cache import FactsCache, default_path
from nestwise.syntax.text import Text
from nestwise.workspace import Workspace

log = logging.getLogger(__name__)

_GRACE = 0.3
"""Seconds that an answer waits for a folder to be read; after that it says what one file tells."""
_LONG_GRACE = 2.0
"""The same for clients that cannot be told to ask again."""
_SETTLE_DELAY = 0.05
"""Seconds after which a change counts for other documents, if nobody asked before."""


class Session:
    """Mutable, and used by the main thread alone."""

    def __init__(self, server: LanguageServer, protocol: NestwiseProtocol, client: Client) -> None:
        self.server = server
        self.client = client
        self.jobs = protocol.jobs
        self.documents: dict[str, Document] = {}
        self.folders = Folders()
        self.on_change: list[Callable[[], None]] = []
        """Called when answers about files that did not change may have changed."""
        self.on_model: list[Callable[[], None]] = []
        """Called when a folder came or went, or its project is another one."""
        self.on_new_folder: list[Callable[[Folder], None]] = []
        self._protocol = protocol
        self._loose = loose_workspace()
        self._dirty: dict[Document, None] = {}
        self._opened = 0
        self._told: set[object] = set()

    @cached_property
    def cache(self) -> FactsCache:
        return FactsCache(default_path())

    # --- documents ---

    def open(self, uri: str, language: str, version: int, text: str) -> Document:
        if uri in self.documents:
            self.close(uri)
        document = self.documents[uri] = Document.of(uri, language, version, text)
        self._opened += 1
        document.number = self._opened
        self.place(document)
        return document

    def changed(self, document: Document) -> None:
        """Its text or its place is another one. What that means to others is found out soon, whether or
        not the client asks about this one."""
        if document.workspace is not None:
            self._dirty[document] = None
            self.jobs.add("settle", self._settle_soon(), _SETTLE_DELAY)

    def _settle_soon(self) -> Work:
        self.settle()
        yield None

    def close(self, uri: str) -> Document | None:
        document = self.documents.pop(uri, None)
        if document is not None:
            self._release(document)
            if document.folder is not None and not document.folder.given:
                self._leave(document.folder)
        return document

    def _leave(self, folder: Folder) -> None:
        """A project that was found around a file goes with its last document."""
        if all(document.folder is not folder for document in self.documents.values()):
            self.drop(folder)

    def place(self, document: Document) -> None:
        """Bring a document to the workspace where it belongs, now that folders or settings changed."""
        folder, workspace, relative = self._home(document)
        document.folder = folder
        if (workspace, relative) == (document.workspace, document.relative):
            return
        self._release(document)
        document.workspace, document.relative = workspace, relative
        self.changed(document)

    def place_all(self) -> None:
        for document in self.documents.values():
            self.place(document)

    def _home(self, document: Document) -> tuple[Folder | None, Workspace | None, str]:
        if document.source is None:
            around = self.folders.around(document.path) if document.path is not None else None
            return (around[0] if around else None), None, ""
        if document.path is not None:
            around = self.folders.around(document.path)
            if around is None and (found := self.folders.found_around(document.path)) is not None:
                for tell in self.on_new_folder:
                    tell(found)
                around = self.folders.around(document.path)
            if around is not None:
                folder, relative = around
                takes = folder.workspace.takes(relative)
                return folder, folder.workspace if takes else None, relative if takes else ""
        return None, self._loose, f"{document.number}/{document.name}"

    def _release(self, document: Document) -> None:
        self._dirty.pop(document, None)
        if document.workspace is not None:
            before = document.workspace.project
            if document.workspace is self._loose:
                document.workspace.remove(document.relative)
            else:
                document.workspace.close(document.relative)
            if document.workspace.project is not before:
                self._others_changed()
        document.workspace = document.file = None

    def settle(self) -> None:
        """Bring what was typed into the projects."""
        different = False
        for document in list(self._dirty):
            if document.workspace is not None and document.source is not None:
                before = document.workspace.project
                document.file = document.workspace.put(document.relative, document.source)
                different |= document.workspace.project is not before
        self._dirty.clear()
        if different:
            self._others_changed()

    def _others_changed(self) -> None:
        for tell in self.on_change:
            tell()
        self.model_changed()

    def model_changed(self) -> None:
        """Folders or their projects are others."""
        for tell in self.on_model:
            tell()

    def text_of(self, folder_root: Path, workspace: Workspace, path: str) -> tuple[str, Text] | None:
        """The URI and the text of a file of a workspace, as the client sees it."""
        for document in self.documents.values():
            if document.workspace is workspace and document.relative == path:
                return document.uri, document.text
        if workspace is self._loose:
            return None
        file = workspace.file(path)
        return ((folder_root / path).as_uri(), file.text) if file is not None else None

    def uri_of(self, folder: Folder, path: str) -> str:
        """The URI of a file of a folder, as the client writes it if it has it open."""
        opened = (d.uri for d in self.open_in(folder.workspace) if d.relative == path)
        return next(opened, None) or (folder.root / path).as_uri()

    # --- folders ---

    def drop(self, folder: Folder) -> None:
        self.folders.remove(folder.root)
        self.jobs.cancel(("load", folder.root))
        self.jobs.cancel(("disk", folder.root))
        for document in self.documents.values():
            if document.folder is folder:
                self._dirty.pop(document, None)
                document.folder = document.workspace = document.file = None
                document.relative = ""

    def until_read(self, document: Document) -> Work:
        """Wait for the folder of a document, but not for long."""
        while (folder := document.folder) is not None and not folder.workspace.complete:
            asks_again = self.client.refreshes or not self.client.pulls
            late = time.monotonic() > folder.started + (_GRACE if asks_again else _LONG_GRACE)
            if document.uri not in self.documents or not folder.loading:
                return
            if late and folder.workspace.surveyed:
                return
            yield 0.002

    def folder_of(self, uri: str) -> tuple[Folder, str] | None:
        path = to_path(uri)
        return self.folders.around(path) if path is not None else None

    # --- the client ---

    def request(self, method: str, params: Any, then: Callable[[], None] | None = None) -> None:
        """Ask the client for something; `then` follows if it agreed."""

        def done(future: Future[Any]) -> None:
            if then is not None and not future.cancelled() and future.result():
                then()

        self._protocol.send_request(method, params).add_done_callback(done)

    def notify(self, method: str, params: Any) -> None:
        self._protocol.notify(method, params)

    def tell(self, message: str, kind: lsp.MessageType = lsp.MessageType.Warning, key: object = None) -> None:
        """Show a message, once for each key, and write it to the log."""
        if (key or message) in self._told:
            return
        self._told.add(key or message)
        self.notify(lsp.WINDOW_LOG_MESSAGE, lsp.LogMessageParams(kind, message))
        self.notify(lsp.WINDOW_SHOW_MESSAGE, lsp.ShowMessageParams(kind, message))

    def log(self, message: str, kind: lsp.MessageType = lsp.MessageType.Info) -> None:
        self.notify(lsp.WINDOW_LOG_MESSAGE, lsp.LogMessageParams(kind, message))

    def open_in(self, workspace: Workspace) -> Iterator[Document]:
        return (d for d in self.documents.values() if d.workspace is workspace)
