"""How Mongoose names collections."""

from __future__ import annotations

import re

_SAME = frozenset(
    "advice energy health justice equipment information money species series news status media".split()
)
"""Words without a plural."""
_ODD = re.compile(
    r"(?:man|person|child|[aeio]us|um|sis|xis|tis|ix|ex|fe|lf|rf|ouse|quiz|goose|hive|[mt]ato|alo|[^a-z])$"
)
"""Endings with a plural of their own: what Mongoose makes of them is not followed here."""


def plural(name: str) -> str | None:
    """The collection of a model, as Mongoose names it; None for words that are not regular."""
    word = name.lower()
    if word in _SAME:
        return word
    if _ODD.search(word):
        return None
    if re.search(r"(?:[^aeiouy]|qu)y$", word):
        return f"{word[:-1]}ies"
    if re.search(r"(?:x|ch|ss|sh|alias|bus)$", word):
        return f"{word}es"
    return word if word.endswith("s") else f"{word}s"
