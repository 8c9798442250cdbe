"""What the client can do, read from `initialize` as it came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nestwise.lsp.uris import to_path

_ENCODINGS = ("utf-8", "utf-16", "utf-32")


@dataclass(frozen=True)
class Client:
    name: str = ""
    """With its version, as it calls itself."""
    process: int | None = None
    encoding: str = "utf-16"
    """The unit of columns: utf-8, utf-16 or utf-32."""
    folders: tuple[Path, ...] = ()

    pulls: bool = False
    """Does it ask for diagnostics, and again when told to? Then none are pushed. One that cannot be told to
    ask again (Neovim 0.10) would never learn that another file changed what it knows of this one."""
    refreshes: bool = False
    """Can it be told to ask again?"""
    pulls_workspace: bool = True
    """May it be told that it can ask for the whole workspace? Neovim (0.12) then asks for nothing else
    after a refresh, and ignores what it gets for the documents that are open."""
    related: bool = False
    describes: bool = False
    """Does it show `codeDescription`?"""
    tags: frozenset[int] = frozenset()

    literals: bool = False
    """Does it know code actions that are not commands?"""
    resolves: bool = False
    """Does it ask for the edit of a code action when that is chosen?"""
    resolves_commands: bool = False
    disabled: bool = False
    preferred: bool = False
    document_changes: bool = False
    creates: bool = False
    """Can an edit of the workspace create files?"""
    annotates: bool = False
    """Can an edit say that it wants to be looked at before it is made?"""

    markdown: bool = False
    progress: bool = False
    """Does it show progress of the server's, and has no place of its own for that?"""
    watches: bool = False
    """Can it be asked to watch files?"""
    shows_documents: bool = False

    wants_status: bool = False
    """Does it show `nestwise/status`?"""
    wants_model: bool = False
    """Is it told when routes or modules are others (`nestwise/modelChanged`)?"""
    hovers_findings: bool = False
    """Does it show findings on hover by itself?"""

    @classmethod
    def of(cls, params: Any) -> Client:
        """Whatever was sent: what is missing or of another type counts as absent."""

        def get(path: str) -> Any:
            return _get(params, f"capabilities.{path}")

        offered = get("general.positionEncodings")
        known = [e for e in offered if e in _ENCODINGS] if isinstance(offered, list) else []
        pull, publish = "textDocument.diagnostic", "textDocument.publishDiagnostics"
        shown = pull if isinstance(get(pull), dict) else publish
        tags = get(f"{shown}.tagSupport.valueSet")
        formats = get("textDocument.hover.contentFormat")
        resolved = get("textDocument.codeAction.resolveSupport.properties")
        process = _get(params, "processId")
        refreshes = get("workspace.diagnostics.refreshSupport") is True
        named = (_get(params, "clientInfo.name"), _get(params, "clientInfo.version"))
        edits = "workspace.workspaceEdit"
        operations = get(f"{edits}.resourceOperations")
        return cls(
            name=" ".join(str(part) for part in named if part),
            process=process if isinstance(process, int) else None,
            encoding=known[0] if known else "utf-16",
            folders=tuple(dict.fromkeys(_folders(params))),
            pulls=isinstance(get(pull), dict) and (refreshes or not isinstance(get(publish), dict)),
            refreshes=refreshes,
            pulls_workspace=_get(params, "clientInfo.name") != "Neovim",
            related=get(f"{publish}.relatedInformation") is True or get(f"{pull}.relatedInformation") is True,
            describes=get(f"{publish}.codeDescriptionSupport") is not False,
            tags=frozenset(t for t in tags if isinstance(t, int)) if isinstance(tags, list) else frozenset(),
            literals=isinstance(get("textDocument.codeAction.codeActionLiteralSupport"), dict),
            resolves=isinstance(resolved, list)
            and "edit" in resolved
            and get("textDocument.codeAction.dataSupport") is True,
            resolves_commands=isinstance(resolved, list) and "command" in resolved,
            disabled=get("textDocument.codeAction.disabledSupport") is True,
            preferred=get("textDocument.codeAction.isPreferredSupport") is True,
            document_changes=get(f"{edits}.documentChanges") is True,
            creates=isinstance(operations, list) and "create" in operations,
            annotates=isinstance(get(f"{edits}.changeAnnotationSupport"), dict),
            markdown=isinstance(formats, list) and "markdown" in formats,
            progress=get("window.workDoneProgress") is True
            and get("experimental.nestwise.status") is not True,
            watches=get("workspace.didChangeWatchedFiles.dynamicRegistration") is True,
            shows_documents=get("window.showDocument.support") is True,
            wants_status=get("experimental.nestwise.status") is True,
            wants_model=get("experimental.nestwise.model") is True,
            hovers_findings=get("experimental.nestwise.findings") is True,
        )


def _folders(params: Any) -> Iterator[Path]:
    given = _get(params, "workspaceFolders")
    uris = [_get(folder, "uri") for folder in given] if isinstance(given, list) else []
    uris = uris or [_get(params, "rootUri")]
    paths = [to_path(uri) for uri in uris if isinstance(uri, str)]
    if not any(paths) and isinstance(root := _get(params, "rootPath"), str) and root:
        paths = [Path(root)]
    yield from (path for path in paths if path is not None)


def _get(value: Any, path: str) -> Any:
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
