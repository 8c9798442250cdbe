"""Classes with validators in the place of types that are nothing at run time."""

from __future__ import annotations

import posixpath

from tree_sitter import Node

from nestwise.project.facts import Class, Method, TName, TObject
from nestwise.project.model.inputs import Input
from nestwise.project.model.libraries import usual_library
from nestwise.project.model.marks import VALIDATOR
from nestwise.project.model.project import Project
from nestwise.project.model.specifiers import specifier_of_new
from nestwise.project.model.types import written
from nestwise.project.model.validation import Effect, Use
from nestwise.project.model.validators import has_validator_packages
from nestwise.refactor.draft import Draft, Refactoring, Refused, Sheet
from nestwise.refactor.dto_classes import (
    Field,
    Ways,
    Writer,
    bring_all,
    check_plain,
    fields_of,
    import_decorators,
    is_definite,
    use_of,
)
from nestwise.refactor.dto_places import Habit, name_for, path_for, requests_habit
from nestwise.refactor.dto_reads import fields_read
from nestwise.refactor.dto_zod import schema_declared
from nestwise.refactor.scene import Origin
from nestwise.syntax.import_moves import Bring, brought
from nestwise.syntax.nodes import child, named
from nestwise.syntax.style import rewritten
from nestwise.syntax.text import Edit, Span

_MAPPED = {"Partial": "PartialType", "Pick": "PickType", "Omit": "OmitType"}
_SWAGGER, _PLAIN = "@nestjs/swagger", "@nestjs/mapped-types"


def class_created(
    project: Project, given: Input, effect: Effect, cls: Class, method: Method
) -> Refactoring | None:
    """A class of its own for an input of an inline type, of a utility type over a class, or of no type whose
    properties the handler reads one by one. None where it cannot be done safely."""
    try:
        return _created(project, given, effect, cls, method)
    except Refused:
        return None


def _created(project: Project, given: Input, effect: Effect, cls: Class, method: Method) -> Refactoring:
    path = given.handler.declared.path
    library = usual_library(project, path)
    schemas = library == "zod"
    if cls.type_params or not (
        schemas or (library in ("", VALIDATOR) and has_validator_packages(project, path))
    ):
        raise Refused("class-validator is not there")
    draft = Draft(project)
    sheet = draft.sheet(path)
    habit = requests_habit(project, path)
    name = name_for(given, habit.suffix)
    target = path_for(path, name, habit)
    if name in sheet.head.names:
        raise Refused(f"`{name}` is something else in {path}")
    parameter = _parameter(sheet, method, given)
    if isinstance(given.type, TName) and given.type.name in _MAPPED:
        if schemas:
            raise Refused("a schema has other ways")
        _mapped(draft, sheet, target, name, habit, given.type)
    else:
        if isinstance(given.type, TObject):
            check_plain(child(parameter, "type"))
        fields = _fields(project, sheet, cls, method, given)
        declare = schema_declared if schemas else _declared
        declare(draft, sheet, target, name, habit, fields, use_of(project, given, effect))
    _typed(sheet, parameter, name)
    module = _through_index(draft, path, target) or specifier_of_new(project, path, target)
    item = Bring(module, name, name)
    edits = brought(sheet.head, item, sheet.style)
    if edits is None:
        raise Refused(f"`{name}` cannot be imported")
    sheet.apply(edits)
    called = f"`{given.name}`" if given.name else f"the {given.source}"
    return Refactoring(f"Create `{name}` for {called}", draft.changes())


