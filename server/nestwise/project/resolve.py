"""Where an import leads: a file of the workspace, a package, or nowhere that can be seen."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nestwise.project.layout import Layout, Package, TsConfig

_SUFFIXES = (".ts", ".tsx", ".mts", ".cts")
_EMITTED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_OUTPUT = re.compile(r"^(?:\./)?(?:dist|build|lib|out)(?:/(?:main|module|cjs|esm|src))?/")


@dataclass(frozen=True, slots=True)
class Target:
    """A file of the workspace, or a package's name; neither where the import cannot be followed."""

    path: str | None = None
    package: str | None = None


_NOWHERE = Target()


class Resolver:
    """Resolves imports against one set of files. Remembers what it found."""

    def __init__(self, layout: Layout, files: frozenset[str]) -> None:
        self._layout = layout
        self._files = files
        self._found: dict[tuple[str, str], Target] = {}
        self._packages = {p.name: p for p in layout.packages if p.name}

    def resolve(self, importer: str, specifier: str) -> Target:
        key = (posixpath.dirname(importer), specifier)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._resolve(importer, specifier)
        return found

    def _resolve(self, importer: str, specifier: str) -> Target:
        specifier = specifier.partition("?")[0]
        if specifier.startswith("."):
            path = self._file(posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier)))
            return Target(path) if path else _NOWHERE
        config = self._layout.tsconfig_of(importer)
        matched = False
        for candidate in self._mapped(config, specifier):
            matched = True
            if path := self._file(candidate):
                return Target(path)
        base = config.base_url if config is not None else None
        if base is not None and (path := self._file(posixpath.join(base, specifier))):
            return Target(path)
        name = package_name(specifier)
        if (package := self._packages.get(name)) is not None:
            path = self._in_package(package, specifier[len(name) + 1 :])
            return Target(path) if path else _NOWHERE
        if matched and not self._declared(importer, name):
            return _NOWHERE
        return Target(package=name) if name and not specifier.startswith(("#", "/")) else _NOWHERE

    def _declared(self, importer: str, name: str) -> bool:
        package = self._layout.package_of(importer)
        return package is not None and name in package.dependencies

    def _mapped(self, config: TsConfig | None, specifier: str) -> Iterator[str]:
        """The candidates of the most specific pattern of `paths` that fits."""
        best: tuple[int, str, tuple[str, ...]] | None = None
        for pattern, targets in config.paths if config else ():
            head, star, tail = pattern.partition("*")
            if not star:
                if pattern == specifier:
                    best = (10_000, "", targets)
                continue
            fits = specifier.startswith(head) and specifier.endswith(tail)
            if fits and len(specifier) >= len(head) + len(tail) and (best is None or len(head) > best[0]):
                best = (len(head), specifier[len(head) : len(specifier) - len(tail)], targets)
        for target in best[2] if best else ():
            yield posixpath.normpath(target.replace("*", best[1] if best else "", 1))

    def _file(self, base: str) -> str | None:
        files = self._files
        if base in files:
            return base
        stem, dot, suffix = base.rpartition(".")
        for emitted in _EMITTED.get(dot + suffix, ()):
            if stem + emitted in files:
                return stem + emitted
        for suffix in _SUFFIXES:
            if base + suffix in files:
                return base + suffix
        base = "" if base == "." else base
        for suffix in _SUFFIXES:
            index = posixpath.join(base, f"index{suffix}")
            if index in files:
                return index
        return None

    def _in_package(self, package: Package, rest: str) -> str | None:
        """A package of the workspace by its sources; what its manifest names is mostly not built."""
        places = [rest, f"src/{rest}", f"lib/{rest}", f"src/lib/{rest}"] if rest else []
        if not rest:
            for main in package.main:
                places += [main, _OUTPUT.sub("src/", main), _OUTPUT.sub("", main)]
            places += ["src", "", "lib", "src/public_api", "src/main"]
        for place in places:
            place = re.sub(r"\.d\.([mc]?)ts$", r".\1ts", place)
            if path := self._file(posixpath.normpath(posixpath.join(package.dir, place))):
                return path
        return None


def package_name(specifier: str) -> str:
    """`@nestjs/common/decorators` is `@nestjs/common`; `node:fs/promises` is `node:fs`."""
    parts = specifier.split("/")
    return "/".join(parts[:2]) if specifier.startswith("@") else parts[0]
