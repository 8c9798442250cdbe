from __future__ import annotations

import re
from collections.abc import Iterator

from nestwise.api import (
    Class,
    Edit,
    File,
    Handler,
    Method,
    Node,
    Project,
    Ref,
    Span,
    Speech,
    application_at,
    child,
    class_loggers,
    created_at,
    handlers_in,
    inputs_of,
    logger_of_application,
    logs_requests,
    looks_like_logger,
    mentions,
    named,
    numbers_requests,
    own_effects,
    project_logger_of,
    role_of_class,
    sets_up_logging,
    span_of,
    walk,
)

from tests.recall.mutation import Mutant, breaks, first_in, importing, method_of

_CALL = re.compile(rb"this\.logger\.(log|error|warn|debug)(?=\()")
_LITERAL = re.compile(r"[A-Za-z_$][\w$]*")


@breaks("logging/no-console")
def logger_swapped_for_console(file: File, project: Project) -> Iterator[Mutant]:
    for call in _CALL.finditer(file.data):
        if b"//" in file.data[file.data.rfind(b"\n", 0, call.start()) : call.start()]:
            continue
        span = Span(call.start(), call.end())
        yield Mutant((Edit(span, f"console.{call[1].decode()}"),), span)


@breaks("logging/sensitive-data")
def password_logged(file: File, project: Project) -> Iterator[Mutant]:
    for handler in handlers_in(project, file.path):
        logger = next(iter(class_loggers(project, Ref(file.path, handler.controller.name))), None)
        method = method_of(project, file, handler)
        if logger is None or method is None:
            continue
        for given in _bodies(project, handler):
            edit = first_in(method, f"{logger.written}.warn(({given} as any).password);")
            yield Mutant((edit,), edit.span)


def _bodies(project: Project, handler: Handler) -> Iterator[str]:
    for given in inputs_of(project, handler):
        if given.source == "body" and _LITERAL.fullmatch(given.name):
            yield given.name


_STACK = re.compile(
    rb"\b(?:this\.)?logger\.error\([^;{}]*?(,\s*\(?(\w+)(?: as Error\))?\??\.stack)(?=,?\s*\))", re.I
)


@breaks("logging/error-without-stack")
def stack_left_out(file: File, project: Project) -> Iterator[Mutant]:
    """Where nothing else of the `catch` passes the error on, or logs it whole."""
    for call in _STACK.finditer(file.data):
        catch: Node | None = file.source.node_at(Span(*call.span(2)))
        while catch is not None and catch.type != "catch_clause":
            catch = catch.parent
        body = child(catch, "body")
        if body is None or file.text_of(child(catch, "parameter")).encode() != call[2]:
            continue
        whole = [m.node for m in mentions(file, body, call[2].decode()) if not m.part]
        if all(call.start(1) <= node.start_byte < call.end(1) for node in whole):
            yield Mutant((Edit(Span(*call.span(1)), ""),), Span(call.start(), call.end()))


_CATCH = re.compile(rb"\bcatch \(\w+\) \{\s*(?:this\.)?logger\.\w+\([^;{}]*\);?\s*(?=\})")


@breaks("logging/swallowed-error")
def log_left_out(file: File, project: Project) -> Iterator[Mutant]:
    for catch in _CATCH.finditer(file.data):
        body = file.data.index(b"{", catch.start()) + 1
        yield Mutant((Edit(Span(body, catch.end()), ""),), Span(catch.start(), catch.start() + 5))


_NAMED = re.compile(rb"new Logger\(([A-Z]\w+)\.name\)")


@breaks("logging/logger-context")
def context_left_out(file: File, project: Project) -> Iterator[Mutant]:
    for made in _NAMED.finditer(file.data):
        if any(cls.name.encode() == made[1] and not cls.inside for cls in file.facts.classes):
            yield Mutant((Edit(Span(made.end(1) - len(made[1]), made.end() - 1), ""),), Span(*made.span()))


_PLAIN = re.compile(rb"\bthis\.logger\.\w+\((?=('[^'\\\n]*'|\"[^\"\\\n]*\")\s*,?\s*\))")


@breaks("logging/interpolated-message")
def value_built_into_text(file: File, project: Project) -> Iterator[Mutant]:
    for call in _PLAIN.finditer(file.data):
        cls = file.facts.class_at(call.start())
        loggers = class_loggers(project, Ref(file.path, cls.name)) if cls and not cls.inside else ()
        if any(o.written == "this.logger" and o.speech in (Speech.PINO, Speech.WINSTON) for o in loggers):
            span = Span(*call.span(1))
            text = f"`{call[1][1:-1].decode(errors='replace')} ${{process.pid}}`"
            yield Mutant((Edit(span, text),), span)


