"""The report for people: each finding with its line, and a summary."""

from __future__ import annotations

from collections import Counter

from nestwise.cli.outcome import LEVELS, Found
from nestwise.cli.report import Ink, Report, ink_for

_COLOR = {"error": "31", "warning": "33", "information": "36", "hint": "90"}
_BOLD, _DIM, _GREEN, _RED = "1", "90", "32", "31"


def render(report: Report) -> str:
    ink = ink_for(report.color)
    out: list[str] = []
    fixable = 0
    for found in report.found:
        fixable += bool(found.fixes)
        out += _lines(report.shown(found.path), found, ink)
        out += [f"         {ink(_GREEN, 'fix: ' + fix.title)}" for fix in found.fixes]
        out.append("")
    out += [f"{ink(_RED, 'problem')}: {report.shown(path)} {message}" for path, message in report.errors]
    out.append(ink(_BOLD, _summary(report)))
    if fixable:
        out.append(f"{fixable} can be fixed: run `nestwise fix`, or take a fix in your editor.")
    return "\n".join(out) + "\n"


def _lines(path: str, found: Found, ink: Ink) -> list[str]:
    """The finding, and the line that it stands in with the place underlined."""
    place = found.place
    units = found.line.encode("utf-16-le", "surrogatepass")
    start = 2 * (place.column - 1)
    end = 2 * (place.end_column - 1) if place.end_line == place.line else len(units)
    before, under = (u.decode("utf-16-le", "replace") for u in (units[:start], units[start:end]))
    pad = "".join("\t" if c == "\t" else " " * _width(c) for c in before)
    mark = "~" * max(sum(map(_width, under)), 1)
    where = f"{path}:{place.line}:{place.column}"
    return [
        f"{ink(_BOLD, where)}: {ink(_COLOR[found.level], found.level)} {found.message}"
        f" {ink(_DIM, f'[{found.rule}]')}",
        f"  {ink(_DIM, str(place.line).rjust(4) + ' |')} {found.line}",
        f"  {ink(_DIM, '     |')} {pad}{ink(_COLOR[found.level], mark)}",
    ]


def _width(char: str) -> int:
    """How many cells a character takes in a terminal."""
    if char.isascii():
        return 1
    from unicodedata import combining, east_asian_width  # only lines beyond ASCII pay for the tables

    return 0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1


def _summary(report: Report) -> str:
    counts = Counter(found.level for found in report.found)
    total, files = counts.total(), report.outcome.files
    seconds = f"{report.elapsed / 1000:.2f} s"
    of = f"{files} file{'' if files == 1 else 's'}"
    if not total:
        return f"No findings in {of}, {seconds}."
    kinds = ", ".join(_counted(counts[level], level) for level in LEVELS if counts[level])
    touched = len({found.path for found in report.found})
    return f"{total} finding{'' if total == 1 else 's'} ({kinds}) in {touched} of {of}, {seconds}."


def _counted(count: int, level: str) -> str:
    many = level if count == 1 or level == "information" else f"{level}s"
    return f"{count} {many}"
