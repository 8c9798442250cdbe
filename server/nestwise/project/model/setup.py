"""What code does to an application object: global guards and pipes, prefix, versions, CORS …

The object is followed through local names, chains, methods of the class around it, and functions that
receive it, also in other files. Where it goes to code that cannot be read and whose name says that it
configures, more may be bound than is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from nestwise.project.facts import (
    Arr,
    Body,
    Call,
    Cond,
    Expr,
    Fn,
    Lit,
    Member,
    New,
    Obj,
    Op,
    Spread,
    dotted,
)
from nestwise.project.model.classes import own_method
from nestwise.project.model.configure import MiddlewareTarget, method_name
from nestwise.project.model.folding import (
    Val,
    entry,
    fold,
    local_scope,
    look,
    symbol_in,
    target_of,
)
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ext, Here, Ref, class_of

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
_ENHANCERS = {
    "useGlobalGuards": "guards",
    "useGlobalPipes": "pipes",
    "useGlobalInterceptors": "interceptors",
    "useGlobalFilters": "filters",
}
_SERVES = frozenset({"listen", "listenAsync", "startAllMicroservices", "startAllMicroservicesAsync", "init"})
_CHAINED = ("use", "set", "enable", "disable", "connect")


@dataclass(frozen=True, slots=True)
class Global:
    """A guard, pipe, interceptor or filter that runs for the whole application."""

    here: Here
    """An instance, a class, or what a factory returns."""
    origin: str
    """The method (`useGlobalGuards`) or the token (`APP_GUARD`) that binds it."""
    module: Ref | None = None
    """The module that provides it, for a token."""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Versioning:
    type: str = "uri"
    """uri, header, media_type, custom or unknown."""
    default: tuple[str | None, ...] = ()
    """Default versions; `neutral` for VERSION_NEUTRAL, None for one that cannot be told."""
    prefix: str | None = "v"
    """Before the version in a path; None if it cannot be told."""


@dataclass(slots=True)
class Setup:
    """Gathers what is done to one application."""

    globals: dict[str, list[Global]] = field(default_factory=lambda: {k: [] for k in _ENHANCERS.values()})
    complete: bool = True
    prefix: str | None = ""
    excluded: tuple[MiddlewareTarget, ...] = ()
    excluded_complete: bool = True
    versioning: Versioning | None = None
    cors: Here | None = None
    shutdown_hooks: bool = False
    hybrid: bool = False
    serves: bool = False
    escapes: bool = False
    returned: bool = False
    uses: list[Here] = field(default_factory=list)
    calls: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """A body that is read: with its file, the names of its scope, and the class around it."""

    path: str
    body: Body
    scope: Mapping[str, Val | None]
    cls: Ref | None = None

    def val(self, expr: Expr) -> Val:
        return Val(self.path, expr, self.scope)


def frame_of(path: str, body: Body, params: tuple[str, ...] = (), cls: Ref | None = None) -> Frame:
    return Frame(path, body, local_scope(path, body, params), cls)


class Follower:
    """Follows one application through the code that has it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.setup = Setup()
        self.seen: set[tuple[str, int, str]] = set()

    def run(self, frame: Frame, names: set[str], made: Expr | None = None, depth: int = 0) -> None:
        """Read a body in which `names` are the application; `made` is the expression that makes it."""
        names = self._aliases(frame.body, set(names), made)
        every = [*(v for _, v in frame.body.locals), *frame.body.calls]
        for expr in every:
            self._expression(frame, expr, names, made, depth)
        for expr in frame.body.returns:
            if self._is_app(expr, names, made):
                self.setup.returned = True
            self._expression(frame, expr, names, made, depth)
        for expr in (e.test for e in frame.body.exits):
            self._expression(frame, expr, names, made, depth)
        self._siblings(frame, names, depth)

    def _aliases(self, body: Body, names: set[str], made: Expr | None) -> set[str]:
        for name, value in body.locals:
            if self._is_app(value, names, made) or any(a is made for a in _args(value) if made is not None):
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
                self._steps(frame, steps)
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
        name = _last(call.callee)
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
            method = own_method(class_of(self.project, owner), _last(call.callee)) if owner else None
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
            and _last(shown.expr.callee) in ("get", "resolve")
            and shown.expr.args
        ):
            target = shown.expr.args[0]
        symbol = symbol_in(self.project, shown.at(target)) if target is not None else None
        return symbol if isinstance(symbol, Ref) and class_of(self.project, symbol) else None

    # --- calls on the application ---

    def _steps(self, frame: Frame, steps: list[tuple[str, tuple[Expr, ...]]]) -> None:
        for name, args in steps:
            self.setup.calls[name] = None
            self._step(frame, name, args)
            if not name.startswith(_CHAINED):
                return

    def _step(self, frame: Frame, name: str, args: tuple[Expr, ...]) -> None:
        setup, project = self.setup, self.project
        vals = [frame.val(a) for a in args]
        if name in _ENHANCERS:
            self._bind(name, frame, args)
        elif name == "setGlobalPrefix":
            setup.prefix = text_of(project, vals[0] if vals else None)
            if setup.prefix is not None:
                setup.prefix = setup.prefix.strip("/")
            if len(vals) > 1:
                setup.excluded, setup.excluded_complete = excluded_of(project, vals[1])
        elif name == "enableVersioning":
            setup.versioning = versioning_of(project, vals[0] if vals else None)
        elif name == "enableCors":
            setup.cors = look(project, vals[0]).here if vals else Here(frame.path, Lit("boolean", "true"))
        elif name == "enableShutdownHooks":
            setup.shutdown_hooks = True
        elif name == "use":
            setup.uses += [v.here for v in vals]
        elif name == "connectMicroservice":
            setup.hybrid = True
        if name in _SERVES:
            setup.serves = True

    def _bind(self, name: str, frame: Frame, args: tuple[Expr, ...]) -> None:
        found = fold(self.project, frame.val(Arr(args)))
        self.setup.complete = self.setup.complete and found.complete
        for element in found.elements:
            here = self._instance(element.val)
            self.setup.globals[_ENHANCERS[name]].append(Global(here, name, None, element.certain))

    def _instance(self, val: Val) -> Here:
        """`app.get(Guard)` is the class; a local name is what it was given."""
        shown = look(self.project, val)
        if (
            isinstance(shown.expr, Call)
            and _last(shown.expr.callee) in ("get", "resolve")
            and shown.expr.args
        ):
            return Here(shown.path, shown.expr.args[0])
        return inlined(self.project, shown)


