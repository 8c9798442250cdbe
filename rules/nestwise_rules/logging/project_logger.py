import re
from collections.abc import Iterator

from nestwise.api import (
    Class,
    Edit,
    File,
    Finding,
    Fix,
    Logger,
    Node,
    Project,
    Ref,
    Role,
    Safety,
    Span,
    Speech,
    Usual,
    child,
    class_loggers,
    injected_logger,
    is_logger_class,
    loggers_of,
    named,
    project_logger_of,
    role_of_class,
    rule,
    sets_up_logging,
    span_of,
    usual_logger,
)

_LEVELS = {
    (Speech.NEST, Speech.PINO): {"log": "info", "verbose": "trace"},
    (Speech.NEST, Speech.WINSTON): {"log": "info", "verbose": "verbose"},
    (Speech.PINO, Speech.NEST): {"info": "log", "trace": "verbose"},
    (Speech.WINSTON, Speech.NEST): {"info": "log", "silly": "verbose", "http": "verbose"},
}
"""How levels are called where they are called differently."""
_SHARED = frozenset("error warn debug fatal".split())
_MADE = ("injectable", "controller", "resolver", "gateway", "processor", "filter")


def use_usual(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The package's logger in the place of a field that makes another one, where all its calls go over."""
    node = file.source.node_at(finding.span)
    while node is not None and node.type != "public_field_definition":
        node = node.parent
    cls = file.class_at(node) if node is not None else None
    usual = project_logger_of(project, file.path)
    if node is None or cls is None or usual is None:
        return
    name = finding.data
    old = next(
        (o for o in class_loggers(project, Ref(file.path, cls.name)) if o.written == f"this.{name}"), None
    )
    target = _target(file, project, cls, usual, node, name)
    if old is None or target is None:
        return
    new, edits = target
    uses = _renamed(file, node, old, new, name)
    made = child(child(node, "value"), "constructor") or child(child(node, "value"), "function")
    gone = file.unimported(file.text_of(made))
    if uses is None or (gone is None and file.text_of(made).isidentifier()):
        return
    spare = gone if gone and _is_used_once(file, file.text_of(made)) else []
    every = [*edits, *uses, *spare]
    if any(a is not b and a.span.touches(b.span) for a in every for b in every):
        return
    yield Fix(f"Use {usual.shown}", tuple(sorted(every)), Safety.UNSAFE)


@rule(level="information", since="0.1.0", roles=frozenset({Role.PRODUCTION}), fixes=use_usual)
def project_logger(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if not any("ogger" in i.name or i.module in ("pino", "winston") for i in file.facts.imports):
        return
    held = loggers_of(project, file.path, cls)
    usual = project_logger_of(project, file.path) if held else None
    if usual is None or sets_up_logging(file.path):
        return
    ref = Ref(file.path, cls.name)
    if cls.inside or is_logger_class(project, ref) or role_of_class(project, ref) not in _MADE:
        return
    for one in held:
        if one.symbol != usual.symbol and one.known:
            yield Finding(
                one.at.span,
                f"`{cls.name}` logs with {one.shown}, its package with {usual.shown} ({usual.count} of "
                f"{usual.total}): its lines go elsewhere, in another form. Use {usual.shown}",
                data=one.name,
            )


# --- the fix -----------------------------------------------------------------------------------


def _target(
    file: File, project: Project, cls: Class, usual: Usual, node: Node, name: str
) -> tuple[Logger, list[Edit]] | None:
    """The package's logger as the class may hold it, and the edits that put it in the place of a field."""
    ref = Ref(file.path, cls.name)
    if usual.is_nest:
        made = file.imported("Logger", "@nestjs/common", "NestLogger")
        if made is None:
            return None
        held = usual_logger(project, file.path)
        text = held.field(made.local, cls.name, False, file.style.quote)
        text = re.sub(rf"\b{re.escape(held.name)} =", f"{name} =", text, count=1)
        return Logger(f"this.{name}", Speech.NEST), [Edit(span_of(node), text), *made.edits]
    found = injected_logger(project, ref, name)
    names = file.imported_all(found.imports) if found is not None else None
    if found is None or names is None:
        return None
    local, edits = names
    decorator = found.decorator and f"@{local[found.decorator]}({local.get(found.given, found.given)}) "
    parameter = f"{decorator}private readonly {found.name}: {local[found.type]}"
    logger = Logger(f"this.{found.name}", found.speech, methods=found.methods)
    end = node.end_byte + (file.data[node.end_byte : node.end_byte + 1] == b";")
    if cls.ctor is None:
        return logger, [Edit(Span(node.start_byte, end), f"constructor({parameter}) {{}}"), *edits]
    edit = file.constructed(cls.body_at.span, parameter)
    start = file.data.rfind(b"\n", 0, node.start_byte) + 1
    rest = re.compile(rb"[ \t]*\r?\n(?:[ \t]*\r?\n)?").match(file.data, end)
    if edit is None or rest is None or file.data[start : node.start_byte].strip():
        return None
    return logger, [Edit(Span(start, rest.end()), ""), edit, *edits]


def _renamed(file: File, field: Node, old: Logger, new: Logger, name: str) -> list[Edit] | None:
    """The calls of a field's logger as those of the new one; None where one does not go over as it is."""
    levels = _LEVELS.get((old.speech, new.speech), {})
    edits: list[Edit] = []
    for use in re.finditer(rb"\bthis\s*\.\s*" + name.encode() + rb"\b", file.data):
        node = file.source.node_at(Span(use.start(), use.end()))
        member = node.parent if node is not None and node.type == "member_expression" else None
        call = member.parent if member is not None else None
        if node is None or member is None or call is None or call.type != "call_expression":
            return None
        method = file.text_of(child(member, "property"))
        level = levels.get(method, method if method in _SHARED or old.speech is new.speech else "")
        arguments = named(child(call, "arguments"))
        plain = len(arguments) == 1 and arguments[0].type in ("string", "template_string")
        if not level or not (plain or (old.speech is new.speech and new.of_package)):
            return None
        if new.methods is not None and level not in new.methods:
            return None
        written = f"{new.written}.{level}"
        if file.text_of(member) != written:
            edits.append(Edit(span_of(member), written))
    return edits


def _is_used_once(file: File, name: str) -> bool:
    """Beside its import: as a value or a type."""
    return len(re.findall(rb"(?<![\w.$])" + re.escape(name.encode()) + rb"(?![\w$])", file.data)) == 2
