"""A class made from a schema of zod, in packages that validate with those."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Call, Name, TArray, TLit, TName, TObject, TUnion, Type
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import class_of
from nestwise.project.model.types import Meant, meant
from nestwise.project.model.validation import Use
from nestwise.refactor.draft import Draft, Refused, Sheet
from nestwise.refactor.dto_classes import Field, bring_all, fields_of, import_decorators
from nestwise.refactor.dto_places import Habit, stem_of_request
from nestwise.refactor.scene import Origin
from nestwise.syntax.style import Style, rewritten

_PLAIN = {"string": "string", "number": "number", "boolean": "boolean", "bigint": "bigint"}
_TRUTH = "z.enum(['true', 'false']).transform((value) => value === 'true')"


def schema_declared(
    draft: Draft, sheet: Sheet, target: str, name: str, habit: Habit, fields: tuple[Field, ...], use: Use
) -> None:
    """The new file: a schema for fields, and the class that is made from it. Raises Refused where a type has
    no schema, or where no class of the package shows how it is done."""
    style = draft.style(target, sheet)
    made = schema_text(draft.project, sheet.path, name, habit, fields, use, style, sheet.eol)
    new = draft.create(target, f"{made.text}{sheet.eol}", style)
    import_decorators(new, made.wanted)
    bring_all(draft.project, new, sheet.path, made.origins)


class Made(Struct, frozen=True):
    """A schema with its class, as they are written, and what they need."""

    text: str
    schema: str
    """The name of the schema."""
    wanted: set[tuple[str, str]]
    origins: set[Origin]


def schema_text(
    project: Project, source: str, name: str, habit: Habit, fields: tuple[Field, ...], use: Use, style: Style,
    eol: str,
) -> Made:  # fmt: skip
    """The types are those of the file `source`."""
    maker, library, lower = _shown(project, habit)
    writer = _Writer(project, source, use, style, eol)
    schema = f"{stem_of_request(name)}Schema"
    schema = schema[:1].lower() + schema[1:] if lower else schema
    text = (
        f"export const {schema} = {writer.object(fields, '')}{style.semicolon}{eol}{eol}"
        f"export class {name} extends createZodDto({schema}) {{}}"
    )
    return Made(text, schema, {("createZodDto", maker), ("z", library)}, writer.origins)


def _shown(project: Project, habit: Habit) -> tuple[str, str, bool]:
    """Where a class of the package has `createZodDto` and `z` from, and whether its schema has a small first
    letter."""
    facts = project.facts(habit.schema.path) if habit.schema is not None else None
    cls = class_of(project, habit.schema) if habit.schema is not None else None
    modules = {i.name: i.module for i in facts.imports if i.name == i.local} if facts is not None else {}
    maker, library = modules.get("createZodDto", ""), modules.get("z", "")
    if not maker or not library or habit.schema is None:
        raise Refused("no class shows where `createZodDto` comes from")
    if any(project.target(habit.schema.path, m).package is None for m in (maker, library)):
        raise Refused("`createZodDto` is the project's own")
    made = cls.extends if cls is not None else None
    given = made.args[0] if isinstance(made, Call) and made.args else None
    return maker, library, isinstance(given, Name) and given.id[:1].islower()


class _Writer:
    def __init__(self, project: Project, source: str, use: Use, style: Style, eol: str) -> None:
        self.project = project
        self.source = source
        self.use = use
        self.style = style
        self.eol = eol
        self.origins: set[Origin] = set()

    def object(self, fields: tuple[Field, ...], indent: str) -> str:
        inner = indent + self.style.indent
        comma = "," if self.style.commas else ""
        lines = [f"{inner}{f.name}: {self.of(f.type, inner)}{'.optional()' * f.optional}" for f in fields]
        return f"z.object({{{self.eol}{f',{self.eol}'.join(lines)}{comma}{self.eol}{indent}}})"

    def of(self, kind: Type | None, indent: str) -> str:
        """The schema of a type, whose lines have this indent."""
        match kind:
            case TObject() if kind.members:
                return self.object(fields_of(kind), indent)
            case TArray(of=inner) | TName(name="Array", args=(inner,)):
                return f"z.array({self.of(inner, indent)})"
            case TUnion(of=parts):
                null = [p for p in parts if _is_word(p, "null")]
                gone = [p for p in parts if _is_word(p, "undefined")]
                rest = tuple(p for p in parts if p not in null and p not in gone)
                text = self.of(rest[0], indent) if len(rest) == 1 else self._plain(TUnion(rest))
                return f"{text}{'.nullable()' if null else ''}{'.optional()' if gone else ''}"
            case _:
                return self._plain(kind)

    def _plain(self, kind: Type | None) -> str:
        found = meant(self.project, self.source, kind)
        return rewritten(self._text(found), self.style)

    def _text(self, kind: Meant) -> str:
        text = self.use.text
        match kind.kind:
            case "scalar" if text and kind.name == "number":
                return "z.coerce.number()"
            case "scalar" if text and kind.name == "boolean":
                return _TRUTH
            case "scalar" if kind.name in _PLAIN:
                return f"z.{_PLAIN[kind.name]}()"
            case "date":
                return "z.coerce.date()"
            case "literals" if all(t[:1] in "'\"" for t in kind.literals):
                one = len(kind.literals) == 1
                return f"z.literal({kind.literals[0]})" if one else f"z.enum([{', '.join(kind.literals)}])"
            case "enum" if kind.name and not kind.aliased:
                self.origins.add(Origin(self.source, kind.name.partition(".")[0], False))
                return f"z.nativeEnum({kind.name})"
            case "open" if kind.name in ("any", "unknown"):
                return f"z.{kind.name}()"
            case _:
                raise Refused(f"`{kind.name or kind.kind}` has no schema")


def _is_word(kind: Type, word: str) -> bool:
    return (isinstance(kind, TLit) and kind.text == word) or (isinstance(kind, TName) and kind.name == word)


__all__ = ["Made", "schema_declared", "schema_text"]
