from collections.abc import Iterator

from nestwise.api import (
    CATCH,
    File,
    Finding,
    Node,
    Project,
    Ref,
    Related,
    Role,
    ancestors,
    child,
    log_calls,
    logger_of,
    mentions,
    named,
    role_of_class,
    rule,
    span_of,
    taken_at,
)

_LEVELS = frozenset({"error", "fatal", "warn"})


def throws_on(caught: Node, file: File) -> bool:
    taken = taken_at(caught)
    if taken is None or _throw(file, taken[1], file.text_of(taken[0])) is None:
        return False
    return any(True for _ in log_calls(taken[1], file, _LEVELS))


@rule(
    level="information",
    since="0.1.0",
    strict=True,
    plausible=throws_on,
    spot=CATCH,
    roles=frozenset({Role.PRODUCTION}),
)
def log_and_throw(caught: Node, file: File, project: Project) -> Iterator[Finding]:
    taken = taken_at(caught)
    if taken is None:
        return
    name, body = file.text_of(taken[0]), taken[1]
    thrown = _throw(file, body, name)
    cls = file.class_at(body)
    job = cls is not None and role_of_class(project, Ref(file.path, cls.name)) == "processor"
    if thrown is None or job:
        return
    used = [m.node for m in mentions(file, body, name)]
    for statement in named(body):
        for call in log_calls(statement, file, _LEVELS):
            receiver = child(child(call, "function"), "object")
            told = any(call.start_byte <= node.start_byte < call.end_byte for node in used)
            if (
                told
                and _goes_on(call, body)
                and receiver is not None
                and logger_of(file, project, receiver) is not None
            ):
                yield Finding(
                    span_of(call),
                    f"`{name}` is logged here, thrown on, and logged again by what catches it: one failure "
                    "looks like two. Log it where it is handled, or throw a new error with it as `cause`",
                    related=(Related(file.path, span_of(thrown), "thrown on here"),),
                )
                return


def _throw(file: File, body: Node, name: str) -> Node | None:
    """The statement that throws the error itself, whatever happens before it in the block."""
    last = next(iter(reversed(named(body))), None)
    if last is None or last.type != "throw_statement":
        return None
    value = next(iter(named(last)), None)
    return last if value is not None and file.text_of(value) == name else None


def _goes_on(call: Node, body: Node) -> bool:
    """Does the code behind a call come to the end of the block, as far as the blocks around it say?"""
    for outer in ancestors(call):
        if outer.id == body.id:
            return True
        last = next(iter(reversed(named(outer))), None) if outer.type == "statement_block" else None
        if last is not None and last.type in ("return_statement", "throw_statement", "continue_statement"):
            return False
    return True
