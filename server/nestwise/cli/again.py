"""The outcome of the last check, for when nothing at all has changed since.

Kept is what the check read: every source and manifest with its digest, the list of files, the settings,
and the code of nestwise, of its rules and of what they use. All of it is looked at again, so the answer
is the one that a check would give; only the check itself is saved, and with it the loading of the parser,
the model and the rules. One difference in any of it and there is no answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from nestwise.cli.outcome import Outcome
from nestwise.cli.roots import root_of
from nestwise.project.files import FileList, list_files
from nestwise.project.store import cache_folder, code_digest, digest, read_bytes

if TYPE_CHECKING:
    from nestwise.workspace import Workspace

_MOST = 100
"""Outcomes that are kept, the latest ones."""


class _Kept(Struct, frozen=True, array_like=True):
    root: str
    packs: tuple[str, ...]
    """Folders of the rule packs."""
    code: bytes
    settings: bytes
    exclude: tuple[str, ...]
    exclude_base: str
    listing: bytes
    texts: dict[str, bytes]
    """Digests of what was read by path; empty for what was not there, or not to be read."""
    outcome: Outcome


class Memory:
    """Remembers the outcome of one command in one folder."""

    def __init__(self, paths: list[Path], preset: str | None) -> None:
        self._paths = paths
        question = "\0".join([preset or "", *map(str, paths)])
        name = blake2b(question.encode(errors="surrogateescape"), digest_size=16).hexdigest()
        self._file = cache_folder() / "outcomes" / f"{name}.msgpack"

    def recall(self) -> Outcome | None:
        """The last outcome, if a check would have it again."""
        try:
            kept = msgspec.msgpack.decode(self._file.read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None
        root = root_of(self._paths)
        if root.as_posix() != kept.root or _settings(root) != kept.settings:
            return None
        if code_digest(kept.packs) != kept.code:
            return None
        if _listing(list_files(root, kept.exclude, kept.exclude_base)) != kept.listing:
            return None
        same = all(_look(root, path) == known for path, known in kept.texts.items())
        return kept.outcome if same else None

    def keep(self, outcome: Outcome, workspace: Workspace, packs: Iterable[Path]) -> None:
        """Keep an outcome with what it was made of. What cannot be written is forgotten."""
        root, texts, settings = workspace.root, workspace.read, workspace.settings
        # A file that is too large or no text has no digest: how it was is not known, so it counts as changed.
        if any(not known and (root / path).exists() for path, known in texts.items()):
            return
        folders = tuple(map(str, packs))
        kept = _Kept(
            outcome.root, folders, code_digest(folders), _settings(root), settings.exclude, settings.folder,
            _listing(workspace.listed), texts, outcome,
        )  # fmt: skip
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft = self._file.with_suffix(f".{os.getpid()}")
            draft.write_bytes(msgspec.msgpack.encode(kept))
            draft.replace(self._file)
            self._prune()

    def _prune(self) -> None:
        files = list(self._file.parent.iterdir())
        if len(files) > _MOST:
            for file in sorted(files, key=lambda f: f.stat().st_mtime)[:-_MOST]:
                file.unlink()


def _look(root: Path, path: str) -> bytes:
    data = read_bytes(root, path)
    return digest(path, data) if data is not None else b""


def _listing(listed: FileList) -> bytes:
    return blake2b(repr(listed).encode(errors="surrogateescape"), digest_size=16).digest()


def _settings(root: Path) -> bytes:
    """All that settings may be read from."""
    found = blake2b(digest_size=16)
    for folder in (root, *root.parents):
        for name in ("nestwise.json", "package.json"):
            data = read_bytes(folder, name)
            found.update(b"-" if data is None else b"+%d " % len(data) + data)
        if (folder / ".git").exists():
            break
    return found.digest()
