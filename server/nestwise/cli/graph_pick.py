"""Parts of a graph: the applications and modules that were asked for, and the modules in circles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nestwise.cli import UsageError
from nestwise.settings import nearest
from nestwise.views import circles as views

Row = dict[str, Any]


def picked(apps: list[Row], app: str | None, module: str | None) -> list[Row]:
    """The applications of that name, each with the neighbourhood of the modules of that name: the modules,
    what they import, and who imports them. Raises UsageError for a name that there is not."""
    if app is not None:
        found = [a for a in apps if app in (a["name"], a["file"]) or a["name"].startswith(f"{app} (")]
        if not found:
            raise UsageError(f"there is no application `{app}`{_known(app, [a['name'] for a in apps])}")
        apps = found
    if module is None:
        return apps
    around = [_around(a, module) for a in apps]
    if not any(around):
        names = [m["name"] for a in apps for m in a["modules"]]
        raise UsageError(f"there is no module `{module}`{_known(module, names)}")
    return [a for a in around if a is not None]


def _known(name: str, names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    few = f" There are {', '.join(every)}." if 0 < len(every) <= 8 else ""
    return (nearest(name, every) or ".") + few


def _around(app: Row, name: str) -> Row | None:
    asked = {m["id"] for m in app["modules"] if name in (m["id"], m["name"])}
    if not asked:
        return None
    kept = set(asked)
    for module in app["modules"]:
        if module["id"] in asked:
            kept |= set(module["imports"])
        elif asked & set(module["imports"]):
            kept.add(module["id"])
    modules = [
        m if m["id"] in asked else {**m, "imports": [i for i in m["imports"] if i in asked]}
        for m in app["modules"]
        if m["id"] in kept
    ]
    return {**app, "asked": sorted(asked), "modules": modules}


def circles(modules: list[Row]) -> list[list[str]]:
    """The modules that import each other in a circle: ids, together with all that are in the same circles."""
    return views.circles({m["id"]: m["imports"] for m in modules})
