"""Where things are kept between runs, and under what: known without loading what is kept."""

from __future__ import annotations

import os
import stat
import sys
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
