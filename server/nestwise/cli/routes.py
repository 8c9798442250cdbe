"""`nestwise routes`: what clients can reach, and what runs before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from nestwise.cli.report import columns
from nestwise.project.model.guards import Does
from nestwise.project.model.handlers import Handler
from nestwise.project.model.pipeline import Access
from nestwise.views.places import Places
from nestwise.views.routes import Row, placed_routes, row_of
from nestwise.workspace import Workspace


def rows(workspace: Workspace) -> list[Row]:
    """One row per path of a handler in an application, in the order in which Nest registers them; then those
    whose module cannot be told. Their module is `?`, and so is an application that cannot be told."""
    places = Places(workspace)
    return [
        with_line(places, row_of(workspace.project, app, route), route.handler)
        for app, route in placed_routes(workspace.project)
    ]


def with_line(places: Places, row: Row, handler: Handler) -> Row:
    """A row with the line of the handler's name, from 1."""
    span = places.method_name(handler)
    return row | {"line": places.line(row["file"], span.start) if span is not None else 1}


def unguarded(found: Iterable[Row]) -> list[Row]:
    """The routes that anybody may call, and those of which that cannot be told."""
    return [row for row in found if row["access"] in ("open", "unknown")]


# --- for people ---------------------------------------------------------------------------------


def table(found: list[Row], *, guards: bool = False) -> str:
    """A block for each application, and a line that counts; with `guards`, what runs in which order."""
    if not found:
        return "No routes."
    width = columns()
    out: list[str] = []
    for name, group in groupby(found, key=lambda row: row["application"]):
        block = list(group)
        out += [name, *_block(block, width, guards), ""]
    counts = Counter(row["access"] for row in found)
    said = ", ".join(f"{counts[a]} {a}" for a in Access if counts[a])
    out.append(f"{len(found)} route{'' if len(found) == 1 else 's'}: {said}.")
    return "\n".join(out)


def _block(block: list[Row], width: int, guards: bool) -> list[str]:
    access = max(len(row["access"]) for row in block)
    method = max(len(row["method"]) for row in block)
    path = max(len(row["path"]) for row in block)
    out: list[str] = []
    for row in block:
        start = f"  {row['access']:<{access}}  {row['method']:<{method}}  "
        handler = row["handler"] if row["certain"] else f"{row['handler']} (under a condition)"
        lines = (f"{start}{row['path']:<{path}}  {handler}", f"{start}{row['path']}  {handler}")
        fits = next((line for line in lines if len(line) <= width), None)
        out += [fits] if fits else [start + row["path"], " " * len(start) + handler]
        if guards and (parts := _guarding(row)):
            out += _wrapped(parts, " " * len(start) + "  ", width)
    return out


def _guarding(row: Row) -> list[str]:
    """What may refuse a request, in order: `Name, Other (where they are bound)`."""
    middleware = [s for s in row["middleware"] if s["kind"] == Does.AUTHENTICATES]
    out: list[str] = []
    for steps in (middleware, row["guards"]):
        for origin, group in groupby(steps, key=lambda step: step["origin"]):
            names = ", ".join(s["name"] if s["certain"] else f"{s['name']}?" for s in group)
            out.append(f"{names} ({'middleware of ' if steps is middleware else ''}{origin})")
    return out


def _wrapped(parts: list[str], pad: str, width: int) -> list[str]:
    """`a → b → c`, broken between the parts."""
    out = [pad + parts[0]]
    for part in parts[1:]:
        if len(out[-1]) + len(part) + 3 > width:
            out.append(f"{pad}→ {part}")
        else:
            out[-1] += f" → {part}"
    return out
