"""The refactorings: a handler's body into its service, and the queries of a controller into its service."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from tree_sitter import Node

from nestwise.project.facts import Class, Method
from nestwise.project.model.classes import role_of_class
from nestwise.project.model.project import Project
from nestwise.project.model.specifiers import specifier_of
from nestwise.project.model.symbols import Ref, class_of
from nestwise.refactor.draft import Draft, Refactoring, Refused, members
from nestwise.refactor.finish import finish, names_of, says
from nestwise.refactor.move import Move
from nestwise.refactor.pieces import Piece, apart, is_read, tail_from, within
from nestwise.refactor.scene import Scene
from nestwise.refactor.services import Target, heirs_of, is_made_by_hand, is_plain, stem_of, target_of
from nestwise.refactor.write import without_parameters
from nestwise.syntax.free import uses_in
from nestwise.syntax.import_moves import unneeded
from nestwise.syntax.nodes import child, named, walk
from nestwise.syntax.source import Source

_PLACES = ("controller", "resolver", "gateway")
_STATEMENT = re.compile(r"_statement$|^lexical_declaration$|^variable_declaration$")
_OF_MANY = frozenset({"count", "list", "query"})
_VERB = re.compile(r"find|get|count|create|save|update|delete|remove|insert|upsert|exists?|list|query")


def extracted(project: Project, path: str, cls: Class, method: Method) -> Refactoring | None:
    """A handler's body as a method of the controller's service; None where that is not safe."""
    try:
        return _extracted(project, path, cls, method)
    except Refused:
        return None


def queries_moved(
    project: Project, path: str, cls: Class, wanted: str, *, injected: bool
) -> Refactoring | None:
    """What a controller does with something that reaches the database, as methods of its service: with a
    member of that name, or with a name of the file. None where that is not safe."""
    try:
        return _queries(project, path, cls, wanted, injected)
    except Refused:
        return None


def why_not(project: Project, path: str, cls: Class, method: Method) -> str:
    """Why a body cannot be extracted; empty where it can."""
    try:
        _extracted(project, path, cls, method)
    except Refused as refused:
        return str(refused)
    return ""


def _begin(project: Project, path: str, cls: Class) -> Move:
    if cls.inside or role_of_class(project, Ref(path, cls.name)) not in _PLACES:
        raise Refused("it is no controller")
    target = target_of(project, path, cls)
    _check(project, path, cls, target)
    return Move(project, path, cls, target)


def _check(project: Project, path: str, cls: Class, target: Target) -> None:
    if target.new:
        return
    service = class_of(project, target.ref)
    if service is None or service.type_params or service.inside:
        raise Refused(f"{target.ref.name} is no plain class")
    if not is_plain(project, target.ref):
        raise Refused(f"{target.ref.name} is not made once for all requests")
    if target.ref.path == path and service.at.start > cls.at.start and not target.field:
        raise Refused(f"{target.ref.name} is declared below the controller")
    if specifier_of(project, path, target.ref) is None and target.ref.path != path and not target.field:
        raise Refused(f"{target.ref.name} is not exported")


def _extracted(project: Project, path: str, cls: Class, method: Method) -> Refactoring:
    move = _begin(project, path, cls)
    scene = Scene(project, path, move.source, cls, method)
    body = named(scene.body)
    start = _behind_requests(scene, body)
    if start >= len(body):
        raise Refused("it works with the request or the response to its end")
    piece = tail_from(scene, start)
    if _is_thin(move, piece):
        raise Refused("there is nothing to move")
    moved = sum(map(_size, piece.statements))
    if moved * 2 < sum(map(_size, body)):
        raise Refused("most of it works with the request or the response")
    piece.name = _free_name(move, piece.scene.name, set())
    return finish(move, [piece], f"Move the body of `{method.name}` to {_shown(move.target)}")


def _queries(project: Project, path: str, cls: Class, wanted: str, injected: bool) -> Refactoring:
    if injected and not _is_used(project, path, cls, wanted):
        return _removed(project, path, cls, wanted)
    move = _begin(project, path, cls)
    touches = _toucher(move.source, wanted, injected)
    pieces: list[Piece] = []
    given: set[str] = set()
    for node in members(move.node):
        if not any(touches(n) for n in walk(node)):
            continue
        name = move.source.text_of(child(node, "name"))
        method = cls.method(name)
        if name == "constructor" and injected and not _in_body(node, touches):
            continue
        if node.type != "method_definition" or method is None or name == "constructor":
            raise Refused(f"`{name}` needs it")
        if not method.decorators:
            given.add(name)
            continue
        scene = Scene(project, path, move.source, cls, method)
        for piece in _around(scene, touches):
            piece.name = _free_name(move, piece.name or _name_of(move, piece), {p.name for p in pieces})
            pieces.append(piece)
    if not pieces and not given:
        raise Refused("nothing uses it")
    return finish(move, pieces, f"Move what `{wanted}` is used for to {_shown(move.target)}", sorted(given))


def _around(scene: Scene, touches: Callable[[Node], bool]) -> list[Piece]:
    """From the first statement that touches the database to the end of the handler; or only those that do,
    together or each for itself, where the rest works with the request or the response."""
    body = named(scene.body)
    first = next(i for i, s in enumerate(body) if any(touches(n) for n in walk(s)))
    if _behind_requests(scene, body) <= first:
        with suppress(Refused):
            return [tail_from(scene, first)]
    try:
        piece = within(scene, touches)
    except Refused:
        return apart(scene, touches)
    if piece.whole:
        piece.name = scene.name
    return [piece]


def _is_used(project: Project, path: str, cls: Class, name: str) -> bool:
    sheet = Draft(project).sheet(path)
    said = re.compile(rb"\bthis\s*[?!]?\.\s*" + re.escape(name.encode()) + rb"\b")
    return said.search(sheet.first.text.data) is not None or says(sheet, cls.name, name)


def _removed(project: Project, path: str, cls: Class, name: str) -> Refactoring:
    """A controller without something injected that nothing uses."""
    ref = Ref(path, cls.name)
    if any(p.name == name and p.access != "private" for p in cls.ctor or ()) or heirs_of(project, ref):
        raise Refused("something else may use it")
    if all(p.name != name for p in cls.ctor or ()) or is_made_by_hand(project, ref):
        raise Refused("something makes the controller by hand")
    draft = Draft(project)
    sheet = draft.sheet(path)
    before = names_of(sheet)
    without_parameters(sheet, cls.name, {name}, "")
    sheet.apply(unneeded(sheet.head, before - names_of(sheet), sheet.style))
    return Refactoring(f"Remove `{name}`, which nothing uses", draft.changes())


def _in_body(node: Node, touches: Callable[[Node], bool]) -> bool:
    body = child(node, "body")
    return body is not None and any(touches(n) for n in walk(body))


def _toucher(source: Source, wanted: str, injected: bool) -> Callable[[Node], bool]:
    def touches(node: Node) -> bool:
        if injected:
            return (
                node.type == "member_expression"
                and source.text_of(child(node, "property")) == wanted
                and (head := child(node, "object")) is not None
                and head.type == "this"
            )
        return node.type == "identifier" and source.text_of(node) == wanted

    return touches


def _behind_requests(scene: Scene, body: list[Node]) -> int:
    """Behind the last statement that works with the request or the response in a way that must stay, and
    behind variables at the beginning that are taken from the request."""
    requests = {name for given in scene.params if given.request for name in given.names}
    start, leading = 0, True
    for place, statement in enumerate(body):
        used = [use for use in uses_in(scene.source, [statement]) if use.name in requests]
        leading = leading and bool(used) and statement.type == "lexical_declaration"
        if leading or any(not is_read(use.node) for use in used):
            start = place + 1
    return start


def _is_thin(move: Move, piece: Piece) -> bool:
    """Does it only call the service, or give something plain?"""
    if len(piece.statements) > 1 or not piece.whole:
        return False
    only = piece.statements[0]
    calls = [n for n in walk(only) if n.type == "call_expression"]
    if any(n.type in ("ternary_expression", "arrow_function", "statement_block") for n in walk(only)):
        return False
    own = f"this.{move.target.field}."
    calls_service = move.target.field and any(
        move.source.text_of(child(call, "function")).startswith(own) for call in calls
    )
    return not calls or (
        len(calls) == 1 and (calls_service or not any(n.type == "object" for n in walk(only)))
    )


def _size(statement: Node) -> int:
    return sum(1 for n in walk(statement) if n.is_named and _STATEMENT.search(n.type))


def _free_name(move: Move, name: str, more: set[str]) -> str:
    taken = move.taken() | more
    if not move.target.new:
        taken |= {m.name for cls in heirs_of(move.project, move.target.ref) for m in cls.methods}
    for one in (name, f"handle{name[:1].upper()}{name[1:]}"):
        if one not in taken:
            return one
    raise Refused(f"{move.target.ref.name} has its own `{name}`")


def _name_of(move: Move, piece: Piece) -> str:
    """What a piece from the middle of a handler is called: after what it gives and how it gets that, else
    after what it does to what the service is about; `one` of them, where it is a `return`."""
    calls = [
        piece.scene.text(child(child(n, "function"), "property"))
        for s in piece.statements
        for n in walk(s)
        if n.type == "call_expression"
    ]
    verb = next((found[0] for call in reversed(calls) if (found := _VERB.match(call))), "")
    result = piece.result.partition(":")[0].strip()
    if result.isidentifier() and not (verb and result.lower().startswith(verb[:4])):
        return f"{verb or 'find'}{result[:1].upper()}{result[1:]}"
    if piece.is_return or not verb:
        return piece.scene.name
    about = move.target.ref.name.removesuffix("Service")
    if verb not in _OF_MANY and about.lower() != stem_of(about):
        about = about[: len(stem_of(about))] if about.lower().startswith(stem_of(about)) else about
    return f"{verb}{about}"


def _shown(target: Target) -> str:
    return f"a new `{target.ref.name}`" if target.new else f"`{target.ref.name}`"


__all__ = ["extracted", "queries_moved", "why_not"]
