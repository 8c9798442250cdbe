import re
from collections.abc import Iterator
from dataclasses import dataclass

from nestwise.api import (
    CATCH,
    STATUS,
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Node,
    Project,
    Ref,
    Safety,
    ancestors,
    answered_by,
    binding_of,
    catcher,
    child,
    class_decorators,
    error_kind,
    followed,
    named,
    orm_in,
    parts_of,
    resolve,
    rule,
    span_of,
    symbol_of,
    walk,
)

_ORMS = {
    "prisma": "Prisma", "typeorm": "TypeORM", "mongoose": "Mongoose", "mongodb": "MongoDB", "knex": "Knex",
    "sequelize": "Sequelize", "mikro-orm": "MikroORM", "mikro": "MikroORM", "drizzle": "Drizzle",
    "kysely": "Kysely", "pg": "PostgreSQL",
}  # fmt: skip
_PACKAGES = (
    "typeorm",
    "@prisma/",
    "mongoose",
    "mongodb",
    "sequelize",
    "@mikro-orm/",
    "drizzle-orm",
    "knex",
    "pg",
)
_TELLS = frozenset({"message", "stack", "detail", "sqlMessage", "query", "parameters"})
_SENDS = frozenset({"json", "send", "end", "render", "write"})
_THROUGH = frozenset(
    "template_substitution template_string parenthesized_expression as_expression non_null_expression pair "
    "object array satisfies_expression binary_expression ternary_expression await_expression".split()
)
_AROUND = frozenset({"parenthesized_expression", "as_expression", "non_null_expression"})
_ENVIRONMENT = frozenset("dev development prod production debug env environment local verbose test".split())
_FUNCTIONS = frozenset("arrow_function function_expression function_declaration method_definition".split())
_NAME = re.compile(rb"catch\s*\(\s*(?:async\s*)?\(?\s*([\w$]+)")
_SENT = re.compile(rb"Exception\(|\.(?:json|send|end|render|write)\(|\breturn\b")
_USED = (
    rb"%s(?:\s+as\s+[\w.]+\s*\)|!)?\??\.(?:message|stack|detail|sqlMessage|query|parameters)\b"
    rb"|[{,:]\s*%s\s*[,}]|(?:\$\{|String\(|stringify\()%s\b"
)
"""The text of an error, or the error within something else."""
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_TAIL = re.compile(r"[\s:;,.(\[–-]+$")


@dataclass(frozen=True)
class _Caught:
    """An error that a piece of code takes."""

    name: str
    body: Node
    tried: Node | None
    """What failed; None for a filter, which takes everything."""
    orm: str = ""
    """Whose errors a filter is for: `any` for all, empty for the team's own and for Nest's."""


