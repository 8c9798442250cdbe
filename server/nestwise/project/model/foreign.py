"""Inputs that are not the project's to describe, and handlers that look at them by themselves."""

from __future__ import annotations

import re

from nestwise.project.facts import Method, string
from nestwise.project.model.guards import parts_of
from nestwise.project.model.handlers import Handler
from nestwise.project.model.types import written

_RAW = frozenset(
    (
        "webhook webhooks hook hooks callback callbacks proxy stripe paypal telegram slack github gitlab "
        "saml oauth oauth2 sso oidc raw stream ipn signature hmac metrics telemetry graphql passthrough "
        "tunnel debug"
    ).split()
)
"""Words of a handler whose input has somebody else's format, or is passed on as it is."""
_CHECKS = re.compile(
    rb"\b(?:safeParse|parseAsync|safeParseAsync|validate|validateSync|validateOrReject|plainToInstance"
    rb"|plainToClass|constructEvent)\s*(?:<[^()]*>)?\(|[sS]chema\w*\.\w+\(|\bassert\w*\("
)
_REFUSES = re.compile(rb"\btypeof\s|\binstanceof\s|\bArray\.isArray\(")
"""With a `throw`: the handler looks at the value itself."""


def is_foreign(handler: Handler, method: Method) -> bool:
    """Does somebody else make the format of what the handler gets: a webhook, a callback, a proxy?"""
    words = parts_of(handler.method) | parts_of(handler.controller.name)
    words |= {w for path in handler.paths if path for w in parts_of(path)}
    for param in method.params:
        keys = (string(arg) or "" for d in param.decorators for arg in d.args)
        words |= {w for key in keys for w in parts_of(key)}
    return bool(words & _RAW) or any("RawBody" in written(p.type) for p in method.params)


def refuses_itself(body: bytes) -> bool:
    """Does the code of a handler look at the types of values, and throw?"""
    return b"throw" in body and _REFUSES.search(body) is not None


def checks_itself(code: bytes) -> bool:
    """Does code hand values to a schema or a validator?"""
    return _CHECKS.search(code) is not None
