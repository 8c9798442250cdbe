"""Routes that are open in every application, by their words: where one signs in, and probes."""

from __future__ import annotations

from nestwise.project.model.guards import parts_of
from nestwise.project.model.handlers import Handler, controller_options
from nestwise.project.model.project import Project

_OPEN = frozenset(
    (
        "health metrics login signin logout signout register signup refresh reset verify verification forgot "
        "confirm oauth oidc saml sso webhook webhooks callback password token auth authenticate unsubscribe "
        "otp csrf captcha"
    ).split()
)
_OPEN_TO_READ = frozenset(
    (
        "healthz healthcheck liveness readiness ping version status robots sitemap favicon feed rss public"
    ).split()
)


def open_on_purpose(project: Project, handler: Handler) -> bool:
    """Do the words of a handler, its class or its path say that anybody is meant to call it?"""
    words = parts_of(handler.method) | parts_of(handler.controller.name)
    below = controller_options(project, handler.controller).paths
    words |= {w for path in (*below, *handler.paths) if path for w in parts_of(path)}
    return bool(words & _OPEN) or (handler.verb == "GET" and bool(words & _OPEN_TO_READ))


__all__ = ["open_on_purpose"]
