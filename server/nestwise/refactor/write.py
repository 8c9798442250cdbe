"""Moved code, written into the service, and what is left of it in the controller."""

from __future__ import annotations

from msgspec import Struct
from tree_sitter import Node

from nestwise.refactor.draft import Refused, Sheet, class_node, extent, members
from nestwise.refactor.move import Move
from nestwise.refactor.pieces import Handed, Piece, returned
from nestwise.syntax.nodes import child, named, walk
from nestwise.syntax.source import Source
from nestwise.syntax.text import Edit, Span
from nestwise.syntax.wrapping import call_in_line, columns, line_at


class Depth(Struct, frozen=True):
    """How deep lines are indented where they come from, and where they go."""

    old: str = ""
    new: str = ""
    old_step: str = ""
    new_step: str = ""

    @property
    def changes(self) -> bool:
        return self.old != self.new or self.old_step != self.new_step

    def of(self, indent: str) -> str:
        if not indent.startswith(self.old):
            return indent
        rest = indent[len(self.old) :]
        steps = ""
        while self.old_step and rest.startswith(self.old_step):
            steps += self.new_step
            rest = rest[len(self.old_step) :]
        return f"{self.new}{steps}{rest}"


_WIDTH = 80
"""Of lines that are joined where no width is known."""


def indent_of(source: Source, node: Node) -> str:
    return line_at(source, node.start_byte)[0]


def moved_text(source: Source, span: Span, edits: list[Edit], depth: Depth, eol: str) -> str:
    """A piece of a text with edits made, at another depth; lines inside of template strings stay as they
    are."""
    data = source.text.data
    inside = [e for e in edits if span.start <= e.span.start and e.span.end <= span.end]
    if depth.changes:
        strings = [Span(n.start_byte, n.end_byte) for n in walk(source.root) if n.type == "template_string"]
        at = data.find(b"\n", span.start)
        while 0 <= at < span.end:
            line = at + 1
            end = line
            while data[end : end + 1] in (b" ", b"\t"):
                end += 1
            if end <= span.end and not any(s.start < line <= s.end for s in strings):
                inside.append(Edit(Span(line, end), depth.of(data[line:end].decode())))
            at = data.find(b"\n", line)
    out: list[bytes] = []
    last = span.start
    for edit in sorted(set(inside)):
        out += data[last : edit.span.start], edit.text.encode()
        last = edit.span.end
    text = b"".join([*out, data[last : span.end]]).decode()
    return text.replace("\r\n", "\n").replace("\n", eol)


def method_text(move: Move, piece: Piece, sheet: Sheet, indent: str) -> str:
    """The new method of the service, without the indent of its first line."""
    scene, style, eol = piece.scene, sheet.style, sheet.eol
    source = scene.source
    span = piece.span
    inner = indent + style.indent
    edits = [*move.edits, *piece.edits]
    old = indent_of(source, piece.statements[0])
    if piece.statements[0].start_point.row == piece.block.start_point.row:
        body = moved_text(source, span, edits, Depth(), eol).strip()
        body = f"{inner}{body}"
    else:
        depth = Depth(old, inner, move.sheet.style.indent, style.indent)
        body = moved_text(source, span, edits, depth, eol).strip("\r\n \t")
        body = f"{inner}{body}"
    returns = child(scene.method, "return_type") if piece.whole else None
    words = ["public"] if _says_public(sheet, move, piece) else []
    words += ["async"] if piece.is_async else []
    head = " ".join([*words, piece.name])
    parameters = _parameters(piece.handed, style.quote)
    tail = source.text_of(returns)
    text = call_in_line(f"{head}({', '.join(parameters)})", indent, columns(f"{indent}{tail} {{"), style, eol)
    return f"{text}{tail} {{{eol}{body}{eol}{indent}}}"


