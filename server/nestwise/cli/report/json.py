"""The report for programs that know nestwise: the contract of `nestwise check --format json`."""

from __future__ import annotations

import json
from typing import Any

from nestwise import __version__
from nestwise.cli.report import Report, fixes_of, place_of
from nestwise.lint.run import Checked, Diagnostic
from nestwise.syntax.text import Span, Text


def render(report: Report) -> str:
    out = {
        "version": __version__,
        "root": report.workspace.root.as_posix(),
        "files": len(report.checked),
        "elapsedMs": report.elapsed,
        "findings": [_finding(report, checked, d) for checked, d in report.found],
        "errors": [{"path": path, "message": message} for path, message in report.errors],
    }
    return json.dumps(out, ensure_ascii=False, indent=2) + "\n"


def _finding(report: Report, checked: Checked, d: Diagnostic) -> dict[str, Any]:
    fixes = fixes_of(d, checked.file, report.workspace.project)
    return {
        "rule": d.rule.id,
        "level": d.level.value,
        "path": checked.file.path,
        "range": _range(checked.file.text, d.finding.span),
        "message": d.finding.message,
        "fixes": [{"title": f.title, "safety": f.safety.value} for f in fixes],
        "related": [
            {"path": r.path, "range": _range(report.text_of(r.path), r.span), "message": r.message}
            for r in d.finding.related
        ],
    }


def _range(text: Text, span: Span) -> dict[str, dict[str, int]]:
    place = place_of(text, span)
    return {
        "start": {"line": place.line, "column": place.column},
        "end": {"line": place.end_line, "column": place.end_column},
    }
