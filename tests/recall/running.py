"""Apply mutants one at a time to a workspace in memory, and see what the rules say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nestwise.lint.file import File
from nestwise.lint.registry import load_rules
from nestwise.project.files import role_of
from nestwise.settings import Level, Settings
from nestwise.syntax.source import Source
from nestwise.syntax.text import Span
from nestwise.workspace import Workspace

from tests.recall import FAMILIES
from tests.recall.mutation import MUTATIONS, Mutant, moved

assert FAMILIES  # their modules register the mutations
REPORTED, ELSEWHERE, MISSED = "reported", "elsewhere", "missed"


@dataclass(frozen=True)
class Outcome:
    rule: str
    mutation: str
    path: str
    line: int
    """Of the mutated text, from 1: where the finding must be."""
    what: str
    """reported; elsewhere, where the rule says something new in the file but not there; or missed."""


def opened(root: Path) -> Workspace:
    """A folder with all rules on, the strict ones with the defaults that `recommended` gives them."""
    settings = Settings()
    rules: dict[str, Level | tuple[Level, dict[str, Any]]] = settings.rules
    rules.update({rule.id: rule.level for rule in load_rules().values() if rule.strict})
    workspace = Workspace(root.resolve(), settings)
    workspace.load()
    return workspace


def outcomes(workspace: Workspace, only: str, limit: int) -> Iterator[Outcome]:
    """What becomes of at most `limit` mutants of each mutation, spread evenly over the files that its rule
    looks at."""
    files = list(workspace.files())
    for rule, name, mutate in MUTATIONS:
        if only not in rule:
            continue
        roles = load_rules()[rule].roles
        places = [file for file in files if role_of(file.path) in roles]
        mutants = _spread([(file, m) for file in places for m in mutate(file, workspace.project)], limit)
        for file, mutant in mutants:
            if (outcome := _outcome(workspace, rule, name, file, mutant)) is not None:
                yield outcome


def _spread(found: list[tuple[File, Mutant]], limit: int) -> list[tuple[File, Mutant]]:
    step = max(1, -(-len(found) // limit))
    return found[::step]


def _outcome(workspace: Workspace, rule: str, name: str, file: File, mutant: Mutant) -> Outcome | None:
    """None where the rule has something to say of the place already, or the mutant is no TypeScript."""
    seen = workspace.file(mutant.path) if mutant.path else file
    if seen is None:
        return None
    before = _found(workspace, rule, seen)
    if any(span.touches(mutant.at) for span, _ in before):
        return None
    source = _mutated(file, mutant)
    if source.broken and not file.source.broken:
        raise AssertionError(f"{name} breaks the syntax of {file.path}: {mutant.edits}")
    edited = workspace.put(file.path, source)
    try:
        place = mutant.at if mutant.path else moved(mutant.at, mutant.edits)
        shown = workspace.file(mutant.path) if mutant.path else edited
        if shown is None:
            return None
        after = _found(workspace, rule, shown)
        line = shown.text.position(place.start)[0] + 1
        known = {message for _, message in before}
        if any(span.touches(place) for span, _ in after):
            what = REPORTED
        elif any(message not in known for _, message in after):
            what = ELSEWHERE
        else:
            what = MISSED
        return Outcome(rule, name, shown.path, line, what)
    finally:
        workspace.close(file.path)


def _mutated(file: File, mutant: Mutant) -> Source:
    return Source.parse(file.text.apply(sorted(mutant.edits)).data, file.source.dialect)


def _found(workspace: Workspace, rule: str, file: File) -> list[tuple[Span, str]]:
    checked = workspace.check(file)
    assert not checked.failures, checked.failures
    return [(d.finding.span, d.finding.message) for d in checked.diagnostics if d.rule.id == rule]
