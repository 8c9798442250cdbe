import re
from collections.abc import Iterator

from nestwise.api import (
    Call,
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Here,
    Node,
    Project,
    Ref,
    Safety,
    Span,
    Spot,
    ancestors,
    answered_by,
    child,
    made_error,
    named,
    rule,
    span_of,
    symbol_of,
)

_VALUES = {
    "fp-ts": frozenset({"left", "leftIO", "leftTask"}),
    "oxide.ts": frozenset({"Err"}),
    "neverthrow": frozenset({"err", "errAsync"}),
    "ts-results": frozenset({"Err"}),
    "ts-results-es": frozenset({"Err"}),
    "purify-ts": frozenset({"Left"}),
    "@sweet-monads/either": frozenset({"left"}),
    "effect": frozenset({"fail"}),
}
"""Functions of packages that make a result which says that something failed."""
_NAME = re.compile(r"(?:^|\.)(?:[lL]eft(?:IO|Task)?|[eE]rr(?:Async)?|fail|\w*(?:Exception|Error)\w*)$")
_WORDS = (b"new ", b"Exception", b"Error", b"eft(", b"eftIO(", b"eftTask(", b"rr(", b"rrAsync(", b"fail(")
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$"
_ENDS = b";{})/\n"
"""What stands before a statement; also the end of a comment."""
_FUNCTIONS = frozenset(
    {"arrow_function", "function_expression", "function_declaration", "generator_function"}
)


def throw_or_return(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """Safe where nothing follows that would no longer run."""
    word, sure = finding.data
    made = file.source.node_at(finding.span)
    statement = made.parent if made is not None else None
    if statement is None:
        return
    safety = Safety.SAFE if sure else Safety.UNSAFE
    if statement.type == "return_statement":
        yield Fix("Throw it", (Edit(Span(statement.start_byte, statement.start_byte + 6), "throw"),), safety)
        return
    title = "Throw it" if word == "throw" else "Return it"
    yield Fix(title, (file.insert(statement.start_byte, f"{word} "),), safety)


def _places(data: bytes) -> Iterator[tuple[int, int]]:
    """Where statements begin with `new` or call something that may make an error, at its name; and where
    `new` is returned."""
    for word in _WORDS:
        place = data.find(word)
        while place >= 0:
            lead = data[max(place - 80, 0) : place]
            owner = lead.rstrip(_LETTERS)
            before = owner.rstrip(_LETTERS + b".?").rstrip(b" \t")
            returned = word == b"new " and before.endswith(b"return")
            if returned or not before or before[-1] in _ENDS:
                start = place - (len(lead) - len(owner))
                yield start, start + 1
            place = data.find(word, place + 1)


def _made(node: Node) -> Node | None:
    """What a statement makes and drops, or what `new` makes and it returns."""
    if node.type == "new_expression":
        made: Node | None = node
    else:
        callee = node.parent if node.type == "property_identifier" else node
        made = callee.parent if callee is not None else None
        if child(made, "function") != callee:
            return None
    if made is None or made.parent is None:
        return None
    outer = made.parent.type
    returned = outer == "return_statement" and made.type == "new_expression"
    return made if returned or outer == "expression_statement" else None


def _may_be_error(made: Node, file: File) -> bool:
    return made.type == "new_expression" or _NAME.search(_called(made, file)) is not None


@rule(
    level="error",
    since="0.1.0",
    spot=Spot(_places, ("new_expression", "identifier", "property_identifier")),
    plausible=lambda name, file: (made := _made(name)) is not None and _may_be_error(made, file),
    fixes=throw_or_return,
)
def dropped_error_value(name: Node, file: File, project: Project) -> Iterator[Finding]:
    made = _made(name)
    if made is None or made.parent is None or not _may_be_error(made, file):
        return
    called = _called(made, file)
    if made.parent.type == "return_statement":
        yield from _returned(made, file, project)
        return
    here = Here(file.path, file.expr(made))
    found = made_error(project, here)
    last = _is_last(made.parent)
    if found is not None:
        yield Finding(
            span_of(made),
            f"`{called}` is made and thrown away: nothing fails, and the code goes on. `throw` it",
            data=("throw", last),
        )
    elif isinstance(here.expr, Call) and _is_value(project, Here(file.path, here.expr.callee)):
        yield Finding(
            span_of(made),
            f"`{called}(…)` only makes a value, which is thrown away: the caller never learns that it "
            "failed. `return` it",
            data=("return", last),
        )


def _called(made: Node, file: File) -> str:
    return file.text_of(child(made, "constructor") or child(made, "function"))


def _is_value(project: Project, callee: Here) -> bool:
    symbol = symbol_of(project, callee)
    if not isinstance(symbol, Ext):
        return False
    return symbol.name.rpartition(".")[2] in _VALUES.get(symbol.package, ())


def _is_last(statement: Node) -> bool:
    """Does nothing of its block follow? `throw` leaves nothing behind that never runs, then."""
    block = statement.parent
    return block is None or block.type != "statement_block" or named(block)[-1].id == statement.id


def _returned(made: Node, file: File, project: Project) -> Iterator[Finding]:
    """An exception that a handler sends as its answer, by itself or as what a service gives it."""
    method = next((o for o in ancestors(made) if o.type in _FUNCTIONS or o.type == "method_definition"), None)
    cls = file.class_at(made)
    if method is None or method.type != "method_definition" or cls is None or cls.inside:
        return
    found = made_error(project, Here(file.path, file.expr(made)))
    if found is None or found[1] != "http" or _is_maker(method):
        return
    name = file.text_of(child(method, "name"))
    handlers = answered_by(project, Ref(file.path, cls.name), name)
    if not handlers:
        return
    sender = handlers[0]
    by = (
        ""
        if sender.method == name and sender.declared == Ref(file.path, cls.name)
        else f" by `{sender.name}`"
    )
    yield Finding(
        span_of(made),
        f"This `{_called(made, file)}` is returned, not thrown: it is sent{by} as a success, with its fields "
        "as the answer. `throw` it",
        data=("throw", True),
    )


def _is_maker(method: Node) -> bool:
    """Is making the exception all that the method does? Then its callers throw it."""
    return len(named(child(method, "body"))) == 1
