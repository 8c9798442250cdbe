import re
from collections.abc import Iterator

from nestwise.api import (
    At,
    Edit,
    Expr,
    File,
    FileEdits,
    Finding,
    Fix,
    Here,
    Lax,
    Level,
    New,
    Node,
    Project,
    Ref,
    Safety,
    Span,
    child,
    file_at,
    followed,
    lax_pipes,
    named,
    pair_of,
    resolve,
    rule,
    span_of,
    value_of,
)

_NEW = re.compile(rb"\bnew\s+[\w$.]*ValidationPipe\b")
_OPTION = "whitelist"


def whitelist(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """`whitelist: true` among the options, wherever those are written."""
    call = _call_at(file, finding.span.start)
    arguments = child(call, "arguments") if call is not None else None
    if call is None:
        return
    safety = Safety.SAFE if finding.data else Safety.UNSAFE
    title = f"Add `{_OPTION}: true` to the pipe"
    given = named(arguments)
    if not given:
        end = child(call, "constructor")
        start = arguments.start_byte if arguments is not None else end.end_byte if end is not None else 0
        code = f"({file.style.braces(f'{_OPTION}: true')})"
        yield Fix(title, (Edit(Span(start, call.end_byte), code),), safety)
    elif given[0].type == "object":
        if (edit := _turned_on(file, given[0])) is not None:
            yield Fix(title, (edit,), safety)
    elif (found := _options(file, project, file.text_of(given[0]))) is not None:
        other, node = found
        edit = _turned_on(other, node)
        if edit is not None and other.path == file.path:
            yield Fix(title, (edit,), safety)
        elif edit is not None:
            yield Fix(title, (), safety, (FileEdits(other.path, (edit,)),))


def _turned_on(file: File, holder: Node) -> Edit | None:
    """The edit after which an object has the option."""
    pair = pair_of(file.source, holder, _OPTION)
    if pair is None:
        return file.appended(holder, f"{_OPTION}: true")
    value = child(pair, "value")
    return Edit(Span(value.start_byte, value.end_byte), "true") if value is not None else None


def _options(file: File, project: Project, name: str) -> tuple[File, Node] | None:
    """The object that a constant of the workspace holds."""
    symbol = followed(project, resolve(project, file.path, name))
    if not isinstance(symbol, Ref) or "." in symbol.name:
        return None
    other = file if symbol.path == file.path else file_at(project, symbol.path)
    const = next((c for c in other.facts.consts if c.name == symbol.name), None) if other else None
    at = getattr(const.value, "at", None) if const is not None else None
    if other is None or not isinstance(at, At):
        return None
    node: Node | None = other.source.node_at(at.span)
    return (other, node) if node is not None and node.type == "object" else None


@rule(level="information", since="0.1.0", fixes=whitelist)
def pipe_keeps_unknown(file: File, project: Project) -> Iterator[Finding]:
    lax = lax_pipes(project).get(file.path, ()) if b"ValidationPipe" in file.data else ()
    told: list[Expr] = []
    for found in _NEW.finditer(file.data) if lax else ():
        call = _call_at(file, found.start())
        expr = file.expr(call) if call is not None else None
        one = next((one for one in lax if expr and _is_same(project, file.path, one.made, expr)), None)
        if call is not None and one is not None and one.made not in told:
            told.append(one.made)
            level = Level.WARNING if one.forbids else None
            yield Finding(span_of(call), _message(one), level, data=one.checked)


def _is_same(project: Project, path: str, made: Expr, written: Expr) -> bool:
    """Is it the same expression, with the constants of the file put in or not?"""
    if not isinstance(made, New) or not isinstance(written, New) or made.callee != written.callee:
        return False
    told, said = (tuple(value_of(project, Here(path, a)).expr for a in e.args) for e in (made, written))
    return told == said


def _call_at(file: File, offset: int) -> Node | None:
    node = file.source.root.descendant_for_byte_range(offset, offset + 1)
    while node is not None and node.type != "new_expression":
        node = node.parent
    return node


def _message(one: Lax) -> str:
    name, handler = one.input.meant.name, one.input.handler.name
    why = (
        "`forbidNonWhitelisted` does nothing without `whitelist`"
        if one.forbids
        else "This pipe lets properties through that no class declares"
    )
    return f"{why}: whatever a client adds to `{name}` reaches `{handler}`. Add `whitelist: true`."
