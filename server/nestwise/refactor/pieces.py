"""Which statements of a method move, and what is handed over for what they use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.refactor.draft import Refused
from nestwise.refactor.scene import ANY, Given, Scene, Typed
from nestwise.syntax.free import Use, bound_in, declared_by, pattern_names, uses_in
from nestwise.syntax.nodes import child, named, walk
from nestwise.syntax.text import Edit, Span

_NAMES = {"Body": "body", "Query": "query", "Param": "params", "Args": "args", "Headers": "headers"}


class Handed(Struct, frozen=True):
    """One parameter of the new method."""

    name: str
    """A name, or a pattern."""
    type: Typed
    argument: str
    optional: bool = False


class Piece(Struct):
    """Statements of one block of a method, and the method that they become."""

    scene: Scene
    block: Node
    statements: list[Node]
    rest: list[Node]
    """Those of the block behind them."""
    name: str = ""
    handed: list[Handed] = []
    result: str = ""
    """The pattern that the rest of the block calls the result by; empty where nothing behind needs it."""
    edits: list[Edit] = []
    """Of what moves."""
    heads: list[Edit] = []
    """Of what stays of the method: a pattern of a parameter that moves."""

    @property
    def whole(self) -> bool:
        """Does it go to the end of the method?"""
        return not self.rest and self.block.id == self.scene.body.id

    @property
    def is_return(self) -> bool:
        """Is it one `return`, wherever it stands?"""
        return len(self.statements) == 1 and self.statements[0].type == "return_statement"

    @property
    def first(self) -> bool:
        return self.statements[0].id == named(self.block)[0].id

    @property
    def is_async(self) -> bool:
        return self.scene.is_async if self.whole else any(map(awaits, self.statements))

    @property
    def span(self) -> Span:
        """What is replaced: from the first statement, with the comments above it, to the last one."""
        data = self.scene.source.text.data
        body = named(self.block)
        place = next(i for i, s in enumerate(body) if s.id == self.statements[0].id)
        if place == 0:
            start = self.block.start_byte + 1
        else:
            start = data.find(b"\n", body[place - 1].end_byte) + 1
            if not 0 < start <= self.statements[0].start_byte:
                raise Refused("several statements are on one line")
            while (end := data.find(b"\n", start)) >= 0 and not data[start:end].strip():
                start = end + 1
        if not self.rest:
            return Span(start, self.block.end_byte - 1)
        end = data.find(b"\n", self.statements[-1].end_byte)
        if not 0 < end < self.rest[0].start_byte:
            raise Refused("several statements are on one line")
        return Span(start, end)


def awaits(node: Node) -> bool:
    """Does a statement await something itself?"""
    stack = [node]
    while stack:
        node = stack.pop()
        if node.type == "await_expression" or (
            node.type == "for_in_statement" and any(c.type == "await" for c in node.children)
        ):
            return True
        if node.type in ("arrow_function", "function_expression", "function_declaration", "class"):
            continue
        stack.extend(node.children)
    return False


def returned(nodes: list[Node]) -> Iterator[Node]:
    """The `return` statements of some code, those of inner functions left out."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            yield node
        elif node.type not in ("arrow_function", "function_expression", "function_declaration", "class"):
            stack.extend(node.named_children)


def tail_from(scene: Scene, start: int) -> Piece:
    """The statements of the body from one on, or from one before it where types or narrowing say so."""
    body = named(scene.body)
    while True:
        piece = Piece(scene, scene.body, body[start:], [], scene.name, [], "", [], [])
        earlier = _hand_over(piece)
        if earlier is None:
            return piece
        if earlier >= start:
            raise Refused("its types would have to be inferred")
        start = earlier


def within(scene: Scene, wanted: Callable[[Node], bool]) -> Piece:
    """The fewest statements of a block that hold all nodes that are `wanted`, and what they give the rest."""
    block = _innermost(scene, wanted)
    body = named(block)
    places = [i for i, s in enumerate(body) if any(wanted(n) for n in walk(s))]
    first, last = places[0], places[-1]
    return _middle(scene, block, first, last)


def apart(scene: Scene, wanted: Callable[[Node], bool]) -> list[Piece]:
    """Each statement that holds something wanted by itself, and not only in blocks of it, as a piece."""
    found: list[Piece] = []
    stack = [scene.body]
    while stack:
        block = stack.pop()
        for place, statement in enumerate(named(block)):
            touching = sum(map(wanted, walk(statement)))
            inner = list(_blocks(statement))
            if not touching:
                continue
            if inner and sum(sum(map(wanted, walk(n))) for n in inner) == touching:
                stack += inner
            else:
                found.append(_middle(scene, block, place, place))
    return sorted(found, key=lambda piece: piece.statements[0].start_byte)


