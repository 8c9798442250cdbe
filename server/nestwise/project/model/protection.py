"""What guards a handler, as it is written: which decorators, and what the project does elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.facts import (
    Arr,
    Call,
    Const,
    Decorator,
    Expr,
    Import,
    Lit,
    Member,
    Name,
    TLit,
    TName,
    dotted,
)
from nestwise.project.kinds import Kind
from nestwise.project.model.applications import applications_with
from nestwise.project.model.classes import NEST, role_of_class
from nestwise.project.model.decorators import applied, taken_apart
from nestwise.project.model.guards import Does, guard_of
from nestwise.project.model.handlers import Handler, handlers_of
from nestwise.project.model.metadata import metadata_of
from nestwise.project.model.middleware import guarding_middleware
from nestwise.project.model.pipeline import KNOWN_PUBLIC, Access, access_of, pipeline_of, spread_out
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Here, Ref, Symbol, followed, resolve


class Written(Struct, frozen=True):
    """A decorator to write: its text, with the names in it that must be imported."""

    text: str
    names: tuple[tuple[str, Symbol], ...]
    on_classes: bool = False
    """Does the project (or Nest) put it on classes, too?"""


def binds_a_guard(project: Project, path: str, deco: Decorator) -> bool:
    """Does a decorator bind a guard that may authenticate?"""
    return any(
        guard_of(project, arg).may_authenticate
        for part in applied(project, path, (deco,))
        if part.is_from(NEST, "UseGuards")
        for arg in part.args
    )


def bound_by(project: Project, path: str, deco: Decorator) -> tuple[Here, ...]:
    """The guards that a decorator binds, in order."""
    return tuple(
        item
        for part in applied(project, path, (deco,))
        if part.is_from(NEST, "UseGuards")
        for arg in part.args
        for item in spread_out(project, arg)
    )


def guarding_decorator(
    project: Project, handler: Handler, decorators: tuple[Decorator, ...]
) -> Decorator | None:
    """Which of a handler's decorators guards it: one that binds a guard, else one with metadata without
    which a guard in effect lets the route pass."""
    path = handler.declared.path
    bound = next((d for d in decorators if binds_a_guard(project, path, d)), None)
    asked, _ = markers_of(project, handler)
    return bound or next(
        (d for d in decorators if asked & set(metadata_of(project, applied(project, path, (d,))).keys)), None
    )


def markers_of(project: Project, handler: Handler) -> tuple[frozenset[str], frozenset[str]]:
    """The metadata without which, and with which alone, a guard in effect lets a handler pass."""
    asks: set[str] = set()
    opens: set[str] = set()
    for app in applications_with(project, handler.controller) or (None,):
        for step in pipeline_of(project, handler, app).guards:
            guard = guard_of(project, step.here)
            if guard.may_authenticate:
                asks |= {m.key for m in guard.markers if not m.opens}
                opens |= {m.key for m in guard.markers if m.opens}
    return frozenset(asks), frozenset(opens - asks)


def guarded_by(project: Project, handler: Handler) -> str:
    """The name of what authenticates a handler: a guard or middleware; empty if it cannot be told."""
    for app in applications_with(project, handler.controller) or (None,):
        steps = pipeline_of(project, handler, app).guards
        for step in sorted(steps, key=lambda step: step.origin == "global"):
            if guard_of(project, step.here).may_authenticate:
                return step.name
        if app is not None and (name := guarding_middleware(project, handler, app)):
            return name
    return ""


def decides_otherwise(project: Project, handler: Handler) -> bool:
    """Does a guard run in front of a handler that refuses for a reason of its own, whoever calls?"""
    return any(
        guard_of(project, step.here).does is Does.OTHER
        for app in applications_with(project, handler.controller) or (None,)
        for step in pipeline_of(project, handler, app).guards
    )


@question
def authenticates(project: Project, package: str) -> bool:
    """Does anything in a package (by its folder) authenticate, or may it?"""
    for path in project.with_kind(Kind.ROUTES):
        if package_of(project, path) != package:
            continue
        for cls in project.facts(path).classes:
            for handler in handlers_of(project, Ref(path, cls.name)) if cls.decorators else ():
                if handler.kind in ("http", "graphql") and access_of(project, handler) in (
                    Access.GUARDED,
                    Access.UNKNOWN,
                ):
                    return True
    return False


def package_of(project: Project, path: str) -> str:
    """The folder of the package that a file belongs to."""
    found = project.layout.package_of(path)
    return found.dir if found is not None else ""


# --- for fixes: what the project writes -------------------------------------------------------

_BINDERS = frozenset({"UseGuards", "applyDecorators"})


def _binds_nothing(imported: Import) -> bool:
    """Is it a decorator of a package that surely binds no guard?"""
    if imported.module == NEST:
        return imported.name not in _BINDERS
    return imported.module == "@nestjs/swagger"


def usual_guard(project: Project, handler: Handler) -> Written | None:
    """The decorator with which most routes of a package are guarded, those of resolvers apart, if it is one
    to copy as it is."""
    role = role_of_class(project, handler.controller)
    return _usual_guard(project, package_of(project, handler.declared.path), role)


@question
def _usual_guard(project: Project, package: str, role: str) -> Written | None:
    """That of the classes of a package with such a role."""
    counts: Counter[tuple[str, tuple[tuple[str, Symbol], ...]]] = Counter()
    on_classes: set[str] = set()
    for path in project.with_kind(Kind.ROUTES):
        if package_of(project, path) != package:
            continue
        facts = project.facts(path)
        others = {i.local for i in facts.imports if _binds_nothing(i)}
        for cls in facts.classes:
            if role_of_class(project, Ref(path, cls.name)) != role:
                continue
            own = [(d, True) for d in cls.decorators]
            own += [(d, False) for m in cls.methods for d in m.decorators]
            for deco, on_class in own:
                if deco.name in others or not binds_a_guard(project, path, deco):
                    continue
                found = plain_decorator(project, path, deco.expr)
                if found is not None:
                    counts[found] += 1
                    if on_class or _is_nests(found):
                        on_classes.add(found[0])
    if not counts:
        return None
    (text, names), _ = counts.most_common(1)[0]
    return Written(text, names, text in on_classes)


def _is_nests(found: tuple[str, tuple[tuple[str, Symbol], ...]]) -> bool:
    return any(s == Ext(NEST, "UseGuards") for _, s in found[1]) and found[0].startswith("@UseGuards(")


def plain_decorator(
    project: Project, path: str, expr: Expr
) -> tuple[str, tuple[tuple[str, Symbol], ...]] | None:
    """A decorator's text with the names of declarations; None where it holds more than those and literals."""
    names: dict[str, Symbol] = {}

    def text(expr: Expr) -> str | None:
        match expr:
            case Lit(kind="string", value=value):
                return f"'{value}'"
            case Lit(value=value):
                return value
            case Name() | Member():
                symbol = followed(project, resolve(project, path, dotted(expr)))
                if isinstance(symbol, Ref) and "." not in symbol.name:
                    names[symbol.name] = symbol
                    return symbol.name
                if isinstance(symbol, Ext) and symbol.package and "." not in symbol.name:
                    names[symbol.name] = symbol
                    return symbol.name
                return None
            case Call(callee=callee, args=args):
                inner = [text(e) for e in (callee, *args)]
                if any(i is None for i in inner):
                    return None
                return f"{inner[0]}({', '.join(str(i) for i in inner[1:])})"
            case Arr(items=()):
                return "[]"
            case _:
                return None

    found = text(expr)
    return (f"@{found}", tuple(sorted(names.items()))) if found is not None else None


