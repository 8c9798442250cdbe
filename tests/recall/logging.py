from __future__ import annotations

import re
from collections.abc import Iterator

from nestwise.api import (
    Edit,
    File,
    Handler,
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
    mentions,
    numbers_requests,
)

from tests.recall.mutation import Mutant, breaks, first_in, method_of

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


_SIGNS = re.compile(r"log_?in|sign_?in|register|refreshTokens?|resetPassword", re.I)
_SAYS = re.compile(rb"^[ \t]*(?:this\.)?logger\.\w+\([^;{}]*\);[ \t]*\n", re.M)


@breaks("logging/silent-critical-flow")
def signing_in_silenced(file: File, project: Project) -> Iterator[Mutant]:
    for cls in file.facts.classes:
        for method in cls.methods if "Auth" in cls.name and cls.name.endswith("Service") else ():
            lines = list(_SAYS.finditer(file.data, method.body_at.start, method.body_at.end))
            if _SIGNS.fullmatch(method.name) and lines:
                edits = tuple(Edit(Span(*line.span()), "") for line in lines)
                yield Mutant(edits, method.name_at.span)
