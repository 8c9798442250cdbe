from collections.abc import Iterator

from nestwise.api import (
    Edit,
    File,
    Finding,
    Fix,
    Node,
    Options,
    Project,
    Role,
    Safety,
    ancestors,
    dotted,
    rule,
    span_of,
)

LEVELS = {"log": "log", "info": "log", "warn": "warn", "error": "error", "debug": "debug", "trace": "verbose"}
_OWN_THIS = (
    "function_declaration",
    "function_expression",
    "generator_function",
    "generator_function_declaration",
)
_DEVELOPMENT = ("NODE_ENV", "isDev", "isDevelopment", "DEBUG", "debug", "verbose", "LOGGING")


class AllowedMethods(Options):
    allow: frozenset[str] = frozenset()
    """Methods of `console` to leave alone."""


def use_logger(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The class's own logger; offered only where `this` is the class."""
    callee = file.source.node_at(finding.span)
    while callee is not None and callee.type != "member_expression":
        callee = callee.parent
    level = LEVELS.get(finding.data)
    cls = file.class_at(callee) if callee is not None else None
    if callee is None or level is None or cls is None or cls.inside or not _this_is_class(callee):
        return
    field = next(
        (p.name for p in cls.properties if "Logger" in str(p.type) or "Logger" in str(p.value)), None
    )
    field = field or next((p.name for p in cls.ctor or () if p.access and "Logger" in str(p.type)), None)
    edits: list[Edit] = []
    if field is None:
        if any(p.name == "logger" for p in cls.properties):
            return
        field = "logger"
        text = f"\n  private readonly logger = new Logger({cls.name}.name);"
        edits = [file.insert(cls.body_at.start, text), *file.ensure_import("Logger", "@nestjs/common")]
    edits.append(Edit(finding.span, f"this.{field}.{level}"))
    arguments = callee.parent.child_by_field_name("arguments") if callee.parent else None
    # Nest takes a trailing string argument for the context, not for part of the message.
    single = arguments is not None and arguments.named_child_count == 1
    yield Fix(f"Use `this.{field}.{level}`", tuple(sorted(edits)), Safety.SAFE if single else Safety.UNSAFE)


@rule(
    level="warning",
    since="0.1.0",
    when=b"console",
    roles=frozenset({Role.PRODUCTION}),
    fixes=use_logger,
    query="""
    (call_expression
      function: (member_expression
        object: (identifier) @_object (#eq? @_object "console")
        property: (property_identifier) @method) @callee)
    """,
)
def no_console(callee: Node, method: Node, file: File, options: AllowedMethods) -> Iterator[Finding]:
    name = file.text_of(method)
    if (
        name in options.allow
        or "cli" in file.path.split("/")
        or file.path.endswith((".cli.ts", ".command.ts"))
    ):
        return
    cls = file.class_at(callee)
    if cls is not None:
        heritage = (*cls.implements, dotted(cls.extends))
        if any("Logger" in h or "CommandRunner" in h for h in heritage) or "Logger" in cls.name:
            return
    if any(_asks_for_development(file, outer) for outer in ancestors(callee)):
        return
    message = (
        f"`console.{name}` bypasses Nest's `Logger`: "
        "no context, no level, not where `app.useLogger` sends logs"
    )
    yield Finding(span_of(callee), message, data=name)


def _asks_for_development(file: File, node: Node) -> bool:
    if node.type not in ("if_statement", "ternary_expression", "binary_expression"):
        return False
    test = file.text_of(node.child_by_field_name("condition") or node.child_by_field_name("left"))
    return any(word in test for word in _DEVELOPMENT)


def _this_is_class(node: Node) -> bool:
    for outer in ancestors(node):
        if outer.type in _OWN_THIS:
            return False
        if outer.type == "method_definition":
            return all(part.type != "static" for part in outer.children)
        if outer.type == "class_body":
            return False
    return False
