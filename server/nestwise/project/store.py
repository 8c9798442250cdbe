"""Where things are kept between runs, and under what: known without loading what is kept."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path


def digest(path: str, data: bytes) -> bytes:
    """What identifies a text: equal for equal bytes of the same dialect."""
    return blake2b(data, digest_size=16, person=b"x" if path.endswith("x") else b"t").digest()


def read_bytes(root: Path, path: str) -> bytes | None:
    """The bytes of a file; None where there is none to be read. To open a pipe would wait for ever."""
    full = os.path.join(root, path)
    try:
        if not stat.S_ISREG(os.stat(full).st_mode):
            return None
        with open(full, "rb") as stream:
            return stream.read()
    except OSError:
        return None


def cache_folder() -> Path:
    """The user's cache folder; `NESTWISE_CACHE_DIR` says otherwise. Nothing can be written to it where the
    user has no home: whoever writes there does without."""
    if given := os.environ.get("NESTWISE_CACHE_DIR"):
        return Path(given)
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or "~/AppData/Local").expanduser()
        elif sys.platform == "darwin":
            base = Path("~/Library/Caches").expanduser()
        else:
            given = os.environ.get("XDG_CACHE_HOME", "")
            base = Path(given if os.path.isabs(given) else "~/.cache").expanduser()
    except RuntimeError:
        base = Path(os.devnull)
    return base / "nestwise"


@cache
def code_digest(packs: tuple[str, ...]) -> bytes:
    """What identifies the code that checks: Python and the packages installed for it, nestwise, and the
    rule packs in these folders, as they were when a process first asked."""
    found = blake2b(sys.version.encode(), digest_size=16)
    for place in sys.path:  # installing a package changes the time of the folder
        with suppress(OSError):
            found.update(f"{place} {os.stat(place).st_mtime_ns}\0".encode(errors="surrogateescape"))
    for folder in (str(Path(__file__).parents[1]), *packs):
        for path in _python(folder):
            found.update(path.encode(errors="surrogateescape"))
            found.update(read_bytes(Path(folder), path) or b"")
    return found.digest()


def _python(folder: str) -> list[str]:
    """The modules below a folder, sorted."""
    out: list[str] = []
    todo = [folder]
    while todo:
        with suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    out.append(entry.path)
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    todo.append(entry.path)
    return sorted(out)