def _middle(scene: Scene, block: Node, first: int, last: int) -> Piece:
    body = named(block)
    while True:
        piece = Piece(scene, block, body[first : last + 1], body[last + 1 :], "", [], "", [], [])
        if not piece.is_return and not piece.whole and any(True for _ in returned(piece.statements)):
            raise Refused("it returns from within")
        for statement in piece.statements:
            if any(n.type in ("break_statement", "continue_statement") for n in walk(statement)):
                raise Refused("it leaves a loop")
        earlier = _hand_over(piece)
        if earlier is None:
            break
        if earlier >= first:
            raise Refused("its types would have to be inferred")
        first = earlier
    _give_back(piece)
    return piece


def _innermost(scene: Scene, wanted: Callable[[Node], bool]) -> Node:
    """The innermost block with all that is wanted, in no inner function."""
    block = scene.body
    while True:
        holders = [s for s in named(block) if any(wanted(n) for n in walk(s))]
        if len(holders) != 1:
            return block
        found = [
            n for n in _blocks(holders[0]) if sum(map(wanted, walk(n))) == sum(map(wanted, walk(holders[0])))
        ]
        if not found:
            return block
        block = found[0]


def _blocks(statement: Node) -> Iterator[Node]:
    """The outermost blocks of a statement, inner functions left out."""
    stack = list(statement.named_children)
    while stack:
        node = stack.pop()
        if node.type == "statement_block":
            yield node
        elif node.type not in ("arrow_function", "function_expression", "function_declaration", "class"):
            stack.extend(node.named_children)


# --- what is handed over -----------------------------------------------------------------------


def _hand_over(piece: Piece) -> int | None:
    """Find the parameters. The place of an earlier statement that has to move as well, if there is one."""
    scene = piece.scene
    uses: dict[str, list[Use]] = {}
    for use in uses_in(scene.source, piece.statements):
        uses.setdefault(use.name, []).append(use)
    inner = bound_in(scene.source, piece.statements)
    start = piece.statements[0].start_byte
    handed: dict[str, Handed] = {}
    body = named(piece.block)
    piece.edits, piece.heads = [], []
    for name, found in uses.items():
        known = scene.declaration(name, piece.block, start)
        if known is None:
            continue
        kind, node = known
        if isinstance(node, Given):
            if any(use.is_type for use in found):
                raise Refused(f"a type is made of `{name}`")
            _hand_parameter(piece, node, name, found, inner, handed)
            continue
        place = next((i for i, s in enumerate(body) if _holds(s, node)), None)
        typed = scene.type_of_variable(node, name, piece.block) if kind == "variable" else None
        narrowed = _narrowing(scene, body, name, start, typed)
        if typed is None or narrowed is not None:
            early = [p for p in (place if typed is None else narrowed,) if p is not None]
            if not early:
                raise Refused(f"the type of `{name}` would have to be inferred")
            return early[0]
        if any(use.is_type for use in found):
            raise Refused(f"a type is made of `{name}`")
        handed[name] = Handed(name, typed, name)
    for name, one in handed.items():
        narrowed = _narrowing(scene, body, name, start, one.type, one.optional)
        if narrowed is not None:
            return narrowed
    order = [n for given in scene.params for n in given.names]
    piece.handed = [handed[n] for n in sorted(handed, key=lambda n: order.index(n) if n in order else 999)]
    piece.handed = _once(piece.handed)
    return None


def _once(handed: list[Handed]) -> list[Handed]:
    return list(dict.fromkeys(handed))


def _holds(statement: Node, node: Node) -> bool:
    return statement.start_byte <= node.start_byte and node.end_byte <= statement.end_byte


def _hand_parameter(
    piece: Piece, given: Given, name: str, found: list[Use], inner: set[str], handed: dict[str, Handed]
) -> None:
    scene = piece.scene
    if given.request:
        for member, node in _reads(scene, name, found):
            if member in inner or any(member in g.names for g in scene.params):
                raise Refused(f"`{member}` has two meanings")
            whole = scene.type_of_given(given)
            simple = whole == ANY or (whole is not None and whole.text.isidentifier())
            if whole is None or not simple:
                raise Refused(f"it cannot be told what `{name}.{member}` is")
            part = whole if whole == ANY else Typed(f"{whole.text}['{member}']", whole.origins)
            handed[member] = Handed(member, part, f"{name}.{member}")
            piece.edits.append(Edit(Span(node.start_byte, node.end_byte), member))
        return
    typed = scene.type_of_given(given)
    if typed is None:
        raise Refused(f"the type of `{name}` would have to be inferred")
    if given.plain:
        optional = given.node.type == "optional_parameter"
        handed[name] = Handed(name, typed, name, optional)
        return
    _hand_pattern(piece, given, typed, handed)


