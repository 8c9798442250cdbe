"""The smallest of what is still different: everything that may be taken away from an example is tried.

An example is a dataclass. Any item of a list in it, and any field that has a default, however deep, may be
taken away; what must stay is a field without a default.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, TypeVar

T = TypeVar("T")
Path = tuple[str | int, ...]
Different = Callable[[Sequence[T]], Sequence[bool]]
"""Which of several examples are still different in the same way: asked in one go."""
_TRIES = 80
"""How many examples are tried in one go: as many as one process of Node holds."""


def smallest(value: T, different: Different[T]) -> T:
    """What is left of an example when no single part can go without the difference going, too."""
    while True:
        paths = list(parts(value))
        tried = _asked(different, [without(value, [path]) for path in paths])
        spare = [path for path, still in zip(paths, tried, strict=True) if still]
        if not spare:
            return value
        # As many at once as go together: all, else one of the halves, and so on.
        groups = list(_groups(spare))
        candidates = [without(value, group) for group in groups]
        together = _asked(different, candidates)
        value = next(
            (candidate for candidate, still in zip(candidates, together, strict=True) if still),
            without(value, spare[:1]),
        )


def _groups(spare: list[Path]) -> Iterator[list[Path]]:
    for pieces in (1, 2, 4, 8):
        length = -(-len(spare) // pieces)
        if pieces == 1 or length > 1:
            yield from (spare[start : start + length] for start in range(0, len(spare), length))


def _asked(different: Different[T], examples: Sequence[T]) -> list[bool]:
    starts = range(0, len(examples), _TRIES)
    return [still for start in starts for still in different(examples[start : start + _TRIES])]


def parts(value: Any, path: Path = ()) -> Iterator[Path]:
    """Paths to all that may be taken away; what holds others comes before them."""
    for each in fields(value):
        held, here = getattr(value, each.name), (*path, each.name)
        if isinstance(held, list):
            yield from ((*here, position) for position in range(len(held)))
            for position, item in enumerate(held):
                if is_dataclass(item):
                    yield from parts(item, (*here, position))
        elif is_dataclass(held):
            yield from parts(held, here)
        elif each.default is not MISSING and held != each.default:
            yield here


def without(value: T, taken: Iterable[Path]) -> T:
    """A copy without some of the `parts` of an example, in their order."""
    less = copy.deepcopy(value)
    for *way, last in reversed(list(taken)):  # from the end, so that every path still leads where it did
        holder: Any = less
        for step in way:
            holder = holder[step] if isinstance(step, int) else getattr(holder, step)
        if isinstance(last, int):
            del holder[last]
        else:
            setattr(holder, last, next(each.default for each in fields(holder) if each.name == last))
    return less
