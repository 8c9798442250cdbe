"""Which entity a name or a class stands for, where the ORM itself is not asked."""

from __future__ import annotations

from nestwise.project.facts import dotted
from nestwise.project.model.classes import lineage
from nestwise.project.model.entities import entity_of
from nestwise.project.model.orms import prisma
from nestwise.project.model.project import Project, question
from nestwise.project.model.reach import entity_in, said, symbol_reach
from nestwise.project.model.symbols import UNKNOWN, Here, Ref, class_of, symbol_of


@question
def stated_entity(project: Project, ref: Ref) -> tuple[Ref | None, str]:
    """The entity that a class names for a generic base: as a type argument, or handed to `super`."""
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        for kind in cls.extends_types if cls is not None else ():
            entity = entity_in(project, base.path, kind, 0)
            if entity is not None and (found := entity_of(project, entity)) is not None:
                return entity, found.name
        for given in (cls.passes or ()) if cls is not None else ():
            symbol = symbol_of(project, Here(base.path, given)) if dotted(given) else UNKNOWN
            reached = symbol_reach(project, symbol)
            if reached is not None and reached.kind == "repository" and said(reached, project):
                return reached.entity, said(reached, project)
            if isinstance(symbol, Ref) and (found := entity_of(project, symbol)) is not None:
                return symbol, found.name
    return None, ""


@question
def prisma_model(project: Project, path: str, member: str) -> Ref | None:
    """The model behind `prisma.member`, as a file of that package sees it; None where that cannot be told."""
    package = project.layout.package_of(path)
    found: dict[Ref, bool] = {}
    for group in prisma.schemas(project):
        for file in group:
            for block in prisma.schema(project, file).blocks:
                if block.kind in ("model", "view") and block.name[:1].lower() + block.name[1:] == member:
                    near = project.layout.package_of(file) == package
                    found[Ref(file, block.name)] = near
    near_ones = [ref for ref, near in found.items() if near]
    names = {ref.name for ref in found}
    if near_ones:
        return near_ones[0]
    return next(iter(found)) if len(names) == 1 and found else None


__all__ = ["prisma_model", "stated_entity"]
