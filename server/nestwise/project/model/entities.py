"""The entities of the workspace, whichever ORM they belong to."""

from __future__ import annotations

from nestwise.project.kinds import Kind
from nestwise.project.model.orms import drizzle, mikro, prisma, typeorm
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref

_ORMS = (typeorm, prisma, drizzle, mikro)


@question(cycle=None)
def entity_of(project: Project, ref: Ref) -> Entity | None:
    """What an ORM makes of a class, a constant or an interface; None where it is no entity."""
    for orm in _ORMS:
        found: Entity | None = orm.entity(project, ref) if ref in orm.candidates(project, ref.path) else None
        if found is not None:
            return found
    return None


@question
def entities(project: Project) -> tuple[Entity, ...]:
    """All entities, in the order of their files."""
    found: list[Entity] = []
    for path in (*project.with_kind(Kind.ENTITIES), *project.schemas):
        refs = dict.fromkeys(ref for orm in _ORMS for ref in orm.candidates(project, path))
        found += [e for ref in refs if (e := entity_of(project, ref)) is not None]
    return tuple(found)


__all__ = ["Column", "Entity", "Index", "Relation", "entities", "entity_of"]
