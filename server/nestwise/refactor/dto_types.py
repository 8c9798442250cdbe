"""An interface, or an alias of an inline type, made a class with validators where it is declared."""

from __future__ import annotations

import re

from tree_sitter import Node

from nestwise.project.facts import Class, TName, TObject, TypeDecl
from nestwise.project.model.inputs import Input
from nestwise.project.model.libraries import usual_library
from nestwise.project.model.marks import VALIDATOR
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ref, declaration, exported, resolve_link
from nestwise.project.model.types import meant
from nestwise.project.model.validation import Effect
from nestwise.project.model.validators import has_validator_packages
from nestwise.refactor.bring import bring
from nestwise.refactor.draft import Draft, Refactoring, Refused, Sheet
from nestwise.refactor.dto_classes import (
    Field,
    Ways,
    Writer,
    check_plain,
    fields_of,
    import_decorators,
    is_definite,
    use_of,
)
from nestwise.refactor.dto_places import requests_habit
from nestwise.refactor.dto_zod import schema_text
from nestwise.syntax.imports import Want, imported_all
from nestwise.syntax.nodes import child, named
from nestwise.syntax.text import Edit, Span

_KINDS = frozenset({"interface_declaration", "type_alias_declaration"})
_SEPARATORS = (b";", b",")


def made_class(project: Project, given: Input, effect: Effect) -> Refactoring | None:
    """None where it cannot be done safely: uses of the type keep their meaning, as a class is a type, too."""
    try:
        return _made(project, given, effect)
    except Refused:
        return None


def _made(project: Project, given: Input, effect: Effect) -> Refactoring:
    ref = given.meant.symbol
    item = declaration(project, ref) if isinstance(ref, Ref) else None
    if not isinstance(ref, Ref) or not isinstance(item, TypeDecl) or not isinstance(item.type, TObject):
        raise Refused("it is no interface of the workspace")
    if item.extends or ref.path.endswith((".d.ts", ".d.mts", ".d.cts")):
        raise Refused("it extends others, or says what is declared elsewhere")
    library = usual_library(project, given.handler.declared.path)
    if library not in ("", VALIDATOR, "zod"):
        raise Refused("the package validates with another library")
    if not has_validator_packages(project, ref.path) or given.meant.kind not in ("interface", "inline"):
        raise Refused("class-validator is not there")
    facts = project.facts(ref.path)
    names = [i.name for i in facts.types] + [i.name for i in facts.classes]
    if [*names, *(i.name for i in facts.functions), *(i.name for i in facts.consts)].count(ref.name) != 1:
        raise Refused("its name is declared more than once")
    config = project.layout.tsconfig_of(ref.path)
    if (
        library != "zod"
        and config is not None
        and config.isolated
        and _names_types(project, ref.path, item.type)
    ):
        raise Refused("the compiler wants types of decorated properties imported as such")
    if any(_is_early(cls, item, ref.name) for cls in facts.classes):
        raise Refused("what is decorated above it would find no class yet")
    draft = Draft(project)
    sheet = draft.sheet(ref.path)
    declare = _declare_schema if library == "zod" else _declare
    declare(draft, sheet, ref.name, item, given, effect)
    if given.handler.declared.path != ref.path:
        _import_value(project, draft.sheet(given.handler.declared.path), given)
    return Refactoring(f"Make `{ref.name}` a class with validators", draft.changes())


def _declare(draft: Draft, sheet: Sheet, name: str, item: TypeDecl, given: Input, effect: Effect) -> None:
    project = draft.project
    node = _declaration(sheet, name, sheet.path != given.handler.declared.path)
    body = child(node, "body") if node.type == "interface_declaration" else child(node, "value")
    check_plain(body)
    if body is None or body.type not in ("interface_body", "object_type"):
        raise Refused("it is no plain object")
    habit = requests_habit(project, given.handler.declared.path)
    documented = habit.documented and project.layout.declared(sheet.path, "@nestjs/swagger")
    ways = Ways(sheet.style, sheet.eol, documented, is_definite(project, sheet.path, habit))
    writer = Writer(project, sheet.path, sheet.path, use_of(project, given, effect), ways)
    edits = [_keyword(sheet, node, body, name)]
    assert isinstance(item.type, TObject)
    members = named(body)
    flat = body.start_point.row == body.end_point.row
    if len(members) != len(item.type.members) or not members:
        raise Refused("it has more than properties")
    for member, (key, kind) in zip(members, item.type.members, strict=True):
        if member.type != "property_signature" or kind is None or not key.rstrip("?").isidentifier():
            raise Refused("it has more than plain properties")
        field = Field(key.rstrip("?"), kind, key.endswith("?"))
        lines = writer.decorators(name, field, split=False)
        place = _spread if flat else _member
        edits += place(sheet, member, lines, ways, field)
    edits += _tail(sheet, node, body)
    sheet.apply(edits)
    import_decorators(sheet, writer.out.wanted)
    bring(project, sheet, sheet.path, writer.out.origins)


def _names_types(project: Project, path: str, kind: TObject) -> bool:
    """Has a property a type that is imported like a value, and is none?"""
    for _, inner in kind.members:
        if isinstance(inner, TName):
            imported = any(i.local == inner.name and not i.type_only for i in project.facts(path).imports)
            if imported and meant(project, path, inner).kind not in ("class", "enum", "outside"):
                return True
    return False


