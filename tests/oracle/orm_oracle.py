"""What an ORM makes of entities, and what the model does: the same, or unknown."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nestwise.cli.entities import entity_row
from nestwise.project.model.entities import entities
from nestwise.workspace import Workspace

HERE = Path(__file__).parent / "orms"
NODE = Path(__file__).parents[1] / "node"
Row = dict[str, Any]
_DEPENDENCIES = {"@nestjs/common": "11.0.0"}


def theirs(orm: str, *more: Path) -> dict[str, Row]:
    """Entities by name, as the ORM itself sees them; `more` files go with those of the ORM."""
    paths = [str(path) for path in (*sorted((HERE / orm).glob("*.*")), *more)]
    done = subprocess.run(
        ["node", str(NODE / "orm-oracle.cjs"), orm, *paths],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in json.loads(done.stdout.splitlines()[-1])}


def ours(orm: str, root: Path, *more: Path) -> dict[str, Row]:
    """Entities by name, as the model sees them; `root` is an empty folder."""
    (root / "package.json").write_text(json.dumps({"dependencies": _DEPENDENCIES}), "utf-8")
    for file in (*(HERE / orm).glob("*.*"), *more):
        (root / file.name).write_bytes(file.read_bytes())
    workspace = Workspace(root)
    workspace.load()
    rows = [entity_row(workspace.project, e) for e in entities(workspace.project)]
    return {row["name"]: row for row in rows if row["kind"] not in ("abstract", "embedded")}


def differences(wanted: Mapping[str, Row], found: Mapping[str, Row]) -> list[str]:
    """What is said wrongly, left out or added. Null is unknown, and never wrong."""
    out: list[str] = []
    for name in sorted({*wanted, *found}):
        if name not in wanted or name not in found:
            out.append(f"{name}: {'added' if name in found else 'left out'}")
            continue
        out += [f"{name}{said}" for said in _unlike(wanted[name], found[name])]
    return out


def _unlike(wanted: Any, found: Any) -> list[str]:
    if found is None:
        return []
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [f".{key}{said}" for key in wanted for said in _unlike(wanted[key], found.get(key, "nothing"))]
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict) and "property" in wanted[0]:
        ahead = {one["property"]: one for one in wanted}
        behind = {one["property"]: one for one in found}
        missed = [f" lacks {name}" for name in ahead if name not in behind]
        added = [f" adds {name}" for name in behind if name not in ahead]
        inner = [f".{n}{said}" for n in ahead if n in behind for said in _unlike(ahead[n], behind[n])]
        return missed + added + inner
    return [] if wanted == found else [f": {wanted!r}, not {found!r}"]


def unknown(found: Any) -> int:
    """How many values are unknown."""
    if isinstance(found, dict):
        return sum(map(unknown, found.values()))
    if isinstance(found, list):
        return sum(map(unknown, found))
    return int(found is None)
