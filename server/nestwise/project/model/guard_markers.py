"""What metadata a guard reads, and which way it opens: public markers, and those that ask for a check."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Body, Call, Class, Cond, Expr, Lit, Member, Name, Op, dotted
from nestwise.project.model.metadata import metadata_key
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Here


class Marker(Struct, frozen=True):
    """Metadata that a guard reads."""

    key: str
    """A string key as `'text'`, or the constant that it is (`path#name`)."""
    opens: bool
    """True: routes with it pass (a public marker). False: routes without it pass (opt-in)."""


def markers_in(project: Project, path: str, cls: Class) -> tuple[tuple[Marker, ...], tuple[str, ...]]:
    """What metadata the guard reads, and which way its absence or presence opens."""
    reads: dict[str, str] = {}
    keys: list[str] = []
    helpers: dict[str, str] = {}
    for method in cls.methods:
        if method.body is None:
            continue
        for name, value in method.body.locals:
            key = _read_key(project, path, value)
            if key is not None:
                reads[name] = key
                keys.append(key)
        for value in method.body.returns:
            key = _read_key(project, path, value)
            if key is not None:
                helpers[method.name] = key
                keys.append(key)
        for way_out in method.body.exits:
            keys += [k for e in _within(way_out.test) if (k := _read_key(project, path, e)) is not None]
    for method in cls.methods:  # a local that a helper method of the class gives
        for name, value in method.body.locals if method.body else ():
            if isinstance(value, Call) and isinstance(value.callee, Member):
                inner = helpers.get(value.callee.name)
                if inner is not None and dotted(value.callee.object) == "this":
                    reads[name] = inner
    markers: list[Marker] = []
    for method in cls.methods:
        if method.body is not None:
            markers += _polarity(project, path, method.body, reads, helpers)
    return tuple(dict.fromkeys(markers)), tuple(dict.fromkeys(keys))


def _read_key(project: Project, path: str, expr: Expr) -> str | None:
    """The key of `reflector.get…(KEY, …)`, `Reflect.getMetadata(KEY, …)`; None for anything else."""
    if isinstance(expr, Op) and expr.op in ("??", "||") and expr.left is not None:
        expr = expr.left
    if isinstance(expr, Op) and expr.op == "!":
        expr = expr.right
    if not isinstance(expr, Call) or not isinstance(expr.callee, Member) or not expr.args:
        return None
    if not expr.callee.name.startswith("get"):
        return None
    receiver = dotted(expr.callee.object).rpartition(".")[2].lower()
    if "reflect" not in receiver and receiver != "metadata":
        return None
    return metadata_key(project, Here(path, expr.args[0]))


def _polarity(
    project: Project, path: str, body: Body, reads: dict[str, str], helpers: dict[str, str]
) -> list[Marker]:
    found: list[Marker] = []

    def key_of(expr: Expr) -> str | None:
        if isinstance(expr, (Name, Member)):
            head = dotted(expr).partition(".")[0]
            return reads.get(dotted(expr)) or reads.get(head)
        if isinstance(expr, Call) and dotted(expr.callee).removeprefix("this.") in helpers:
            return helpers[dotted(expr.callee).removeprefix("this.")]
        return _read_key(project, path, expr)

    def side(test: Expr, opens: bool) -> None:
        match test:
            case Op(op="!", right=inner):
                side(inner, not opens)
            case Op(op="||", left=left, right=right) if left is not None:
                side(left, opens)
                side(right, opens)
            case Op(op="&&", left=left, right=right) if left is not None:
                side(left, opens)
                side(right, opens)
            case Op(op="===" | "==", left=left, right=Lit(kind=kind, value=value)) if left is not None:
                absent = kind in ("undefined", "null") or value in ("false", "0")
                side(left, not opens if absent else opens)
            case Op(op="!==" | "!=", left=left, right=Lit(kind=kind, value=value)) if left is not None:
                absent = kind in ("undefined", "null") or value in ("false", "0")
                side(left, opens if absent else not opens)
            case _:
                if (key := key_of(test)) is not None:
                    found.append(Marker(key, opens))

    for way_out in body.exits:
        result = way_out.result
        if isinstance(result, Lit) and result.value == "true":
            side(way_out.test, True)
        elif result is None or (isinstance(result, Lit) and result.value == "false"):
            continue
        else:  # `if (secured) return super.canActivate(…)`: the rest of the body decides without it
            tail = body.returns[-1] if body.returns else None
            if isinstance(tail, Lit) and tail.value == "true":
                side(way_out.test, False)
    for value in body.returns:
        match value:
            case Op(op="||", left=left) if left is not None:
                side(left, True)
            case Cond(test=test, then=Lit(value="true")):
                side(test, True)
            case Cond(test=test, other=Lit(value="true")):
                side(test, False)
            case _:
                pass
    return found


def _within(expr: Expr) -> list[Expr]:
    if isinstance(expr, Op):
        return [e for part in (expr.left, expr.right) if part is not None for e in _within(part)]
    return [expr]
