"""Which files belong to Nest: those that import from it, and what they import in turn."""

from __future__ import annotations

from nestwise.project.facts import FileFacts
from nestwise.project.model.project import Project
from nestwise.project.resolve import Resolver

Led = dict[str, tuple[FileFacts, set[str]]]
"""The files that files import, with the facts that say so."""


def reached_by_nest(project: Project, resolver: Resolver, led: Led) -> frozenset[str]:
    """Files that import from Nest, and those that they import: a front end in the same package is not.
    `led`: what is known already."""
    todo = [path for path in project if uses_nest(project.facts(path))]
    found = set(todo)
    while todo:
        path = todo.pop()
        facts = project.facts(path)
        known = led.get(path)
        targets = known[1] if known is not None and known[0] is facts else led_to(resolver, path, facts)
        new = {target for target in targets - found if target in project}
        found |= new
        todo += new
    return frozenset(found)


def led_to(resolver: Resolver, path: str, facts: FileFacts) -> set[str]:
    """The files that a file imports."""
    targets = (resolver.resolve(path, module).path for module in modules_of(facts))
    return {target for target in targets if target is not None}


def uses_nest(facts: FileFacts) -> bool:
    return any(i.module.startswith("@nestjs/") for i in facts.imports)


def modules_of(facts: FileFacts) -> set[str]:
    """What a file imports and re-exports, as written."""
    return {i.module for i in facts.imports} | {e.module for e in facts.exports if e.module}
