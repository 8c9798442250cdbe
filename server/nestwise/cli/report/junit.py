"""JUnit XML: a test suite for each file with findings, a failure for each finding."""

from __future__ import annotations

import re
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from nestwise.cli.report import Report

_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""


def render(report: Report) -> str:
    suites: list[str] = []
    total = 0
    for path, message in report.errors:
        total += 1
        suites.append(_suite(path, [_case("nestwise", path, f"problem: {message}", "")]))
    for path, group in groupby(report.found, lambda found: found.path):
        cases = []
        for found in group:
            where = f"{report.shown(path)}:{found.place.line}:{found.place.column}"
            cases.append(_case(found.rule, where, found.message, found.level))
        total += len(cases)
        suites.append(_suite(path, cases))
    if not suites:
        clean = '    <testcase classname="nestwise" name="check"/>\n'
        suites.append(f'  <testsuite name="nestwise" tests="1" failures="0">\n{clean}  </testsuite>\n')
    seconds = f"{report.elapsed / 1000:.3f}"
    head = f'<testsuites name="nestwise" tests="{max(total, 1)}" failures="{total}" time="{seconds}">\n'
    return f'<?xml version="1.0" encoding="utf-8"?>\n{head}{"".join(suites)}</testsuites>\n'


def _suite(path: str, cases: list[str]) -> str:
    count = len(cases)
    head = f'  <testsuite name={_attr(path)} tests="{count}" failures="{count}">\n'
    return f"{head}{''.join(cases)}  </testsuite>\n"


def _case(rule: str, where: str, message: str, level: str) -> str:
    return (
        f"    <testcase classname={_attr(rule)} name={_attr(where)}>\n"
        f"      <failure type={_attr(level or 'error')} message={_attr(message)}>"
        f"{escape(_CONTROL.sub('?', f'{where} {message}'))}</failure>\n    </testcase>\n"
    )


def _attr(text: str) -> str:
    return quoteattr(_CONTROL.sub("?", text))
