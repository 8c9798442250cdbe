"""`make bench`: what nestwise takes to check and to serve workspaces, as tables in Markdown and as JSON.

    python -m tests.benchmarks [--sizes 100 1000 5000] [--dir PATH] [--rounds 5] [--strokes 60] [--json FILE]

Without `--dir` the workspaces are generated (see `generate`). A folder that is given is copied first: one of
its files is edited.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles

from tests.benchmarks import checks, generate, keystrokes


@dataclass(frozen=True)
class Result:
    name: str
    checks: checks.Checks
    sessions: dict[str, keystrokes.Session]
    """By `pull` and `push`."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 5000], metavar="FILES")
    parser.add_argument("--dir", type=Path, metavar="PATH", help="measure this project instead")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each check, alternating (5)")
    parser.add_argument("--strokes", type=int, default=60, help="keystrokes of each kind (60)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    args = parser.parse_args()
    if args.dir is not None and not args.dir.is_dir():
        parser.error(f"{args.dir} is no folder")
    with tempfile.TemporaryDirectory(prefix="nestwise-bench-") as name:
        scratch = Path(name).resolve()
        results = [_measured(*place, scratch, args) for place in _places(args, scratch)]
        version, small = _small(scratch, args.rounds)
    print(_report(results, version, small))
    if args.json:
        figures = {"machine": _machine(), "version": asdict(version), "fifty": asdict(small)}
        figures["workspaces"] = [asdict(result) for result in results]
        args.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 0


def _places(args: argparse.Namespace, scratch: Path) -> list[tuple[str, Path, str]]:
    """Name, folder, and the controller that is typed into."""
    if args.dir is None:
        places = []
        for size in args.sizes:
            root = scratch / f"generated-{size}"
            generate.write(root, size)
            places.append((f"{size:,} files", root, generate.BIG))
        return places
    root = scratch / args.dir.resolve().name
    shutil.copytree(args.dir, root, ignore=shutil.ignore_patterns("node_modules", ".git"), symlinks=True)
    return [(root.name, root, "")]


def _measured(name: str, root: Path, file: str, scratch: Path, args: argparse.Namespace) -> Result:
    cache = scratch / "cache"
    print(f"{name}: checking …", file=sys.stderr, flush=True)
    found = checks.measure(root, cache, args.rounds)
    sessions = {}
    for style in ("pull", "push") if file else ():
        print(f"{name}: typing ({style}) …", file=sys.stderr, flush=True)
        pull = style == "pull"
        sessions[style] = keystrokes.measure(root, cache, file, pull=pull, strokes=args.strokes)
    return Result(name, found, sessions)


def _small(scratch: Path, rounds: int) -> tuple[checks.Series, checks.Series]:
    root, cache = scratch / "fifty", scratch / "cache"
    generate.write(root, 50)
    check = ["check", str(root), "--no-cache", "--fail-on", "never"]
    return checks.repeat(["--version"], cache, rounds), checks.repeat(check, cache, rounds)


def _report(results: list[Result], version: checks.Series, small: checks.Series) -> str:
    out = [
        _machine(),
        "",
        "Whole processes, medians; in brackets the ratios to bare parsing of the same files by tree-sitter in one"
        " thread (reading excluded), which ran in turn with them: of elapsed time, and of the time of all"
        " processors, which other work on the machine disturbs less.",
        "",
        "| workspace | files | MB | bare parse | check, cold | one file edited | nothing changed | noise |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for result in results:
        c = result.checks
        noise = max(series.noise for series in (c.parse, c.cold, c.edited, c.warm))
        parts = [
            f"{s.wall:.2f} s ({s.wall / c.parse.wall:.2f} ×, CPU {s.cpu / c.parse.cpu:.2f} ×)"
            for s in (c.cold, c.edited, c.warm)
        ]
        head = f"| {result.name} | {c.files:,} | {c.size / 1e6:.1f} | {c.parse.wall:.2f} s |"
        out.append(f"{head} {' | '.join(parts)} | ± {noise * 50:.0f} % |")
    out += [
        "",
        f"`nestwise --version` {version.wall * 1000:.0f} ms; check of 50 files without cache {small.wall:.2f} s.",
    ]
    if any(result.sessions for result in results):
        out += _typing(results)
    return "\n".join(out)


def _typing(results: list[Result]) -> list[str]:
    names = [scenario.name for scenario in keystrokes.SCENARIOS]
    out = [
        "",
        "A server over stdio, a controller of 1,000 lines open. From a keystroke to the diagnostics of the new"
        " version at the client: p50 / p95 / p99 in ms.",
        "",
        f"| workspace | | {' | '.join(names)} | first diagnostics | folder read | memory |",
        f"|---|---|{'---|' * (len(names) + 3)}",
    ]
    for result in results:
        for style, session in result.sessions.items():
            cells = [" / ".join(f"{p:.1f}" for p in percentiles(session.latencies_ms[n])) for n in names]
            out.append(
                f"| {result.name} | {style} | {' | '.join(cells)} | {session.open_ms:.0f} ms "
                f"| {session.index_ms / 1000:.1f} s | {session.index_mb:.0f} MB |"
            )
    return out


def percentiles(values: list[float]) -> tuple[float, float, float]:
    """p50, p95 and p99."""
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {cores} processors."
    )


if __name__ == "__main__":
    raise SystemExit(main())
