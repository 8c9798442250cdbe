import re
from collections.abc import Iterator

from nestwise.api import (
    Ext,
    File,
    Finding,
    Here,
    Node,
    Project,
    Ref,
    Spot,
    domain_role,
    made_error,
    named,
    rule,
    span_of,
)

_OTHERS = re.compile(
    r"(?:Exception|Error|Filter|Guard|Pipe|Interceptor|Controller|Resolver|Gateway|Dto|DTO|Module|Service|Handler"
    r"|UseCase|Usecase|Strategy|Processor)$"
)
_ROLES = {
    "entity": "an entity",
    "aggregate": "an aggregate",
    "repository": "a repository",
    "domain": "of the domain",
}


@rule(
    level="warning",
    since="0.1.0",
    strict=True,
    spot=Spot(rb"(throw)\s", ("throw_statement",)),
    plausible=lambda thrown, file: _may_be_domain(thrown, file),
)
def http_in_domain(thrown: Node, file: File, project: Project) -> Iterator[Finding]:
    cls = file.class_at(thrown)
    if cls is None or not _may_be_domain(thrown, file):
        return
    role = domain_role(project, Ref(file.path, cls.name))
    if not role:
        return
    found = made_error(project, Here(file.path, file.expr(next(iter(named(thrown)), None))))
    if found is not None and found[1] == "http" and isinstance(found[0], (Ref, Ext)):
        yield Finding(
            span_of(thrown),
            f"`{found[0].name}` is an answer of HTTP, and `{cls.name}` is {_ROLES[role]}: jobs, resolvers "
            "and commands that use it get a status to deal with. Throw an error of the domain, which an "
            "exception filter translates",
        )


def _may_be_domain(thrown: Node, file: File) -> bool:
    """By names alone: most of what throws are services and controllers."""
    value = next(iter(named(thrown)), None)
    if value is None or value.type not in ("new_expression", "call_expression"):
        return False
    cls = file.class_at(thrown)
    return cls is not None and not cls.inside and _OTHERS.search(cls.name) is None
