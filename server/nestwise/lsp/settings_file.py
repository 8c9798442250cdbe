"""Mistakes in nestwise.json and in the settings of package.json, at their place."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types as lsp

from nestwise.lint.registry import load_rules
from nestwise.lsp.convert import settings_diagnostic
from nestwise.settings import SettingsError, parsed
from nestwise.syntax.text import Text

_KEYS = {"nestwise.json": "", "package.json": "nestwise"}
"""Files that may hold settings, with the key below which they stand."""


def is_settings(name: str) -> bool:
    return name in _KEYS


def settings_report(path: Path | None, text: Text, encoding: str) -> list[lsp.Diagnostic]:
    """What is wrong in a file of settings, as it is in the editor."""
    if path is None or path.name not in _KEYS:
        return []
    known = {rule.id: rule.needs.options for rule in load_rules().values()}
    try:
        parsed(str(path), text.data, _KEYS[path.name], known)
    except SettingsError as error:
        return [settings_diagnostic(text, problem, encoding) for problem in error.problems]
    return []


def error_report(error: SettingsError, encoding: str) -> list[lsp.Diagnostic]:
    """What was wrong in a file of settings when it was read."""
    try:
        text = Text(Path(error.path).read_bytes())
    except OSError:
        text = Text(b"")
    return [settings_diagnostic(text, problem, encoding) for problem in error.problems]
