"""What is written so plainly that its text says all: read without a look at its nodes, which costs more.

Each function gets the range of a whole node of its kind, and gives None for what only nodes can tell.
"""

from __future__ import annotations

import re

from nestwise.project.facts import At, Call, Decorator, Expr, Import, Lit, Name, TArray, TName, Type

_NAME = rb"[A-Za-z_$][\w$]*+"
_TYPE = re.compile(rb"(?::\s*)?(%b)(?:<(%b)>|(\[\]))?" % (_NAME, _NAME))
_NO_NAMES = frozenset(
    b"null undefined true false keyof typeof readonly infer unique asserts abstract new is import".split()
)
"""Words that are no names of types, or not where code is half-typed."""
_DECORATOR = re.compile(rb"@(%b)\((?:'([^'\\\r\n]*+)'|([A-Z][\w$]*+))?\)" % _NAME)
_SPECIFIER = re.compile(rb"(%b)(?:\s+as\s+(%b))?" % (_NAME, _NAME))
_NAMES = rb"(?:\s*+%b(?:\s+as\s+%b)?\s*+,)*+\s*+(?:%b(?:\s+as\s+%b)?\s*+)?" % ((_NAME,) * 4)
_IMPORT = re.compile(
    rb"import\s+(type\s+)?\{(%b)\}\s*+from\s*+(?:'([^'\\\r\n]+)'|\"([^\"\\\r\n]+)\");?" % _NAMES
)


def plain_type(data: bytes, start: int, end: int) -> Type | None:
    """`: string`, `Promise<Cat>`, `Cat[]`."""
    found = _TYPE.fullmatch(data, start, end)
    if found is None:
        return None
    name, inner, array = found.groups()
    if name in _NO_NAMES or inner in _NO_NAMES:
        return None
    at = found.start(1)
    if array is not None:
        return TArray(TName(name.decode(), (), At(at, at + len(name))))
    if inner is None:
        return TName(name.decode(), (), At(at, end))
    given = TName(inner.decode(), (), At(end - 1 - len(inner), end - 1))
    return TName(name.decode(), (given,), At(at, end))


def plain_decorator(data: bytes, start: int, end: int) -> Decorator | None:
    """`@Injectable()`, `@Get('cats')`, `@UseGuards(AuthGuard)`."""
    found = _DECORATOR.fullmatch(data, start, end)
    if found is None:
        return None
    name, text, symbol = found.groups()
    args: tuple[Expr, ...] = ()
    if text is not None:
        args = (Lit("string", text.decode(errors="replace")),)
    elif symbol is not None:
        args = (Name(symbol.decode(), At(end - 1 - len(symbol), end - 1)),)
    callee = Name(name.decode(), At(start + 1, start + 1 + len(name)))
    return Decorator(Call(callee, args, (), False, At(start + 1, end)), At(start, end))


def plain_imports(data: bytes, start: int, end: int) -> list[Import] | None:
    """`import { A, B as C } from 'cats';`, also with `type` before the braces."""
    found = _IMPORT.fullmatch(data, start, end)
    if found is None:
        return None
    module, only = (found[3] or found[4]).decode(errors="replace"), found[1] is not None
    out: list[Import] = []
    for spec in _SPECIFIER.finditer(data, *found.span(2)):
        name, alias = spec.groups()
        exported = name.decode()
        if exported == "type":
            return None
        local = alias.decode() if alias is not None else exported
        out.append(Import(module, exported, local, only, At(*spec.span())))
    return out


__all__ = ["plain_decorator", "plain_imports", "plain_type"]
