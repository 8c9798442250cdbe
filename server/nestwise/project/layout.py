"""What the manifests say: packages, compiler options, applications by name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nestwise.project import jsonc
from nestwise.project.files import Problem
from nestwise.project.store import digest, read_bytes

_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Package:
    dir: str
    """Relative to the root, without a final slash; empty for the root."""
    name: str
    dependencies: frozenset[str]
    main: tuple[str, ...] = ()
    """Where the manifest says that the package's code is, relative to `dir`; most likely build output."""

    @property
    def nest(self) -> bool:
        return any(d.startswith("@nestjs/") for d in self.dependencies)


@dataclass(frozen=True, slots=True)
class TsConfig:
    dir: str
    base_url: str | None = None
    """Relative to the root."""
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Pattern to candidates, relative to the root."""


@dataclass(frozen=True)
class Layout:
    packages: tuple[Package, ...] = ()
    tsconfigs: tuple[TsConfig, ...] = ()
    projects: tuple[tuple[str, str], ...] = ()
    """Folder and name of the applications that nest-cli.json or project.json files name."""
    problems: tuple[Problem, ...] = ()
    read: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """The files that all this was read from with their digests, which are empty where there was none."""
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def package_of(self, path: str) -> Package | None:
        """The nearest package above a file."""
        found: Package | None = self._nearest("packages", path.rpartition("/")[0])
        return found

    def tsconfig_of(self, path: str) -> TsConfig | None:
        found: TsConfig | None = self._nearest("tsconfigs", path.rpartition("/")[0])
        return found

    def _nearest(self, name: str, folder: str) -> Any:
        """The item of the folder, else of the nearest one above; every answer is remembered."""
        if name not in self._cache:
            self._cache[name] = {"": None} | {item.dir: item for item in getattr(self, name)}
        known: dict[str, Any] = self._cache[name]
        if folder not in known:
            known[folder] = self._nearest(name, folder.rpartition("/")[0])
        return known[folder]

    def is_nest(self, path: str) -> bool:
        """Does the file belong to a package that uses Nest, itself or through the root's manifest?"""
        package = self.package_of(path)
        while package is not None:
            if package.nest:
                return True
            if package.dependencies and package.dir:
                return False
            package = self.package_of(posixpath.dirname(package.dir) + "/x") if package.dir else None
        return False

    def application_name(self, path: str) -> str:
        """How people call the application whose bootstrap is in `path`."""
        named = [(d, n) for d, n in self.projects if d and (path == d or path.startswith(f"{d}/"))]
        if named:
            return max(named)[1]
        package = self.package_of(path)
        if package is not None and package.name:
            return package.name.rpartition("/")[2]
        return posixpath.dirname(path).rpartition("/")[2] or "app"


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.digests: dict[str, bytes] = {}
        self._read: dict[str, Any] = {}

    def json(self, path: str) -> Any:
        """A file's value; None where it is not there; a broken one is a problem and None."""
        if path not in self._read:
            self._read[path] = self._load(path)
        return self._read[path]

    def _load(self, path: str) -> Any:
        data = read_bytes(self.root, path)
        self.digests[path] = digest(path, data) if data is not None else b""
        if data is None:
            return None
        try:
            value = jsonc.loads(data.decode(errors="replace"))
        except jsonc.JsoncError as error:
            message = f"is not valid JSON: {error}. Mend it; until then it counts as absent."
            self.problems.append(Problem(path, message))
            return None
        return value if isinstance(value, dict) else None


def read_layout(root: Path, paths: Iterable[str], manifests: Iterable[str]) -> Layout:
    """The manifests of the folders that hold sources. Never raises: see `problems`.

    `manifests` are those that are there, of whatever folders.
    """
    reader = _Reader(root)
    folders: set[str] = {""}
    for path in paths:
        folder = posixpath.dirname(path)
        while folder and folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    packages, configs, projects = [], [], []
    for folder in sorted(folders & {posixpath.dirname(manifest) for manifest in manifests}):
        package = _package(reader, folder)
        if package:
            packages.append(package)
        config = _tsconfig(reader, folder)
        if config:
            configs.append(config)
        projects += _projects(reader, folder)
    return Layout(tuple(packages), tuple(configs), tuple(projects), tuple(reader.problems), reader.digests)


def _package(reader: _Reader, folder: str) -> Package | None:
    found = reader.json(posixpath.join(folder, "package.json"))
    if found is None:
        return None
    names = [n for key in _DEPENDENCIES if isinstance(found.get(key), dict) for n in found[key]]
    main = tuple(v for key in ("types", "module", "main") if isinstance(v := found.get(key), str))
    name = found.get("name")
    return Package(folder, name if isinstance(name, str) else "", frozenset(names), main)


def _tsconfig(reader: _Reader, folder: str) -> TsConfig | None:
    for name in ("tsconfig.json", "tsconfig.base.json"):
        if reader.json(posixpath.join(folder, name)) is not None:
            base, paths = _options(reader, posixpath.join(folder, name), 0)
            return TsConfig(folder, base, tuple(sorted(paths.items())))
    return None


def _options(reader: _Reader, path: str, depth: int) -> tuple[str | None, dict[str, tuple[str, ...]]]:
    """`baseUrl` and `paths` of a configuration with what it extends."""
    found = reader.json(path)
    if found is None or depth > _DEPTH:
        return None, {}
    folder = posixpath.dirname(path)
    base: str | None = None
    paths: dict[str, tuple[str, ...]] = {}
    extends = found.get("extends") or []
    for parent in [extends] if isinstance(extends, str) else extends:
        if isinstance(parent, str):
            inner_base, inner = _options(reader, _extended(reader, folder, parent), depth + 1)
            base, paths = inner_base or base, inner or paths
    options = found.get("compilerOptions")
    options = options if isinstance(options, dict) else {}
    if isinstance(url := options.get("baseUrl"), str):
        base = _join(folder, url)
    if isinstance(given := options.get("paths"), dict):
        start = base if base is not None else folder
        paths = {
            pattern: tuple(_join(start, t) for t in targets if isinstance(t, str))
            for pattern, targets in given.items()
            if isinstance(targets, list)
        }
    return base, paths


def _extended(reader: _Reader, folder: str, parent: str) -> str:
    where = _join(folder, parent) if parent.startswith(".") else _join("node_modules", parent)
    if where.endswith(".json"):
        return where
    return f"{where}.json" if reader.json(f"{where}.json") is not None else f"{where}/tsconfig.json"


def _join(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path.replace("${configDir}", ".")))
    return "" if joined == "." else joined


def _projects(reader: _Reader, folder: str) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    cli = reader.json(posixpath.join(folder, "nest-cli.json"))
    if cli is not None and isinstance(cli.get("projects"), dict):
        for name, project in cli["projects"].items():
            if isinstance(project, dict) and isinstance(root := project.get("root"), str):
                out.append((_join(folder, root), name))
    nx = reader.json(posixpath.join(folder, "project.json"))
    if nx is not None and isinstance(name := nx.get("name"), str):
        out.append((folder, name))
    return out
