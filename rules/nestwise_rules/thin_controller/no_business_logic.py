import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nestwise.api import (
    At,
    Class,
    File,
    Finding,
    Handler,
    Level,
    Method,
    Node,
    Options,
    Param,
    Project,
    Related,
    TName,
    always_throws,
    callee_of,
    child,
    handler_moved,
    named,
    role_of_class,
    rule,
)

_KINDS = ("http", "graphql", "field", "gateway", "message")
_DECISIONS = frozenset(
    "if_statement for_statement for_in_statement while_statement do_statement switch_case catch_clause "
    "ternary_expression".split()
)
_STATEMENTS = frozenset(
    "expression_statement lexical_declaration variable_declaration if_statement for_statement "
    "for_in_statement while_statement do_statement switch_statement try_statement return_statement "
    "throw_statement break_statement continue_statement labeled_statement".split()
)
_SIMPLE = frozenset({"expression_statement", "lexical_declaration", "return_statement", "throw_statement"})
_MAY_DECIDE = re.compile(rb"\b(?:if|for|while|case|catch|switch|try)\b|(?<!\?)\?(?!\?|\.\D)|&&|\|\|")
_NESTED = re.compile(rb"[{?]|&&|\|\|")
"""Without one of these a statement holds no decision and no other statement."""
_PLAIN = frozenset("string number null undefined true false".split())
_EMPTY = frozenset({"array", "object"})
_TELLS_TYPE = re.compile(rb"\)\s*:\s*(?:asserts\s+)?\w+\s+is\s")
_HELPER = re.compile(rb"\bthis\.(#?\w+)\s*\(")
_PLUMBING = re.compile(
    rb"StreamableFile|[a-z](?:Read|Write|Range|File)\w*Stream|(?:read|write|file)\w*Stream|\.pipe\(|\bpipeline\("
    rb"|text/event-stream|Sse[A-Z(]|\bsse[A-Z]|[Mm]ultipart|[Bb]usboy|\braw\.(?:write|end|on)\b"
    rb"|Readable\.from|\bpump\(|\b(?:res|response|reply)\.write\(|\breq(?:uest)?\.(?:file|files|parts)\(|getReader\(\)"
)


class Limits(Options):
    max_complexity: int = 9
    """The most decisions plus one (`if`, loops, `case`, `catch`, `?:`, `&&`, `||`) of a handler."""
    max_statements: int = 24
    """The most statements of a handler, nested ones counted."""
    notice_complexity: int = 7
    """Above this complexity a handler is mentioned as information."""
    notice_statements: int = 19
    """Above this many statements a handler is mentioned as information."""


@dataclass(frozen=True)
class _Size:
    complexity: int
    statements: int


@rule(level="warning", since="0.1.0", fixes=handler_moved)
def no_business_logic(handler: Handler, file: File, project: Project, options: Limits) -> Iterator[Finding]:
    if handler.kind not in _KINDS or handler.declared.path != file.path or _is_generated(file, handler):
        return
    role = role_of_class(project, handler.controller)
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    method = cls.method(handler.method) if cls else None
    if cls is None or method is None or role not in ("controller", "resolver", "gateway"):
        return
    parts = _with_helpers(file, cls, method)
    complexity = min(options.max_complexity, options.notice_complexity)
    statements = min(options.max_statements, options.notice_statements)
    if not _may_exceed(file, parts, complexity, statements) or any(_text_of(file, p).streams for p in parts):
        return
    size = _measure(file, cls, parts)
    if size.complexity <= complexity and size.statements <= statements:
        return
    if _repeats(file, cls, parts, complexity, statements):
        return
    much = size.complexity > options.max_complexity or size.statements > options.max_statements
    helpers = parts[1:]
    counted = f" ({', '.join(f'`{h.name}`' for h in helpers)} counted in)" if helpers else ""
    plural = "" if size.statements == 1 else "s"
    yield Finding(
        method.name_at.span,
        f"`{method.name}` does a service's work in a {role}: complexity {size.complexity}, {size.statements} "
        f"statement{plural}{counted}. Move it to a service, where other callers and tests reach it",
        level=None if much else Level.INFORMATION,
        related=tuple(Related(file.path, h.name_at.span, "counted in") for h in helpers),
    )


def _is_generated(file: File, handler: Handler) -> bool:
    """Base classes that a generator writes, and placeholders of its templates."""
    name = handler.declared.name
    return file.path.endswith((".base.ts", ".generated.ts")) or (name.isupper() and "_" in name)


