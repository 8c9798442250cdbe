import re
from collections.abc import Iterator

from nestwise.api import (
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Node,
    Preset,
    Project,
    Ref,
    Safety,
    Spot,
    ancestors,
    child,
    handlers_of,
    maps_errors,
    named,
    reached_by,
    resolve,
    rule,
    span_of,
)

NEST = "@nestjs/common"
_SAYS = {
    "NotFoundException": r"not (?:be )?found|no such|do(?:es)?(?: not|n't) exist|can(?:not|'t) find",
    "ConflictException": r"already|duplicate|\bexists\b|\btaken\b|in use",
    "UnauthorizedException": r"un(?:authori[sz]|authenticat)ed|not (?:logged in|authenticated)"
    r"|(?:invalid|wrong|incorrect) (?:[\w-]+[ -])?(?:credentials|password|token|secret|signature)",
    "ForbiddenException": r"forbidden|not (?:allowed|permitted|authori[sz]ed)|permission|access denied",
    "NotImplementedException": r"not (?:yet )?(?:implemented|supported)|unsupported",
    "BadRequestException": r"invalid|required|missing|must (?:not )?be|malformed|bad request|too long",
}
_PATTERNS = tuple((name, re.compile(text, re.I)) for name, text in _SAYS.items())
_CLEAR = frozenset(("NotFoundException", "ConflictException", "UnauthorizedException", "ForbiddenException"))
_FUNCTIONS = frozenset("arrow_function function_expression function_declaration method_definition".split())
_HOOKS = frozenset("constructor onModuleInit onApplicationBootstrap onModuleDestroy".split())


def as_exception(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The exception that the text suggests, in a handler; callers of a service may look for an `Error`."""
    name, in_handler = finding.data
    statement = file.source.node_at(finding.span)
    made = next((n for n in named(statement) if n.type == "new_expression"), None)
    if not name or made is None:
        return
    found = file.imported_all([(name, NEST)])
    constructor = child(made, "constructor")
    if found is None or constructor is None:
        return
    local, edits = found
    edit = Edit(span_of(constructor), local[name])
    safety = Safety.SAFE if in_handler else Safety.UNSAFE
    yield Fix(f"Throw `{name}`", tuple(sorted([*edits, edit])), safety)


@rule(
    level="information",
    since="0.1.0",
    spot=Spot(rb"(throw)\s+new\s+Error\b", ("throw_statement",)),
    plausible=lambda thrown, file: _is_plain(thrown, file),
    fixes=as_exception,
)
def generic_error(thrown: Node, file: File, project: Project, preset: Preset) -> Iterator[Finding]:
    cls = file.class_at(thrown)
    if cls is None or cls.inside or not _is_plain(thrown, file):
        return
    method = _method_of(thrown)
    if method is None or resolve(project, file.path, "Error") != Ext("", "Error"):
        return
    ref, name = Ref(file.path, cls.name), file.text_of(child(method, "name"))
    suggested = _suggested(thrown, file)
    handler = next((h for h in handlers_of(project, ref) if h.method == name and h.kind == "http"), None)
    if handler is not None:
        if not maps_errors(project, handler):
            yield Finding(
                span_of(thrown),
                'Nest answers an `Error` with 500 "Internal server error", whatever its text says. '
                f"Throw {_instead(suggested)}",
                data=(suggested, True),
            )
    elif preset is Preset.STRICT and suggested in _CLEAR and name not in _HOOKS:
        callers = [h for h in reached_by(project, ref, name) if not maps_errors(project, h)]
        if callers:
            yield Finding(
                span_of(thrown),
                f'`{callers[0].name}` answers this `Error` with 500 "Internal server error", whatever its '
                f"text says. Throw {_instead(suggested)}, or an error of the domain that a filter translates",
                data=(suggested, False),
            )


def _is_plain(thrown: Node, file: File) -> bool:
    made = next(iter(named(thrown)), None)
    return made is not None and file.text_of(child(made, "constructor")) == "Error"


def _method_of(thrown: Node) -> Node | None:
    """The method that it leaves; None where a function of its own is around it, or a `catch` takes it."""
    before = thrown
    for outer in ancestors(thrown):
        if outer.type in _FUNCTIONS:
            return outer if outer.type == "method_definition" else None
        body = child(outer, "body") if outer.type == "try_statement" and child(outer, "handler") else None
        if body is not None and body.id == before.id:
            return None
        before = outer
    return None


def _suggested(thrown: Node, file: File) -> str:
    """The exception that goes with the text; empty for a text that says nothing of it, or is none."""
    made = next(iter(named(thrown)), None)
    text = next(iter(named(child(made, "arguments"))), None)
    if text is None or text.type not in ("string", "template_string", "binary_expression"):
        return ""
    said = file.text_of(text)
    return next((name for name, pattern in _PATTERNS if pattern.search(said)), "")


def _instead(suggested: str) -> str:
    return f"`{suggested}`" if suggested else "the exception of HTTP that says what is wrong"
