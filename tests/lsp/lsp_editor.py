"""An editor as the server sees one: a process on the other end of two pipes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest_lsp
from lsprotocol import converters
from lsprotocol import types as lsp
from pygls.protocol import JsonRPCNotification, JsonRPCResponseMessage

HERE = Path(__file__).parent
WAIT = 20.0
"""Seconds after which a test gives up; the machine may be busy."""


def units(text: str, encoding: str) -> int:
    if encoding == "utf-8":
        return len(text.encode())
    return len(text) if encoding == "utf-32" else len(text.encode("utf-16-le")) // 2


class Editor:
    """Keeps its own copy of each open document, and applies edits by its own arithmetic."""

    def __init__(self, client: Any, root: Path, encoding: str) -> None:
        self.client = client
        self.root = root
        self.encoding = encoding
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.published: list[lsp.PublishDiagnosticsParams] = []
        self.registered: list[lsp.Registration] = []
        self.capabilities = lsp.ServerCapabilities()
        """The server's."""
        self.progress: list[tuple[Any, Any]] = []
        """Token and value."""
        self.statuses: list[dict[str, Any]] = []
        self.model_changes: list[float] = []
        """When the server said so, on the monotonic clock."""

    # --- places ---

    def uri(self, path: str) -> str:
        return path if ":" in path else (self.root / path).as_uri()

    def position(self, path: str, offset: int) -> lsp.Position:
        before = self.texts[self.uri(path)][:offset]
        line = before.count("\n")
        return lsp.Position(line, units(before[before.rfind("\n") + 1 :], self.encoding))

    def range(self, path: str, part: str, nth: int = 0) -> lsp.Range:
        """Where a part of the text is."""
        start = -1
        for _ in range(nth + 1):
            start = self.texts[self.uri(path)].index(part, start + 1)
        return lsp.Range(self.position(path, start), self.position(path, start + len(part)))

    def _offset(self, uri: str, position: lsp.Position) -> int:
        lines = self.texts[uri].split("\n")
        before = sum(len(line) + 1 for line in lines[: position.line])
        line, at = lines[position.line], 0
        while units(line[:at], self.encoding) < position.character:
            at += 1
            assert at <= len(line), f"{position} lies outside of the line"
        return before + at

    def under(self, path: str, found: lsp.Diagnostic | lsp.Hover) -> str:
        """The text that a range covers."""
        uri, area = self.uri(path), found.range
        assert area is not None
        return self.texts[uri][self._offset(uri, area.start) : self._offset(uri, area.end)]

    # --- documents ---

    def open(self, path: str, text: str | None = None, language: str = "typescript") -> str:
        uri = self.uri(path)
        if text is None:
            text = (self.root / path).read_text("utf-8", errors="surrogateescape")
        self.texts[uri], self.versions[uri] = text, 1
        item = lsp.TextDocumentItem(uri, language, 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return uri

    def change(self, path: str, *changes: tuple[str, str], full: bool = False) -> None:
        """Replace parts of the text, one after the other, in one message."""
        uri = self.uri(path)
        events: list[Any] = []
        for old, new in changes:
            area = self.range(path, old) if old else lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
            self.texts[uri] = self.texts[uri].replace(old, new, 1) if old else new + self.texts[uri]
            events.append(lsp.TextDocumentContentChangePartial(range=area, text=new))
        if full:
            events = [lsp.TextDocumentContentChangeWholeDocument(self.texts[uri])]
        self.send(path, events)

    def send(self, path: str, events: list[Any]) -> None:
        uri = self.uri(path)
        self.versions[uri] += 1
        identifier = lsp.VersionedTextDocumentIdentifier(version=self.versions[uri], uri=uri)
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, events))

    def save(self, path: str) -> None:
        uri = self.uri(path)
        (self.root / path).write_text(self.texts[uri], "utf-8")
        self.client.text_document_did_save(lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(uri)))

    def close(self, path: str) -> None:
        uri = self.uri(path)
        del self.texts[uri]
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))

    def apply(self, edit: lsp.WorkspaceEdit) -> None:
        """Apply an edit as an editor does, and tell the server: open documents change, others on disk."""
        by_uri: dict[str, list[Any]] = {uri: list(edits) for uri, edits in (edit.changes or {}).items()}
        events: list[tuple[str, lsp.FileChangeType]] = []
        for change in edit.document_changes or ():
            if isinstance(change, lsp.CreateFile):
                path = Path(unquote(urlsplit(change.uri).path))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.open("x").close()
                events.append((change.uri, lsp.FileChangeType.Created))
                continue
            assert isinstance(change, lsp.TextDocumentEdit)
            assert change.text_document.version == self.versions.get(change.text_document.uri)
            by_uri[change.text_document.uri] = list(change.edits)
        for uri, edits in by_uri.items():
            opened = uri in self.texts
            path = Path(unquote(urlsplit(uri).path))
            if not opened:
                self.texts[uri] = path.read_text("utf-8")
            text = self.texts[uri]
            spots = [(self._offset(uri, e.range.start), self._offset(uri, e.range.end), e) for e in edits]
            for start, end, one in sorted(spots, key=lambda s: s[:2], reverse=True):
                text = text[:start] + one.new_text + text[end:]
            if opened:
                self.texts[uri] = text
                self.send(uri, [lsp.TextDocumentContentChangeWholeDocument(text)])
            else:
                del self.texts[uri]
                path.write_text(text, "utf-8")
                events.append((uri, lsp.FileChangeType.Changed))
        if events:
            self.disk(*events)

    # --- questions ---

    async def pull(self, path: str, previous: str | None = None) -> Any:
        identifier = lsp.TextDocumentIdentifier(self.uri(path))
        params = lsp.DocumentDiagnosticParams(identifier, previous_result_id=previous)
        return await asyncio.wait_for(self.client.text_document_diagnostic_async(params), WAIT)

    async def found(self, path: str) -> list[lsp.Diagnostic]:
        """The diagnostics of a document, pulled or pushed, for the version that it has now."""
        if self.capabilities.diagnostic_provider is not None:
            return list((await self.pull(path)).items)
        uri = self.uri(path)

        def last() -> lsp.PublishDiagnosticsParams | None:
            return next((p for p in reversed(self.published) if p.uri == uri), None)

        await self.until(lambda: (now := last()) is not None and now.version == self.versions[uri])
        now = last()
        assert now is not None
        return list(now.diagnostics)

    async def rules(self, path: str) -> list[str]:
        return [str(d.code) for d in await self.found(path)]

    async def workspace(self, **previous: str) -> dict[str, Any]:
        ids = [lsp.PreviousResultId(uri, value) for uri, value in previous.items()]
        params = lsp.WorkspaceDiagnosticParams(ids)
        report = await asyncio.wait_for(self.client.workspace_diagnostic_async(params), WAIT)
        return {item.uri.removeprefix(self.root.as_uri() + "/"): item for item in report.items}

    async def actions(
        self, path: str, area: lsp.Range, only: list[str] | None = None
    ) -> list[lsp.CodeAction]:
        context = lsp.CodeActionContext([], only=only)
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(self.uri(path)), area, context)
        return list(await asyncio.wait_for(self.client.text_document_code_action_async(params), WAIT) or ())

    async def do(self, action: lsp.CodeAction) -> None:
        """Choose an action: resolve it if it came without its edit, and apply it."""
        if action.edit is None:
            action = await self.client.code_action_resolve_async(action)
        assert action.edit is not None
        self.apply(action.edit)

    async def hover(self, path: str, position: lsp.Position) -> lsp.Hover | None:
        params = lsp.HoverParams(lsp.TextDocumentIdentifier(self.uri(path)), position)
        found: lsp.Hover | None = await self.client.text_document_hover_async(params)
        return found

    async def ask(self, method: str) -> dict[str, Any]:
        """A request of the server's own, `nestwise/…`."""
        found = await asyncio.wait_for(self.client.protocol.send_request_async(method, {}), WAIT)
        assert isinstance(found, dict)
        return found

    async def until(self, what: Callable[[], Any]) -> None:
        async with asyncio.timeout(WAIT):
            while not what():
                await asyncio.sleep(0.01)

    async def until_rules(self, path: str, wanted: list[str]) -> None:
        """Ask until these and no others are found: for what takes effect by and by."""
        async with asyncio.timeout(WAIT):
            while await self.rules(path) != wanted:
                await asyncio.sleep(0.05)

    def disk(self, *events: tuple[str, lsp.FileChangeType]) -> None:
        changes = [lsp.FileEvent(self.uri(path), kind) for path, kind in events]
        self.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(changes))

    @property
    def log(self) -> str:
        return "\n".join(message.message for message in self.client.log_messages)

    @property
    def shown(self) -> list[str]:
        return [message.message for message in self.client.messages]


