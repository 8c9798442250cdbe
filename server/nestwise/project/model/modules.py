"""What a module imports, provides, declares and exports, dynamic modules included."""

from __future__ import annotations

import re

from msgspec.structs import replace

from nestwise.project.facts import Arr, Call, Cond, Expr, Fn, Lit, Member, Name, Obj, Op, Opaque, dotted
from nestwise.project.model.classes import NEST, class_decorators, lineage
from nestwise.project.model.configure import bindings_of, is_configurable, names_configurable
from nestwise.project.model.folding import Element, Folded, fold, held_by
from nestwise.project.model.module_records import Imported, Module, opaque
from nestwise.project.model.mounts import Mounted, routes_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.providers import CORE, Provider, provider_of
from nestwise.project.model.scopes import DEPTH, Val, called, entry, look, symbol_in
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Ref,
    Symbol,
    Unknown,
    class_of,
)


@question
def module_of(project: Project, ref: Ref) -> Module:
    """The module that a class is; with every list incomplete where that cannot be read."""
    line = lineage(project, ref)
    middleware, whole = bindings_of(project, ref)
    plain = line.complete
    for base in line.refs:  # metadata is inherited through the prototype
        decorators = class_decorators(project, base)
        plain = plain and all(d.symbol is not UNKNOWN for d in decorators)
        found = next((d for d in decorators if d.is_from(NEST, "Module")), None)
        if found is None:
            continue
        given = found.arg(0)
        val = Val(given.path, given.expr) if given else Val(base.path, Obj(()))
        own = _metadata(project, ref, val)
        shared = own.is_global or any(d.is_from(NEST, "Global") for d in decorators)
        return replace(own, is_global=shared, middleware=middleware, middleware_complete=whole)
    # A class without metadata is a module too, with what a dynamic import adds.
    own = Module(ref) if plain else opaque(ref)
    return replace(own, middleware=middleware, middleware_complete=whole and plain)


def _metadata(project: Project, ref: Symbol, val: Val, depth: int = 0) -> Module:
    """What `@Module(…)` is given: an object, or a call that gives one."""
    shown = look(project, val)
    if not isinstance(shown.expr, Call):
        return contents(project, ref, shown)
    returned = called(project, shown, shown.expr) if depth < DEPTH else ()
    found = [_metadata(project, ref, r, depth + 1 + len(returned)) for r in returned]
    if len(found) == 1:
        return found[0]
    return _either(ref, found) if found else opaque(ref)


def _either(ref: Symbol, found: list[Module]) -> Module:
    """One of several: everything is listed, nothing is certain."""
    return Module(
        ref,
        imports=tuple(
            replace(i, certain=i.certain and all(_has_import(other, i) for other in found))
            for m in found
            for i in m.imports
        ),
        providers=tuple(
            replace(p, certain=p.certain and all(_has_provider(other, p) for other in found))
            for m in found
            for p in m.providers
        ),
        controllers=tuple(dict.fromkeys(c for m in found for c in m.controllers)),
        exports=tuple(dict.fromkeys(e for m in found for e in m.exports)),
        is_global=any(m.is_global for m in found),
        imports_complete=all(m.imports_complete for m in found),
        providers_complete=all(m.providers_complete for m in found),
        controllers_complete=all(m.controllers_complete for m in found),
        exports_complete=all(m.exports_complete for m in found),
        doubtful=tuple(
            {
                s: None
                for m in found
                for s in (*m.controllers, *m.exports)
                if not isinstance(s, str) and not all(s in (*o.controllers, *o.exports) for o in found)
            }
        ),
        mounts_complete=False,
        enhancers_complete=all(m.enhancers_complete for m in found),
    )


def _has_import(module: Module, wanted: Imported) -> bool:
    return any(i.certain and (i.symbol, i.adds) == (wanted.symbol, wanted.adds) for i in module.imports)


def _has_provider(module: Module, wanted: Provider) -> bool:
    return any(p.certain and p.token == wanted.token != UNKNOWN for p in module.providers)