def _with_helpers(file: File, cls: Class, method: Method) -> list[Method]:
    """A handler and the undecorated methods of its class that it calls, directly or not."""
    found = [method]
    own: dict[str, Method] | None = None
    for part in found:
        for name in _text_of(file, part).calls:
            if own is None:
                own = {m.name: m for m in cls.methods if not m.decorators and not m.static and not m.kind}
            helper = own.get(name)
            if helper is not None and helper not in found and not _tells_type(file, helper):
                found.append(helper)
    return found


def _tells_type(file: File, method: Method) -> bool:
    """Does it only ask whether a value is of a type: `x is Cat`?"""
    return _TELLS_TYPE.search(file.data, method.name_at.end, method.body_at.start) is not None


def _repeats(file: File, cls: Class, parts: list[Method], complexity: int, statements: int) -> bool:
    """Are the helpers alone too large, and did an earlier handler say so?"""
    helpers = _measure(file, cls, parts[1:])
    if helpers.complexity <= complexity and helpers.statements <= statements:
        return False
    earlier = cls.methods[: cls.methods.index(parts[0])]
    return any(m.decorators and all(h in _with_helpers(file, cls, m) for h in parts[1:]) for m in earlier)


def _may_exceed(file: File, parts: list[Method], complexity: int, statements: int) -> bool:
    """What the text allows at most; nearly all handlers end here, and their files need no tree."""
    texts = [_text_of(file, part) for part in parts]
    decisions = 1 + sum(text.decisions for text in texts)
    lines = _terminator(file.data) == b"\n"
    ended = sum(text.lines if lines else text.semicolons for text in texts)
    return decisions > complexity or ended + decisions > statements


@dataclass(frozen=True)
class _Body:
    """What the text of a body tells without its tree."""

    calls: tuple[str, ...]
    """Names of methods that it calls on `this`."""
    decisions: int
    """There are no more than these."""
    semicolons: int
    lines: int
    streams: bool
    """Streams, also those of uploads, take statements, none of which decides anything. What Nest hands over
    with `@UploadedFile()` is read already."""


def _text_of(file: File, method: Method) -> _Body:
    return _body(file.data[method.body_at.start : method.body_at.end])


@lru_cache(1024)
def _body(text: bytes) -> _Body:
    """Remembered: from one keystroke to the next all bodies but one stay as they are."""
    return _Body(
        tuple(name.decode() for name in _HELPER.findall(text)),
        sum(1 for _ in _MAY_DECIDE.finditer(text)),
        text.count(b";"),
        text.count(b"\n"),
        _PLUMBING.search(text) is not None,
    )


@lru_cache(4)
def _terminator(data: bytes) -> bytes:
    """What ends most statements of a text, asked for every handler of the same one."""
    return b";" if data.count(b";\n") * 8 > data.count(b"\n") else b"\n"


def _measure(file: File, cls: Class, parts: list[Method]) -> _Size:
    sizes = [_size_of(file, cls, part) for part in parts]
    return _Size(1 + sum(s.complexity for s in sizes), sum(s.statements for s in sizes))


def _size_of(file: File, cls: Class, part: Method) -> _Size:
    """What a method adds; counted again only where its text, or what it calls that throws, is new."""
    text = file.data[part.body_at.start : part.body_at.end]
    responses = frozenset(p.name for p in part.params if _is_response(p))
    known = _counted(text, responses, _throwers(file, cls, part, text))
    if not known:
        known.append(_count(file, cls, part, responses))
    return known[0]


@lru_cache(1024)
def _counted(text: bytes, responses: frozenset[str], throwers: frozenset[str]) -> list[_Size]:
    """Where the size of such a body is kept, once it is known."""
    return []


def _throwers(file: File, cls: Class, part: Method, text: bytes) -> frozenset[str]:
    """The methods and functions that a body calls and that always throw."""
    named_here = [f"this.{m.name}" for m in cls.methods if not m.decorators and _may_throw(file, m.body_at)]
    named_here += [f.name for f in file.facts.functions if _may_throw(file, f.at)]
    return frozenset(n for n in named_here if n.encode() + b"(" in text and _throws(file, cls, n))


def _may_throw(file: File, at: At) -> bool:
    return file.data.find(b"throw", at.start, at.end) >= 0


