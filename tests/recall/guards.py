from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nestwise.api import (
    Access,
    Application,
    Call,
    Does,
    Edit,
    Ext,
    File,
    Here,
    Method,
    Name,
    Project,
    Ref,
    Span,
    access_of,
    applications,
    applications_with,
    applied,
    asking_keys,
    class_of,
    doing_of,
    followed,
    guard_of,
    handlers_in,
    inputs_of,
    limit_of,
    not_injected,
    open_on_purpose,
    package_of,
    parts_of,
    prop_taken,
    props_given,
    public_markers,
    readers_of,
    resolve,
    throttlers,
    with_decorators,
)
from nestwise.project.model.identity import asks
from nestwise.project.model.middleware import used_by
from nestwise.project.model.pipeline import route_metadata

from tests.recall.mutation import Mutant, breaks, decorators_named, importing, method_of, without

_THROTTLER = re.compile(rb"\{\s*provide:\s*APP_GUARD,\s*useClass:\s*ThrottlerGuard,?\s*\},?\s*")
_MODULE = re.compile(rb"ThrottlerModule\.forRoot")
_FOR_ROUTES = re.compile(rb"\s*\.forRoutes\([^()]*\)(?=;|\s*$)", re.M)


@breaks("guards/unguarded-route")
def guard_of_a_write_removed(file: File, project: Project) -> Iterator[Mutant]:
    found = [h for h in handlers_in(project, file.path) if h.declared == h.controller and h.kind == "http"]
    guarded = [h for h in found if access_of(project, h) is Access.GUARDED]
    for handler in guarded:
        method = method_of(project, file, handler)
        others = [h for h in guarded if h.controller == handler.controller and h.method != handler.method]
        if method is None or not others or handler.verb not in ("PUT", "PATCH", "DELETE"):
            continue
        edits = tuple(without(file, d.at) for d in decorators_named(method.decorators, "UseGuards"))
        takes_the_user = any(given.source == "custom" for given in inputs_of(project, handler))
        if edits and not takes_the_user:  # without a guard that is another rule's finding
            yield Mutant(edits, method.name_at.span)


@breaks("guards/throttler-unbound")
def throttler_guard_unbound(file: File, project: Project) -> Iterator[Mutant]:
    bound, module = _THROTTLER.search(file.data), _MODULE.search(file.data)
    if bound and module:
        yield Mutant((Edit(Span(bound.start(), bound.end()), ""),), Span(module.start(), module.end()))


@breaks("guards/always-allows")
def check_switched_off(file: File, project: Project) -> Iterator[Mutant]:
    for cls in file.facts.classes:
        method = cls.method("canActivate")
        if method is not None and not cls.abstract and not cls.inside:
            yield Mutant((Edit(method.body_at.span, "{ return true; }"),), method.name_at.span)


@breaks("guards/guard-instance")
def guard_made_by_hand(file: File, project: Project) -> Iterator[Mutant]:
    for cls in file.facts.classes:
        every = (*cls.decorators, *(d for m in cls.methods for d in m.decorators))
        for decorator in decorators_named(every, "UseGuards"):
            for arg in (a for a in decorator.args if isinstance(a, Name)):
                guard = followed(project, resolve(project, file.path, arg.id))
                if isinstance(guard, Ref) and class_of(project, guard) and not_injected(project, guard, 0):
                    yield Mutant((Edit(arg.at.span, f"new {arg.id}()"),), decorator.at.span)


@breaks("guards/middleware-without-routes")
def routes_of_middleware_removed(file: File, project: Project) -> Iterator[Mutant]:
    for found in _FOR_ROUTES.finditer(file.data) if b"MiddlewareConsumer" in file.data else ():
        apply = file.data.rfind(b".apply(", 0, found.start())
        if apply >= 0:
            yield Mutant((Edit(Span(found.start(), found.end()), ""),), Span(apply, apply + 6))


@breaks("guards/roles-without-guard")
def guard_that_reads_roles_removed(file: File, project: Project) -> Iterator[Mutant]:
    for cls in file.facts.classes:
        for target in (cls.decorators, *(method.decorators for method in cls.methods)):
            asking = [d for d in target if asking_keys(project, file.path, d)]
            readers = {
                r for d in asking for k in asking_keys(project, file.path, d) for r in readers_of(project, k)
            }
            for decorator in decorators_named(target, "UseGuards") if asking else ():
                names = [arg for arg in decorator.args if isinstance(arg, Name)]
                last = names[-1] if names and names[-1] == decorator.args[-1] else None
                if last is None or followed(project, resolve(project, file.path, last.id)) not in readers:
                    continue
                start = file.data.rfind(b",", decorator.at.start, last.at.start)
                cut = without(file, decorator.at) if start < 0 else Edit(Span(start, last.at.end), "")
                yield Mutant((cut,), asking[0].at.span)


@breaks("guards/override-drops-guards")
def inherited_route_overridden(file: File, project: Project) -> Iterator[Mutant]:
    """A controller gets a method that overrides a route of its base, and is none."""
    for handler in handlers_in(project, file.path):
        base = class_of(project, handler.declared)
        cls = next((c for c in file.facts.classes if c.name == handler.controller.name), None)
        if cls is None or cls.abstract or base is None or handler.declared == handler.controller:
            continue
        method = base.method(handler.method)
        if method is not None and handler.kind == "http":
            at = cls.body_at.start
            yield Mutant(
                (Edit(Span(at, at), f"\n  {handler.method}() {{ return null as any; }}\n"),), Span(at, at)
            )


