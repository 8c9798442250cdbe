"""Classes with validators, written from fields: what a type promises, as the package would declare it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from tree_sitter import Node

from nestwise.project.facts import TArray, TInter, TLit, TName, TObject, TOther, TUnion, Type, TypeDecl
from nestwise.project.model.inputs import Input, inputs_of
from nestwise.project.model.marks import PLAIN, TRANSFORMER, VALIDATOR
from nestwise.project.model.project import Project
from nestwise.project.model.shapes import Prop
from nestwise.project.model.symbols import Ref, declaration, followed, resolve
from nestwise.project.model.types import Meant, meant, written
from nestwise.project.model.validation import Effect, Use
from nestwise.project.model.validators import Wanted, validators_for
from nestwise.refactor.bring import bring
from nestwise.refactor.draft import Refused, Sheet
from nestwise.refactor.dto_places import Habit, part_name
from nestwise.refactor.scene import Origin
from nestwise.syntax.imports import Want, imported_all
from nestwise.syntax.nodes import walk
from nestwise.syntax.style import Style, rewritten

SWAGGER = "@nestjs/swagger"
_EACH = "{ each: true }"


class Field(Struct, frozen=True):
    """A property to be."""

    name: str
    type: Type | None
    optional: bool = False


class Ways(Struct, frozen=True):
    """How the classes are written."""

    style: Style
    eol: str
    documented: bool = False
    definite: bool = False
    """`name!: string`: where the compiler wants every property to have a value."""


class Written(Struct):
    """Classes, the inner ones first, with what they need."""

    texts: list[str]
    wanted: set[tuple[str, str]]
    """Decorators with their modules."""
    origins: set[Origin]
    names: set[str]


def fields_of(kind: TObject) -> tuple[Field, ...]:
    """The properties of an inline type. Raises Refused where it has something else."""
    found = tuple(Field(name.rstrip("?"), inner, name.endswith("?")) for name, inner in kind.members)
    if any(not field.name.isidentifier() for field in found):
        raise Refused("it has more than plain properties")
    return found


_MORE = frozenset({"method_signature", "index_signature", "call_signature", "construct_signature"})


def check_plain(kind: Node | None) -> None:
    """Raises Refused for a type, as it is written, with more than properties."""
    if kind is None or any(node.type in _MORE for node in walk(kind)):
        raise Refused("it has more than properties")


class Writer:
    """Writes classes for the input of a handler."""

    def __init__(self, project: Project, source: str, target: str, use: Use, ways: Ways) -> None:
        """The types are those of the file `source`; the classes go to the file `target`."""
        self.project = project
        self.source = source
        self.target = target
        self.use = use
        self.ways = ways
        self.out = Written([], set(), set(), set())

    def add(self, name: str, fields: Iterable[Field]) -> None:
        """A class and those of its nested data. Raises Refused where one cannot be written."""
        if name in self.out.names:
            raise Refused(f"there would be two classes `{name}`")
        self.out.names.add(name)
        eol, indent = self.ways.eol, self.ways.style.indent
        parts = []
        for field in fields:
            lines = [*self.decorators(name, field), self._declared(name, field)]
            parts.append(eol.join(f"{indent}{line}" for line in lines))
        self.out.texts.append(f"export class {name} {{{eol}{f'{eol}{eol}'.join(parts)}{eol}}}")

    def _declared(self, name: str, field: Field) -> str:
        inner, many = _nested(field.type)
        text = written(field.type)
        if inner is not None:
            text = f"{part_name(name, field.name, many)}{'[]' if many else ''}"
        else:
            self._named(field.type)
        mark = "?" if field.optional else "!" if self.ways.definite else ""
        return f"{field.name}{mark}: {rewritten(text, self.ways.style)}{self.ways.style.semicolon}"

    def decorators(self, name: str, field: Field, *, split: bool = True) -> list[str]:
        """Those of a property of a class: its documentation and its validators. Nested data get a class of
        their own if `split`."""
        inner, many = _nested(field.type) if split else (None, False)
        if inner is not None:
            part = part_name(name, field.name, many)
            self.add(part, fields_of(inner))
            each = _EACH if many else ""
            found = [Wanted("IsOptional", VALIDATOR)] if field.optional else []
            found += [Wanted("IsArray", VALIDATOR)] if many else []
            found.append(Wanted("ValidateNested", VALIDATOR, each))
            found.append(Wanted("Type", TRANSFORMER, f"() => {part}"))
            kind = Meant("class", name=part)
            kind = Meant("array", of=kind) if many else kind
        else:
            kind = self.meant(field.type)
            found = list(self._checks(field, kind))
        if self.ways.documented:
            found.insert(0, _documented(field, kind))
        self.out.wanted |= {(w.name, w.module) for w in found}
        self._values(kind, found)
        return [rewritten(f"@{w.name}({w.args})", self.ways.style) for w in found]

    def meant(self, kind: Type | None) -> Meant:
        return meant(self.project, self.source, kind)

    def _checks(self, field: Field, kind: Meant) -> Iterator[Wanted]:
        here = Ref(self.target, "")
        prop = Prop(field.name, here, field.type, kind, PLAIN, PLAIN, field.optional)
        found = validators_for(self.project, prop, self.use)
        if found:
            yield from found
        elif field.optional:
            yield Wanted("IsOptional", VALIDATOR)
        else:
            yield Wanted("Allow", VALIDATOR)

    def _values(self, kind: Meant, found: list[Wanted]) -> None:
        """What decorators name exists at run time."""
        inner = kind.element
        exists = inner.kind == "enum" or inner.ref is not None
        if exists and inner.name and any(inner.name in w.args for w in found):
            self.out.origins.add(Origin(self.source, inner.name.partition(".")[0], False))

    def _named(self, kind: Type | None) -> None:
        """What a type names. Raises Refused where that cannot be told."""
        match kind:
            case TName(name=name, args=args):
                self.out.origins.add(Origin(self.source, name.partition(".")[0]))
                for arg in args:
                    self._named(arg)
            case TArray(of=inner):
                self._named(inner)
            case TUnion(of=parts) | TInter(of=parts):
                for part in parts:
                    self._named(part)
            case TObject(members=members):
                for _, member in members:
                    self._named(member)
            case TLit() | None:
                pass
            case TOther():
                raise Refused(f"`{written(kind)}` is more than a name")


def _nested(kind: Type | None) -> tuple[TObject | None, bool]:
    """The inline type of nested data, and whether there are many."""
    match kind:
        case TObject(members=members) if members:
            return kind, False
        case TArray(of=TObject(members=members) as inner) if members:
            return inner, True
        case TName(name="Array", args=(TObject(members=members) as inner,)) if members:
            return inner, True
        case _:
            return None, False


_SCALARS = {"string": "String", "number": "Number", "boolean": "Boolean"}


def _documented(field: Field, kind: Meant) -> Wanted:
    """Swagger sees no elements of arrays, and of an enum nothing but a text."""
    inner = kind.element
    many = kind.kind == "array"
    told = ""
    if inner.kind == "enum":
        told = f"{{ enum: {inner.name}, isArray: true }}" if many else f"{{ enum: {inner.name} }}"
    elif inner.kind == "literals" and all(t[:1] in "'\"" for t in inner.literals):
        told = f"{{ enum: [{', '.join(inner.literals)}]{', isArray: true' if many else ''} }}"
    elif many:
        name = _SCALARS.get(inner.name, inner.name if inner.kind == "class" else "Object")
        told = f"{{ type: [{name}] }}"
    return Wanted("ApiPropertyOptional" if field.optional else "ApiProperty", SWAGGER, told)


def bring_all(project: Project, new: Sheet, controller: str, origins: set[Origin]) -> None:
    """Import what a new file names: what decorators hand on as values, and interfaces as types alone, which
    the compiler wants of decorated properties where each file stands for itself. Raises Refused where a name
    cannot be imported."""
    types: set[str] = set()
    for origin in origins:
        symbol = resolve(project, controller, origin.name)
        if symbol == Ref(controller, origin.name):
            exports = {e.local for e in project.facts(controller).exports}
            if not origin.is_type or origin.name not in exports:
                raise Refused(f"`{origin.name}` is the controller's own")
        target = followed(project, symbol)
        item = declaration(project, target) if isinstance(target, Ref) else None
        if isinstance(item, TypeDecl) and item.kind != "enum":
            types.add(origin.name)
    values = {o.name for o in origins if not o.is_type}
    bring(project, new, controller, origins, types - values)


def use_of(project: Project, given: Input, effect: Effect) -> Use:
    """How the classes of an input will be used."""
    files = any(other.source in ("file", "files") for other in inputs_of(project, given.handler))
    return Use(given, effect, text=given.source != "body" or files)


def import_decorators(sheet: Sheet, wanted: set[tuple[str, str]]) -> None:
    """Module by module, so that each finds its place among the others of a new file."""
    for module in sorted({module for _, module in wanted}):
        names = [Want(name, module) for name, of in sorted(wanted) if of == module]
        found = imported_all(sheet.head, names, sheet.style)
        if found is None or any(name != local for name, local in found[0].items()):
            raise Refused("a decorator has another name there")
        sheet.apply(found[1])


def is_definite(project: Project, path: str, habit: Habit) -> bool:
    """Are properties without a value declared with `!`? Where the compiler asks for it, and as others do."""
    config = project.layout.tsconfig_of(path)
    if config is not None and config.strict_fields:
        return True
    reading = project.reading(habit.sample) if habit.sample else None
    return reading is not None and b"!: " in reading.data


__all__ = [
    "Field", "Ways", "Writer", "Written", "bring_all", "check_plain", "fields_of", "import_decorators",
    "is_definite", "use_of",
]  # fmt: skip
