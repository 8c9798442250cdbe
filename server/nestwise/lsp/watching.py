"""What changes on disk: told by the client if it watches files, else looked for on open and on save."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as lsp

from nestwise.lsp.diagnostics import Diagnostics
from nestwise.lsp.folders import Folder
from nestwise.lsp.jobs import Work
from nestwise.lsp.loading import Loading
from nestwise.lsp.session import Session
from nestwise.lsp.settings_file import is_settings
from nestwise.lsp.uris import to_path
from nestwise.project.files import FORMATTERS, MANIFESTS, SCHEMA
from nestwise.syntax.source import dialect_of

_DELAY = 0.05
"""Seconds in which events are gathered: a change of branch brings thousands."""
_FEW = 32
"""So many changed files are read at once; for more the folder is read again in slices."""

_ANY_CHANGE = (
    "**/*.{ts,tsx,mts,cts,prisma}",
    "**/{nestwise,package,nest-cli,project,nx,lerna,tsconfig*,tsconfig*.*}.json",
    "**/pnpm-workspace.yaml",
    "**/.gitignore",
    "**/{.prettierrc,.prettierrc.*,prettier.config.*,biome.json,biome.jsonc,.editorconfig,.eslintrc,.eslintrc.*}",
)


@dataclass
class Watching:
    session: Session
    diagnostics: Diagnostics
    loading: Loading

    def register(self) -> None:
        if not self.session.client.watches:
            return
        watchers: list[lsp.FileSystemWatcher] = [lsp.FileSystemWatcher(glob) for glob in _ANY_CHANGE]
        # A folder that goes may be told as one event, without its files.
        watchers.append(lsp.FileSystemWatcher("**/*", lsp.WatchKind.Delete))
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = lsp.Registration(
            "nestwise-files", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, register_options=options
        )
        self.session.request(lsp.CLIENT_REGISTER_CAPABILITY, lsp.RegistrationParams([registration]))

    def changed(self, params: lsp.DidChangeWatchedFilesParams) -> None:
        for event in params.changes:
            path = to_path(event.uri)
            if path is None:
                continue
            stays = event.type == lsp.FileChangeType.Changed
            for folder in self.session.folders:
                if path.is_relative_to(folder.root) and _matters(path, event.type):
                    folder.touched[path.relative_to(folder.root).as_posix()] = stays
                elif is_settings(path.name) and folder.root.is_relative_to(path.parent):
                    folder.touched[os.path.relpath(path, folder.root).replace(os.sep, "/")] = stays
        for folder in self.session.folders:
            if folder.touched:
                self.session.jobs.add(("disk", folder.root), self._work(folder), _DELAY)

    def look(self, path: Path | None) -> None:
        """Look at the whole folder of a file: the client opened or saved it, and does not watch files."""
        if path is None or self.session.client.watches:
            return
        for folder in self.session.folders:
            if folder.workspace.complete and (
                path.is_relative_to(folder.root)
                or (is_settings(path.name) and folder.root.is_relative_to(path.parent))
            ):
                folder.touched[os.path.relpath(path, folder.root).replace(os.sep, "/")] = False
                self.session.jobs.add(("disk", folder.root), self._work(folder), _DELAY)

    def _work(self, folder: Folder) -> Work:
        touched = dict(folder.touched)
        folder.touched.clear()
        if folder.loading:
            folder.stale = True
            self.reload_settings(folder)
            return
        whole = not all(touched.values()) or len(touched) > _FEW
        if whole or any(is_settings(path.rpartition("/")[2]) for path in touched):
            whole |= self.reload_settings(folder)
        if not whole:
            before = folder.workspace.project
            sources = [path for path in touched if dialect_of(path) is not None]
            whole = len(sources) < len(touched) or not folder.workspace.changed(sources)
            yield None
            if folder.workspace.project is not before:
                self.diagnostics.everything_changed()
                self.session.model_changed()
        if whole:
            self.loading.load(folder)

    def reload_settings(self, folder: Folder) -> bool:
        """Take new settings, or say what is wrong with them. True if the folder must be read again."""
        excluded, error = folder.workspace.settings.exclude, folder.error
        changed = folder.read_settings()
        self.tell_settings(folder)
        if changed or str(error) != str(folder.error):
            self.session.log(f"{folder.root}: settings were read again.")
            self.diagnostics.everything_changed()
        return folder.workspace.settings.exclude != excluded

    def tell_settings(self, folder: Folder) -> None:
        if folder.error is not None:
            first, *rest = str(folder.error).splitlines()
            more = f" (and {len(rest)} more)" if rest else ""
            self.session.tell(f"{first}{more} Until it is mended, the last good settings count.")
        self.diagnostics.push_settings()
        self.loading.status.tell()


def _matters(path: Path, kind: lsp.FileChangeType) -> bool:
    name = path.name
    if ".git" in path.parts or "node_modules" in path.parts:
        return False
    if dialect_of(name) is not None or name in MANIFESTS or is_settings(name) or name == ".gitignore":
        return True
    if name.startswith("tsconfig") or name.endswith(SCHEMA) or name in FORMATTERS:
        return True
    return kind == lsp.FileChangeType.Deleted and "." not in name  # perhaps a folder
