from collections.abc import Iterator

from nestwise.api import (
    Arr,
    Call,
    Class,
    Does,
    Ext,
    File,
    Finding,
    Here,
    Kind,
    Name,
    Obj,
    Project,
    Ref,
    applications,
    class_of,
    dotted,
    guard_of,
    handlers_of,
    lineage,
    local_pipeline,
    resolve,
    rule,
)

_PACKAGE = "@nestjs/throttler"


@rule(level="warning", since="0.1.0")
def throttler_unbound(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    module = next((d for d in cls.decorators if d.name.rpartition(".")[2] == "Module" and d.args), None)
    options = module.args[0] if module else None
    imports = options.get("imports") if isinstance(options, Obj) else None
    for item in imports.items if isinstance(imports, Arr) else ():
        name = item.callee if isinstance(item, Call) else item
        while not isinstance(name, Name) and hasattr(name, "object"):
            name = name.object
        if not isinstance(name, Name):
            continue
        symbol = resolve(project, file.path, dotted(name))
        if symbol == Ext(_PACKAGE, "ThrottlerModule") and _nothing_limits(project):
            message = "`ThrottlerModule` is imported, but no `ThrottlerGuard` is bound: no request is limited"
            yield Finding(name.at.span, message)


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
    return not _resolver_limits(project)


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
