"""Injection tokens: what a provider is registered under, and what a dependency asks for.

A token is what Nest compares: a class (`Ref`, or `Ext` for one of a package), the text of a string, or the
constant that holds a `Symbol`. Helpers of packages (`getRepositoryToken(User)`) give the very text or class
that they give at run time. `Object`, `String` … are those of the language: what a type that does not exist
at run time leaves behind.
"""

from __future__ import annotations

from nestwise.project.facts import Call, Fn, Lit, Member, Obj, dotted
from nestwise.project.model.package_modules import CONSTANTS, SAME
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, called, entry, look, symbol_in
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, Symbol, Unknown, class_of

Token = Symbol | str

DEPTH = 6
"""How many functions of the workspace a token is followed through."""

LANGUAGE = frozenset("Object String Number Boolean Array Function Promise Symbol BigInt Date".split())


def token_in(project: Project, val: Val | None, depth: int = 0) -> Token:
    """The token that an expression is; UNKNOWN where it cannot be told."""
    if val is None or depth > DEPTH:
        return UNKNOWN
    symbol = symbol_in(project, val)
    if isinstance(symbol, Ext):
        return canonical(symbol)
    if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
        return symbol
    shown = look(project, val)
    match shown.expr:
        case Lit(kind="string" | "number", value=text):
            return text
        case Call() as call:
            found = _of_call(project, shown, call, depth)
            return symbol if found is UNKNOWN else found  # a constant is at least itself
        case Member(name="MODULE_OPTIONS_TOKEN", object=inner):
            return _of_builder(project, shown.at(inner), symbol, depth)
        case Member(name="KEY", object=inner):
            return _namespace(project, look(project, shown.at(inner)))
        case _ if dotted(shown.expr) in LANGUAGE:
            return Ext("", dotted(shown.expr))
        case _:
            return symbol


def canonical(symbol: Symbol) -> Token:
    """A symbol as a token: a constant of a package is its text, where that is known, and a class that several
    packages hand out is that of one."""
    if not isinstance(symbol, Ext):
        return symbol
    key = (symbol.package, symbol.name)
    if symbol.package.startswith("@mikro-orm/") and symbol.name in _MIKRO:
        return Ext("@mikro-orm/core", _MIKRO[symbol.name])
    return CONSTANTS.get(key) or (Ext(*SAME[key]) if key in SAME else symbol)


_MIKRO = {"MikroORM": "MikroORM", "EntityManager": "EntityManager", "SqlEntityManager": "EntityManager"}


def _of_call(project: Project, val: Val, call: Call, depth: int) -> Token:
    """`Symbol.for('x')`, a helper of a package, or a function of the workspace that gives a token."""
    from nestwise.project.model.package_tokens import token_of_call

    if dotted(call.callee) == "Symbol.for":
        inner = look(project, val.at(call.args[0])).expr if call.args else None
        return Ext("Symbol", inner.value) if isinstance(inner, Lit) else UNKNOWN
    callee = symbol_in(project, val.at(call.callee))
    if isinstance(callee, Ext):
        return token_of_call(project, val, call, callee)
    returned = called(project, val, call, deep=True)
    return token_in(project, returned[0], depth + 1) if len(returned) == 1 else UNKNOWN


def _of_builder(project: Project, built: Val, symbol: Symbol, depth: int) -> Token:
    """The options token of a `ConfigurableModuleBuilder`: mostly the constant that holds it."""
    from nestwise.project.model.configurable import token_of

    given = token_of(project, built)
    if isinstance(given, Val):
        return token_in(project, given, depth + 1)
    return given if given is not None else symbol


def _namespace(project: Project, val: Val) -> Token:
    """`KEY` of what `registerAs('database', …)` gives."""
    if isinstance(val.expr, Call) and val.expr.args:
        maker = symbol_in(project, val.at(val.expr.callee))
        name = look(project, val.at(val.expr.args[0])).expr
        if maker == Ext("@nestjs/config", "registerAs") and isinstance(name, Lit) and name.kind == "string":
            return f"CONFIGURATION({name.value})"
    return UNKNOWN


def named(project: Project, val: Val | None, key: str) -> Token:
    """The token under a key of an object; UNKNOWN where there is none or it cannot be told."""
    found = entry(project, val, key) if val is not None and isinstance(val.expr, Obj) else None
    return token_in(project, found)


def forwarded(project: Project, val: Val) -> tuple[Val, bool]:
    """What `forwardRef(() => X)` stands for, and whether it is one."""
    shown = look(project, val) if isinstance(val.expr, Call) or dotted(val.expr) else val
    if isinstance(shown.expr, Call) and shown.expr.args:
        callee = symbol_in(project, shown.at(shown.expr.callee))
        inner = look(project, shown.at(shown.expr.args[0]))
        if isinstance(callee, Ext) and callee.name == "forwardRef" and isinstance(inner.expr, Fn):
            returns = inner.expr.returns
            return (inner.at(returns[0]), True) if len(returns) == 1 else (val, True)
    return val, False


def shown(token: Token) -> str:
    """A token as Nest's errors name it: a class by its name, a text in quotes."""
    if isinstance(token, str):
        return f'"{token}"'
    if isinstance(token, Unknown):
        return "?"
    return token.name.rpartition(".")[2]


__all__ = ["DEPTH", "LANGUAGE", "Token", "canonical", "forwarded", "named", "shown", "token_in"]
