"""Edits that bring names into a file, written the way that the file is written.

An import that is there is extended: its quotes, semicolons, indent, order and trailing comma stay. Only a
file without a fitting one gets a new line, among those of its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from msgspec import Struct
from tree_sitter import Node

from nestwise.syntax.import_lines import Head, Line, Specifier, lines_of, word_of
from nestwise.syntax.import_places import key_of, line_end, new_line, wrapped
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span, newline


class Imported(Struct, frozen=True):
    """How the file writes a name, and the edits (none, if it has it) after which it may."""

    local: str
    edits: tuple[Edit, ...] = ()


class Want(Struct, frozen=True):
    """The export `name` of `module`, as a value; `other` is the local name to take where the file means
    something else by `name`."""

    name: str
    module: str
    other: str = ""


def imported(head: Head, want: Want, style: Style) -> Imported | None:
    """What to write for an export; None where the file means something else by its name, and by the other."""
    found = imported_all(head, [want], style)
    return Imported(found[0][want.name], tuple(found[1])) if found is not None else None


def imported_all(
    head: Head, wanted: Iterable[Want], style: Style, gone: Set[str] = frozenset()
) -> tuple[dict[str, str], list[Edit]] | None:
    """How the file writes each of some names, and the edits after which it may. Names of one module share an
    import. None where the file means something else by one. `gone`: names in braces that the file does not
    use any more; their imports go, unless there are comments among them."""
    source, lines, names = head.source, head.lines, head.names - gone
    local: dict[str, str] = {}
    edits: dict[Edit, None] = {}
    fresh: dict[str, dict[str, None]] = {}
    erased: dict[str, list[tuple[Line, Specifier]]] = {}
    for want in dict.fromkeys(wanted):
        found = _found(lines, want)
        if isinstance(found, str):
            local[want.name] = found
        elif found is not None:
            line, spec = found
            local[want.name] = spec.local
            if line.type_word is None:
                edits[_without_word(source, spec.node)] = None
            else:
                erased.setdefault(want.module, []).append(found)
                fresh.setdefault(want.module, {})[source.text_of(spec.node)] = None
        else:
            name = want.other if want.name in names else want.name
            if not name or name in names:
                return None
            local[want.name] = name
            written = name if name == want.name else f"{want.name} as {name}"
            fresh.setdefault(want.module, {})[written] = None
    left = _left(lines, gone)
    for module, added in sorted(fresh.items()):
        same = [line for line in lines if line.module == module]
        changed = erased.get(module, [])
        if not changed and (meeting := [line for line in _open(same) if line.node.id in left]):
            line, spare = meeting[-1], left.pop(meeting[-1].node.id)
            edits[_exchanged(source, line, spare, list(added), style)] = None
        elif not _open(same) and (moving := [ln for ln in lines if _all_go(source, ln, left, added)]):
            del left[moving[-1].node.id]
            edits[_elsewhere(moving[-1], module)] = None
        else:
            edits |= dict.fromkeys(_brought(source, lines, same, list(added), changed, module, style))
    for line in lines:
        edits |= dict.fromkeys(_forgotten(source, line, left.get(line.node.id, [])))
    return local, _joined(edits)


def _left(lines: list[Line], gone: Set[str]) -> dict[int, list[Specifier]]:
    """What goes of each import, by its node."""
    found: dict[int, list[Specifier]] = {}
    for line in lines:
        spare = [spec for spec in line.specifiers if spec.local in gone]
        braces = line.names
        if spare and braces is not None and all(c.type != "comment" for c in braces.named_children):
            found[line.node.id] = spare
    return found


def _all_go(source: Source, line: Line, left: Mapping[int, list[Specifier]], added: Iterable[str]) -> bool:
    """Do all names of an import go, which are the very ones that another module gives from now on?"""
    alone = line.clause is not None and line.clause.named_child_count == 1
    spare = left.get(line.node.id, ())
    return (
        alone and len(spare) == len(line.specifiers) and {source.text_of(s.node) for s in spare} == {*added}
    )


def _elsewhere(line: Line, module: str) -> Edit:
    """The edit after which the same names are imported from another module."""
    text = line.node.child_by_field_name("source")
    assert text is not None
    return Edit(Span(text.start_byte + 1, text.end_byte - 1), module)


def _forgotten(source: Source, line: Line, spare: list[Specifier]) -> list[Edit]:
    """The edits that take names, or the statement that has no others, out of the file."""
    if not spare:
        return []
    if len(spare) < len(line.specifiers):
        return _without(line, spare)
    clause = line.clause
    if clause is not None and clause.named_child_count > 1:  # beside a default import
        return []
    return [Edit(Span(line.node.start_byte, line_end(source.text.data, line.node.end_byte)), "")]


def _exchanged(source: Source, line: Line, spare: list[Specifier], names: list[str], style: Style) -> Edit:
    """The braces of an import with `names` in them and without what is spare."""
    braces = line.names
    assert braces is not None
    keys = [spec.name.lower() for spec in line.specifiers]
    texts = [source.text_of(spec.node) for spec in line.specifiers if spec not in spare]
    texts += sorted(names, key=key_of)
    if keys == sorted(keys):
        texts.sort(key=key_of)
    text = style.braces(", ".join(texts))
    around = len(source.text_of(line.node)) - len(source.text_of(braces))
    if around + len(text) > style.width if style.width else "\n" in source.text_of(braces):
        text = wrapped(texts, newline(source.text.data), style)
    return Edit(Span(braces.start_byte, braces.end_byte), text)


def _found(lines: list[Line], want: Want) -> str | tuple[Line, Specifier] | None:
    """How the file writes a name already; or the import of its type."""
    same = [line for line in lines if line.module == want.module]
    for line in same:
        for spec in line.specifiers:
            if spec.name == want.name:
                return (line, spec) if spec.type_only else spec.local
    for line in same:
        if line.namespace and line.type_word is None:
            return f"{line.namespace}.{want.name}"
    return None


def _brought(
    source: Source,
    lines: list[Line],
    same: list[Line],
    names: list[str],
    erased: list[tuple[Line, Specifier]],
    module: str,
    style: Style,
) -> list[Edit]:
    """The edits that import names of one module, some of which are imported as types until now."""
    gone: dict[int, list[Specifier]] = {}
    for line, spec in erased:
        gone.setdefault(line.node.id, []).append(spec)
    open_lines = _open(same)
    whole = [line for line in same if len(gone.get(line.node.id, ())) == len(line.specifiers) > 0]
    if whole and not open_lines:  # the import of types becomes one of values
        line = whole[0]
        there = {source.text_of(spec.node) for spec in line.specifiers}
        rest = [name for name in names if name not in there]
        return [_without_word(source, line.node), *(extended(source, line, rest, style) if rest else [])]
    edits: list[Edit] = []
    for line in same:
        if line in whole:
            end = line_end(source.text.data, line.node.end_byte)
            edits.append(Edit(Span(line.node.start_byte, end), ""))
        elif line.node.id in gone:
            edits += _without(line, gone[line.node.id])
    if open_lines:
        return edits + extended(source, open_lines[-1], names, style)
    return [*edits, new_line(source, lines, names, module, style)]


def _open(lines: list[Line]) -> list[Line]:
    """The imports of values that may get names."""
    return [
        line for line in lines if line.type_word is None and (line.names is not None or line.default_alone)
    ]


def _joined(edits: Iterable[Edit]) -> list[Edit]:
    """Two insertions at one place have no order: they become one."""
    out: dict[Span, str] = {}
    for edit in edits:
        out[edit.span] = out.get(edit.span, "") + edit.text
    return [Edit(span, text) for span, text in out.items()]


# --- a list of names ---------------------------------------------------------------------------


def extended(source: Source, line: Line, names: list[str], style: Style) -> list[Edit]:
    """`names` in the braces of an import; braces beside a default import."""
    names = sorted(names, key=key_of)
    braces = line.names
    if braces is None:
        assert line.clause is not None
        end = line.clause.end_byte
        return [Edit(Span(end, end), f", {style.braces(', '.join(names))}")]
    specs = line.specifiers
    if not specs:
        return [Edit(Span(braces.start_byte, braces.end_byte), style.braces(", ".join(names)))]
    keys = [spec.name.lower() for spec in specs]
    sorted_now = keys == sorted(keys)
    before: dict[int, list[str]] = {}
    for name in names:
        later = [i for i, key in enumerate(keys) if key > key_of(name)] if sorted_now else []
        before.setdefault(later[0] if later else len(specs), []).append(name)
    text = source.text_of(line.node)
    if style.width and "\n" not in text and len(text) + sum(len(n) + 2 for n in names) > style.width:
        every: list[str] = []
        for i, spec in enumerate(specs):
            every += [*before.get(i, []), source.text_of(spec.node)]
        if all(c.type != "comment" for c in braces.named_children):
            text = wrapped([*every, *before.get(len(specs), [])], newline(source.text.data), style)
            return [Edit(Span(braces.start_byte, braces.end_byte), text)]
    edits: list[Edit] = []
    for i, new in before.items():
        if i < len(specs):
            node = specs[i].node
            text = "".join(f"{name},{_gap(source, node)}" for name in new)
            edits.append(Edit(Span(node.start_byte, node.start_byte), text))
        else:
            node = specs[-1].node
            text = "".join(f",{_gap(source, node)}{name}" for name in new)
            edits.append(Edit(Span(node.end_byte, node.end_byte), text))
    return edits


def _gap(source: Source, node: Node) -> str:
    """What stands before a specifier: a blank, or a line break with its indent."""
    data = source.text.data
    start = data.rfind(b"\n", 0, node.start_byte) + 1
    indent = data[start : node.start_byte]
    return newline(data) + indent.decode() if start and not indent.strip() else " "


def _without(line: Line, gone: list[Specifier]) -> list[Edit]:
    """The edits that take specifiers, but not all, out of their braces."""
    edits: list[Edit] = []
    kept: Specifier | None = None
    start: int | None = None
    for spec in line.specifiers:
        if spec in gone:
            start = start if start is not None else kept.node.end_byte if kept else spec.node.start_byte
            if kept is not None:
                edits = [e for e in edits if e.span.start != start]
                edits.append(Edit(Span(start, spec.node.end_byte), ""))
            continue
        if start is not None and kept is None:
            edits.append(Edit(Span(start, spec.node.start_byte), ""))
        kept, start = spec, None
    return edits


def unimported(head: Head, local: str) -> list[Edit] | None:
    """The edits that take a name out of the imports; None where no import in braces brings it."""
    data = head.source.text.data
    for line in head.lines:
        gone = [spec for spec in line.specifiers if spec.local == local]
        if gone and len(line.specifiers) > 1:
            return _without(line, gone)
        if gone and line.clause is not None and len(line.clause.named_children) == 1:
            return [Edit(Span(line.node.start_byte, line_end(data, line.node.end_byte)), "")]
    return None


def _without_word(source: Source, node: Node) -> Edit:
    """The edit that takes the `type` out of a statement or a specifier."""
    word = word_of(node)
    assert word is not None
    data, end = source.text.data, word.end_byte
    while end < len(data) and data[end : end + 1].isspace():
        end += 1
    return Edit(Span(word.start_byte, end), "")


def rewrapped(before: Source, source: Source, style: Style) -> list[Edit]:
    """The edits that wrap the imports that became too long, by several fixes together, since `before`."""
    known = {before.text_of(line.node) for line in lines_of(before)}
    edits: list[Edit] = []
    for line in lines_of(source):
        text, braces = source.text_of(line.node), line.names
        if not style.width or len(text) <= style.width or "\n" in text or text in known or braces is None:
            continue
        names = [source.text_of(spec.node) for spec in line.specifiers]
        if len(names) > 1 and all(c.type != "comment" for c in braces.named_children):
            broken = wrapped(names, newline(source.text.data), style)
            edits.append(Edit(Span(braces.start_byte, braces.end_byte), broken))
    return edits
