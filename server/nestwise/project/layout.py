"""What the manifests say: packages, workspaces, compiler options, applications by name."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from nestwise.project.files import FORMATTERS, Problem, drained
from nestwise.project.manifests import Package, Reader, joined, linked, members, read_package
from nestwise.project.tsconfig import TsConfig, preference, read_tsconfig


@dataclass(frozen=True)
class Layout:
    packages: tuple[Package, ...] = ()
    tsconfigs: tuple[TsConfig, ...] = ()
    """Of one folder, those that an editor prefers come first."""
    workspaces: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Folders that declare a workspace, with the patterns of its packages."""
    projects: tuple[tuple[str, str], ...] = ()
    """Folder and name of the applications that nest-cli.json or project.json files name."""
    formats: tuple[str, ...] = ()
    """Files that say how code is written; nobody reads them until a fix asks."""
    documenting: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Folders whose classes the compiler plugin of Swagger documents, with the ends of their files' names."""
    problems: tuple[Problem, ...] = ()
    read: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """The files that all this was read from with their digests, which are empty where there was none."""
    _cache: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def manifests(self) -> tuple[str, ...]:
        """The package.json of every package."""
        return tuple(posixpath.join(p.dir, "package.json") for p in self.packages)

    def package_of(self, path: str) -> Package | None:
        """The nearest package above a file."""
        found: Package | None = self._nearest("packages", path.rpartition("/")[0])
        return found

    def tsconfig_of(self, path: str) -> TsConfig | None:
        """The configuration of a source, as an editor chooses it: one decides for all sources of a folder."""
        folder = path.rpartition("/")[0]
        known: dict[str, TsConfig | None] = self._cache.setdefault("tsconfig_of", {})
        if folder not in known:
            known[folder] = self._tsconfig_of(folder)
        return known[folder]

    def _tsconfig_of(self, folder: str) -> TsConfig | None:
        by_folder, by_path = self._configs
        nearest: TsConfig | None = None
        place = folder
        while True:
            here = by_folder.get(place, [])
            candidates = [*here[:1], *_referenced(here[:1], by_path), *here[1:]]
            for config in candidates:
                if config.covers(folder):
                    return config
            for config in candidates:
                if config.maps:  # tests outside of `include` are run with the same paths
                    return config
            nearest = nearest or next(iter(candidates), None)
            if not place:
                return nearest
            place = place.rpartition("/")[0]

    def linked(self, importer: str, name: str) -> Package | None:
        """The package of this repository that an import by name reaches."""
        package = self.package_of(importer)
        above = package
        while above is not None:
            for link, folder in above.links:
                if link == name and (found := self.package_at(folder)) is not None:
                    return found
            above = self._above(above)
        folder = posixpath.dirname(importer)
        workspaces = self._linked
        inside = False
        while True:
            if folder in workspaces:
                inside = True
                if (found := workspaces[folder].get(name)) is not None:
                    return found
            if not folder:
                break
            folder = posixpath.dirname(folder)
        if package is not None and package.name == name and package.exports is not None:
            return package
        if inside or self.declared(importer, name):
            return None
        same = [p for p in self.packages if p.name == name]
        return same[0] if len(same) == 1 else None

    def workspace_of(self, importer: str) -> str | None:
        """The nearest folder above a file that declares a workspace."""
        folder = posixpath.dirname(importer)
        while folder not in self._linked:
            if not folder:
                return None
            folder = posixpath.dirname(folder)
        return folder

    def declared(self, importer: str, name: str) -> bool:
        """Does a manifest above a file depend on a package?"""
        package = self.package_of(importer)
        while package is not None:
            if name in package.dependencies:
                return True
            package = self._above(package)
        return False

    def package_at(self, folder: str) -> Package | None:
        """The package whose manifest a folder holds."""
        package = self.package_of(posixpath.join(folder, "x"))
        return package if package is not None and package.dir == folder else None

    def _above(self, package: Package) -> Package | None:
        return self.package_of(package.dir) if package.dir else None

    @cached_property
    def _configs(self) -> tuple[dict[str, list[TsConfig]], dict[str, TsConfig]]:
        by_folder: dict[str, list[TsConfig]] = defaultdict(list)
        for config in self.tsconfigs:
            by_folder[config.dir].append(config)
        return dict(by_folder), {config.path: config for config in self.tsconfigs}

    @cached_property
    def _linked(self) -> dict[str, dict[str, Package]]:
        return {folder: linked(self.packages, folder, patterns) for folder, patterns in self.workspaces}

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
        known: dict[str, bool] = self._cache.setdefault("is_nest", {})
        if package is None:
            return False
        if package.dir not in known:
            known[package.dir] = self._is_nest(package)
        return known[package.dir]

    def _is_nest(self, package: Package | None) -> bool:
        while package is not None:
            if package.nest:
                return True
            if package.dependencies and package.dir:
                return False
            package = self._above(package)
        return False

    def nest_major(self, path: str) -> int:
        """The major version of Nest that a file runs with, by the manifests above it; 0 where none says."""
        package = self.package_of(path)
        while package is not None:
            if package.nest_major:
                return package.nest_major
            package = self._above(package)
        return 0

    def documents(self, path: str) -> bool:
        """Does the compiler plugin of Swagger document the classes of a file?"""
        return any(
            (not folder or path.startswith(f"{folder}/")) and path.endswith(ends)
            for folder, ends in self.documenting
        )

    def application_name(self, path: str) -> str:
        """How people call the application whose bootstrap is in `path`."""
        named = [(d, n) for d, n in self.projects if d and (path == d or path.startswith(f"{d}/"))]
        if named:
            return max(named)[1]
        package = self.package_of(path)
        if package is not None and package.name:
            return package.name.rpartition("/")[2]
        return posixpath.dirname(path).rpartition("/")[2] or "app"


