"""How a package is written, for fixes and for whoever asks: as its settings say, else as its code does most.

Texts are counted of a sample of a package's files, and only when somebody asks.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.extract_style import FORMAT, WRITTEN
from nestwise.project.files import BIOME, EDITORCONFIG, ESLINT, PRETTIER
from nestwise.project.formatters import PRETTIER_DEFAULTS
from nestwise.project.kinds import Kind
from nestwise.project.model.project import Project, question
from nestwise.syntax.style import (
    ARGUMENT_COMMAS,
    BUILTINS,
    COMMAS,
    ENDINGS,
    GROUPS,
    INDENT,
    ORDER,
    QUOTES,
    SEMICOLONS,
    SPACED,
    TYPES,
    WIDTH,
    Counts,
    Style,
    added,
    most,
    width_of,
)

LEAST = 5
"""How often something must be written before it is a habit."""
_SAMPLE = 24
"""So many files of a package are counted."""
ASPECTS = (
    QUOTES, SEMICOLONS, INDENT, COMMAS, ARGUMENT_COMMAS, SPACED, WIDTH, ORDER, GROUPS,
    BUILTINS, TYPES, ENDINGS,
)  # fmt: skip
"""In the order in which they are shown."""
_DEFAULTS = {
    QUOTES: "'", SEMICOLONS: ";", INDENT: "  ", COMMAS: "yes", ARGUMENT_COMMAS: "yes", SPACED: "yes",
    WIDTH: "0", ORDER: "free", GROUPS: "together", BUILTINS: "together", TYPES: "statement", ENDINGS: "",
}  # fmt: skip
"""What is written where neither settings nor code say it: as Nest's own starter does."""


class Habit(Struct, frozen=True):
    """How something is written."""

    aspect: str
    way: str
    source: str = ""
    """The settings file that says so; `code`, which does it most; empty for a default, as little is known."""
    count: int = 0
    of: int = 0
    """How often the code does it, of how many."""


@question
def habits_of(project: Project, folder: str) -> tuple[Habit, ...]:
    """How the files of a folder are written, aspect by aspect."""
    settings = {aspect: (way, file) for aspect, way, file in settings_of(project, folder)}
    package = project.layout.package_of(posixpath.join(folder, "x"))
    counts = counts_of(project, package.dir if package is not None else "")
    out: list[Habit] = []
    for aspect in ASPECTS:
        found = most(counts, aspect, LEAST)
        if aspect == WIDTH and settings.get(WIDTH, ("", "prettier"))[1] == "prettier":
            assumed = int(settings.get(WIDTH, ("0", ""))[0])
            width = width_of(counts, assumed)
            source = "prettier" if width == assumed > 0 else "code" if width else ""
            out.append(Habit(aspect, str(width), source))
        elif aspect in settings:
            way, file = settings[aspect]
            total = sum(c for name, _, c in counts if name == aspect)
            same = sum(c for name, w, c in counts if name == aspect and w == way)
            out.append(Habit(aspect, way, file, same, total))
        elif found is not None:
            out.append(Habit(aspect, found[0], "code", found[1], found[2]))
        elif aspect == BUILTINS:  # who keeps packages apart from what is their own keeps these apart, too
            out.append(Habit(aspect, out[-1].way))
        else:
            out.append(Habit(aspect, _DEFAULTS[aspect]))
    return tuple(out)


def style_of(project: Project, path: str) -> Style:
    """How edits of a file are written where the file itself does not show it."""
    ways = {habit.aspect: habit.way for habit in habits_of(project, posixpath.dirname(path))}
    modules = {i.module for i in project.facts(path).imports}
    return Style(
        quote=ways[QUOTES],
        semicolon=ways[SEMICOLONS],
        indent=ways[INDENT],
        commas=ways[COMMAS] == "yes",
        argument_commas=ways[ARGUMENT_COMMAS] == "yes",
        spaced=ways[SPACED] == "yes",
        width=int(ways[WIDTH]),
        ordered=ways[ORDER] == "alphabetical",
        apart=ways[GROUPS] == "apart",
        builtins_apart=ways[BUILTINS] == "apart",
        own=frozenset(m for m in modules if project.target(path, m).path is not None),
    )


def sample_of(project: Project, package: str) -> tuple[str, ...]:
    """Some files of a package, by its folder: of those that hold modules, routes, guards and loggers, else of
    all."""
    every: dict[str, None] = {}
    for kind in (Kind.MODULE, Kind.ROUTES, Kind.GUARD, Kind.LOGGER):
        for path in project.with_kind(kind):
            found = project.layout.package_of(path)
            if (found.dir if found is not None else "") == package:
                every[path] = None
    paths = sorted(every) or [
        path
        for path in project.paths
        if (((found := project.layout.package_of(path)) is not None and found.dir) or "") == package
    ]
    return tuple(paths[:: max(1, -(-len(paths) // _SAMPLE))])


@question
def counts_of(project: Project, package: str) -> Counts:
    """What a sample of the files of a package does, and how often."""
    details = (project.detail(path, WRITTEN) for path in sample_of(project, package))
    return added(detail.counts for detail in details if detail is not None)


@question
def settings_of(project: Project, folder: str) -> tuple[tuple[str, str, str], ...]:
    """What the settings of formatters say of the sources of a folder: aspect, way, and the file."""
    said: dict[str, tuple[str, str]] = {}
    for names in ({EDITORCONFIG}, ESLINT):
        for file in _near(project, folder, names):
            detail = project.detail(file, FORMAT)
            for aspect, way in detail.ways if detail is not None else ():
                said[aspect] = way, file
            break
    for file in _near(project, folder, PRETTIER | BIOME, manifests=True):
        detail = project.detail(file, FORMAT)
        if detail is None or not (detail.ways or detail.defaults):
            continue
        if detail.defaults:
            said = {a: (way, file) for a, way in PRETTIER_DEFAULTS.items()} | said
        said |= {a: (way, file) for a, way in detail.ways}
        break
    else:
        if project.layout.declared(posixpath.join(folder, "x"), "prettier"):
            said.setdefault(WIDTH, (PRETTIER_DEFAULTS[WIDTH], "prettier"))
    return tuple(sorted((aspect, way, file) for aspect, (way, file) in said.items()))


def _near(
    project: Project, folder: str, names: frozenset[str] | set[str], *, manifests: bool = False
) -> Iterator[str]:
    """The settings files of those names, the nearest first; with `manifests` also every package.json."""
    layout = project.layout
    known = [f for f in layout.formats if posixpath.basename(f) in names]
    known += layout.manifests if manifests else ()
    while True:
        for file in sorted(known):
            if posixpath.dirname(file) == folder:
                yield file
        if not folder:
            return
        folder = posixpath.dirname(folder)
