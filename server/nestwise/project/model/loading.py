"""In which order Node evaluates the files of an application, and what is still undefined when it does.

Of files that import each other, the one that is entered first is evaluated last: what it declares is
undefined while the others are evaluated. A type that an annotation names is erased to `Object` then, and a
module in a list of imports is undefined. An import that is used in bodies and types alone may be left out by
the compiler; whatever is said here holds with and without those imports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from nestwise.project.facts import (
    Call,
    Class,
    Cond,
    Decorator,
    Expr,
    FileFacts,
    Fn,
    Member,
    Name,
    New,
    Op,
    TArray,
    TName,
    TUnion,
    Type,
    TypeDecl,
    dotted,
)
from nestwise.project.model.expressions import parts_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref, declaration, exported


class Load(Struct, frozen=True):
    """A file that another one requires."""

    path: str
    sure: bool
    """Is something of it used while the importing file is evaluated?"""


@question
def loads_of(project: Project, path: str) -> tuple[Load, ...]:
    """What a file requires, in order."""
    facts = project.facts(path)
    used = _used(facts)
    found: list[tuple[int, str, bool]] = []
    for item in facts.imports:
        if item.type_only:
            continue
        target = project.target(path, item.module).path
        if target is None or (item.name not in ("", "*") and _is_type(project, target, item.name)):
            continue
        found.append((item.at.start, target, not item.name or item.local in used))
    for export in facts.exports:
        if export.module and not export.type_only:
            target = project.target(path, export.module).path
            if target is not None:
                found.append((export.at.start, target, True))
    merged: dict[str, bool] = {}
    for _, target, sure in sorted(found):
        merged[target] = merged.get(target, False) or sure
    return tuple(Load(target, sure) for target, sure in merged.items())


def _is_type(project: Project, path: str, name: str) -> bool:
    symbol = exported(project, path, name).symbol
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    return isinstance(item, TypeDecl) and item.kind != "enum"


@question
def _order(project: Project, entry: str, every: bool) -> dict[str, int]:
    """The files in the order of their evaluation: with `every` import, or with those surely needed."""
    done: dict[str, int] = {}
    entered = {entry}
    stack = [(entry, iter(loads_of(project, entry)))]
    while stack:
        path, rest = stack[-1]
        load = next(rest, None)
        if load is None:
            done[path] = len(done)
            stack.pop()
        elif (every or load.sure) and load.path not in entered:
            entered.add(load.path)
            stack.append((load.path, iter(loads_of(project, load.path))))
    return done


def undefined_in(project: Project, entry: str, path: str, ref: Ref) -> bool:
    """Is a class surely undefined while a file that imports it is evaluated?"""
    if path == ref.path:
        return False
    for every in (True, False):
        done = _order(project, entry, every)
        here, there = done.get(path), done.get(ref.path)
        if here is None or there is None or there < here:
            return False
    return True


# --- what is used while a file is evaluated --------------------------------------------------------


def _used(facts: FileFacts) -> set[str]:
    """First names of what the statements of a file use, bodies of functions left out."""
    found: set[str] = set()
    stack: list[Expr] = [const.value for const in facts.consts]
    for cls in facts.classes:
        if cls.inside:
            continue
        stack += _expressions(cls)
        for kind in _emitted(cls):
            found.update(_heads(kind))
    while stack:
        expr = stack.pop()
        if name := dotted(expr):
            found.add(name.partition(".")[0])
            continue
        match expr:
            case Fn():
                continue
            case Call(callee=callee) | New(callee=callee):
                stack.append(callee)
            case Member(object=inner):
                stack.append(inner)
            case Cond(test=test):
                stack.append(test)
            case Name() | Op():
                pass
            case _:
                pass
        stack += parts_of(expr)
    found.update(e.local.partition(".")[0] for e in facts.exports if not e.module and not e.type_only)
    return found


def _decorators(cls: Class) -> Iterator[Decorator]:
    yield from cls.decorators
    for param in cls.ctor or ():
        yield from param.decorators
    for prop in cls.properties:
        yield from prop.decorators
    for method in cls.methods:
        yield from method.decorators
        for param in method.params:
            yield from param.decorators


def _expressions(cls: Class) -> Iterator[Expr]:
    if cls.extends is not None:
        yield cls.extends
    for decorator in _decorators(cls):
        yield decorator.expr
    for prop in cls.properties:
        if prop.static and prop.value is not None:
            yield prop.value


def _emitted(cls: Class) -> Iterator[Type]:
    """The types that the compiler writes down as metadata."""
    if cls.ctor is not None and (cls.decorators or any(p.decorators for p in cls.ctor)):
        yield from (p.type for p in cls.ctor if p.type is not None)
    yield from (p.type for p in cls.properties if p.decorators and p.type is not None)
    for method in cls.methods:
        if method.decorators or any(p.decorators for p in method.params):
            yield from (p.type for p in method.params if p.type is not None)


def _heads(kind: Type) -> Iterable[str]:
    match kind:
        case TName(name=name):
            return (name.partition(".")[0],)
        case TUnion(of=parts):
            return [head for part in parts for head in _heads(part)]
        case TArray():
            return ()
        case _:
            return ()


__all__ = ["Load", "loads_of", "undefined_in"]