@breaks("guards/guard-order")
def guards_turned_round(file: File, project: Project) -> Iterator[Mutant]:
    """Where the guard that asks for rights asks that route, and no other decorator says who calls."""
    for handler in handlers_in(project, file.path):
        method = method_of(project, file, handler)
        cls = class_of(project, handler.declared)
        every = (*(method.decorators if method else ()), *(cls.decorators if cls else ()))
        bound = list(decorators_named(every, "UseGuards"))
        for decorator in bound:
            others = [Here(file.path, arg) for d in bound if d is not decorator for arg in d.args]
            for one, two in pairwise(decorator.args):
                if not isinstance(two, Name):
                    continue
                first, second = (doing_of(project, Here(file.path, arg)) for arg in (one, two))
                at = one.at if isinstance(one, (Name, Call)) else None
                guard = guard_of(project, Here(file.path, two))
                rights = guard.does is Does.AUTHORISES and asks(guard, route_metadata(project, handler))
                needed = first.gives & second.takes
                if at and rights and needed and not any(needed & doing_of(project, o).gives for o in others):
                    texts = [file.data[a.start : a.end].decode() for a in (two.at, at)]
                    edits = tuple(Edit(a.span, text) for a, text in zip((at, two.at), texts, strict=True))
                    yield Mutant(edits, decorator.at.span)


@breaks("guards/user-without-auth")
def guard_that_sets_the_user_removed(file: File, project: Project) -> Iterator[Mutant]:
    """The only one of a handler that an application serves, that uses the user and never tests it."""
    for handler in handlers_in(project, file.path):
        method, cls = method_of(project, file, handler), class_of(project, handler.declared)
        apps = applications_with(project, handler.controller)
        name = _used(file, project, method) if method is not None else ""
        if method is None or cls is None or not name:
            continue
        if handler.kind == "field":  # the query that its object is of may have set it
            continue
        if (not apps and applications(project)) or any(_keeps_sessions(project, app) for app in apps):
            continue
        asking = [
            d
            for d in decorators_named((*method.decorators, *cls.decorators), "UseGuards")
            if any(_sets(project, Here(file.path, arg), name) for arg in d.args)
        ]
        if len(asking) == 1 and asking[0] in method.decorators:
            yield Mutant((without(file, asking[0].at),), method.name_at.span)


def _sets(project: Project, guard: Here, name: str) -> bool:
    return guard_of(project, guard).may_authenticate and name in doing_of(project, guard).gives


def _used(file: File, project: Project, method: Method) -> str:
    """The property of the request that a handler uses, and never tests; empty for none."""
    body = file.data[method.body_at.start : method.body_at.end]
    for param in method.params:
        name = re.escape(param.name.encode())
        tested = re.search(rb"!%s\b|\b%s(?:\?\.| \?|\))" % (name, name), body)
        if param.name and re.search(rb"\b%s\b" % name, body) and not (tested and b"if (" in body):
            for deco in applied(project, file.path, param.decorators):
                taken = prop_taken(project, deco.symbol)
                if taken in props_given(project, package_of(project, file.path)):
                    return taken
    return ""


def _keeps_sessions(project: Project, app: Application) -> bool:
    """Does passport take the user out of a session, whatever guards there are?"""
    used = [used_by(project, here) for here in app.uses]
    return any(isinstance(s, Ext) and "passport" in s.package and "session" in s.name for s in used)


@breaks("guards/login-not-throttled")
def login_taken_out_of_the_limits(file: File, project: Project) -> Iterator[Mutant]:
    """Where the throttler that is skipped is the only one."""
    for handler in handlers_in(project, file.path):
        method = method_of(project, file, handler)
        known = access_of(project, handler) is Access.GUARDED
        if method is None or known or handler.verb != "POST" or "login" not in parts_of(handler.method):
            continue
        if limit_of(project, handler).state == "limited" and throttlers(project) == ("default",):
            edit, name = importing(file, "SkipThrottle", "@nestjs/throttler")
            at = method.at.start
            yield Mutant((edit, Edit(Span(at, at), f"@{name}() ")), method.name_at.span)


@breaks("guards/gateway-unguarded")
def guard_of_a_gateway_removed(file: File, project: Project) -> Iterator[Mutant]:
    for handler in handlers_in(project, file.path):
        method, cls = method_of(project, file, handler), class_of(project, handler.declared)
        if handler.kind != "gateway" or method is None or cls is None:
            continue
        for decorator in decorators_named((*cls.decorators, *method.decorators), "UseGuards"):
            yield Mutant((without(file, decorator.at),), method.name_at.span)


@breaks("guards/public-write")
def write_made_public(file: File, project: Project) -> Iterator[Mutant]:
    """With the marker of the project, where no words say that strangers are meant to write."""
    for handler in handlers_in(project, file.path):
        method = method_of(project, file, handler)
        if (
            method is None
            or handler.verb not in ("PUT", "PATCH", "DELETE")
            or open_on_purpose(project, handler)
        ):
            continue
        if access_of(project, handler) is not Access.GUARDED or handler.declared != handler.controller:
            continue
        markers = public_markers(project, handler)
        marker = next((m for m in markers if "ublic" in m.text), None)  # others may open one guard of several
        edits = with_decorators(file, project, [marker], method.at.start) if marker else None
        if edits:
            yield Mutant(edits, method.name_at.span)
