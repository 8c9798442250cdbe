"""Classes of the domain: entities, aggregates, repositories, and what lives in a folder `domain`."""

from __future__ import annotations

import re

from nestwise.project.model.classes import lineage, role_of_class
from nestwise.project.model.data import data_class
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, class_of

DOMAIN = re.compile(r"(?:^|/)domains?/")
"""Paths of what is called domain."""
REPOSITORY = re.compile(r"(?:Repository|Repo)(?:Impl)?$")
"""Names of repositories; they are some where they hold what reaches data."""


@question
def domain_role(project: Project, ref: Ref) -> str:
    """entity, aggregate, repository, or domain for another class without a role in Nest in a folder of that
    name; empty for anything else."""
    from nestwise.project.model.entities import entity_of  # few checks need what tells entities

    if entity_of(project, ref) is not None:
        return "entity"
    access = data_class(project, ref)
    if (access is not None and access.own) or (REPOSITORY.search(ref.name) and _holds_data(project, ref)):
        return "repository"
    line = lineage(project, ref)
    if line.base == Ext("@nestjs/cqrs", "AggregateRoot"):
        return "aggregate"
    domain = DOMAIN.search(ref.path) is not None and line.complete and role_of_class(project, ref) == ""
    return "domain" if domain else ""


def _holds_data(project: Project, ref: Ref) -> bool:
    from nestwise.project.model.reach import field_reach

    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        names = [p.name for p in cls.properties] if cls else []
        names += [p.name for p in cls.ctor or () if p.access] if cls else []
        found = (field_reach(project, ref, name) for name in names)
        if any(f is not None and f.kind in ("client", "repository") for f in found):
            return True
    return False


__all__ = ["DOMAIN", "REPOSITORY", "domain_role"]
