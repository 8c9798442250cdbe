from collections.abc import Iterator

from nestwise.api import (
    Arr,
    At,
    Class,
    Decorator,
    Early,
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Here,
    Method,
    Node,
    Obj,
    Project,
    Related,
    Span,
    Symbol,
    applications,
    bound_by,
    early_globals,
    early_guards,
    handlers_in,
    named,
    resolve,
    rule,
    span_of,
    symbol_of,
)

_STACKED = ", as stacked decorators run from the bottom up"
_METHOD = ", as guards of the class run before those of the method"
_BASE = ", as guards of the base class run before those of the subclass"
_GLOBAL = ", as global guards run before all others"
_COMPOSED = ", as what a composed decorator lists first runs first"
_PROVIDERS = ", as global guards run in the order in which they are provided"


def put_behind(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The guard that asks behind the one that finds out who calls."""
    early = finding.data
    if not isinstance(early, Early):
        return
    edits = _swapped(file, project, finding, early)
    for decorators in _decorators(file):
        here = next((d for d in decorators if d.at.span == finding.span), None)
        other = _binding(file, project, decorators, early.sets.here) if here else None
        if here is None or other is None:
            continue
        if other is here:
            edits = _turned(file, project, here, early)
        elif all(_is_plain(file, project, d) for d in (here, other)):
            edits = _exchanged(file, here.at.span, other.at.span)
    if edits:
        yield Fix(f"Run `{early.reads.name}` after `{early.sets.name}`", tuple(sorted(edits)))


def _decorators(file: File) -> Iterator[tuple[Decorator, ...]]:
    """Those of each class and each method."""
    for cls in file.facts.classes:
        yield cls.decorators
        yield from (method.decorators for method in cls.methods)


def _exchanged(file: File, one: Span, other: Span) -> list[Edit]:
    return [Edit(a, file.data[b.start : b.end].decode()) for a, b in ((one, other), (other, one))]


def _swapped(file: File, project: Project, finding: Finding, early: Early) -> list[Edit]:
    """The two providers in each other's places, where they are in one file."""
    by_guard = {guard: at.span for at, guard in _providers(file, project)}
    one, other = (by_guard.get(symbol_of(project, step.here)) for step in (early.reads, early.sets))
    if one != finding.span or other is None:
        return []
    return _exchanged(file, one, other)


def _turned(file: File, project: Project, deco: Decorator, early: Early) -> list[Edit]:
    """The arguments from the guard that asks to the one that sets, with the first one last."""
    args = _arguments(file, deco) if _is_plain(file, project, deco) else []
    places = [place for place, arg in enumerate(deco.args) if Here(file.path, arg) in _both(early)]
    if len(places) != 2 or len(args) != len(deco.args):
        return []
    span = args[places[0] : places[1] + 1]
    if any(text in file.data[span[0].start_byte : span[-1].end_byte] for text in (b"//", b"/*")):
        return []
    turned = [*span[1:], span[0]]
    return [Edit(span_of(old), file.text_of(new)) for old, new in zip(span, turned, strict=True)]


def _both(early: Early) -> tuple[Here, Here]:
    return early.reads.here, early.sets.here


def _arguments(file: File, deco: Decorator) -> list[Node]:
    node = file.source.node_at(deco.at.span)
    call = node.named_children[0] if node is not None and node.named_children else None
    arguments = call.child_by_field_name("arguments") if call is not None else None
    return [arg for arg in named(arguments) if arg.type != "comment"]


def _is_plain(file: File, project: Project, deco: Decorator) -> bool:
    return resolve(project, file.path, deco.name) == Ext("@nestjs/common", "UseGuards")


@rule(level="error", since="0.1.0", fixes=put_behind)
def guard_order(file: File, project: Project) -> Iterator[Finding]:
    seen: set[object] = set()
    for handler in handlers_in(project, file.path):
        for early in early_guards(project, handler):
            cls = _class(file, handler.controller.name)
            found = _at_handler(file, project, cls, cls.method(handler.method), early) if cls else None
            if found is not None and (found.span, found.message) not in seen:
                seen.add((found.span, found.message))
                yield found
    if b"APP_GUARD" in file.data:
        yield from _in_modules(file, project)


def _class(file: File, name: str) -> Class | None:
    """The facts of this very text: positions of answers may be older."""
    return next((c for c in file.facts.classes if c.name == name and not c.inside), None)


def _at_handler(
    file: File, project: Project, cls: Class, method: Method | None, early: Early
) -> Finding | None:
    """At the decorator that binds the guard that asks; at the other one where that is global or elsewhere."""
    own, on_class = method.decorators if method else (), cls.decorators
    asks = _binding(file, project, own, early.reads.here)
    sets = _binding(file, project, own, early.sets.here)
    before = _binding(file, project, on_class, early.reads.here) if asks is None else None
    setter = sets or _binding(file, project, on_class, early.sets.here)
    at = asks or before or setter
    if at is None:
        return None
    if asks is None and before is None:
        why = _GLOBAL if early.reads.origin == "global" else _BASE
    elif before is not None and sets is not None:
        why = _METHOD
    elif at is setter:
        why = "" if _is_plain(file, project, at) else _COMPOSED
    else:
        why = _STACKED
    related = (Related(file.path, setter.at.span, "it is set here"),) if setter and setter is not at else ()
    return Finding(at.at.span, _message(early, why), related=related, data=early)


def _message(early: Early, why: str) -> str:
    reads, sets = early.reads.name, early.sets.name
    return (
        f"`{reads}` reads `{early.property}` from the request before `{sets}` sets it{why}. "
        f"Run it after `{sets}`"
    )


def _binding(
    file: File, project: Project, decorators: tuple[Decorator, ...], guard: Here
) -> Decorator | None:
    return next((d for d in decorators if guard in bound_by(project, file.path, d)), None)


def _in_modules(file: File, project: Project) -> Iterator[Finding]:
    """At the provider of a global guard, where the other one is global, too."""
    providers = list(_providers(file, project))
    for app in applications(project) if providers else ():
        for early in early_globals(project, app.number):
            for at, guard in providers:
                if guard == symbol_of(project, early.reads.here):
                    yield Finding(at.span, _message(early, _PROVIDERS), data=early)


def _providers(file: File, project: Project) -> Iterator[tuple[At, Symbol]]:
    """The global guards that modules of a file provide."""
    for deco in (d for cls in file.facts.classes for d in cls.decorators if d.args):
        options = deco.args[0]
        given = options.get("providers") if isinstance(options, Obj) else None
        for item in given.items if isinstance(given, Arr) else ():
            token = item.get("provide") if isinstance(item, Obj) else None
            guard = item.get("useClass") if isinstance(item, Obj) else None
            if token is None or guard is None or not isinstance(item, Obj):
                continue
            if symbol_of(project, Here(file.path, token)) == Ext("@nestjs/core", "APP_GUARD"):
                yield item.at, symbol_of(project, Here(file.path, guard))
