"""Diagnostics: answered when the client pulls, else pushed; never both."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from lsprotocol import converters
from lsprotocol import types as lsp

from nestwise.lint.run import Checked
from nestwise.lsp.convert import to_diagnostic
from nestwise.lsp.documents import Document
from nestwise.lsp.folders import Folder
from nestwise.lsp.jobs import Work
from nestwise.lsp.session import Session
from nestwise.lsp.settings_file import error_report, is_settings, settings_report
from nestwise.syntax.text import Text
from nestwise.workspace import Workspace

_PUSH_DELAY = 0.002
"""Seconds in which several changes become one answer."""
_OTHERS_DELAY = 0.15
"""Seconds of rest before other documents are checked again."""
_PART = 50
"""Reports of a workspace that are sent together where the client takes them in parts."""


@dataclass(frozen=True)
class Report:
    items: list[lsp.Diagnostic]
    id: str
    """Equal ids mean equal diagnostics, across versions and restarts."""

    @classmethod
    def of(cls, items: list[lsp.Diagnostic]) -> Report:
        plain = msgspec.json.encode(_converter().unstructure(items))
        return cls(items, blake2b(plain, digest_size=8).hexdigest())


@lru_cache
def _converter() -> Any:
    return converters.get_converter()


_NOTHING = Report([], "0")


@dataclass
class Diagnostics:
    session: Session
    _closed: dict[Path, tuple[object, Report]] = field(default_factory=dict)
    """What a client that pulls was told of files that are not open, with the results it came from."""
    _pushed: set[str] = field(default_factory=set)
    """URIs that have pushed diagnostics which are not those of an open document."""

    # --- one document ---

    def report(self, document: Document) -> Report:
        session = self.session
        session.settle()
        if is_settings(document.name):
            return _of(settings_report(document.path, document.text, session.client.encoding))
        workspace, file = document.workspace, document.file
        if workspace is None or file is None or not workspace.checks(document.relative):
            return _NOTHING
        root = document.folder.root if document.folder is not None else Path("/")
        return self._convert(root, workspace, workspace.check(file), document.text)

    def _convert(self, root: Path, workspace: Workspace, checked: Checked, text: Text) -> Report:
        session = self.session
        for failure in checked.failures:
            where = checked.file.path
            session.tell(
                f"{failure.message}. It found nothing in {where}; the other rules did their work. "
                "This is a bug in the rule, please report it.",
                lsp.MessageType.Error,
                key=failure.rule,
            )

        def place(path: str) -> tuple[str, Text] | None:
            return session.text_of(root, workspace, path)

        return _of([to_diagnostic(text, d, session.client, place) for d in checked.diagnostics])

    # --- pull ---

    def pull(self, params: lsp.DocumentDiagnosticParams) -> Any:
        document = self.session.documents.get(params.text_document.uri)
        if document is None:
            return _full(self._closed_file(params.text_document.uri))
        if document.folder is not None and not document.folder.workspace.complete:
            return self._pull_later(document, params.previous_result_id)
        return self._answer(document, params.previous_result_id)

    def _pull_later(self, document: Document, previous: str | None) -> Generator[float | None, None, Any]:
        yield from self.session.until_read(document)
        return self._answer(document, previous)

    def _answer(self, document: Document, previous: str | None) -> Any:
        report = self.report(document)
        document.answered, document.answered_version = report.id, document.version
        if report.id == previous:
            return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=report.id)
        return _full(report)

    def _closed_file(self, uri: str) -> Report:
        found = self.session.folder_of(uri)
        return (self._closed_report(*found) or _NOTHING) if found is not None else _NOTHING

    def _closed_report(self, folder: Folder, path: str) -> Report | None:
        """The report of a file that is not open, as remembered or new; None if it is not checked."""
        workspace, key = folder.workspace, folder.root / path
        if not workspace.checks(path):
            return None
        held, known = workspace.held(path), self._closed.get(key)
        if held is not None and known is not None and known[0] is held.diagnostics:
            return known[1]
        file = workspace.file(path)
        if file is None:
            return None
        checked = workspace.check(file)
        report = self._convert(folder.root, workspace, checked, file.text)
        self._closed[key] = checked.diagnostics, report
        return report

    def pull_workspace(self, params: lsp.WorkspaceDiagnosticParams) -> Generator[float | None, None, Any]:
        previous = {item.uri: item.value for item in params.previous_result_ids}
        while any(folder.loading for folder in self.session.folders):
            yield 0.01
        parts: list[Any] = []
        for report in self._workspace_reports(previous):
            if report is None:
                yield None
                continue
            parts.append(report)
            if params.partial_result_token is not None and len(parts) == _PART:
                value = lsp.WorkspaceDiagnosticReportPartialResult(items=parts)
                self.session.notify(lsp.PROGRESS, _progress(params.partial_result_token, value))
                parts = []
        if params.partial_result_token is not None and parts:
            value = lsp.WorkspaceDiagnosticReportPartialResult(items=parts)
            self.session.notify(lsp.PROGRESS, _progress(params.partial_result_token, value))
            parts = []
        gc.freeze()  # what was remembered of all files stays
        return lsp.WorkspaceDiagnosticReport(items=parts)

    def _workspace_reports(self, previous: dict[str, str]) -> Iterator[Any]:
        """What is new or has findings; None between two files."""
        left = dict(previous)
        for uri, version, report in self._all():
            if report is not None and (report.items or uri in left):
                yield _workspace_report(uri, version, report, left.pop(uri, None))
            yield None
        for uri, result_id in left.items():  # gone, or checked no more
            yield _workspace_report(uri, None, _NOTHING, result_id)

    def _all(self) -> Iterator[tuple[str, int | None, Report | None]]:
        session = self.session
        session.settle()
        done: set[Path | None] = set()
        for document in list(session.documents.values()):
            done.add(document.path)
            yield document.uri, document.version, self.report(document)
        for folder in session.folders:
            if folder.error is not None and Path(folder.error.path) not in done:
                wrong = Path(folder.error.path)
                yield wrong.as_uri(), None, _of(error_report(folder.error, session.client.encoding))
            inner = session.folders.inside(folder)
            for path in list(folder.workspace.project):
                report = self._closed_report(folder, path)
                full = folder.root / path
                if report is None or full in done or any(full.is_relative_to(root) for root in inner):
                    yield "", None, None
                else:
                    yield full.as_uri(), None, report

    # --- push ---

    def push_soon(self, document: Document) -> None:
        if not self.session.client.pulls:
            self.session.jobs.add(("push", document.uri), self._push_work(document), _PUSH_DELAY)

    def _push_work(self, document: Document) -> Work:
        yield from self.session.until_read(document)
        if self.session.documents.get(document.uri) is document:
            self._push(document, self.report(document))

    def _push(self, document: Document, report: Report) -> None:
        document.answered, document.answered_version = report.id, document.version
        self._publish(document.uri, report.items, document.version)

    def _publish(self, uri: str, items: list[lsp.Diagnostic], version: int | None = None) -> None:
        params = lsp.PublishDiagnosticsParams(uri=uri, diagnostics=items, version=version)
        self.session.notify(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def closed(self, document: Document) -> None:
        self.session.jobs.cancel(("push", document.uri))
        if not self.session.client.pulls:
            self._publish(document.uri, [])
            self.push_settings()

    def push_settings(self) -> None:
        """Mistakes in settings, for files that are not open."""
        if self.session.client.pulls:
            return
        opened = {document.path for document in self.session.documents.values()}
        wrong = {Path(f.error.path): f.error for f in self.session.folders if f.error is not None}
        now = {path.as_uri(): error for path, error in wrong.items() if path not in opened}
        for uri, error in now.items():
            self._publish(uri, error_report(error, self.session.client.encoding))
        for uri in self._pushed - now.keys():
            if uri not in self.session.documents:
                self._publish(uri, [])
        self._pushed = set(now)

    # --- when something else changed ---

    def others_changed(self) -> None:
        """Check again what the client already knows, when there is time."""
        self.session.jobs.add("others", self._others(), _OTHERS_DELAY)

    def _others(self) -> Work:
        stale = False
        for document in list(self.session.documents.values()):
            current = document.version == document.answered_version
            if document.answered is None or not current or document.uri not in self.session.documents:
                continue
            report = self.report(document)
            if report.id != document.answered:
                stale = True
                if not self.session.client.pulls:
                    self._push(document, report)
            yield None
        for folder in self.session.folders:
            for path in [p for p in self._closed if p.is_relative_to(folder.root)]:
                before = self._closed[path][1]
                after = self._closed_report(folder, path.relative_to(folder.root).as_posix())
                if after is None:
                    self._closed.pop(path, None)
                stale = stale or before.id != (after or _NOTHING).id
                yield None
        if stale:
            self.ask_again()

    def everything_changed(self) -> None:
        """A folder was read, or settings are others."""
        self.push_settings()
        known = [d for d in self.session.documents.values() if d.answered is not None]
        for document in known:
            self.push_soon(document)
        if known or self._closed:
            self.ask_again()

    def ask_again(self) -> None:
        if self.session.client.pulls and self.session.client.refreshes:
            self.session.request(lsp.WORKSPACE_DIAGNOSTIC_REFRESH, None)


def _of(items: list[lsp.Diagnostic]) -> Report:
    return Report.of(items) if items else _NOTHING


def _full(report: Report) -> lsp.RelatedFullDocumentDiagnosticReport:
    return lsp.RelatedFullDocumentDiagnosticReport(items=report.items, result_id=report.id)


def _progress(token: lsp.ProgressToken, value: Any) -> lsp.ProgressParams:
    return lsp.ProgressParams(token=token, value=_converter().unstructure(value))


def _workspace_report(uri: str, version: int | None, report: Report, previous: str | None) -> Any:
    if report.id == previous:
        return lsp.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, version=version, result_id=report.id)
    return lsp.WorkspaceFullDocumentDiagnosticReport(
        uri=uri, version=version, items=report.items, result_id=report.id
    )
