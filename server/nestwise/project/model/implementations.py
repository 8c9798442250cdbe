"""Which class stands behind what a service is known by: an abstract class, an interface with a token."""

from __future__ import annotations

from nestwise.project.kinds import Kind
from nestwise.project.model.modules import module_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import UNKNOWN, Ref, class_of
from nestwise.project.model.tokens import Token


@question
def provided(project: Project) -> tuple[tuple[Token, Ref], ...]:
    """Every token under which a module of the workspace provides a class, with the class."""
    found: dict[tuple[Token, Ref], None] = {}
    for path in project.with_kind(Kind.MODULE):
        for cls in project.facts(path).classes:
            for provider in module_of(project, Ref(path, cls.name)).providers if cls.decorators else ():
                if isinstance(provider.symbol, Ref) and class_of(project, provider.symbol) is not None:
                    found[provider.token, provider.symbol] = None
    return tuple(found)


@question
def implementations(project: Project, token: Token) -> tuple[Ref, ...]:
    """The classes that modules provide under a token, each once: of several, the module decides."""
    if token is UNKNOWN:
        return ()
    return tuple(dict.fromkeys(ref for known, ref in provided(project) if known == token))


__all__ = ["implementations"]
