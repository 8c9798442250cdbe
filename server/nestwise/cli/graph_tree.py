"""The graph for people: each application as a tree of imports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nestwise.cli.graph_pick import circles
from nestwise.cli.report import Ink, ink_for

Row = dict[str, Any]
_BOLD, _DIM, _CYAN, _YELLOW, _RED = "1", "90", "36", "33", "31"


def tree(apps: list[Row], *, providers: bool, width: int, color: bool) -> str:
    """Every module with what it imports. One that was shown before is not unfolded again."""

    ink = ink_for(color)
    out: list[str] = []
    for app in apps:
        out += ["", *_Tree(app, ink, providers, width).lines()]
    return "\n".join(out[1:]) if out else "No applications."


class _Tree:
    def __init__(self, app: Row, ink: Ink, providers: bool, width: int) -> None:
        self.app, self.ink, self.providers, self.width = app, ink, providers, width
        self.modules: dict[str, Row] = {m["id"]: m for m in app["modules"]}
        self.circle = {name: i for i, found in enumerate(circles(app["modules"])) for name in found}
        self.seen: set[str] = set()

    def lines(self) -> Iterator[str]:
        app = self.app
        yield f"{self.ink(_BOLD, app['name'])}  {self.ink(_DIM, app['kind'])}"
        asked = app.get("asked")
        roots = asked or list(self.modules)[:1]
        for root in roots:
            if asked:
                above = [m["id"] for m in app["modules"] if root in m["imports"]]
                yield from self._wrapped("imported by", above or ["none of its modules"], "")
            yield self._head(root, ())
            yield from self._below(root, "", (root,))
        found = circles(app["modules"])
        counts = [_counted(len(self.modules), "module")]
        if self.providers:
            counts.append(_counted(sum(len(m["providers"]) for m in app["modules"]), "provider"))
            counts.append(_counted(sum(len(m["controllers"]) for m in app["modules"]), "controller"))
        yield f"{', '.join(counts)}{'.' if not found else ';'}" + (
            "" if not found else f" {_counted(len(found), 'circle')} of imports."
        )
        for names in found:
            yield self.ink(_YELLOW, f"circle: {', '.join(names)}")
        for refusal in app["refusals"]:
            when = "when a request comes" if refusal["late"] else "to start"
            sure = "refuses" if refusal["certain"] else "may refuse"
            code = _RED if refusal["certain"] else _YELLOW
            yield self.ink(code, f"{refusal['module']}: Nest {sure} {when}: {refusal['sentence']}")
        if app["unknown"]:
            yield self.ink(_YELLOW, f"unknown: there may be more modules, because of {app['unknown']}.")

    def _head(self, name: str, line: tuple[str, ...]) -> str:
        """A module's line, without what leads to it."""
        module = self.modules[name]
        marks: list[str] = []
        if module["package"]:
            marks.append(self.ink(_DIM, module["package"]))
        if module["global"]:
            marks.append(self.ink(_CYAN, "global"))
        if not module["certain"]:
            marks.append(self.ink(_YELLOW, "perhaps"))
        if name in line:
            marks.append(self.ink(_YELLOW, "↺ in a circle"))
        elif name in self.seen and module["imports"]:
            marks.append(self.ink(_DIM, "↑ as above"))
        shown = name if module["package"] else self.ink(_BOLD, name)
        return f"{shown}{'  ' if marks else ''}{', '.join(marks)}"

    def _below(self, name: str, pad: str, line: tuple[str, ...]) -> Iterator[str]:
        if name in self.seen:
            return
        self.seen.add(name)
        module = self.modules[name]
        imports = [i for i in module["imports"] if i in self.modules]
        unknown = module.get("unknown") or []
        if self.providers:
            yield from self._inside(module, f"{pad}{'│  ' if imports or unknown else '   '}")
        for why in unknown:
            branch = "└─ " if not imports and why == unknown[-1] else "├─ "
            yield f"{pad}{branch}{self.ink(_YELLOW, f'? {why}')}"
        for child in imports:
            last = child == imports[-1]
            yield f"{pad}{'└─ ' if last else '├─ '}{self._head(child, line)}"
            yield from self._below(child, f"{pad}{'   ' if last else '│  '}", (*line, child))

    def _inside(self, module: Row, pad: str) -> Iterator[str]:
        for kind in ("controllers", "providers", "bound"):
            for row in module[kind]:
                yield from self._made(module["id"], row, kind.removesuffix("s"), pad)
        if module["exports"]:
            yield from self._wrapped("exports", module["exports"], pad)

    def _made(self, owner: str, row: Row, kind: str, pad: str) -> Iterator[str]:
        name = row["token"]
        how = {"useFactory": "factory", "useValue": "value"}.get(row["kind"], row["class"])
        marks = [how] if row["kind"].startswith("use") and how and how != name else []
        if row["scope"] not in ("default", "unknown"):
            marks.append(row["scope"])
        elif row.get("perRequest"):
            through = f", through {row['through']}" if row.get("through") else ""
            marks.append(f"made for each request{through}")
        if not row["certain"]:
            marks.append("perhaps")
        needs = [self._need(owner, d) for d in row["dependencies"] if d["token"] or d["state"] != "resolved"]
        if not row["complete"] and kind == "controller":
            needs.append("?")
        said = f"{name} ({', '.join(marks)})" if marks else name
        yield from self._wrapped(f"{kind} {said}{' ←' if needs else ''}", needs, pad)

    def _need(self, owner: str, row: Row) -> str:
        place = f" of {row['module']}" if row["module"] not in (None, owner) else ""
        if row["state"] == "resolved":
            return f"{row['token']}{place}"
        optional = ", optional" if row["optional"] else ""
        if row["state"] == "missing":
            return f"{row['token']} (missing{optional})"
        return f"{row['token']} (unknown: {row['why']})"

    def _wrapped(self, head: str, parts: list[str], pad: str) -> Iterator[str]:
        """`head a, b, c`, broken between the parts; what goes on is indented."""
        line = f"{pad}{head}"
        for i, part in enumerate(parts):
            text = f" {part}{',' if i + 1 < len(parts) else ''}"
            if len(line) + len(text) > self.width and line.strip():
                yield self._dim(line, pad)
                line = f"{pad}   {text}"
            else:
                line += text
        yield self._dim(line, pad)

    def _dim(self, line: str, pad: str) -> str:
        text = line[len(pad) :]
        code = _RED if "(missing)" in text else _YELLOW if "(unknown: " in text else _DIM
        return pad + self.ink(code, text)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
