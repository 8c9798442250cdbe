"""Models of Prisma schemas. A model is referred to by its schema and its name."""

from __future__ import annotations

import posixpath

from nestwise.project.extract_prisma import PRISMA, Attribute, Block, Field, Schema
from nestwise.project.model.orms.records import Column, Entity, Index, Relation
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref

_GENERATED = {
    "autoincrement": "increment",
    "uuid": "uuid",
    "cuid": "cuid",
    "nanoid": "nanoid",
    "ulid": "ulid",
    "auto": "objectid",
}
_ACTIONS = {"Cascade": "CASCADE", "Restrict": "RESTRICT", "SetNull": "SET NULL", "NoAction": "NO ACTION"}


def schema(project: Project, path: str) -> Schema:
    return project.detail(path, PRISMA) or Schema()


@question
def schemas(project: Project) -> tuple[tuple[str, ...], ...]:
    """The schemas of the workspace: a file, or the files of a folder that belong together."""
    alone: list[str] = []
    heads = [
        path for path in project.schemas if any(b.kind == "datasource" for b in schema(project, path).blocks)
    ]
    groups: dict[str, list[str]] = {head: [head] for head in heads}
    for path in project.schemas:
        if path in groups:
            continue
        around = [h for h in heads if _below(path, posixpath.dirname(h))]
        if around:
            groups[max(around, key=len)].append(path)
        else:
            alone.append(path)
    return (*(tuple(sorted(g)) for g in groups.values()), *((path,) for path in alone))


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


@question
def models(project: Project, path: str) -> tuple[tuple[str, Block], ...]:
    """What the schema of a file declares, with the file of each block."""
    group = next((g for g in schemas(project) if path in g), (path,))
    return tuple((file, block) for file in group for block in schema(project, file).blocks)


def block_of(project: Project, ref: Ref) -> tuple[str, Block] | None:
    kinds = ("model", "view", "type", "enum")
    found = (one for one in models(project, ref.path) if one[1].name == ref.name and one[1].kind in kinds)
    return next(found, None)


def candidates(project: Project, path: str) -> list[Ref]:
    """Models, views and types of a schema."""
    if not path.endswith(".prisma"):
        return []
    kinds = ("model", "view", "type")
    return [Ref(path, b.name) for b in schema(project, path).blocks if b.kind in kinds]


@question(cycle=None)
def entity(project: Project, ref: Ref) -> Entity | None:
    found = block_of(project, ref)
    if found is None or found[1].kind == "enum":
        return None
    path, block = found
    blocks = {b.name: b for _, b in models(project, ref.path)}
    columns: list[Column] = []
    relations: list[Relation] = []
    unknown: list[str] = []
    keys = block.attribute("id")
    together = keys.fields("", "fields") if keys else ()
    for field in block.fields:
        other = blocks.get(field.type)
        if other is not None and other.kind in ("model", "view"):
            relations.append(_relation(project, ref, block, field, other))
        elif other is not None and other.kind == "type":
            kind = "embedded"
            relations.append(
                Relation(
                    field.name, kind, Ref(ref.path, other.name), True, nullable=field.optional, at=field.at
                )
            )
        elif other is None and field.type not in _SCALARS and not field.type.startswith("Unsupported"):
            unknown.append(f"the type {field.type} of {field.name} is declared nowhere")
        else:
            columns.append(_column(field, other, field.name in together))
    mapped = block.attribute("map")
    table = mapped.text("", "name") if mapped else block.name
    schema_ = block.attribute("schema")
    kind = {"model": "table", "type": "embedded"}.get(block.kind, block.kind)
    return Entity(
        block.name, "prisma", path, "" if kind == "embedded" else table, kind,
        schema_.text("", "map") if schema_ else "", tuple(columns), tuple(relations),
        tuple(_indexes(block)), tuple(unknown), block.at, Ref(path, block.name),
    )  # fmt: skip


_SCALARS = frozenset("String Boolean Int BigInt Float Decimal DateTime Json Bytes".split())


def _column(field: Field, enum: Block | None, in_key: bool) -> Column:
    mapped, default = field.attribute("map"), field.attribute("default")
    given = default.get("", "value") if default else ""
    call = given.partition("(")[0]
    generated = _GENERATED.get(call, "") if given.endswith(")") else ""
    if field.attribute("updatedAt") is not None:
        generated = "update"
    native = next((a for a in field.attributes if a.name.startswith("db.")), None)
    length = precision = scale = ""
    if native is not None:
        sizes = [text for _, text in native.args]
        if native.name[3:] in ("Decimal", "Numeric"):
            precision, scale = (*sizes, "", "")[:2]
        else:
            length = (*sizes, "")[0]
    return Column(
        field.name,
        mapped.text("", "name") if mapped else field.name,
        field.type,
        field.optional,
        field.attribute("unique") is not None,
        field.attribute("id") is not None or in_key,
        generated,
        given,
        length,
        precision,
        scale,
        field.many,
        enum.name if enum is not None else "",
        False,
        field.at,
    )


def _relation(project: Project, ref: Ref, block: Block, field: Field, other: Block) -> Relation:
    attribute = field.attribute("relation") or Attribute("relation")
    name = attribute.text("", "name")
    back = next(
        (f for f in other.fields if f.type == block.name and f is not field and _named(f) == name), None
    )
    columns = attribute.fields("fields")
    if back is not None and other.name == block.name and back.name == field.name:
        back = None
    many = back is not None and back.many
    if field.many and many:
        kind = "many-to-many"
    elif field.many:
        kind = "one-to-many"
    else:
        kind = "many-to-one" if many else "one-to-one"
    mapped = {f.name: f.attribute("map") for f in block.fields}
    named = tuple(m.text("", "name") if (m := mapped.get(c)) else c for c in columns)
    # Prisma names the join table after the relation, else after both models in the order of the alphabet.
    pair = "To".join(sorted((block.name, other.name)))
    return Relation(
        field.name,
        kind,
        Ref(ref.path, other.name),
        bool(columns) if kind != "many-to-many" else block.name <= other.name,
        back.name if back is not None else "",
        named,
        f"_{name or pair}" if kind == "many-to-many" else "",
        field.optional if not field.many else True,
        "",
        _ACTIONS.get(attribute.get("onDelete"), attribute.get("onDelete")),
        _ACTIONS.get(attribute.get("onUpdate"), attribute.get("onUpdate")),
        False,
        False,
        field.at,
    )


def _named(field: Field) -> str:
    attribute = field.attribute("relation")
    return attribute.text("", "name") if attribute is not None else ""


def _indexes(block: Block) -> list[Index]:
    out = [Index((f.name,), True, "", f.at) for f in block.fields if f.attribute("unique") is not None]
    for attribute in block.attributes:
        if attribute.name in ("unique", "index", "fulltext"):
            name = attribute.text("map", "name")
            out.append(Index(attribute.fields("", "fields"), attribute.name == "unique", name))
    return out


__all__ = ["block_of", "candidates", "entity", "models", "schema", "schemas"]
