"""A Prisma schema, as `nestwise inspect` says it."""

from __future__ import annotations

from typing import Any

from nestwise.cli import UsageError
from nestwise.cli.inspect_data import entity_member, entity_shown
from nestwise.project.model.entities import entities_in
from nestwise.project.model.orms import prisma
from nestwise.syntax.text import Text
from nestwise.workspace import Workspace

Row = dict[str, Any]


def schema_inspected(workspace: Workspace, path: str, line: int) -> Row:
    """The field or the model in a line (from 1) of a schema, and what is not understood of the schema."""
    data = (workspace.root / path).read_bytes()
    text = Text(data)
    if not 1 <= line <= text.line_count:
        raise UsageError(f"{path} has {text.line_count} lines; there is no line {line}.")
    project = workspace.project
    things: list[Row] = []
    for entity in entities_in(project, path):
        first, last = (text.position(place)[0] + 1 for place in (entity.at.start, entity.at.end))
        if not first <= line <= last:
            continue
        places = [(c.property, c.at) for c in entity.columns] + [(r.property, r.at) for r in entity.relations]
        for name, at in places:
            if text.position(at.start)[0] + 1 == line:
                said = entity_member(project, entity.ref, name) or {}
                things.append({"kind": "field", "name": name, "file": path, "line": line} | said)
        if not things:
            shown = entity_shown(project, entity.ref) or {}
            things.append({"kind": "model", "name": entity.name, "file": path, "line": first} | shown)
    broken = [f"line {n} is not understood: {said}" for n, said in prisma.schema(project, path).problems]
    if broken:
        things.append({"kind": "schema", "name": path, "file": path, "line": 1, "unknown": broken})
    out: Row = {"file": path, "line": line, "column": None, "role": "schema", "things": things}
    if not things:
        out["nearest"] = None
    return out | {"starts": [], "practices": [], "conventions": []}
