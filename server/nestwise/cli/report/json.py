"""The report for programs that know nestwise: the contract of `nestwise check --format json`."""

from __future__ import annotations

import json
from typing import Any

from nestwise import __version__
from nestwise.cli.outcome import Found, Place, Remedy
from nestwise.cli.report import Report


def render(report: Report) -> str:
    out = {
        "version": __version__,
        "root": report.outcome.root,
        "files": report.outcome.files,
        "elapsedMs": report.elapsed,
        "findings": [_finding(found) for found in report.found],
        "errors": [{"path": path, "message": message} for path, message in report.errors],
    }
    return json.dumps(out, ensure_ascii=False, indent=2) + "\n"


def _finding(found: Found) -> dict[str, Any]:
    return {
        "rule": found.rule,
        "level": found.level,
        "path": found.path,
        "range": _range(found.place),
        "message": found.message,
        "fixes": [_fix(fix) for fix in found.fixes],
        "related": [
            {"path": near.path, "range": _range(near.place), "message": near.message}
            for near in found.related
        ],
    }


def _fix(fix: Remedy) -> dict[str, Any]:
    files = {"edits": list(fix.elsewhere), "creates": list(fix.created)}
    return {"title": fix.title, "safety": fix.safety, **{key: paths for key, paths in files.items() if paths}}


def _range(place: Place) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": place.line, "column": place.column},
        "end": {"line": place.end_line, "column": place.end_column},
    }
