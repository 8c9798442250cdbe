"""Which thing stands at a place of a file: the innermost that has a name, or the name under the cursor."""

from __future__ import annotations

from msgspec import Struct

from nestwise.lint.file import File
from nestwise.project.facts import At, Class, Const, Function, Import, Method, Param, Property, TypeDecl
from nestwise.syntax.text import Span


class Thing(Struct, frozen=True):
    """Something with a name, in one file."""

    kind: str
    """import, class, method, property, parameter, function, constant, type, or name: an identifier that is
    used there."""
    name: str
    span: Span
    where: Span
    cls: Class | None = None
    """The class that it is, or is in."""
    item: Import | Method | Property | Param | Function | Const | TypeDecl | None = None
    method: Method | None = None
    """Whose parameter it is; None for the constructor's."""


def things_in(file: File) -> list[Thing]:
    """All things of a file, in the order of the text."""
    facts = file.facts
    out = [_thing("import", i.local or i.module, i.at, i.at, item=i) for i in facts.imports]
    for cls in facts.classes:
        out.append(_thing("class", cls.name, cls.at, cls.name_at, cls))
        for prop in cls.properties:
            out.append(_thing("property", prop.name, prop.at, prop.name_at, cls, prop))
        for method in cls.methods:
            out.append(_thing("method", method.name, method.at, method.name_at, cls, method))
            for param in method.params:
                out.append(_thing("parameter", param.name, param.at, param.name_at, cls, param, method))
        for param in cls.ctor or ():
            out.append(_thing("parameter", param.name, param.at, param.name_at, cls, param))
    out += [_thing("function", f.name, f.at, f.at, item=f) for f in facts.functions]
    out += [_thing("constant", c.name, c.at, c.at, item=c) for c in facts.consts]
    out += [_thing("type", t.name, t.at, t.at, item=t) for t in facts.types]
    return sorted(out, key=lambda t: (t.span.start, -t.span.end))


def _thing(
    kind: str,
    name: str,
    at: At,
    name_at: At,
    cls: Class | None = None,
    item: Import | Method | Property | Param | Function | Const | TypeDecl | None = None,
    method: Method | None = None,
) -> Thing:
    where = name_at if name_at.end else at
    return Thing(kind, name, at.span, where.span, cls, item, method)


def found_at(file: File, start: int, end: int, offset: int | None) -> list[Thing]:
    """What stands in a line (from `start` to `end`, bytes), or at an offset of it: the names that are
    declared in the line, else what the line is a part of. An identifier at the offset comes first."""
    things = things_in(file)
    if offset is not None:
        named = _identifier(file, offset)
        inner = _innermost(things, offset)
        if named is not None and all(named.where != t.where for t in inner):
            return [named, *inner]
        return inner
    declared = [t for t in things if start <= t.where.start < max(end, start + 1)]
    kinds = [t for t in declared if t.kind != "parameter"] or declared
    if kinds:
        return kinds
    blank = len(file.data[start:end]) - len(file.data[start:end].lstrip())
    return _innermost(things, start + blank) if start + blank < end else []


def _innermost(things: list[Thing], start: int) -> list[Thing]:
    around = [t for t in things if t.span.start <= start < max(t.span.end, t.span.start + 1)]
    return [min(around, key=lambda t: t.span.end - t.span.start)] if around else []


def _identifier(file: File, offset: int) -> Thing | None:
    """A name that is used at an offset, with the dots before it."""
    node = file.source.root.descendant_for_byte_range(offset, offset)
    if node is None or node.type not in ("identifier", "type_identifier", "property_identifier"):
        return None
    outer = node
    while (
        outer.parent is not None
        and outer.parent.type in ("member_expression", "nested_type_identifier")
        and outer.parent.end_byte == outer.end_byte
    ):
        outer = outer.parent
    text = file.text_of(outer)
    span = Span(node.start_byte, node.end_byte)
    return Thing("name", text, span, span, file.class_at(node))
