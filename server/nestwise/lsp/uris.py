"""URIs and paths."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

_DRIVE = re.compile(r"^/[A-Za-z]:")


@lru_cache(4096)
def to_path(uri: str) -> Path | None:
    """The absolute path that a `file:` URI names; None for every other scheme."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file":
        return None
    path = unquote(parts.path, errors="surrogateescape")
    if _DRIVE.match(path):
        path = path[1].upper() + path[2:]
    elif parts.netloc:
        path = f"//{parts.netloc}{path}"
    if "\0" in path or not path:
        return None
    return Path(os.path.normpath(path))


def name_of(uri: str) -> str:
    """The last part of a URI, for people."""
    return unquote(uri.rpartition("/")[2].rpartition(":")[2]) or uri


def below(root: Path, path: Path) -> str | None:
    """A path relative to a folder, with `/`; None where it is not below it, also not through links."""
    for top, inner in ((root, path), (Path(os.path.realpath(root)), Path(os.path.realpath(path)))):
        if inner.is_relative_to(top) and inner != top:
            return inner.relative_to(top).as_posix()
    return None
