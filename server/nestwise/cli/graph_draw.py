"""The graph for tools that draw: Mermaid and Graphviz' DOT.

Modules are boxes, or with providers boxes around them; arrows lead from who imports or needs to what it
imports or needs. Ids are numbers, so that no name can break the syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nestwise.cli.graph_pick import circles

Row = dict[str, Any]

_COLORS = {
    "package": ("#f4f4f5", "#a1a1aa", "#52525b"),
    "global": ("#e0f2fe", "#0284c7", "#0c4a6e"),
    "plain": ("#ffffff", "#3f3f46", "#18181b"),
    "unknown": ("#fef9c3", "#ca8a04", "#713f12"),
}
"""Background, line and text of each kind of box."""
_CIRCLE = "#dc2626"


class _Ids:
    """Numbers for what is drawn."""

    def __init__(self, apps: list[Row]) -> None:
        self.modules = {
            (a, m["id"]): f"a{a}m{i}" for a, app in enumerate(apps) for i, m in enumerate(app["modules"])
        }
        self.made: dict[tuple[int, str, str], str] = {}
        """What a token leads to; an enhancer's leads nowhere, as there may be several."""
        for a, app in enumerate(apps):
            for module in app["modules"]:
                for number, row in self.of(a, module):
                    self.made.setdefault((a, module["id"], row["token"]), number)

    def of(self, a: int, module: Row) -> Iterator[tuple[str, Row]]:
        """What a module makes, with the numbers."""
        for i, row in enumerate(_made(module)):
            yield f"{self.modules[a, module['id']]}p{i}", row


def _made(module: Row) -> list[Row]:
    return [*module["controllers"], *module["providers"]]


def _kind(module: Row) -> str:
    if module.get("unknown") or not module["certain"]:
        return "unknown"
    return "global" if module["global"] else "package" if module["package"] else "plain"


def _label(module: Row) -> str:
    """Lines of text about a module."""
    lines = [module["id"]]
    if module["package"]:
        lines.append(module["package"])
    marks = [word for word, on in (("global", module["global"]), ("perhaps", not module["certain"])) if on]
    lines += [", ".join(marks)] if marks else []
    lines += [f"? {why}" for why in module.get("unknown") or ()]
    return "\n".join(lines)


def _imports(app: Row) -> Iterator[tuple[str, str, bool]]:
    """Who imports whom; in a circle?"""
    circle = {name: i for i, found in enumerate(circles(app["modules"])) for name in found}
    known = {m["id"] for m in app["modules"]}
    for module in app["modules"]:
        for other in module["imports"]:
            if other in known:
                same = circle.get(module["id"], -1) == circle.get(other, -2) or other == module["id"]
                yield module["id"], other, same


def _needs(ids: _Ids, a: int, app: Row) -> Iterator[tuple[str, str]]:
    """Who needs whom, each pair once."""
    seen: set[tuple[str, str]] = set()
    for module in app["modules"]:
        for number, row in ids.of(a, module):
            for need in row["dependencies"]:
                target = ids.made.get((a, need["module"] or "", need["provider"] or ""))
                if target and (number, target) not in seen and number != target:
                    seen.add((number, target))
                    yield number, target


def _made_label(row: Row) -> str:
    """The token, and the class of an enhancer."""
    return f"{row['token']}\n{row['class']}" if row["role"] == "enhancer" and row["class"] else row["token"]


# --- Mermaid -----------------------------------------------------------------------------------


