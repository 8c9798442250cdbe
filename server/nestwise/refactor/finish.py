"""All edits of a move: of the controller, of the service, and of the module that makes it."""

from __future__ import annotations

from tree_sitter import Node

from nestwise.project.model.conventions import style_of
from nestwise.project.model.specifiers import specifier_of
from nestwise.project.model.symbols import Ref, class_of
from nestwise.refactor.bring import bring
from nestwise.refactor.draft import Refactoring, Refused, Sheet, decorators_of, extent, joined, members
from nestwise.refactor.move import Move
from nestwise.refactor.pieces import Piece
from nestwise.refactor.scene import Origin
from nestwise.refactor.services import heirs_of, is_made_by_hand
from nestwise.refactor.write import (
    Depth,
    add_members,
    call_edit,
    indent_of,
    member_indent,
    method_text,
    moved_text,
    open_up,
    without_parameters,
)
from nestwise.syntax.free import declared_by, pattern_names
from nestwise.syntax.import_moves import Bring, brought, unneeded
from nestwise.syntax.import_places import below_imports
from nestwise.syntax.imports import Want, imported
from nestwise.syntax.members import appended, constructed
from nestwise.syntax.nodes import child, named, pair_of, walk
from nestwise.syntax.style import counted, styled
from nestwise.syntax.text import Edit, Span
from nestwise.syntax.wrapping import call_in_line, columns, line_at


def finish(move: Move, pieces: list[Piece], title: str, helpers: list[str] | None = None) -> Refactoring:
    """`helpers`: methods that move whole. Raises Refused."""
    for piece in pieces:
        move.spans.append(piece.span)
    for piece in pieces:
        move.take(piece.statements, _local(piece))
        for one in piece.handed:
            for origin in one.type.origins:
                _typed(move, origin)
        returns = child(piece.scene.method, "return_type") if piece.whole else None
        if returns is not None:
            for origin in piece.scene.type_of_node(returns).origins:
                _typed(move, origin)
    for helper in helpers or ():
        move.take_helper(helper)
    move.settle()
    _check_constructors(move)
    field = move.target.field or _field_name(move)
    service = _service(move)
    _controller(move, pieces, field)
    _move_in(move, service, pieces)
    if not move.same_file:
        _left_behind(move)
    _unneeded(move)
    _register(move)
    return Refactoring(title, move.draft.changes())


def _typed(move: Move, origin: Origin) -> None:
    if origin.path == move.path:
        move.name(origin.name, True)
    else:
        move.origins.add(origin)


def _local(piece: Piece) -> set[str]:
    """What the method declares outside of a piece."""
    scene = piece.scene
    found = {name for given in scene.params for name in given.names}
    at: Node | None = piece.block
    start = piece.statements[0].start_byte
    while at is not None and at.id != scene.method.id:
        if at.type == "statement_block":
            for statement in at.named_children:
                if statement.start_byte < start:
                    found |= set(declared_by(scene.source, statement))
        elif at.type in ("for_in_statement", "catch_clause"):
            found |= set(pattern_names(scene.source, child(at, "left") or child(at, "parameter")))
        at = at.parent
    return found


def _field_name(move: Move) -> str:
    name = move.target.ref.name
    field = name[:1].lower() + name[1:]
    held = [p.name for p in move.cls.ctor or () if p.access]
    if len(held) > 1 and all(other.startswith("_") for other in held):
        field = f"_{field}"
    own = {m.name for m in move.cls.methods} | {p.name for p in move.cls.properties}
    if field in own | {p.name for p in move.cls.ctor or ()}:
        raise Refused(f"the controller has its own `{field}`")
    return field