def _declare_schema(
    draft: Draft, sheet: Sheet, name: str, item: TypeDecl, given: Input, effect: Effect
) -> None:
    """A schema, and a class that is made from it, in the place of a declaration."""
    project = draft.project
    node = _declaration(sheet, name, sheet.path != given.handler.declared.path)
    check_plain(node)
    outer = node.parent
    whole = outer if outer is not None and outer.type == "export_statement" else node
    assert isinstance(item.type, TObject)
    if item.type_params or b"//" in sheet.text(node).encode() or "/*" in sheet.text(node):
        raise Refused("it has more than properties")
    habit = requests_habit(project, given.handler.declared.path)
    use = use_of(project, given, effect)
    made = schema_text(project, sheet.path, name, habit, fields_of(item.type), use, sheet.style, sheet.eol)
    if made.schema in sheet.head.names:
        raise Refused("the schema's name is taken")
    types = {t.name: t.at.start for t in project.facts(sheet.path).types}
    for origin in made.origins:
        late = types.get(origin.name, 0) > item.at.start
        if late or resolve_link(project, sheet.path, origin.name).type_only:
            raise Refused(f"`{origin.name}` is not there when the schema is made")
    text = made.text if whole is not node else made.text.replace("export ", "")
    end = whole.end_byte
    end += sheet.now.text.data[end : end + 1] == b";"
    sheet.apply([Edit(Span(whole.start_byte, end), text)])
    import_decorators(sheet, made.wanted)


def _is_early(cls: Class, item: TypeDecl, name: str) -> bool:
    """Does a class above a type have metadata that would name the class that it becomes?"""
    if cls.at.start > item.at.start:
        return False
    kinds = [p.type for p in cls.properties if p.decorators]
    kinds += [p.type for p in cls.ctor or () if cls.decorators]
    kinds += [p.type for m in cls.methods if m.decorators for p in m.params]
    kinds += [m.returns for m in cls.methods if m.decorators]
    return any(isinstance(kind, TName) and kind.name == name for kind in kinds)


def _declaration(sheet: Sheet, name: str, exported: bool) -> Node:
    for node in sheet.now.root.named_children:
        inner = child(node, "declaration") if node.type == "export_statement" else node
        if inner is not None and inner.type in _KINDS and sheet.text(child(inner, "name")) == name:
            if exported and node.type != "export_statement":
                raise Refused(f"`{name}` is not exported where it is declared")
            return inner
    raise Refused(f"`{name}` is not there")


def _keyword(sheet: Sheet, node: Node, body: Node, name: str) -> Edit:
    """`class X {` for `interface X {` and `type X = {`, type parameters kept."""
    params = sheet.text(child(node, "type_parameters"))
    return Edit(Span(node.start_byte, body.start_byte), f"class {name}{params} ")


def _member(sheet: Sheet, member: Node, decorators: list[str], ways: Ways, field: Field) -> list[Edit]:
    data = sheet.now.text.data
    start = data.rfind(b"\n", 0, member.start_byte) + 1
    before = data[start : member.start_byte]
    if before.strip() or not start:
        raise Refused("its properties share a line")
    indent = before.decode()
    lines = "".join(f"{one}{sheet.eol}{indent}" for one in decorators)
    edits = [Edit(Span(member.start_byte, member.start_byte), lines)]
    name = child(member, "name")
    if ways.definite and not field.optional and name is not None:
        edits.append(Edit(Span(name.end_byte, name.end_byte), "!"))
    end = member.end_byte
    after = data[end : end + 1]
    if after in _SEPARATORS:
        edits.append(Edit(Span(end, end + 1), ways.style.semicolon or ""))
    elif ways.style.semicolon:
        edits.append(Edit(Span(end, end), ways.style.semicolon))
    return [e for e in edits if e.text or e.span.start < e.span.end]


def _spread(sheet: Sheet, member: Node, decorators: list[str], ways: Ways, field: Field) -> list[Edit]:
    """A property of a type that is written in one line, on lines of its own."""
    data, eol, indent = sheet.now.text.data, sheet.eol, ways.style.indent
    start = end = member.start_byte
    while data[start - 1 : start].isspace():
        start -= 1
    end = member.end_byte
    while data[end : end + 1].isspace() or data[end : end + 1] in _SEPARATORS:
        end += 1
    text = sheet.text(member)
    if ways.definite and not field.optional:
        text = re.sub(r"^((?:readonly )?\w+)", r"\1!", text)
    lines = [*decorators, f"{text}{ways.style.semicolon}"]
    last = eol if data[end : end + 1] == b"}" else ""
    gap = eol if data[start - 1 : start] != b"{" else ""
    return [Edit(Span(start, end), f"{gap}{eol}{indent}{f'{eol}{indent}'.join(lines)}{last}")]


def _tail(sheet: Sheet, node: Node, body: Node) -> list[Edit]:
    """The semicolon behind the object of an alias goes."""
    data, end = sheet.now.text.data, body.end_byte
    if node.type == "type_alias_declaration" and data[end : end + 1] == b";":
        return [Edit(Span(end, end + 1), "")]
    return []


def _import_value(project: Project, sheet: Sheet, given: Input) -> None:
    """The controller needs the class, where the type alone was enough until now."""
    local = given.meant.name.partition(".")[0]
    written = getattr(given.type, "name", local).partition(".")[0]
    found = next((i for i in project.facts(sheet.path).imports if i.local == written), None)
    if found is None or found.name in ("*", "default"):
        if found is None or found.type_only:
            raise Refused("it is not imported by its name")
        return
    target = project.target(sheet.path, found.module).path
    if target is None or exported(project, target, found.name).type_only:
        raise Refused("another file exports the type alone")
    if found.type_only:
        made = imported_all(sheet.head, [Want(found.name, found.module)], sheet.style)
        if made is None or made[0][found.name] != found.local:
            raise Refused("it cannot be imported as a value")
        sheet.apply(made[1])