def mermaid(apps: list[Row], *, providers: bool) -> str:
    """A flowchart."""
    ids = _Ids(apps)
    out = ["flowchart LR"]
    red: list[int] = []
    links: list[str] = []
    for a, app in enumerate(apps):
        out.append(f'  subgraph a{a}["{_escaped(app["name"])}"]')
        for module in app["modules"]:
            out += _mermaid_module(ids, module, a, providers)
        out.append("  end")
        for one, other, same in _imports(app):
            if same:
                red.append(len(links))
            links.append(f"  {ids.modules[a, one]} {'-.->' if providers else '-->'} {ids.modules[a, other]}")
        if providers:
            links += [f"  {one} --> {other}" for one, other in _needs(ids, a, app)]
    out += links
    for name, (fill, line, text) in _COLORS.items():
        out.append(f"  classDef {name} fill:{fill},stroke:{line},color:{text}")
    if red:
        out.append(f"  linkStyle {','.join(map(str, red))} stroke:{_CIRCLE},stroke-width:2px")
    return "\n".join(out)


def _mermaid_module(ids: _Ids, module: Row, a: int, providers: bool) -> Iterator[str]:
    number, label = ids.modules[a, module["id"]], _escaped(_label(module))
    if not providers or not _made(module):
        yield f'    {number}["{label}"]:::{_kind(module)}'
        return
    yield f'    subgraph {number}["{label}"]'
    for made, row in ids.of(a, module):
        text = _escaped(_made_label(row))
        shape = f'(["{text}"])' if row["role"] == "controller" else f'["{text}"]'
        yield f"      {made}{shape}:::plain"
    yield "    end"
    yield f"    class {number} {_kind(module)}"


_ENTITY = re.compile(r"[^\w .,:;?!/@()\[\]{}+=\-*]|^\s", re.ASCII)


def _escaped(text: str) -> str:
    """Text of a Mermaid label in quotes: what may be syntax or HTML as numbered entities."""

    def entity(found: re.Match[str]) -> str:
        char = found[0]
        return char if not char.isascii() and char.isprintable() else f"#{ord(char)};"

    return "<br/>".join(_ENTITY.sub(entity, line) for line in text.split("\n"))


# --- DOT ---------------------------------------------------------------------------------------


def dot(apps: list[Row], *, providers: bool) -> str:
    """A digraph."""
    ids = _Ids(apps)
    out = [
        "digraph nestwise {",
        "  rankdir=LR; compound=true; newrank=true;",
        '  node [shape=box, style="filled,rounded", fontname="Helvetica", fontsize=11];',
        '  edge [color="#71717a", arrowsize=0.7];',
    ]
    for a, app in enumerate(apps):
        out += [f"  subgraph cluster_a{a} {{", f"    label={_quoted(app['name'])}; fontname=Helvetica;"]
        for module in app["modules"]:
            out += _dot_module(ids, module, a, providers)
        out.append("  }")
        for one, other, same in _imports(app):
            style = [f'color="{_CIRCLE}"'] if same else []
            style += ["style=dashed"] if providers else []
            end = f" [{', '.join(style)}]" if style else ""
            out.append(f"  {ids.modules[a, one]} -> {ids.modules[a, other]}{end};")
        if providers:
            out += [f"  {one} -> {other};" for one, other in _needs(ids, a, app)]
    return "\n".join([*out, "}"])


def _dot_module(ids: _Ids, module: Row, a: int, providers: bool) -> Iterator[str]:
    number = ids.modules[a, module["id"]]
    node = f"{number} [label={_quoted(_label(module))}, {_dot_colors(_kind(module))}];"
    if not providers or not _made(module):
        yield f"    {node}"
        return
    yield f"    subgraph cluster_{number} {{"
    yield f'      label=""; color="#d4d4d8"; style=rounded; {node}'
    for made, row in ids.of(a, module):
        shape = "shape=oval, " if row["role"] == "controller" else ""
        yield f"      {made} [{shape}label={_quoted(_made_label(row))}, {_dot_colors('plain')}];"
    yield "    }"


def _dot_colors(kind: str) -> str:
    fill, line, text = _COLORS[kind]
    return f'fillcolor="{fill}", color="{line}", fontcolor="{text}"'


def _quoted(text: str) -> str:
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{"".join(c if c.isprintable() else _UNPRINTABLE for c in inner)}"'


_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
