from collections.abc import Iterator

from nestwise.api import (
    Access,
    Does,
    File,
    Finding,
    Handler,
    Project,
    access_of,
    effects_of,
    guard_of,
    handlers_in,
    local_pipeline,
    open_on_purpose,
    parts_of,
    route_of,
    rule,
)

_CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
"""Verbs that change something, whatever is known of what the method does."""
_CALLS = _CHANGES | {"POST", "MUTATION"}
_MEANT = frozenset(
    "contact feedback newsletter subscribe setup install hook hooks login logout signin otp".split()
)
"""Words of routes that strangers are meant to write through, besides those at which they sign up …"""
_PAIRS = tuple(
    frozenset(pair.split())
    for pair in ("sign up", "sign in", "accept invite", "accept invites", "accept invitation")
)
"""… and those that mean so together."""


@rule(level="information", since="0.1.0", strict=True)
def public_write(file: File, project: Project) -> Iterator[Finding]:
    seen: set[str] = set()
    for handler in handlers_in(project, file.path):
        if handler.declared != handler.controller or handler.verb not in _CALLS or handler.name in seen:
            continue
        if access_of(project, handler) is not Access.PUBLIC or _is_meant(project, handler):
            continue
        if _is_guarded_here(project, handler):
            continue
        written = _written(project, handler)
        cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
        method = cls.method(handler.method) if cls else None
        if written is None or method is None:
            continue
        seen.add(handler.name)
        route = route_of(project, handler)
        yield Finding(
            method.name_at.span,
            f"Anyone may call `{route}`, which {written}: a marker makes it public. Take it away, unless "
            "strangers are meant to do that",
        )


def _is_guarded_here(project: Project, handler: Handler) -> bool:
    """Has the route or its class a guard of its own that lets no marker pass, such as one for API keys? Then
    the marker only switches the global guard off. One that asks for roles passes where none are wanted."""
    guards = [guard_of(project, step.here) for step in local_pipeline(project, handler).guards]
    return any(
        g.does in (Does.AUTHENTICATES, Does.UNKNOWN) and not any(m.opens for m in g.markers) for g in guards
    )


def _is_meant(project: Project, handler: Handler) -> bool:
    words = parts_of(handler.method) | parts_of(handler.controller.name)
    words |= {w for path in handler.paths if path for w in parts_of(path)}
    return open_on_purpose(project, handler) or bool(words & _MEANT) or any(pair <= words for pair in _PAIRS)


def _written(project: Project, handler: Handler) -> str | None:
    """What a handler writes, as far as that can be told; None for one that may write nothing."""
    found = effects_of(project, handler.controller, handler.method)
    if found.writes:
        targets = list(dict.fromkeys(e.target for e in found.writes if e.target))
        names = " and ".join(f"`{target}`" for target in targets[:2])
        return f"writes {names}" if names else f"writes to the database with `{found.writes[0].call}`"
    known = found.reads and not found.unknown
    return "changes something" if handler.verb in _CHANGES and not known else None
