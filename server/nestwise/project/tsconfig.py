"""What tsconfig files say about imports."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from nestwise.project.manifests import Reader, glob_regex, joined

_DEPTH = 10
_ORDER = ("tsconfig.json", "tsconfig.app.json", "tsconfig.lib.json", "tsconfig.build.json")
_LAST = re.compile(r"tsconfig\.(?:base|spec|test|e2e|eslint|lint|jest|vitest)\b.*\.json$")

PackageDir = Callable[[str, str], str | None]
"""The folder of a package of the workspace, for a folder that needs it and a name."""


class TsConfig(Struct, frozen=True):
    """Paths are relative to the root."""

    path: str
    base_url: str | None = None
    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Pattern to candidates."""
    output: tuple[str, ...] = ()
    """The folders that the compiler writes to."""
    sources: str | None = None
    """`rootDir`: what the output mirrors."""
    includes: tuple[str, ...] | None = None
    """Patterns; None where the configuration names single files, and its imports lead to the others."""
    excludes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    strict_nulls: bool | None = None
    """Are `null` and `undefined` types of their own? None where it extends what is not there."""
    isolated: bool = False
    """Is each file compiled by itself (`isolatedModules`)?"""
    strict_fields: bool = False
    """Must every property of a class have a value (`strictPropertyInitialization`)?"""

    @property
    def dir(self) -> str:
        return posixpath.dirname(self.path)

    def covers(self, folder: str) -> bool:
        """Would a new source in a folder belong to it?"""
        if self.includes is None:
            return folder == self.dir or folder.startswith(f"{self.dir}/" if self.dir else "")
        file = posixpath.join(folder, "x.ts")
        return any(_covers(p, file) for p in self.includes) and not any(
            _covers(p, file) for p in self.excludes
        )

    @property
    def maps(self) -> bool:
        return bool(self.paths) or self.base_url is not None


def preference(path: str) -> tuple[int, str]:
    """Sorts the configurations of one folder: the one that an editor uses first."""
    name = posixpath.basename(path)
    place = _ORDER.index(name) if name in _ORDER else 20 if _LAST.match(name) else 10
    return place, name


def _covers(pattern: str, file: str) -> bool:
    last = pattern.rpartition("/")[2]
    if "*" not in last and "?" not in last and not re.search(r"\.[mc]?[tj]sx?$", last):
        pattern = posixpath.join(pattern, "**/*")
    return re.fullmatch(glob_regex(pattern), file) is not None


def read_tsconfig(reader: Reader, path: str, package_dir: PackageDir) -> TsConfig | None:
    """A configuration with what it extends; None where there is none."""
    own = reader.json(path)
    if own is None:
        return None
    leaf = posixpath.dirname(path)
    said = _merged(reader, path, package_dir, leaf, 0)
    base = said.get("baseUrl")
    raw, raw_dir = said.get("paths", ({}, leaf))
    start = base if base is not None else raw_dir
    files, include = said.get("files"), said.get("include")
    includes: tuple[str, ...] | None
    if include is not None:
        includes = include
    elif files is None:
        includes = (joined(leaf, "**/*"),)
    else:
        includes = None if files else ()
    output = tuple(dict.fromkeys(o for key in ("declarationDir", "outDir") if (o := said.get(key))))
    references = own.get("references")
    return TsConfig(
        path,
        base,
        tuple(
            (pattern, tuple(_place(t, leaf, start) for t in targets if isinstance(t, str)))
            for pattern, targets in raw.items()
            if isinstance(targets, list)
        ),
        output,
        said.get("rootDir"),
        includes,
        (*said.get("exclude", output), "**/node_modules/**/*"),
        tuple(
            joined(leaf, target if target.endswith(".json") else f"{target}/tsconfig.json")
            for item in (references if isinstance(references, list) else ())
            if isinstance(item, dict) and isinstance(target := item.get("path"), str)
        ),
        **strictness(said),
    )


