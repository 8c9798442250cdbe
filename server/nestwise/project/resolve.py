"""Where an import leads: a file of the workspace, a package, or nowhere that can be seen.

The answers are those of the TypeScript compiler, but for two things: where a package of the workspace says
that its code is build output, its source is the answer, and `exports` and `imports` of a manifest count
whatever `moduleResolution` says, as they do at run time.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from nestwise.project.layout import Layout
from nestwise.project.manifests import Exports, Package
from nestwise.project.tsconfig import TsConfig

_TS = (".ts", ".tsx")
_SOURCES = {
    ".d.ts": _TS, ".d.mts": (".mts",), ".d.cts": (".cts",),
    ".ts": _TS, ".tsx": (".tsx", ".ts"), ".mts": (".mts",), ".cts": (".cts",),
    ".js": _TS, ".jsx": (".tsx", ".ts"), ".mjs": (".mts",), ".cjs": (".cts",),
}  # fmt: skip
"""What an import with an extension may mean, in the compiler's order."""
_EXTENSION = re.compile(r"(?:\.d)?\.[mc]?[tj]sx?$")
_DECLARATION = re.compile(r"\.d\.[mc]?ts$")
_OUTPUT = re.compile(
    r"(?:\./)?(?:dist|build|lib|out|esm|cjs|types|typings)(?:/(?:main|module|cjs|esm|es|commonjs|types|src))*/"
)
"""Folders that hold build output in most packages."""
_BUILT = re.compile(r"(?:^|/)(?:dist|build|out)/")


class Target(Struct, frozen=True):
    """A file of the workspace, or a package's name; neither where the import cannot be followed."""

    path: str | None = None
    package: str | None = None


_NOWHERE = Target()
_Scope = tuple[str | None, str | None, str | None]
"""A tsconfig, and the folders of a package and of the workspace around it."""


