"""Files on disk, what they mean, and the last results; shared by the command line and the server."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from nestwise.lint.file import File
from nestwise.lint.registry import load_rules
from nestwise.lint.run import Checked, Linter, Look, packed, unpacked
from nestwise.project.cache import FactsCache
from nestwise.project.details import Details, Reading
from nestwise.project.disk import Disk, Found
from nestwise.project.extract import extract
from nestwise.project.extract_parts import Known as Parts
from nestwise.project.facts import EMPTY, FileFacts
from nestwise.project.files import FileList, Problem, accepts, is_generated, listing
from nestwise.project.known import Known
from nestwise.project.layout import Layout, reading_layout
from nestwise.project.model.memory import Memory
from nestwise.project.model.project import Project
from nestwise.project.model.validation import placed_controllers, prepare
from nestwise.project.reach import Led, led_to, modules_of, reached_by_nest, uses_nest
from nestwise.project.resolve import Resolver
from nestwise.project.sharing import shared
from nestwise.project.store import digest, read_bytes
from nestwise.settings import Settings, read_settings
from nestwise.syntax.source import Dialect, Source, dialect_of

T = TypeVar("T")
_BATCH = 32
"""Files that are looked up in the cache together: as many as a keystroke can wait for."""


Ahead = Callable[[list[tuple[str, Found]]], None]
"""Lets the cache have the facts of files that it does not know, where that takes less time than to read one
after the other."""


class Progress(Struct, frozen=True):
    """How far `refresh` is, in files; `total` may grow while imports lead to more of them."""

    done: int
    total: int


class _Last(Struct):
    """A check and when it was last seen to hold. Its file is kept without its tree."""

    checked: Checked
    key: bytes
    verified: int


class Workspace:
    """A folder: its settings, its project, and the last check of each file.

    With the session of the server the only owner of state. Paths are relative to `root`, with `/`.
    What was `put` lies over what is on disk until it is `close`d.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings | None = None,
        *,
        keep_texts: bool = True,
        memory: Memory | None = None,
    ) -> None:
        """`keep_texts`: hold the texts in memory, for one pass over all files; else read them again."""
        self.root = root
        self.rules = tuple(load_rules().values())
        if settings is None:
            settings = read_settings(root, {rule.id: rule.needs.options for rule in self.rules})
        self._looks: dict[str, tuple[bytes, Look]] = {}
        """What rules saw in files on disk, with the digests of the texts."""
        self.settings = settings
        self.layout = Layout()
        self.new_looks: dict[bytes, bytes] = {}
        """Those that the cache does not have yet."""
        self._cache: FactsCache | None = None
        self.complete = False
        """Has the whole folder been read? Before that the project is what was put."""
        self._resolver = Resolver(self.layout, frozenset())
        self._details = Details(self._reading)
        self.project = Project({}, self.layout, self._resolver, details=self._details, memory=memory)
        self._disk = Disk(root, keep_texts)
        self._keep_texts = keep_texts
        self._open: dict[str, File] = {}
        self._known: dict[str, Known] = {}
        """The last versions of open documents that had no syntax error."""
        self._parts: dict[str, Parts] = {}
        """What is known of the parts of open documents."""
        self.listed = FileList(())
        """The files of the folder when it was last listed."""
        self.surveyed = False
        """Are the packages and the names of the files known?"""
        self._paths: frozenset[str] = frozenset()
        self._reached: frozenset[str] = frozenset()
        self._last: dict[str, _Last] = {}
        self._given: dict[str, bytes] = {}
        """Manifests and formatters' settings that were read for details, with the digests of their texts."""

    @property
    def linter(self) -> Linter:
        return self._linter

    @property
    def settings(self) -> Settings:
        return self._linter.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._linter = Linter(self.rules, settings)
        self._looks = {}

    @property
    def problems(self) -> list[Problem]:
        """What could not be read or understood, the last time that it was looked at."""
        return [*self.listed.problems, *self.layout.problems, *self._disk.problems.values()]

    @property
    def read(self) -> dict[str, bytes]:
        """The files that were read, with their digests: empty where there was none, or none to be read."""
        unread = dict.fromkeys(self._disk.problems, b"")
        return {**self.layout.read, **self._disk.digests(), **unread}

    # --- the folder ---

    def load(self, cache: FactsCache | None = None) -> None:
        """Read the folder: manifests, files and facts. Only files of packages with Nest are analysed,
        and those that they import from other packages of the workspace."""
        for _ in self.refresh(cache):
            pass

    def refresh(self, cache: FactsCache | None = None, ahead: Ahead | None = None) -> Iterator[Progress]:
        """Take the folder as it is on disk now, in slices of a few milliseconds; with `ahead` in one.

        The project changes once, at the end, so that nobody sees half a folder. What is put or
        closed meanwhile stands.
        """
        self._cache = self._details.cache = cache
        settings = self.settings
        listed = yield from _unmeasured(listing(self.root, settings.exclude, settings.folder))
        self.listed = listed
        yield Progress(0, len(listed.paths))
        layout = yield from _unmeasured(reading_layout(self.root, listed.manifests))
        paths = frozenset(listed.paths)
        if not self.complete:
            self.layout, self.surveyed = layout, True
            self._update({path: file.facts for path, file in self._open.items() if layout.is_nest(path)})
        files = paths | self._open.keys()
        same = self.complete and layout == self.layout and files == self._paths
        resolver = self._resolver if same else Resolver(layout, files)
        yield Progress(0, len(listed.paths))

        changes: dict[str, FileFacts | None] = {}
        wanted = [path for path in listed.paths if layout.is_nest(path)]
        yield Progress(0, len(wanted))
        seen = set(wanted)
        led: Led = {}
        done = 0
        while wanted:
            for part in self._read(wanted, cache, changes, ahead):
                yield Progress(done + part, len(seen))
            done += len(wanted)
            reached: set[str] = set()
            for count, path in enumerate(wanted):
                facts = changes.get(path) or self.project.facts(path)
                led[path] = facts, led_to(resolver, path, facts)
                reached |= led[path][1]
                if count % 64 == 0:
                    yield Progress(done, len(seen))
            wanted = sorted((reached & paths) - seen)
            seen |= reached
        schemas = {path: found for path in listed.schemas if (found := self._disk.look(path)) is not None}
        rewritten = [path for path, found in schemas.items() if found.changed]
        for path, given in self._given.items():
            if (now := _digest_on_disk(self.root, path)) != given:
                self._given[path] = now
                rewritten.append(path)
        self._disk.forget(seen | set(listed.schemas))

        for path in self.project:
            if path not in seen and path not in self._open:
                changes[path] = None
        for path, file in self._open.items():
            changes.pop(path, None)
            if path in seen or layout.is_nest(path):
                changes[path] = file.facts
        if not same and not files >= self._open.keys():
            resolver, led = Resolver(layout, files := files | self._open.keys()), {}
        if not same:
            self.layout, self._paths, self._resolver = layout, files, resolver
        before, self.complete = self.project if self.complete else None, True
        structure = () if same else (self.layout, self._resolver)
        self.project = self.project.with_files(
            changes, *structure, schemas=tuple(schemas), rewritten=rewritten
        )
        if self.project is before:
            return
        self._reached = reached_by_nest(self.project, self._resolver, led)
        self._last = {path: last for path, last in self._last.items() if path in seen or path in self._open}
        self._looks = {path: look for path, look in self._looks.items() if path in seen}

    def _read(
        self,
        paths: list[str],
        cache: FactsCache | None,
        changes: dict[str, FileFacts | None],
        ahead: Ahead | None,
    ) -> Iterator[int]:
        """Read what changed on disk into `changes`; yields how many files are done."""
        size = len(paths) if ahead is not None else _BATCH
        for start in range(0, len(paths), size):
            read: list[tuple[str, Found]] = []
            for path in paths[start : start + size]:
                found = self._disk.look(path)
                if found is None:
                    changes[path] = None if path in self._disk.problems else self.project.facts(path)
                elif found.changed:
                    read.append((path, found))
            yield start
            known = cache.load(found.key for _, found in read) if cache and read else {}
            if ahead is not None and cache:
                unknown = [(path, found) for path, found in read if found.key not in known]
                ahead(unknown)
                known |= cache.load(found.key for _, found in unknown)
            if known and cache:
                self._load_looks([(path, found) for path, found in read if found.key in known], cache)
            new: dict[bytes, FileFacts] = {}
            for count, (path, found) in enumerate(read):
                facts = known.get(found.key) or new.get(found.key)
                if facts is None:
                    source = Source.parse(found.data, _dialect(path))
                    facts = new[found.key] = extract(source)
                    if not is_generated(found.data):  # the tree is there: one walk more costs little
                        self._keep_look(File(path, found.data, facts, source), found.key)
                    yield start + count
                changes[path] = facts if self._keep_texts else shared(facts)
            if cache:
                cache.store(new)
            self.flush()

    def _load_looks(self, read: list[tuple[str, Found]], cache: FactsCache) -> None:
        keys = {self._linter.look_key(path, found.key): (path, found.key) for path, found in read}
        for key, data in cache.load_looks(keys).items():
            path, text = keys[key]
            if (look := unpacked(data)) is not None:
                self._looks[path] = (text, look)

    def _keep_look(self, file: File, text: bytes) -> Look:
        look = self._linter.look(file)
        self._looks[file.path] = (text, look)
        if self._cache is not None and self._cache.on_disk and (data := packed(look)) is not None:
            self.new_looks[self._linter.look_key(file.path, text)] = data
        return look

    def flush(self) -> None:
        """Write to the cache what was found since the last time."""
        if self._cache is not None:
            self._cache.store_looks(self.new_looks)
        self.new_looks = {}
        self._details.flush()

    def changed(self, paths: Iterable[str]) -> bool:
        """Read files again that may have changed on disk; False where only `refresh` can tell,
        because a file came, went, or is no source."""
        changes: dict[str, FileFacts | None] = {}
        for path in paths:
            if path not in self._disk:
                return False
            found = self._disk.look(path, afresh=True)
            if found is None:
                return False
            if found.changed and path not in self._open:
                changes[path] = extract(Source.parse(found.data, _dialect(path)))
        self._update(changes)
        return True

    # --- open documents ---

    def put(self, path: str, source: Source) -> File:
        """Take a new version of a file, which stands for the one on disk."""
        facts = extract(source, self._known.get(path))
        parts = self._parts.setdefault(path, Parts())
        file = File(path, source.text.data, facts, source, known=parts)
        if not source.broken:
            self._known[path] = Known(source, facts)
        before = self._open.get(path)
        known = before is not None or path in self.project
        self._open[path] = file
        if known or self.layout.is_nest(path):
            self._update({path: file.facts})
        return file

    def close(self, path: str) -> None:
        """Go back to what is on disk."""
        self._open.pop(path, None)
        self._known.pop(path, None)
        self._parts.pop(path, None)
        if path not in self.project:
            return
        found = self._disk.look(path, afresh=True)
        if found is None:
            self._last.pop(path, None)
        facts = extract(Source.parse(found.data, _dialect(path))) if found else None
        self._update({path: facts})

    def remove(self, path: str) -> None:
        """Forget a file that was put and is not on disk."""
        self._open.pop(path, None)
        self._known.pop(path, None)
        self._parts.pop(path, None)
        self._last.pop(path, None)
        self._update({path: None})

    def takes(self, path: str) -> bool:
        """May a file of this name, there or not, be part of the project?"""
        return accepts(self.root, path, self.settings.exclude, self.settings.folder)

    def free(self, path: str) -> bool:
        """May a file be created there? Nothing is there, and it would be part of the project."""
        if path in self._open or path in self.project or os.path.lexists(self.root / path):
            return False
        return not {"", ".", ".."} & set(path.split("/")) and self.takes(path) and self.layout.is_nest(path)

    def _update(self, changes: dict[str, FileFacts | None]) -> None:
        """Change the project, and read what the changed files import for the first time."""
        todo = dict(changes)
        while todo:
            new = {p for p, facts in todo.items() if facts is not None and p not in self._paths}
            gone = {p for p, facts in todo.items() if facts is None and p in self._paths}
            if new or gone:
                self._paths = (self._paths | new) - gone
                self._resolver = Resolver(self.layout, self._paths)
            before = {path: modules_of(self.project.facts(path)) for path in todo}
            resolver = (self.layout, self._resolver) if new or gone else ()
            self.project = self.project.with_files(todo, *resolver)
            reached = {
                target
                for path, facts in todo.items()
                for module in modules_of(facts or EMPTY) - before[path]
                if (target := self._resolver.resolve(path, module).path) is not None
            }
            self._reached |= reached
            todo = {}
            for path in reached:
                if path not in self.project:
                    found = self._open.get(path) or self._disk.look(path)
                    if isinstance(found, File):
                        todo[path] = found.facts
                    elif found is not None:
                        todo[path] = extract(Source.parse(found.data, _dialect(path)))

    def prepare(self) -> Iterator[None]:
        """Ask in small pieces what nearly every check asks of the whole project. It ends early when
        something changes meanwhile: then the next check asks what is left."""
        project = self.project
        for controller, number in placed_controllers(project):
            if self.project is not project:
                return
            prepare(project, controller, number)
            yield

    # --- results ---

    def files(self) -> Iterator[File]:
        """The files that are checked: Nest code and what it reaches, generated files left out."""
        for path in self.project:
            if self.checks(path) and (file := self.file(path)) is not None:
                yield file

    def checks(self, path: str) -> bool:
        """Is a file of the project one that is checked?"""
        if path not in self.project:
            return False
        opened = self._open.get(path)
        if opened is not None:
            nest = path in self._reached or uses_nest(opened.facts)
            return nest and not is_generated(opened.data)
        return path in self._reached and not self._disk.is_generated(path)

    def file(self, path: str) -> File | None:
        """A file as it was put or is on disk; None for one that is not part of the project."""
        opened = self._open.get(path)
        if opened is not None or path not in self.project:
            return opened
        found = self._disk.look(path, text=True)
        if found is None:
            return None
        if found.changed:
            self._update({path: extract(Source.parse(found.data, _dialect(path)))})
        return File(path, found.data, self.project.facts(path))

    def _reading(self, path: str) -> Reading | None:
        """The text of a file for details: as it was put, or as the disk had it when it was looked at."""
        opened = self._open.get(path)
        if opened is not None:
            return Reading(path, opened.data, None, opened.source, self._parts[path])
        if path in self.layout.formats or path in self.layout.manifests:
            data = read_bytes(self.root, path)
            self._given[path] = digest(path, data) if data is not None else b""
            return Reading(path, data, None) if data is not None else None
        data = self._disk.text(path)
        return Reading(path, data, self._disk.key(path)) if data is not None else None

    def check(self, file: File) -> Checked:
        """Diagnostics of a file: the last ones if they still hold, else new ones."""
        key = self._disk.key(file.path) if file.path not in self._open else None
        key = key or digest(file.path, file.data)
        last = self._last.get(file.path)
        same = last is not None and last.key == key and last.checked.settings is self.settings
        if last is not None and same and self._holds(last):
            return replace(last.checked, file=file)
        checked = self._linter.check(file, self.project, self._look(file, key))
        light = replace(checked, file=File(file.path, b"", EMPTY))
        self._last[file.path] = _Last(light, key, self.project.revision)
        return checked

    def _look(self, file: File, text: bytes) -> Look | None:
        """What rules saw in a file on disk; an open one changes too often to be remembered."""
        if file.path in self._open:
            return None
        known, look = self._looks.get(file.path, (b"", None))
        return look if look is not None and known == text else self._keep_look(file, text)

    def held(self, path: str) -> Checked | None:
        """The last diagnostics of a file that is not open, if they still hold; its text is not there."""
        last = self._last.get(path)
        if last is None or path in self._open or last.key != self._disk.key(path):
            return None
        return last.checked if last.checked.settings is self.settings and self._holds(last) else None

    def _holds(self, last: _Last) -> bool:
        if last.verified != self.project.revision:
            if not self.project.agrees(last.checked.reads, last.verified):
                return False
            last.verified = self.project.revision
        return True


def _digest_on_disk(root: Path, path: str) -> bytes:
    data = read_bytes(root, path)
    return digest(path, data) if data is not None else b""


def _unmeasured(work: Generator[None, None, T]) -> Generator[Progress, None, T]:
    """Steps of which it is not known how many there will be."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: T = end.value
            return found
        yield Progress(0, 0)


def _dialect(path: str) -> Dialect:
    return dialect_of(path) or Dialect.TS
