import re
from collections.abc import Iterator

from nestwise.api import (
    Class,
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Node,
    Project,
    Ref,
    Role,
    Span,
    Spot,
    ancestors,
    child,
    class_of,
    followed,
    lineage,
    log_calls,
    named,
    parts_of,
    resolve,
    rule,
    span_of,
    usual_logger,
)

_ROLE = re.compile(
    r"(?:Service|Controller|Resolver|Gateway|Guard|Interceptor|Filter|Pipe|Module|Repository|Handler|Processor"
    r"|Consumer|Listener|Strategy|Middleware|Provider|Factory|Scheduler|Job|Task|UseCase|Usecase)$"
)
_LOGGERS = (("@nestjs/common", "Logger"), ("@nestjs/common", "ConsoleLogger"))


def is_held(made: Node, file: File) -> bool:
    """Is the logger given to a field or a variable, in a class?"""
    outer = made.parent
    held = outer is not None and (
        outer.type in ("public_field_definition", "variable_declarator")
        or (outer.type == "assignment_expression" and file.text_of(child(outer, "left")).startswith("this."))
    )
    return held and file.class_at(made) is not None


def may_lack_context(made: Node, file: File) -> bool:
    """Not where the name of the class is given, in either form."""
    cls = file.class_at(made) if is_held(made, file) else None
    given = named(child(made, "arguments"))
    text = file.text_of(given[0]).strip("'\"`") if given else ""
    return cls is not None and text not in (cls.name, f"{cls.name}.name")


def name_it(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The class's own name, in the form that the project gives it."""
    name, start, end = finding.data
    quote = file.style.quote
    own = f"{quote}{name}{quote}" if usual_logger(project, file.path).context == "text" else f"{name}.name"
    text = own if file.data[start - 1 : start] == b"(" else f"({own})"
    yield Fix(f"Use `{own}`", (Edit(Span(start, end), text),))


@rule(
    level="warning",
    since="0.1.0",
    plausible=may_lack_context,
    spot=Spot(rb"(new) [\w.]*Logger\b", ("new_expression",)),
    roles=frozenset({Role.PRODUCTION}),
    fixes=name_it,
)
def logger_context(made: Node, file: File, project: Project) -> Iterator[Finding]:
    cls = file.class_at(made)
    if cls is None or cls.inside or cls.name in ("", "default") or not is_held(made, file):
        return
    if made.start_byte < cls.body_at.start:
        return  # in its decorator, for something else
    symbol = followed(project, resolve(project, file.path, file.text_of(child(made, "constructor"))))
    if not isinstance(symbol, Ext) or (symbol.package, symbol.name) not in _LOGGERS:
        return
    arguments = child(made, "arguments")
    given = named(arguments)
    if arguments is None or not given:
        if _said_elsewhere(file, made):
            return
        end = made.end_byte
        place = (arguments.start_byte + 1, arguments.end_byte - 1) if arguments is not None else (end, end)
        yield Finding(
            span_of(made),
            f"What `{cls.name}` logs has no context: nobody sees who wrote it. Pass `{cls.name}.name`",
            data=(cls.name, *place),
        )
        return
    other = _other(file, project, cls, given[0])
    if other:
        yield Finding(
            span_of(made),
            f"What `{cls.name}` logs is said to come from `{other}`. Pass `{cls.name}.name`",
            data=(cls.name, given[0].start_byte, given[0].end_byte),
        )


def _other(file: File, project: Project, cls: Class, given: Node) -> str:
    """The other class whose name is given; empty where none is proven."""
    text = file.text_of(given)
    if given.type == "string":
        name = text[1:-1]
        both = _ROLE.search(name) and _ROLE.search(cls.name) and re.fullmatch(r"[A-Z]\w+", name)
        return name if both and name not in cls.name and cls.name not in name else ""
    owner, _, member = text.rpartition(".")
    if member != "name" or not owner or owner == cls.name or not re.fullmatch(r"[\w$.]+", owner):
        return ""
    symbol = followed(project, resolve(project, file.path, owner))
    if not isinstance(symbol, Ref) or class_of(project, symbol) is None:
        return ""
    own = Ref(file.path, cls.name)
    kin = symbol in lineage(project, own).refs or own in lineage(project, symbol).refs
    return "" if kin else owner


def _said_elsewhere(file: File, made: Node) -> bool:
    """Do all calls give a context of their own, or is it set later?"""
    if b"setContext(" in file.data:
        return True
    body = next((o for o in ancestors(made) if o.type == "class_body"), None)
    holder = made.parent
    name = file.text_of(child(holder, "name") or child(child(holder, "left"), "property"))
    calls = log_calls(body, file, deep=True) if body is not None else ()
    given = [
        _gives_context(file, named(child(call, "arguments")))
        for call in calls
        if file.text_of(child(child(call, "function"), "object")).rpartition(".")[2] == name
    ]
    return bool(given) and all(given)


def _gives_context(file: File, arguments: list[Node]) -> bool:
    """Is the last argument a text, the name of a class, a constant, or a variable that is called so?"""
    if len(arguments) < 2:
        return False
    last = arguments[-1]
    text = file.text_of(last)
    if last.type in ("string", "template_string") or text.endswith(".name") or text.isupper():
        return True
    return last.type == "identifier" and bool(parts_of(text) & {"context", "ctx", "class", "scope", "name"})
