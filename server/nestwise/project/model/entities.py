"""The entities of the workspace, whichever ORM they belong to."""

from __future__ import annotations

from nestwise.project.kinds import Kind
from nestwise.project.model.orms import drizzle, kysely, mikro, mongoose, prisma, sequelize, typeorm
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref

_ORMS = (typeorm, mikro, mongoose, sequelize, drizzle, prisma, kysely)


@question(cycle=None)
def entity_of(project: Project, ref: Ref) -> Entity | None:
    """What an ORM makes of a class, a constant or an interface; None where it is no entity."""
    for orm in _ORMS:
        found: Entity | None = orm.entity(project, ref) if ref in orm.candidates(project, ref.path) else None
        if found is not None:
            return found
    return None


@question
def entities_in(project: Project, path: str) -> tuple[Entity, ...]:
    """The entities that a file declares."""
    refs = dict.fromkeys(ref for orm in _ORMS for ref in orm.candidates(project, path))
    return tuple(e for ref in refs if (e := entity_of(project, ref)) is not None)


@question
def entities(project: Project) -> tuple[Entity, ...]:
    """All entities, in the order of their files."""
    paths = {*project.with_kind(Kind.ENTITIES), *project.schemas, *kysely.files(project)}
    return tuple(entity for path in sorted(paths) for entity in entities_in(project, path))


__all__ = ["Column", "Entity", "Index", "Relation", "entities", "entities_in", "entity_of"]
