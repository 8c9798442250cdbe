"""How a file would import a declaration of the workspace. Loaded only when a fix asks for it."""

from __future__ import annotations

from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref


def specifier_of(project: Project, importer: str, ref: Ref) -> str | None:
    """The specifier to import `ref` by its name, as the file and its package write theirs; None where no file
    exports it under that name."""
    from nestwise.project.model import specifiers

    return specifiers.specifier_of(project, importer, ref)
