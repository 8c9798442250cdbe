"""`nestwise check`: the outcome of the last time if it holds, else a new one; then a report of it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from nestwise.cli import NoNestError
from nestwise.cli.again import Memory
from nestwise.cli.outcome import LEVELS, Outcome
from nestwise.cli.report import Report, colored, render


def check(args: argparse.Namespace) -> int:
    start = time.perf_counter()
    memory = None
    if not (args.no_cache or args.only or args.skip_others):
        memory = Memory([path.resolve() for path in args.path], args.preset)
    outcome = memory.recall() if memory else None
    try:
        outcome = outcome or _checked(args, memory)
    except NoNestError:
        if not args.skip_others:
            raise
        outcome = Outcome(Path.cwd().as_posix(), 0, (), ())
    elapsed = round((time.perf_counter() - start) * 1000)
    sys.stdout.write(render(Report(outcome, elapsed, colored(args.color)), args.format))
    if args.fail_on == "never":
        return 0
    worst = LEVELS[: LEVELS.index(args.fail_on) + 1]
    return int(any(found.level in worst for found in outcome.found))


def _checked(args: argparse.Namespace, memory: Memory | None) -> Outcome:
    # Only a check that is made pays for the parser, the model and the rules.
    from nestwise.cli.loading import load
    from nestwise.cli.outcome import outcome_of
    from nestwise.cli.parallel import shares_of
    from nestwise.cli.progress import Progress
    from nestwise.cli.roots import left_out, selected
    from nestwise.lint.registry import packs

    progress = Progress()
    workspace, paths = load(args.path, args, progress)
    files = selected(workspace, paths)
    try:
        shares = shares_of(workspace, files, progress)
    finally:
        progress.end()
    others = [] if args.skip_others else left_out(workspace, paths, files)
    outcome = outcome_of(workspace, len(files), shares, others)
    workspace.flush()
    if memory:
        memory.keep(outcome, workspace, packs())
    return outcome
