"""Route paths as Nest 11 reads them: patterns of path-to-regexp 8, and older wildcards, which it converts."""

from __future__ import annotations

import re
from functools import lru_cache

_TOKEN = re.compile(r"\\(.)|([:*])([A-Za-z_$][\w$]*)|([{}])|([:*()\[\]?+!])|([^\\:*{}()\[\]?+!]+)", re.S)


def trimmed(path: str) -> str:
    return path.strip("/")


def join(*parts: str) -> str:
    """A path with one slash before each part; `/` for nothing."""
    return "/" + "/".join(p for p in map(trimmed, parts) if p)


def converted(path: str) -> str:
    """The older wildcards (`*`, `(.*)`, `+` as a segment) in the notation of today."""
    whole = join(path) + "/"
    if whole.endswith("/(.*)/"):
        return path.replace("(.*)", "{*path}", 1)
    if whole.endswith("/*/"):
        return path.replace("*", "{*path}", 1)
    if whole.endswith("/+/"):
        return path.replace("/+", "/*path", 1)
    if "/*/" in whole:
        return re.sub(r"/\*(?=/)", lambda m: f"/*path{m.start()}", path)
    return path


def is_wildcard(path: str) -> bool:
    """Does Nest take a path of `forRoutes` for every route?"""
    whole = join(path)
    return whole in ("/*", "/(.*)") or whole.startswith("/*") or (whole.startswith("/{") and "}" in whole)


@lru_cache(maxsize=4096)
def pattern(path: str, *, prefix: bool = False) -> re.Pattern[str] | None:
    """What a path matches, case aside and with or without a last slash; None for one that Nest refuses.

    With `prefix` it also matches what is below the path.
    """
    out: list[str] = []
    depth = 0
    at = 0
    text = join(converted(path))
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            return None
        at = found.end()
        escaped, mark, _, brace, bad, plain = found.groups()
        if bad:
            return None
        if brace:
            depth += 1 if brace == "{" else -1
            out.append("(?:" if brace == "{" else ")?")
        elif mark:
            out.append("[^/]+" if mark == ":" else ".+")
        else:
            out.append(re.escape(escaped or plain))
        if depth < 0:
            return None
    if depth:
        return None
    body = "" if text == "/" else "".join(out)
    return re.compile(body + (r"(?:/.*)?$" if prefix else r"/?$"), re.I | re.S)


@lru_cache(maxsize=4096)
def sample(path: str) -> str:
    """A path that a pattern matches, with values that no literal of another pattern is likely to be."""
    text = join(converted(path))
    return re.sub(r"[:*][A-Za-z_$][\w$]*", "x1x1", text.replace("{", "").replace("}", ""))


def matches(pattern_: str, path: str, *, prefix: bool = False) -> bool | None:
    """Does a pattern match every request of the route `path`? None for only some, or if it is refused."""
    compiled = pattern(pattern_, prefix=prefix)
    if compiled is None:
        return None
    if compiled.match(sample(path)):
        return True
    if ":" not in path and "*" not in path:
        return False
    other = pattern(path)
    whole = sample(pattern_)
    if prefix:  # what is below it may be a value of the route
        segments = whole.count("/")
        other = pattern(join(*join(path).split("/")[: segments + 1]))
    return None if other is None or other.match(whole) else False
