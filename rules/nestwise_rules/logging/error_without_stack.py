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
    behind = re.compile(rf"\(?{re.escape(name)}(?: as [\w.]+)?\)?\??(?:\.stack)?")
    texts = [file.text_of(argument) for argument in arguments]
    kinds = [argument.type for argument in arguments]
    second = kinds[1] if len(kinds) == 2 else ""
    pino = _by_pino(file, project, logger)
    if pino and (logger.speech is Speech.PINO or kind != "error" or second == "object"):
        new = _for_pino(file, texts, kinds, name, behind)
    elif logger.speech is Speech.WINSTON and second and behind.fullmatch(texts[1]):
        new = [texts[0], file.style.braces(f"stack: {texts[1]}")]
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
        if lost and not _is_dropped(file, project, logger, call, lost):
            return
        said = bool(inside) or any(True for variable in held for _ in mentions(file, call, variable))
        if told is None or (said and not told[0]):
            told = (said, call, _message(file, name, logger, said, call if lost else None))
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


_WITHIN = frozenset(
    (
        "member_expression ternary_expression as_expression parenthesized_expression non_null_expression "
        "pair object"
    ).split()
)


def _is_argument(file: File, node: Node) -> bool:
    """Is it, or its stack, handed to a call that may be one of a logger, behind a text?"""
    outer = node.parent
    while outer is not None and outer.type in _WITHIN:
        outer = outer.parent
    call = outer.parent if outer is not None and outer.type == "arguments" else None
    member = child(call, "function")
    to_console = file.text_of(child(member, "object")) == "console"
    return not to_console and file.text_of(child(member, "property")) in _WARNINGS


def _is_dropped(file: File, project: Project, logger: Logger, call: Node, whole: list[Mention]) -> bool:
    """Does the logger drop all of an error that stands behind a text without a place for it?"""
    arguments = named(child(call, "arguments"))
    first = arguments[0]
    if first.type not in ("string", "template_string") or re.search(r"%[sdifjoOcv]", file.text_of(first)):
        return False
    texts = [_is_stack(file, m.node) and _argument(m.node, arguments).type not in _HOLDERS for m in whole]
    if logger.speech is Speech.WINSTON:
        return logger.methods is None and all(texts)  # it takes one object, and no second text
    if not _by_pino(file, project, logger):
        return False
    kept = (
        logger.speech is Speech.NEST and file.text_of(child(child(call, "function"), "property")) == "error"
    )
    if kept and any(texts):
        return False  # nestjs-pino makes an error of a text with its stack, as Nest's own code calls it
    return all(m.node.start_byte > first.end_byte for m in whole)


_HOLDERS = frozenset({"object", "array", "call_expression", "new_expression", "arrow_function"})


def _argument(node: Node, arguments: list[Node]) -> Node:
    """The argument in which something stands."""
    return next(a for a in arguments if a.start_byte <= node.start_byte < a.end_byte)


def _is_stack(file: File, node: Node) -> bool:
    """Is it `error.stack`, cast or not?"""
    member = unwrapped(node).parent
    return file.text_of(child(member, "property")) == "stack"


def _by_pino(file: File, project: Project, logger: Logger) -> bool:
    if logger.speech is Speech.NEST:
        return logger.methods is None and heard_by_pino(project, file.path)
    return logger.speech is Speech.PINO


def _message(file: File, name: str, logger: Logger, mentioned: bool, dropping: Node | None) -> str:
    """`dropping`: the call, where the logger drops what it is passed."""
    if dropping is not None and logger.speech is Speech.WINSTON:
        return f"Winston takes no second text: the stack of `{name}` is lost. Pass it in an object"
    if dropping is not None and logger.speech is Speech.NEST:
        level = file.text_of(child(child(dropping, "function"), "property"))
        how = "Pass its stack" if level == "error" else f"Pass `{name}` first, in an object"
        return f"nestjs-pino drops an error behind the text, its message too: `{name}` is lost. {how}"
    if dropping is not None:
        return f"Pino drops an error behind the text, its message too. Pass `{name}` first, or in an object"
    if mentioned:
        return f"The log gets no stack of `{name}`: nobody sees where it was thrown. Pass the stack, too"
    return f"`{name}` is caught, and the log says neither what it was nor where it was thrown. Pass it"


# --- the fix -----------------------------------------------------------------------------------


def _for_pino(
    file: File, texts: list[str], kinds: list[str], name: str, behind: re.Pattern[str]
) -> list[str] | None:
    """`{ err }` ahead of the text."""
    entry = "err" if name == "err" else f"err: {name}"
    if kinds[0] == "object":
        return [_with_entry(file, texts[0], entry), *texts[1:]]
    if len(texts) == 1:
        return [file.style.braces(entry), *([] if texts[0] == f"{name}.message" else texts)]
    if len(texts) != 2 or kinds[0] not in ("string", "template_string"):
        return None
    if behind.fullmatch(texts[1]):
        return [file.style.braces(entry), texts[0]]
    if kinds[1] == "object":
        has = re.search(r"(?<![\w.])err\b(?!\.)", texts[1])
        return [texts[1] if has else _with_entry(file, texts[1], entry), texts[0]]
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
