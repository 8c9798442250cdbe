import re
from collections.abc import Iterator

from nestwise.api import (
    Edit,
    File,
    Finding,
    Fix,
    Node,
    Options,
    Project,
    Ref,
    Role,
    Safety,
    Speech,
    Spot,
    ancestors,
    child,
    conditions_of,
    is_disabled,
    is_logger_class,
    logger_at,
    named,
    parts_of,
    rule,
    span_of,
)

_PLAIN = {"warn": "warn", "error": "error", "debug": "debug"}
_LEVELS = {
    Speech.NEST: _PLAIN | {"log": "log", "info": "log", "trace": "verbose"},
    Speech.PINO: _PLAIN | {"log": "info", "info": "info", "trace": "trace"},
    Speech.WINSTON: _PLAIN | {"log": "info", "info": "info", "trace": "debug"},
}
_TO_TEXT = re.compile(r"(?:^|\.)(?:JSON\.stringify|inspect|String|toString|toISOString|join|toFixed)$")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_DEVELOPMENT = frozenset("dev development debug debugging verbose production staging logging".split())
_LOGGING = re.compile(
    r"(?:^|/)(?:[\w-]*logger|logging)(?:[.-](?:service|module|factory|provider|utils?|setup|options))*\.ts$"
    r"|(?:^|/)logg(?:er|ing)/(?:index|[\w-]*logger[\w.-]*)\.ts$"
)
"""Where a project sets its logger up, or writes one."""
_DATA_SOURCE = re.compile(r"(?:^|[/.-])(?:data-?source|orm-?config)(?:\.config)?\.ts$")
"""What command lines of ORMs load, outside of any application."""
_NAMED = ("function_declaration", "variable_declarator")
_FOR_DEBUGGING = frozenset("trace debug print dump console".split())
_COMMAND_LINE = ("nest-commander", "commander", "yargs", "nestjs-command", "inquirer", "@nestjs/cli")


class AllowedMethods(Options):
    allow: frozenset[str] = frozenset()
    """Methods of `console` to leave alone."""


