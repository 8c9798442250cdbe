"""How a file would import a declaration of the workspace: as the others do. For fixes, never for checks."""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref, exported

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
    used: Counter[str] = Counter()
    for path in project:
        for item in project.facts(path).imports:
            if item.name != ref.name:
                continue
            target = project.target(path, item.module).path
            if target is not None and exported(project, target, ref.name).symbol == ref:
                used[_relative(importer, target, own) if item.module.startswith(".") else item.module] += 1
    for specifier, _ in used.most_common():
        if leads(specifier):
            return specifier
    specifier = _relative(importer, ref.path, own)
    return specifier if leads(specifier) else None


def _relative(importer: str, target: str, own: list[str]) -> str:
    """A relative specifier, with an ending where the file's others have one."""
    stem = _SUFFIX.sub("", target)
    endings = [m[m.rfind(".") :] for m in own if m.startswith(".") and m.endswith((".js", ".ts"))]
    if endings:
        stem += endings[0]
    elif stem.endswith("/index"):
        stem = stem[: -len("/index")]
    path = posixpath.relpath(stem, posixpath.dirname(importer) or ".")
    return path if path.startswith(".") else f"./{path}"
