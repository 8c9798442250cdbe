from collections.abc import Iterator

from nestwise.api import (
    Effect,
    Ext,
    File,
    Finding,
    Handed,
    Input,
    Node,
    Project,
    handed_whole,
    inputs_at,
    is_entity,
    rule,
    shape_of,
    span_of,
    walk,
)

_ERASED = frozenset({"open", "inline", "interface", "none", "utility", "array", "union"})
"""Kinds of types of which the pipe sees no class."""
_ITSELF = " is the entity itself"
_ROWS = ("@prisma/client",)
"""Packages whose types are those of rows."""


@rule(level="error", since="0.1.0")
def mass_assignment(file: File, project: Project) -> Iterator[Finding]:
    seen: set[int] = set()
    for given, effect in inputs_at(project, file.path):
        if given.source != "body" or given.handler.declared.path != file.path:
            continue
        why = _loose(project, given, effect)
        if not why:
            continue
        handler = given.handler
        found = handed_whole(project, handler.controller, handler.method, given.position)
        for handed in found[:1]:
            call = _call(file, given, handed)
            if call is None or call.start_byte in seen:
                continue
            seen.add(call.start_byte)
            yield Finding(span_of(call), _message(given, handed, why))


def _message(given: Input, handed: Handed, why: str) -> str:
    name = f"`{given.name}`" if given.name else "The body"
    through = f" through `{handed.via[-1]}`" if handed.via else ""
    which = "every column that has a validator" if why.endswith(_ITSELF) else "every column"
    what = f"{which} of `{handed.write.target}`" if handed.write.target else which
    return (
        f"{name} goes whole to `{handed.write.call}`{through}, and a client may set {what}: {why}. "
        "Take a class with what clients may set, and `whitelist: true`"
    )


def _loose(project: Project, given: Input, effect: Effect) -> str:
    """Why more may be in an input than its author thinks of; empty where that is not proven."""
    kind = given.meant
    rows = isinstance(kind.symbol, Ext) and kind.symbol.package.startswith(_ROWS)
    erased = kind.kind in _ERASED or kind.aliased or rows
    if effect.other or kind.type_only or not (erased or kind.ref is not None):
        return ""  # a class that `import type` erases is an error of its own, where that stands
    if effect.kind == "none":
        return "no pipe validates it"
    if effect.kind != "class-validator":
        return ""
    if erased:
        return "its type is nothing at run time, so no pipe strips anything"
    if effect.exposes is not False:
        return ""
    if effect.unlisted == "passed":
        return f"the pipe keeps what `{kind.name}` does not declare"
    if kind.ref is not None and is_entity(project, kind.ref) and shape_of(project, kind.ref).has_validators:
        return f"`{kind.name}`{_ITSELF}"
    return ""


def _call(file: File, given: Input, handed: Handed) -> Node | None:
    """The call in this very text: positions of answers may be older."""
    cls = next(
        (c for c in file.facts.classes if c.name == given.handler.declared.name and not c.inside), None
    )
    method = cls.method(given.handler.method) if cls is not None else None
    body = file.source.node_at(method.body_at.span) if method is not None else None
    calls = (n for n in walk(body) if n.type == "call_expression") if body is not None else ()
    return next((n for n in calls if file.expr(n) == handed.call), None)
