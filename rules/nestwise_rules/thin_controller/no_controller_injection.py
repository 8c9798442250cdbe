from collections.abc import Iterator

from nestwise.api import (
    Class,
    File,
    Finding,
    Need,
    Param,
    Project,
    Property,
    Ref,
    needs_of,
    role_of_class,
    rule,
)


@rule(level="error", since="0.1.0")
def no_controller_injection(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not (cls.ctor or any(p.decorators for p in cls.properties)):
        return
    ref = Ref(file.path, cls.name)
    if role_of_class(project, ref) in ("", "unknown"):
        return
    for need in needs_of(project, ref).items:
        token = need.token
        held = _holder(cls, need) if need.declared == ref and isinstance(token, Ref) else None
        if held is None or not isinstance(token, Ref) or role_of_class(project, token) != "controller":
            continue
        yield Finding(
            held.name_at.span,
            f"`{cls.name}` wants `{token.name}`, a controller: no module provides one, so Nest refuses to "
            "start, and one that is listed as a provider is an instance which no request reaches. Move what "
            "both need into a service",
        )


def _holder(cls: Class, need: Need) -> Param | Property | None:
    if need.index is None:
        return next((p for p in cls.properties if p.name == need.name), None)
    return cls.ctor[need.index] if cls.ctor and need.index < len(cls.ctor) else None
