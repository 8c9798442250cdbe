"""`python -m tests.proof [--only RULE] [--limit N] [--types] DIR…`: apply every fix alone, and judge it.

A good fix leaves valid TypeScript, takes its finding away, brings no finding (those of strict rules count
against fixes of strict rules alone), and with `--types` no error of the project's own compiler, whose
packages must be installed.

    --only TEXT   rules whose id contains it
    --limit N     findings of each rule and folder (15)
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.proof.proving import Proof, opened, proofs, type_errors


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description="Apply every fix alone.")
    parser.add_argument("folder", nargs="+", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=int, default=15)
    parser.add_argument("--types", action="store_true")
    args = parser.parse_args(argv)
    for folder in args.folder:
        if not folder.is_dir():
            print(f"{folder}: there is no such folder", file=sys.stderr)
            return 2
    said: Counter[tuple[str, str]] = Counter()
    for folder in args.folder:
        found = proofs(opened(folder), args.only, max(1, args.limit))
        for proof, errors in type_errors(folder, found) if args.types else _untyped(found):
            said[proof.rule, "fixes"] += 1
            said[proof.rule, "typed"] += errors is not None
            wrong = [*proof.wrong, *(f"type error {error}" for error in errors or ())]
            said[proof.rule, "wrong"] += bool(wrong)
            for what in wrong:
                print(f"{folder / proof.path}:{proof.line}: {proof.rule}: {proof.title}: {what}", flush=True)
    _print(said, args.types)
    return int(any(said[rule, "wrong"] for rule, _ in said))


def _untyped(found: Iterable[Proof]) -> Iterable[tuple[Proof, None]]:
    return ((proof, None) for proof in found)


def _print(said: Counter[tuple[str, str]], types: bool) -> None:
    rules = sorted({rule for rule, _ in said})
    width = max(map(len, rules), default=0)
    print(f"{'rule':{width}} {'fixes':>7} {'wrong':>7}{' typed' if types else ''}")
    for rule in rules:
        typed = f" {said[rule, 'typed']:5}" if types else ""
        print(f"{rule:{width}} {said[rule, 'fixes']:7} {said[rule, 'wrong']:7}{typed}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
