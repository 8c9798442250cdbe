"""The logger that code at a place writes to, in the form that its project holds loggers: for fixes."""

from __future__ import annotations

import re

from msgspec import Struct
from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.lint.rule import Safety
from nestwise.project.model.classes import NEST, lineage
from nestwise.project.model.loggers import (
    Form,
    Logger,
    Speech,
    class_loggers,
    habits,
    heir_has,
    injected_logger,
    module_logger,
    usual_logger,
)
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ext, Ref
from nestwise.syntax.nodes import ancestors, child, named, this_at
from nestwise.syntax.text import Edit


class Reached(Struct, frozen=True):
    """A logger, as code at a place may write to it."""

    logger: Logger
    context: str = ""
    """What a call adds behind its arguments."""
    edits: tuple[Edit, ...] = ()
    """What brings it there; none where it is there."""
    safety: Safety = Safety.SAFE


def logger_at(file: File, project: Project, node: Node) -> Reached | None:
    """The logger for code at a node: of the class, of the file, or a new one. None where it is not plain how
    the code reaches one."""
    return _existing(file, project, node) or _static_calls(file, node) or _added(file, project, node)


def _existing(file: File, project: Project, node: Node) -> Reached | None:
    """A logger that the class or the file has."""
    cls = file.class_at(node)
    if cls is not None and not cls.inside:
        this = this_at(file.source, node)
        for logger in class_loggers(project, Ref(file.path, cls.name)):
            if logger.static or this == "instance":
                return Reached(logger)
    shared = module_logger(project, file.path)
    if shared is None or not in_function(node) or _is_shadowed(file, shared.written, node):
        return None
    return Reached(shared)


def _static_calls(file: File, node: Node) -> Reached | None:
    """`Logger.error(message, context)`, where the file does so already."""
    nest = next((i for i in file.facts.imports if i.module == NEST and i.name == "Logger"), None)
    if nest is None or nest.type_only:
        return None
    if not re.search(rf"\b{nest.local}\.(?:log|error|warn|debug|verbose)\(".encode(), file.data):
        return None
    cls = file.class_at(node)
    context = "LOG_CONTEXT" if any(c.name == "LOG_CONTEXT" for c in file.facts.consts) else ""
    context = context or (f"{cls.name}.name" if cls is not None and not cls.inside else "")
    return Reached(Logger(nest.local, Speech.NEST), context) if context else None


def _added(file: File, project: Project, node: Node) -> Reached | None:
    """A new logger of Nest, in the form that the project has most."""
    forms = habits(project, file.path)
    if forms[:1] == (Form.OTHER,):
        return _injected(file, project, node)
    form = next((f for f in forms if f is not Form.OTHER), Form.FIELD)
    cls = file.class_at(node)
    made = file.imported("Logger", NEST, "NestLogger")
    if made is None:
        return None
    if cls is None:
        return _constant(file, made.local, list(made.edits), node) if Form.CONST in forms else None
    this = this_at(file.source, node)
    if cls.inside or not this or not cls.name or cls.name == "default":
        return None
    names = {p.name for p in cls.properties} | {m.name for m in cls.methods}
    names |= {p.name for p in cls.ctor or () if p.access}
    line = lineage(project, Ref(file.path, cls.name))
    usual = usual_logger(project, file.path)
    if usual.name in names or len(line.refs) > 1 or any(p.decorators for p in cls.properties):
        return None
    if heir_has(project, Ref(file.path, cls.name), usual.name):
        return None  # two private members of one name do not go together
    static = this == "static" or form is Form.STATIC
    field = usual.field(made.local, cls.name, static, file.style.quote)
    edits = [file.member(cls.body_at.start, field), *made.edits]
    known = line.base is None or (isinstance(line.base, Ext) and line.base.package.startswith("@nestjs/"))
    head = cls.name if static else "this"
    logger = Logger(f"{head}.{usual.name}", Speech.NEST)
    return Reached(logger, "", tuple(edits), Safety.SAFE if known else Safety.UNSAFE)


def _injected(file: File, project: Project, node: Node) -> Reached | None:
    """A parameter of the constructor, as most classes of the project get their logger."""
    cls = file.class_at(node)
    if cls is None or cls.inside or this_at(file.source, node) != "instance":
        return None
    found = injected_logger(project, Ref(file.path, cls.name))
    if found is None:
        return None
    names = file.imported_all(found.imports)
    if names is None:
        return None
    local, edits = names
    decorator = found.decorator and f"@{local[found.decorator]}({local.get(found.given, found.given)}) "
    parameter = f"{decorator}private readonly {found.name}: {local[found.type]}"
    edit = file.constructed(cls.body_at.span, parameter)
    logger = Logger(f"this.{found.name}", found.speech, methods=found.methods)
    return Reached(logger, "", (edit, *edits), Safety.UNSAFE) if edit is not None else None


def _constant(file: File, local: str, edits: list[Edit], node: Node) -> Reached | None:
    """`const logger = new Logger('cats.util')` below the imports."""
    if "logger" in file.top_names or not in_function(node) or _is_shadowed(file, "logger", node):
        return None
    name = re.sub(r"\.[mc]?tsx?$", "", file.path.rpartition("/")[2])
    style = file.style
    text = f"const logger = new {local}({style.quote}{name}{style.quote}){style.semicolon}"
    return Reached(Logger("logger", Speech.NEST), "", file.below_imports(text, edits))


def _is_shadowed(file: File, name: str, node: Node) -> bool:
    """Does a function around `node` mean something of its own by the name?"""
    for outer in ancestors(node):
        if any(name in file.text_of(p) for p in named(child(outer, "parameters"))):
            return True
        if outer.type == "statement_block":
            text = file.data[outer.start_byte : outer.end_byte]
            if re.search(rb"\b(?:const|let|var)\s+\{?[^=;]*\b" + name.encode() + rb"\b[^=;]*=", text):
                return True
    return False


def in_function(node: Node) -> bool:
    return any(
        o.type.endswith(("function", "function_declaration", "method_definition")) for o in ancestors(node)
    )