_FLAGS = (
    "strict", "strictNullChecks", "strictPropertyInitialization", "isolatedModules", "verbatimModuleSyntax",
)  # fmt: skip


def strictness(options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a configuration that say how strict the compiler is."""
    strict = options.get("strict", False)
    told = options.keys() & {"strict", "strictNullChecks"} or "unread" not in options
    return {
        "strict_nulls": bool(options.get("strictNullChecks", strict)) if told else None,
        "strict_fields": bool(options.get("strictPropertyInitialization", strict)),
        "isolated": bool(options.get("isolatedModules", options.get("verbatimModuleSyntax", False))),
    }


def _merged(reader: Reader, path: str, package_dir: PackageDir, leaf: str, depth: int) -> dict[str, Any]:
    """The options that matter, resolved against the folder of the file that has them."""
    found = reader.json(path)
    if found is None or depth > _DEPTH:
        return {}
    folder = posixpath.dirname(path)
    out: dict[str, Any] = {}
    extends = found.get("extends")
    for parent in [extends] if isinstance(extends, str) else extends if isinstance(extends, list) else []:
        if isinstance(parent, str):
            target = _extended(reader, folder, parent, package_dir)
            if target is not None:
                out |= _merged(reader, target, package_dir, leaf, depth + 1)
            else:
                out["unread"] = True
    options = found.get("compilerOptions")
    for key in ("baseUrl", "outDir", "declarationDir", "rootDir"):
        if isinstance(options, dict) and isinstance(value := options.get(key), str):
            out[key] = _place(value, leaf, folder)
    for key in _FLAGS:
        if isinstance(options, dict) and isinstance(said := options.get(key), bool):
            out[key] = said
    if isinstance(options, dict) and isinstance(paths := options.get("paths"), dict):
        out["paths"] = (paths, folder)
    for key in ("files", "include", "exclude"):
        if isinstance(value := found.get(key), list):
            out[key] = tuple(_place(v, leaf, folder) for v in value if isinstance(v, str))
    return out


_CONFIG_DIR = "${configDir}"


def _place(value: str, leaf: str, folder: str) -> str:
    if value.startswith(_CONFIG_DIR):
        return joined(leaf, f".{value.removeprefix(_CONFIG_DIR)}")
    return joined(folder, value)


def _extended(reader: Reader, folder: str, parent: str, package_dir: PackageDir) -> str | None:
    if parent.startswith((".", "/")):
        where = joined(folder, parent)
        places = [where] if where.endswith(".json") else [where, f"{where}.json"]
        return next((p for p in places if reader.json(p) is not None), None)
    parts = parent.split("/")
    size = 2 if parent.startswith("@") else 1
    name, rest = "/".join(parts[:size]), "/".join(parts[size:])
    for base in _package_folders(folder, name, package_dir):
        if (found := _in_package(reader, base, rest)) is not None:
            return found
    return None


def _package_folders(folder: str, name: str, package_dir: PackageDir) -> Iterator[str]:
    if (linked := package_dir(folder, name)) is not None:
        yield linked
    while True:
        yield posixpath.join(folder, "node_modules", name)
        if not folder:
            return
        folder = posixpath.dirname(folder)


def _in_package(reader: Reader, base: str, rest: str) -> str | None:
    manifest = reader.json(posixpath.join(base, "package.json")) or {}
    places: list[str] = []
    exports = manifest.get("exports")
    if isinstance(exports, dict):
        key = f"./{rest}" if rest else "."
        for name in (key, f"{key}.json"):
            if isinstance(target := exports.get(name), str):
                places.append(target)
    if not rest and isinstance(named := manifest.get("tsconfig"), str):
        places.append(named)
    places += [rest, f"{rest}.json", f"{rest}/tsconfig.json"] if rest else ["tsconfig.json"]
    for place in places:
        path = joined(base, place)
        if path.endswith(".json") and reader.json(path) is not None:
            return path
    return None