def public_markers(project: Project, handler: Handler) -> Iterator[Written]:
    """The project's decorators that make a route public for the guards in effect, plain ones first."""
    _, opened = markers_of(project, handler)
    package = package_of(project, handler.declared.path)
    for path in project.with_kind(Kind.MARKER):
        if package_of(project, path) != package:
            continue
        facts = project.facts(path)
        names = [(f.name, "()") for f in facts.functions]
        names += [(c.name, arguments) for c in facts.consts if (arguments := _arguments(c)) is not None]
        for name, arguments in names:
            called: Expr = Call(Name(name), ()) if arguments else Name(name)
            parts = taken_apart(project, path, called)
            keys = set(metadata_of(project, parts).keys) if metadata_of(project, parts).complete else set()
            named = name.lower() in KNOWN_PUBLIC and bool(keys) and not opened
            if keys & opened or named:
                yield Written(f"@{name}{arguments}", ((name, Ref(path, name)),))


def _arguments(const: Const) -> str | None:
    """What a constant takes to be a marker: nothing where it is a decorator itself, `true` where
    `Reflector.createDecorator` made one that takes it; None where it takes something else."""
    value = const.value
    if not isinstance(value, Call) or dotted(value.callee).rpartition(".")[2] != "createDecorator":
        return ""
    takes = value.types[:1]
    return "(true)" if takes in ((), (TName("boolean"),), (TLit("true"),)) else None


__all__ = [
    "Here", "Written", "authenticates", "guarded_by", "guarding_decorator", "package_of", "public_markers",
    "usual_guard",
]  # fmt: skip
