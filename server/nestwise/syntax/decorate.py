"""Edits that put decorators on a property, in the way in which the class has them, and take them away."""

from __future__ import annotations

from collections.abc import Sequence

from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span, newline
from nestwise.syntax.wrapping import call_in_line, columns, line_at


def decorated(source: Source, name: Span, decorators: Sequence[str], style: Style) -> Edit | None:
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
    indent, before = line_at(source, start)
    eol = newline(source.text.data)
    if before.strip():
        return Edit(Span(start, start), "".join(f"{text} " for text in decorators))
    lines = [call_in_line(text, indent, columns(indent), style, eol) for text in decorators]
    return Edit(Span(start, start), "".join(f"{line}{eol}{indent}" for line in lines))


def redecorated(source: Source, decorator: Span, decorators: Sequence[str], style: Style) -> Edit:
    """The edit that puts decorators in the place of one: on lines of their own where that has one."""
    data = source.text.data
    indent, before = line_at(source, decorator.start)
    if before.strip() or data[decorator.end :].lstrip(b" \t")[:1] not in (b"\n", b"\r"):
        return Edit(decorator, " ".join(decorators))
    eol = newline(data)
    lines = [call_in_line(text, indent, columns(indent), style, eol) for text in decorators]
    return Edit(decorator, f"{eol}{indent}".join(lines))


def decorated_above(source: Source, start: int, decorator: str, style: Style) -> Edit:
    """The edit that adds a decorator before the first one of a class or method that begins at `start`: there
    it is executed last. It has a line of its own where that one has."""
    indent, before = line_at(source, start)
    if before.strip():
        return Edit(Span(start, start), f"{decorator} ")
    eol = newline(source.text.data)
    line = call_in_line(decorator, indent, columns(indent), style, eol)
    return Edit(Span(start, start), f"{line}{eol}{indent}")


def undecorated(source: Source, decorator: Span) -> Edit:
    """The edit that takes a decorator away, and its line where nothing else is on it."""
    data = source.text.data
    _, before = line_at(source, decorator.start)
    end = decorator.end
    while data[end : end + 1] in (b" ", b"\t"):
        end += 1
    start = decorator.start
    eol = 2 if data[end : end + 2] == b"\r\n" else 1 if data[end : end + 1] == b"\n" else 0
    if eol and not before.strip():
        start -= len(before.encode())
        end += eol
    return Edit(Span(start, end), "")
