"""Which files belong to Nest: those that import from it, and what they import in turn."""

from __future__ import annotations

from nestwise.project.facts import FileFacts
from nestwise.project.model.project import Project
from nestwise.project.resolve import Resolver


def reached_by_nest(project: Project, resolver: Resolver) -> frozenset[str]:
    """Files that import from Nest, and those that they import: a front end in the same package is not."""
    todo = [path for path in project if uses_nest(project.facts(path))]
    found = set(todo)
    while todo:
        path = todo.pop()
        for module in modules_of(project.facts(path)):
            target = resolver.resolve(path, module).path
            if target is not None and target not in found and target in project:
                found.add(target)
                todo.append(target)
    return frozenset(found)


def uses_nest(facts: FileFacts) -> bool:
    return any(i.module.startswith("@nestjs/") for i in facts.imports)


def modules_of(facts: FileFacts) -> set[str]:
    """What a file imports and re-exports, as written."""
    return {i.module for i in facts.imports} | {e.module for e in facts.exports if e.module}
