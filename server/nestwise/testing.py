"""Cases in Markdown: a rule's page is its documentation *and* its test suite.

    ```ts                    a file; `~~~~ message` lines underline the findings expected there
    ```ts path=a.ts          blocks with a path make one case of several files per section
    ```ts fixed              the file before, after the first fix of every finding
    ```ts fixed Do that      the same after the fixes of this title, where a finding has several
    ```ts fixed path=b.ts    the same for a file that the fixes of another one edit or create
    ```json options          options of the rule, for the rest of the section
    ```json preset           the preset, in quotes, for the rest of the section
    ```json tsconfig         how strict the compiler is, for the rest of the section

Findings are rendered into the source in the same notation and compared as text, so one equality
checks what is found, what is not, where, and in which words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from nestwise.lint.file import File
from nestwise.lint.fix import fix_all
from nestwise.lint.registry import load_rules
from nestwise.lint.rule import Fix, Rule
from nestwise.lint.run import Checked, check
from nestwise.lint.unused_suppression import ID as UNUSED
from nestwise.project.details import Details, Reading
from nestwise.project.extract import extract
from nestwise.project.facts import FileFacts
from nestwise.project.layout import Layout, Package
from nestwise.project.model.project import Project
from nestwise.project.resolve import Resolver
from nestwise.project.tsconfig import TsConfig, strictness
from nestwise.settings import Preset, Settings
from nestwise.syntax.source import Dialect, Source, dialect_of

_BLOCK = re.compile(r"^(?P<head>#+ .*)$|^```(?P<info>.*)\n(?P<body>(?:.*\n)*?)```$", re.M)
_UNDERLINE = re.compile(r"^ *~+ .*\n", re.M)
_PACKAGE = Package(
    "", "case", frozenset({"@nestjs/common", "@nestjs/core", "@nestjs/mapped-types", "@nestjs/swagger"})
)


Shown = tuple[str, str]
"""The path of a fixed file, and the title of the fixes that it shows; empty for the first ones."""


@dataclass
class Case:
    title: str
    line: int
    options: dict[str, Any]
    preset: Preset = Preset.RECOMMENDED
    strict: dict[str, Any] | None = None
    files: dict[str, str] = field(default_factory=dict)
    fixed: dict[Shown, str] = field(default_factory=dict)
    joins: bool = False


def read_cases(page: str) -> list[Case]:
    cases: list[Case] = []
    title, section = "", 0
    options: dict[str, Any] = {}
    preset = Preset.RECOMMENDED
    strict: dict[str, Any] | None = None
    for block in _BLOCK.finditer(page):
        if block["head"]:
            title, options, section = block["head"].lstrip("# "), {}, len(cases)
            preset, strict = Preset.RECOMMENDED, None
            continue
        language, _, info = block["info"].partition(" ")
        path = re.search(r"path=(\S+)", info)
        if language == "json" and info == "options":
            options = json.loads(block["body"])
        elif language == "json" and info == "preset":
            preset = Preset(json.loads(block["body"]))
        elif language == "json" and info == "tsconfig":
            strict = strictness(json.loads(block["body"])["compilerOptions"])
        elif language == "ts" and info.startswith("fixed"):
            cases[-1].fixed[_shown(info, cases[-1])] = block["body"]
        elif language == "ts":
            if not (path and len(cases) > section and cases[-1].joins):
                line = page.count("\n", 0, block.start()) + 1
                cases.append(Case(title, line, options, preset, strict, joins=path is not None))
            cases[-1].files[path[1] if path else "cats.ts"] = block["body"]
    return cases


def _shown(info: str, case: Case) -> Shown:
    """What a block `fixed [path=…] [title]` shows."""
    path = re.search(r"path=(\S+)", info)
    title = re.sub(r"^fixed *(?:path=\S+)? *", "", info)
    return path[1] if path else next(reversed(case.files)), title


def updated(rule: Rule, page: str) -> str:
    """The page with what the rule finds and fixes now in place of what it says: for the author to read."""
    out: list[str] = []
    last = 0
    cases = iter(read_cases(page))
    case: Case | None = None
    shown: dict[str, str] = {}
    fixed: dict[Shown, str] = {}
    pending: set[str] = set()
    for block in _BLOCK.finditer(page):
        language, _, info = (block["info"] or "").partition(" ")
        if block["head"] or language != "ts":
            continue
        path = (re.search(r"path=(\S+)", info) or ["", ""])[1]
        if info.startswith("fixed"):
            body = fixed.get(_shown(info, case), block["body"]) if case else block["body"]
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


def run_case(rule: Rule, case: Case, *, every: bool = False) -> tuple[dict[str, str], dict[Shown, str]]:
    """The files as rendered with their findings, and the files as fixed (where a fix changes or creates
    them): by the first fixes and by those of the titles that the case shows, or by `every` fix offered."""
    settings = Settings(preset=case.preset, rules={rule.id: (rule.level, case.options)})
    sources = {
        path: Source.parse(_UNDERLINE.sub("", text).encode(), dialect_of(path) or Dialect.TS)
        for path, text in case.files.items()
    }
    facts = {path: extract(source) for path, source in sources.items()}

    def checked(path: str, now: Mapping[str, Source]) -> tuple[Checked, Project]:
        project = _project({**sources, **now}, {**facts, **{p: extract(s) for p, s in now.items()}}, case)
        source = now.get(path) or sources[path]
        file = File(path, source.text.data, project.facts(path), source)
        # What is in vain shows only when all others have run.
        rules = load_rules().values() if rule.id == UNUSED else [rule]
        found = check(file, project, rules, settings)
        assert not found.failures, found.failures
        return replace(found, diagnostics=tuple(d for d in found.diagnostics if d.rule is rule)), project

    def offered(path: str, now: Mapping[str, Source]) -> list[list[Fix]]:
        found, project = checked(path, now)
        make = rule.fixes
        return [list(make(d.finding, found.file, project)) for d in found.diagnostics] if make else []

    def fixes(path: str, now: Mapping[str, Source], title: str) -> list[Fix]:
        some = offered(path, now)
        return [fix for group in some for fix in group[: None if title else 1] if title in ("", fix.title)]

    shown, fixed = {}, {}
    titles = {"", *(title for _, title in case.fixed)}
    for path, source in sources.items():
        assert not source.broken, f"line {case.line}: the example is not valid TypeScript"
        shown[path] = annotate(checked(path, {})[0])
        if every and rule.fixes is not None:
            titles |= {fix.title for group in offered(path, {}) for fix in group}
    for title in titles:
        after: dict[str, Source] = {}
        for path in sources:
            files = _Files({**sources, **after})
            after |= fix_all(
                path,
                files,
                lambda now, path=path, title=title, after=after: fixes(path, {**after, **now}, title),  # type: ignore[misc]
            )
        for path, source in after.items():
            fixed[path, title] = source.text.data.decode()
    return shown, fixed


def _project(sources: Mapping[str, Source], facts: dict[str, FileFacts], case: Case) -> Project:
    def read(path: str) -> Reading | None:
        source = sources.get(path)
        return Reading(path, source.text.data, None, source) if source is not None else None

    config = TsConfig("tsconfig.json", includes=("**/*",), **(case.strict or {}))
    layout = Layout((_PACKAGE,), (config,) if case.strict is not None else ())
    return Project(facts, layout, Resolver(layout, frozenset(sources)), details=Details(read))


class _Files:
    """The files of a case, for its fixes."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def source(self, path: str) -> Source | None:
        return self._sources.get(path)

    def free(self, path: str) -> bool:
        return path not in self._sources


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
