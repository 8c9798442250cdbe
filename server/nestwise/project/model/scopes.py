"""Names inside functions: locals, parameters with what a caller gives, and calls of the workspace's own
functions.

Module metadata and bootstraps are code; `symbols` knows only the names of files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from nestwise.project.extract_bodies import BODIES
from nestwise.project.facts import (
    Arr,
    Body,
    Call,
    Cond,
    Expr,
    Fn,
    Function,
    Lit,
    Member,
    Method,
    Name,
    Obj,
    Op,
    Opaque,
    Param,
    Spread,
    dotted,
    string,
)
from nestwise.project.model.classes import lineage
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
    exported,
    followed,
    joined_text,
    resolve,
    value_of,
)

DEPTH = 12
"""Deepest nesting of spreads and calls that is followed."""

ABSENT = Lit("undefined", "undefined")

MAYBE = Opaque("condition")


@dataclass(frozen=True, slots=True)
class Val:
    """An expression with the names that it can see: those of its file and of the function around it."""

    path: str
    expr: Expr
    scope: Mapping[str, Val | None] = field(default_factory=dict, compare=False, repr=False)
    """Local names; None for one whose value is not known."""

    @property
    def here(self) -> Here:
        return Here(self.path, self.expr)

    def at(self, expr: Expr) -> Val:
        return Val(self.path, expr, self.scope)


def look(project: Project, val: Val) -> Val:
    """The expression behind names, local ones included; a name that leads nowhere stays."""
    for _ in range(DEPTH):
        loaded = _loaded(project, val)
        if isinstance(loaded, Ref):
            val = Val(loaded.path, Name(loaded.name))
        name = dotted(val.expr)
        if not name:
            return _joined(project, val)
        head, _, rest = name.partition(".")
        if head not in val.scope:
            here = value_of(project, val.here)
            return val if here == val.here else Val(here.path, here.expr)
        given = found = val.scope[head]
        for part in rest.split(".") if rest else ():
            found = entry(project, found, part) if found is not None else None
        named = given is not None and given.scope is not val.scope and dotted(given.expr)
        if found is None and rest and named and given is not None:
            found = given.at(Member(given.expr, rest))  # a member of what a caller gave by its name
        if found is None or (found == val and found.scope is val.scope):
            return val
        val = found
    return val


def _joined(project: Project, val: Val) -> Val:
    """Texts that are put together, or cut, as one text."""
    text: str | None = None
    match val.expr:
        case Op(op="+", left=left, right=right) if left is not None:
            text = joined_text(look(project, val.at(left)).expr, look(project, val.at(right)).expr)
        case Call(callee=Member(object=inner, name=name), args=args) if name in _CUTS and len(args) < 3:
            whole = string(look(project, val.at(inner)).expr)
            given = [look(project, val.at(arg)).expr for arg in args]
            if whole is not None and all(isinstance(g, Lit) and g.value.isdigit() for g in given):
                text = _CUTS[name](whole, *(int(g.value) for g in given if isinstance(g, Lit)))
        case _:
            pass
    return val.at(Lit("string", text)) if text is not None else val


_CUTS: Mapping[str, Callable[..., str]] = {
    "substring": lambda text, start=0, end=None: text[start:end],
    "slice": lambda text, start=0, end=None: text[start:end],
    "toLowerCase": str.lower,
    "toUpperCase": str.upper,
    "trim": str.strip,
}


def texts_in(project: Project, val: Val, depth: int = 0) -> list[str]:
    """The texts that an expression may be, conditions taken both ways; empty where one cannot be told."""
    shown = look(project, val)
    match shown.expr:
        case Lit(kind="string" | "number", value=text):
            return [text]
        case Cond(then=then, other=other) if depth < _WAYS:
            both = [texts_in(project, shown.at(e), depth + 1) for e in (then, other)]
            return both[0] + both[1] if all(both) else []
        case Op(op="+", left=left, right=right) if left is not None and depth < DEPTH:
            heads, tails = (texts_in(project, shown.at(e), depth + 1) for e in (left, right))
            return [head + tail for head in heads for tail in tails][:_TEXTS]
        case _:
            return []


_WAYS = 4
_TEXTS = 16


def symbol_in(project: Project, val: Val) -> Symbol:
    """The symbol that an expression names, local names and aliases followed; UNKNOWN for a global."""
    for _ in range(DEPTH):
        name = dotted(val.expr)
        head, _, rest = name.partition(".")
        if not name:
            loaded = _loaded(project, val)
            return followed(project, loaded) if loaded is not None else UNKNOWN
        if head not in val.scope:
            symbol = followed(project, resolve(project, val.path, name))
            return UNKNOWN if isinstance(symbol, Ext) and not symbol.package else symbol
        found = val.scope[head]
        if found is not None and rest and _imports(found.expr):
            val = found.at(Member(found.expr, rest))
            continue
        if found is None or (rest and not dotted(found.expr)):
            found = look(project, val)
            if found == val:
                return UNKNOWN
            val = found
            continue
        expr = found.expr
        for part in rest.split(".") if rest else ():
            expr = Member(expr, part)
        val = found.at(expr)
    return UNKNOWN


def _imports(expr: Expr) -> bool:
    return isinstance(expr, Call) and dotted(expr.callee) == "import"


def _loaded(project: Project, val: Val) -> Symbol | None:
    """The export that `import('./module')` hands out: `(await import('./module')).Name`, also
    `import('./module').then((m) => m.Name)`."""
    expr = val.expr
    match expr:
        case Call(Member(Call() as call, "then"), (Fn((param,), (Member(Name(given), name),)),)):
            if param == given and _imports(call):
                expr = Member(call, name)
        case _:
            pass
    match expr:
        case Member(Call(Name("import"), (Lit(kind="string", value=specifier),)), name):
            target = project.target(val.path, specifier)
            if target.package is not None:
                return Ext(target.package, name)
            return exported(project, target.path, name).symbol if target.path is not None else UNKNOWN
        case _:
            return None


def entry(project: Project, val: Val, key: str, depth: int = 0) -> Val | None:
    """The value of a key: `undefined` where an object surely lacks it, None where it cannot be told."""
    val = look(project, val)
    if is_absent(val.expr):
        return val
    if not isinstance(val.expr, Obj) or depth > DEPTH:
        return None
    for item in reversed(val.expr.entries):
        if item.key == key:
            return val.at(item.value)
        if item.key == "[]":
            return None
        if item.key == "...":
            inner = entry(project, val.at(item.value), key, depth + 1)
            if inner is None or not is_absent(inner.expr):
                return inner
    return val.at(ABSENT)


def is_absent(expr: Expr) -> bool:
    return isinstance(expr, Lit) and expr.kind in ("undefined", "null")


def pushed_in(body: Body) -> dict[str, list[Expr]]:
    """What is pushed to which list; what may not be pushed is there under a condition."""
    found: dict[str, list[Expr]] = {}
    for position, call in enumerate(body.calls):
        if (
            isinstance(call, Call)
            and isinstance(call.callee, Member)
            and call.callee.name in ("push", "unshift")
        ):
            maybe = position in body.maybe
            items = (Cond(MAYBE, arg, ABSENT) if maybe else arg for arg in call.args)
            found.setdefault(dotted(call.callee.object), []).extend(items)
    return found


def called(project: Project, val: Val, call: Call, *, deep: bool = False) -> tuple[Val, ...]:
    """What a call of a function or a static method of the workspace may return; empty if unreadable. `deep`:
    also of a function whose body the facts leave out, which has to be read for that."""
    found = target_of(project, val, call.callee)
    if found is None:
        return ()
    path, item, scope = found
    body = item.body
    defaults: tuple[tuple[str, Expr], ...] = ()
    if deep and isinstance(item, Function):
        bodies = project.detail(path, BODIES)
        whole = bodies.of(item.name) if bodies is not None else None
        body, defaults = (whole.body, whole.defaults) if whole is not None else (body, ())
    if body is None or not body.returns:
        return ()
    given = tuple(val.at(a) for a in call.args)
    inner = {**scope, **bound(item.params, given), **_locals(path, body)}
    left_out = {
        p.name
        for i, p in enumerate(item.params)
        if p.default and (i >= len(given) or _is_nothing(project, given[i]))
    }
    if left_out and not defaults and isinstance(item, Method) and (cls := scope.get("class")) is not None:
        bodies = project.detail(path, BODIES)
        defaults = bodies.defaults_of(f"{dotted(cls.expr)}.{item.name}") if bodies is not None else ()
    inner |= {name: Val(path, value, _OWN) for name, value in defaults if name in left_out}
    scope = _tied(path, inner)
    return tuple(Val(path, r, scope) for r in body.returns)


def _is_nothing(project: Project, val: Val) -> bool:
    return is_absent(look(project, val).expr)


def local_scope(path: str, body: Body, unknown: tuple[str, ...] = ()) -> Mapping[str, Val | None]:
    """The names inside a body; `unknown` are its parameters."""
    return _tied(path, {**dict.fromkeys(unknown), **_locals(path, body)})


def _tied(path: str, names: dict[str, Val | None]) -> dict[str, Val | None]:
    """Locals see each other and the parameters, so the scope is tied to itself."""
    scope: dict[str, Val | None] = {}
    for name, value in names.items():
        own = value is not None and value.scope is _OWN
        scope[name] = Val(path, value.expr, scope) if own and value is not None else value
    return scope


_OWN: Mapping[str, Val | None] = {}
"""Marks a value whose scope is the function that is being read."""

_PLAIN_KEY = re.compile(r"(?<![:\w$] )\b([A-Za-z_$][\w$]*)\s*(?=[,}])")
"""The keys of `{ A, B }` that keep their name."""

_PART = re.compile(r"\{[^{}]*\}|[\w$]+")
"""The elements of a pattern like `[{ A }, b]`."""


def _locals(path: str, body: Body) -> dict[str, Val | None]:
    """The local names of a body. One that is assigned twice is not known; pushes are doubtful elements."""
    found: dict[str, Val | None] = {}
    pushes = pushed_in(body)
    for name, expr in body.locals:
        if not name.isidentifier():
            found |= {key: Val(path, Member(of, key), _OWN) for key, of in _taken(name, expr)}
            continue
        more = tuple(pushes.get(name, ()))
        if more:
            expr = Arr((Spread(expr), *more))
        found[name] = None if name in found else Val(path, expr, _OWN)
    return found


def _taken(pattern: str, expr: Expr) -> Iterator[tuple[str, Expr]]:
    """The names of `const { A, B } = await import('./x')`, each with its module; also of several at once:
    `const [{ A }, { B }] = await Promise.all([import('./a'), import('./b')])`."""
    match expr:
        case Call(Name("import")) if pattern.startswith("{"):
            yield from ((key, expr) for key in _PLAIN_KEY.findall(pattern))
        case Call(Member(Name("Promise"), "all"), (Arr(items),)) if pattern.startswith("["):
            parts = _PART.findall(pattern)
            if len(parts) == len(items):
                for part, item in zip(parts, items, strict=True):
                    yield from _taken(part, item)
        case _:
            return


def bound(params: tuple[Param, ...], given: tuple[Val, ...]) -> dict[str, Val | None]:
    """Parameters with what a caller gives; `undefined` for what it leaves out."""
    found: dict[str, Val | None] = {}
    spread = any(isinstance(g.expr, Spread) for g in given)
    for position, param in enumerate(params):
        value: Val | None = None
        if not spread and position < len(given):
            value = given[position]
        elif not spread and not param.default:
            value = Val("", ABSENT)
        for key in param.keys:
            found[key] = None
        if param.name.startswith("..."):
            rest = given[position:]
            same = len({g.path for g in rest}) == 1
            found[param.name[3:]] = rest[0].at(Arr(tuple(g.expr for g in rest))) if same else None
        elif param.name:
            found[param.name] = value
    return found


def target_of(
    project: Project, val: Val, callee: Expr
) -> tuple[str, Function | Method, dict[str, Val | None]] | None:
    """The function that is called: its file, and `this` and `super` of a static method."""
    if isinstance(callee, Member):
        symbol = symbol_in(project, val.at(callee.object))
        if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
            return _static(project, symbol, callee.name)
    symbol = symbol_in(project, val.at(callee))
    item = declaration(project, symbol) if isinstance(symbol, Ref) and "." not in symbol.name else None
    if isinstance(item, Function) and isinstance(symbol, Ref):
        return symbol.path, item, {}
    return None


def _static(project: Project, ref: Ref, name: str) -> tuple[str, Method, dict[str, Val | None]] | None:
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        method = next((m for m in cls.methods if m.static and m.name == name), None) if cls else None
        if cls is not None and method is not None:
            above = Val(base.path, cls.extends) if cls.extends is not None else None
            names = {"this": Val(ref.path, Name(ref.name)), "super": above}
            return base.path, method, {**names, "class": Val(base.path, Name(base.name))}
    return None
