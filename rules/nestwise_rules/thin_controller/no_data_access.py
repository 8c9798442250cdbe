import re
from collections.abc import Iterator

from nestwise.api import (
    At,
    Class,
    DataAccess,
    Ext,
    File,
    Finding,
    Node,
    Options,
    Project,
    Ref,
    TName,
    called_access,
    callee_of,
    child,
    client_moved,
    injected_access,
    resolve,
    role_of_class,
    rule,
    span_of,
    type_access,
    walk,
    watches_health,
)

_IDLE = ", and nothing uses it. Remove it"
_QUERIES = ": its handlers query the database past the service layer. Inject a service that has these queries"


class OwnRepositories(Options):
    own_repositories: bool = False
    """Report the team's own repository classes, too: only services may use them."""


@rule(level="warning", since="0.1.0", fixes=client_moved)
def no_data_access(cls: Class, file: File, project: Project, options: OwnRepositories) -> Iterator[Finding]:
    if cls.inside or not cls.decorators:
        return
    role = role_of_class(project, Ref(file.path, cls.name))
    if role not in ("controller", "resolver", "gateway") or watches_health(project, file.path, cls):
        return
    own = options.own_repositories
    for at, access in _injected(cls, file, project, own):
        does = _IDLE if _is_idle(cls, file, at) else _QUERIES
        yield Finding(at.span, f"{access.name} is injected into this {role}{does}")
    for node, access in _called(cls, file, project):
        yield Finding(
            span_of(node),
            f"This {role} queries the database itself, through {access.name}. "
            "Move the query to a service and inject that",
        )


def _injected(cls: Class, file: File, project: Project, own: bool) -> Iterator[tuple[At, DataAccess]]:
    held = [(p.decorators, p.type, p.name_at) for p in cls.ctor or ()]
    for prop in cls.properties:
        if prop.decorators:
            kind = prop.type if _is_injected(file, project, prop.decorators) else None
            held.append((prop.decorators, kind, prop.name_at))
    for decorators, kind, at in held:
        typed = type_access(project, file.path, kind)
        found = injected_access(project, file.path, decorators) or typed
        if found is None and own and (name := _own_repository(kind)):
            found = DataAccess(name, "")
        if found is not None and (own or not found.own):
            shown = _written(kind) if typed and isinstance(kind, TName) else (typed or found).name
            yield at, DataAccess(f"`{shown}`", found.orm)


def _is_idle(cls: Class, file: File, at: At) -> bool:
    """Is something private that is injected never used?"""
    held = [(p.name, p.access, p.name_at) for p in cls.ctor or ()]
    held += [(p.name, p.access, p.name_at) for p in cls.properties]
    name = next((n for n, access, a in held if a.span == at.span and access == "private"), "")
    body = file.data[cls.body_at.start : cls.body_at.end]
    return bool(name) and len(re.findall(rb"\b" + re.escape(name.encode()) + rb"\b", body)) == 1


def _written(kind: TName) -> str:
    """A type as people write it: `Repository<Cat>`; what else it takes is left out."""
    names = [a.name for a in kind.args[:1] if isinstance(a, TName)]
    return f"{kind.name}<{names[0]}>" if names else kind.name


def _own_repository(kind: object) -> str:
    name = kind.name.rpartition(".")[2] if isinstance(kind, TName) else ""
    return name if name.endswith(("Repository", "Repo")) else ""


def _is_injected(file: File, project: Project, decorators: tuple[object, ...]) -> bool:
    return any(
        resolve(project, file.path, getattr(d, "name", "")) == Ext("@nestjs/common", "Inject")
        for d in decorators
    )


def _called(cls: Class, file: File, project: Project) -> Iterator[tuple[Node, DataAccess]]:
    """The first use of each client that the file holds or imports, within the class."""
    names = {i.local for i in file.facts.imports if not i.type_only and i.name not in ("", "*")}
    names |= {c.name for c in file.facts.consts}
    body = file.data[cls.body_at.start : cls.body_at.end]
    reach = {
        name: found
        for name in sorted(names)
        if name.encode() in body and (found := called_access(project, file.path, name)) is not None
    }
    if not reach:
        return
    whole = file.source.node_at(cls.at.span)
    for node in walk(whole) if whole is not None else ():
        if node.type != "call_expression":
            continue
        callee = callee_of(node)
        while callee is not None and callee.type in ("member_expression", "call_expression"):
            callee = callee_of(callee) if callee.type == "call_expression" else child(callee, "object")
        name = file.text_of(callee)
        if callee is not None and callee.type == "identifier" and name in reach:
            yield node, DataAccess(f"`{name}`", reach.pop(name).orm)
