from collections.abc import Iterator

from nestwise.api import (
    Arr,
    Call,
    Class,
    Does,
    Ext,
    File,
    Finding,
    Fix,
    Here,
    Kind,
    Name,
    Node,
    Obj,
    Project,
    Ref,
    Safety,
    ancestors,
    applications,
    class_of,
    dotted,
    guard_of,
    handlers_of,
    lineage,
    local_pipeline,
    provided,
    resolve,
    role_of_class,
    rule,
)

_PACKAGE = "@nestjs/throttler"


def bind_guard(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The guard for every route, in the module that holds the limits."""
    options = _options(file, finding)
    names = file.imported_all([("ThrottlerGuard", _PACKAGE), ("APP_GUARD", "@nestjs/core")])
    if options is None or names is None:
        return
    local, imports = names
    provider = file.style.braces(f"provide: {local['APP_GUARD']}, useClass: {local['ThrottlerGuard']}")
    edit = provided(file, options, provider)
    if edit is None:
        return
    # The guard reads an HTTP request: resolvers and gateways need a subclass of it.
    safety = Safety.UNSAFE if _has_other_routes(project) else Safety.SAFE
    edits = tuple(sorted([*imports, edit]))
    yield Fix("Bind `ThrottlerGuard` to every route with `APP_GUARD`", edits, safety)


@rule(level="warning", since="0.1.0", fixes=bind_guard)
def throttler_unbound(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    module = next((d for d in cls.decorators if d.name.rpartition(".")[2] == "Module" and d.args), None)
    options = module.args[0] if module else None
    imports = options.get("imports") if isinstance(options, Obj) else None
    for item in imports.items if isinstance(imports, Arr) else ():
        name = item.callee if isinstance(item, Call) else item
        while not isinstance(name, Name) and hasattr(name, "object"):
            name = name.object
        written = dotted(item.callee if isinstance(item, Call) else item)
        if not isinstance(name, Name) or not written:
            continue
        symbol = resolve(project, file.path, written)
        if not isinstance(symbol, Ext) or symbol.package != _PACKAGE:
            continue
        if symbol.name.partition(".")[0] == "ThrottlerModule" and _nothing_limits(project):
            yield Finding(
                name.at.span,
                "`ThrottlerModule` holds limits, but no `ThrottlerGuard` is bound: no request is limited. "
                "Bind it with `APP_GUARD`",
            )


def _options(file: File, finding: Finding) -> Node | None:
    """The object of `@Module({ … })`."""
    node = file.source.node_at(finding.span)
    found: Node | None = None
    for outer in ancestors(node) if node is not None else ():
        if outer.type == "decorator":
            return found
        if outer.type == "object":
            found = outer
    return None


def _has_other_routes(project: Project) -> bool:
    return any(
        role_of_class(project, Ref(path, cls.name)) in ("resolver", "gateway")
        for path in project.with_kind(Kind.ROUTES)
        for cls in project.facts(path).classes
        if cls.decorators and not cls.inside
    )


def _nothing_limits(project: Project) -> bool:
    """Is it proven that no throttler guard runs in any application?"""
    apps = [app for app in applications(project) if app.kind == "http"]
    if not apps or not all(app.complete and app.globals_complete for app in apps):
        return False
    for app in apps:
        for bound in (*app.global_guards, *app.global_interceptors):
            if _may_limit(project, bound.here):
                return False
        for controller in app.controllers:
            for handler in handlers_of(project, controller):
                steps = local_pipeline(project, handler)
                if any(_may_limit(project, s.here) for s in (*steps.guards, *steps.interceptors)):
                    return False
    return not _resolver_limits(project) and not _limits_by_hand(project)


def _limits_by_hand(project: Project) -> bool:
    """Does some class ask the throttler's storage itself, or extend its guard where the model cannot see it
    bound?"""
    return any(
        i.name in ("ThrottlerStorage", "InjectThrottlerStorage", "getStorageToken", "ThrottlerStorageService")
        for path in project.with_kind(Kind.THROTTLER)
        for i in project.facts(path).imports
        if i.module == _PACKAGE and not i.type_only and "storage" not in path.rpartition("/")[2]
    )


def _resolver_limits(project: Project) -> bool:
    return any(
        _may_limit(project, step.here)
        for path in project.with_kind(Kind.ROUTES)
        for cls in project.facts(path).classes
        for handler in handlers_of(project, Ref(path, cls.name))
        for step in local_pipeline(project, handler).guards
    )


def _may_limit(project: Project, here: Here) -> bool:
    guard = guard_of(project, here)
    if guard.does in (Does.THROTTLES, Does.UNKNOWN) and not isinstance(guard.symbol, Ref):
        return guard.does is Does.THROTTLES or not isinstance(guard.symbol, Ext)
    if isinstance(guard.symbol, Ref):
        base = lineage(project, guard.symbol).base
        inherits = isinstance(base, Ext) and base.package == _PACKAGE
        unread = class_of(project, guard.symbol) is None and guard.does is Does.UNKNOWN
        return inherits or guard.does is Does.THROTTLES or unread
    return False
