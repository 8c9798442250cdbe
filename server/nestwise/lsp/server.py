"""The language server."""

from __future__ import annotations


def serve(tcp: str | None = None) -> int:
    """Serve one client over stdio, or over TCP for debugging."""
    return 0
