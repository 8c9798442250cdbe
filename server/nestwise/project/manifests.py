"""Reading package.json, pnpm-workspace.yaml and their like. Nothing raises: what is broken is a problem."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from nestwise.project import jsonc
from nestwise.project.files import Problem
from nestwise.project.store import digest, read_bytes

_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_LOCAL = re.compile(r"(?:file|link|portal|workspace):(\.{1,2}(?:/.*)?)$")
_CONDITIONS = frozenset({"types", "import", "require", "node", "default", "module-sync"})
_ELSEWHERE = frozenset(
    {"browser", "deno", "bun", "worker", "workerd", "react-native", "react-server", "electron"}
)

Exports = tuple[tuple[str, tuple[str, ...]], ...]
"""Subpath, perhaps with a `*`, to the files that it may mean, the likeliest first."""


class Package(Struct, frozen=True):
    dir: str
    """Relative to the root, without a final slash; empty for the root."""
    name: str
    dependencies: frozenset[str]
    main: tuple[str, ...] = ()
    """Where the manifest says that the package's code is, relative to `dir`; most likely build output."""
    exports: Exports | None = None
    imports: Exports = ()
    links: tuple[tuple[str, str], ...] = ()
    """Dependencies that are folders of this repository: `file:../common`."""
    library: bool = False
    """Is Nest only a peer? Then the package is for the applications of others, not all of them Nest's."""
    nest_major: int = 0
    """The major version of `@nestjs/common` that the manifest asks for; 0 where it does not say."""

    @property
    def nest(self) -> bool:
        return any(d.startswith("@nestjs/") for d in self.dependencies)


class Reader:
    """Reads each file once, and remembers what it read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.digests: dict[str, bytes] = {}
        """Of the files that were asked for; empty where there was none."""
        self._read: dict[str, Any] = {}

    def json(self, path: str) -> Any:
        """A file's object; None where it is not there; a broken one is a problem and None."""
        if path not in self._read:
            self._read[path] = self._load(path)
        return self._read[path]

    def text(self, path: str) -> str | None:
        data = read_bytes(self.root, path)
        self.digests[path] = digest(path, data) if data is not None else b""
        return jsonc.decoded(data) if data is not None else None

    def _load(self, path: str) -> Any:
        text = self.text(path)
        if text is None:
            return None
        try:
            value = jsonc.loads(text)
        except jsonc.JsoncError as error:
            return self.fail(path, f"is not valid JSON: {error}. Mend it; until then it counts as absent.")
        if not isinstance(value, dict):
            return self.fail(path, "does not hold an object. Mend it; until then it counts as absent.")
        return value

    def fail(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))


def joined(folder: str, path: str) -> str:
    """A path relative to the root, normal, empty for the root itself."""
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found


def read_package(reader: Reader, path: str) -> Package | None:
    found = reader.json(path)
    if found is None:
        return None
    folder = posixpath.dirname(path)
    named: dict[str, Any] = {}
    for key in _DEPENDENCIES:
        if isinstance(some := found.get(key), dict):
            named = {**some, **named}
    name = found.get("name")
    exports = found.get("exports")
    imports = found.get("imports")
    return Package(
        folder,
        name if isinstance(name, str) else "",
        frozenset(named),
        tuple(v for key in ("typings", "types", "main", "module") if isinstance(v := found.get(key), str)),
        tuple(_entries(exports)) if exports is not None else None,
        tuple(_entries(imports)) if isinstance(imports, dict) else (),
        tuple(
            (dependency, joined(folder, local[1]))
            for dependency, spec in sorted(named.items())
            if isinstance(spec, str) and (local := _LOCAL.match(spec))
        ),
        _uses_nest(found.get("peerDependencies")) and not _uses_nest(found.get("dependencies")),
        _major(named.get("@nestjs/common")),
    )


def _major(wanted: Any) -> int:
    """The highest major version of a range as npm writes it: 10 of `^9.0.0 || ^10.0.0`; 0 of `latest`."""
    found = re.findall(r"(?:^|[\s|])[\^~=v]*(\d{1,3})(?=\.|\s|$)", wanted) if isinstance(wanted, str) else []
    return max(map(int, found), default=0)


def _uses_nest(dependencies: Any) -> bool:
    return isinstance(dependencies, dict) and any(name.startswith("@nestjs/") for name in dependencies)


