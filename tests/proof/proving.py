"""Apply one fix at a time, and look at what became of the project."""

from __future__ import annotations

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from nestwise.lint.fix import fixes_of
from nestwise.lint.registry import load_rules
from nestwise.lint.rule import FileEdits, Fix
from nestwise.lint.run import Diagnostic
from nestwise.settings import Level, Settings
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit
from nestwise.workspace import Workspace

from tests.recall.mutation import moved

TYPES = Path(__file__).parents[1] / "node/project-types.mjs"


UNCOVERED = {
    "thin-controller/no-request-object": (
        "dto-validation/untyped-input",
    ),  # it was as untyped in the request
    "thin-controller/no-business-logic": (
        "dto-validation/untyped-input",
    ),  # checks by hand are in the service
    "dto-validation/no-validation-pipe": ("dto-validation/pipe-keeps-unknown",),  # there was no pipe to ask
    "logging/no-console": ("logging/error-without-stack",),  # the console got no stack either
}
"""What was wrong before, and can be seen only after a fix."""


@dataclass(frozen=True)
class Proof:
    rule: str
    title: str
    safe: bool
    path: str
    line: int
    """Of the finding, from 1."""
    wrong: tuple[str, ...]
    """Promises that it breaks; empty for a good one."""
    files: dict[str, str] = field(default_factory=dict)
    """The texts after it, by path."""


def opened(root: Path) -> Workspace:
    """A folder with all rules on."""
    settings = Settings()
    rules: dict[str, Level | tuple[Level, dict[str, Any]]] = settings.rules
    rules.update({rule.id: rule.level for rule in load_rules().values() if rule.strict})
    workspace = Workspace(root.resolve(), settings)
    workspace.load()
    return workspace


def proofs(workspace: Workspace, only: str, limit: int) -> Iterator[Proof]:
    """Of each rule at most `limit` findings, spread over the folder, each with all its fixes."""
    found: dict[str, list[tuple[str, Diagnostic]]] = defaultdict(list)
    for file in list(workspace.files()):
        for diagnostic in workspace.check(file).diagnostics:
            if only in diagnostic.rule.id and diagnostic.rule.fixes is not None:
                found[diagnostic.rule.id].append((file.path, diagnostic))
    for some in found.values():
        for path, diagnostic in some[:: max(1, -(-len(some) // limit))]:
            yield from _proofs(workspace, path, diagnostic)


def _proofs(workspace: Workspace, path: str, diagnostic: Diagnostic) -> Iterator[Proof]:
    file = workspace.file(path)
    assert file is not None
    line = file.text.position(diagnostic.finding.span.start)[0] + 1
    for fix in fixes_of(diagnostic, file, workspace.project):
        wrong, files = _applied(workspace, path, diagnostic, fix)
        yield Proof(diagnostic.rule.id, fix.title, fix.safety == "safe", path, line, tuple(wrong), files)


def _applied(
    workspace: Workspace, path: str, diagnostic: Diagnostic, fix: Fix
) -> tuple[list[str], dict[str, str]]:
    wrong: list[str] = []
    after: dict[str, Source] = {}
    parts = [FileEdits(path, fix.edits), *fix.elsewhere]
    if not any(part.edits or part.create for part in parts):
        return ["it changes nothing"], {}
    for part in parts:
        source = _edited(workspace, part)
        if source is None:
            return [f"it edits {part.path}, which is not there, or creates it where it is"], {}
        after[part.path] = source
    before = _counts(workspace, after)
    existing = {part.path: workspace.file(part.path) for part in parts if part.create is None}
    try:
        for one, source in after.items():
            was = existing.get(one)
            if source.broken and not (was is not None and was.source.broken):
                wrong.append(f"it breaks the syntax of {one}")
            workspace.put(one, source)
        place = moved(diagnostic.finding.span, fix.edits)
        shown = workspace.file(path)
        assert shown is not None
        if any(
            d.rule.id == diagnostic.rule.id
            and d.finding.message == diagnostic.finding.message
            and d.finding.span.touches(place)
            for d in workspace.check(shown).diagnostics
        ):
            wrong.append("the finding is still there")
        brought = _counts(workspace, after) - before
        strict = {rule.id for rule in workspace.rules if rule.strict}
        if diagnostic.rule.id not in strict:  # what only a policy of the team asks for was not asked for
            brought = Counter({rule: n for rule, n in brought.items() if rule not in strict})
        shown = UNCOVERED.get(diagnostic.rule.id, ())
        wrong += [f"it brings a finding of {rule}" for rule in brought if rule not in shown]
    finally:
        for part in parts:
            if part.create is None:
                workspace.close(part.path)
            else:
                workspace.remove(part.path)
    return wrong, {one: source.text.data.decode(errors="replace") for one, source in after.items()}


def _edited(workspace: Workspace, part: FileEdits) -> Source | None:
    file = workspace.file(part.path)
    if part.create is not None:
        free = file is None and not (workspace.root / part.path).exists()
        return Source.parse(part.create.encode(), dialect_of(part.path) or Dialect.TS) if free else None
    if file is None or _overlap(part.edits):
        return None
    return Source.parse(file.text.apply(sorted(part.edits)).data, file.source.dialect)


def _overlap(edits: Iterable[Edit]) -> bool:
    ordered = sorted(edits)
    return any(a.span.end > b.span.start for a, b in pairwise(ordered))


def _counts(workspace: Workspace, paths: Iterable[str]) -> Counter[str]:
    """How many findings each rule has in these files."""
    counts: Counter[str] = Counter()
    for path in paths:
        if workspace.checks(path) and (file := workspace.file(path)) is not None:
            checked = workspace.check(file)
            assert not checked.failures, checked.failures
            counts.update(d.rule.id for d in checked.diagnostics)
    return counts


def type_errors(root: Path, proved: Iterable[Proof]) -> Iterator[tuple[Proof, list[str] | None]]:
    """Each proof with the type errors that its fix brings; None where no tsconfig.json has its files."""
    process = subprocess.Popen(["node", TYPES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError), process:
        for proof in proved:
            files = {str(root.resolve() / path): text for path, text in proof.files.items()}
            process.stdin.write(json.dumps({"id": proof.title, "files": files}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            yield proof, answer.get("errors")
        process.stdin.close()
