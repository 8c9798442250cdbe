"""What the calls on an application object say: globals, prefix, versions, CORS …"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from nestwise.project.facts import (
    Arr,
    Body,
    Call,
    Expr,
    Fn,
    Lit,
    New,
    Obj,
    dotted,
    literal,
)
from nestwise.project.model.configure import MiddlewareTarget, method_name, versions_in
from nestwise.project.model.expressions import last_name
from nestwise.project.model.folding import fold
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, entry, is_absent, local_scope, look
from nestwise.project.model.symbols import Here, Ref


class Versioning(Struct, frozen=True):
    type: str = "uri"
    """uri, header, media_type, custom or unknown."""
    default: tuple[str | None, ...] = ()
    """Default versions; `neutral` for VERSION_NEUTRAL, None for one that cannot be told."""
    prefix: str | None = "v"
    """Before the version in a path; None if it cannot be told."""
    certain: bool = True
    """False under a condition: whether versions count, and in which of several ways."""

    @property
    def in_path(self) -> bool:
        """Are versions parts of paths, or may they be?"""
        return self.type in ("uri", "unknown")


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
    return Versioning(name if known else "unknown", versions_in(project, default), text)


ENHANCING = {
    "useGlobalGuards": "guards",
    "useGlobalPipes": "pipes",
    "useGlobalInterceptors": "interceptors",
    "useGlobalFilters": "filters",
}

_SERVES = frozenset({"listen", "listenAsync", "startAllMicroservices", "startAllMicroservicesAsync", "init"})

_CHAINED = ("use", "set", "enable", "disable", "connect")


class Global(Struct, frozen=True):
    """A guard, pipe, interceptor or filter that runs for the whole application."""

    here: Here
    """An instance, a class, or what a factory returns."""
    origin: str
    """The method (`useGlobalGuards`) or the token (`APP_GUARD`) that binds it."""
    module: Ref | None = None
    """The module that provides it, for a token."""
    certain: bool = True


class Mount(Struct, frozen=True):
    """Middleware below a path: `app.use('/docs', …)`."""

    path: str | None
    """None if it cannot be told; empty for every path."""
    here: Here
    certain: bool = True
    """False under a condition."""


class Setup(Struct):
    """Gathers what is done to one application."""

    globals: dict[str, list[Global]] = field(default_factory=lambda: {k: [] for k in ENHANCING.values()})
    complete: bool = True
    prefix: str | None = ""
    excluded: tuple[MiddlewareTarget, ...] = ()
    excluded_complete: bool = True
    versioning: Versioning | None = None
    cors: Here | None = None
    shutdown_hooks: bool = False
    hybrid: bool = False
    inherits: bool | None = False
    """Does a connected microservice inherit what is global (`inheritAppConfig`)? None: it cannot be told."""
    maybe: bool = False
    """Is it under a condition what is being read now?"""
    serves: bool = False
    escapes: bool = False
    returned: bool = False
    uses: list[Here] = field(default_factory=list)
    mounted: list[Mount] = field(default_factory=list)
    calls: dict[str, None] = field(default_factory=dict)


class Frame(Struct, frozen=True):
    """A body that is read: with its file, the names of its scope, and the class around it."""

    path: str
    body: Body
    scope: Mapping[str, Val | None]
    cls: Ref | None = None

    def val(self, expr: Expr) -> Val:
        return Val(self.path, expr, self.scope)


def frame_of(path: str, body: Body, params: tuple[str, ...] = (), cls: Ref | None = None) -> Frame:
    return Frame(path, body, local_scope(path, body, params), cls)


def take_steps(
    project: Project, setup: Setup, frame: Frame, steps: list[tuple[str, tuple[Expr, ...]]]
) -> None:
    """Note a chain of calls on the application, up to one that gives another object."""
    for name, args in steps:
        setup.calls[name] = None
        _step(project, setup, frame, name, args)
        if not name.startswith(_CHAINED):
            return


def _step(project: Project, setup: Setup, frame: Frame, name: str, args: tuple[Expr, ...]) -> None:
    vals = [frame.val(a) for a in args]
    if name in ENHANCING:
        _bind(project, setup, frame, name, args)
    elif name == "setGlobalPrefix":
        before, setup.prefix = setup.prefix, text_of(project, vals[0] if vals else None)
        if setup.prefix is not None:
            setup.prefix = setup.prefix.strip("/")
        if setup.maybe and setup.prefix != before:
            setup.prefix = None
        if len(vals) > 1:
            kept = (setup.excluded, setup.excluded_complete)
            setup.excluded, setup.excluded_complete = found = excluded_of(project, vals[1])
            setup.excluded_complete = found[1] and (not setup.maybe or found == kept)
    elif name == "enableVersioning":
        setup.versioning = _versioning(setup, versioning_of(project, vals[0] if vals else None))
    elif name == "enableCors":
        setup.cors = look(project, vals[0]).here if vals else Here(frame.path, Lit("boolean", "true"))
    elif name == "enableShutdownHooks":
        setup.shutdown_hooks = True
    elif name == "use":
        _use(project, setup, vals)
    elif name == "connectMicroservice":
        setup.inherits = _inherits(project, setup, vals)
        setup.hybrid = True
    if name in _SERVES:
        setup.serves = True


def _versioning(setup: Setup, found: Versioning) -> Versioning:
    """The way of versions after a call, which a condition may leave out."""
    before = setup.versioning
    if not setup.maybe or found == before:
        return found
    if before is None or replace(before, certain=False) == replace(found, certain=False):
        return replace(found, certain=False)
    return Versioning("unknown", (None,), None, False)


def _inherits(project: Project, setup: Setup, vals: list[Val]) -> bool | None:
    """None where one microservice inherits what is global and another does not, too."""
    found: bool | None = False
    if len(vals) > 1:
        option = entry(project, vals[1], "inheritAppConfig")
        shown = look(project, option).expr if option is not None else None
        found = False if shown is not None and is_absent(shown) else literal(shown)
    return found if not setup.hybrid or setup.inherits is found else None


def _use(project: Project, setup: Setup, vals: list[Val]) -> None:
    """`app.use(f)`, `app.use('/path', f)`, `app.use(['/a', '/b'], f)`."""
    given = [inlined(project, look(project, v)) for v in vals]
    shown = look(project, vals[0]) if vals else None
    paths = [shown] if shown is not None else []
    if shown is not None and isinstance(shown.expr, Arr):
        paths = [look(project, e.val) for e in fold(project, shown).elements]
    texts = [p.expr.value for p in paths if isinstance(p.expr, Lit) and p.expr.kind == "string"]
    if texts:
        setup.mounted += [Mount(text, here, not setup.maybe) for text in texts for here in given[1:]]
    elif len(vals) > 1 and shown is not None and not dotted(shown.expr) and not isinstance(shown.expr, Fn):
        setup.mounted += [Mount(None, here, not setup.maybe) for here in given[1:]]
    elif setup.maybe:
        setup.mounted += [Mount("", here, False) for here in given]
    else:
        setup.uses += given


def _bind(project: Project, setup: Setup, frame: Frame, name: str, args: tuple[Expr, ...]) -> None:
    found = fold(project, frame.val(Arr(args)))
    setup.complete = setup.complete and found.complete
    for element in found.elements:
        here = _instance(project, element.val)
        setup.globals[ENHANCING[name]].append(Global(here, name, None, element.certain and not setup.maybe))


def _instance(project: Project, val: Val) -> Here:
    """`app.get(Guard)` is the class; a local name is what it was given."""
    shown = look(project, val)
    if (
        isinstance(shown.expr, Call)
        and last_name(shown.expr.callee) in ("get", "resolve")
        and shown.expr.args
    ):
        return Here(shown.path, shown.expr.args[0])
    return inlined(project, shown)
