"""`python -m tests.recall [--only RULE] [--limit N] [--show] [--write] DIR…`: mutate, check, count.

--only TEXT   rules whose id contains it
--limit N     mutants of each mutation and folder (20)
--show        name every place that was not reported
--write       put the sums into rules/precision/recall.json, from which the table is made
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from tests.recall.mutation import MUTATIONS
from tests.recall.running import ELSEWHERE, MISSED, REPORTED, Outcome, opened, outcomes

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "rules/precision/recall.json"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.recall", description=__doc__.splitlines()[0] if __doc__ else None
    )
    parser.add_argument("folder", nargs="+", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args(argv)
    for folder in args.folder:
        if not folder.is_dir():
            print(f"{folder}: there is no such folder", file=sys.stderr)
            return 2
    found: list[Outcome] = []
    for folder in args.folder:
        for outcome in outcomes(opened(folder), args.only, max(1, args.limit)):
            found.append(outcome)
            if args.show and outcome.what != REPORTED:
                place = f"{folder / outcome.path}:{outcome.line}"
                print(f"{outcome.what}: {outcome.rule} ({outcome.mutation}) at {place}")
    _print(found, args.only)
    if args.write:
        _write(found)
    return 0


def _print(found: list[Outcome], only: str) -> None:
    said: dict[str, Counter[str]] = {
        f"{rule}: {name}": Counter() for rule, name, _ in MUTATIONS if only in rule
    }
    for outcome in found:
        said[f"{outcome.rule}: {outcome.mutation}"][outcome.what] += 1
    width = max(map(len, said), default=0)
    print(f"{'rule and mutation':{width}} {'mutants':>8} {'reported':>9} {'elsewhere':>10} {'missed':>7}")
    for title, what in said.items():
        counts = f"{what.total():8} {what[REPORTED]:9} {what[ELSEWHERE]:10} {what[MISSED]:7}"
        print(f"{title:{width}} {counts}")


def _write(found: list[Outcome]) -> None:
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    for rule in sorted({o.rule for o in found}):
        said = Counter(o.what for o in found if o.rule == rule)
        kept[rule] = {"mutations": said.total(), "reported": said[REPORTED]}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
