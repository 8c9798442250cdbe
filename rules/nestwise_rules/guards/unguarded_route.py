from collections.abc import Iterator

from nestwise.api import (
    Access,
    File,
    Finding,
    Handler,
    Project,
    Ref,
    access_of,
    class_of,
    handlers_of,
    local_pipeline,
    method_decorators,
    own_method,
    parts_of,
    rule,
)

_WRITES = ("PUT", "PATCH", "DELETE")
_OPEN_ON_PURPOSE = frozenset(
    (
        "health metrics login logout register signup signin refresh reset verify forgot confirm oauth "
        "webhook webhooks callback password token auth unsubscribe"
    ).split()
)
_IDENTITY = frozenset(
    ("user auth identity session account principal member viewer requester owner reader").split()
)


@rule(level="warning", since="0.1.0")
def unguarded_route(handler: Handler, file: File, project: Project) -> Iterator[Finding]:
    if handler.kind != "http" or handler.verb not in _WRITES or handler.declared != handler.controller:
        return
    if _open_on_purpose(handler) or access_of(project, handler) is not Access.OPEN:
        return
    if _identified_or_throttled(handler, project):
        return
    guarded = [
        other
        for other in handlers_of(project, handler.controller)
        if other.kind == "http" and other != handler and access_of(project, other) is Access.GUARDED
    ]
    method = own_method(class_of(project, handler.declared), handler.method)
    fresh = next((m for c in file.facts.classes if c.name == handler.controller.name for m in c.methods
                  if m.name == handler.method), method)  # fmt: skip
    if not guarded or fresh is None:
        return
    neighbour = guarded[0]
    names = [step.name for step in local_pipeline(project, neighbour).guards]
    by = f" by `{names[-1]}`" if names else ""
    route = f"{handler.verb} /{handler.paths[0]}" if handler.paths[0] is not None else handler.verb
    yield Finding(
        fresh.name_at.span,
        f"anyone may call `{route}`: no guard applies to `{handler.method}`, "
        f"while `{neighbour.method}` is guarded{by}",
    )


def _open_on_purpose(handler: Handler) -> bool:
    words = parts_of(handler.method) | parts_of(handler.controller.name)
    words |= {w for path in handler.paths if path for w in parts_of(path)}
    return bool(words & _OPEN_ON_PURPOSE)


def _identified_or_throttled(handler: Handler, project: Project) -> bool:
    """A throttle, or a parameter that says who calls, shows that the author thought of it."""
    if any(
        (isinstance(a.symbol, Ref) and parts_of(a.symbol.name) & _IDENTITY) or "hrottle" in str(a.symbol)
        for a in method_decorators(project, handler.declared, handler.method)
    ):
        return True
    method = own_method(class_of(project, handler.declared), handler.method)
    return method is not None and any(
        parts_of(d.name) & _IDENTITY for param in method.params for d in param.decorators
    )
