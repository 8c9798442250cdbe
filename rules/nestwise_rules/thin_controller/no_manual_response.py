from collections.abc import Callable, Iterator

from nestwise.api import (
    Applied,
    Class,
    Decorator,
    Edit,
    Exit,
    Ext,
    File,
    Finding,
    Fix,
    Handler,
    Method,
    Node,
    Obj,
    Param,
    Project,
    Ref,
    Related,
    Span,
    always_throws,
    ancestors,
    applied,
    callee_of,
    child,
    exits_of,
    literal,
    method_decorators,
    named,
    rule,
    span_of,
    value_of,
    walk,
)

NEST = "@nestjs/common"
_KEEPS = frozenset(
    (
        "status code type contentType set header headers setHeader setHeaders append appendHeader getHeader "
        "get hasHeader removeHeader cookie setCookie clearCookie unsetCookie vary location links attachment "
        "statusMessage"
    ).split()
)
"""Methods of Express' and Fastify's responses that send nothing."""
_FUNCTIONS = (
    "arrow_function",
    "function_expression",
    "function_declaration",
    "generator_function",
    "class_body",
)


def let_pass(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """Nest sends the value; offered where the handler sends nothing by itself."""
    if not finding.data:
        return
    deco = file.source.node_at(finding.span)
    arguments = next((n for n in walk(deco) if n.type == "arguments"), None) if deco is not None else None
    if arguments is None or named(arguments):
        return
    text = "({ passthrough: true })"
    yield Fix("Let Nest send what the handler returns (`passthrough`)", (Edit(span_of(arguments), text),))


@rule(level="warning", since="0.1.0", fixes=let_pass)
def no_manual_response(handler: Handler, file: File, project: Project) -> Iterator[Finding]:
    if handler.kind != "http" or handler.declared.path != file.path or not _may_take_response(file):
        return
    cls, method = _fresh(file, handler)
    if cls is None or method is None or not any(p.decorators for p in method.params):
        return
    held = _response(file, project, method)
    if held is None or _sent_by_nest(project, handler):
        return
    param, deco = held
    node = file.source.node_at(method.body_at.span)
    if node is None or node.type != "statement_block" or not param.name:
        return
    uses = _Uses(file, param.name)
    ends = _ends(file, node)
    silent = [e for e in exits_of(node, uses.may_send, ends) if not e.done]
    if not silent:
        return
    valued = [e for e in silent if e.node.type == "return_statement" and not uses.is_response(e.node)]
    yield Finding(
        deco.at.span,
        _message(method.name, deco, valued),
        related=tuple(_related(file, e) for e in valued or silent),
        data=not uses.may_send(node) and not any(e not in valued and _gives(e) for e in silent),
    )


def _may_take_response(file: File) -> bool:
    """By its imports alone: most files take none, and nothing else is asked of them."""
    return any(i.module == NEST and i.name in ("Res", "Response", "*") for i in file.facts.imports)


def _message(name: str, deco: Decorator, valued: list[Exit]) -> str:
    given = f"`@{deco.name}()` without `passthrough` leaves sending to the handler"
    if valued:
        return f"{given}: what `{name}` returns is dropped, and the request hangs"
    return f"{given}, and a path through `{name}` sends nothing: the request hangs"


def _related(file: File, found: Exit) -> Related:
    if found.node.type == "return_statement":
        what = "this is never sent" if _gives(found) else "nothing is sent on this way out"
        return Related(file.path, span_of(found.node), what)
    end = found.node.end_byte
    return Related(file.path, Span(end - 1, end), "nothing is sent on the way to this end")


def _gives(found: Exit) -> bool:
    return found.node.type == "return_statement" and bool(named(found.node))


def _fresh(file: File, handler: Handler) -> tuple[Class | None, Method | None]:
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    found = cls.method(handler.method) if cls else None
    return cls, found


def _response(file: File, project: Project, method: Method) -> tuple[Param, Decorator] | None:
    """The parameter that takes the response from Nest; None with `passthrough`, or where it may be on."""
    found: tuple[Param, Decorator] | None = None
    for param in method.params:
        for deco in param.decorators:
            for part in applied(project, file.path, (deco,)):
                if part.is_from(NEST, "Next"):
                    return None
                if part.is_from(NEST, "Res", "Response"):
                    if _passes(project, part):
                        return None
                    found = param, deco
    return found


def _passes(project: Project, part: Applied) -> bool:
    given = part.arg(0)
    if given is None:
        return False
    options = value_of(project, given).expr
    if not isinstance(options, Obj) or not options.closed:
        return True
    value = options.get("passthrough")
    return value is not None and literal(value) is not False


def _sent_by_nest(project: Project, handler: Handler) -> bool:
    return any(
        d.is_from(NEST, "Sse", "Render", "Redirect") or not isinstance(d.symbol, (Ref, Ext))
        for d in method_decorators(project, handler.declared, handler.method)
    )


def _ends(file: File, body: Node) -> Callable[[Node], bool]:
    """Statements that call a method of the class which only throws."""

    def ends(statement: Node) -> bool:
        call = next(iter(named(statement)), None)
        if call is not None and call.type == "await_expression":
            call = next(iter(named(call)), None)
        callee = callee_of(call) if call is not None else None
        if callee is None or callee.type != "member_expression":
            return False
        if file.text_of(child(callee, "object")) == "process" and file.text_of(callee).endswith("exit"):
            return True
        if file.text_of(child(callee, "object")) != "this":
            return False
        name = file.text_of(child(callee, "property"))
        around = next((o for o in ancestors(body) if o.type == "class_body"), None)
        for member in named(around):
            if member.type == "method_definition" and file.text_of(child(member, "name")) == name:
                kind = file.text_of(child(member, "return_type"))
                return "never" in kind or always_throws(child(member, "body"))
        return False

    return ends


class _Uses:
    """What a piece of code may do with the response."""

    def __init__(self, file: File, name: str) -> None:
        self.file = file
        self.name = name
        self._word = name.encode()

    def may_send(self, node: Node) -> bool:
        if self._word not in self.file.data[node.start_byte : node.end_byte]:
            return False
        return any(
            n.type in ("identifier", "shorthand_property_identifier", "property_identifier")
            and self.file.text_of(n) == self.name
            and self._sends(n)
            for n in walk(node)
        )

    def _sends(self, use: Node) -> bool:
        """Is this more than setting headers, cookies or the status?"""
        if use.type == "property_identifier":  # `req.res`
            return use.parent is not None and use.parent.type == "member_expression"
        if use.type == "shorthand_property_identifier":
            return True
        if any(o.type in _FUNCTIONS for o in self._within(use)):
            return True
        node: Node = use
        while True:
            outer = node.parent
            if outer is None:
                return True
            if outer.type in ("non_null_expression", "parenthesized_expression"):
                node = outer
                continue
            if outer.type != "member_expression" or child(outer, "object") != node:
                return node.id == use.id or outer.type not in (
                    "expression_statement",
                    "return_statement",
                    "await_expression",
                )
            call = outer.parent
            called = call is not None and call.type == "call_expression" and child(call, "function") == outer
            if not called or call is None:
                return not self._property(outer)
            if self.file.text_of(child(outer, "property")) not in _KEEPS:
                return True
            node = call

    def _property(self, member: Node) -> bool:
        """Set or looked at, not used to send. Who asks `res.headersSent` expects that it was sent."""
        return self.file.text_of(child(member, "property")) in ("statusCode", "statusMessage", "locals")

    def is_response(self, statement: Node) -> bool:
        """Is what a `return` gives nothing, or the response itself, as in `return res.status(204)`?"""
        value = next(iter(named(statement)), None)
        while value is not None and value.type != "identifier":
            value = child(value, "function") or child(value, "object")
        return not named(statement) or (value is not None and self.file.text_of(value) == self.name)

    def _within(self, use: Node) -> Iterator[Node]:
        for outer in ancestors(use):
            if outer.type == "method_definition":
                return
            yield outer