def contents(project: Project, ref: Symbol, val: Val, depth: int = 0) -> Module:
    """The lists of a metadata object or of a dynamic module's object."""
    imports, imports_complete = _imports(project, val, depth)
    providers = _list(project, val, "providers")
    controllers = _list(project, val, "controllers")
    exports = _list(project, val, "exports")
    shared = _shared(project, val)
    symbols = [(_class_in(project, e), e.certain) for e in controllers.elements]
    handed = [(_export(project, e), e.certain) for e in exports.elements]
    provided = tuple(provider_of(project, e.val, e.certain) for e in providers.elements)
    return Module(
        ref,
        imports=tuple(i for i, _, _ in imports),
        providers=provided,
        controllers=tuple(s for s, _ in symbols if s is not UNKNOWN),
        exports=tuple(s for s, _ in handed if s is not UNKNOWN),
        is_global=shared is True,
        global_told=shared is not None,
        imports_complete=imports_complete and all(i.symbol is not UNKNOWN for i, _, _ in imports),
        providers_complete=providers.complete,
        controllers_complete=controllers.complete and all(s is not UNKNOWN for s, _ in symbols),
        exports_complete=exports.complete and all(s is not UNKNOWN for s, _ in handed),
        doubtful=tuple(
            s for s, sure in (*symbols, *handed) if not sure and not isinstance(s, (str, Unknown))
        ),
        mounts=tuple(m for _, found, _ in imports for m in found),
        mounts_complete=all(known for _, _, known in imports),
        enhancers_complete=providers.complete and not any(_may_enhance(p) for p in provided),
    )


_BINDS = re.compile(r"guard|auth|pipe|intercept|enhancer|global", re.I)


def _may_enhance(provider: Provider) -> bool:
    """An unreadable provider that may be `{ provide: APP_GUARD, … }`, by what it is called. What is called
    after a filter binds one, which no check waits for."""
    if provider.token is not UNKNOWN:
        return False
    expr = provider.here.expr
    return bool(_BINDS.search(dotted(getattr(expr, "callee", expr)))) or isinstance(expr, Obj)


def _shared(project: Project, val: Val) -> bool | None:
    """Does an object say `global: true`? None where that cannot be told."""
    said = entry(project, val, "global")
    if said is None and isinstance(val.expr, Obj) and (written := val.expr.get("global")) is not None:
        said = val.at(written)  # whatever is spread in beside it
    shown = look(project, said).expr if said is not None else None
    if isinstance(shown, Lit):
        return shown.value == "true"
    return None if shown is not None or isinstance(val.expr, Obj) else False


def _list(project: Project, val: Val, key: str) -> Folded:
    if isinstance(val.expr, Obj) and (own := _getter(val.expr, key)):
        key = own
    found = entry(project, val, key)
    return fold(project, found) if found is not None else Folded((), False)


def _getter(written: Obj, key: str) -> str:
    """The other list of `get exports() { return this.providers; }`."""
    match written.get(key):
        case Fn(params=(), returns=(Member(Name("this"), name),)):
            return name
        case _:
            return ""


def _class_in(project: Project, element: Element) -> Symbol:
    return symbol_in(project, element.val)


def _export(project: Project, element: Element) -> Symbol | str:
    val = look(project, element.val)
    match val.expr:
        case Lit(kind="string", value=text):
            return text
        case Call(callee=Member(object=inner)):
            return symbol_in(project, val.at(inner))
        case Call(args=(Fn(returns=(only,)),)):
            return symbol_in(project, val.at(only))
        case Obj():
            return provider_of(project, val).token
        case _:
            return symbol_in(project, element.val)


def import_of(project: Project, val: Val) -> Imported:
    """The module that an expression stands for, outside of a list: the root of an application."""
    found = _import(project, val, True, 0)
    return found[0][0] if len(found) == 1 else Imported(UNKNOWN)


_Found = tuple[Imported, tuple[Mounted, ...], bool]
"""An import, the paths that it mounts, and whether those are all."""


