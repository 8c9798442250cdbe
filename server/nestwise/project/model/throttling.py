"""Which handlers `@nestjs/throttler` limits, and which it does not though it limits others.

Checked by running version 6: `@SkipThrottle()` skips the throttler named `default`, and no other one; a
method's decorator wins over its class's; `@Throttle` without the guard limits nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.facts import Arr, Call, Expr, Fn, Lit, Member, Name, Obj, literal
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import Application, applications, applications_with
from nestwise.project.model.classes import class_decorators, lineage, method_decorators
from nestwise.project.model.decorators import Applied
from nestwise.project.model.guards import Does, guard_of
from nestwise.project.model.handlers import Handler, handlers_of
from nestwise.project.model.middleware import plan_of, routes_by_handler, running
from nestwise.project.model.pipeline import Step, local_pipeline, pipeline_of, unreadable_decorator
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, Symbol, resolve, value_of

_PACKAGE = "@nestjs/throttler"
_LIMITS = re.compile(r"throttl|rate.?limit|slow.?down|brute|captcha", re.I)
"""Names of what limits requests, or asks for a proof that a person makes them."""


class Limit(Struct, frozen=True):
    state: str
    """limited, skipped (its own decorators take it out), outside (only others are limited), or unknown, also
    where nothing is limited."""
    by: Symbol | None = None
    """Of one that is outside: the guard that limits most of the other handlers of its kind."""


UNKNOWN_LIMIT = Limit("unknown")


@question
def limit_of(project: Project, handler: Handler) -> Limit:
    """Is a handler limited? The same in all applications that have it, else it is unknown."""
    apps = applications_with(project, handler.controller)
    found = {_limit_in(project, handler, app) for app in apps}
    return found.pop() if len(found) == 1 else UNKNOWN_LIMIT


def _limit_in(project: Project, handler: Handler, app: Application) -> Limit:
    if not app.complete or not app.globals_complete or not app.middleware_complete:
        return UNKNOWN_LIMIT
    steps = pipeline_of(project, handler, app)
    guards = [(guard_of(project, step.here), step) for step in steps.guards]
    if any(guard.does is Does.THROTTLES for guard, _ in guards):
        return Limit("skipped") if _skips(project, handler) else Limit("limited")
    if unreadable_decorator(project, handler) or any(g.does is Does.UNKNOWN for g, _ in guards):
        return UNKNOWN_LIMIT
    decorators = (*method_decorators(project, handler.declared, handler.method), *_on_class(project, handler))
    named = [step.name for step in (*steps.guards, *steps.interceptors)]
    if any(name in ("", "?") for name in named):
        return UNKNOWN_LIMIT
    named += _decorating(decorators)
    named += _before(project, handler, app)
    if any(map(_LIMITS.search, named)):
        return Limit("limited")
    by = limiting_guard(project, app.number, handler.kind)
    return Limit("outside", by) if by is not None else UNKNOWN_LIMIT


def _decorating(decorators: tuple[Applied, ...]) -> Iterator[str]:
    """The names of decorators, those of the throttler left out: without its guard they do nothing."""
    for symbol in (s for d in decorators for s in (d.symbol, *d.via)):
        if isinstance(symbol, Ref) or (isinstance(symbol, Ext) and symbol.package != _PACKAGE):
            yield symbol.name


def _before(project: Project, handler: Handler, app: Application) -> Iterator[str]:
    """The names of middleware before a handler."""
    for route in routes_by_handler(project, app.number).get(handler, ()):
        for ran in running(project, plan_of(project, app.number), route):
            if isinstance(ran.symbol, Ref | Ext):
                yield f"{ran.symbol.name} {getattr(ran.symbol, 'package', '')}"


def _on_class(project: Project, handler: Handler) -> tuple[Applied, ...]:
    return tuple(
        d for base in lineage(project, handler.controller).refs for d in class_decorators(project, base)
    )


@question
def limiting_guard(project: Project, number: int, kind: str) -> Symbol | None:
    """The guard that limits most handlers of a kind in the application with a number."""
    app = applications(project)[number]
    counts: Counter[Symbol] = Counter()
    for controller in (*app.controllers, *(p.controller for p in app.provided)):
        for handler in handlers_of(project, controller):
            if handler.kind == kind:
                counts.update(_limiting(project, local_pipeline(project, handler).guards))
    found = counts.most_common(1)
    return found[0][0] if found else None


def _limiting(project: Project, steps: tuple[Step, ...]) -> set[Symbol]:
    guards = (guard_of(project, step.here) for step in steps)
    return {g.symbol for g in guards if g.does is Does.THROTTLES and isinstance(g.symbol, Ref | Ext)}


# --- what is skipped -------------------------------------------------------------------------


def _skips(project: Project, handler: Handler) -> bool:
    """Do the decorators of a handler surely take it out of every throttler?"""
    names = throttlers(project)
    own = _skipped(project, method_decorators(project, handler.declared, handler.method))
    above = _skipped(project, _on_class(project, handler))
    return bool(names) and all(own.get(n, above.get(n, False)) is True for n in names)


def _skipped(project: Project, decorators: tuple[Applied, ...]) -> dict[str, bool | None]:
    """By the name of a throttler, whether `@SkipThrottle` skips it."""
    found: dict[str, bool | None] = {}
    for deco in decorators:
        if not deco.is_from(_PACKAGE, "SkipThrottle"):
            continue
        given = deco.arg(0)
        if given is None:
            found.setdefault("default", True if deco.certain else None)
            continue
        shown = value_of(project, given)
        for entry in shown.expr.entries if isinstance(shown.expr, Obj) else ():
            value = literal(value_of(project, Here(shown.path, entry.value)).expr)
            found.setdefault(entry.key, value if deco.certain else None)
    return found


@question
def throttlers(project: Project) -> tuple[str, ...]:
    """The names of all throttlers that modules set up; empty where they cannot all be told."""
    found: list[str | None] = []
    for path in project.with_kind(Kind.THROTTLER):
        for cls in project.facts(path).classes:
            for deco in cls.decorators:
                imports = deco.args[0].get("imports") if deco.args and isinstance(deco.args[0], Obj) else None
                for item in imports.items if isinstance(imports, Arr) else ():
                    found += _set_up(project, path, item)
    return () if None in found else tuple(name for name in found if name is not None)


def _set_up(project: Project, path: str, item: Expr) -> list[str | None]:
    """The names in `ThrottlerModule.forRoot(…)`; nothing for another module."""
    if not isinstance(item, Call) or not isinstance(item.callee, Member):
        return []
    owner = item.callee.object
    symbol = resolve(project, path, owner.id) if isinstance(owner, Name) else None
    if symbol != Ext(_PACKAGE, "ThrottlerModule"):
        return []
    given = value_of(project, Here(path, item.args[0])) if item.args else None
    if given is None:
        return [None]
    if item.callee.name != "forRootAsync":
        return _names(project, given)
    factory = given.expr.get("useFactory") if isinstance(given.expr, Obj) else None
    returned = factory.returns if isinstance(factory, Fn) else ()
    return _names(project, Here(given.path, returned[0])) if len(returned) == 1 else [None]


def _names(project: Project, given: Here) -> list[str | None]:
    shown = value_of(project, given)
    match shown.expr:
        case Arr(items=items):
            return [name for item in items for name in _names(project, Here(shown.path, item))]
        case Obj() as options if (several := options.get("throttlers")) is not None:
            return _names(project, Here(shown.path, several))
        case Obj() as options if options.closed:
            name = options.get("name")
            if name is None:
                return ["default"]
            text = value_of(project, Here(shown.path, name)).expr
            return [text.value if isinstance(text, Lit) and text.kind == "string" else None]
        case _:
            return [None]


__all__ = ["Limit", "limit_of", "limiting_guard", "throttlers"]
