"""Lists and objects as they will be at run time: constants, spreads, conditions and calls folded in.

`symbols.items_of` is enough for a literal list. Module metadata is built by code: local variables of a
static method, its parameters, `push`, `concat`, `isDev && X`, a function that returns an array.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import (
    Arr,
    Call,
    Cond,
    Const,
    Fn,
    Lit,
    Member,
    Name,
    Obj,
    Op,
    Spread,
    dotted,
)
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import (
    ABSENT,
    DEPTH,
    Val,
    called,
    is_absent,
    look,
    pushed_in,
    symbol_in,
)
from nestwise.project.model.symbols import (
    Ref,
    declaration,
    followed,
    resolve,
    values_of,
)


class Element(Struct, frozen=True):
    val: Val
    certain: bool = True
    """False for an element that is there only under a condition."""
    held: str = ""
    """Where a constant of a file holds it, so that it is one thing for all who use that; empty elsewhere."""


class Folded(Struct, frozen=True):
    elements: tuple[Element, ...] = ()
    complete: bool = True
    """False where there may be elements that are not listed."""


NOTHING_KNOWN = Folded((), False)


def fold(project: Project, val: Val, depth: int = 0) -> Folded:
    """The elements of a list."""
    if depth > DEPTH:
        return NOTHING_KNOWN
    pushed = _pushed(project, val)
    held = held_by(project, val)
    val = look(project, val)
    expr = val.expr
    match expr:
        case Arr(items=items):
            found = [_elements(project, val.at(item), depth) for item in items]
            if held:
                found = [_kept(part, f"{held}[{position}]") for position, part in enumerate(found)]
            found += [pushed] if pushed else []
            return _joined(found)
        case Lit(kind="undefined" | "null" | "boolean"):
            return pushed or Folded()
        case Cond(then=then, other=other):
            return _doubted(_joined(fold(project, val.at(e), depth + 1) for e in (then, other)))
        case Op(op="&&", right=right):
            return _doubted(fold(project, val.at(right), depth + 1))
        case Op(op="||" | "??", left=left, right=right) if left is not None:
            return _either(project, val.at(left), val.at(right), depth)
        case Call():
            return _of_call(project, val, expr, depth)
        case _:
            return NOTHING_KNOWN


def _elements(project: Project, val: Val, depth: int) -> Folded:
    """What one item of an array literal puts in."""
    match val.expr:
        case Spread(value=value):
            return fold(project, val.at(value), depth + 1)
        case Cond(then=then, other=other):
            return _doubted(_joined(_elements(project, val.at(e), depth + 1) for e in (then, other)))
        case Op(op="&&", right=right):
            return _doubted(_elements(project, val.at(right), depth + 1))
        case Op(op="||" | "??", left=left, right=right) if left is not None:
            return _doubted(_joined(_elements(project, val.at(e), depth + 1) for e in (left, right)))
        case Lit(kind="undefined" | "null" | "boolean"):
            return Folded()
        case _:
            return Folded((Element(val),))


def _either(project: Project, left: Val, right: Val, depth: int) -> Folded:
    """`left ?? right`: the left one where it is a list, the right one where it is surely absent."""
    seen = look(project, left)
    if is_absent(seen.expr):
        return fold(project, right, depth + 1)
    first = fold(project, left, depth + 1)
    if isinstance(seen.expr, Arr):
        return first
    return _doubted(_joined((first, fold(project, right, depth + 1))))


def _of_call(project: Project, val: Val, call: Call, depth: int) -> Folded:
    callee = call.callee
    if isinstance(callee, Member):
        inner = val.at(callee.object)
        if callee.name == "concat":
            more = (Arr((Spread(a) if _is_list(project, val.at(a)) else a,)) for a in call.args)
            return _joined(fold(project, v, depth + 1) for v in (inner, *map(val.at, more)))
        if callee.name == "map" and len(call.args) == 1:
            return _mapped(project, inner, val.at(call.args[0]), depth)
        if callee.name == "filter":
            found = fold(project, inner, depth + 1)
            return found if [dotted(a) for a in call.args] == ["Boolean"] else _doubted(found)
        if dotted(callee) == "Object.values" and call.args:
            return _values(project, look(project, val.at(call.args[0])), depth)
    returned = called(project, val, call)
    if not returned:
        return NOTHING_KNOWN
    found = _joined(fold(project, r, depth + 1) for r in returned)
    return _doubted(found) if len(returned) > 1 else found


def _mapped(project: Project, of: Val, made: Val, depth: int) -> Folded:
    """`list.map((item) => …)` with one expression for every element."""
    found = fold(project, of, depth + 1)
    if not isinstance(made.expr, Fn) or len(made.expr.returns) != 1 or not made.expr.params:
        return Folded((), False)
    name, given = made.expr.params[0], made.expr.returns[0]
    scopes = [{**made.scope, **dict.fromkeys(made.expr.params), name: e.val} for e in found.elements]
    elements = [
        Element(Val(made.path, given, scope), e.certain)
        for scope, e in zip(scopes, found.elements, strict=True)
    ]
    return Folded(tuple(elements), found.complete)


def _values(project: Project, val: Val, depth: int) -> Folded:
    """The values of an object, or what a file exports: `import * as controllers from './controllers'`."""
    if isinstance(val.expr, Obj) and val.expr.closed:
        values = tuple(e.value for e in val.expr.entries)
        return fold(project, val.at(Arr(values)), depth + 1)
    module = symbol_in(project, val)
    if not isinstance(module, Ref) or module.name != "*":
        return NOTHING_KNOWN
    refs, complete = values_of(project, module.path)
    return Folded(tuple(Element(Val(ref.path, Name(ref.name))) for ref in refs), complete)


def _is_list(project: Project, val: Val) -> bool:
    return not isinstance(val.expr, (Lit, Obj)) and isinstance(look(project, val).expr, (Arr, Call, Cond))


def _joined(parts: Iterable[Folded]) -> Folded:
    found = list(parts)
    return Folded(tuple(e for f in found for e in f.elements), all(f.complete for f in found))


def held_by(project: Project, val: Val) -> str:
    """The constant of a file that an expression names, aliases followed; empty for any other expression."""
    name = dotted(val.expr)
    if not name or name.partition(".")[0] in val.scope:
        return ""
    symbol = followed(project, resolve(project, val.path, name))
    return f"{symbol.path}#{symbol.name}" if isinstance(symbol, Ref) else ""


def _kept(found: Folded, by: str) -> Folded:
    """What a constant holds; of several elements of one place each is another."""
    elements = (
        e if e.held else replace(e, held=f"{by}.{position}") for position, e in enumerate(found.elements)
    )
    return Folded(tuple(elements), found.complete)


def _doubted(found: Folded) -> Folded:
    return Folded(tuple(replace(e, certain=False) for e in found.elements), found.complete)


def _pushed(project: Project, val: Val) -> Folded | None:
    """What the statements of a file push into its own array."""
    name = dotted(val.expr)
    if not name or name.partition(".")[0] in val.scope:
        return None
    symbol = followed(project, resolve(project, val.path, name))
    if not isinstance(symbol, Ref) or not isinstance(declaration(project, symbol), Const):
        return None
    main = project.facts(symbol.path).main
    more = pushed_in(main).get(symbol.name, ()) if main is not None else ()
    if not more:
        return None
    at = Val(symbol.path, ABSENT)
    return _joined(_elements(project, at.at(item), 0) for item in more)