def _count(file: File, cls: Class, part: Method, responses: frozenset[str]) -> _Size:
    complexity = statements = 0
    body = file.source.node_at(part.body_at.span)
    stack = named(body) if body is not None else []
    while stack:
        node = stack.pop()
        kind = node.type
        if responses and _answers(file, responses, node):
            continue
        if kind == "if_statement" and _only_throws(file, cls, child(node, "consequence")):
            stack += named(child(node, "alternative"))
            continue
        if kind in _DECISIONS:
            complexity += not _makes_a_list(file, node)
        elif kind == "switch_statement":
            complexity -= max(0, sum(_delegates(file, case) for case in named(child(node, "body"))) - 1)
        elif kind == "binary_expression":
            operator = child(node, "operator")
            complexity += operator is not None and operator.type in ("&&", "||") and not _defaults(node)
        if kind in _STATEMENTS:
            statements += 1
            if kind in _SIMPLE and not _NESTED.search(file.data, node.start_byte, node.end_byte):
                continue
        stack += node.named_children
    return _Size(complexity, statements)


def _defaults(node: Node) -> bool:
    """`scale || '24h'`: as little a decision as `??`."""
    operator, value = child(node, "operator"), child(node, "right")
    plain = value is not None and (value.type in _PLAIN or (value.type in _EMPTY and not named(value)))
    return plain and operator is not None and operator.type == "||"


def _makes_a_list(file: File, node: Node) -> bool:
    """`Array.isArray(ids) ? ids : [ids]`: input is read, nothing is decided."""
    if node.type != "ternary_expression":
        return False
    test, other = child(node, "condition"), child(node, "alternative")
    return file.text_of(test).startswith("Array.isArray(") and other is not None and other.type == "array"


def _is_response(param: Param) -> bool:
    if any(d.name.rpartition(".")[2] in ("Res", "Response") for d in param.decorators):
        return True
    kind = param.type.name if isinstance(param.type, TName) else ""
    return kind.rpartition(".")[2] in ("Response", "FastifyReply")


def _answers(file: File, responses: frozenset[str], node: Node) -> bool:
    """Does a statement only set cookies, headers or the status, or send? That is a controller's own work."""
    match node.type:
        case "statement_block":
            return all(_answers(file, responses, n) for n in named(node))
        case "if_statement":
            other = next(iter(named(child(node, "alternative"))), None)
            branches = [child(node, "consequence"), *([other] if other is not None else [])]
            return all(b is not None and _answers(file, responses, b) for b in branches)
        case "return_statement" if not named(node):
            return True
        case "expression_statement" | "return_statement":
            inner = next(iter(named(node)), None)
            if inner is not None and inner.type == "await_expression":
                inner = next(iter(named(inner)), None)
            if inner is None or inner.type != "call_expression":
                return False
            while inner is not None and inner.type in ("call_expression", "member_expression"):
                inner = child(inner, "function") or child(inner, "object")
            return inner is not None and inner.type == "identifier" and file.text_of(inner) in responses
        case _:
            return False


def _delegates(file: File, case: Node) -> bool:
    """Does a case of a `switch` only pass on to one method of a service, or to the next case?"""
    if case.type != "switch_case":
        return False
    inside = case.children_by_field_name("body")
    if len(inside) == 1 and inside[0].type == "statement_block":
        inside = named(inside[0])
    inside = [n for n in inside if n.type not in ("break_statement", "comment")]
    if not inside:
        return True
    value = next(iter(named(inside[0])), None)
    while value is not None and value.type in ("await_expression", "assignment_expression"):
        value = child(value, "right") or next(iter(named(value)), None)
    return (
        len(inside) == 1
        and inside[0].type in ("return_statement", "expression_statement")
        and value is not None
        and value.type == "call_expression"
        and file.text_of(child(value, "function")).startswith("this.")
    )


def _only_throws(file: File, cls: Class, branch: Node | None) -> bool:
    """Is this a guard clause: `if (!cat) throw …`, also through a helper that throws?"""
    if branch is not None and branch.type == "statement_block":
        inner = named(branch)
        branch = inner[0] if len(inner) == 1 else None
    if branch is None or branch.type == "throw_statement":
        return branch is not None
    if branch.type not in ("expression_statement", "return_statement"):
        return False
    call = next(iter(named(branch)), None)
    if call is not None and call.type == "await_expression":
        call = next(iter(named(call)), None)
    callee = file.text_of(callee_of(call)) if call is not None else ""
    return _throws(file, cls, callee)


def _throws(file: File, cls: Class, callee: str) -> bool:
    """Is this how a method of the class or a function of the file is called that always throws?"""
    name = callee.removeprefix("this.")
    if name != callee:
        bodies = [file.source.node_at(m.body_at.span) for m in cls.methods if m.name == name]
    else:
        functions = [file.source.node_at(f.at.span) for f in file.facts.functions if f.name == name]
        bodies = [child(node, "body") for node in functions]
    return any(always_throws(body) for body in bodies)
