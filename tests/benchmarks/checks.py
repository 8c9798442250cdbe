"""Whole processes that check a folder, beside the time that the parser alone takes for the same files."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PARSE = """
import sys, time
from pathlib import Path
from nestwise.project.files import list_files
from nestwise.syntax.dialect import Dialect, dialect_of
from tree_sitter import Language, Parser
import tree_sitter_typescript as grammars
parsers = {Dialect.TS: Parser(Language(grammars.language_typescript())),
           Dialect.TSX: Parser(Language(grammars.language_tsx()))}
root = Path(sys.argv[1])
paths = list_files(root).paths
texts = [(parsers[dialect_of(path)], (root / path).read_bytes()) for path in paths]
start, cpu = time.perf_counter(), time.process_time()
for parser, text in texts:
    parser.parse(text)
print(time.perf_counter() - start, time.process_time() - cpu, len(texts), sum(len(text) for _, text in texts))
"""
"""Parses all TypeScript files of a folder in one thread; what is timed is parsing alone, not reading."""


@dataclass(frozen=True)
class Cost:
    wall: float
    cpu: float
    """Seconds of all processes."""


@dataclass(frozen=True)
class Series:
    """Several runs of one thing; the median counts, and the spread says how noisy the machine was."""

    runs: tuple[Cost, ...]

    @property
    def wall(self) -> float:
        return median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        return median(run.cpu for run in self.runs)

    @property
    def noise(self) -> float:
        """(slowest - fastest) / median, of wall time."""
        walls = [run.wall for run in self.runs]
        return (max(walls) - min(walls)) / self.wall


@dataclass(frozen=True)
class Checks:
    files: int
    size: int
    """Bytes."""
    parse: Series
    cold: Series
    edited: Series
    """With the cache, after an edit of one file."""
    warm: Series


def measure(root: Path, cache: Path, rounds: int) -> Checks:
    """Alternates what is compared, so that a machine that slows down slows all of it."""
    series: dict[str, list[Cost]] = {"parse": [], "cold": [], "edited": [], "warm": []}
    files = size = 0
    touched = _some_file(root)
    before = touched.read_bytes()
    check = ["check", str(root), "--format", "json", "--fail-on", "never"]
    try:
        for number in range(rounds):
            cost, files, size = _parse(root)
            series["parse"].append(cost)
            shutil.rmtree(cache, ignore_errors=True)
            series["cold"].append(run(check, cache))
            touched.write_bytes(before + b"\n// %d\n" % number)
            series["edited"].append(run(check, cache))
            series["warm"].append(run(check, cache))
            touched.write_bytes(before)
    finally:
        touched.write_bytes(before)
    done = {name: Series(tuple(runs)) for name, runs in series.items()}
    return Checks(files, size, done["parse"], done["cold"], done["edited"], done["warm"])


def repeat(arguments: Iterable[str], cache: Path, rounds: int) -> Series:
    """One command several times, after one that is not counted."""
    given = list(arguments)
    run(given, cache)
    return Series(tuple(run(given, cache) for _ in range(rounds)))


def run(arguments: list[str], cache: Path) -> Cost:
    """Run `nestwise …` as a process of its own."""
    env = {**os.environ, "NESTWISE_CACHE_DIR": str(cache)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled: nobody waits for that each time
    command = [str(Path(sys.executable).with_name("nestwise")), *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _parse(root: Path) -> tuple[Cost, int, int]:
    done = subprocess.run([sys.executable, "-c", PARSE, str(root)], stdout=subprocess.PIPE, check=True)
    wall, cpu, files, size = done.stdout.split()
    return Cost(float(wall), float(cpu)), int(files), int(size)


def _some_file(root: Path) -> Path:
    from nestwise.project.files import list_files

    paths = list_files(root).paths
    if not paths:
        raise SystemExit(f"{root} holds no TypeScript files.")
    services = [path for path in paths if path.endswith(".service.ts")]
    return root / (services or list(paths))[0]
