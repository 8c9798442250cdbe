import re
from collections.abc import Iterator

from nestwise.api import (
    Edit,
    File,
    Finding,
    Fix,
    Handler,
    Node,
    Project,
    Safety,
    Span,
    always_throws,
    ancestors,
    callee_of,
    child,
    declares,
    error_kind,
    named,
    resolve,
    rule,
    spare_imports,
    variables,
    walk,
    without_wrapper,
)

_LOGS = re.compile(r"\bconsole\b|log(?:ger)?\b", re.I)
_PROBES = re.compile(
    r"(?:^|\.)(?:parse|verify|decode|decrypt|validate|stat|access|read|compare|transform)\w*$"
)
"""What fails where the input is wrong: which answer that is, only the handler knows."""
_FUNCTIONS = frozenset(
    "arrow_function function_expression function_declaration generator_function class_body".split()
)


def remove_wrapper(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The `try` goes, where nothing but the translation is lost and no name gets in another's way."""
    word = file.source.node_at(finding.span)
    statement = next((o for o in ancestors(word) if o.type == "try_statement"), None) if word else None
    body, clause = child(statement, "body"), child(statement, "handler")
    method = next((o for o in ancestors(word) if o.type == "method_definition"), None) if word else None
    if statement is None or body is None or clause is None or method is None or finding.data == "logs":
        return
    edit = without_wrapper(file.source, statement, body)
    if edit is None or _collides(file, method, statement, body):
        return
    found = file.imported_all([], spare_imports(file.source, [clause]))
    edits: list[Edit] = found[1] if found is not None else []
    title = "Remove the `try`: an exception filter translates what is thrown"
    yield Fix(title, tuple(sorted([*edits, edit])), Safety.UNSAFE)


def _collides(file: File, method: Node, statement: Node, body: Node) -> bool:
    """Does the method mean something else by a name that the block declares?"""
    own = {file.text_of(n) for s in named(body) for n in variables(s) if declares(n)}
    return any(
        file.text_of(n) in own and not statement.start_byte <= n.start_byte < statement.end_byte
        for n in variables(method)
    )


@rule(level="information", since="0.1.0", strict=True, fixes=remove_wrapper)
def no_error_translation(handler: Handler, file: File, project: Project) -> Iterator[Finding]:
    if handler.kind not in ("http", "graphql") or handler.declared.path != file.path:
        return
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    method = cls.method(handler.method) if cls else None
    if method is None or file.data.find(b"catch", method.body_at.start, method.body_at.end) < 0:
        return
    body = file.source.node_at(method.body_at.span)
    for statement in _tries(body):
        clause = child(statement, "handler")
        word = next((c for c in clause.children if c.type == "catch"), None) if clause else None
        if clause is None or word is None or child(statement, "finalizer") is not None:
            continue
        if not always_throws(child(clause, "body")):  # the rest is swallowed: that is more than a translation
            continue
        seen = _Catch(file, project, file.text_of(child(clause, "parameter")))
        if seen.translates(named(child(clause, "body"))) and seen.thrown and not _probes(file, statement):
            names = " or ".join(f"`{name}`" for name in dict.fromkeys(seen.thrown))
            what = "any error" if seen.always else "errors"
            yield Finding(
                Span(word.start_byte, word.end_byte),
                f"`{method.name}` turns {what} into {names} by hand, for this route alone. Let them through: "
                "an exception filter translates them for every route, and keeps what they say",
                data="logs" if seen.logs else "",
            )


def _tries(body: Node | None) -> Iterator[Node]:
    """The `try` statements of a method, those of functions in it left out."""
    stack = [body] if body is not None else []
    while stack:
        node = stack.pop()
        if node.type in _FUNCTIONS:
            continue
        if node.type == "try_statement":
            yield node
        stack += reversed(node.named_children)


class _Catch:
    """What a `catch` does."""

    def __init__(self, file: File, project: Project, error: str) -> None:
        self.file = file
        self.project = project
        self.error = error
        self.thrown: list[str] = []
        """The exceptions of HTTP, in the order of the text."""
        self.logs = False
        self.always = False
        """Is an exception thrown whatever failed?"""

    def translates(self, statements: list[Node], depth: int = 0) -> bool:
        """Is nothing done but to choose an exception of HTTP, to log, or to let the error pass?"""
        return all(self._statement(node, depth) for node in statements)

    def _statement(self, node: Node, depth: int) -> bool:
        match node.type:
            case "throw_statement":
                return self._thrown(named(node), depth)
            case "if_statement":
                other = child(node, "alternative")
                parts = [child(node, "consequence"), *(named(other) if other is not None else [])]
                return all(p is not None and self._statement(p, depth + 1) for p in parts)
            case "statement_block":
                return self.translates(named(node), depth)
            case "switch_statement":
                cases = [c for case in named(child(node, "body")) for c in named(case)]
                values = [child(case, "value") for case in named(child(node, "body"))]
                return self.translates([c for c in cases if c not in values], depth + 1)
            case "break_statement":
                return True
            case "lexical_declaration":
                return all(n.type not in ("await_expression", "yield_expression") for n in walk(node))
            case "expression_statement":
                call = next(iter(named(node)), None)
                logs = call is not None and call.type == "call_expression"
                logs = (
                    logs and _LOGS.search(self.file.text_of(callee_of(call))) is not None if call else False
                )
                self.logs = self.logs or logs
                return logs
            case _:
                return False

    def _thrown(self, values: list[Node], depth: int) -> bool:
        value = values[0] if values else None
        if value is None or value.type != "new_expression":
            return value is not None and self.file.text_of(value) == self.error
        name = self.file.text_of(child(value, "constructor"))
        if error_kind(self.project, resolve(self.project, self.file.path, name)) != "http":
            return False
        self.thrown.append(name)
        self.always = self.always or not depth
        return True


def _probes(file: File, statement: Node) -> bool:
    """Does the `try` find out whether the input can be read?"""
    body = child(statement, "body")
    for node in walk(body) if body is not None else ():
        if node.type == "call_expression" and _PROBES.search(file.text_of(callee_of(node))):
            return True
        if node.type == "new_expression" and file.text_of(child(node, "constructor")) == "URL":
            return True
    return False