def _entries(value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """`exports` or `imports` with their conditions flattened."""
    if not isinstance(value, dict) or not any(key[:1] in (".", "#") for key in value):
        value = {".": value}
    for key, given in value.items():
        sure: list[str] = []
        others: list[str] = []
        _flatten(given, sure, others, 0)
        yield key, tuple(dict.fromkeys([*sure, *others]))


def _flatten(value: Any, sure: list[str], others: list[str], depth: int) -> None:
    if isinstance(value, str):
        sure.append(value)
    elif isinstance(value, list):
        for item in value:
            _flatten(item, sure, others, depth + 1)
    elif isinstance(value, dict) and depth < 20:
        for condition, item in value.items():
            if condition in _CONDITIONS or condition.startswith("types@"):
                _flatten(item, sure, others, depth + 1)
            elif condition not in _ELSEWHERE:  # a team's own one: mostly the source
                _flatten(item, others, others, depth + 1)


def members(reader: Reader, folder: str, names: Iterable[str]) -> tuple[str, ...] | None:
    """The patterns of a workspace's packages that a folder declares; None where it declares none."""
    if "pnpm-workspace.yaml" in names:
        path = posixpath.join(folder, "pnpm-workspace.yaml")
        text = reader.text(path)
        found = pnpm_packages(text) if text is not None else ()
        if found is None:
            reader.fail(path, "is not understood: `packages` must be a list of patterns. Mend it.")
        return found
    manifest = reader.json(posixpath.join(folder, "package.json")) if "package.json" in names else None
    given = manifest.get("workspaces") if manifest else None
    if isinstance(given, dict):
        given = given.get("packages")
    if given is None and "lerna.json" in names:
        lerna = reader.json(posixpath.join(folder, "lerna.json")) or {}
        given = lerna.get("packages", ["packages/*"])
    return tuple(p for p in given if isinstance(p, str)) if isinstance(given, list) else None


_ITEM = re.compile(r"""\s*-\s+(?:"([^"]*)"|'([^']*)'|([^\s"'\[{&*!|>%@`#][^#]*?|\*[^#]*?))\s*(?:\s#.*)?$""")
_IN_FLOW = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s"',\[\]{}#][^,\[\]{}#]*?))\s*(?:,|$)""")


def pnpm_packages(text: str) -> tuple[str, ...] | None:
    """`packages` of a pnpm-workspace.yaml; None where it is not a list of strings."""
    lines = iter(text.splitlines())
    for line in lines:
        start = re.match(r"""(?:packages|"packages"|'packages')\s*:\s*(.*)$""", line)
        if start is None:
            continue
        rest = start[1].partition(" #")[0].strip() if not start[1].startswith("#") else ""
        if rest.startswith("["):
            while "]" not in rest and (more := next(lines, None)) is not None:
                rest += " " + more.partition(" #")[0].strip()
            inside, end, _ = rest[1:].partition("]")
            items = list(_IN_FLOW.finditer(inside.strip()))
            complete = "".join(i[0] for i in items) == inside.strip()
            return tuple(_given(i) for i in items) if end and complete else None
        if rest not in ("", "~", "null"):
            return None
        found: list[str] = []
        for item in lines:
            if not item.strip() or item.lstrip().startswith("#"):
                continue
            if item[0] not in " -":
                break
            match = _ITEM.match(item)
            if match is None:
                return None
            found.append(_given(match))
        return tuple(found)
    return ()


def _given(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


def glob_regex(pattern: str) -> str:
    """A regular expression for a glob with `*`, `**` and `?`."""
    out = ""
    for part in re.split(r"(\*\*/|/\*\*$|\*+|\?)", pattern):
        out += {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "?": "[^/]"}.get(part) or (
            "[^/]*" if part.startswith("*") else re.escape(part)
        )
    return out


def linked(packages: Iterable[Package], folder: str, patterns: Iterable[str]) -> dict[str, Package]:
    """The packages that a package manager links to each other in the workspace of a folder, by name."""
    wanted: list[re.Pattern[str]] = []
    unwanted: list[re.Pattern[str]] = []
    for pattern in patterns:
        place = joined(folder, pattern.removeprefix("!").removesuffix("/"))
        (unwanted if pattern.startswith("!") else wanted).append(re.compile(glob_regex(place)))
    return {
        package.name: package
        for package in packages
        if package.name
        and (package.dir == folder or any(w.fullmatch(package.dir) for w in wanted))
        and not any(u.fullmatch(package.dir) for u in unwanted)
    }
