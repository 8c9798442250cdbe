import re
from collections.abc import Iterator

from nestwise.api import (
    CATCH,
    Call,
    Edit,
    File,
    Finding,
    Fix,
    Node,
    Project,
    Role,
    Span,
    Speech,
    ancestors,
    callee_of,
    calls_in,
    catcher,
    child,
    dotted,
    is_awaited_list,
    logger_at,
    named,
    path_of,
    risky_call,
    rule,
    span_of,
)

_NO_REASON = re.compile(r"(?:pass|no-?op|nothing|empty|todo\b.*|fixme\b.*|)\W*", re.I)
_CODE = re.compile(r"[\w.]+\(.*\)?;?$|return\b.*;?$|throw\b.*;?$")
_MEANT = re.compile(
    r"best.?effort|ignor|swallow|critical|fire.and.forget|may fail|fail|optional|safe|opportunis|harmless"
    r"|background|\bbecause\b|\botherwise\b|even if|regardless|n[o']t (?:block|matter|care|worth)|no matter"
    r"|worst case|on purpose|deliberate|intention",
    re.I,
)
"""What a comment above a statement says that gives a reason; most only say what the statement does."""
_PROBES = frozenset(
    "parse safe verify validate check is has decode require stat lstat access exists resolve compile test "
    "ping head read url pump pipeline".split()
)
"""First words of what is called to see whether it throws, or whose errors are no news."""
_CLEANUP = frozenset(
    "unlink rm rmdir mkdir close disconnect quit destroy kill cancel abort release end dispose terminate "
    "stop unsubscribe remove leave clear".split()
)
_MEASURES = re.compile(r"(?:^|[a-z_])(?:track|telemetry|analytics|metrics?)(?=[A-Z_.-]|$)|^_?track", re.I)
"""Names of what only counts."""
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_FIRST = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BACK = re.compile(r"(?:^|\.)(?:rollback\w*|abortTransaction|release|endSession)$")
_ENDS = frozenset("onModuleDestroy beforeApplicationShutdown onApplicationShutdown close disconnect".split())
_CHECKS = ("PassportStrategy", "AuthGuard")
_CONSTANTS = frozenset("true false null undefined array object string number".split())
_WHAT = {
    "write": "what it writes is lost",
    "request": "the request has failed",
    "mail": "the mail is not sent",
    "job": "the job is not queued",
    "message": "the message is not sent",
}


def ignores(caught: Node, file: File) -> bool:
    taker = catcher(caught)
    return taker is not None and _ignored(file, taker) != ""


def _ignored(file: File, caught: Node) -> str:
    """empty, or unused where other things happen; empty text where it is not ignored."""
    body = child(caught, "body")
    if body is None:
        return ""
    if body.type != "statement_block":
        text = file.text_of(body)
        return "empty" if caught.type == "arrow_function" and text in ("undefined", "void 0") else ""
    statements = named(body)
    if not statements:
        return "" if _has_reason(file, caught, body) else "empty"
    parameter = child(caught, "parameter")
    if caught.type != "catch_clause" or parameter is None or parameter.type != "identifier":
        return ""
    name = re.escape(file.text_of(parameter))
    if re.search(rf"(?<![\w$]){name}(?![\w$])", file.text_of(body)) or not _does_nothing(file, body):
        return ""
    return "" if _has_reason(file, caught, body) else "unused"


def _has_reason(file: File, caught: Node, body: Node) -> bool:
    comments = [file.text_of(c) for c in body.named_children if c.type == "comment"]
    if any(_says(comment) for comment in comments):
        return True
    outer = caught
    while outer.parent is not None and not outer.type.endswith(("_statement", "_declaration")):
        outer = outer.parent
    above = outer.prev_named_sibling
    while above is not None and above.type == "comment":
        if _MEANT.search(file.text_of(above)):
            return True
        above = above.prev_named_sibling
    return False


def _says(comment: str) -> bool:
    text = re.sub(r"^[/*\s]+|[*/\s]+$", "", comment)
    return not (_NO_REASON.fullmatch(text) or _CODE.fullmatch(text))


def _does_nothing(file: File, body: Node) -> bool:
    """Does a block call nothing but what rolls back, and neither throws nor returns in any case?"""
    stack = list(named(body))
    if any(s.type == "throw_statement" for s in stack):
        return False
    while stack:
        node = stack.pop()
        if node.type in ("return_statement", "yield_expression", "new_expression"):
            return False
        if node.type == "throw_statement":
            continue
        if node.type == "call_expression" and not _BACK.search(path_of(file, child(node, "function"))):
            return False
        stack += node.named_children
    return True


def _region(caught: Node) -> Node | None:
    """What may have failed."""
    if caught.type == "catch_clause":
        return child(caught.parent, "body")
    call = caught.parent.parent if caught.parent is not None else None
    return child(child(call, "function"), "object")