_NAMES = {"vscode": "vscode-1.139", "neovim": "neovim-0.12", "emacs": "emacs-30", "kate": "kate-22.12"}


def capabilities(name: str) -> lsp.ClientCapabilities:
    facts = json.loads((HERE / "clients" / f"{_NAMES.get(name, name)}.json").read_text("utf-8"))
    found: lsp.ClientCapabilities = converters.get_converter().structure(
        facts["capabilities"], lsp.ClientCapabilities
    )
    return found


def _plain(value: Any) -> Any:
    return value._asdict() if hasattr(value, "_asdict") else converters.get_converter().unstructure(value)


async def connect(
    root: Path,
    client: str = "vscode",
    *,
    folders: list[Path] | None = None,
    env: Mapping[str, str] | None = None,
    experimental: Any = None,
    **more: Any,
) -> Editor:
    """Start a server and say hello. `folders` are the client's; without them `root` is the only one.
    `experimental`: capabilities beyond the standard."""
    connected = pytest_lsp.make_test_lsp_client()
    editor = Editor(connected, root, "utf-16")

    listening: dict[str, Callable[..., Any]] = connected.protocol.fm.features
    listening[lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS] = editor.published.append
    listening[lsp.PROGRESS] = lambda params: editor.progress.append((params.token, _plain(params.value)))
    listening[lsp.CLIENT_REGISTER_CAPABILITY] = lambda params: editor.registered.extend(params.registrations)
    for kind in (JsonRPCNotification, JsonRPCResponseMessage):  # what pygls does not know stays as it is
        connected.protocol._converter.register_structure_hook(kind, lambda value, cls: cls(**value))
    listening["nestwise/status"] = editor.statuses.append
    listening["nestwise/modelChanged"] = lambda _: editor.model_changes.append(time.monotonic())
    await connected.start_io(sys.executable, "-m", "nestwise", "lsp", env={**os.environ, **(env or {})})
    given = [root] if folders is None else folders
    if "root_uri" not in more:
        more["workspace_folders"] = [lsp.WorkspaceFolder(folder.as_uri(), folder.name) for folder in given]
    can = capabilities(client)
    can.experimental = experimental
    params = lsp.InitializeParams(capabilities=can, **{"root_uri": None, **more})
    result = await asyncio.wait_for(connected.initialize_session(params), WAIT)
    editor.capabilities = result.capabilities
    encoding = result.capabilities.position_encoding
    editor.encoding = str(getattr(encoding, "value", encoding))
    return editor
