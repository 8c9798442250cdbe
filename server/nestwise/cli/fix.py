"""`nestwise fix`: apply the fixes that are safe, or show what they would change."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from nestwise.lint.file import File
from nestwise.lint.fix import BrokenFixError, applicable, fix_all, style_for
from nestwise.lint.rule import Fix
from nestwise.syntax.source import Source
from nestwise.workspace import Workspace


class Fixed(Struct, frozen=True):
    """What became of one file. `after` equals `before` where nothing could be fixed."""

    path: str
    before: bytes
    after: bytes
    error: str = ""
    """Why a fix was refused; then the file is left as it is."""


_ROUNDS = 5
"""A fix of one file may give another one something to fix; three rounds have not been seen yet."""


def fixed_files(workspace: Workspace, files: list[File], unsafe: bool) -> Iterator[Fixed]:
    """Each file that the fixes would change, in the order in which they changed first.

    Every file is checked with those before it fixed, and all of them again until nothing changes.
    """
    found: dict[str, Fixed] = {}
    now = list(files)
    for _ in range(_ROUNDS):
        changed = False
        for place, file in enumerate(now):
            known = found.get(file.path)
            if (known is not None and known.error) or not _applicable(workspace, file, unsafe):
                continue
            one, now[place] = _fixed(workspace, file, unsafe)
            if one.error or one.after != one.before:
                changed = True
                found[file.path] = replace(one, before=known.before) if known is not None else one
        if not changed:
            break
    yield from found.values()


def _fixed(workspace: Workspace, file: File, unsafe: bool) -> tuple[Fixed, File]:
    def fixes(source: Source) -> list[Fix]:
        return _applicable(workspace, workspace.put(file.path, source), unsafe)

    try:
        source = fix_all(file.source, fixes, lambda: style_for(workspace.project, file))
    except BrokenFixError as error:
        workspace.put(file.path, file.source)
        return Fixed(file.path, file.data, file.data, f"{error}; report it with the file"), file
    return Fixed(file.path, file.data, source.text.data), workspace.put(file.path, source)


def _applicable(workspace: Workspace, file: File, unsafe: bool) -> list[Fix]:
    return applicable(workspace.check(file).diagnostics, file, workspace.project, unsafe)


def fix(workspace: Workspace, files: list[File], *, unsafe: bool, diff: bool) -> int:
    """Fix or show; the exit code: 0, or 2 where a file could not be fixed or written."""
    changed = failed = 0
    for one in fixed_files(workspace, files, unsafe):
        if not one.error and not diff:
            one = _written(workspace, one)
        if one.error:
            failed += 1
            print(f"nestwise: {one.path} was not fixed: {one.error}", file=sys.stderr)
            continue
        changed += 1
        if diff:
            old, new = (t.decode(errors="replace").splitlines(keepends=True) for t in (one.before, one.after))
            sys.stdout.writelines(difflib.unified_diff(old, new, f"a/{one.path}", f"b/{one.path}"))
        else:
            print(f"fixed {one.path}")
    if not diff:
        print(f"{changed} file{'' if changed == 1 else 's'} changed")
    return 2 if failed else 0


def _written(workspace: Workspace, one: Fixed) -> Fixed:
    """Write a file, unless it is no longer what was checked."""
    path = workspace.root / one.path
    try:
        if path.read_bytes() != one.before:
            return Fixed(one.path, one.before, one.before, "it changed on disk meanwhile; run again")
        path.write_bytes(one.after)
    except OSError as error:
        return Fixed(one.path, one.before, one.before, f"{error.strerror}; check its permissions")
    return one
