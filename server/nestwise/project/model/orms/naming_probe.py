"""What a naming strategy of the team's own makes of names: its methods are followed for a few probes.

Most are copies of the same strategy. One whose methods give for every probe what that gives is taken for it;
one that calls anything else than plain text functions is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nestwise.project.extract_bodies import METHODS
from nestwise.project.facts import Call, Cond, Expr, Lit, Member, Name, Op, dotted
from nestwise.project.model.classes import declaring, own_method
from nestwise.project.model.orms.reading import camel, snake
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, called
from nestwise.project.model.symbols import Ext, Ref, class_of, followed, resolve

Text = str | tuple[str, ...] | None
_NAMES = ("user", "userAccount", "HTTPLog", "APIKeyV2", "user_account")
_DEPTH = 12


class _UnknownError(Exception):
    """Something that is not followed."""


def kind_of(project: Project, ref: Ref) -> str:
    """`snake`, `snake joined` (nothing stands between a prefix and a name), or empty."""
    try:
        tables = all(
            _run(project, ref, "tableName", name, given) == (given or snake(name))
            for name in _NAMES
            for given in ("", "T_x")
        )
        columns = all(
            _run(project, ref, "columnName", name, given, ()) == (given or snake(name))
            for name in _NAMES
            for given in ("", "C_x")
        )
        joins = all(
            _run(project, ref, "joinColumnName", name, "userId") == snake(f"{name}_userId")
            and _run(project, ref, "joinTableName", "a_b", name, "p.qR", "") == snake(f"a_b_p_qR_{name}")
            for name in _NAMES
        )
        prefixed = _run(project, ref, "columnName", "zipCode", "", ("homeAddress", "x"))
    except _UnknownError:
        return ""
    ways = {"home_address_x_zip_code": "snake", "home_address_xzip_code": "snake joined"}
    return ways.get(str(prefixed), "") if tables and columns and joins else ""


def _run(project: Project, ref: Ref, method: str, *given: Text) -> Text:
    """What a method returns for some arguments; an empty text stands for none."""
    place = declaring(project, ref, method)
    item = own_method(class_of(project, place), method) if place is not None else None
    bodies = project.detail(place.path, METHODS) if place is not None else None
    whole = bodies.of(f"{place.name}.{method}") if bodies is not None and place is not None else None
    if item is None or whole is None or place is None or len(whole.body.returns) != 1:
        raise _UnknownError
    names = {p.name: value for p, value in zip(item.params, given, strict=False)}
    return _value(project, place.path, whole.body.returns[0], names, 0)


def _value(project: Project, path: str, expr: Expr, names: Mapping[str, Text], depth: int) -> Text:
    if depth > _DEPTH:
        raise _UnknownError

    def of(inner: Expr) -> Text:
        return _value(project, path, inner, names, depth + 1)

    match expr:
        case Lit(kind="string", value=text):
            return text
        case Lit(kind="undefined" | "null"):
            return ""
        case Name(id=name) if name in names:
            return names[name]
        case Op(op="+", left=left, right=right) if left is not None:
            parts = of(left), of(right)
            if isinstance(parts[0], str) and isinstance(parts[1], str):
                return parts[0] + parts[1]
        case Op(op="??" | "||", left=left, right=right) if left is not None:
            return of(left) or of(right)
        case Cond(test=test, then=then, other=other) if isinstance(test, Name):
            return of(then) if of(test) else of(other)
        case Call(callee=Member(object=inner, name=step), args=args):
            return _step(of(inner), step, args, of)
        case Call(callee=callee, args=(argument,)) if dotted(callee):
            return _function(project, path, expr, of(argument), depth)
        case _:
            pass
    raise _UnknownError


def _step(value: Text, step: str, args: tuple[Expr, ...], of: object) -> Text:
    """A method of texts and lists."""
    match step, args:
        case "join", (Lit(kind="string", value=between),) if isinstance(value, tuple):
            return between.join(value)
        case "concat", (Lit(kind="string", value=more),) if isinstance(value, tuple):
            return (*value, more)
        case "toLowerCase", () if isinstance(value, str):
            return value.lower()
        case "replace" | "replaceAll", (Lit(kind="regex", value=pattern), Lit(kind="string", value=to)):
            if isinstance(value, str):
                return _replaced(value, pattern, to)
        case _:
            pass
    raise _UnknownError


def _replaced(value: str, pattern: str, to: str) -> str:
    found = re.fullmatch(r"/((?:[\w\[\]().$^+\-*? ]|\\[dw.])+)/([gi]*)", pattern)
    if found is None or "(?" in found[1] or re.search(r"[)*+?][*+]", found[1]):
        raise _UnknownError
    flags = re.I if "i" in found[2] else 0
    try:
        return re.sub(found[1], re.sub(r"\$(\d)", r"\\\1", to), value, count="g" not in found[2], flags=flags)
    except re.error:
        raise _UnknownError from None


def _function(project: Project, path: str, call: Call, given: Text, depth: int) -> Text:
    """`snakeCase(…)` of TypeORM, or a function of the workspace."""
    symbol = followed(project, resolve(project, path, dotted(call.callee)))
    if not isinstance(given, str):
        raise _UnknownError
    if isinstance(symbol, Ext) and symbol.package == "typeorm":
        known = {"snakeCase": snake, "camelCase": camel}.get(symbol.name)
        if known is not None:
            return known(given)
    if isinstance(symbol, Ref):
        returned = called(project, Val(path, Call(call.callee, (Lit("string", given),))), call, deep=True)
        item = next((f for f in project.facts(symbol.path).functions if f.name == symbol.name), None)
        if len(returned) == 1 and item is not None and len(item.params) == 1:
            names = {item.params[0].name: given}
            return _value(project, symbol.path, returned[0].expr, names, depth + 1)
    raise _UnknownError


__all__ = ["kind_of"]