def _referenced(configs: Iterable[TsConfig], by_path: Mapping[str, TsConfig]) -> list[TsConfig]:
    """What configurations refer to, and what that refers to."""
    found: dict[str, TsConfig] = {}
    todo = [r for config in configs for r in reversed(config.references)]
    while todo:
        path = todo.pop()
        config = by_path.get(path)
        if config is not None and path not in found:
            found[path] = config
            todo += reversed(config.references)
    return list(found.values())


def read_layout(root: Path, manifests: Iterable[str]) -> Layout:
    """What the manifests say that `list_files` found. Never raises: see `problems`."""
    return drained(reading_layout(root, manifests))


def reading_layout(root: Path, manifests: Iterable[str]) -> Generator[None, None, Layout]:
    """`read_layout` in steps of a few files."""
    reader = Reader(root)
    manifests = tuple(manifests)
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in sorted(manifests):
        by_folder[posixpath.dirname(path)].append(posixpath.basename(path))
    files = [posixpath.join(f, "package.json") for f, names in by_folder.items() if "package.json" in names]
    packages: list[Package] = []
    for path in files:
        if (package := read_package(reader, path)) is not None:
            packages.append(package)
        yield
    workspaces = [
        (folder, patterns)
        for folder, names in by_folder.items()
        if (patterns := members(reader, folder, names)) is not None
    ]
    projects = [p for folder, names in by_folder.items() for p in _projects(reader, folder, names)]
    documenting = [
        d
        for folder, names in by_folder.items()
        if "nest-cli.json" in names
        for d in _documenting(reader, folder)
    ]
    layout = Layout(tuple(packages), (), tuple(workspaces))

    def package_dir(folder: str, name: str) -> str | None:
        package = layout.linked(posixpath.join(folder, "x"), name)
        return package.dir if package is not None else None

    paths = [
        posixpath.join(folder, name)
        for folder, names in by_folder.items()
        for name in names
        if name.startswith("tsconfig")
    ]
    configs: list[TsConfig] = []
    for path in sorted(paths, key=preference):
        if (config := read_tsconfig(reader, path, package_dir)) is not None:
            configs.append(config)
        yield
    return Layout(
        tuple(packages),
        tuple(configs),
        tuple(workspaces),
        tuple(projects),
        tuple(path for path in sorted(manifests) if posixpath.basename(path) in FORMATTERS),
        tuple(documenting),
        tuple(reader.problems),
        reader.digests,
    )


def _projects(reader: Reader, folder: str, names: Iterable[str]) -> list[tuple[str, str]]:
    out: list[tuple[str, str]] = []
    if "nest-cli.json" in names:
        cli = reader.json(posixpath.join(folder, "nest-cli.json")) or {}
        given = cli.get("projects")
        for name, project in given.items() if isinstance(given, dict) else ():
            if isinstance(project, dict) and isinstance(root := project.get("root"), str):
                out.append((joined(folder, root), name))
    if "project.json" in names:
        nx = reader.json(posixpath.join(folder, "project.json")) or {}
        if isinstance(name := nx.get("name"), str):
            out.append((folder, name))
    return out


_PLUGIN = "@nestjs/swagger"
_ENDS = (".dto.ts", ".entity.ts")
"""Of files that the plugin reads unless it is told others."""


def _documenting(reader: Reader, folder: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where nest-cli.json has the compiler plugin of Swagger at work."""
    cli = reader.json(posixpath.join(folder, "nest-cli.json")) or {}
    given = cli.get("projects")
    inner = [p for p in given.values() if isinstance(p, dict)] if isinstance(given, dict) else []
    for where in (cli, *inner):
        root = where.get("root") if where is not cli else "."
        options = where.get("compilerOptions")
        plugins = options.get("plugins") if isinstance(options, dict) else None
        for plugin in plugins if isinstance(plugins, list) else ():
            name = plugin.get("name") if isinstance(plugin, dict) else plugin
            if not isinstance(name, str) or not name.startswith(_PLUGIN) or not isinstance(root, str):
                continue
            told = plugin.get("options") if isinstance(plugin, dict) else None
            ends = told.get("dtoFileNameSuffix", _ENDS) if isinstance(told, dict) else _ENDS
            ends = (ends,) if isinstance(ends, str) else ends
            if isinstance(ends, list | tuple):
                yield joined(folder, root), tuple(end for end in ends if isinstance(end, str))


__all__ = ["Layout", "Package", "TsConfig", "read_layout", "reading_layout"]