def _check_constructors(move: Move) -> None:
    """A constructor that others call, or extend, is not to be changed."""
    project, target = move.project, move.target
    grows = any(dep.parameter for dep in move.deps.values())
    if grows and not target.new:
        if is_made_by_hand(project, target.ref):
            raise Refused(f"something makes {target.ref.name} by hand")
        cls = class_of(project, target.ref)
        if cls is not None and cls.extends is not None and cls.ctor is None:
            raise Refused(f"{target.ref.name} inherits its constructor")
        if any(heir.ctor is not None for heir in heirs_of(project, target.ref)):
            raise Refused(f"a class that extends {target.ref.name} hands over what it needs")
    if not target.field:
        if move.cls.extends is not None and move.cls.ctor is None:
            raise Refused("the controller inherits its constructor")
        if is_made_by_hand(project, move.ref) or heirs_of(project, move.ref):
            raise Refused("something else makes or extends the controller")


# --- the controller ------------------------------------------------------------------------------


def _controller(move: Move, pieces: list[Piece], field: str) -> None:
    sheet = move.sheet
    edits = [call_edit(move, piece, field) for piece in pieces]
    edits += [edit for piece in pieces for edit in piece.heads]
    gone = [extent(move.source, node) for node in (*move.helpers.values(), *_moving_fields(move))]
    gone += [extent(move.source, node) for node in move.tops.values()]
    edits += [Edit(span, "") for span in joined(move.source, gone)]
    for name in move.helpers:
        edits += [_reached(move, this, field) for this in move.uses_left(move.node, name)]
    edits += [Edit(Span(at, at), "export ") for at in map(_word_of, move.exported.values())]
    sheet.apply(edits)
    unused = _unused_members(move)
    new = "" if move.target.field else _parameter(move, field)
    if unused:
        without_parameters(sheet, move.cls.name, unused, new)
    elif new:
        _add_parameter(sheet, move.cls.name, new)
    for prop in [p for p in move.cls.properties if p.name in move.deps]:
        _drop_field(move, prop.name)
    for name in move.logger:
        _drop_field(move, name)


def _reached(move: Move, this: Node, field: str) -> Edit:
    """`this.helper(…)` as a call of the service, broken over lines where it is too long for its own now."""
    text, style = f"this.{field}", move.sheet.style
    member = this.parent
    call = member.parent if member is not None else None
    plain = Edit(Span(this.start_byte, this.end_byte), text)
    if call is None or call.type != "call_expression" or call.start_point.row != call.end_point.row:
        return plain
    indent, before = line_at(move.source, call.start_byte)
    written = text + move.source.text_of(call)[len("this") :]
    broken = call_in_line(written, indent, columns(f"{before};"), style, move.sheet.eol)
    return plain if broken == written else Edit(Span(call.start_byte, call.end_byte), broken)


def _word_of(top: Node) -> int:
    """Where a declaration begins, behind its decorators (bytes)."""
    return next(c for c in top.children if c.type not in ("decorator", "comment")).start_byte


def _moving_fields(move: Move) -> list[Node]:
    return [node for name, node in move.fields.items() if name not in move.logger]


def _drop_field(move: Move, name: str) -> None:
    """Take a field out of the controller that nothing uses any more."""
    sheet = move.sheet
    if says(sheet, move.cls.name, name) or not move.cls_private(name):
        return
    for node in members(sheet.class_node(move.cls.name)):
        if node.type == "public_field_definition" and _named(sheet, node) == name:
            sheet.apply([Edit(extent(sheet.now, node), "")])
            return


def _named(sheet: Sheet, member: Node) -> str:
    return sheet.text(child(member, "name"))


def _unused_members(move: Move) -> set[str]:
    """Parameters of the constructor that moved code needed and that nothing needs any more."""
    if heirs_of(move.project, move.ref) or is_made_by_hand(move.project, move.ref):
        return set()
    own = {p.name for p in move.cls.ctor or () if p.access}
    used = {name for name in (*move.deps, *move.logger) if name in own}
    return {name for name in used if not says(move.sheet, move.cls.name, name)}


