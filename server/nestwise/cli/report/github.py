"""Workflow commands of GitHub Actions: an annotation at each finding."""

from __future__ import annotations

from nestwise.cli.report import Report

_KIND = {"error": "error", "warning": "warning", "information": "notice", "hint": "notice"}


def render(report: Report) -> str:
    out = [
        f"::error file={_property(report.shown(path))},title=nestwise::{_data(f'{path} {message}')}"
        for path, message in report.errors
    ]
    for found in report.found:
        place = found.place
        # GitHub drops the columns of an annotation that spans lines.
        where = f"file={_property(report.shown(found.path))},line={place.line},endLine={place.end_line}"
        if place.line == place.end_line:
            where += f",col={place.column},endColumn={place.end_column}"
        out.append(f"::{_KIND[found.level]} {where},title={_property(found.rule)}::{_data(found.message)}")
    return "".join(f"{line}\n" for line in out)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
