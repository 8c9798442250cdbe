"""Which files a workspace has, and what part each plays."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from nestwise.project.ignore import Ignore, Ignores, ignore_of, read_ignore
from nestwise.syntax.dialect import dialect_of

_NEVER = frozenset({"node_modules", "bower_components", "coverage", "__pycache__"})
_OUTPUT = frozenset({"dist", "build", "out", "tmp"})
"""Build output, unless it lies inside a source folder."""
MANIFESTS = frozenset(
    {"package.json", "pnpm-workspace.yaml", "lerna.json", "nest-cli.json", "nx.json", "project.json"}
)

T = TypeVar("T")
SCHEMA = ".prisma"
_CODE = ("js", "cjs", "mjs")
PRETTIER = frozenset(
    {".prettierrc"}
    | {f".prettierrc.{ending}" for ending in ("json", "json5", "yaml", "yml", "toml", *_CODE)}
    | {f"prettier.config.{ending}" for ending in _CODE}
)
BIOME = frozenset({"biome.json", "biome.jsonc"})
ESLINT = frozenset({".eslintrc", ".eslintrc.json", ".eslintrc.js", ".eslintrc.cjs"})
EDITORCONFIG = ".editorconfig"
FORMATTERS = PRETTIER | BIOME | ESLINT | {EDITORCONFIG}
"""Settings that say how code is written."""


class Role(StrEnum):
    PRODUCTION = "production"
    TEST = "test"
    SEED = "seed"
    MIGRATION = "migration"
    SCRIPT = "script"
    CONFIG = "config"
    BOOTSTRAP = "bootstrap"
    TEMPLATE = "template"


class Problem(Struct, frozen=True):
    """Something that could not be read or understood, with the remedy in its message."""

    path: str
    message: str


class FileList(Struct, frozen=True):
    """Paths are relative to the root, with `/`, sorted."""

    paths: tuple[str, ...]
    """TypeScript sources."""
    problems: tuple[Problem, ...] = ()
    manifests: tuple[str, ...] = ()
    """Files that say how the sources belong together, package.json, tsconfig.json …, and how they are
    written, .prettierrc, .editorconfig …"""
    schemas: tuple[str, ...] = ()
    """Prisma schemas."""


def list_files(root: Path, exclude: Iterable[str] = (), exclude_base: str = "") -> FileList:
    """The TypeScript sources below a folder: no declarations, no dependencies, no build output, nothing that
    Git ignores, nothing that `exclude` names (patterns as in `.gitignore`, relative to `exclude_base` or the
    root). Symbolic links to folders are not followed."""
    return drained(listing(root, exclude, exclude_base))


def listing(
    root: Path, exclude: Iterable[str] = (), exclude_base: str = ""
) -> Generator[None, None, FileList]:
    """`list_files` in steps of a few folders."""
    walk = _Walk(root, exclude, exclude_base)
    yield from walk.steps()
    return FileList(
        tuple(sorted(walk.paths)),
        tuple(walk.problems),
        tuple(sorted(walk.manifests)),
        tuple(sorted(walk.schemas)),
    )


def drained(work: Generator[None, None, T]) -> T:
    """What work in steps comes to, all at once."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: T = end.value
            return found


def accepts(root: Path, path: str, exclude: Iterable[str] = (), exclude_base: str = "") -> bool:
    """Would `list_files` name this source if it were there?"""
    walk = _Walk(root, exclude, exclude_base)
    ignores, relative = walk.ignores, ""
    *folders, name = path.split("/")
    for part in [*folders, ""]:
        full = os.path.join(walk.top, relative)
        there = {n for n in (".git", ".gitignore") if os.path.lexists(os.path.join(full, n))}
        ignores = walk.ignores_in(full, relative, there, ignores)
        if part and not walk.takes_folder(part, relative, ignores):
            return False
        relative += f"{part}/" if part else ""
    return dialect_of(name) is not None and walk.takes(name, path, False, ignores)


