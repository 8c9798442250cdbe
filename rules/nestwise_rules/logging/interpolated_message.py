import re
from collections.abc import Iterator

from nestwise.api import (
    File,
    Finding,
    Fix,
    Logger,
    Node,
    Project,
    Role,
    Safety,
    Speech,
    Spot,
    child,
    heard_by_pino,
    logger_of,
    looks_like_logger,
    method_call,
    named,
    rule,
    span_of,
    walk,
    with_arguments,
)

_CONSTANT = re.compile(r"(?:this\.constructor|[A-Z]\w*)\.name|[A-Z][A-Z0-9_.]*")
_VALUE = re.compile(r"(?:this\.)?(?:[A-Za-z_$][\w$]*)(?:\??\.[A-Za-z_$][\w$]*)*")
_ENDS = re.compile(r"[\s:=\-–([{'\"#@]*$")
_CLOSES = re.compile(r"[\s)\]}'\".!…]*")


def is_built(method: Node, file: File) -> bool:
    called = method_call(method)
    if called is None:
        return False
    receiver, arguments = called
    message = _message(arguments)
    return message is not None and bool(_holes(file, message)) and looks_like_logger(file, receiver)


def as_fields(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The values as fields of an object, where they stand at the end of the text."""
    message = file.source.node_at(finding.span)
    call = message
    while call is not None and (call.type != "call_expression" or call.start_byte == finding.span.start):
        call = call.parent
    arguments = named(child(call, "arguments"))
    receiver = child(child(call, "function"), "object")
    logger = logger_of(file, project, receiver) if receiver is not None else None
    if call is None or message is None or logger is None or message.type != "template_string":
        return
    if logger.speech is Speech.NEST and file.text_of(receiver)[:1].isupper():
        return  # the last text of a static call is its context
    found = _taken_apart(file, message)
    if found is None or len(arguments) > 2:
        return
    text, entries = found
    quoted = f"{file.style.quote}{text}{file.style.quote}"
    fields = file.style.braces(", ".join(entries))
    if len(arguments) == 1:
        winston = logger.speech is Speech.WINSTON
        new = [quoted, fields] if winston else [fields, quoted]
    elif arguments[0].type == "object" and message.id == arguments[1].id:
        new = [_joined(file, arguments[0], entries), quoted]
    elif arguments[1].type == "object" and logger.speech is Speech.WINSTON:
        new = [quoted, _joined(file, arguments[1], entries)]
    else:
        return
    yield Fix("Pass the values as fields", (with_arguments(file, call, new),), Safety.UNSAFE)


@rule(
    level="hint",
    since="0.1.0",
    strict=True,
    plausible=is_built,
    spot=Spot(rb"\.(log|error|warn|debug|verbose|info|trace|fatal|silly)\(", ("property_identifier",)),
    roles=frozenset({Role.PRODUCTION}),
    fixes=as_fields,
)
def interpolated_message(method: Node, file: File, project: Project) -> Iterator[Finding]:
    called = method_call(method)
    if called is None:
        return
    receiver, arguments = called
    message = _message(arguments)
    if message is None or not _holes(file, message) or not looks_like_logger(file, receiver):
        return
    logger = logger_of(file, project, receiver)
    if logger is None or not _is_structured(file, project, logger):
        return
    yield Finding(
        span_of(message),
        "The values are part of the text: nobody can search or group by them, and every line is a message of "
        "its own. Pass them in an object",
    )


def _is_structured(file: File, project: Project, logger: Logger) -> bool:
    if logger.speech is Speech.NEST:
        return logger.methods is None and heard_by_pino(project, file.path)
    return logger.speech in (Speech.PINO, Speech.WINSTON) and logger.methods is None


def _message(arguments: Node) -> Node | None:
    """The text of a call: the first argument, or the one behind an object."""
    parts = named(arguments)
    if len(parts) > 1 and parts[0].type in ("object", "identifier"):
        parts = parts[1:]
    return parts[0] if parts and parts[0].type in ("template_string", "binary_expression") else None


def _holes(file: File, message: Node) -> list[Node]:
    """What of a text is a value of the moment."""
    if message.type == "template_string":
        values = [n for part in named(message) if part.type == "template_substitution" for n in named(part)]
    else:
        operator = child(message, "operator")
        joined = operator is not None and operator.type == "+"
        text = any(n.type in ("string", "template_string") for n in walk(message))
        values = [n for n in _operands(message) if n.type != "string"] if joined and text else []
    return [n for n in values if not _CONSTANT.fullmatch(file.text_of(n))]


def _operands(node: Node) -> Iterator[Node]:
    if node.type == "binary_expression":
        for side in (child(node, "left"), child(node, "right")):
            if side is not None:
                yield from _operands(side)
    else:
        yield node


# --- the fix -----------------------------------------------------------------------------------


def _taken_apart(file: File, message: Node) -> tuple[str, list[str]] | None:
    """A text without its values, and the values as entries of an object; None where a value stands within the
    text, or has no name."""
    parts = named(message)
    first = next((i for i, part in enumerate(parts) if part.type == "template_substitution"), len(parts))
    head = "".join(file.text_of(part) for part in parts[:first])
    tail = parts[first:]
    between = [file.text_of(part) for part in tail if part.type != "template_substitution"]
    if not head.strip() or not all(re.fullmatch(r"[\s,;/()\[\]'\".!…]*", text) for text in between):
        return None
    entries: dict[str, str] = {}
    for part in tail:
        if part.type != "template_substitution":
            continue
        value = file.text_of(next(iter(named(part)), None))
        if not _VALUE.fullmatch(value):
            return None
        words = value.replace("?", "").split(".")
        name = words[-1] if len(words) < 3 or words[-1] not in ("id", "name") else "".join(_camel(words[-2:]))
        if len(words) > 1 and words[0] != "this" and words[-1] in ("id", "name", "length", "message"):
            name = "".join(_camel(words[-2:]))
        if name in entries:
            return None
        entries[name] = name if name == value else f"{name}: {value}"
    text = _ENDS.sub("", head)
    if "'" in text or '"' in text or "\\" in text or "\n" in text or not text:
        return None
    return text, list(entries.values())


def _camel(words: list[str]) -> list[str]:
    return [words[0], *(word[:1].upper() + word[1:] for word in words[1:])]


def _joined(file: File, holder: Node, entries: list[str]) -> str:
    inner = [file.text_of(part) for part in named(holder)]
    return file.style.braces(", ".join([*inner, *entries]))