def _says_public(sheet: Sheet, move: Move, piece: Piece) -> bool:
    """Does the service, or the handler of a new one, call public methods so?"""
    if move.target.new:
        return piece.scene.fact.access == "public"
    own = [m for m in members(sheet.class_node(move.target.ref.name)) if m.type == "method_definition"]
    own = [m for m in own if not _is_private(sheet, m) and sheet.text(child(m, "name")) != "constructor"]
    said = sum(any(sheet.text(c) == "public" for c in m.children) for m in own)
    return said * 2 > len(own) if own else piece.scene.fact.access == "public"


def _parameters(handed: list[Handed], quote: str) -> list[str]:
    out: list[str] = []
    for place, one in enumerate(handed):
        kind = one.type.text.replace("['", f"[{quote}").replace("']", f"{quote}]")
        later = any(not other.optional for other in handed[place + 1 :])
        if one.optional and later and kind:
            out.append(f"{one.name}: {kind} | undefined")
        else:
            mark = "?" if one.optional else ""
            out.append(f"{one.name}{mark}: {kind}" if kind else f"{one.name}{mark}")
    return out


def call_edit(move: Move, piece: Piece, field: str) -> Edit:
    """What stands in the controller for what moved."""
    scene, style, eol = piece.scene, move.sheet.style, move.sheet.eol
    source = scene.source
    span = piece.span
    values = any(named(r) for r in returned(piece.statements))
    call = f"this.{field}.{piece.name}({', '.join(one.argument for one in piece.handed)})"
    wait = "await " if piece.is_async else ""
    if (piece.whole or piece.is_return) and values:
        head = "return "
    elif piece.result:
        word = "let" if any(c.type == "let" for c in piece.statements[-1].children) else "const"
        head = f"{word} {piece.result} = {wait}"
    else:
        head = wait
    if piece.statements[0].start_point.row == piece.block.start_point.row:
        return Edit(span, f" {head}{call}{style.semicolon} ")
    indent = indent_of(source, piece.statements[0])
    text = call_in_line(call, indent, columns(f"{indent}{head}{style.semicolon}"), style, eol)
    statement = f"{eol if piece.first else ''}{indent}{head}{text}{style.semicolon}"
    closing = "" if piece.rest else f"{eol}{indent_of(source, piece.block)}"
    return Edit(span, f"{statement}{closing}")


# --- the service ---------------------------------------------------------------------------------


def add_members(sheet: Sheet, name: str, fields: list[str], methods: list[str], helpers: list[str]) -> None:
    """Put members into a class: fields before the constructor, methods behind the last one that is not
    private, helpers at the end. The texts have no indent in front."""
    for text in fields:
        _add(sheet, name, text, "field")
    for text in methods:
        _add(sheet, name, text, "method")
    for text in helpers:
        _add(sheet, name, text, "helper")


def open_up(sheet: Sheet, name: str) -> None:
    """A class with nothing in it, on two lines."""
    node = sheet.class_node(name)
    body = child(node, "body")
    if body is not None and not body.named_children and body.start_point.row == body.end_point.row:
        closing = indent_of(sheet.now, node)
        sheet.apply([Edit(Span(body.start_byte, body.end_byte), f"{{{sheet.eol}{closing}}}")])


def member_indent(sheet: Sheet, name: str) -> str:
    own = members(sheet.class_node(name))
    if own and own[0].start_point.row > sheet.class_node(name).start_point.row:
        return indent_of(sheet.now, own[0])
    return sheet.style.indent


def _add(sheet: Sheet, name: str, text: str, kind: str) -> None:
    node = sheet.class_node(name)
    body = child(node, "body")
    if body is None or body.start_point.row == body.end_point.row:
        raise Refused(f"{name} is on one line")
    indent, eol = member_indent(sheet, name), sheet.eol
    own = members(node)
    if kind == "field":
        start = body.start_byte + 1
        first_is_field = bool(own) and own[0].type == "public_field_definition"
        gap = "" if first_is_field or not own else eol
        sheet.apply([Edit(Span(start, start), f"{eol}{indent}{text}{gap}")])
        return
    if not own:
        start = body.start_byte + 1
        sheet.apply([Edit(Span(start, start), f"{eol}{indent}{text}")])
        return
    after = own[-1]
    if kind == "method":
        public = [m for m in own if m.type == "method_definition" and not _is_private(sheet, m)]
        behind = [m for m in own if m.type != "method_definition"]
        after = public[-1] if public else behind[-1] if behind else own[-1]
    end = after.end_byte
    data = sheet.now.text.data
    while data[end : end + 1] == b";":
        end += 1
    line = data.find(b"\n", end)
    rest = data[end:line].strip() if line >= 0 else b""
    if rest.startswith((b"//", b"/*")):
        end = line - 1 if data[line - 1 : line] == b"\r" else line
    sheet.apply([Edit(Span(end, end), f"{eol}{eol}{indent}{text}")])


