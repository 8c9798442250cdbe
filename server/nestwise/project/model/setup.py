"""What code does to an application object: global guards and pipes, prefix, versions, CORS …

The object is followed through local names, chains, methods of the class around it, and functions that
receive it, also in other files. Where it goes to code that cannot be read and whose name says that it
configures, more may be bound than is listed.
"""

from __future__ import annotations

import re

from nestwise.project.facts import (
    Body,
    Call,
    Cond,
    Expr,
    Fn,
    Member,
    New,
    Obj,
    dotted,
)
from nestwise.project.model.app_calls import (
    Frame,
    Global,
    Setup,
    Versioning,
    frame_of,
    take_steps,
)
from nestwise.project.model.classes import own_method
from nestwise.project.model.expressions import last_name, parts_of, unwound
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, local_scope, look, symbol_in, target_of
from nestwise.project.model.symbols import Ext, Ref, class_of

_DEPTH = 5
"""How many functions the application is followed through."""

_CONFIGURES = re.compile(
    r"^(set_?up|configure|config|bootstrap|init|apply|register|install|prepare|mount|add|use)", re.I
)

_HARMLESS = re.compile(
    r"swagger|openapi|scalar|redoc|docs?$|cors|helmet|logg|sentry|otel|telemetry|tracing|metric|shutdown|graceful"
    r"|adapter|socket|redis|queue|board|session|passport|cookie|compress|static|view|engine|useContainer|hbs"
    r"|i18n|body|parser|timeout|banner|proxy|ssl|microservice|transactional",
    re.I,
)
"""Names of functions that set up something else than guards, pipes, interceptors and filters."""


