from collections.abc import Iterator

from nestwise.api import (
    Absence,
    Class,
    Edit,
    File,
    Finding,
    Fix,
    Project,
    Property,
    Ref,
    Safety,
    Span,
    absences_of,
    checks_at,
    has_validator_packages,
    rule,
    shape_of,
    spare_imports,
)

_VALIDATOR = "class-validator"
_MEANT = frozenset({"IsDefined", "IsNotEmpty", "ArrayNotEmpty"})
"""Validators that say that the property has to be there."""


def agree(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """What makes the validators agree with the type, or the type with the validators."""
    owner, name, refused = finding.data
    cls = next((c for c in file.facts.classes if c.name == owner and not c.inside), None)
    item = next((p for p in cls.properties if p.name == name), None) if cls is not None else None
    prop = shape_of(project, Ref(file.path, owner)).prop(name)
    if item is None or prop is None or not has_validator_packages(project, file.path):
        return
    if not refused:
        yield from _optional(file, item, finding.span)
        yield from _without(file, project, item)
        return
    imported = file.imported("IsOptional", _VALIDATOR)
    meant = any(check.name in _MEANT for check in prop.marks.validators)
    edit = file.decorated(finding.span, [f"@{imported.local}()"]) if imported is not None else None
    if imported is not None and edit is not None and not meant:
        safety = Safety.SAFE if prop.marks.omittable else Safety.UNSAFE
        edits = tuple(sorted([*imported.edits, edit]))
        yield Fix(f"Add `@{imported.local}()` to `{name}`", edits, safety)
    if file.data[finding.span.end : finding.span.end + 1] == b"?":
        mark = Span(finding.span.end, finding.span.end + 1)
        yield Fix(f"Declare `{name}` as required", (Edit(mark, ""),), Safety.UNSAFE)


def _optional(file: File, item: Property, at: Span) -> Iterator[Fix]:
    sign = file.data[at.end : at.end + 1]
    if item.name and sign in (b":", b"!"):
        mark = Edit(Span(at.end, at.end + (sign == b"!")), "?")
        yield Fix(f"Declare `{item.name}` as optional", (mark,), Safety.UNSAFE)


def _without(file: File, project: Project, item: Property) -> Iterator[Fix]:
    found = [d for check, d in checks_at(project, file.path, item.decorators) if check.name == "IsOptional"]
    nodes = [node for d in found if (node := file.source.node_at(d.at.span)) is not None]
    names = file.imported_all((), spare_imports(file.source, nodes))
    if found and names is not None:
        edits = [*names[1], *(file.undecorated(d.at.span) for d in found)]
        yield Fix(f"Remove `@{found[0].name}()` from `{item.name}`", tuple(sorted(edits)), Safety.UNSAFE)


@rule(level="information", since="0.1.0", fixes=agree)
def optional_mismatch(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not cls.properties:
        return
    found = {one.prop: one for one in absences_of(project, Ref(file.path, cls.name))}
    for prop in cls.properties:
        if prop.name in found and not prop.static:
            one = found[prop.name]
            data = (cls.name, prop.name, bool(one.checks))
            yield Finding(prop.name_at.span, _message(one, prop), data=data)


def _message(one: Absence, prop: Property) -> str:
    name, handler = f"`{prop.name}`", f"`{one.use.input.handler.name}`"
    if not one.checks:
        return (
            f"`@IsOptional()` lets requests to {handler} leave {name} out, but its type says that it is "
            f"always there. Declare it as optional, or take the decorator away."
        )
    names = tuple(dict.fromkeys(f"`@{check.name}`" for check in one.checks))
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    refuse = "refuse" if names[1:] else "refuses"
    return (
        f"{name} is declared as optional, but {listed} {refuse} requests to {handler} that leave it out. Add "
        f"`@IsOptional()`, or declare it as required."
    )
