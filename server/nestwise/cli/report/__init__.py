"""Findings for people and for programs: one module a format, each a function of a `Report`."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

from nestwise.lint.file import File
from nestwise.lint.rule import Fix
from nestwise.lint.run import Checked, Diagnostic
from nestwise.project.model.project import Project
from nestwise.syntax.text import Span, Text
from nestwise.workspace import Workspace

FORMATS = ("text", "json", "sarif", "github", "gitlab", "junit")


@dataclass(frozen=True)
class Report:
    workspace: Workspace
    checked: list[Checked]
    elapsed: int
    """Milliseconds of the whole check."""
    color: bool = False

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Path and message of what could not be read, and of rules that failed: never nothing."""
        unread = [(p.path, p.message) for p in self.workspace.problems]
        return unread + [(c.file.path, f.message) for c in self.checked for f in c.failures]

    @property
    def found(self) -> list[tuple[Checked, Diagnostic]]:
        return [(c, d) for c in self.checked for d in c.diagnostics]

    def shown(self, path: str) -> str:
        """A path as the reader's tools can open it: from the current folder, absolute if outside of it."""
        full = self.workspace.root / path
        try:
            return full.relative_to(Path.cwd()).as_posix()
        except (ValueError, OSError):
            return full.as_posix()

    def text_of(self, path: str) -> Text:
        """The text of a file of the workspace; empty where it is gone."""
        file = self.workspace.file(path)
        return file.text if file is not None else Text(b"")


def render(report: Report, style: str) -> str:
    """The report in one of FORMATS, with its final newline."""
    text: str = import_module(f"nestwise.cli.report.{style}").render(report)
    return text


def fixes_of(diagnostic: Diagnostic, file: File, project: Project) -> tuple[Fix, ...]:
    make = diagnostic.rule.fixes
    return tuple(make(diagnostic.finding, file, project)) if make else ()


@dataclass(frozen=True, slots=True)
class Place:
    """Lines and columns from 1, columns in UTF-16 units; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


def place_of(text: Text, span: Span) -> Place:
    (line, column), (end_line, end) = text.position(span.start), text.position(span.end)
    return Place(line + 1, column + 1, end_line + 1, end + 1)


def fingerprints(report: Report) -> list[str]:
    """One for each finding, in order; it survives edits elsewhere in the file: the rule, the file, the
    line's text, and which of several equal ones it is."""
    seen: dict[bytes, int] = {}
    out: list[str] = []
    for checked, diagnostic in report.found:
        text = checked.file.text
        start, end = text.line_span(text.position(diagnostic.finding.span.start)[0])
        parts = (diagnostic.rule.id.encode(), checked.file.path.encode(), text.data[start:end].strip())
        key = b"\0".join(parts)
        seen[key] = seen.get(key, 0) + 1
        out.append(blake2b(key + b"\0%d" % seen[key], digest_size=16).hexdigest())
    return out
