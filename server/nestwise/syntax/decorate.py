"""Edits that put decorators on a property, in the way in which the class has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nestwise.syntax.imports import imported, new_import, newline
from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span


def decorated(source: Source, name: Span, decorators: Sequence[str]) -> Edit | None:
    """The edit that adds decorators (as written, with `@`) to the property that has its name at `name`.

    They follow those that are there; each has its own line, unless the property shares its line with its
    own decorators or with something else. None where there is no property.
    """
    field = source.node_at(name)
    while field is not None and field.type != "public_field_definition":
        field = field.parent
    if field is None or not decorators:
        return None
    first = next((c for c in field.children if c.type not in ("decorator", "comment")), None)
    if first is None:
        return None
    start = first.start_byte
    gap = _gap(source, start)
    return Edit(Span(start, start), "".join(f"{text}{gap}" for text in decorators))


def _gap(source: Source, start: int) -> str:
    """What separates decorators from what follows: a line break with the indent, or a blank."""
    data = source.text.data
    before = data[data.rfind(b"\n", 0, start) + 1 : start]
    return " " if before.strip() else newline(data) + before.decode(errors="replace")


def imported_all(
    source: Source, wanted: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], list[Edit]] | None:
    """How the file writes each of some names of modules, and the edits after which it may.

    Names that need a new import of one module share it. None where the file means something else by one.
    """
    local: dict[str, str] = {}
    edits: dict[Edit, None] = {}
    fresh: dict[str, list[str]] = {}
    for name, module in dict.fromkeys(wanted):
        found = imported(source, name, module)
        if found is None:
            return None
        local[name] = found.local
        if found.edits == (new_import(source, name, module),):
            fresh.setdefault(module, []).append(name)
        else:
            edits |= dict.fromkeys(found.edits)
    for module, names in fresh.items():
        edits[new_import(source, ", ".join(sorted(names)), module)] = None
    return local, list(edits)