_LOGGED = re.compile(rb"\bcatch \((\w+)\) \{\s*(this\.logger\.error\([^;{}]*\b(\w+)\);)(?=\s*\})")


@breaks("logging/log-and-throw")
def thrown_on_after_log(file: File, project: Project) -> Iterator[Mutant]:
    for catch in _LOGGED.finditer(file.data):
        cls = file.facts.class_at(catch.start())
        loggers = class_loggers(project, Ref(file.path, cls.name)) if cls and not cls.inside else ()
        if catch[1] == catch[3] and any(logger.written == "this.logger" for logger in loggers):
            end = catch.end(2)
            edit = file.insert(end, f" throw {catch[1].decode()};")
            yield Mutant((edit,), Span(catch.start(2), end - 1))


@breaks("logging/no-correlation-id")
def structured_logger_brought_in(file: File, project: Project) -> Iterator[Mutant]:
    for app in application_at(project, file.path):
        if app.kind == "http" and not numbers_requests(project) and not logger_of_application(project, app):
            at = created_at(project, app)
            edit = file.insert(0, "import { createLogger as mutated } from 'winston';\n")
            yield Mutant((edit,), at.span)


@breaks("logging/project-logger")
def another_logger_made(file: File, project: Project) -> Iterator[Mutant]:
    """Winston in the place of the logger of Nest that nearly all classes of a package hold."""
    usual = project_logger_of(project, file.path)
    if usual is None or not usual.is_nest or sets_up_logging(file.path):
        return
    for cls in file.facts.classes:
        made_by_nest = role_of_class(project, Ref(file.path, cls.name)) in ("injectable", "controller")
        for prop in cls.properties if made_by_nest else ():
            found = _MADE.match(file.data, prop.name_at.end)
            if found is not None:
                edit, local = importing(file, "createLogger", "winston")
                yield Mutant((edit, Edit(Span(*found.span(1)), f"{local}()")), prop.name_at.span)


_MADE = re.compile(rb"(?:: *Logger)? *= *(new Logger\([^()]*\))")
_SIGNS = re.compile(
    r"(?:\w*_?)(?:log_?in|sign_?in|sign_?up|register|log_?out)|refreshTokens?|resetPassword", re.I
)


@breaks("logging/silent-critical-flow")
def critical_flow_silenced(file: File, project: Project) -> Iterator[Mutant]:
    """All logs of a method that lets somebody in or writes to two tables, and of those of its class that it
    calls."""
    for cls in file.facts.classes if not logs_requests(project) else ():
        injectable = role_of_class(project, Ref(file.path, cls.name)) == "injectable"
        for method in cls.methods if injectable else ():
            lets_in = "Auth" in cls.name and cls.name.endswith("Service") and _SIGNS.fullmatch(method.name)
            if method.access or method.static or not (lets_in or _writes_twice(file, project, cls, method)):
                continue
            edits, silent = _silenced(file, cls, method, set())
            if edits and silent:
                yield Mutant(tuple(edits), method.name_at.span)


def _writes_twice(file: File, project: Project, cls: Class, method: Method) -> bool:
    writes = own_effects(project, Ref(file.path, cls.name), method.name).writes
    return len({e.target for e in writes if e.target}) > 1


def _silenced(file: File, cls: Class, method: Method, seen: set[str]) -> tuple[list[Edit], bool]:
    """The edits that take the logs out of a method and of those of its class that it calls, and whether none
    is left."""
    seen.add(method.name)
    code = file.data[method.body_at.start : method.body_at.end]
    node = file.source.node_at(method.body_at.span)
    edits: list[Edit] = []
    for statement in walk(node) if node is not None else ():
        call = next(iter(named(statement)), None) if statement.type == "expression_statement" else None
        receiver = child(child(call, "function"), "object") if call is not None else None
        if receiver is not None and looks_like_logger(file, receiver):
            edits.append(Edit(span_of(statement), "{}"))
    rest = code
    for edit in reversed(edits):
        start, end = (at - method.body_at.start for at in (edit.span.start, edit.span.end))
        rest = rest[:start] + rest[end:]
    silent = (
        re.search(rb"(?i)log(?:ger|s|ging)?\s*\??\s*[.(]|audit|sentry|\.\s*(?:emit|publish|track)", rest)
        is None
    )
    for name in {found.decode() for found in re.findall(rb"\bthis\s*\.\s*(\w+)\s*\(", code)} - seen:
        inner = cls.method(name)
        if inner is not None:
            more, quiet = _silenced(file, cls, inner, seen)
            edits, silent = edits + more, silent and quiet
    return edits, silent
