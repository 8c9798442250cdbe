"""Nest's own answer, and ours, to the same applications."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

NODE = Path(__file__).parents[1] / "node"
Row = dict[str, Any]


def nest(jobs: Iterable[tuple[Path, str]], *, access: bool = False) -> list[dict[str, Any]]:
    """What Nest says of applications, which all start."""
    answers = asked(jobs, access=access)
    for answer in answers:
        assert "error" not in answer, answer["error"]
    return answers


def asked(jobs: Iterable[tuple[Path, str]], *, access: bool = False) -> list[dict[str, Any]]:
    """What Nest says of applications, each a folder and the file in it that starts one.

    Of one that does not start it is the `error`.

    With `access` guards and middleware run for real, and `status` of a route is what nobody gets there.
    """
    given = json.dumps([{"root": str(root.resolve()), "main": main, "access": access} for root, main in jobs])
    done = subprocess.run(
        ["node", str(NODE / "nest-oracle.cjs")], input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    for answer in answers:
        if "error" in answer:  # and what Nest's logger said
            answer["error"] += done.stderr
    return answers


def ours(root: Path) -> list[Row]:
    """`nestwise routes` for a folder."""
    command = [sys.executable, "-m", "nestwise", "routes", "--format", "json", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    rows: list[Row] = json.loads(done.stdout)
    return rows


KINDS = ("guards", "interceptors", "pipes", "filters")


def comparable(row: Row) -> Row:
    """What both sides know of a route. Middleware of `app.use` is none of Nest's container."""
    keys = ("kind", "method", "path", "handler", "module", "versions", "namespace")
    shown = {key: row[key] for key in keys if key in row}
    steps = {kind: [(step["name"], step["origin"]) for step in row[kind]] for kind in KINDS}
    ran = [
        step["name"] if isinstance(step, dict) else step
        for step in row["middleware"]
        if not isinstance(step, dict) or step["origin"] != "global"
    ]
    return shown | steps | {"middleware": ran}


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Routes of HTTP in the order of registration, then the others, whose order neither side knows."""
    found = list(rows)
    others = [row for row in found if row["kind"] != "http"]
    return [row for row in found if row["kind"] == "http"] + sorted(others, key=lambda r: str(comparable(r)))


def comparables(rows: Iterable[Row]) -> list[Row]:
    return list(map(comparable, in_order(rows)))
