"""Classes that are guards: which they are, whether they refuse anybody, where they stand in for others."""

from __future__ import annotations

import re

from nestwise.project.facts import Cond, Expr
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import applications
from nestwise.project.model.classes import NEST, lineage
from nestwise.project.model.expressions import parts_of
from nestwise.project.model.guard_bodies import only_looks, rejects
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, class_of, followed, resolve, symbol_of

_STANDS_IN = re.compile(
    r"(?i)^(?:test|dev|local|public|open)?(?:noop|no_?op|dummy|fake|mock|stub|null|empty|allow|permit|pass|skip|open)"
    r"|always|allow_?all|pass_?through|bypass|no_?auth|disabled"
)
"""Names that say that a guard lets everybody pass."""


@question
def is_guard(project: Project, ref: Ref) -> bool:
    """Is a class a guard of Nest's: by its interface, or by a guard of a package that it extends?"""
    line = lineage(project, ref)
    if isinstance(line.base, Ext) and line.base.package and line.base.name.endswith("Guard"):
        return True
    for base in line.refs:
        cls = class_of(project, base)
        for name in cls.implements if cls else ():
            if followed(project, resolve(project, base.path, name)) == Ext(NEST, "CanActivate"):
                return True
    return False


@question
def only_allows(project: Project, ref: Ref) -> bool:
    """Does a guard's `canActivate` give `true` on every path, throw nothing, and do nothing else?

    Not of guards that stand in for another one: under a condition, by their names, or as a base class.
    """
    cls = class_of(project, ref)
    method = cls.method("canActivate") if cls is not None else None
    if cls is None or method is None or method.body is None or cls.abstract or not is_guard(project, ref):
        return False
    bodies = {m.name: m.body for m in cls.methods if m.body is not None}
    if rejects(method.body, bodies) is not False or not only_looks(method.body, bodies):
        return False
    return not (_STANDS_IN.search(cls.name) or _has_heirs(project, ref) or _is_conditional(project, ref))


def _has_heirs(project: Project, ref: Ref) -> bool:
    return any(
        ref in lineage(project, Ref(path, cls.name)).refs[1:]
        for path in project.with_kind(Kind.GUARD)
        for cls in project.facts(path).classes
        if cls.extends is not None
    )


def _is_conditional(project: Project, ref: Ref) -> bool:
    """Does a module or an application take the guard under a condition: `isTest ? Open : JwtGuard`?"""
    for app in applications(project):
        for bound in app.global_guards:
            callee = getattr(bound.here.expr, "callee", bound.here.expr)
            if not bound.certain and symbol_of(project, Here(bound.here.path, callee)) == ref:
                return True
    return any(
        _chosen(project, path, deco.expr, ref, False)
        for path in project.with_kind(Kind.MODULE)
        for cls in project.facts(path).classes
        for deco in cls.decorators
    )


def _chosen(project: Project, path: str, expr: Expr, ref: Ref, below: bool) -> bool:
    inside = [*parts_of(expr)]
    if not inside or hasattr(expr, "callee"):
        named = symbol_of(project, Here(path, getattr(expr, "callee", expr)))
        if below and named == ref:
            return True
    return any(_chosen(project, path, e, ref, below or isinstance(expr, Cond)) for e in inside)
