"""The folders that are served, each with its workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nestwise.lint.registry import load_rules
from nestwise.lsp.uris import below
from nestwise.project.layout import Layout, Package
from nestwise.project.roots import root_of
from nestwise.settings import Settings, SettingsError, read_settings
from nestwise.workspace import Workspace

_NEST = Package("", "", frozenset({"@nestjs/common", "@nestjs/core"}))


@dataclass(eq=False)
class Folder:
    root: Path
    workspace: Workspace
    given: bool = True
    """By the client; the others are found around files that it opens."""
    loading: bool = False
    started: float = 0.0
    """When reading began, on the monotonic clock."""
    stale: bool = False
    """Did something change on disk while it was read?"""
    error: SettingsError | None = None
    touched: dict[str, bool] = field(default_factory=dict)
    """Files that may have changed on disk; True for those that are still there."""
    told: set[str] = field(default_factory=set)
    """Problems that the user knows of."""

    @classmethod
    def of(cls, root: Path, given: bool = True) -> Folder:
        folder = cls(root, Workspace(root, Settings(), keep_texts=False), given)
        folder.read_settings()
        return folder

    def read_settings(self) -> bool:
        """Take the settings as they are on disk; broken ones leave the last good ones. Did they change?"""
        known = {rule.id: rule.needs.options for rule in load_rules().values()}
        before = self.workspace.settings
        self.error = None
        try:
            settings = read_settings(self.root, known)
        except SettingsError as error:
            self.error = error
            return False
        if settings == before:
            return False
        self.workspace.settings = settings
        return True


class Folders:
    """Which folder a file belongs to: the innermost of those that the client gave, else the project
    around it."""

    def __init__(self) -> None:
        self._folders: dict[Path, Folder] = {}
        self._roots: dict[Path, Path] = {}
        """What is served for a folder that the client gave."""

    def __iter__(self) -> Iterator[Folder]:
        return iter(list(self._folders.values()))

    def add(self, given: Path) -> Folder | None:
        """Serve a folder; None if it is served already. A folder inside a package, which some editors take
        for the project when there is no repository, stands for the project around it."""
        root = given if (given / "package.json").is_file() else root_of([given])
        self._roots[given] = root
        known = self._folders.get(root)
        if known is not None:
            known.given = True
            return None
        folder = self._folders[root] = Folder.of(root)
        return folder

    def remove(self, given: Path) -> Folder | None:
        """The folder that is no longer served; None where it is, for another one that the client gave."""
        root = self._roots.pop(given, given)
        return self._folders.pop(root, None) if root not in self._roots.values() else None

    def around(self, path: Path) -> tuple[Folder, str] | None:
        """The folder that serves a file, and the file's path in it."""
        best: tuple[Folder, str] | None = None
        for folder in self._folders.values():
            relative = below(folder.root, path)
            if relative is not None and (best is None or len(relative) < len(best[1])):
                best = folder, relative
        return best

    def inside(self, folder: Folder) -> list[Path]:
        """The folders below a folder: their files are theirs."""
        return [root for root in self._folders if root != folder.root and root.is_relative_to(folder.root)]

    def found_around(self, path: Path) -> Folder | None:
        """A new folder for the project around a file, if there is one."""
        root = root_of([path])
        if root in self._folders or not (root / "package.json").is_file():
            return None
        folder = self._folders[root] = Folder.of(root, given=False)
        return folder


def loose_workspace() -> Workspace:
    """For documents that are in no project: each is its own, and may use Nest."""
    workspace = Workspace(Path("/"), Settings(), keep_texts=False)
    workspace.layout = Layout((_NEST,))
    workspace.complete = True
    return workspace
