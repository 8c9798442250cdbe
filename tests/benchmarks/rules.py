"""`make bench-rules DIR=path`: what each rule costs in a check of a project, and on a keystroke.

    python -m tests.benchmarks.rules [--strict] DIR

Processor time of one process without a cache. A rule's own time is measured in a second pass, when the model has
answered its questions already; the first pass and the reading of the folder are what the shares are of.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nestwise.lint import run
from nestwise.lint.rule import Rule
from nestwise.settings import Level, Preset, Settings
from nestwise.syntax.text import Edit, Span
from nestwise.workspace import Workspace

TYPED = "\n    const total = this.entries.size + 1;"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.rules", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--strict", action="store_true", help="all rules, not only those of `recommended`")
    args = parser.parse_args()
    if not args.folder.is_dir():
        print(f"{args.folder}: there is no such folder", file=sys.stderr)
        return 2
    spent = _metered()
    start = time.process_time()
    settings = Settings()
    rules: dict[str, Level | tuple[Level, dict[str, Any]]] = settings.rules
    workspace = Workspace(args.folder.resolve(), settings)
    if args.strict:
        rules.update({rule.id: rule.level for rule in workspace.rules if rule.strict})
        workspace.settings = settings
    assert settings.preset is Preset.RECOMMENDED
    workspace.load()
    files = list(workspace.files())
    for file in files:
        workspace.check(file)
    whole = time.process_time() - start
    spent.clear()
    for file in files:
        workspace.linter.check(file, workspace.project)
    for rule in workspace.rules:
        start = time.process_time()
        for file in files if rule.needs.visits_nodes else ():
            rule.when(file.data)
        spent[rule.id] += time.process_time() - start
    own = dict(spent)
    spent.clear()
    strokes = _typed(workspace)
    print(f"{len(files)} files, {whole:.2f} s of processor time; the rules' own {sum(own.values()):.2f} s")
    print(f"{'rule':44} {'check':>9} {'share':>7} {'keystroke':>10}")
    for rule in sorted(own, key=lambda rule: -own[rule]):
        stroke = spent[rule] / max(strokes, 1) * 1000
        print(f"{rule:44} {own[rule] * 1000:6.1f} ms {own[rule] / whole:6.2%} {stroke:7.2f} ms")
    print(f"{'all':44} {sum(own.values()) * 1000:6.1f} ms {sum(own.values()) / whole:6.2%} ", end="")
    print(f"{sum(spent.values()) / max(strokes, 1) * 1000:7.2f} ms")
    return 0


def _metered() -> Counter[str]:
    """Seconds by rule, counted from now on."""
    spent: Counter[str] = Counter()
    plain = Rule.run

    def metered(self: Rule, *args: Any, **kwargs: Any) -> Iterator[Any]:
        start = time.process_time()
        found = list(plain(self, *args, **kwargs))
        spent[self.id] += time.process_time() - start
        return iter(found)

    Rule.run = metered  # type: ignore[method-assign]
    assert run.Linter  # calls it by that name
    return spent


def _typed(workspace: Workspace) -> int:
    """Type a line into the middle handler of the largest controller: how many keystrokes that took."""
    methods: Mapping[str, int] = {
        path: sum(len(cls.methods) for cls in facts.classes)
        for path in workspace.project
        if "controller" in path and workspace.checks(path) and (facts := workspace.project.facts(path))
    }
    path = max(methods, key=lambda path: methods[path], default=None)
    file = workspace.file(path) if path is not None else None
    if file is None:
        return 0
    bodies = [m.body_at for cls in file.facts.classes for m in cls.methods if m.body_at.end > m.body_at.start]
    at = bodies[len(bodies) // 2].start + 1
    source = file.source
    for place, letter in enumerate(TYPED):
        source = source.edited([Edit(Span(at + place, at + place), letter)])
        workspace.check(workspace.put(file.path, source))
    workspace.close(file.path)
    return len(TYPED)


if __name__ == "__main__":
    sys.exit(main())
