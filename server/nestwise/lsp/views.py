"""`nestwise/routes` and `nestwise/graph`: what an editor shows in views of its own, and when to ask again.

Answers are made in small steps, from one snapshot of each folder: when it changes meanwhile the folder is
begun again, which costs little, because what did not change is remembered.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from nestwise.lsp.convert import to_plain_range
from nestwise.lsp.folders import Folder
from nestwise.lsp.jobs import Work
from nestwise.lsp.protocol import Plain
from nestwise.lsp.session import Session
from nestwise.project.model.symbols import Ref
from nestwise.syntax.text import Span, Text
from nestwise.views.modules import wired
from nestwise.views.places import Places
from nestwise.views.routes import Row, route_steps, row_of

ROUTES = "nestwise/routes"
GRAPH = "nestwise/graph"
MODEL_CHANGED = "nestwise/modelChanged"

_SOON = 0.3
"""Seconds from a change until it is looked whether the views read otherwise."""
_APART = 1.0
"""Seconds between two notifications, at least."""
_ACCESS = {"open": "unguarded"}
_GRAPH_PARTS = ("modules", "imports", "cycles")
_INPUT = ("source", "name", "type", "validated")

View = Generator[None, None, Row]


@dataclass
class Views:
    session: Session
    _told: dict[str, bytes] = field(default_factory=dict)
    """Digests of what the client knows, of the views that it asked for."""
    _sent: float = 0.0
    _stale: bool = False
    """Did something change since it was last looked?"""

    def routes(self, _: Any) -> Work:
        return self._answer(ROUTES)

    def graph(self, _: Any) -> Work:
        return self._answer(GRAPH)

    def _answer(self, name: str) -> Work:
        view, digest = yield from self._made(name)
        self._told[name] = digest
        return Plain(view)

    def _made(self, name: str) -> Generator[None, None, tuple[Row, bytes]]:
        """A view, and what tells whether it reads otherwise: positions do not count."""
        view = yield from (self._routes() if name == ROUTES else self._graph())
        digest = blake2b(digest_size=8)
        for part in view.values():
            for one in part if isinstance(part, list) else (part,):
                plain = {k: v for k, v in one.items() if k != "range"} if isinstance(one, dict) else one
                digest.update(msgspec.json.encode(plain))
            yield
        gc.freeze()  # what was remembered of all routes or modules stays
        return view, digest.digest()

    # --- when to ask again ---

    def changed(self) -> None:
        """Something changed; the client is told if that makes a difference to a view that it asked for."""
        self._stale = True
        if self.session.client.wants_model and self._told and "views" not in self.session.jobs:
            self._look_soon()

    def _look_soon(self) -> None:
        delay = max(_SOON, self._sent + _APART - time.monotonic())
        self.session.jobs.add("views", self._compare(), delay)

    def _compare(self) -> Work:
        while any(folder.loading for folder in self.session.folders):
            yield 0.05
        self._stale = False
        different = False
        for name in list(self._told):
            _, digest = yield from self._made(name)
            different |= digest != self._told[name]
            self._told[name] = digest
        if different:
            self._sent = time.monotonic()
            self.session.notify(MODEL_CHANGED, {})
        if self._stale:
            self._look_soon()

    # --- what they say ---

    def _complete(self) -> bool:
        return all(f.workspace.complete and not f.loading for f in self.session.folders)

    def _folders(self, read: Callable[[Folder], View]) -> Generator[None, None, list[Row]]:
        out: list[Row] = []
        for folder in self.session.folders:
            if folder.workspace.complete:
                out.append((yield from self._of_one_snapshot(folder, read)))
        return out

    def _of_one_snapshot(self, folder: Folder, read: Callable[[Folder], View]) -> View:
        while True:
            self.session.settle()
            project, work = folder.workspace.project, read(folder)
            while folder.workspace.project is project:
                try:
                    next(work)
                except StopIteration as end:
                    found: Row = end.value
                    return found
                yield

    def _routes(self) -> View:
        complete = self._complete()
        found = yield from self._folders(self._routes_of)
        routes = [row for view in found for row in view["routes"]]
        return {"complete": complete and self._complete(), "routes": routes}

    def _routes_of(self, folder: Folder) -> View:
        workspace, prefix = folder.workspace, folder.root.as_uri()
        places, ids = Places(workspace), Counter[str]()
        theirs = self._theirs(folder)
        out: list[Row] = []
        for step in route_steps(workspace.project):
            yield
            if step is None:
                continue
            app, route = step
            handler = route.handler
            if theirs(handler.declared.path):
                continue
            row = row_of(workspace.project, app, route)
            id_ = f"{prefix}#{row['application']} {row['method']} {row['path']} {row['handler']}"
            ids[id_] += 1
            place = self._place(folder, places, handler.declared.path, places.method_name(handler))
            out.append(
                {
                    "id": id_ if ids[id_] == 1 else f"{id_} {ids[id_]}",
                    "folder": prefix,
                    "application": row["application"],
                    "kind": row["kind"],
                    "method": row["method"],
                    "path": row["path"],
                    "versions": row["versions"],
                    "handler": row["handler"],
                    "controller": handler.controller.name,
                    "module": row["module"],
                    "access": _ACCESS.get(row["access"], row["access"]),
                    "guards": [guard["name"] for guard in row["guards"]],
                    "inputs": [{key: given[key] for key in _INPUT} for given in row["inputs"]],
                    "unknown": row["unknown"],
                    "certain": row["certain"],
                    **place,
                }
            )
        return {"routes": out}

    def _graph(self) -> View:
        complete = self._complete()
        found = yield from self._folders(self._graph_of)
        return {
            "complete": complete and self._complete(),
            **{part: [one for view in found for one in view[part]] for part in _GRAPH_PARTS},
        }

    def _graph_of(self, folder: Folder) -> View:
        workspace, root = folder.workspace, folder.root.as_uri()
        places, theirs = Places(workspace), self._theirs(folder)
        graph = yield from wired(workspace.project, lambda app: not theirs(app.path))

        def named(id_: str) -> str:
            return f"{root}#{id_}"

        modules: list[Row] = []
        for module in graph.modules.values():
            yield
            symbol, place = module.symbol, {}
            if isinstance(symbol, Ref) and (span := places.class_name(symbol)) is not None:
                place = self._place(folder, places, symbol.path, span)
            modules.append({**module.row(), "id": named(module.id), "folder": root, **place})
        wires = graph.imports.values()
        return {
            "modules": modules,
            "imports": [{**w, "from": named(w["from"]), "to": named(w["to"])} for w in wires],
            "cycles": [[named(id_) for id_ in cycle] for cycle in graph.cycles],
        }

    def _theirs(self, folder: Folder) -> Callable[[str], bool]:
        """Does a file belong to a folder below, which tells of it?"""
        below = self.session.folders.inside(folder)
        inner = tuple(f"{root.relative_to(folder.root).as_posix()}/" for root in below)
        return lambda path: path.startswith(inner)

    def _place(self, folder: Folder, places: Places, path: str, span: Span | None) -> Row:
        """Where to go: the document as the client names it, and the range of a name there."""
        text, client = places.text(path) or Text(b""), self.session.client
        at = to_plain_range(text, span or Span(0, 0), client.encoding)
        return {"uri": self.session.uri_of(folder, path), "range": at}
