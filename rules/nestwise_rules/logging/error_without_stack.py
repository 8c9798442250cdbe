import re
from collections.abc import Iterator

from nestwise.api import (
    CATCH,
    File,
    Finding,
    Fix,
    Logger,
    Mention,
    Node,
    Preset,
    Project,
    Role,
    Speech,
    ancestors,
    child,
    heard_by_pino,
    log_calls,
    logger_of,
    mentions,
    named,
    rule,
    span_of,
    taken_at,
    unwrapped,
    with_arguments,
)

_ERRORS = frozenset({"error", "fatal"})
_WARNINGS = _ERRORS | {"warn"}


def may_drop(caught: Node, file: File) -> bool:
    taken = taken_at(caught)
    if taken is not None and any(True for _ in log_calls(taken[1], file, _WARNINGS)):
        name, body = file.text_of(taken[0]), taken[1]
        return all(m.part or _is_argument(file, m.node) for m in mentions(file, body, name))
    return False


def with_stack(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The error, or its stack, as the logger at hand keeps it."""
    call = file.source.node_at(finding.span)
    while call is not None and call.type != "call_expression":
        call = call.parent
    member = child(call, "function")
    receiver = child(member, "object")
    logger = logger_of(file, project, receiver) if receiver is not None else None
    arguments = named(child(call, "arguments"))
    spread = any(a.type == "spread_element" for a in arguments)
    if call is None or logger is None or not logger.of_package or not arguments or spread:
        return
    kind = file.text_of(child(member, "property"))
    if kind != "error" and file.text_of(receiver)[:1].isupper() and logger.speech is Speech.NEST:
        return  # the last text of a static call is its context
    name = finding.data
    texts = [file.text_of(argument) for argument in arguments]
    kinds = [argument.type for argument in arguments]
    if _by_pino(file, project, logger) and (logger.speech is Speech.PINO or kind != "error"):
        new = _for_pino(file, texts, kinds, name)
    else:
        new = _with_stack(file, texts, kinds, logger, name, _stack_of(file, arguments[0], name))
    if new is not None:
        yield Fix(f"Log `{name}` with its stack", (with_arguments(file, call, new),))


@rule(
    level="warning",
    since="0.1.0",
    plausible=may_drop,
    spot=CATCH,
    roles=frozenset({Role.PRODUCTION}),
    fixes=with_stack,
)
def error_without_stack(caught: Node, file: File, project: Project, preset: Preset) -> Iterator[Finding]:
    taken = taken_at(caught)
    if taken is None:
        return
    name, body = file.text_of(taken[0]), taken[1]
    used = mentions(file, body, name)
    levels = _WARNINGS if preset is Preset.STRICT else _ERRORS
    held = _held(file, used)
    told: tuple[bool, Node, str] | None = None
    for call in log_calls(body, file, levels):
        receiver = child(child(call, "function"), "object")
        logger = logger_of(file, project, receiver) if receiver is not None else None
        if logger is None:
            continue
        inside = [m for m in used if call.start_byte <= m.node.start_byte < call.end_byte]
        lost = [m for m in inside if not m.part]
        if lost and not (_by_pino(file, project, logger) and _is_after_text(file, call, lost)):
            return
        said = bool(inside) or any(True for variable in held for _ in mentions(file, call, variable))
        if told is None or (said and not told[0]):
            told = (said, call, _message(name, logger, said, bool(lost)))
    others = [m for m in used if not m.part and not _is_argument(file, m.node)]
    if told is None or others:
        return
    yield Finding(span_of(told[1]), told[2], data=name)


def _held(file: File, used: list[Mention]) -> set[str]:
    """The variables that are given something of the error."""
    found: set[str] = set()
    for mention in used:
        for outer in ancestors(mention.node):
            if outer.type in ("variable_declarator", "assignment_expression"):
                found.add(file.text_of(child(outer, "name") or child(outer, "left")))
            if outer.type in ("statement_block", "arguments"):
                break
    return found


def _is_argument(file: File, node: Node) -> bool:
    """Is it handed to a call that may be one of a logger, behind a text?"""
    outer = unwrapped(node).parent
    call = outer.parent if outer is not None and outer.type == "arguments" else None
    member = child(call, "function")
    to_console = file.text_of(child(member, "object")) == "console"
    return not to_console and file.text_of(child(member, "property")) in _WARNINGS


def _is_after_text(file: File, call: Node, lost: list[Mention]) -> bool:
    """Does pino get the error behind a text that has no place for it?"""
    arguments = named(child(call, "arguments"))
    first = arguments[0]
    if first.type not in ("string", "template_string") or re.search(r"%[sdifjoOcv]", file.text_of(first)):
        return False
    return len(lost) == 1 and any(unwrapped(lost[0].node).id == a.id for a in arguments[1:])


def _by_pino(file: File, project: Project, logger: Logger) -> bool:
    if logger.speech is Speech.NEST:
        return logger.methods is None and heard_by_pino(project, file.path)
    return logger.speech is Speech.PINO


def _message(name: str, logger: Logger, mentioned: bool, lost: bool) -> str:
    if lost and logger.speech is Speech.NEST:
        return (
            f"nestjs-pino drops an error behind the text, its message too: `{name}` is lost. Pass its stack"
        )
    if lost:
        return f"Pino drops an error behind the text, its message too. Pass `{name}` first, or in an object"
    if mentioned:
        return f"The log gets no stack of `{name}`: nobody sees where it was thrown. Pass the stack, too"
    return f"`{name}` is caught, and the log says neither what it was nor where it was thrown. Pass it"


# --- the fix -----------------------------------------------------------------------------------


def _for_pino(file: File, texts: list[str], kinds: list[str], name: str) -> list[str] | None:
    """`{ err }` ahead of the text."""
    entry = "err" if name == "err" else f"err: {name}"
    if kinds[0] == "object":
        return [_with_entry(file, texts[0], entry), *texts[1:]]
    if len(texts) == 1:
        return [file.style.braces(entry), *([] if texts[0] == f"{name}.message" else texts)]
    if len(texts) == 2 and kinds[0] in ("string", "template_string") and texts[1] == name:
        return [file.style.braces(entry), texts[0]]
    return None


def _with_stack(
    file: File, texts: list[str], kinds: list[str], logger: Logger, name: str, stack: str
) -> list[str] | None:
    if kinds[0] == "object":
        return [_with_entry(file, texts[0], f"stack: {stack}")] if len(texts) == 1 else None
    if logger.speech is Speech.WINSTON:
        if len(texts) == 1:
            return [*texts, file.style.braces(f"stack: {stack}")]
        if len(texts) == 2 and kinds[1] == "object":
            return [texts[0], _with_entry(file, texts[1], f"stack: {stack}")]
        return None
    if len(texts) > 2:
        return None
    if texts[1:] == [name]:  # behind which nestjs-pino drops it
        return [texts[0], stack]
    return [*texts, stack] if kinds[-1] == "object" else [texts[0], stack, *texts[1:]]


def _with_entry(file: File, text: str, entry: str) -> str:
    """An object literal with one more entry."""
    inner = text[1:-1].rstrip()
    if "\n" in text:
        gap = text[1 : len(text) - len(text[1:].lstrip())]
        return f"{{{inner.rstrip(',')},{gap}{entry},{text[len(inner) + 1 :]}"
    return file.style.braces(f"{inner.strip().rstrip(',')}, {entry}" if inner.strip() else entry)


def _stack_of(file: File, near: Node, name: str) -> str:
    """How code beside other uses of the error reads its stack: in strict projects it is `unknown`."""
    catch = near
    while catch.parent is not None and catch.type not in ("catch_clause", "arrow_function"):
        catch = catch.parent
    text = file.text_of(catch)
    word = re.escape(name)
    if cast := re.search(rf"\({word} as (?:any|\w*Error|\w*Exception)\)\??(?=\.)", text):
        return f"{cast[0]}.stack"
    if re.search(rf"\b{word} instanceof Error\b", text):
        return f"{name} instanceof Error ? {name}.stack : undefined"
    kind = file.text_of(child(catch, "type"))
    if catch.type == "arrow_function":  # what is rejected with is `any`, unless the parameter says otherwise
        kind = file.text_of(child(next(iter(named(child(catch, "parameters"))), None), "type")) or "any"
    plain = kind.endswith(("any", "Error")) or re.search(rf"\b{word}\??\.(?:message|name|code)\b", text)
    if re.search(rf"\b{word}\?\.", text):
        return f"{name}?.stack"
    if plain or (not kind and _reads_plainly(file)):
        return f"{name}.stack"
    return f"({name} as Error).stack"


def _reads_plainly(file: File) -> bool:
    """Does another `catch` of the file read a member of an error whose type nothing says?"""
    for found in re.finditer(rb"\bcatch \((\w+)\) \{", file.data):
        rest = file.data[found.end() : found.end() + 400]
        if re.search(rb"(?<!instanceof )\b" + found[1] + rb"\??\.(?:message|stack)\b", rest):
            return b" instanceof " not in rest
    return False
