"""Cases in Markdown: a rule's page is its documentation *and* its test suite.

    ```ts                    a file; `~~~~ message` lines underline the findings expected there
    ```ts path=a.ts          blocks with a path make one case of several files per section
    ```ts fixed              the file before, after all fixes
    ```json options          options of the rule, for the rest of the section

Findings are rendered into the source in the same notation and compared as text, so one equality
checks what is found, what is not, where, and in which words.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from nestwise.lint.file import File
from nestwise.lint.fix import fix_all
from nestwise.lint.rule import Fix, Rule
from nestwise.lint.run import Checked, check
from nestwise.project.extract import extract
from nestwise.project.layout import Layout, Package
from nestwise.project.model.project import Project
from nestwise.project.resolve import Resolver
from nestwise.settings import Settings
from nestwise.syntax.source import Dialect, Source, dialect_of

_BLOCK = re.compile(r"^(?P<head>#+ .*)$|^```(?P<info>.*)\n(?P<body>(?:.*\n)*?)```$", re.M)
_UNDERLINE = re.compile(r"^ *~+ .*\n", re.M)
_PACKAGE = Package("", "case", frozenset({"@nestjs/common", "@nestjs/core"}))


@dataclass
class Case:
    title: str
    line: int
    options: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    joins: bool = False


def read_cases(page: str) -> list[Case]:
    cases: list[Case] = []
    title, section = "", 0
    options: dict[str, Any] = {}
    for block in _BLOCK.finditer(page):
        if block["head"]:
            title, options, section = block["head"].lstrip("# "), {}, len(cases)
            continue
        language, _, info = block["info"].partition(" ")
        path = re.search(r"path=(\S+)", info)
        if language == "json" and info == "options":
            options = json.loads(block["body"])
        elif language == "ts" and info.startswith("fixed"):
            cases[-1].fixed[path[1] if path else next(reversed(cases[-1].files))] = block["body"]
        elif language == "ts":
            if not (path and len(cases) > section and cases[-1].joins):
                line = page.count("\n", 0, block.start()) + 1
                cases.append(Case(title, line, options, joins=path is not None))
            cases[-1].files[path[1] if path else "cats.ts"] = block["body"]
    return cases


def updated(rule: Rule, page: str) -> str:
    """The page with what the rule finds and fixes now in place of what it says: for the author to read."""
    out: list[str] = []
    last = 0
    cases = iter(read_cases(page))
    case: Case | None = None
    shown: dict[str, str] = {}
    fixed: dict[str, str] = {}
    pending: set[str] = set()
    for block in _BLOCK.finditer(page):
        language, _, info = (block["info"] or "").partition(" ")
        if block["head"] or language != "ts":
            continue
        path = (re.search(r"path=(\S+)", info) or ["", ""])[1]
        if info.startswith("fixed"):
            name = path or next(reversed(case.files)) if case else ""
            body = fixed.get(name, block["body"])
        else:
            if not pending:
                case = next(cases)
                shown, fixed = run_case(rule, case)
                pending = set(case.files)
            name = path or "cats.ts"
            pending.discard(name)
            body = shown.get(name, block["body"])
        out += page[last : block.start("body")], body
        last = block.end("body")
    return "".join([*out, page[last:]])


def run_case(rule: Rule, case: Case) -> tuple[dict[str, str], dict[str, str]]:
    """The files as rendered with their findings, and the files as fixed (where a fix applies)."""
    settings = Settings(rules={rule.id: (rule.level, case.options)})
    sources = {
        path: Source.parse(_UNDERLINE.sub("", text).encode(), dialect_of(path) or Dialect.TS)
        for path, text in case.files.items()
    }
    layout = Layout((_PACKAGE,))
    project = Project(
        {path: extract(source) for path, source in sources.items()},
        layout,
        Resolver(layout, frozenset(sources)),
    )

    def checked(path: str, source: Source) -> Checked:
        facts = extract(source)
        found = check(
            File(path, source.text.data, facts, source), project.with_files({path: facts}), [rule], settings
        )
        assert not found.failures, found.failures
        return found

    def fixes(path: str, source: Source) -> list[Fix]:
        found = checked(path, source)
        make = rule.fixes
        return [f for d in found.diagnostics if make for f in list(make(d.finding, found.file, project))[:1]]

    shown, fixed = {}, {}
    for path, source in sources.items():
        assert not source.broken, f"line {case.line}: the example is not valid TypeScript"
        shown[path] = annotate(checked(path, source))
        if rule.fixes:
            after = fix_all(source, lambda s, path=path: fixes(path, s))  # type: ignore[misc]
            if after is not source:
                fixed[path] = after.text.data.decode()
    return shown, fixed


def annotate(checked: Checked) -> str:
    """The source with its findings written below the lines."""
    text = checked.file.text
    below: dict[int, list[str]] = {}
    for diagnostic in checked.diagnostics:
        span = diagnostic.finding.span
        line, column = text.position(span.start, "utf-32")
        end_line, end = text.position(span.end, "utf-32")
        if end_line != line:
            end = text.position(text.line_span(line)[1], "utf-32")[1]
        mark = " " * column + "~" * max(end - column, 1)
        below.setdefault(line, []).append(f"{mark} {diagnostic.finding.message}\n")
    lines = text.data.decode().splitlines(keepends=True)
    return "".join(line + "".join(below.get(i, ())) for i, line in enumerate(lines))
