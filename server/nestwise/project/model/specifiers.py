"""How a file would import a declaration of the workspace: as the others do. For fixes, never for checks."""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from nestwise.project.model.conventions import LEAST, habits_of, sample_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref, exported
from nestwise.syntax.style import ENDINGS

_SUFFIX = re.compile(r"\.[mc]?tsx?$")


def specifier_of(project: Project, importer: str, ref: Ref) -> str | None:
    """The specifier to import `ref` by its name; None where no file exports it under that name."""
    if exported(project, ref.path, ref.name).symbol != ref:
        return None

    def leads(specifier: str) -> bool:
        target = project.target(importer, specifier).path
        return target is not None and exported(project, target, ref.name).symbol == ref

    own = [i.module for i in project.facts(importer).imports]
    for module in own:
        if leads(module):
            return module
    endings = _ending(project, importer, own)
    used: Counter[str] = Counter()
    for path in project:
        for item in project.facts(path).imports:
            if item.name != ref.name:
                continue
            target = project.target(path, item.module).path
            if target is not None and exported(project, target, ref.name).symbol == ref:
                near = item.module.startswith(".")
                used[_relative(importer, target, endings) if near else item.module] += 1
    specifiers = [specifier for specifier, _ in used.most_common()]
    beside = posixpath.dirname(importer) == posixpath.dirname(ref.path)
    aliased = False if beside else prefers_aliases(project, importer)
    if aliased:
        specifiers += _by_alias(project, importer, ref.path)
    if aliased is not None:
        specifiers.sort(key=lambda specifier: specifier.startswith(".") is aliased)
    for specifier in [*specifiers, _relative(importer, ref.path, endings)]:
        if leads(specifier):
            return specifier
    return None


def specifier_of_new(project: Project, importer: str, path: str) -> str:
    """The specifier of a file that is not there yet."""
    own = [i.module for i in project.facts(importer).imports]
    beside = posixpath.dirname(importer) == posixpath.dirname(path)
    if not beside and prefers_aliases(project, importer):
        for specifier in _by_alias(project, importer, path):
            return specifier
    return _relative(importer, path, _ending(project, importer, own))


def _relative(importer: str, target: str, ending: str) -> str:
    """A relative specifier, with an ending where others have one."""
    stem = _SUFFIX.sub("", target)
    if ending:
        stem += ending
    elif stem.endswith("/index"):
        stem = stem[: -len("/index")]
    path = posixpath.relpath(stem, posixpath.dirname(importer) or ".")
    return path if path.startswith(".") else f"./{path}"


def _ending(project: Project, importer: str, own: list[str]) -> str:
    """What relative specifiers of a file end with; of one that has none, as its package does."""
    near = [module for module in own if module.startswith(".")]
    if near:
        return next((m[m.rfind(".") :] for m in near if m.endswith((".js", ".ts"))), "")
    habits = habits_of(project, posixpath.dirname(importer))
    return next((habit.way for habit in habits if habit.aspect == ENDINGS), "")


def prefers_aliases(project: Project, path: str) -> bool | None:
    """Does a file reach other folders of the project by an alias, and not by `../`? As its package does,
    where the file does not show it; None where that does not show it either."""
    near, by_alias = _ways(project, path)
    if near == by_alias:
        package = project.layout.package_of(path)
        near, by_alias = _ways_of_package(project, package.dir if package is not None else "")
        if near + by_alias < LEAST:
            return None
    return by_alias > near if near != by_alias else None


@question
def _ways_of_package(project: Project, package: str) -> tuple[int, int]:
    ways = [_ways(project, path) for path in sample_of(project, package)]
    return sum(near for near, _ in ways), sum(by_alias for _, by_alias in ways)


@question
def _ways(project: Project, path: str) -> tuple[int, int]:
    """How many imports of a file lead to other folders of the project by `../`, and by an alias."""
    modules = {i.module for i in project.facts(path).imports}
    aliases = (m for m in modules if not m.startswith(".") and project.target(path, m).path is not None)
    return sum(m.startswith("..") for m in modules), sum(1 for _ in aliases)


def _by_alias(project: Project, importer: str, target: str) -> list[str]:
    """Specifiers of a file by the aliases that imports of the package show: `@shop/users/users.service` leads
    to `src/users/users.service.ts`, so `@shop/` stands for `src/`."""
    package = project.layout.package_of(importer)
    stem = _SUFFIX.sub("", target)
    found: Counter[str] = Counter()
    for path in (importer, *sample_of(project, package.dir if package is not None else "")):
        for module in {i.module for i in project.facts(path).imports}:
            led = project.target(path, module).path if not module.startswith(".") else None
            head = _heads(module, _SUFFIX.sub("", led)) if led is not None else None
            if head is not None and stem.startswith(head[1]):
                found[head[0] + stem[len(head[1]) :]] += 1
    return [specifier for specifier, _ in found.most_common()]


def _heads(module: str, stem: str) -> tuple[str, str] | None:
    """What is left of a specifier and of a path without the folders and the name that they share."""
    one, other = module.split("/"), stem.split("/")
    while len(one) > 1 and len(other) > 1 and one[-1] == other[-1]:
        one.pop()
        other.pop()
    shared = len(module.split("/")) - len(one)
    return (f"{'/'.join(one)}/", f"{'/'.join(other)}/") if shared else None