def own_message(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """What the status says, or what stands before the error's text; the error goes along as the cause, which
    is logged and never sent."""
    tainted = file.source.node_at(finding.span)
    while tainted is not None and span_of(tainted) != finding.span:
        tainted = tainted.parent
    outer = tainted.parent if tainted is not None else None
    name = finding.data
    if tainted is None or outer is None or not name:
        return
    text, whole = "", tainted
    if outer.type == "template_substitution" and outer.parent is not None:
        whole = outer.parent
        if whole.end_byte - outer.end_byte > 1 or outer.id != named(whole)[-1].id:
            return
        text = _TAIL.sub("", file.data[whole.start_byte + 1 : outer.start_byte].decode(errors="replace"))
        if "${" in text or "'" in text or "`" in text or "\n" in text:
            return
    arguments = whole.parent
    made = arguments.parent if arguments is not None else None
    if made is None or arguments is None or made.type != "new_expression" or len(named(arguments)) != 1:
        return
    called = file.text_of(child(made, "constructor")).rpartition(".")[2]
    if not text and called not in STATUS:
        return
    message = text or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", called.removesuffix("Exception"))
    code = file.written(f"'{message}', {{ cause: {name} }}")
    yield Fix(
        "Send a message of its own, with the error as cause", (Edit(span_of(whole), code),), Safety.UNSAFE
    )


@rule(
    level="error",
    since="0.1.0",
    spot=CATCH,
    plausible=lambda caught, file: (taker := _taker(caught)) is not None and _may_send(taker, file),
    fixes=own_message,
)
def leaked_internals(caught: Node, file: File, project: Project) -> Iterator[Finding]:
    taker = _taker(caught)
    if taker is None or not _may_send(taker, file):
        return
    cls = file.class_at(taker)
    found = _taken(taker, file, project) if cls is not None and not cls.inside else None
    if found is None or cls is None:
        return
    ref = Ref(file.path, cls.name)
    method = next((o for o in (taker, *ancestors(taker)) if o.type == "method_definition"), None)
    if method is None or parts_of(cls.name) & {"health", "healthcheck"}:
        return
    name = file.text_of(child(method, "name"))
    orm: str | None = None
    for tainted, told in _leaks(found, file, project, ref, method):
        if told != "stack":
            orm = orm if orm is not None else _orm_behind(found, file, project, ref, name)
            if not orm:
                continue
        message = _message(file.text_of(tainted), told, orm or "")
        yield Finding(span_of(tainted), message, data=found.name)


def _message(text: str, told: str, orm: str) -> str:
    whose = f"and here it may be {_ORMS.get(orm, orm)}'s"
    match told, orm:
        case "stack", _:
            what = "which tells the files and packages of the server"
        case _, "any":
            what = "whatever failed: of a database it tells queries, tables and columns"
        case "whole", _:
            what = f"{whose}: with it go the query and its parameters"
        case _:
            what = f"{whose}: it tells queries, tables and columns"
    return f"`{text}` goes to the client, {what}. Log the error, and send a message of your own"


# --- what is caught ------------------------------------------------------------------------------


def _taker(caught: Node) -> Node | None:
    """The clause, the call of `.catch(…)` with an arrow function, or the method of a filter."""
    outer = caught.parent
    if caught.type == "catch_clause":
        name = child(caught, "parameter")
        return caught if name is not None and name.type == "identifier" else None
    if outer is not None and outer.type == "method_definition":
        parameters = named(child(outer, "parameters"))
        return outer if [p.type for p in parameters] == ["required_parameter"] * 2 else None
    function = catcher(caught)
    arguments = function.parent if function is not None and function.type == "arrow_function" else None
    return arguments.parent if arguments is not None else None


def _may_send(caught: Node, file: File) -> bool:
    """By its text: most that is caught is logged, thrown on, or looked at."""
    if caught.type == "call_expression":
        arguments = child(caught, "arguments")
        return arguments is not None and _may_tell(b"catch" + _text(arguments, file))
    return _may_tell(_text(caught, file))


def _text(node: Node, file: File) -> bytes:
    return file.data[node.start_byte : node.end_byte]


def _may_tell(text: bytes) -> bool:
    found = _NAME.match(text)
    if found is None or not _SENT.search(text, found.end()):
        return False
    name = found[1]
    return name in text[found.end() :] and re.search(_USED % ((re.escape(name),) * 3), text) is not None


def _taken(caught: Node, file: File, project: Project) -> _Caught | None:
    if caught.type == "catch_clause":
        body, name, tried = child(caught, "body"), child(caught, "parameter"), caught.parent
        if body is None or name is None:
            return None
        return _Caught(file.text_of(name), body, child(tried, "body"))
    if caught.type == "call_expression":
        arrow = next(iter(named(child(caught, "arguments"))), None)
        body, name = child(arrow, "body"), _only_name(arrow)
        if body is None or name is None:
            return None
        return _Caught(file.text_of(name), body, child(child(caught, "function"), "object"))
    body, cls = child(caught, "body"), file.class_at(caught)
    params = named(child(caught, "parameters"))
    pattern = child(params[0], "pattern") if params else None
    if body is None or cls is None or pattern is None or pattern.type != "identifier":
        return None
    ref = Ref(file.path, cls.name)
    caught_by = (d for d in class_decorators(project, ref) if d.is_from("@nestjs/common", "Catch"))
    deco = next(caught_by, None)
    if deco is None or not binding_of(project, ref):
        return None
    symbols = [symbol_of(project, arg) for arg in deco.args]
    known = (s.package for s in symbols if isinstance(s, Ext) and s.package.startswith(_PACKAGES))
    orm = next(known, "").lstrip("@").partition("/")[0].removesuffix("-orm")
    everything = not symbols or any(s == Ext("", "Error") for s in symbols)
    return _Caught(file.text_of(pattern), body, None, orm or ("any" if everything else ""))


def _only_name(arrow: Node | None) -> Node | None:
    single = child(arrow, "parameter")
    if single is not None:
        return single
    params = named(child(arrow, "parameters"))
    pattern = child(params[0], "pattern") if len(params) == 1 else None
    return pattern if pattern is not None and pattern.type == "identifier" else None


def _orm_behind(found: _Caught, file: File, project: Project, ref: Ref, method: str) -> str:
    if found.tried is None:
        return found.orm
    calls = (n for n in walk(found.tried) if n.type == "call_expression" and _waits(n, found.tried))
    return orm_in(project, ref, method, [file.expr(call) for call in calls])


def _waits(call: Node, tried: Node) -> bool:
    """Of promises a `try` takes what fails in those that are waited for; `.catch` is called on one."""
    if tried.type != "statement_block":
        return True
    return any(o.type == "await_expression" and o.start_byte >= tried.start_byte for o in ancestors(call))


# --- where it goes -------------------------------------------------------------------------------


def _leaks(
    found: _Caught, file: File, project: Project, ref: Ref, method: Node
) -> Iterator[tuple[Node, str]]:
    """What of the error reaches a client, with what is told: message, stack or whole."""
    names, seen = [found.name], set()
    for name in names:
        for use in walk(found.body):
            if use.type not in ("identifier", "shorthand_property_identifier") or file.text_of(use) != name:
                continue
            tainted, told = _told(use, file) if name == found.name else (use, "message")
            if not told:
                continue
            sink = _sink(tainted, file, names)
            if sink is None or sink.id in seen or _is_guarded(tainted, found, file, project):
                continue
            if _is_sent(sink, tainted, told, file, project, ref, method):
                seen.add(sink.id)
                yield tainted, told


def _told(use: Node, file: File) -> tuple[Node, str]:
    """The expression that tells something of an error, and what; empty for `error.code` and the like."""
    node: Node = use
    outer = node.parent
    while outer is not None and outer.type in _AROUND:
        node, outer = outer, outer.parent
    if outer is None:
        return node, ""
    if outer.type == "member_expression" and child(outer, "object") == node:
        name = file.text_of(child(outer, "property"))
        around = outer.parent
        if around is not None and outer in (child(around, "object"), child(around, "function")):
            return outer, ""  # `error.message.includes(…)`
        return outer, ("stack" if name == "stack" else "message") if name in _TELLS else ""
    if outer.type == "arguments" and outer.parent is not None:
        called = file.text_of(child(outer.parent, "function"))
        return (outer.parent, "message") if called in ("String", "JSON.stringify") else (node, "whole")
    return node, "message" if outer.type == "template_substitution" else "whole"


def _sink(tainted: Node, file: File, names: list[str]) -> Node | None:
    """The arguments or the `return` that an expression ends up in; a constant that holds it is followed."""
    node, outer = tainted, tainted.parent
    while outer is not None:
        kind = outer.type
        if kind in ("arguments", "return_statement"):
            return outer
        if kind == "variable_declarator":
            name = child(outer, "name")
            if name is not None and name.type == "identifier" and file.text_of(name) not in names:
                names.append(file.text_of(name))
            return None
        if kind == "pair" and file.text_of(child(outer, "key")) == "cause":
            return None
        if kind == "ternary_expression" and child(outer, "condition") == node:
            return None
        if kind == "binary_expression":
            operator = child(outer, "operator")
            if operator is None or operator.type not in ("+", "??", "||", "&&"):
                return None
        elif kind not in _THROUGH:
            return None
        node, outer = outer, outer.parent
    return None


def _is_sent(
    sink: Node, tainted: Node, told: str, file: File, project: Project, ref: Ref, method: Node
) -> bool:
    if sink.type == "return_statement":
        around = next((o for o in ancestors(sink) if o.type in _FUNCTIONS), None)
        if around is None or around.id != method.id:
            return False
        return bool(answered_by(project, ref, file.text_of(child(method, "name"))))
    call = sink.parent
    if call is None:
        return False
    if call.type == "new_expression":
        symbol = followed(project, resolve(project, file.path, file.text_of(child(call, "constructor"))))
        direct = tainted.parent is not None and tainted.parent.id == sink.id
        if error_kind(project, symbol) != "http" or (direct and told == "whole"):
            return False
        return isinstance(symbol, Ext) and _is_body(sink, tainted)
    callee = child(call, "function")
    if callee is None or callee.type != "member_expression":
        return False
    return file.text_of(child(callee, "property")) in _SENDS and _is_response(callee, file, method)


def _is_body(arguments: Node, tainted: Node) -> bool:
    """The first argument is sent; what comes after is the status, or options."""
    first = next(iter(named(arguments)), None)
    return first is not None and first.start_byte <= tainted.start_byte < first.end_byte


def _is_response(callee: Node, file: File, method: Node) -> bool:
    root: Node | None = callee
    while root is not None and root.type in ("member_expression", "call_expression"):
        root = child(root, "object") if root.type == "member_expression" else child(root, "function")
    if root is None or root.type != "identifier":
        return False
    name = re.escape(file.text_of(root).encode())
    text = file.data[method.start_byte : method.end_byte]
    taken = rb"@Res(?:ponse)?\([^)]*\)\s*" + name + rb"\b"
    asked = rb"\b" + name + rb"\b[^=;]*=[^;]*?getResponse\b"
    return re.search(taken + rb"|" + asked, text) is not None


def _is_guarded(node: Node, found: _Caught, file: File, project: Project) -> bool:
    """Under a question about the environment, or about what kind of error it is, where that is no ORM's."""
    before = node
    for outer in ancestors(node):
        if outer.id == found.body.id:
            return False
        if outer.type in ("if_statement", "ternary_expression", "switch_statement", "binary_expression"):
            test = child(outer, "condition") or child(outer, "value") or child(outer, "left")
            if test is not None and test.id != before.id and _asks(test, before, outer, found, file, project):
                return True
        before = outer
    return False


def _asks(test: Node, branch: Node, outer: Node, found: _Caught, file: File, project: Project) -> bool:
    text = file.text_of(test)
    if any(parts_of(word) & _ENVIRONMENT for word in _WORD.findall(text)):
        return True
    if found.name not in _WORD.findall(text):
        return False
    kinds = re.findall(rf"\b{re.escape(found.name)}\s+instanceof\s+([\w$.]+)", text)
    if not kinds:
        return "message" in text or "name" in text or "status" in text.lower() or "constructor" in text
    alternative = child(outer, "alternative")
    if alternative is not None and branch.id == alternative.id:
        return text.strip("() ").startswith("!")
    symbols = [followed(project, resolve(project, file.path, kind)) for kind in kinds]
    return not any(_is_wide(symbol) for symbol in symbols)


def _is_wide(symbol: object) -> bool:
    """`Error` itself, or an error of an ORM."""
    return isinstance(symbol, Ext) and (symbol == Ext("", "Error") or symbol.package.startswith(_PACKAGES))