def says(sheet: Sheet, cls: str, name: str) -> bool:
    """Does a class use a member of it, or a parameter of the constructor in its body?"""
    if sheet.now.text.data.count(name.encode()) < 2:
        return False
    node = sheet.class_node(cls)
    for inner in walk(node):
        if inner.type == "member_expression" and sheet.text(child(inner, "property")) == name:
            head = child(inner, "object")
            if head is not None and head.type == "this":
                return True
    for member in members(node):
        if _named(sheet, member) == "constructor":
            body = child(member, "body")
            return body is not None and any(
                n.type == "identifier" and sheet.text(n) == name for n in walk(body)
            )
    return False


def _parameter(move: Move, field: str) -> str:
    """How the controller takes the service, as it takes the others."""
    ways = [p.access for p in move.cls.ctor or () if p.access]
    node = next((m for m in members(move.node) if _is_constructor(move, m)), None)
    texts = [move.source.text_of(p) for p in named(child(node, "parameters"))] if node is not None else []
    readonly = not texts or any("readonly" in text for text in texts) or not ways
    access = "private readonly" if readonly else "private"
    return f"{access} {field}: {move.target.ref.name}"


def _is_constructor(move: Move, member: Node) -> bool:
    return member.type == "method_definition" and move.source.text_of(child(member, "name")) == "constructor"


def _add_parameter(sheet: Sheet, cls: str, parameter: str) -> None:
    body = child(sheet.class_node(cls), "body")
    if body is None:
        raise Refused(f"{cls} has no body")
    edit = constructed(sheet.now, Span(body.start_byte + 1, body.end_byte - 1), parameter, sheet.style)
    if edit is None:
        raise Refused(f"the constructor of {cls} is not plain")
    sheet.apply([edit])


# --- the service ---------------------------------------------------------------------------------


def _service(move: Move) -> Sheet:
    target = move.target
    if not target.new:
        return move.draft.sheet(target.ref.path)
    style = styled(style_of(move.project, target.ref.path), counted(move.source.text.data))
    eol, quote, end = move.sheet.eol, style.quote, style.semicolon
    text = (
        f"import {style.braces('Injectable')} from {quote}@nestjs/common{quote}{end}{eol}{eol}"
        f"@Injectable(){eol}export class {target.ref.name} {{{eol}}}{eol}"
    )
    return move.draft.create(target.ref.path, text, style)


def _move_in(move: Move, sheet: Sheet, pieces: list[Piece]) -> None:
    name, eol = move.target.ref.name, sheet.eol
    source = move.source
    open_up(sheet, name)
    for dep in move.deps.values():
        if dep.parameter:
            _add_parameter(sheet, name, dep.parameter)
    indent = member_indent(sheet, name)
    fields = [_member_text(move, node, sheet, indent, strip=False) for node in move.fields.values()]
    methods = [method_text(move, piece, sheet, indent) for piece in pieces]
    shared = {n for n in move.helpers if any(True for _ in move.uses_left(move.node, n))}
    private: list[str] = []
    for helper, node in move.helpers.items():
        text = _member_text(move, node, sheet, indent, strip=helper in shared)
        (methods if helper in shared else private).append(text)
    add_members(sheet, name, fields, methods, private)
    if move.same_file:
        return
    tops = sorted(move.tops.items(), key=lambda item: item[1].start_byte)
    for top, node in reversed(tops):
        text = moved_text(source, extent(source, node), move.edits, Depth(), eol).strip()
        if _still_named(move, top):
            text = _exported(text)
        sheet.apply(below_imports(sheet.now, text))
    bring(move.project, sheet, move.path, move.origins)


def _exported(text: str) -> str:
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if not line.startswith(("//", "/*", " *", "*", "*/")) and line.strip():
            lines[place] = f"export {line}"
            break
    return "\n".join(lines)