def _is_private(sheet: Sheet, method: Node) -> bool:
    words = {sheet.text(c) for c in method.children if c.type == "accessibility_modifier"}
    return "private" in words or sheet.text(child(method, "name")).startswith("#")


# --- what goes away ------------------------------------------------------------------------------


def without_parameters(sheet: Sheet, name: str, gone: set[str], instead: str) -> None:
    """Take parameters out of the constructor of a class; put one in the place of the first of them."""
    parameters = _constructor(sheet, name)
    parts = named(parameters)
    if parameters is None or any(c.type == "comment" for c in parameters.named_children):
        raise Refused("there are comments in the constructor")
    edits: list[Edit] = []
    kept = [p for p in parts if _name(sheet, p) not in gone]
    if not kept and not instead:
        member = parameters.parent
        body = child(member, "body")
        if member is not None and body is not None and not named(body) and not body.named_children:
            sheet.apply([Edit(extent(sheet.now, member), "")])
            _emptied(sheet, name)
            return
        sheet.apply([Edit(Span(parameters.start_byte, parameters.end_byte), "()")])
        return
    for place, part in enumerate(parts):
        if _name(sheet, part) not in gone:
            continue
        if instead:
            edits.append(Edit(Span(part.start_byte, part.end_byte), instead))
            instead = ""
        elif place + 1 < len(parts):
            edits.append(Edit(Span(part.start_byte, parts[place + 1].start_byte), ""))
        else:
            before = next(p for p in reversed(parts[:place]) if not _dropped(sheet, p, gone, edits))
            edits = [e for e in edits if e.span.start < before.end_byte]
            edits.append(Edit(Span(before.end_byte, part.end_byte), ""))
    sheet.apply(edits)
    _joined(sheet, name)


def _emptied(sheet: Sheet, name: str) -> None:
    """A class with nothing in it on one line."""
    body = child(sheet.class_node(name), "body")
    if body is not None and not body.named_children:
        sheet.apply([Edit(Span(body.start_byte, body.end_byte), "{}")])


def _dropped(sheet: Sheet, part: Node, gone: set[str], edits: list[Edit]) -> bool:
    return _name(sheet, part) in gone and not any(
        e.span == Span(part.start_byte, part.end_byte) and e.text for e in edits
    )


def _joined(sheet: Sheet, name: str) -> None:
    """A constructor of which one parameter is left on one line, where it fits, as Prettier writes it."""
    parameters = _constructor(sheet, name)
    if parameters is None:
        return
    parts = named(parameters)
    if len(parts) != 1 or parameters.start_point.row == parameters.end_point.row:
        return
    text = sheet.text(parts[0])
    before = line_at(sheet.now, parameters.start_byte)[1]
    access = any(c.type in ("accessibility_modifier", "readonly") for c in parts[0].children)
    fits = columns(f"{before}({text}) {{}}") <= (sheet.style.width or _WIDTH)
    if "\n" not in text and fits and access:
        sheet.apply([Edit(Span(parameters.start_byte, parameters.end_byte), f"({text})")])


def _constructor(sheet: Sheet, name: str) -> Node | None:
    node = class_node(sheet.now, name)
    for member in members(node) if node is not None else ():
        if member.type == "method_definition" and sheet.text(child(member, "name")) == "constructor":
            return child(member, "parameters")
    return None


def _name(sheet: Sheet, parameter: Node) -> str:
    return sheet.text(child(parameter, "pattern"))
