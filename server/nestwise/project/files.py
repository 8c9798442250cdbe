"""Which files a workspace has, and what part each plays."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from nestwise.syntax.dialect import dialect_of

MANIFESTS = frozenset(
    {"package.json", "tsconfig.json", "tsconfig.base.json", "nest-cli.json", "project.json"}
)
_NEVER = frozenset({"node_modules", "bower_components", "coverage", "__pycache__"})
_OUTPUT = frozenset({"dist", "build", "out", "tmp"})
"""Build output, unless it lies inside a source folder."""


class Role(StrEnum):
    PRODUCTION = "production"
    TEST = "test"
    SEED = "seed"
    MIGRATION = "migration"
    SCRIPT = "script"
    CONFIG = "config"
    BOOTSTRAP = "bootstrap"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or understood, with the remedy in its message."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class FileList:
    paths: tuple[str, ...]
    """TypeScript sources, relative to the root, with `/`, sorted."""
    problems: tuple[Problem, ...] = ()
    manifests: tuple[str, ...] = ()
    """The files named in MANIFESTS in the folders that were listed, sorted."""


def list_files(root: Path, exclude: Iterable[str] = ()) -> FileList:
    """The TypeScript sources below a folder: no declarations, no dependencies, no build output,
    nothing that `.gitignore` files name. Symbolic links to folders are not followed."""
    walk = _Walk(tuple(exclude))
    walk.folder(str(root), "", ())
    return FileList(tuple(sorted(walk.paths)), tuple(walk.problems), tuple(sorted(walk.manifests)))


def accepts(root: Path, path: str, exclude: Iterable[str] = ()) -> bool:
    """Would `list_files` name this source if it were there?"""
    walk = _Walk(tuple(exclude))
    ignores: _Ignore = ()
    relative = ""
    *folders, name = path.split("/")
    for folder in (*folders, ""):
        ignores = (*ignores, *_read_gitignore(os.path.join(root, relative, ".gitignore"), relative))
        if folder and walk.skips_folder(folder, relative, relative + folder, ignores):
            return False
        relative += f"{folder}/" if folder else ""
    return dialect_of(name) is not None and walk.takes(path, ignores)


_Ignore = tuple[tuple[re.Pattern[str], bool, bool, str], ...]


class _Walk:
    def __init__(self, exclude: tuple[str, ...]) -> None:
        self.exclude = exclude
        self.paths: list[str] = []
        self.manifests: list[str] = []
        self.problems: list[Problem] = []

    def folder(self, full: str, relative: str, ignores: _Ignore) -> None:
        try:
            entries = list(os.scandir(full))
        except OSError as error:
            self.problems.append(Problem(relative or ".", f"cannot be read: {error.strerror}"))
            return
        if any(e.name == ".gitignore" for e in entries):
            ignores = (*ignores, *_read_gitignore(os.path.join(full, ".gitignore"), relative))
        for entry in entries:
            path = f"{relative}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if not self.skips_folder(entry.name, relative, path, ignores):
                    self.folder(entry.path, f"{path}/", ignores)
            elif dialect_of(entry.name) is not None and entry.is_file() and self.takes(path, ignores):
                self.paths.append(path)
            elif entry.name in MANIFESTS:
                self.manifests.append(path)

    def takes(self, path: str, ignores: _Ignore) -> bool:
        return not _ignored(path, False, ignores) and not self._excluded(path)

    def skips_folder(self, name: str, relative: str, path: str, ignores: _Ignore) -> bool:
        if name[0] == "." or name in _NEVER:
            return True
        if name in _OUTPUT and "src/" not in relative:
            return True
        return _ignored(path, True, ignores) or self._excluded(path)

    def _excluded(self, path: str) -> bool:
        name = path.rpartition("/")[2]
        return any(fnmatchcase(path, p) or fnmatchcase(name, p) for p in self.exclude)


def _read_gitignore(file: str, base: str) -> _Ignore:
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return ()
    out = []
    for line in lines:
        pattern = line.rstrip()
        if not pattern or pattern.startswith("#"):
            continue
        keep = pattern.startswith("!")
        pattern = pattern[1:] if keep else pattern
        only_folders = pattern.endswith("/")
        pattern = pattern.rstrip("/")
        anchored = "/" in pattern
        body = _glob(pattern.lstrip("/"))
        try:
            compiled = re.compile(body if anchored else f"(?:.*/)?{body}")
        except re.error:
            continue
        out.append((compiled, keep, only_folders, base))
    return tuple(out)


def _glob(pattern: str) -> str:
    out, i = "", 0
    while i < len(pattern):
        if pattern.startswith("**/", i):
            out, i = out + "(?:.*/)?", i + 3
        elif pattern.startswith("**", i):
            out, i = out + ".*", i + 2
        elif pattern[i] == "*":
            out, i = out + "[^/]*", i + 1
        elif pattern[i] == "?":
            out, i = out + "[^/]", i + 1
        elif pattern[i] == "[" and (end := pattern.find("]", i + 1)) > 0:
            out, i = out + pattern[i : end + 1].replace("[!", "[^"), end + 1
        else:
            out, i = out + re.escape(pattern[i]), i + 1
    return out


def _ignored(path: str, folder: bool, ignores: _Ignore) -> bool:
    found = False
    for pattern, keep, only_folders, base in ignores:
        if only_folders and not folder:
            continue
        if pattern.fullmatch(path[len(base) :]):
            found = not keep
    return found


_TEST = re.compile(
    r"[. -](?:spec|test|e2e|e2e-spec|e2e-ee|int-spec|integration-spec|mock)\.[mc]?tsx?$"
    r"|^(?:test|tests|e2e)\.ts$|/(?:__tests__|__mocks__)/"
)
_TEST_FOLDERS = frozenset({"test", "tests", "e2e", "__tests__", "__mocks__"})
_BOOT = re.compile(r"(?:^|/)(?:main|bootstrap|instrument(?:ation)?|cluster|cli|setup)[\w.-]*\.[mc]?ts$")
_CONFIG = re.compile(
    r"(?:^|/)(?:[\w.-]*\.config|config|configuration|env[\w.-]*|[\w.-]*\.env|data-source)\.[mc]?ts$|(?:^|/)configs?/"
)


@lru_cache(65536)
def role_of(path: str) -> Role:
    """The part a file plays, by its path alone: `mock-server/` and `factories/` are products."""
    folders = path.lower().split("/")[:-1]
    name = path.lower().rpartition("/")[2]
    if _TEST.search(path) or not _TEST_FOLDERS.isdisjoint(folders):
        return Role.TEST
    if ".template." in name:
        return Role.TEMPLATE
    if "migrations" in folders or "migration" in folders or ".migration." in name:
        return Role.MIGRATION
    if "seeds" in folders or "seed" in folders or "seeders" in folders or re.search(r"\bseed(?:er)?\b", name):
        return Role.SEED
    if "scripts" in folders or "script" in folders or "bin" in folders or "tools" in folders[:1]:
        return Role.SCRIPT
    if _BOOT.search(path):
        return Role.BOOTSTRAP
    return Role.CONFIG if _CONFIG.search(path) else Role.PRODUCTION


_GENERATED = re.compile(rb"@generated|auto-?generated|DO NOT (?:EDIT|MODIFY)|generated by", re.I)


def is_generated(data: bytes) -> bool:
    """Does the head of a file say that a tool wrote it?"""
    head = data[:400]
    return head.lstrip().startswith((b"/", b"*")) and _GENERATED.search(head) is not None
