"""Which classes that requests fill have the properties that a class declares.

What is to be said of such properties is asked by the class that declares them, and of the few classes that
have them: what all classes of the workspace say is never collected.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

from nestwise.project.model.classes import head_of, role_of_class
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import shape_of
from nestwise.project.model.symbols import Ref
from nestwise.project.model.validation import Use, reached

T = TypeVar("T")
_Filled = tuple[tuple[Ref, tuple[Use, ...]], ...]


@question
def _by_declaring(project: Project) -> Mapping[Ref, _Filled]:
    out: dict[Ref, list[tuple[Ref, tuple[Use, ...]]]] = {}
    for ref, uses in reached(project).items():
        for declared in {ref: None} | dict.fromkeys(prop.declared for prop in shape_of(project, ref).data):
            out.setdefault(declared, []).append((ref, uses))
    return {ref: tuple(found) for ref, found in out.items()}


@question
def _filled(project: Project, declared: Ref) -> _Filled:
    """The classes that requests fill which have properties of a class, itself among them, with their uses."""
    return _by_declaring(project).get(declared, ())


_MADE = frozenset({"controller", "resolver", "gateway", "processor", "module", "filter", "injectable"})


def _is_made(project: Project, ref: Ref) -> bool:
    """Is it a class that Nest makes, by all signs? Those of requests have neither methods nor a constructor,
    even where somebody calls them injectable."""
    cls = head_of(project, ref)
    if cls is None or not (cls.methods or cls.ctor or not cls.properties):
        return False
    return role_of_class(project, ref) in _MADE


def declared_in(
    project: Project,
    declared: Ref,
    find: Callable[[Project, Ref, tuple[Use, ...]], Iterable[tuple[T, Ref]]],
    key: Callable[[T], Hashable] = lambda one: one.prop,  # type: ignore[attr-defined]
) -> tuple[T, ...]:
    """What is found at properties that a class declares itself, the first of those with equal keys. `find`
    looks at a class that requests fill, and says of each thing which class declares its property."""
    if _is_made(project, declared):
        return ()
    out: dict[Hashable, T] = {}
    for ref, uses in _filled(project, declared):
        for one, where in find(project, ref, uses):
            if where == declared:
                out.setdefault(key(one), one)
    return tuple(out.values())


__all__ = ["declared_in"]