def inlined(project: Project, val: Val) -> Here:
    """An expression with the local names in the arguments of its call put in."""
    expr = val.expr
    if val.scope and isinstance(expr, Call | New):
        args = []
        for arg in expr.args:
            shown = look(project, val.at(arg))
            args.append(shown.expr if shown.path == val.path else arg)
        if isinstance(expr, New):
            return Here(val.path, New(expr.callee, tuple(args), expr.at))
        return Here(val.path, Call(expr.callee, tuple(args), expr.types, expr.awaited, expr.at))
    return val.here


def text_of(project: Project, val: Val | None) -> str | None:
    shown = look(project, val).expr if val is not None else None
    return shown.value if isinstance(shown, Lit) and shown.kind == "string" else None


def excluded_of(project: Project, val: Val) -> tuple[tuple[MiddlewareTarget, ...], bool]:
    """`exclude` of the global prefix: paths with methods."""
    listed = entry(project, val, "exclude")
    if listed is None:
        return (), False
    found = fold(project, listed)
    out: list[MiddlewareTarget] = []
    for element in found.elements:
        shown = look(project, element.val)
        if isinstance(shown.expr, Obj):
            path = text_of(project, entry(project, shown, "path"))
            out.append(MiddlewareTarget(None, path, method_name(project, entry(project, shown, "method"))))
        else:
            out.append(MiddlewareTarget(None, text_of(project, shown)))
    return tuple(out), found.complete and all(t.path is not None for t in out)


def versioning_of(project: Project, val: Val | None) -> Versioning:
    if val is None:
        return Versioning()
    kind = entry(project, val, "type")
    default, prefix = entry(project, val, "defaultVersion"), entry(project, val, "prefix")
    if kind is None or default is None or prefix is None:
        return Versioning("unknown", (None,), None)
    name = dotted(kind.expr).rpartition(".")[2].lower()
    known = name in ("uri", "header", "media_type", "custom")
    shown = look(project, prefix).expr
    text = text_of(project, prefix)
    if isinstance(shown, Lit) and shown.kind != "string":
        text = "v" if shown.kind == "undefined" else ""
    return Versioning(name if known else "unknown", _versions(project, default), text)


def _versions(project: Project, val: Val) -> tuple[str | None, ...]:
    shown = look(project, val)
    if isinstance(shown.expr, Lit):
        return () if shown.expr.kind == "undefined" else (shown.expr.value,)
    if isinstance(shown.expr, Arr):
        found = fold(project, shown)
        if found.complete:
            return tuple(v for e in found.elements for v in _versions(project, e.val))
    symbol = symbol_in(project, val)
    return ("neutral",) if isinstance(symbol, Ext) and symbol.name == "VERSION_NEUTRAL" else (None,)


def unwound(expr: Expr, stop: Expr | None = None) -> tuple[Expr, list[tuple[str, tuple[Expr, ...]]]]:
    """`a.b(x).c(y)` as its head `a` and the steps b, c; the head may be a call itself."""
    steps: list[tuple[str, tuple[Expr, ...]]] = []
    while isinstance(expr, Call) and expr is not stop and isinstance(expr.callee, Member):
        steps.append((expr.callee.name, expr.args))
        expr = expr.callee.object
    return expr, steps[::-1]


def _last(expr: Expr) -> str:
    if isinstance(expr, Member):
        return expr.name
    return dotted(expr)


def _args(expr: Expr) -> tuple[Expr, ...]:
    return expr.args if isinstance(expr, Call) else ()


def parts_of(expr: Expr) -> Iterator[Expr]:
    """The expressions inside one, chains left out: they are unwound."""
    match expr:
        case Call(args=args) | New(args=args):
            yield from args
        case Arr(items=items):
            yield from items
        case Obj(entries=entries):
            yield from (e.value for e in entries)
        case Spread(value=value):
            yield value
        case Cond(then=then, other=other):
            yield then
            yield other
        case Op(left=left, right=right):
            if left is not None:
                yield left
            yield right
        case Fn(returns=returns):
            yield from returns
        case _:
            return


__all__ = ["Follower", "Frame", "Global", "Setup", "Versioning", "frame_of", "unwound"]
