"""Check a large folder with several processors: first each process reads a share of the files, then, with
the project in memory, each checks a share of them.

Only where a process can be forked, which costs nothing worth mention. What a process that died left undone
is done here. So nothing depends on this but time.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from nestwise.cli.outcome import Share, share_of
from nestwise.cli.progress import Progress
from nestwise.lint.file import File
from nestwise.lint.run import Linter, packed
from nestwise.project.cache import FactsCache
from nestwise.project.disk import Found
from nestwise.project.extract import extract
from nestwise.project.facts import FileFacts
from nestwise.project.files import is_generated
from nestwise.syntax.dialect import Dialect, dialect_of
from nestwise.syntax.source import Source, uninterrupted
from nestwise.workspace import Ahead, Workspace

_LEAST = 600_000
"""Bytes of new text from which on a second process is worth its start; a further one needs half of that."""

_MOST = 4
"""Processes that check: each asks anew what nobody asked before they parted."""
_READERS = 8
"""Processes that read: what they share out is small, and a container may own less than it sees."""
_AT_ONCE = 30
"""Files that a process reads before it may be interrupted."""
_FEW = 400
"""Files up to which one process checks them all."""
_FIRST = 30
"""Files that are checked before the others are shared out: they ask most of what all will ask."""

_T = TypeVar("_T")
_H = TypeVar("_H")
_Analysed = tuple[dict[bytes, FileFacts], dict[bytes, bytes]]


def _analysed(linter: Linter, path: str, data: bytes) -> tuple[FileFacts, bytes | None]:
    """What the cache keeps of a text: its facts, and what rules saw if that can be kept."""
    source = Source.parse(data, dialect_of(path) or Dialect.TS)
    facts = extract(source)
    look = None if is_generated(data) else packed(linter.look(File(path, data, facts, source)))
    return facts, look


def _workers(most: int = _MOST) -> int:
    return min(most, len(os.sched_getaffinity(0))) if sys.platform == "linux" else 1


def ahead(linter: Linter, cache: FactsCache, progress: Progress) -> Ahead | None:
    """Lets the cache have files, if they are many; None where there is one processor."""
    workers = _workers(_READERS)
    return partial(_ahead, linter, cache, progress, workers) if workers > 1 else None


def _ahead(
    linter: Linter, cache: FactsCache, progress: Progress, workers: int, files: list[tuple[str, Found]]
) -> None:
    workers = min(workers, 2 * sum(len(found.data) for _, found in files) // _LEAST)
    if workers < 2:
        return
    # Sorted by size, so that all shares are about the same.
    new = sorted(files, key=lambda file: len(file[1].data), reverse=True)

    def work(share: int) -> _Analysed:
        facts: dict[bytes, FileFacts] = {}
        looks: dict[bytes, bytes] = {}
        mine = new[share::workers]
        for start in range(0, len(mine), _AT_ONCE):
            if share == 0:
                progress.tell("reading", start * workers, len(new))
            with uninterrupted():
                for path, found in mine[start : start + _AT_ONCE]:
                    facts[found.key], look = _analysed(linter, path, found.data)
                    if look is not None:
                        looks[linter.look_key(path, found.key)] = look
        return facts, looks

    mine, others = _forked([partial(work, n) for n in range(1, workers)], lambda: work(0), _Analysed)
    for result in (mine, *others):
        if result is not None:
            cache.hold(*result)
    if cache.on_disk:
        _write_beside(cache)


def _write_beside(cache: FactsCache) -> None:
    """Let another process write what the cache holds, while this one goes on."""
    pid = os.fork()
    if pid == 0:
        try:
            cache.write_held()
        finally:
            os._exit(0)
    atexit.register(os.waitpid, pid, 0)


def shares_of(workspace: Workspace, files: list[File], progress: Progress) -> list[Share]:
    """Check files, many of them in several processes.

    What is asked about all request classes of the workspace is asked once, before the processes part that
    ask it; meanwhile another one checks files that have nothing to do with them.
    """
    workers = _workers()
    if workers < 2 or len(files) < _FEW:
        return [share_of(workspace, _told(files, len(files), progress))]

    def beside(parts: list[list[File]], here: Callable[[], list[Share]]) -> list[Share]:
        tasks = [partial(_checked, workspace, part) for part in parts if part]
        shares, results = _forked(tasks, here, tuple[Share, dict[bytes, bytes]])
        for task, result in zip(tasks, results, strict=True):
            share, looks = result or task()
            workspace.new_looks.update(looks)
            shares.append(share)
        return shares

    def others() -> list[Share]:
        first = share_of(workspace, rest[:_FIRST])
        size = -(-len(rest[_FIRST:]) // workers)  # neighbours stay together: they ask about each other
        own, *parts = [rest[at : at + size] for at in range(_FIRST, max(len(rest), _FIRST + 1), size or 1)]
        told = _told(own, len(rest), progress, workers)
        return [first, *beside(parts, lambda: [share_of(workspace, told)])]

    apart = [file for file in files if _stands_apart(file)]
    if len(apart) < _FIRST:
        apart = []
    known = {file.path for file in apart}
    rest = [file for file in files if file.path not in known]
    return beside([apart], others)


def _checked(workspace: Workspace, part: list[File]) -> tuple[Share, dict[bytes, bytes]]:
    return share_of(workspace, part), workspace.new_looks


_COMPONENTS = frozenset({"Injectable", "Module", "Catch"})


def _stands_apart(file: File) -> bool:
    """Is there surely neither a request class nor a handler in a file?"""
    return all(
        any(d.name in _COMPONENTS for d in cls.decorators)
        and (cls.methods or cls.ctor or not cls.properties)
        and not any(m.decorators for m in cls.methods)
        for cls in file.facts.classes
        if not cls.inside
    )


def _told(files: list[File], total: int, progress: Progress, processes: int = 1) -> Iterator[File]:
    """The files, with a word at each about how far all processes are."""
    for count, file in enumerate(files):
        progress.tell("checking", min(count * processes, total), total)
        yield file


def _forked(
    tasks: Sequence[Callable[[], _T]], here: Callable[[], _H], kind: Any
) -> tuple[_H, list[_T | None]]:
    """What `here` gives in this process and each of the tasks, meanwhile, in one of its own; None for one
    that died. `kind`: the type of what tasks give."""
    import tempfile  # which a small folder need not pay for

    children: list[tuple[int, Path]] = []
    for task in tasks:
        handle, name = tempfile.mkstemp(prefix="nestwise-")
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                with open(handle, "wb") as stream:
                    stream.write(msgspec.msgpack.encode(task()))
                code = 0
            finally:
                os._exit(code)
        os.close(handle)
        children.append((pid, Path(name)))
    decode = msgspec.msgpack.Decoder(kind).decode
    left = dict(children)
    try:
        mine = here()
        out: list[_T | None] = []
        for pid, file in children:
            whole = os.waitpid(pid, 0)[1] == 0
            del left[pid]
            out.append(decode(file.read_bytes()) if whole else None)
        return mine, out
    finally:
        for pid in left:  # who interrupts this process alone does not wait for the others
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for _, file in children:
            file.unlink()
