"""Instances made by hand: what `new X(…)` lacks of what Nest would inject, and whether Nest could make it."""

from __future__ import annotations

from nestwise.project.model.needs import Need, needs_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref, class_of


@question
def not_injected(project: Project, ref: Ref, given: int) -> tuple[Need, ...]:
    """The dependencies that an instance made by hand with so many arguments does not have: what is left out
    of its constructor's, and those of its properties, which Nest alone would set."""
    return tuple(
        need
        for need in needs_of(project, ref).items
        if not need.optional
        and (need.index is None or need.index >= given)
        and not _does_without(project, need)
    )


def _does_without(project: Project, need: Need) -> bool:
    """Does the class say that it may be absent, or give a value itself?"""
    cls = class_of(project, need.declared) if need.declared is not None else None
    if cls is None:
        return True
    if need.index is not None:
        params = cls.ctor or ()
        param = params[need.index] if need.index < len(params) else None
        return param is None or param.optional or param.default or param.name.startswith("...")
    return any(p.name == need.name and (p.optional or p.value is not None) for p in cls.properties)


@question
def makeable_at(project: Project, owner: Ref, ref: Ref) -> bool:
    """Would Nest find all dependencies of a class in the modules in which it makes `owner`?"""
    from nestwise.project.model.container import lookup
    from nestwise.project.model.injection import makings_of

    needs = needs_of(project, ref)
    if not needs.complete:
        return False
    makings = makings_of(project, owner)
    found = [
        lookup(project, m.root, m.place, n.token) for m in makings for n in needs.items if not n.optional
    ]
    return bool(makings) and all(one.state == "resolved" for one in found)
