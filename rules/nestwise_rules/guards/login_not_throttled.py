from collections.abc import Iterator

from nestwise.api import (
    Access,
    Decorator,
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Handler,
    Limit,
    Project,
    Ref,
    Safety,
    Written,
    access_of,
    applied,
    binds_a_guard,
    controller_options,
    guarded_by,
    handlers_in,
    limit_of,
    parts_of,
    route_of,
    rule,
    specifier_of,
    throttlers,
    with_decorators,
)

_THROTTLER = "@nestjs/throttler"
_LOGIN = frozenset({"login", "signin", "logon"})
_RESET = frozenset({"reset", "forgot", "forget", "recover", "recovery", "lost"})
_CODES = frozenset({"otp", "totp", "mfa", "passcode", "code", "pin"})
_CHECKS = frozenset({"verify", "verification", "check", "validate", "confirm", "authenticate", "login"})
_OTHERWISE = frozenset(
    (
        "logout history log logs social google github facebook apple microsoft twitter linkedin oauth oidc "
        "saml sso callback passkey passkeys webauthn provider providers url page theme config settings qr "
        "wallet metamask"
    ).split()
)
"""Words of routes that take no password and no code that somebody could guess."""
_BY_PASSWORD = ("local", "basic", "ldap", "credential", "password")
_CALLS = frozenset({"POST", "PUT", "PATCH", "MUTATION"})


def limit_it(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The project's guard on the method, or no more exception from it. Behind a proxy all clients may look
    like one to the guard, so the author looks at it."""
    handler = finding.data
    limit = limit_of(project, handler)
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    method = cls.method(handler.method) if cls else None
    if method is None or cls is None:
        return
    skips = [d for d in method.decorators if _skips(project, file.path, d)]
    if skips:
        edits: tuple[Edit, ...] | None = tuple(file.undecorated(d.at.span) for d in skips)
        title = f"Remove `@{skips[0].name}`"
    else:
        written = _limiting(project, limit)
        first = next((d for d in reversed(method.decorators) if binds_a_guard(project, file.path, d)), None)
        if limit.state == "outside" and first is not None:
            edits = _before(file, project, first, limit)
        else:
            edits = with_decorators(file, project, [written], method.at.start) if written else None
        title = f"Limit it with `{written.text}`" if written else ""
    if edits is not None:
        yield Fix(title, edits, Safety.UNSAFE)


def _before(file: File, project: Project, decorator: Decorator, limit: Limit) -> tuple[Edit, ...] | None:
    """The guard in front of those of a decorator: behind one that refuses, wrong passwords do not count."""
    by = limit.by
    if not isinstance(by, Ref | Ext) or not decorator.name.endswith("UseGuards") or not decorator.args:
        return None
    module = by.package if isinstance(by, Ext) else specifier_of(project, file.path, by)
    names = file.imported_all([(by.name, module)]) if module else None
    if isinstance(by, Ref) and by.path == file.path:
        names = {by.name: by.name}, []
    if names is None:
        return None
    at = file.data.index(b"(", decorator.at.start) + 1
    return tuple(sorted([*names[1], file.insert(at, f"{names[0][by.name]}, ")]))


def _skips(project: Project, path: str, decorator: Decorator) -> bool:
    parts = applied(project, path, (decorator,))
    return any(p.is_from(_THROTTLER, "SkipThrottle") for p in parts)


def _limiting(project: Project, limit: Limit) -> Written | None:
    """The guard, or what takes a method out of the exception that its class makes."""
    if limit.state == "skipped":
        names = ", ".join(f"{name}: false" for name in throttlers(project))
        return Written(f"@SkipThrottle({{ {names} }})", (("SkipThrottle", Ext(_THROTTLER, "SkipThrottle")),))
    if not isinstance(limit.by, Ref | Ext):
        return None
    name = limit.by.name
    guards = ("UseGuards", Ext("@nestjs/common", "UseGuards"))
    return Written(f"@UseGuards({name})", ((name, limit.by), guards))


@rule(level="warning", since="0.1.0", fixes=limit_it)
def login_not_throttled(file: File, project: Project) -> Iterator[Finding]:
    for handler in handlers_in(project, file.path):
        if handler.declared != handler.controller or handler.verb not in _CALLS:
            continue
        guessed = _guessed(project, handler)
        if not guessed or _is_for_known_callers(project, handler):
            continue
        state = limit_of(project, handler).state
        if state not in ("skipped", "outside"):
            continue
        cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
        method = cls.method(handler.method) if cls else None
        if method is None:
            continue
        route = route_of(project, handler)
        why = (
            f"`@SkipThrottle` takes `{route}` out of the limits"
            if state == "skipped"
            else f"The throttler does not limit `{route}`"
        )
        yield Finding(
            method.name_at.span, f"{why}: {guessed} can be guessed without end. Limit it", data=handler
        )


def _guessed(project: Project, handler: Handler) -> str:
    """What a client could guess at a route, by its words: passwords or codes; empty for nothing."""
    own = parts_of(handler.method)
    words = own | {w for path in handler.paths if path for w in parts_of(path)}
    if words & _OTHERWISE:
        return ""
    heads = {w for p in controller_options(project, handler.controller).paths if p for w in parts_of(p)}
    if words & _LOGIN or {"sign", "in"} <= words or (heads & _LOGIN and handler.paths == ("",)):
        return "passwords"
    if words & _RESET and "password" in words | heads:
        return "codes and addresses"
    if (words & _CODES or {"2", "fa"} <= words or {"two", "factor"} <= words) and words & _CHECKS:
        return "codes"
    return ""


def _is_for_known_callers(project: Project, handler: Handler) -> bool:
    """Does the route ask who calls, by something else than the password that it takes?"""
    if access_of(project, handler) is not Access.GUARDED:
        return False
    return not any(word in guarded_by(project, handler).lower() for word in _BY_PASSWORD)
