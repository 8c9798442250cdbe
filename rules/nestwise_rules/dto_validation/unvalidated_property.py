from collections.abc import Iterator
from dataclasses import dataclass

from nestwise.api import (
    Class,
    Edit,
    File,
    Finding,
    Fix,
    Gap,
    Level,
    Preset,
    Project,
    Ref,
    Safety,
    Span,
    Wanted,
    gaps_of,
    has_validator_packages,
    nested_of,
    rule,
    shape_of,
    validators_for,
)

_EVERYTHING = {
    "stripped": "`whitelist` strips every property of it, and the handler gets an empty object",
    "rejected": "`forbidNonWhitelisted` rejects every request that sends anything",
    "refused": "`forbidUnknownValues` rejects every request",
    "passed": "whatever a client sends is let through",
    "unknown": "nothing of it is checked",
}


def add_validators(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The validators that the types call for: on the property, and on all unchecked ones of its class."""
    name, one = finding.data
    wanted = _wanted(file, project, name, one)
    if one in wanted:
        found = wanted[one].validators
        added = [f"`@{w.name}({w.args})`" for w in found]
        listed = " and ".join([", ".join(added[:-1]), added[-1]] if added[:-1] else added)
        yield from _fix(file, project, f"Add {listed} to `{one}`", [wanted[one]])
    if len(wanted) > (1 if one else 0):
        many = f"the {len(wanted)} unchecked properties" if len(wanted) > 1 else f"`{next(iter(wanted))}`"
        yield from _fix(file, project, f"Add validators to {many} of `{name}`", list(wanted.values()))


@dataclass(frozen=True)
class _Unchecked:
    span: Span
    """Where its name stands."""
    validators: tuple[Wanted, ...]
    required: bool
    """Would they refuse a request that leaves the property out?"""


def _wanted(file: File, project: Project, name: str, one: str) -> dict[str, _Unchecked]:
    """The unchecked properties that a class declares itself, with what their types call for."""
    ref = Ref(file.path, name)
    cls = next((c for c in file.facts.classes if c.name == name and not c.inside), None)
    shape = shape_of(project, ref)
    gaps = {gap.prop: gap for gap in gaps_of(project, ref) if not gap.weak or gap.prop == one}
    out: dict[str, _Unchecked] = {}
    for item in cls.properties if cls is not None else ():
        gap, prop = gaps.get(item.name) or gaps.get(""), shape.prop(item.name)
        if gap is None or prop is None or prop.fixed:
            continue
        if found := validators_for(project, prop, gap.use):
            required = not prop.marks.optional and all(w.name != "IsOptional" for w in found)
            out[item.name] = _Unchecked(item.name_at.span, found, required)
    return out


def _fix(file: File, project: Project, title: str, wanted: list[_Unchecked]) -> Iterator[Fix]:
    names = file.imported_all((w.name, w.module) for prop in wanted for w in prop.validators)
    if names is None or not has_validator_packages(project, file.path):
        return
    local, edits = names
    for prop in wanted:
        decorators = [file.written(f"@{local[w.name]}({w.args})") for w in prop.validators]
        edit = file.decorated(prop.span, decorators)
        edits += [edit] if isinstance(edit, Edit) else []
    # Clients may leave a property out that its type calls required: they were let through until now.
    safety = Safety.UNSAFE if any(prop.required for prop in wanted) else Safety.SAFE
    yield Fix(title, tuple(sorted(edits)), safety)


@rule(level="warning", since="0.1.0", fixes=add_validators)
def unvalidated_property(cls: Class, file: File, project: Project, preset: Preset) -> Iterator[Finding]:
    if cls.inside:
        return
    found = {gap.prop: gap for gap in gaps_of(project, Ref(file.path, cls.name))}
    if preset is Preset.STRICT:  # nested data that are not validated are nested-not-validated's
        known = {one.prop for one in nested_of(project, Ref(file.path, cls.name))} if found else set()
        found = {name: gap for name, gap in found.items() if not (gap.weak and name in known)}
    else:
        found = {name: gap for name, gap in found.items() if not gap.weak}
    if "" in found:
        yield Finding(cls.name_at.span, _nothing(cls, found[""]), data=(cls.name, ""))
    for prop in cls.properties:
        if prop.name in found and not prop.static:
            gap = found[prop.name]
            level = Level.HINT if gap.weak else None
            yield Finding(prop.name_at.span, _one(prop.name, gap), level, data=(cls.name, prop.name))


def _nothing(cls: Class, gap: Gap) -> str:
    within = "takes, within another class," if gap.use.nested else "takes"
    what = _EVERYTHING[gap.use.effect.unlisted_object]
    advice = "Give its properties validators" if cls.properties else "Declare its properties, with validators"
    handler = gap.use.input.handler.name
    return f"`{handler}` {within} `{cls.name}`, which has no validator at all: {what}. {advice}."


def _one(name: str, gap: Gap) -> str:
    handler = gap.use.input.handler.name
    if gap.weak:
        return (
            f"The decorators of `{name}` only say when to check it: whatever a client sends is let through "
            f"to `{handler}`. Add a validator."
        )
    match gap.use.effect.unlisted:
        case "stripped":
            what = f"`whitelist` strips `{name}` from every request to `{handler}`, as it has no validator"
        case "rejected":
            what = (
                f"`forbidNonWhitelisted` rejects every request to `{handler}` that sends `{name}`, "
                "as it has no validator"
            )
        case "passed":
            what = f"`{name}` has no validator: whatever a client sends is let through to `{handler}`"
        case _:
            what = f"`{name}` has no validator: nothing checks what a client sends to `{handler}`"
    return f"{what}. Add one."