def _hand_pattern(piece: Piece, given: Given, typed: Typed, handed: dict[str, Handed]) -> None:
    """The pattern of a parameter goes along, where nothing that stays uses its names."""
    scene = piece.scene
    before = [s for s in named(scene.body) if s.id not in {p.id for p in piece.statements}]
    if typed == ANY or any(u.name in given.names for u in uses_in(scene.source, before)):
        raise Refused("the parts of a parameter are used here and there")
    if child(given.node, "value") is not None or any(
        n.type == "call_expression" for n in walk(given.pattern)
    ):
        raise Refused("a parameter has a default")
    decorator = next((d.name for d in given.fact.decorators if d.name), "")
    taken = bound_in(scene.source, [scene.method]) | {n for g in scene.params for n in g.names}
    kind = typed.text if typed.text.isidentifier() else "input"
    names = [_NAMES.get(decorator.rpartition(".")[2], "input"), kind[:1].lower() + kind[1:]]
    name = next((n for n in names if n not in taken), "")
    if not name:
        raise Refused(f"`{names[0]}` has a meaning already")
    handed[given.names[0]] = Handed(scene.text(given.pattern), typed, name)
    piece.heads.append(Edit(Span(given.pattern.start_byte, given.pattern.end_byte), name))


def _reads(scene: Scene, name: str, found: list[Use]) -> Iterator[tuple[str, Node]]:
    """`req.user`, with the name of the member; raises Refused where the request is used otherwise."""
    for use in found:
        outer = use.node.parent
        if not is_read(use.node) or outer is None:
            raise Refused(f"it works with `{name}`")
        yield scene.text(child(outer, "property")), outer


def is_read(node: Node) -> bool:
    """Is `req` the head of `req.user`, read and not called?"""
    outer = node.parent
    if outer is None or outer.type != "member_expression" or child(outer, "object") is None:
        return False
    head = child(outer, "object")
    if head is None or head.id != node.id or any(c.type == "optional_chain" for c in outer.children):
        return False
    around = outer.parent
    if around is None:
        return True
    if around.type == "call_expression":
        function = child(around, "function")
        return function is None or function.id != outer.id
    left = child(around, "left")
    assigned = around.type.endswith("assignment_expression") and left is not None and left.id == outer.id
    return not assigned and around.type != "update_expression"


def _narrowing(
    scene: Scene, body: list[Node], name: str, start: int, typed: Typed | None, optional: bool = False
) -> int | None:
    """The first statement before the piece that may narrow the type of a name: it has to move, too."""
    if typed is None or not (optional or any(sign in typed.text for sign in "|?") or not typed.text):
        return None
    for place, statement in enumerate(body):
        if statement.end_byte > start:
            break
        names = {use.name for use in uses_in(scene.source, [statement])}
        if name in names and typed.text and _may_narrow(statement):
            return place
    return None


def _may_narrow(statement: Node) -> bool:
    """Is it a condition, an assertion or an assignment? What is awaited asserts nothing."""
    if statement.type != "expression_statement":
        return statement.type in ("if_statement", "switch_statement")
    return bool(named(statement)) and named(statement)[0].type != "await_expression"


# --- what is given back ------------------------------------------------------------------------


def _give_back(piece: Piece) -> None:
    """What the rest of the method needs of what moved."""
    scene = piece.scene
    declared = [n for s in piece.statements for n in declared_by(scene.source, s)]
    behind = [
        n
        for n in walk(scene.body)
        if n.start_byte > piece.statements[-1].end_byte and n.end_byte <= piece.block.end_byte
    ]
    used = {scene.text(n) for n in behind if n.type in ("identifier", "shorthand_property_identifier")}
    needed = [n for n in declared if n in used]
    for statement in piece.statements:
        for node in walk(statement):
            if node.type.endswith("assignment_expression") or node.type == "update_expression":
                target = child(node, "left") or child(node, "argument")
                name = scene.text(target)
                if (
                    target is not None
                    and target.type == "identifier"
                    and name not in bound_in(scene.source, piece.statements)
                ):
                    raise Refused(f"it sets `{name}`")
    last = piece.statements[-1]
    declarator = next((c for c in named(last) if c.type == "variable_declarator"), None)
    if last.type == "lexical_declaration" and declarator is not None and len(named(last)) == 1:
        pattern = child(declarator, "name")
        if needed and set(needed) <= set(pattern_names(scene.source, pattern)):
            value = child(declarator, "value")
            if value is None or any(c.type == "let" for c in last.children):
                raise Refused("what it gives is set later")
            piece.result = scene.text(pattern)
            if child(declarator, "type") is not None:
                piece.result += scene.text(child(declarator, "type"))
            start = value.start_byte
            if value.type == "await_expression" and len(piece.statements) == 1:
                start = named(value)[0].start_byte  # who calls it awaits it
            piece.edits.append(Edit(Span(last.start_byte, start), "return "))
            return
    if not needed:
        return
    raise Refused("it gives several things back")