class Follower:
    """Follows one application through the code that has it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.setup = Setup()
        self.seen: set[tuple[str, int, str]] = set()

    def run(self, frame: Frame, names: set[str], made: Expr | None = None, depth: int = 0) -> None:
        """Read a body in which `names` are the application; `made` is the expression that makes it."""
        names = self._aliases(frame.body, set(names), made)
        for _, value in frame.body.locals:
            self._expression(frame, value, names, made, depth)
        outside = self.setup.maybe
        for position, expr in enumerate(frame.body.calls):
            self.setup.maybe = outside or position in frame.body.maybe
            self._expression(frame, expr, names, made, depth)
        self.setup.maybe = outside
        for expr in frame.body.returns:
            if self._is_app(expr, names, made):
                self.setup.returned = True
            self._expression(frame, expr, names, made, depth)
        for expr in (e.test for e in frame.body.exits):
            self._expression(frame, expr, names, made, depth)
        self._siblings(frame, names, depth)

    def _aliases(self, body: Body, names: set[str], made: Expr | None) -> set[str]:
        for name, value in body.locals:
            head, steps = unwound(value, made)
            chained = bool(steps) and steps[0][0] == "then" and self._is_app(head, names, made)
            if chained or self._is_app(value, names, made) or _is_given(value, made):
                names.add(name)
        for expr in (*(v for _, v in body.locals), *body.calls, *body.returns):
            head, steps = unwound(expr, made)
            if self._is_app(head, names, made) and steps and steps[0][0] == "then":
                names.update(p for a in steps[0][1] if isinstance(a, Fn) for p in a.params[:1])
        return {re.split(r"[:=\s]", n)[0] for n in names}

    def _is_app(self, expr: Expr, names: set[str], made: Expr | None) -> bool:
        if expr is made and made is not None:
            return True
        if isinstance(expr, Cond):
            return self._is_app(expr.then, names, made) or self._is_app(expr.other, names, made)
        return dotted(expr) in names

    def _siblings(self, frame: Frame, names: set[str], depth: int) -> None:
        """`this.app` is set up by the other methods of the class, too."""
        own = {n for n in names if n.startswith("this.")}
        if not own or frame.cls is None or depth >= _DEPTH:
            return
        cls = class_of(self.project, frame.cls)
        for position, method in enumerate(cls.methods if cls else ()):
            if method.body is None or method.body is frame.body:
                continue
            if self._enter(frame.cls.path, position, f"{frame.cls.name}.*"):
                inner = frame_of(frame.cls.path, method.body, tuple(p.name for p in method.params), frame.cls)
                self.run(inner, own, None, depth + 1)

    def _enter(self, path: str, position: int, name: str) -> bool:
        key = (path, position, name)
        new = key not in self.seen
        self.seen.add(key)
        return new

    def _expression(
        self, frame: Frame, expr: Expr, names: set[str], made: Expr | None, depth: int, level: int = 0
    ) -> None:
        if level > 12:
            return
        if isinstance(expr, Call):
            head, steps = unwound(expr, made)
            if self._is_app(head, names, made) and steps:
                take_steps(self.project, self.setup, frame, steps)
                for then in steps[0][1] if steps[0][0] == "then" else ():
                    if dotted(then):
                        self._handed(frame, Call(then, (head,)), [0], names, made, depth)
            elif isinstance(head, Call | New) and head is not expr:
                self._expression(frame, head, names, made, depth, level + 1)
        if isinstance(expr, Call | New):
            given = [i for i, a in enumerate(expr.args) if self._holds(a, names, made)]
            if given:
                self._handed(frame, expr, given, names, made, depth)
        for part in parts_of(expr):
            self._expression(frame, part, names, made, depth, level + 1)

    def _holds(self, arg: Expr, names: set[str], made: Expr | None) -> bool:
        if isinstance(arg, Obj):
            return any(self._is_app(e.value, names, made) for e in arg.entries)
        return self._is_app(arg, names, made)

    # --- the application handed on ---

    def _handed(
        self, frame: Frame, call: Call | New, given: list[int], names: set[str], made: Expr | None, depth: int
    ) -> None:
        name = last_name(call.callee)
        if name == "enableShutdownHooks":  # of an old Prisma recipe
            self.setup.shutdown_hooks = True
            return
        found = self._target(frame, call, names, made) if isinstance(call, Call) else None
        if found is not None:
            inner, params = found
            passed = {
                k
                for i in given
                if i < len(params)
                for k in self._received(call.args[i], params[i], names, made)
            }
            at = min(given)
            if passed and depth < _DEPTH and self._enter(inner.path, at, f"{name}/{sorted(passed)}"):
                self.run(inner, passed, None, depth + 1)
                self.setup.returned = False
            elif depth >= _DEPTH:
                self.setup.complete = False
            return
        self.setup.escapes = True
        if (
            _CONFIGURES.match(name)
            and not _HARMLESS.search(dotted(call.callee))
            and not self._plain(frame, call)
        ):
            self.setup.complete = False

    def _plain(self, frame: Frame, call: Call | New) -> bool:
        """Is it a function of the workspace without a word about applications in it?"""
        symbol = symbol_in(self.project, frame.val(call.callee))
        if isinstance(symbol, Ext):
            return symbol.package.startswith("@nestjs/") or symbol.package == "class-validator"
        return target_of(self.project, frame.val(call.callee), call.callee) is not None

    def _received(
        self, arg: Expr, param: tuple[str, tuple[str, ...]], names: set[str], made: Expr | None
    ) -> set[str]:
        name, keys = param
        if isinstance(arg, Obj):
            held = {e.key for e in arg.entries if self._is_app(e.value, names, made)}
            return (held & set(keys)) or ({f"{name}.{k}" for k in held} if name else set())
        return {name} if name else set()

    def _target(
        self, frame: Frame, call: Call, names: set[str], made: Expr | None
    ) -> tuple[Frame, list[tuple[str, tuple[str, ...]]]] | None:
        """The readable function that is called with the application."""
        found = target_of(self.project, frame.val(call.callee), call.callee)
        if found is not None:
            path, item, scope = found
            this = scope.get("this")
            cls = symbol_in(self.project, this) if this is not None else None
            owner = cls if isinstance(cls, Ref) else None
        else:
            owner = self._owner(frame, call, names, made)
            method = own_method(class_of(self.project, owner), last_name(call.callee)) if owner else None
            if method is None or owner is None:
                return None
            path, item, scope = owner.path, method, {}
        if item.body is None:
            return None
        shape = [(p.name, p.keys) for p in item.params]
        inner: dict[str, Val | None] = dict(local_scope(path, item.body, tuple(n for n, _ in shape)))
        inner.update(scope)
        for position, (name, _) in enumerate(shape):
            if name and position < len(call.args):
                inner[name] = frame.val(call.args[position])
        return Frame(path, item.body, inner, owner), shape

    def _owner(self, frame: Frame, call: Call, names: set[str], made: Expr | None) -> Ref | None:
        """The class of `this.method(app)`, `new X().method(app)`, `app.get(X).method(app)`."""
        if not isinstance(call.callee, Member):
            return None
        inner = call.callee.object
        if dotted(inner) == "this":
            return frame.cls
        shown = look(self.project, frame.val(inner))
        target: Expr | None = None
        if isinstance(shown.expr, New):
            target = shown.expr.callee
        elif (
            isinstance(shown.expr, Call)
            and last_name(shown.expr.callee) in ("get", "resolve")
            and shown.expr.args
        ):
            target = shown.expr.args[0]
        symbol = symbol_in(self.project, shown.at(target)) if target is not None else None
        return symbol if isinstance(symbol, Ref) and class_of(self.project, symbol) else None


def _is_given(value: Expr, made: Expr | None) -> bool:
    """`configure(await NestFactory.create(…))`: what it gives is taken for the application."""
    return made is not None and isinstance(value, Call) and any(a is made for a in value.args)


__all__ = ["Follower", "Frame", "Global", "Setup", "Versioning", "frame_of", "unwound"]
