"""The report for people: each finding with its line, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from nestwise.cli.report import Report, fixes_of
from nestwise.lint.run import Checked, Diagnostic
from nestwise.settings import Level

_COLOR = {Level.ERROR: "31", Level.WARNING: "33", Level.INFORMATION: "36", Level.HINT: "90"}
_BOLD, _DIM, _GREEN, _RED = "1", "90", "32", "31"
_Ink = Callable[[str, str], str]


def render(report: Report) -> str:
    def ink(code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if report.color else text

    out: list[str] = []
    counts: Counter[Level] = Counter()
    fixable = 0
    for checked, diagnostic in report.found:
        counts[diagnostic.level] += 1
        fixes = fixes_of(diagnostic, checked.file, report.workspace.project)
        fixable += bool(fixes)
        out += _lines(report.shown(checked.file.path), checked, diagnostic, ink)
        out += [f"         {ink(_GREEN, 'fix: ' + f.title)}" for f in fixes]
        out.append("")
    out += [f"{ink(_RED, 'not checked')}: {report.shown(path)} {message}" for path, message in report.errors]
    out.append(ink(_BOLD, _summary(report, counts)))
    if fixable:
        out.append(f"{fixable} can be fixed: run `nestwise fix`, or take a fix in your editor.")
    return "\n".join(out) + "\n"


def _lines(path: str, checked: Checked, d: Diagnostic, ink: _Ink) -> list[str]:
    """The finding, and the line that it stands in with the place underlined."""
    text, span = checked.file.text, d.finding.span
    line, column = text.position(span.start)
    start, end = text.line_span(line)
    before = text.data[start : span.start].decode(errors="replace")
    under = text.data[span.start : min(span.end, end)].decode(errors="replace")
    shown = text.data[start:end].decode(errors="replace")
    pad = "".join("\t" if c == "\t" else " " * _width(c) for c in before)
    mark = "~" * max(sum(map(_width, under)), 1)
    place = f"{path}:{line + 1}:{column + 1}"
    return [
        f"{ink(_BOLD, place)}: {ink(_COLOR[d.level], d.level.value)} {d.finding.message}"
        f" {ink(_DIM, f'[{d.rule.id}]')}",
        f"  {ink(_DIM, str(line + 1).rjust(4) + ' |')} {shown}",
        f"  {ink(_DIM, '     |')} {pad}{ink(_COLOR[d.level], mark)}",
    ]


def _width(char: str) -> int:
    """How many cells a character takes in a terminal."""
    if char.isascii():
        return 1
    from unicodedata import combining, east_asian_width  # only lines beyond ASCII pay for the tables

    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1


def _summary(report: Report, counts: Counter[Level]) -> str:
    total, files = counts.total(), len(report.checked)
    seconds = f"{report.elapsed / 1000:.2f} s"
    of = f"{files} file{'' if files == 1 else 's'}"
    if not total:
        return f"No findings in {of}, {seconds}."
    kinds = ", ".join(_counted(counts[level], level) for level in Level if counts[level])
    touched = sum(bool(c.diagnostics) for c in report.checked)
    return f"{total} finding{'' if total == 1 else 's'} ({kinds}) in {touched} of {of}, {seconds}."


def _counted(count: int, level: Level) -> str:
    many = level.value if count == 1 or level is Level.INFORMATION else f"{level.value}s"
    return f"{count} {many}"