def use_logger(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The project's own logger; offered only where it is plain how the code reaches one."""
    callee = file.source.node_at(finding.span)
    while callee is not None and callee.type != "member_expression":
        callee = callee.parent
    outer = callee.parent if callee is not None else None
    if callee is None or outer is None:
        return
    reached = logger_at(file, project, callee)
    if reached is None:
        return
    logger, context, edits, safety = reached.logger, reached.context, list(reached.edits), reached.safety
    level = _LEVELS.get(logger.speech, {}).get(finding.data)
    if level is None or (logger.methods is not None and level not in logger.methods):
        return
    target = f"{logger.written}.{level}"
    if outer.type == "arguments":  # `.catch(console.error)`
        if not file.text_of(child(outer.parent, "function")).endswith(".catch"):
            return
        text = f"(error) => {target}(error{f', {context}' if context else ''})"
        if logger.speech is Speech.NEST and 0 < project.layout.nest_major(file.path) < 11:
            safety = Safety.UNSAFE
        yield Fix(f"Use `{target}`", tuple(sorted([*edits, Edit(finding.span, text)])), safety)
        return
    arguments = named(child(outer, "arguments"))
    if not arguments or any(a.type == "spread_element" for a in arguments):
        return
    shaped = _shaped(file, logger.speech, arguments)
    if shaped is None:
        return
    if logger.speech is Speech.NEST and (major := project.layout.nest_major(file.path)):
        if major < 8 and len(arguments) > 1:
            return  # a second argument is the context, and there is no third one
        if major < 11 and not all(_is_text(file, a) for a in arguments):
            safety = Safety.UNSAFE  # errors lose their stack, objects with cycles throw
    if context:
        end = arguments[-1].end_byte
        edits = [*edits, file.insert(end, f",{_gap(file, arguments[0])}{context}")]
    if len(arguments) > 1 and re.search(r"%[sdifjoO]", file.text_of(arguments[0])):
        safety = Safety.UNSAFE  # Nest's logger leaves such places as they are
    if (broken := _broken(file, outer, target, arguments, context)) is not None and not shaped:
        edits = [*edits[: -1 if context else None], broken]
    else:
        edits = [*edits, *shaped, Edit(finding.span, target)]
    yield Fix(f"Use `{target}`", tuple(sorted(edits)), safety)


@rule(
    level="warning",
    since="0.1.0",
    spot=Spot(rb"(console)\b", ("identifier",)),
    roles=frozenset({Role.PRODUCTION}),
    fixes=use_logger,
)
def no_console(console: Node, file: File, project: Project, options: AllowedMethods) -> Iterator[Finding]:
    callee = console.parent
    if callee is None or child(callee, "object") != console or not _is_used(callee):
        return
    name = file.text_of(child(callee, "property"))
    if name in options.allow or _runs_elsewhere(file, project):
        return
    cls = file.class_at(callee)
    if cls is not None and not cls.inside and is_logger_class(project, Ref(file.path, cls.name)):
        return
    if _for_development(file, callee) or is_disabled(file, callee, "no-console"):
        return
    yield Finding(
        span_of(callee),
        f"`console.{name}` bypasses Nest's `Logger`: no level, no context, and not where "
        "`app.useLogger()` sends logs. Use a `Logger`",
        data=name,
    )


def _is_used(member: Node) -> bool:
    """Is it called, or handed on to be called?"""
    outer = member.parent
    return outer is not None and (child(outer, "function") == member or outer.type == "arguments")


def _runs_elsewhere(file: File, project: Project) -> bool:
    """Command lines and bootstraps talk to the terminal, loggers to the console, and what does not run in a
    Nest application has no `Logger`; a `console` of the file's own is none."""
    package = project.layout.package_of(file.path)
    if not project.layout.is_nest(file.path) or (package is not None and package.library):
        return True
    if "cli" in file.path.split("/")[:-1] or file.path.endswith(".cli.ts") or _LOGGING.search(file.path):
        return True
    if _DATA_SOURCE.search(file.path):
        return True
    return any(
        i.local == "console"
        or i.name == "NestFactory"
        or (i.name == "repl" and i.module == "@nestjs/core")
        or i.module.startswith(_COMMAND_LINE)
        for i in file.facts.imports
    )


def _for_development(file: File, node: Node) -> bool:
    """Does the call stand under, or behind, a question about the environment or a flag for logs, or in a
    function that is for debugging?"""
    if any(_asks(file, test) for test in conditions_of(node)):
        return True
    return any(
        outer.type in _NAMED and parts_of(file.text_of(child(outer, "name"))) & _FOR_DEBUGGING
        for outer in ancestors(node)
    )


def _asks(file: File, test: Node) -> bool:
    words = set(_WORD.findall(file.text_of(test)))
    if "NODE_ENV" in words or any(parts_of(w) & _DEVELOPMENT for w in words):
        return True
    return any(len(p) > 1 and p & {"dev", "prod", "local", "test"} for w in words for p in (parts_of(w),))


# --- the fix -----------------------------------------------------------------------------------


def _gap(file: File, argument: Node) -> str:
    """What stands before an argument: a blank, or a line break with its indent."""
    start = file.data.rfind(b"\n", 0, argument.start_byte) + 1
    indent = file.data[start : argument.start_byte]
    if not start or indent.strip():
        return " "
    eol = "\r\n" if file.data[start - 2 : start] == b"\r\n" else "\n"
    return eol + indent.decode()


def _broken(file: File, call: Node, target: str, arguments: list[Node], context: str) -> Edit | None:
    """The call with a line for each argument, where it is a statement that gets too long for one line."""
    last = arguments[-1].type
    start = file.data.rfind(b"\n", 0, call.start_byte) + 1
    indent = file.data[start : call.start_byte].decode(errors="replace")
    whole = call.parent is not None and call.parent.type == "expression_statement" and not indent.strip()
    if not whole or call.start_point.row != call.end_point.row or last in ("object", "arrow_function"):
        return None
    texts = [file.text_of(argument) for argument in arguments] + ([context] if context else [])
    text = f"{target}({', '.join(texts)})"
    fitted = file.fitted(text, indent, file.style.semicolon)
    return Edit(span_of(call), fitted) if fitted != text else None


def _is_text(file: File, node: Node) -> bool:
    """Is it surely a text or a number? Loggers of Nest before 11 write little else as `console` does."""
    match node.type:
        case "string" | "template_string" | "number" | "true" | "false" | "null" | "undefined":
            return True
        case "binary_expression":
            operator = child(node, "operator")
            sides = (child(node, "left"), child(node, "right"))
            return (
                operator is not None
                and operator.type == "+"
                and any(s is not None and _is_text(file, s) for s in sides)
            )
        case "parenthesized_expression" | "non_null_expression":
            return any(_is_text(file, n) for n in named(node)[:1])
        case "ternary_expression":
            branches = (child(node, "consequence"), child(node, "alternative"))
            return all(b is not None and _is_text(file, b) for b in branches)
        case "member_expression":
            return file.text_of(child(node, "property")) in ("message", "stack", "length")
        case "call_expression":
            return bool(_TO_TEXT.search(file.text_of(child(node, "function"))))
        case _:
            return False


def _shaped(file: File, speech: Speech, arguments: list[Node]) -> list[Edit] | None:
    """The edits that keep every argument; None where they cannot be kept."""
    if speech is not Speech.PINO or len(arguments) == 1:
        return []
    text, extra = arguments[0], arguments[1]
    if len(arguments) > 2 or text.type not in ("string", "template_string") or extra.type != "identifier":
        return None
    name = file.text_of(extra)
    shown = f"{{ err: {name} }}" if name in ("e", "err", "error") and name != "err" else f"{{ {name} }}"
    return [
        Edit(span_of(text), shown),
        Edit(span_of(extra), file.text_of(text)),
    ]
