import re
from collections.abc import Iterator

from nestwise.api import (
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Node,
    Project,
    Ref,
    Safety,
    Span,
    Spot,
    TName,
    ancestors,
    child,
    class_of,
    followed,
    logger_at,
    named,
    promised,
    resolve,
    rule,
    uncaught,
    walk,
)

_LISTENS = frozenset({"on", "once", "addListener", "prependListener", "prependOnceListener"})
_TIMERS = frozenset({"setTimeout", "setInterval", "setImmediate"})
_ARRAY = re.compile(
    rb"^(?:\[|Object\.(?:keys|values|entries)\(|Array\.from\()|\.(?:map|filter|flatMap|slice|sort|concat)\(",
    re.S,
)
_UNHANDLED = "an unhandled rejection, which ends the process unless somebody listens for those"
_WAITING = frozenset({"eventemitter2", "@nestjs/event-emitter", "emittery", "hookable"})
"""Packages whose emitters take the promises of their listeners."""


def wait_or_catch(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """For elements: wait for all, or take one after the other. Elsewhere: catch inside, and log."""
    word = file.source.node_at(finding.span)
    callback = word if word is None or word.type != "async" else word.parent
    if callback is None:
        return
    if finding.data == "forEach":
        yield from _of_elements(callback, file)
    elif (text := _caught(callback, file, project)) is not None:
        yield Fix("Catch what fails, and log it", text, Safety.UNSAFE)


@rule(
    level="error",
    since="0.1.0",
    spot=Spot(rb"(async)\b", ("arrow_function", "function_expression")),
    plausible=lambda callback, file: _called_with(callback, file) is not None,
    fixes=wait_or_catch,
)
def async_callback(callback: Node, file: File, project: Project) -> Iterator[Finding]:
    called = _called_with(callback, file)
    if called is None or not _may_fail(callback, file, project):
        return
    what = _name(called, file)
    if what == "forEach":
        if not _drops_promises(called, file):
            return
        message = (
            "`forEach` waits for no promise: the code goes on before these callbacks are done, and what "
            f"fails in them is {_UNHANDLED}. Use `for … of`, or `await Promise.all(….map(…))`"
        )
    elif what in _TIMERS:
        message = (
            f"Nobody takes the promise of this callback: what fails in it is {_UNHANDLED}. Catch it inside"
        )
    elif _is_emitter(called, callback, file, project):
        message = (
            f"Nobody takes the promise of this listener: what fails in it is {_UNHANDLED}. Catch it inside"
        )
    else:
        return
    word = callback.children[0]
    yield Finding(Span(word.start_byte, word.end_byte), message, data=what)


def _called_with(callback: Node, file: File) -> Node | None:
    """What is called with a callback, where that is a `forEach`, a listener's method or a timer."""
    call = callback.parent.parent if callback.parent is not None else None
    callee = child(call, "function")
    if callee is None or callback.parent is None or callback.parent.type != "arguments":
        return None
    return callee if _name(callee, file) else None


def _name(callee: Node, file: File) -> str:
    """`forEach`, the name of a listener's method or of a timer; empty for anything else."""
    name = file.text_of(child(callee, "property") or callee)
    known = name in _LISTENS or name == "forEach" if callee.type == "member_expression" else name in _TIMERS
    return name if known else ""


def _may_fail(callback: Node, file: File, project: Project) -> bool:
    """Not where a `catch` takes whatever it waits for, here or in the method that is called."""
    cls = file.class_at(callback)
    ref = Ref(file.path, cls.name) if cls is not None and not cls.inside else None
    returned = [body] if (body := child(callback, "body")) is not None else []
    for node in uncaught(callback):
        value = next(iter(named(node)), None)
        if node.type == "return_statement":
            returned += [value] if value is not None else []
        elif node.type != "await_expression" or value is None or value.type != "call_expression":
            return True
        elif file.text_of(child(child(value, "function"), "property")) != "catch":
            known = promised(project, ref, "", file.expr(value)) if ref is not None else None
            if known is None or not known.calm:
                return True
    for value in returned:  # of which most is no promise
        if value.type == "call_expression" and ref is not None:
            known = promised(project, ref, "", file.expr(value))
            if known is not None and not known.calm:
                return True
    return False


def _drops_promises(called: Node, file: File) -> bool:
    """Not `await stream.forEach(async …)`: streams wait. That of an array gives nothing to wait for."""
    call = called.parent
    if (
        call is None
        or call.parent is None
        or call.parent.type not in ("await_expression", "return_statement")
    ):
        return True
    receiver = child(called, "object")
    text = file.data[receiver.start_byte : receiver.end_byte] if receiver is not None else b""
    return _ARRAY.search(text) is not None


def _is_emitter(called: Node, callback: Node, file: File, project: Project) -> bool:
    """`x.on('event', async …)`, where `x` is nothing that takes promises, as far as its type tells."""
    arguments = named(callback.parent)
    receiver = child(called, "object")
    if len(arguments) < 2 or arguments[-1].id != callback.id or receiver is None:
        return False
    text = file.text_of(receiver)
    if text == "process":
        return False  # a signal: the process ends anyway
    kind = _type_of(text, file, receiver)
    symbol = followed(project, resolve(project, file.path, kind)) if kind else None
    if isinstance(symbol, Ext):
        return symbol.package not in _WAITING
    return symbol is None or (isinstance(symbol, Ref) and class_of(project, symbol) is None)


def _type_of(text: str, file: File, at: Node) -> str:
    """The type of a field that is named like that, as written; empty where none is."""
    cls = file.class_at(at)
    name = text.removeprefix("this.")
    if cls is None or name == text or "." in name:
        return ""
    held = [(p.name, p.type) for p in cls.properties]
    held += [(p.name, p.type) for p in cls.ctor or () if p.access]
    found = dict(held).get(name)
    return found.name if isinstance(found, TName) else ""


# --- the fixes -----------------------------------------------------------------------------------


def _of_elements(callback: Node, file: File) -> Iterator[Fix]:
    call = callback.parent.parent if callback.parent is not None else None
    callee = child(call, "function")
    name, receiver = child(callee, "property"), child(callee, "object")
    statement = call.parent if call is not None else None
    if call is None or name is None or receiver is None or statement is None:
        return
    if statement.type != "expression_statement" or not _in_async(statement):
        return
    yield Fix(
        "Wait for all of them",
        (
            file.insert(call.start_byte, "await Promise.all("),
            Edit(Span(name.start_byte, name.end_byte), "map"),
            file.insert(call.end_byte, ")"),
        ),
        Safety.UNSAFE,
    )
    body, element = child(callback, "body"), _element(callback)
    if body is None or body.type != "statement_block" or element is None or not _is_loop(body):
        return
    head = f"for (const {file.text_of(element)} of {file.text_of(receiver)}) "
    yield Fix(
        "Take one after the other",
        (
            Edit(Span(call.start_byte, body.start_byte), head),
            Edit(Span(body.end_byte, statement.end_byte), ""),
        ),
        Safety.UNSAFE,
    )


def _in_async(statement: Node) -> bool:
    for outer in ancestors(statement):
        if outer.type in (
            "arrow_function",
            "function_expression",
            "function_declaration",
            "method_definition",
        ):
            return any(part.type == "async" for part in outer.children)
    return False


def _element(callback: Node) -> Node | None:
    """The only parameter, without its type."""
    single = child(callback, "parameter")
    if single is not None:
        return single
    params = named(child(callback, "parameters"))
    return child(params[0], "pattern") if len(params) == 1 else None


def _is_loop(body: Node) -> bool:
    """May it be the body of a loop? `return` would leave the function around it."""
    return all(n.type not in ("return_statement", "this") or n.type == "this" for n in walk(body))


def _caught(callback: Node, file: File, project: Project) -> tuple[Edit, ...] | None:
    """The body within a `try`, whose `catch` logs."""
    body = child(callback, "body")
    if body is None or body.type != "statement_block" or body.start_point.row == body.end_point.row:
        return None
    if any(n.type == "template_string" and n.start_point.row != n.end_point.row for n in walk(body)):
        return None  # to move its lines changes what it says
    reached = logger_at(file, project, body)
    if reached is None or (reached.logger.methods is not None and "error" not in reached.logger.methods):
        return None
    if any(n.type == "identifier" and file.text_of(n) == "error" for n in walk(body)):
        return None
    start = file.data.rfind(b"\n", 0, body.end_byte) + 1
    outer = file.data[start : body.end_byte - 1].decode(errors="replace")
    if outer.strip():
        return None
    unit, eol = file.style.indent, "\r\n" if b"\r\n" in file.data[body.start_byte : body.end_byte] else "\n"
    lines = file.text_of(body)[1:-1].strip("\r\n \t").splitlines()
    inner = [outer + unit * 2 + lines[0]] + [unit + line if line.strip() else line for line in lines[1:]]
    context = f", {reached.context}" if reached.context else ""
    text = eol.join(
        [
            "{",
            f"{outer}{unit}try {{",
            *inner,
            f"{outer}{unit}}} catch (error) {{",
            f"{outer}{unit * 2}{reached.logger.written}.error(error{context}){file.style.semicolon}",
            f"{outer}{unit}}}",
            f"{outer}}}",
        ]
    )
    return tuple(sorted([*reached.edits, Edit(Span(body.start_byte, body.end_byte), text)]))
