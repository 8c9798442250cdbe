"""How a file is parsed, by its name alone: known without loading the parser."""

from __future__ import annotations

from enum import StrEnum


class Dialect(StrEnum):
    TS = "typescript"
    TSX = "tsx"


def dialect_of(path: str) -> Dialect | None:
    """How to parse a file; None for what is not TypeScript source (also `.d.ts`)."""
    if path.endswith((".d.ts", ".d.mts", ".d.cts")):
        return None
    if path.endswith(".tsx"):
        return Dialect.TSX
    return Dialect.TS if path.endswith((".ts", ".mts", ".cts")) else None
