"""`nestwise fix`: apply the fixes that are safe, or show what they would change."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from nestwise.lint.file import File
from nestwise.lint.fix import BrokenFixError, applicable, fix_all, style_for
from nestwise.lint.rule import Fix
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.workspace import Workspace


class Fixed(Struct, frozen=True):
    """What became of one file. `after` equals `before` where nothing could be fixed."""

    path: str
    before: bytes | None
    """None where there was no such file."""
    after: bytes
    error: str = ""
    """Why a fix was refused; then the file is left as it is."""


_ROUNDS = 5
"""A fix of one file may give another one something to fix; three rounds have not been seen yet."""


class _Draft:
    """What fixes make of the files of a workspace, before anything is written."""

    def __init__(self, workspace: Workspace, unsafe: bool) -> None:
        self._workspace = workspace
        self._unsafe = unsafe
        self._put: dict[str, Source] = {}
        self._before: dict[str, bytes | None] = {}
        self._groups: list[set[str]] = []
        """Files that one fix changed together: they are written together, or not at all."""
        self.errors: dict[str, str] = {}

    # --- the files, for `fix_all` ---

    def source(self, path: str) -> Source | None:
        file = self._workspace.file(path)
        return file.source if file is not None else None

    def free(self, path: str) -> bool:
        return self._workspace.free(path)

    # --- fixing ---

    def fix(self, path: str) -> list[str]:
        """Fix what is found in a file, if it is there: the files that changed."""
        file = self._workspace.file(path)
        if path in self.errors or file is None or not self._offered(file):
            return []
        before: dict[str, Source | None] = {}

        def fixes(now: Mapping[str, Source]) -> list[Fix]:
            before.update({other: self.source(other) for other in now if other not in before})
            self._take(now)
            file = self._workspace.file(path)
            return self._offered(file) if file is not None else []

        try:
            now = fix_all(path, self, fixes, self._style)
        except BrokenFixError as error:
            self._take({other: source for other, source in before.items() if source is not None})
            for other in (other for other, source in before.items() if source is None):
                self._workspace.remove(other)
            self.errors[path] = f"{error}; report it with the file"
            return []
        for other in now:
            if other not in self._before:
                was = before[other]
                self._before[other] = was.text.data if was is not None else None
        self._take(now)
        self._join(set(now))
        return list(now)

    def _offered(self, file: File) -> list[Fix]:
        found = self._workspace.check(file).diagnostics
        return applicable(found, file, self._workspace.project, self._unsafe)

    def _style(self, path: str) -> Style:
        file = self._workspace.file(path)
        assert file is not None
        return style_for(self._workspace.project, file)

    def _take(self, sources: Mapping[str, Source]) -> None:
        for path, source in sources.items():
            if self._put.get(path) is not source:
                self._put[path] = source
                self._workspace.put(path, source)

    def _join(self, paths: set[str]) -> None:
        if paths:
            apart = [group for group in self._groups if not group & paths]
            joined = paths.union(*(group for group in self._groups if group & paths))
            self._groups = [*apart, joined]

    # --- what came of it ---

    def groups(self) -> Iterator[list[Fixed]]:
        """The files that are others now, each with those that have to be written with it."""
        left = dict.fromkeys(self._before)
        for path in self._before:
            [group] = [group for group in self._groups if path in group]
            members = [one for one in left if one in group]
            for one in members:
                del left[one]
            fixed = [Fixed(one, self._before[one], self._put[one].text.data) for one in members]
            if changed := [one for one in fixed if one.before != one.after]:
                yield changed


def fixed_files(workspace: Workspace, files: list[File], unsafe: bool) -> Iterator[list[Fixed]]:
    """Each file that the fixes would change or create, in the order in which they changed first, together
    with those that may not change without it; and what could not be fixed.

    Every file is checked with those before it fixed, and all of them again until nothing changes.
    """
    draft = _Draft(workspace, unsafe)
    paths = [file.path for file in files]
    for _ in range(_ROUNDS):
        changed = False
        for path in paths:
            new = draft.fix(path)
            changed = changed or bool(new)
            paths += [other for other in new if other not in paths and workspace.checks(other)]
        if not changed:
            break
    yield from draft.groups()
    for path, error in draft.errors.items():
        yield [Fixed(path, b"", b"", error)]


def fix(workspace: Workspace, files: list[File], *, unsafe: bool, diff: bool) -> int:
    """Fix or show; the exit code: 0, or 2 where a file could not be fixed or written."""
    changed = failed = 0
    for group in fixed_files(workspace, files, unsafe):
        for one in group if diff else _written(workspace, group):
            if one.error:
                failed += 1
                print(f"nestwise: {one.path} was not fixed: {one.error}", file=sys.stderr)
                continue
            changed += 1
            if diff:
                sys.stdout.writelines(_difference(one))
            else:
                print(f"{'created' if one.before is None else 'fixed'} {one.path}")
    if not diff:
        print(f"{changed} file{'' if changed == 1 else 's'} changed")
    return 2 if failed else 0


def _difference(one: Fixed) -> Iterator[str]:
    old, new = (t.decode(errors="replace").splitlines(keepends=True) for t in (one.before or b"", one.after))
    was = "/dev/null" if one.before is None else f"a/{one.path}"
    return difflib.unified_diff(old, new, was, f"b/{one.path}")


def _written(workspace: Workspace, group: list[Fixed]) -> list[Fixed]:
    """Write files that belong together, unless one is no longer what was checked or cannot be written."""
    done: list[Fixed] = []
    for one in group:
        error = _now(workspace, one)
        if error:
            return _refused(group, one, error)
    for one in group:
        path = workspace.root / one.path
        try:
            if one.before is None:
                path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb" if one.before is None else "wb") as stream:
                done.append(one)
                stream.write(one.after)
        except OSError as error:
            for other in done:
                _undone(workspace, other)
            return _refused(group, one, f"{error.strerror}; check its permissions")
    return done


def _now(workspace: Workspace, one: Fixed) -> str:
    """Why a file may not be written; empty if it may."""
    path = workspace.root / one.path
    try:
        now = path.read_bytes()
    except FileNotFoundError:
        now = None
    except OSError as error:
        return f"{error.strerror}; check its permissions"
    return "" if now == one.before else "it changed on disk meanwhile; run again"


def _undone(workspace: Workspace, one: Fixed) -> None:
    path = workspace.root / one.path
    with suppress(OSError):  # there is nothing more to try
        if one.before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(one.before)


def _refused(group: list[Fixed], cause: Fixed, error: str) -> list[Fixed]:
    others = f"it belongs to a fix of {cause.path}, which could not be written"
    return [replace(one, error=error if one is cause else others) for one in group]