def _repository(folder: str) -> str | None:
    """The working tree of Git around a folder."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _ignores_above(git: str, above: str) -> Ignores:
    """What counts in the root because of folders above it. A root that is ignored itself was asked for by
    name: then the patterns that ignore it do not count inside."""
    ignores = Ignores().with_file(0, _own_excludes(git))
    folder, path = git, ""
    for name in above.split("/") if above else ():
        ignores = ignores.with_file(len(os.fsencode(path)), read_ignore(os.path.join(folder, ".gitignore")))
        if ignores.ignores(name, path + name, True):
            return Ignores()
        folder, path = os.path.join(folder, name), f"{path}{name}/"
    return ignores


def _own_excludes(tree: str) -> Ignore:
    return read_ignore(os.path.join(_git_folder(tree), "info", "exclude"))


def _git_folder(tree: str) -> str:
    """Where the repository of a working tree is: a linked tree and a submodule have a file that says so."""
    found = os.path.join(tree, ".git")
    try:
        with open(found, encoding="utf-8", errors="replace") as stream:
            found = os.path.join(tree, stream.read(4096).partition("gitdir:")[2].strip())
        with open(os.path.join(found, "commondir"), encoding="utf-8", errors="replace") as stream:
            return os.path.join(found, stream.read(4096).strip())
    except OSError:
        return found


class _Walk:
    def __init__(self, root: Path, exclude: Iterable[str], exclude_base: str) -> None:
        self.top = os.path.abspath(root)
        git = _repository(self.top)
        above = self.top[len(git) :].strip(os.sep).replace(os.sep, "/") if git is not None else ""
        self.above = f"{above}/" if above else ""
        """From the working tree of Git to the root, with a final slash."""
        self.ignores = _ignores_above(git, above) if git is not None else Ignores()
        """What counts in the root because of what lies above it."""
        below = os.path.relpath(self.top, exclude_base or self.top).replace(os.sep, "/")
        self.below = "" if below == "." or below.startswith("..") else f"{below}/"
        """From the folder of the settings to the root, with a final slash."""
        self.excluded = Ignores().with_file(0, ignore_of(exclude))
        self.paths: list[str] = []
        self.manifests: list[str] = []
        self.schemas: list[str] = []
        self.problems: list[Problem] = []

    def steps(self) -> Iterator[None]:
        todo = [(self.top, "", self.ignores)]
        while todo:
            full, relative, ignores = todo.pop()
            yield
            try:
                with os.scandir(full) as found:
                    entries = list(found)
            except OSError as error:
                said = f"cannot be read: {error.strerror}. Check its permissions, or exclude it."
                self.problems.append(Problem(_shown(relative) or ".", said))
                continue
            ignores = self.ignores_in(full, relative, {entry.name for entry in entries}, ignores)
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if self.takes_folder(name, relative, ignores):
                        todo.append((entry.path, f"{relative}{name}/", ignores))
                elif dialect_of(name) is not None:
                    path = relative + name
                    if self.takes(name, path, False, ignores) and self._readable(entry, path):
                        self.paths.append(path)
                elif (
                    name in MANIFESTS
                    or name in FORMATTERS
                    or (name.startswith("tsconfig") and name.endswith(".json"))
                ):
                    self.manifests.append(relative + name)
                elif name.endswith(SCHEMA):
                    path = relative + name
                    if self.takes(name, path, False, ignores) and self._readable(entry, path):
                        self.schemas.append(path)
                elif name == "nestwise.json" and relative:
                    said = "is not used: a workspace has the settings of its root. Move them there."
                    self.problems.append(Problem(_shown(relative + name), said))

    def ignores_in(self, full: str, relative: str, names: set[str], ignores: Ignores) -> Ignores:
        """What counts in a folder that holds `names`."""
        base = len(os.fsencode(self.above + relative))
        if relative and ".git" in names:  # a repository of its own
            ignores = Ignores().with_file(base, _own_excludes(full))
        if ".gitignore" in names:
            ignores = ignores.with_file(base, read_ignore(os.path.join(full, ".gitignore")))
        return ignores

    def takes_folder(self, name: str, relative: str, ignores: Ignores) -> bool:
        if name in _NEVER or (name in _OUTPUT and "/src/" not in f"/{relative}"):
            return False
        return self.takes(name, relative + name, True, ignores)

    def takes(self, name: str, path: str, folder: bool, ignores: Ignores) -> bool:
        if name[0] == "." or (ignores.files and ignores.ignores(name, self.above + path, folder)):
            return False
        excluded = self.excluded
        return not (excluded.files and excluded.ignores(name, self.below + path, folder))

    def _readable(self, entry: os.DirEntry[str], path: str) -> bool:
        try:
            is_file = entry.is_file()
        except OSError:  # a link to itself
            is_file = False
        if not is_file:
            kind = "a link that leads nowhere" if entry.is_symlink() else "a pipe, a socket or a device"
            self.problems.append(Problem(_shown(path), f"is {kind} and was not read. Remove or exclude it."))
            return False
        if _shown(path) != path:
            self.problems.append(
                Problem(_shown(path), "has a name that is not UTF-8 and was not read. Rename it.")
            )
            return False
        return True


def _shown(path: str) -> str:
    """A path that can be printed."""
    return path if path.isascii() else os.fsencode(path).decode(errors="replace")


_TEST = re.compile(
    r"[. -](?:spec|test|e2e|e2e-spec|e2e-ee|int-spec|integration-spec|mock)\.[mc]?tsx?$"
    r"|(?:^|/)(?:test|tests|e2e)\.ts$|/(?:__tests__|__mocks__)/"
    r"|(?:^|/)(?:vitest|jest|mocha|playwright|cypress)\b[\w.-]*\b(?:setup|teardown|environment|config)\.[mc]?ts$"
    r"|(?:^|/)setup[.-](?:vitest|jest|tests?)\.[mc]?ts$"
)
_TEST_FOLDERS = frozenset({"test", "tests", "e2e", "__tests__", "__mocks__", "testing", "load-testing"})
_FEATURE = re.compile(r"(?:^|/)src/(?:.*/)?tests?/(?:.*/)?[\w-]*\btests?\b[\w-]*\.[a-z-]+\.[mc]?ts$")
"""A feature that is about tests: `src/tests/tests.controller.ts`."""
_ENTRY = re.compile(r"\.(?:controller|resolver|gateway|dto|entity|guard|usecase|use-case|command)\.[mc]?ts$")
"""Part of a feature, whatever the feature is called."""
_SEED = re.compile(r"\bseed(?:er|s)?\b")
_BOOT = re.compile(
    r"(?:^|/)(?:main|bootstrap|instrument(?:ation)?|tracing|cluster|cli|setup)(?:[.-][\w-]+)?\.[mc]?ts$"
)
_NEST = re.compile(r"\.(?:module|service|provider|pipe|interceptor|filter|middleware|strategy)\.[mc]?ts$")
_CONFIG = re.compile(
    r"(?:^|/)(?:[\w.-]*\.config|config|configuration|env[\w.-]*|[\w.-]*\.env|data-source)\.[mc]?ts$|(?:^|/)configs?/"
)


@lru_cache(65536)
def role_of(path: str) -> Role:
    """The part a file plays, by its path alone: `mock-server/` and `factories/` are products."""
    lower = path.lower()
    *folders, name = lower.split("/")
    if _TEST.search(path) or (not _TEST_FOLDERS.isdisjoint(folders) and not _FEATURE.search(lower)):
        return Role.TEST
    if ".template." in name:
        return Role.TEMPLATE
    if _ENTRY.search(name):
        return Role.PRODUCTION
    if "migrations" in folders or "migration" in folders or ".migration." in name:
        return Role.MIGRATION
    if "seeds" in folders or "seed" in folders or "seeders" in folders or _SEED.search(name):
        return Role.SEED
    scripts = any(f in ("script", "bin") or f.endswith("scripts") for f in folders)
    if scripts or "tools" in folders[:1] or name in ("migrate.ts", "dev.ts"):
        return Role.SCRIPT
    if _BOOT.search(path) and not _NEST.search(name):
        return Role.BOOTSTRAP
    return Role.CONFIG if _CONFIG.search(path) and not _NEST.search(name) else Role.PRODUCTION


_GENERATED = re.compile(
    rb"@generated\b|auto-?generated|automatically[ -]generated|DO NOT (?:EDIT|MODIFY)|do not edit directly"
    rb"|(?:^|[/*#!\n-])[ \t]*generated by|(?:code|file|client)(?: is| was| has been)?(?: auto\w*)? generated",
    re.I,
)
_COMMENTS = re.compile(rb"(?:\s+|//[^\n]*\n?|/\*.*?(?:\*/|$))*", re.S)


def is_generated(data: bytes) -> bool:
    """Do the comments at the head of a file say that a tool wrote it?"""
    head = data[:600].removeprefix(b"\xef\xbb\xbf")
    comments = _COMMENTS.match(head)
    return comments is not None and _GENERATED.search(comments[0]) is not None