def _through_index(draft: Draft, controller: str, target: str) -> str:
    """Export the new file where the others of its folder are exported, and what the controller imports those
    from; empty where it imports them one by one."""
    project = draft.project
    folder, file = posixpath.split(target)
    index = posixpath.join(folder, "index.ts")
    imports = (i.module for i in project.facts(controller).imports)
    module = next((m for m in imports if project.target(controller, m).path == index), "")
    stars = [e for e in project.facts(index).exports if e.name == "*" and e.module.startswith("./")]
    if not module or not stars:
        return ""
    sheet = draft.sheet(index)
    nodes = [n for n in sheet.now.root.named_children if sheet.text(n).startswith("export * from")]
    last = nodes[-1] if nodes else None
    source = child(last, "source")
    if last is None or source is None:
        return ""
    ending = next((end for end in (".js", ".ts") if sheet.text(source)[1:-1].endswith(end)), "")
    line = sheet.text(last).replace(sheet.text(source)[1:-1], f"./{file.removesuffix('.ts')}{ending}")
    sheet.apply([Edit(Span(last.end_byte, last.end_byte), f"{sheet.eol}{line}")])
    return module


def _fields(project: Project, sheet: Sheet, cls: Class, method: Method, given: Input) -> tuple[Field, ...]:
    if isinstance(given.type, TObject):
        fields = fields_of(given.type)
    else:
        fields = fields_read(project, sheet.now, cls, method, given)
    if not fields:
        raise Refused("nothing is known of its properties")
    return fields


def _declared(
    draft: Draft, sheet: Sheet, target: str, name: str, habit: Habit, fields: tuple[Field, ...], use: Use
) -> None:
    """The new file, with classes for fields."""
    project = draft.project
    style = draft.style(target, sheet)
    ways = Ways(style, sheet.eol, habit.documented, is_definite(project, sheet.path, habit))
    writer = Writer(project, sheet.path, target, use, ways)
    writer.add(name, fields)
    text = f"{sheet.eol}{sheet.eol}".join(writer.out.texts) + sheet.eol
    new = draft.create(target, text, style)
    import_decorators(new, writer.out.wanted)
    origins = {o for o in writer.out.origins if o.name not in writer.out.names}
    bring_all(project, new, sheet.path, origins)


def _mapped(draft: Draft, sheet: Sheet, target: str, name: str, habit: Habit, kind: TName) -> None:
    """`class UpdateCatDto extends PartialType(CreateCatDto) {}` for `Partial<CreateCatDto>`."""
    project = draft.project
    base, *keys = kind.args
    if not isinstance(base, TName) or base.args:
        raise Refused("it is no class alone")
    declared = project.layout.declared
    module = next(
        (
            m
            for m in ((_SWAGGER, _PLAIN) if habit.documented else (_PLAIN, _SWAGGER))
            if declared(sheet.path, m)
        ),
        "",
    )
    if not module:
        raise Refused("no package with mapped types is there")
    given = [base.name]
    if keys:
        texts = [t.strip() for t in written(keys[0]).split("|")]
        if any(t[:1] not in "'\"" for t in texts):
            raise Refused("its keys are not written out")
        given.append(f"[{', '.join(texts)}] as const")
    mapper = _MAPPED[kind.name]
    style = draft.style(target, sheet)
    call = rewritten(f"{mapper}({', '.join(given)})", style)
    new = draft.create(target, f"export class {name} extends {call} {{}}{sheet.eol}", style)
    import_decorators(new, {(mapper, module)})
    bring_all(project, new, sheet.path, {Origin(sheet.path, base.name.partition(".")[0], False)})


def _parameter(sheet: Sheet, method: Method, given: Input) -> Node:
    node: Node | None = sheet.now.node_at(method.params[given.position].name_at.span)
    while node is not None and node.type not in ("required_parameter", "optional_parameter"):
        node = node.parent
    if node is None:
        raise Refused("the parameter is not there")
    return node


def _typed(sheet: Sheet, parameter: Node, name: str) -> None:
    """Give a parameter another type."""
    kind, pattern = child(parameter, "type"), child(parameter, "pattern")
    if kind is not None:
        inner = named(kind)
        sheet.apply([Edit(Span(inner[0].start_byte, inner[0].end_byte), name)])
    elif pattern is not None:
        end = pattern.end_byte
        sheet.apply([Edit(Span(end, end), f": {name}")])
