"""Files on disk, what they mean, and the last results; shared by the command line and the server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from nestwise.lint.file import File
from nestwise.lint.registry import load_rules
from nestwise.lint.run import Checked, check
from nestwise.project.cache import FactsCache, digest
from nestwise.project.extract import extract
from nestwise.project.facts import EMPTY, FileFacts
from nestwise.project.files import Problem, is_generated, list_files
from nestwise.project.layout import Layout, read_layout
from nestwise.project.model.project import Project
from nestwise.project.resolve import Resolver
from nestwise.settings import Settings, read_settings
from nestwise.syntax.source import Dialect, Source, dialect_of

MAX_BYTES = 4_000_000
"""Larger files are generated data; they are named in `problems` and not read."""


class Workspace:
    """A folder: its settings, its project, and the last check of each file.

    With the session of the server the only owner of state. Paths are relative to `root`, with `/`.
    """

    def __init__(self, root: Path, settings: Settings | None = None) -> None:
        self.root = root
        self.rules = tuple(load_rules().values())
        known = {rule.id: rule.needs.options for rule in self.rules}
        self.settings = settings or read_settings(root, known)
        self.problems: list[Problem] = []
        self.layout = Layout()
        self.project = Project({}, self.layout, Resolver(self.layout, frozenset()))
        self._data: dict[str, bytes] = {}
        self._reached: frozenset[str] = frozenset()
        self._checked: dict[str, Checked] = {}

    def load(self, cache: FactsCache | None = None) -> None:
        """Read the folder: manifests, files and facts. Only files of packages with Nest are analysed,
        and those that they import from other packages of the workspace."""
        listed = list_files(self.root, self.settings.exclude)
        self.layout = read_layout(self.root, listed.paths)
        self.problems = [*listed.problems, *self.layout.problems]
        resolver = Resolver(self.layout, frozenset(listed.paths))
        facts: dict[str, FileFacts] = {}
        wanted = [p for p in listed.paths if self.layout.is_nest(p)]
        while wanted:
            facts.update(self._facts(wanted, cache))
            reached = {
                target.path
                for path in wanted
                for module in _modules(facts.get(path, EMPTY))
                if (target := resolver.resolve(path, module)).path is not None
            }
            wanted = sorted(p for p in reached if p is not None and p not in facts)
        self.project = Project(facts, self.layout, resolver)
        self._reached = _reached(facts, resolver)
        self._checked.clear()

    def _facts(self, paths: list[str], cache: FactsCache | None) -> dict[str, FileFacts]:
        read = {path: data for path in paths if (data := self._read(path)) is not None}
        self._data.update(read)
        keys = {path: digest(path, data) for path, data in read.items()}
        known = cache.load(keys.values()) if cache else {}
        new = {
            keys[p]: extract(Source.parse(data, dialect_of(p) or Dialect.TS))
            for p, data in read.items()
            if keys[p] not in known
        }
        if cache:
            cache.store(new)
        return {
            path: known[k] if (k := keys.get(path, b"")) in known else new.get(k, EMPTY) for path in paths
        }

    def _read(self, path: str) -> bytes | None:
        try:
            if (size := os.stat(self.root / path).st_size) > MAX_BYTES:
                self.problems.append(
                    Problem(path, f"is {size / 1e6:.0f} MB and was not read; exclude it in nestwise.json.")
                )
                return None
            data = (self.root / path).read_bytes()
        except OSError as error:
            self.problems.append(Problem(path, f"cannot be read: {error.strerror}. Check its permissions."))
            return None
        if data.count(0) * 100 > len(data):  # one in a string literal is legal
            self.problems.append(Problem(path, "is not text (it holds NUL bytes) and was not analysed."))
            return None
        return data

    def put(self, path: str, source: Source) -> File:
        """Take a new version of a file, from the editor or from disk."""
        facts = extract(source)
        self._data[path] = source.text.data
        self.project = self.project.with_files({path: facts})
        return File(path, source.text.data, facts, source)

    def remove(self, path: str) -> None:
        self._data.pop(path, None)
        self._checked.pop(path, None)
        self.project = self.project.with_files({path: None})

    def files(self) -> Iterator[File]:
        """The files that are checked: Nest code and what it reaches, generated files left out."""
        for path in self.project:
            data = self._data.get(path)
            if data is not None and path in self._reached and not is_generated(data):
                yield File(path, data, self.project.facts(path))

    def file(self, path: str) -> File | None:
        """A file as it was last read; None for one that is not part of the project."""
        data = self._data.get(path)
        return File(path, data, self.project.facts(path)) if data is not None else None

    def check(self, file: File) -> Checked:
        """Diagnostics of a file: the last ones if they still hold, else new ones."""
        last = self._checked.get(file.path)
        if last is None or not last.holds(file, self.project, self.settings):
            last = self._checked[file.path] = check(file, self.project, self.rules, self.settings)
        return last


def _reached(facts: dict[str, FileFacts], resolver: Resolver) -> frozenset[str]:
    """Files that import from Nest, and those that they import: a front end in the same package is not."""
    todo = [p for p, f in facts.items() if any(i.module.startswith("@nestjs/") for i in f.imports)]
    found = set(todo)
    while todo:
        path = todo.pop()
        for module in _modules(facts[path]):
            target = resolver.resolve(path, module).path
            if target is not None and target in facts and target not in found:
                found.add(target)
                todo.append(target)
    return frozenset(found)


def _modules(facts: FileFacts) -> set[str]:
    return {i.module for i in facts.imports} | {e.module for e in facts.exports if e.module}