def _imports(project: Project, val: Val, depth: int) -> tuple[list[_Found], bool]:
    found = _list(project, val, "imports")
    out: list[_Found] = []
    for element in found.elements:
        out += _held(_import(project, element.val, element.certain, depth), element.held)
    return out, found.complete


def _held(found: list[_Found], by: str) -> list[_Found]:
    """Imports of what a constant holds."""
    if not by:
        return found
    return [(i if i.held or i.adds is None else replace(i, held=by), m, known) for i, m, known in found]


def _import(project: Project, val: Val, certain: bool, depth: int) -> list[_Found]:
    if depth > DEPTH:
        return [_plain(Imported(UNKNOWN, certain=certain))]
    symbol = symbol_in(project, val)
    if isinstance(symbol, Ext) or (isinstance(symbol, Ref) and class_of(project, symbol) is not None):
        return [_plain(Imported(symbol, certain=certain))]
    return _held(_made(project, look(project, val), certain, depth), held_by(project, val))


def _made(project: Project, shown: Val, certain: bool, depth: int) -> list[_Found]:
    """What an expression that is no name imports."""
    match shown.expr:
        case Obj():
            return [_plain(_literal(project, shown, certain, depth))]
        case Call() as call:
            return _of_call(project, shown, call, certain, depth)
        case Cond(then=then, other=other) | Op(op="||" | "??", left=then, right=other) if then is not None:
            both = [_import(project, shown.at(e), False, depth + 1) for e in (then, other)]
            return _chosen(shown.expr, both, certain)
        case Op(op="&&", right=right):
            return _import(project, shown.at(right), False, depth + 1)
        case Lit(kind="undefined" | "null" | "boolean"):
            return []
        case _:
            return [_plain(Imported(UNKNOWN, certain=certain))]


def _chosen(choice: Expr, ways: list[list[_Found]], certain: bool) -> list[_Found]:
    """The imports of which a condition takes one."""
    if not certain or any(len(way) != 1 or way[0][0].choice is not None for way in ways):
        return [found for way in ways for found in way]
    return [
        (replace(imported, choice=choice, outcomes=len(ways)), mounted, known)
        for ((imported, mounted, known),) in ways
    ]


def _plain(imported: Imported) -> _Found:
    return imported, (), True


def _literal(project: Project, val: Val, certain: bool, depth: int) -> Imported:
    """`{ module: X, providers: […] }`."""
    named = entry(project, val, "module")
    symbol = symbol_in(project, named) if named is not None else UNKNOWN
    return Imported(symbol, contents(project, symbol, val, depth + 1), dynamic=True, certain=certain)


def _of_call(project: Project, val: Val, call: Call, certain: bool, depth: int) -> list[_Found]:
    symbol = symbol_in(project, val.at(call.callee))
    if isinstance(symbol, Ext):
        return _of_package(project, val, call, symbol, certain, depth)
    returned = called(project, val, call)
    if returned:
        sure = certain and len(returned) == 1
        ways = [_returned(project, r, sure, depth + 1) for r in returned]
        return ways[0] if len(ways) == 1 else _chosen(call, ways, certain)
    if isinstance(call.callee, Member):
        return [_plain(_unread(project, val, call, call.callee, certain, depth))]
    return [_plain(Imported(UNKNOWN, dynamic=True, certain=certain))]


def _returned(project: Project, val: Val, certain: bool, depth: int) -> list[_Found]:
    """What a static method hands back; an object that spreads a dynamic module of its base counts."""
    shown = look(project, val)
    if not isinstance(shown.expr, Obj):
        return _import(project, val, certain, depth)
    found = _literal(project, shown, certain, depth)
    if shown.expr.closed:
        return [_plain(found)]
    for item in shown.expr.entries:
        inner = look(project, shown.at(item.value))
        if item.key != "..." or not isinstance(inner.expr, Call):
            continue
        for base, _, _ in _of_call(project, inner, inner.expr, certain, depth + 1):
            found = _over(base, found, shown.expr)
    return [_plain(found)]


