from __future__ import annotations

import re
from collections.abc import Iterator

from nestwise.api import (
    Edit,
    File,
    Here,
    Project,
    Ref,
    Span,
    binding_of,
    code_form,
    code_habit,
    domain_role,
    handlers_in,
    made_error,
    maps_errors,
    named,
    promised,
    span_of,
    walk,
)

from tests.recall.mutation import Mutant, breaks, decorators_named, first_in, importing, method_of, without

_AWAITED = re.compile(rb"(?m)^[ \t]*(await )(?=this\.\w+(?:\.\w+)?\()")
_LOOP = re.compile(rb"for \(const (\w+) of ((?:this\.)?\w+)\) \{")
_RETHROWN = re.compile(
    rb"catch \((\w+)\) \{[^{}]*?throw new (?:BadRequest|InternalServerError|Conflict)Exception\(([^()]*)\)"
)
_REACHES = re.compile(rb"await this\.(?:prisma|\w*(?:Repository|Model|Repo)|db)\w*\.\w+")
_EXCEPTION = re.compile(rb"throw new (\w+Exception)\(")
_THROWN = re.compile(rb"throw (?=new \w+(?:Exception|Error)\()")


@breaks("errors/unhandled-promise")
def await_of_a_write_removed(file: File, project: Project) -> Iterator[Mutant]:
    for found in _AWAITED.finditer(file.data):
        end = file.data.find(b"(", found.end())
        node = file.source.node_at(Span(found.end(1), end))
        while node is not None and node.type != "call_expression":
            node = node.parent
        cls = file.class_at(node) if node is not None else None
        if node is None or cls is None or node.parent is None or node.parent.type != "await_expression":
            continue
        if node.parent.parent is None or node.parent.parent.type != "expression_statement":
            continue
        method = next((m for m in cls.methods if m.body_at.start <= node.start_byte < m.body_at.end), None)
        known = promised(project, Ref(file.path, cls.name), method.name if method else "", file.expr(node))
        if known is not None and known.writes and not known.calm:
            yield Mutant((Edit(Span(*found.span(1)), ""),), Span(node.start_byte, node.end_byte))


@breaks("errors/async-callback")
def loop_to_for_each(file: File, project: Project) -> Iterator[Mutant]:
    """`for (const cat of cats) { await … }` to `cats.forEach(async (cat) => { … })`."""
    for found in _LOOP.finditer(file.data):
        body = file.source.node_at(Span(found.end() - 1, found.end()))
        while body is not None and body.type != "statement_block":
            body = body.parent
        loop = body.parent if body is not None else None
        if (
            body is None
            or loop is None
            or loop.type != "for_in_statement"
            or loop.start_byte != found.start()
        ):
            continue
        code = file.data[body.start_byte : body.end_byte]
        if b"await " not in code or re.search(rb"\b(?:try|return|break|continue|catch|yield)\b", code):
            continue
        name, of = found[1].decode(), found[2].decode()
        text = f"{of}.forEach(async ({name}) => {{"
        end = Edit(Span(body.end_byte, body.end_byte), ");")
        yield Mutant((Edit(Span(*found.span()), text), end), Span(found.start(), found.end()))


@breaks("errors/filter-without-catch")
def catch_removed(file: File, project: Project) -> Iterator[Mutant]:
    for cls in file.facts.classes:
        if binding_of(project, Ref(file.path, cls.name)):
            for decorator in decorators_named(cls.decorators, "Catch"):
                yield Mutant((without(file, decorator.at),), cls.name_at.span)


@breaks("errors/leaked-internals")
def text_of_the_error_sent(file: File, project: Project) -> Iterator[Mutant]:
    """Where what is tried calls a repository or a client of the class itself."""
    for found in _RETHROWN.finditer(file.data):
        tried = file.data.rfind(b"try {", 0, found.start())
        if _REACHES.search(file.data, max(tried, 0), found.start()):
            yield Mutant((Edit(Span(*found.span(2)), f"{found[1].decode()}.message"),), Span(*found.span(2)))


@breaks("errors/generic-error")
def exception_to_error(file: File, project: Project) -> Iterator[Mutant]:
    handlers = [h for h in handlers_in(project, file.path) if h.kind == "http"]
    for handler in handlers:
        method = method_of(project, file, handler)
        if method is None or maps_errors(project, handler):
            continue
        for found in _EXCEPTION.finditer(file.data, method.body_at.start, method.body_at.end):
            body = file.data[method.body_at.start : method.body_at.end]
            if b"try {" not in body and b"=> {" not in body:
                yield Mutant((Edit(Span(*found.span(1)), "Error"),), Span(found.start(), found.end()))


@breaks("errors/http-in-domain")
def exception_in_the_domain(file: File, project: Project) -> Iterator[Mutant]:
    for cls in file.facts.classes:
        if cls.inside or not domain_role(project, Ref(file.path, cls.name)):
            continue
        for method in cls.methods[:2]:
            if method.body_at.end - method.body_at.start > 1 and file.data[method.body_at.start] == ord("{"):
                edit, local = importing(file, "GoneException", "@nestjs/common")
                start = method.body_at.start + 1
                yield Mutant((edit, first_in(method, f"throw new {local}();")), Span(start, start))


@breaks("errors/dropped-error-value")
def throw_removed(file: File, project: Project) -> Iterator[Mutant]:
    for found in _THROWN.finditer(file.data):
        node = file.source.node_at(Span(*found.span()))
        if node is not None and node.type != "comment" and file.class_at(node) is not None:
            yield Mutant((Edit(Span(*found.span()), ""),), Span(found.end(), found.end()))


@breaks("errors/no-error-code")
def exception_with_a_code_made_one_without(file: File, project: Project) -> Iterator[Mutant]:
    """Where the exceptions of the package have one."""
    package = project.layout.package_of(file.path)
    if package is None or code_habit(project, package.dir) is None:
        return
    for node in walk(file.source.root):
        made = next(iter(named(node)), None) if node.type == "throw_statement" else None
        if made is None or code_form(file.expr(made)) in ("", "?"):
            continue
        error = made_error(project, Here(file.path, file.expr(made)))
        if error is not None and error[1] == "http":
            edit, local = importing(file, "BadRequestException", "@nestjs/common")
            plain = Edit(span_of(made), f"new {local}('It went wrong')")
            yield Mutant((edit, plain), span_of(made))