def log_it(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The error in the log of the class."""
    caught = file.source.node_at(finding.span)
    while caught is not None and caught.type not in ("catch_clause", "call_expression"):
        caught = caught.parent
    if caught is not None and caught.type == "call_expression":
        caught = next(iter(named(child(caught, "arguments"))), None)
    reached = logger_at(file, project, caught) if caught is not None else None
    body = child(caught, "body")
    if caught is None or body is None or reached is None or not reached.logger.of_package:
        return
    logger = reached.logger
    parameter = child(caught, "parameter")
    if caught.type != "catch_clause":
        parameter = parameter or next(iter(named(child(caught, "parameters"))), None)
        parameter = child(parameter, "pattern") or parameter
    if parameter is not None and parameter.type != "identifier":
        return
    name = file.text_of(parameter) or "error"
    given = [name]
    if logger.speech is Speech.WINSTON:
        given = [f"{file.style.quote}{finding.data} failed{file.style.quote}", name]
    elif logger.speech is Speech.NEST and 0 < project.layout.nest_major(file.path) < 11:
        cast = caught.type == "catch_clause" and b"catch (error: any)" not in file.data
        given = [name, f"({name} as Error).stack" if cast else f"{name}.stack"]
    call = f"{logger.written}.error({', '.join([*given, *([reached.context] if reached.context else [])])})"
    edits = [*reached.edits, _written(file, caught, body, name, call)]
    yield Fix(f"Log it with `{logger.written}`", tuple(sorted(edits)), reached.safety)


def _written(file: File, caught: Node, body: Node, name: str, call: str) -> Edit:
    if caught.type != "catch_clause":
        return Edit(span_of(caught), f"({name}) => {call}")
    start = file.data.rfind(b"\n", 0, caught.start_byte) + 1
    line = file.data[start : caught.start_byte].decode(errors="replace")
    indent = line[: len(line) - len(line.lstrip())]
    eol = "\r\n" if file.data[start - 2 : start] == b"\r\n" else "\n"
    inner = indent + file.style.indent
    statement = f"{inner}{file.fitted(call, inner, file.style.semicolon)}{file.style.semicolon}"
    head = f"catch ({name})" if child(caught, "parameter") is None else ""
    if named(body):
        return Edit(Span(body.start_byte + 1, body.start_byte + 1), f"{eol}{statement}")
    kept = [file.text_of(c) for c in body.named_children]
    comments = "".join(f"{eol}{inner}{comment}" for comment in kept)
    text = f"{{{comments}{eol}{statement}{eol}{indent}}}"
    if head:
        return Edit(Span(caught.start_byte, body.end_byte), f"{head} {text}")
    return Edit(span_of(body), text)


@rule(
    level="warning",
    since="0.1.0",
    plausible=ignores,
    spot=CATCH,
    roles=frozenset({Role.PRODUCTION}),
    fixes=log_it,
)
def swallowed_error(caught: Node, file: File, project: Project) -> Iterator[Finding]:
    taker = catcher(caught)
    how = _ignored(file, taker) if taker is not None else ""
    region = _region(taker) if taker is not None else None
    if taker is None or region is None or not how:
        return
    if not project.layout.is_nest(file.path) or _is_probe(file, taker):
        return
    waited = taker.type == "catch_clause"
    risk = risky_call(file, project, region, waited)
    keyword = taker.children[0] if waited else caught
    if risk is not None:
        name = risk.call.rpartition(".")[2].removesuffix("()")
        message = f"`{name}` may fail here, {_WHAT[risk.kind]} and nobody hears of it. "
    elif how == "empty" and waited and (name := _awaited(file, region)):
        message = f"`{name}` may fail here, and nobody hears of it: the code goes on as if nothing was. "
    else:
        return
    advice = "Log the error, or say in a comment why it does not matter"
    yield Finding(span_of(keyword), f"{message}{advice}", data=name)


def _awaited(file: File, region: Node) -> str:
    """What the region waits for, unless it is there to see whether something throws."""
    found = ""
    for call in calls_in(region):
        name = path_of(file, callee_of(call)).rpartition(".")[2]
        first = _FIRST.search(name)
        if first is not None and first[0].lower() in _PROBES | _CLEANUP:
            return ""
        outer = call.parent
        waits = outer is not None and (outer.type == "await_expression" or is_awaited_list(outer, call))
        found = found or (name if waits else "")
    return found


def _is_probe(file: File, caught: Node) -> bool:
    """Is an error an answer here, as in guards and strategies, or before a `return false`; or is this the end
    of the application, or something that only counts?"""
    cls = file.class_at(caught)
    if cls is not None and (_MEASURES.search(cls.name) or any(m.name == "canActivate" for m in cls.methods)):
        return True
    if cls is not None and isinstance(cls.extends, Call) and dotted(cls.extends.callee).endswith(_CHECKS):
        return True
    for outer in ancestors(caught):
        if outer.type in ("method_definition", "function_declaration"):
            name = file.text_of(child(outer, "name"))
            return name in _ENDS or bool(_MEASURES.search(name)) or _answers(file, caught)
    return _answers(file, caught)


def _answers(file: File, caught: Node) -> bool:
    """Does the code return a constant next, where the `try` returns a value; or leave where a variable that
    the `try` sets has none?"""
    after = caught.parent.next_named_sibling if caught.type == "catch_clause" and caught.parent else None
    if after is not None and after.type == "if_statement":
        return _leaves_without(file, named(child(caught.parent, "body")), after)
    if after is None or after.type != "return_statement":
        return False
    value = next(iter(named(after)), None)
    while value is not None and value.type == "as_expression":
        value = value.named_children[0]
    constant = value is None or value.type in _CONSTANTS
    return constant and b"return " in file.data[caught.parent.start_byte : caught.start_byte]  # type: ignore[union-attr]


def _leaves_without(file: File, tried: list[Node], check: Node) -> bool:
    """Is `check` an `if (!x) throw …` or the like, of a variable that the statements of a `try` set?"""
    left = child(check, "consequence")
    if left is not None and left.type == "statement_block":
        left = next(iter(reversed(named(left))), None)
    if left is None or left.type != "throw_statement":
        return False
    made = [s.named_children[0] for s in tried if s.type == "expression_statement" and s.named_children]
    names = {file.text_of(child(a, "left")) for a in made if a.type == "assignment_expression"}
    return bool(names & set(_NAME.findall(file.text_of(child(check, "condition")))))
