"""Small projects in memory: `project_of({"src/main.ts": "…"})`."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

import pytest
from nestwise.project.extract import extract
from nestwise.project.model.project import Project
from nestwise.project.resolve import Target
from nestwise.syntax.source import Source, dialect_of


class _Layout:
    """One package at the root."""

    def application_name(self, path: str) -> str:
        return "app"

    def nest_major(self, path: str) -> int:
        return 11


class _Resolver:
    """Relative imports, with and without a suffix; everything else is a package."""

    def __init__(self, files: frozenset[str]) -> None:
        self.files = files

    def resolve(self, importer: str, specifier: str) -> Target:
        if not specifier.startswith("."):
            return Target(package=specifier)
        base = posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
        for path in (base, f"{base}.ts", f"{base}/index.ts", f"{base.removesuffix('.js')}.ts"):
            if path in self.files:
                return Target(path=path)
        return Target()


def facts_of(path: str, code: str) -> Any:
    dialect = dialect_of(path)
    assert dialect is not None, path
    return extract(Source.parse(code.encode(), dialect))


def project_of(files: Mapping[str, str]) -> Project:
    facts = {path: facts_of(path, code) for path, code in files.items()}
    layout: Any = _Layout()
    resolver: Any = _Resolver(frozenset(files))
    return Project(facts, layout, resolver)


@pytest.fixture(name="project_of")
def _project_of() -> Any:
    return project_of


@pytest.fixture(name="facts_of")
def _facts_of() -> Any:
    return facts_of
