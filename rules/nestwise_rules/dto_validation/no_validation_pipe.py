from collections.abc import Iterator

from nestwise.api import (
    Application,
    File,
    Finding,
    Fix,
    Input,
    Node,
    Project,
    Related,
    Safety,
    ancestors,
    callee_of,
    class_of,
    created_at,
    rule,
    span_of,
    unrun_inputs,
)

_SHOWN = 3
_AROUND = frozenset({"await_expression", "parenthesized_expression", "as_expression", "non_null_expression"})


def use_pipe(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The global pipe, right after the application is created and kept in a variable."""
    call = _call_at(file, finding.span.start)
    statement = _declaration(call) if call is not None else None
    names = file.imported_all([("ValidationPipe", "@nestjs/common")])
    if statement is None or names is None:
        return
    declarator = next(n for n in statement.named_children if n.type == "variable_declarator")
    name = declarator.child_by_field_name("name")
    if name is None or name.type != "identifier":
        return
    pipe, edits = names[0]["ValidationPipe"], names[1]
    indent = _indent(file, statement)
    for options, safety in (("", Safety.SAFE), ("{ whitelist: true, transform: true }", Safety.UNSAFE)):
        code = f"{file.text_of(name)}.useGlobalPipes(new {pipe}({options}))"
        line = file.insert(statement.end_byte, f"{indent}{code}{file.style.semicolon}")
        yield Fix(f"Add `{code}`", tuple(sorted([*edits, line])), safety)


@rule(level="error", since="0.1.0", fixes=use_pipe)
def no_validation_pipe(app: Application, file: File, project: Project) -> Iterator[Finding]:
    if app.path != file.path:
        return
    inputs = next((found for one, found in unrun_inputs(project) if one == app), ())
    call = _call_at(file, created_at(project, app).start) if inputs else None
    callee = callee_of(call) if call is not None else None
    if callee is None:
        return
    classes = list(dict.fromkeys(i.meant.ref for i in inputs if i.meant.ref is not None))
    first, more = classes[0].name, len(classes) - 1
    others = f" and of {more} more request class{'es' if more > 1 else ''}" if more else ""
    yield Finding(
        span_of(callee),
        f"No `ValidationPipe` is in effect, so the validators of `{first}`{others} never run: whatever a "
        f"client sends reaches `{inputs[0].handler.name}`. Add `app.useGlobalPipes(new ValidationPipe())`.",
        related=tuple(_related(inputs, project)),
    )


def _related(inputs: tuple[Input, ...], project: Project) -> Iterator[Related]:
    handlers = {i.meant.ref: i.handler for i in reversed(inputs) if i.meant.ref is not None}
    for ref, handler in list(reversed(handlers.items()))[:_SHOWN]:
        cls = class_of(project, ref)
        fresh = next((c for c in project.facts(ref.path).classes if cls and c.name == cls.name), cls)
        if fresh is not None:
            yield Related(ref.path, fresh.name_at.span, f"`{handler.name}` takes it, unchecked")


def _call_at(file: File, offset: int) -> Node | None:
    node = file.source.root.descendant_for_byte_range(offset, offset + 1)
    while node is not None and node.type != "call_expression":
        node = node.parent
    return node


def _declaration(call: Node) -> Node | None:
    """The statement that gives the application a name."""
    for outer in ancestors(call):
        if outer.type in ("lexical_declaration", "variable_declaration"):
            return outer
        if outer.type not in _AROUND and outer.type != "variable_declarator":
            return None
    return None


def _indent(file: File, node: Node) -> str:
    """A line break, with the indent of a statement."""
    start = file.data.rfind(b"\n", 0, node.start_byte) + 1
    before = file.data[start : node.start_byte]
    blank = before[: len(before) - len(before.lstrip())]
    eol = "\r\n" if file.data[max(start - 2, 0) : start] == b"\r\n" else "\n"
    return eol + blank.decode(errors="replace")
