"""What a mutation is: edits that break one convention, and the place where a rule must say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from nestwise.api import At, Decorator, Edit, File, Handler, Method, Project, Span, class_of


@dataclass(frozen=True)
class Mutant:
    edits: tuple[Edit, ...]
    at: Span
    """In the text before the edits (bytes). A finding must touch what becomes of it: an edit that begins or
    ends there is part of it, so an empty span stands for what is inserted there."""
    path: str = ""
    """The file in which it must be reported; empty for the one that is edited."""


Mutate = Callable[[File, Project], Iterable[Mutant]]
MUTATIONS: list[tuple[str, str, Mutate]] = []
"""Rule, name of the mutation, and the function that finds places for it in a file."""


def breaks(rule: str) -> Callable[[Mutate], Mutate]:
    """Register a mutation that this rule must report."""

    def register(mutate: Mutate) -> Mutate:
        MUTATIONS.append((rule, mutate.__name__.replace("_", " "), mutate))
        return mutate

    return register


def moved(span: Span, edits: Iterable[Edit]) -> Span:
    """Where a span of the text before the edits is after them."""
    start, end = span.start, span.end
    for edit in edits:
        grown = len(edit.text.encode()) - (edit.span.end - edit.span.start)
        if edit.span.end < span.start or (edit.span.end == span.start < span.end and not edit.text):
            start += grown
        if edit.span.end <= span.end:
            end += grown
    return Span(start, max(start, end))


# --- what mutations have in common ---


def without(file: File, at: At) -> Edit:
    """Remove a decorator, with the line that it leaves empty or the blank behind it."""
    data, start, end = file.data, at.start, at.end
    while data[end : end + 1] in (b" ", b"\t"):
        end += 1
    line = start
    while line and data[line - 1 : line] in (b" ", b"\t"):
        line -= 1
    if data[end : end + 1] == b"\n" and (not line or data[line - 1 : line] == b"\n"):
        start, end = line, end + 1
    return Edit(Span(start, end), "")


def importing(file: File, name: str, module: str) -> tuple[Edit, str]:
    """The edit that imports a name under one that no file has, and that name."""
    local = f"Mutated{name}"
    return file.insert(0, f"import {{ {name} as {local} }} from '{module}';\n"), local


def method_of(project: Project, file: File, handler: Handler) -> Method | None:
    """A handler's method, where the file declares it and it has a body."""
    cls = class_of(project, handler.declared) if handler.declared.path == file.path else None
    method = cls.method(handler.method) if cls else None
    return method if method is not None and method.body_at.end - method.body_at.start > 1 else None


def first_in(method: Method, statement: str) -> Edit:
    """The edit that adds a statement at the beginning of a body, on the line of its brace."""
    return Edit(Span(method.body_at.start + 1, method.body_at.start + 1), f" {statement}")


def decorators_named(decorators: Iterable[Decorator], *names: str) -> Iterator[Decorator]:
    return (d for d in decorators if d.name in names)
