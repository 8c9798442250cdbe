"""Enhancers that classes bind with decorators: Nest makes them in the module of the class that binds them."""

from __future__ import annotations

from nestwise.project.facts import Method, Spread
from nestwise.project.model.classes import NEST, class_decorators, declaring, lineage, method_decorators
from nestwise.project.model.decorators import applied
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, symbol_in
from nestwise.project.model.symbols import Ext, Here, Ref, Symbol, class_of, items_of

_USES = ("UseGuards", "UseInterceptors", "UseFilters", "UsePipes")


@question
def enhancers_of(project: Project, ref: Ref) -> tuple[Symbol, ...]:
    """The classes of guards, pipes, interceptors and filters that a class binds: instances left out."""
    found: dict[Symbol, None] = {}
    seen: set[str] = set()
    line = lineage(project, ref).refs
    for base in line:
        used = (d for d in class_decorators(project, base) if d.is_from(NEST, *_USES))
        _gather(project, [a for d in used for a in d.args], found)
    for base in line:
        cls = class_of(project, base)
        for method in cls.methods if cls else ():
            if method.static or method.name in seen:
                continue
            seen.add(method.name)
            decorators = method_decorators(project, base, method.name) if method.decorators else ()
            _gather(project, [a for d in decorators if d.is_from(NEST, *_USES) for a in d.args], found)
            _gather(project, _of_params(project, base, method), found, "transform")
    return tuple(found)


def _of_params(project: Project, ref: Ref, method: Method) -> list[Here]:
    """The pipes of a handler's parameters: `@Body(TrimPipe)`."""
    return [
        arg
        for param in method.params
        if param.decorators
        for deco in applied(project, ref.path, param.decorators)
        if isinstance(deco.symbol, (Ext, Ref))
        for arg in deco.args
    ]


def _gather(project: Project, given: list[Here], found: dict[Symbol, None], method: str = "") -> None:
    """Takes the classes; with `method` only those that have such a method."""
    for here in given:
        spread = isinstance(here.expr, Spread)
        inner = Here(here.path, here.expr.value) if isinstance(here.expr, Spread) else here
        for item in items_of(project, inner).items if spread else (inner,):
            symbol = symbol_in(project, Val(item.path, item.expr))
            if isinstance(symbol, Ext) and symbol.package and (not method or symbol.name.endswith("Pipe")):
                found[symbol] = None
            if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
                continue
            if not method or declaring(project, symbol, method) is not None:
                found[symbol] = None
