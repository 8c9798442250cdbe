"""Circles of things that point to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def circles(imports: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The modules that import each other in a circle, together with all that are in the same circles."""
    below = {name: [i for i in found if i != name] for name, found in imports.items()}
    known = set(below)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    held: list[str] = []
    out: list[list[str]] = []
    for start in below:
        todo: list[tuple[str, int]] = [(start, 0)] if start not in number else []
        while todo:
            name, position = todo.pop()
            if position == 0:
                number[name] = low[name] = len(number)
                held.append(name)
            children = [c for c in below[name] if c in known]
            if position and position <= len(children):
                low[name] = min(low[name], low[children[position - 1]])
            while position < len(children):
                child = children[position]
                position += 1
                if child not in number:
                    todo += [(name, position), (child, 0)]
                    break
                if child in held:
                    low[name] = min(low[name], number[child])
            else:
                if low[name] == number[name]:
                    at = held.index(name)
                    found, held[at:] = held[at:], []
                    if len(found) > 1:
                        out.append(found)
    order = {name: i for i, name in enumerate(below)}
    return sorted((sorted(found, key=order.__getitem__) for found in out), key=lambda f: order[f[0]])
