from collections.abc import Iterator

from nestwise.api import (
    Class,
    Decorator,
    File,
    Finding,
    Fix,
    Level,
    Method,
    Override,
    Project,
    Ref,
    Related,
    Safety,
    Span,
    Written,
    always_throws,
    ancestors,
    applied,
    binds_a_guard,
    class_of,
    named,
    overrides_of,
    own_method,
    plain_decorator,
    route_of,
    rule,
    with_decorators,
)


def repeat_decorators(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The guards, or all decorators of Nest, of the method that is overridden."""
    found, own = finding.data, _method(file, finding.span)
    base = _overridden(project, found)
    if own is None or base is None:
        return
    path = found.base.path
    kept = {d.name for d in own.decorators if not binds_a_guard(project, file.path, d)}
    lost = [d for d in base.decorators if _is_lost(project, path, d, found.gone)]
    wanted = [d for d in lost if d.name not in kept]
    written = [plain_decorator(project, path, d.expr) for d in wanted]
    texts = [w[0] for w in written if w is not None]
    edits = with_decorators(file, project, [Written(*w) for w in written if w is not None], own.at.start)
    if edits is None or not texts or len(texts) < len(written):
        return
    # Whether a route that is gone is missed, or one with other guards needs these, too, is to be looked at.
    surely = not found.gone and found.access == "open"
    title = f"Repeat {' '.join(f'`{text}`' for text in texts)} of `{found.base.name}`"
    yield Fix(title, edits, Safety.SAFE if surely else Safety.UNSAFE)


@rule(level="error", since="0.1.0", fixes=repeat_decorators)
def override_drops_guards(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.extends is None or cls.inside or not cls.methods:
        return
    for found in overrides_of(project, Ref(file.path, cls.name)):
        method = cls.method(found.handler.method)
        if method is None or (found.gone and _gives_up(file, method)):
            continue
        yield Finding(
            method.name_at.span,
            _message(project, found),
            level=Level.WARNING if found.gone else None,
            related=tuple(_related(file, project, found)),
            data=found,
        )


def _message(project: Project, found: Override) -> str:
    route, base, name = route_of(project, found.handler), found.base.name, found.handler.method
    if found.gone:
        return (
            f"`{name}` overrides `{route}` of `{base}` without a route decorator: the route is gone, and no "
            "request reaches this method. Repeat the decorators of the base"
        )
    guards = " and ".join(f"`{name}`" for name in found.dropped)
    do = "do not run" if len(found.dropped) > 1 else "does not run"
    anyone = (
        f"anyone may call `{route}`" if found.access == "open" else f"`{route}` asks for no rights any more"
    )
    return (
        f"`{name}` overrides a route of `{base}` and has none of its guards: {guards} {do}, and {anyone}. "
        "Repeat the guards of the base"
    )


def _related(file: File, project: Project, found: Override) -> Iterator[Related]:
    base = _overridden(project, found)
    if base is not None and found.base.path == file.path:
        what = "this route is overridden" if found.gone else "this method is guarded"
        yield Related(file.path, base.name_at.span, what)


def _overridden(project: Project, found: Override) -> Method | None:
    return own_method(class_of(project, found.base), found.handler.method)


def _method(file: File, span: Span) -> Method | None:
    """The method whose name stands there, in the facts of this very text."""
    return next((m for c in file.facts.classes for m in c.methods if m.name_at.span == span), None)


def _is_lost(project: Project, path: str, decorator: Decorator, gone: bool) -> bool:
    """Is it a guard or metadata that one may read, or of a route that is gone more than its documentation?"""
    parts = applied(project, path, (decorator,))
    if gone:
        return not all(p.is_from("@nestjs/swagger") for p in parts)
    told = any(isinstance(p.symbol, Ref) or p.is_from("@nestjs/common", "SetMetadata") for p in parts)
    return told or binds_a_guard(project, path, decorator)


def _gives_up(file: File, method: Method) -> bool:
    """Is the body empty, or does it do nothing but throw? Then the route is taken away on purpose."""
    node = file.source.node_at(method.body_at.span)
    body = next((o for o in (node, *ancestors(node)) if o.type == "statement_block"), None) if node else None
    return body is None or not [s for s in named(body) if s.type != "comment"] or always_throws(body)