class Resolver:
    """Resolves imports against one set of files. Remembers what it found.

    All files of a folder resolve alike; new files need a new resolver.
    """

    def __init__(self, layout: Layout, files: frozenset[str]) -> None:
        self._layout = layout
        self._files = files
        self._found: dict[tuple[str, str], Target] = {}
        self._by_scope: dict[tuple[_Scope, str], Target] = {}
        self._scopes: dict[str, _Scope] = {}

    def resolve(self, importer: str, specifier: str) -> Target:
        key = (importer.rpartition("/")[0], specifier)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._resolve(importer, specifier)
        return found

    def _resolve(self, importer: str, specifier: str) -> Target:
        specifier = specifier.partition("?")[0]
        if specifier.startswith("../" if specifier[:2] == ".." else "./") or specifier in (".", ".."):
            path = self._relative(importer.rpartition("/")[0], specifier)
            return Target(path) if path else _NOWHERE
        key = (self._scope(importer), specifier)
        found = self._by_scope.get(key)
        if found is None:
            found = self._by_scope[key] = self._by_name(importer, specifier)
        return found

    def _scope(self, importer: str) -> _Scope:
        """What an import that is not relative depends on: files with the same resolve it alike."""
        folder = importer.rpartition("/")[0]
        found = self._scopes.get(folder)
        if found is None:
            config, package = self._layout.tsconfig_of(importer), self._layout.package_of(importer)
            found = (
                config.path if config is not None else None,
                package.dir if package is not None else None,
                self._layout.workspace_of(importer),
            )
            self._scopes[folder] = found
        return found

    def _by_name(self, importer: str, specifier: str) -> Target:
        config = self._layout.tsconfig_of(importer)
        mapped = _mapped(config.paths, specifier) if config is not None else None
        for candidate in mapped or ():
            if path := self._place(candidate):
                return Target(path)
            if _BUILT.search(candidate) and (path := self._output(_join(candidate))):
                return Target(path)
        if mapped and _DECLARATION.search(mapped[-1]):
            return _NOWHERE  # declared by hand, for something else
        base = config.base_url if config is not None and mapped is None else None
        if base is not None and (path := self._place(posixpath.join(base, specifier))):
            return Target(path)
        if specifier.startswith("#"):
            path = self._internal(importer, specifier)
            return Target(path) if path else _NOWHERE
        name = package_name(specifier)
        if not name or specifier.startswith("/"):
            return _NOWHERE
        if (package := self._layout.linked(importer, name)) is not None:
            path = self._in_package(package, specifier[len(name) + 1 :])
            return Target(path) if path else _NOWHERE
        meant_here = mapped is not None or self._is_folder(base, specifier)
        if meant_here and not self._layout.declared(importer, name):
            return _NOWHERE
        return Target(package=name)

    def _is_folder(self, base: str | None, specifier: str) -> bool:
        """Does an import through `baseUrl` start in a folder that is there?"""
        return base is not None and _join(base, specifier.partition("/")[0]) in self._folders

    @cached_property
    def _folders(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self._files:
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    # --- files ---

    def _relative(self, folder: str, specifier: str) -> str | None:
        if specifier.rpartition("/")[2] in (".", ".."):
            specifier += "/"
        while specifier.startswith("./") or (folder and specifier.startswith("../")):
            step, _, specifier = specifier.partition("/")
            folder = folder if step == "." else folder.rpartition("/")[0]
        return self._place(f"{folder}/{specifier}" if folder else specifier or "./")

    def _place(self, path: str) -> str | None:
        """The source that a path means, which is a folder's where it ends with a slash."""
        base = _join(path)
        return self._folder(base) if path.endswith("/") else self._file(base)

    def _file(self, base: str) -> str | None:
        """The source that a path means: a file with or without its extension, or a folder's index."""
        return self._source(base) or self._folder(base)

    def _source(self, base: str) -> str | None:
        """As the compiler: first the extension is replaced, then one is added."""
        if match := _EXTENSION.search(base):
            stem = base[: match.start()]
            for suffix in _SOURCES.get(match[0], ()):
                if stem + suffix in self._files:
                    return stem + suffix
        for suffix in _TS:
            if base and base + suffix in self._files:
                return base + suffix
        return None

    def _folder(self, base: str) -> str | None:
        package = self._layout.package_at(base)
        if package is not None and (path := self._main(package)):
            return path
        return self._index(base)

    def _index(self, base: str) -> str | None:
        for suffix in _TS:
            if (index := _join(base, f"index{suffix}")) in self._files:
                return index
        return None

    # --- packages of the workspace ---

    def _in_package(self, package: Package, rest: str) -> str | None:
        """A package by its sources: what its manifest names is mostly not built."""
        if package.exports is not None:
            targets = _mapped(package.exports, f"./{rest}" if rest else ".")
            if targets is not None and (path := self._first(package, targets)):
                return path
            if targets is not None and (not targets or self._by_hand(package, targets)):
                return None  # closed, or declared by hand
        if not rest:
            if self._by_hand(package, package.main[:1]):
                return None
            return self._folder(package.dir) or self._root(package)
        base = _join(package.dir, rest)
        if path := self._file(base) or self._output(base, package):
            return path
        for place in ("src", "lib", "src/lib"):
            if path := self._file(_join(package.dir, place, rest)):
                return path
        return None

    def _internal(self, importer: str, specifier: str) -> str | None:
        """`#name`, by `imports` of the importer's own package."""
        package = self._layout.package_of(importer)
        targets = _mapped(package.imports, specifier) if package is not None else None
        if package is None or targets is None:
            return None
        for target in targets:
            if target.startswith((".", "#")):
                found = self._first(package, [target])
            else:
                found = self.resolve(_join(package.dir, "x"), target).path
            if found:
                return found
        return None

    def _main(self, package: Package) -> str | None:
        """What the manifest names: as the compiler, the first of its fields; of all, build output."""
        for main in package.main[:1]:
            base = _join(package.dir, main)
            if path := self._source(base) or self._index(base):
                return path
        outputs = (self._output(_join(package.dir, main), package) for main in package.main)
        return next((path for path in outputs if path), None)

    def _root(self, package: Package) -> str | None:
        """The entry of a package whose manifest does not lead to it."""
        for main in package.main[1:]:
            if path := self._source(_join(package.dir, main)):
                return path
        for place in ("src", "lib", "src/lib"):
            if path := self._index(_join(package.dir, place)):
                return path
        return self._source(_join(package.dir, "src/public_api"))

    def _first(self, package: Package, targets: Iterable[str]) -> str | None:
        for target in targets:
            base = _join(package.dir, target)
            if path := self._source(base) or self._output(base, package):
                return path
            if self._by_hand(package, (target,)):
                return None
        return None

    def _by_hand(self, package: Package, targets: Iterable[str]) -> bool:
        """Is one of the files a declaration that no build makes? What stands behind it is unknown."""
        declarations = [_join(package.dir, t) for t in targets if _DECLARATION.search(t)]
        return any(not self._source(d) and not any(self._origins(d, package)) for d in declarations)

    def _output(self, base: str, package: Package | None = None) -> str | None:
        """The source of a file that a build makes."""
        package = package or self._layout.package_of(base)
        if package is None:
            return None
        for place in self._origins(base, package):
            if path := self._source(place) or self._index(place):
                return path
        return None

    def _origins(self, base: str, package: Package) -> Iterator[str]:
        config = self._layout.tsconfig_of(_join(package.dir, "src/x"))
        for output in config.output if config is not None else ():
            if config is not None and output and base.startswith(f"{output}/"):
                rest = base[len(output) + 1 :]
                if config.sources is not None:
                    yield _join(config.sources, rest)
                yield _join(package.dir, "src", rest)
                yield _join(package.dir, rest)
        inside = base[len(package.dir) + 1 :] if package.dir else base
        if base.startswith(package.dir) and (match := _OUTPUT.match(inside)):
            for place in ("src", "", "lib", "src/lib"):
                yield _join(package.dir, place, inside[match.end() :])


def _mapped(entries: Exports, specifier: str) -> tuple[str, ...] | None:
    """The candidates of the entry that fits best: an exact one, else the one with the longest start."""
    best: tuple[int, str, tuple[str, ...]] | None = None
    for pattern, targets in entries:
        head, star, tail = pattern.partition("*")
        if not star:
            if pattern == specifier:
                return targets
            continue
        fits = (
            len(specifier) >= len(head) + len(tail)
            and specifier.startswith(head)
            and specifier.endswith(tail)
        )
        if fits and (best is None or len(head) > best[0]):
            best = (len(head), specifier[len(head) : len(specifier) - len(tail)], targets)
    if best is None:
        return None
    return tuple(target.replace("*", best[1]) for target in best[2])


def _join(*parts: str) -> str:
    joined = posixpath.join(*parts)
    if _PLAIN.fullmatch(joined):
        return joined
    found = posixpath.normpath(joined)
    return "" if found == "." else found


_PLAIN = re.compile(r"(?:(?!\.{0,2}(?:/|$))[^/]++/)*+(?!\.{1,2}$)[^/]++")
"""A path that is normal already."""


def package_name(specifier: str) -> str:
    """`@nestjs/common/decorators` is `@nestjs/common`; `node:fs/promises` is `node:fs`."""
    parts = specifier.split("/")
    return "/".join(parts[:2]) if specifier.startswith("@") else parts[0]


__all__ = ["Resolver", "Target", "TsConfig", "package_name"]
