"""Read a large folder with several processors: each process fills the cache for a share of the files.

Only where a process can be forked, which costs nothing worth mention; elsewhere, and for what a process
that died left undone, the workspace reads the files by itself. So nothing depends on this but time.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from nestwise.project.cache import FactsCache
from nestwise.project.disk import Disk
from nestwise.project.files import list_files
from nestwise.project.layout import read_layout
from nestwise.workspace import Workspace, analysed

_LEAST = 600_000
"""Bytes of new text from which on a second process is worth its start."""

_Rows = tuple[dict[bytes, bytes], dict[bytes, bytes]]


def prepare(workspace: Workspace, cache: FactsCache) -> None:
    """Fill the cache for the files of a folder that it does not know, if they are many."""
    workers = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    if workers < 2:
        return
    root, settings, linter = workspace.root, workspace.settings, workspace.linter
    listed = list_files(root, settings.exclude, settings.folder)
    layout = read_layout(root, listed.manifests)
    disk = Disk(root, keep_texts=False)
    found = {p: f for p in listed.paths if layout.is_nest(p) and (f := disk.look(p)) is not None}
    known = cache.known(f.key for f in found.values())
    new = [(p, f.data, f.key) for p, f in found.items() if f.key not in known]
    if sum(len(data) for _, data, _ in new) < _LEAST:
        return
    new.sort(key=lambda one: len(one[1]), reverse=True)  # so that all shares are about the same

    def work(share: int) -> _Rows:
        facts: dict[bytes, bytes] = {}
        looks: dict[bytes, bytes] = {}
        for path, data, key in new[share::workers]:
            facts[key], look = analysed(linter, path, data)
            if look is not None:
                looks[linter.look_key(path, key)] = look
        return facts, looks

    for facts, looks in _forked(work, workers):
        cache.store_packed(facts)
        cache.store_looks(looks)


def _forked(work: Callable[[int], _Rows], workers: int) -> list[_Rows]:
    """The results of `work` for each share; the first share is done here."""
    children: list[tuple[int, str]] = []
    for share in range(1, workers):
        handle, name = tempfile.mkstemp(prefix="nestwise-")
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                with open(handle, "wb") as stream:
                    stream.write(msgspec.msgpack.encode(work(share)))
                code = 0
            finally:
                os._exit(code)
        os.close(handle)
        children.append((pid, name))
    own = work(0)
    results = [_result(pid, Path(name)) for pid, name in children]
    return [own, *(rows for rows in results if rows is not None)]


def _result(pid: int, file: Path) -> _Rows | None:
    """What a child wrote; None where it died."""
    status = os.waitpid(pid, 0)[1]
    data = file.read_bytes()
    file.unlink()
    return msgspec.msgpack.decode(data, type=_Rows) if status == 0 else None