def _over(base: Imported, found: Imported, written: Obj) -> Imported:
    """A dynamic module spread into an object, whose own keys win."""
    own, below = found.adds, base.adds
    symbol = base.symbol if found.symbol is UNKNOWN else found.symbol
    if own is None or below is None:
        return replace(found, symbol=symbol)
    for key in ("imports", "providers", "controllers", "exports"):
        flag = f"{key}_complete"
        if written.get(key) is None:
            own = replace(own, **{key: getattr(below, key), flag: getattr(below, flag)})
            if key == "providers":
                own = replace(own, enhancers_complete=below.enhancers_complete)
    if written.get("global") is None:
        own = replace(own, is_global=below.is_global, global_told=below.global_told)
    return replace(found, symbol=symbol, adds=replace(own, ref=symbol))


def _unread(project: Project, val: Val, call: Call, callee: Member, certain: bool, depth: int) -> Imported:
    """A static method that is not in the workspace: of a package's module, or inherited from one."""
    owner = symbol_in(project, val.at(callee.object))
    above_all = dotted(callee.object) in ("super", "this")
    current = val.scope.get("this") if above_all else None
    target = symbol_in(project, current) if current is not None else owner
    if isinstance(target, Ref) and is_configurable(project, target):
        from nestwise.project.model.configurable import dynamic_of  # few projects have one

        made = dynamic_of(project, target, val, call)
        if made is not None:
            return _literal(project, made, certain, depth)
    if isinstance(owner, Ref) and class_of(project, owner) is not None:
        known = is_configurable(project, owner)
    elif above_all:
        above = val.scope.get("super")
        known = above is not None and names_configurable(project, above.path, above.expr)
    else:
        return Imported(owner, dynamic=True, certain=certain)
    adds = Module(target, providers_complete=False) if known else opaque(target)
    return Imported(target, adds, dynamic=True, certain=certain)


def _of_package(
    project: Project, val: Val, call: Call, symbol: Ext, certain: bool, depth: int
) -> list[_Found]:
    args = [val.at(a) for a in call.args]
    last = symbol.name.rpartition(".")[2]
    owner = Ext(symbol.package, symbol.name.rpartition(".")[0] or symbol.name)
    if last == "forwardRef" and args:
        inner = look(project, args[0])
        returns = inner.expr.returns if isinstance(inner.expr, Fn) else ()
        target = inner.at(returns[0]) if returns else inner.at(Opaque("missing"))
        return [(replace(i, forward=True), m, c) for i, m, c in _import(project, target, certain, depth + 1)]
    if symbol.name == "ConditionalModule.registerWhen" and args:
        return _import(project, args[0], False, depth + 1)
    if symbol.name == "RouterModule.register" and symbol.package == CORE:
        mounts = routes_of(project, args[0] if args else val.at(Arr(())), "", 0)
        complete = all(m.module is not UNKNOWN for m in mounts)
        return [(Imported(owner, dynamic=True, certain=certain), tuple(mounts), complete)]
    from nestwise.project.model.packages import is_shared, made_by_package  # many have none of those

    found = [i for arg in args for i in _given(project, arg, depth)]
    adds = made_by_package(project, val, call, owner, last)
    if adds is None:
        adds = replace(opaque(owner), is_global=is_shared(project, val, call, owner, last))
    adds = replace(adds, imports=tuple(found))
    return [_plain(Imported(owner, adds, dynamic=True, certain=certain))]


def _given(project: Project, val: Val, depth: int) -> list[Imported]:
    """`imports` of the options that a package's module gets (`registerAsync`): it imports them, too."""
    shown = look(project, val)
    if not isinstance(shown.expr, Obj) or shown.expr.get("imports") is None:
        return []
    return [i for i, _, _ in _imports(project, shown, depth + 1)[0]]


__all__ = ["Imported", "Module", "Mounted", "Provider", "contents", "import_of", "module_of", "provider_of"]