def _member_text(move: Move, node: Node, sheet: Sheet, indent: str, *, strip: bool) -> str:
    source = move.source
    whole = extent(source, node)
    depth = Depth(indent_of(source, node), indent, move.sheet.style.indent, sheet.style.indent)
    text = moved_text(source, whole, move.edits, depth, sheet.eol).strip()
    if strip:
        for word in ("private ", "protected "):
            head = source.text_of(node)
            if head.startswith(word):
                place = text.index(head.split("(")[0][:20])
                text = text[:place] + text[place + len(word) :]
    return text


# --- the rest of the controller's file -----------------------------------------------------------


def _still_named(move: Move, name: str) -> bool:
    return name in names_of(move.sheet)


def names_of(sheet: Sheet) -> set[str]:
    """Every name that the file uses outside of its imports."""
    found: set[str] = set()
    stack = [n for n in sheet.now.root.children if n.type != "import_statement"]
    while stack:
        node = stack.pop()
        if node.type in ("identifier", "type_identifier", "shorthand_property_identifier"):
            found.add(sheet.text(node))
        stack.extend(node.children)
    return found


def _left_behind(move: Move) -> None:
    """Import what the controller needs from the service's file."""
    target = move.target
    specifier = specifier_of(move.project, move.path, target.ref) if not target.new else None
    module = specifier or move.specifier(target.ref.path)
    wanted = [] if target.field else [Bring(module, target.ref.name, target.ref.name)]
    for name, top in move.tops.items():
        if _still_named(move, name):
            is_type = top.type in ("interface_declaration", "type_alias_declaration")
            wanted.append(Bring(module, name, name, is_type))
    for item in wanted:
        edits = brought(move.sheet.head, item, move.sheet.style)
        if edits is None:
            raise Refused(f"the controller means something else by `{item.name}`")
        move.sheet.apply(edits)


def _unneeded(move: Move) -> None:
    """Take imports away that only the moved code needed."""
    sheet = move.sheet
    known = {i.local for i in move.project.facts(move.path).imports if i.local}
    before = _names_in(move)
    now = names_of(sheet)
    gone = {name for name in known if name in before and name not in now}
    sheet.apply(unneeded(sheet.head, gone, sheet.style))


def _names_in(move: Move) -> set[str]:
    first = Sheet(move.path, move.source, move.sheet.style)
    return names_of(first)


# --- the module ----------------------------------------------------------------------------------


def _register(move: Move) -> None:
    target = move.target
    if not target.new:
        return
    module = next(iter({home.place.module for home in target.homes}))
    if not isinstance(module, Ref):
        raise Refused("the module is of a package")
    sheet = move.draft.sheet(module.path)
    holder = _metadata(sheet, module.name)
    pair = pair_of(sheet.now, holder, "providers")
    name = target.ref.name
    if pair is None:
        controllers = pair_of(sheet.now, holder, "controllers")
        sheet.apply([appended(sheet.now, holder, f"providers: [{name}]", sheet.style, controllers)])
    else:
        value = child(pair, "value")
        if value is None or value.type != "array":
            raise Refused("the providers of the module are no plain list")
        sheet.apply([appended(sheet.now, value, name, sheet.style)])
    specifier = move.specifier(target.ref.path, module.path)
    made = imported(sheet.head, Want(name, specifier), sheet.style)
    if made is None:
        raise Refused(f"the module means something else by {name}")
    sheet.apply(made.edits)


def _metadata(sheet: Sheet, name: str) -> Node:
    node = sheet.class_node(name)
    around = node.parent if node.parent is not None and node.parent.type == "export_statement" else node
    for decorator in (*decorators_of(node), *(c for c in around.named_children if c.type == "decorator")):
        call = named(decorator)[0] if named(decorator) else None
        if call is not None and sheet.text(child(call, "function")).endswith("Module"):
            arguments = named(child(call, "arguments"))
            if len(arguments) == 1 and arguments[0].type == "object":
                return arguments[0]
    raise Refused(f"what {name} provides cannot be edited")
