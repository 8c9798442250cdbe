"""Findings for people and for programs."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

from nestwise import __version__
from nestwise.lint.file import File
from nestwise.lint.rule import Fix
from nestwise.lint.run import Checked, Diagnostic
from nestwise.project.model.project import Project
from nestwise.settings import Level
from nestwise.syntax.text import Span, Text
from nestwise.workspace import Workspace

_COLOR = {Level.ERROR: "31", Level.WARNING: "33", Level.INFORMATION: "36", Level.HINT: "90"}


@dataclass(frozen=True)
class Report:
    workspace: Workspace
    checked: list[Checked]


def fixes_of(diagnostic: Diagnostic, file: File, project: Project) -> tuple[Fix, ...]:
    make = diagnostic.rule.fixes
    return tuple(make(diagnostic.finding, file, project)) if make else ()


def as_json(report: Report, elapsed: int) -> dict[str, Any]:
    return {
        "version": __version__,
        "root": report.workspace.root.as_posix(),
        "files": len(report.checked),
        "elapsedMs": elapsed,
        "findings": [_finding(report, c, d) for c in report.checked for d in c.diagnostics],
        "errors": [{"path": path, "message": message} for path, message in _errors(report)],
    }


def _errors(report: Report) -> list[tuple[str, str]]:
    out = [(p.path, p.message) for p in report.workspace.problems]
    return out + [(c.file.path, f.message) for c in report.checked for f in c.failures]


def _finding(report: Report, checked: Checked, d: Diagnostic) -> dict[str, Any]:
    project = report.workspace.project
    return {
        "rule": d.rule.id,
        "level": d.level.value,
        "path": checked.file.path,
        "range": _range(checked.file.text, d.finding.span),
        "message": d.finding.message,
        "fixes": [{"title": f.title, "safety": f.safety.value} for f in fixes_of(d, checked.file, project)],
        "related": [
            {"path": r.path, "range": _range(_text(report, r.path), r.span), "message": r.message}
            for r in d.finding.related
        ],
    }


def _text(report: Report, path: str) -> Text:
    try:
        return Text((report.workspace.root / path).read_bytes())
    except OSError:
        return Text(b"")


def _range(text: Text, span: Span) -> dict[str, dict[str, int]]:
    """Lines and columns from 1, columns in UTF-16 units."""
    (line, column), (end_line, end) = text.position(span.start), text.position(span.end)
    return {
        "start": {"line": line + 1, "column": column + 1},
        "end": {"line": end_line + 1, "column": end + 1},
    }


def _colored(choice: str) -> bool:
    if choice == "auto":
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()
    return choice == "always"


def as_text(report: Report, elapsed: int, color: str) -> str:
    paint = _colored(color)

    def ink(code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if paint else text

    out: list[str] = []
    counts: Counter[Level] = Counter()
    fixable = files = 0
    for checked in report.checked:
        text = checked.file.text
        files += bool(checked.diagnostics)
        for d in checked.diagnostics:
            counts[d.level] += 1
            fixes = fixes_of(d, checked.file, report.workspace.project)
            fixable += bool(fixes)
            line, column = text.position(d.finding.span.start)
            start, end = text.line_span(line)
            shown = text.data[start:end].decode(errors="replace")
            before = text.data[start : d.finding.span.start].decode(errors="replace")
            under = text.data[d.finding.span.start : min(d.finding.span.end, end)].decode(errors="replace")
            out.append(
                f"{ink('1', f'{checked.file.path}:{line + 1}:{column + 1}')}: "
                f"{ink(_COLOR[d.level], d.level.value)} {d.finding.message} {ink('90', f'[{d.rule.id}]')}"
            )
            pad = "".join("\t" if c == "\t" else " " for c in before)
            out.append(f"  {ink('90', str(line + 1).rjust(4) + ' |')} {shown}")
            out.append(f"  {ink('90', '     |')} {pad}{ink(_COLOR[d.level], '~' * max(len(under), 1))}")
            out += [f"         {ink('32', 'fix: ' + f.title)}" for f in fixes]
            out.append("")
    for path, message in _errors(report):
        out.append(f"{ink('31', 'not checked')}: {path} {message}")
    total = sum(counts.values())
    kinds = ", ".join(
        f"{n} {level.value}" for level, n in sorted(counts.items(), key=lambda c: list(Level).index(c[0]))
    )
    said = (
        f"{total} finding{'' if total == 1 else 's'} ({kinds}) in {files} of" if total else "No findings in"
    )
    out.append(ink("1", f"{said} {len(report.checked)} files, {elapsed / 1000:.2f} s."))
    if fixable:
        out.append(f"{fixable} can be fixed: run `nestwise fix`.")
    return "\n".join(out) + "\n"
