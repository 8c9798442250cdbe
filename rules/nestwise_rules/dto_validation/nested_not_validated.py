from collections.abc import Iterator

from nestwise.api import (
    Class,
    File,
    Finding,
    Fix,
    Nested,
    Project,
    Prop,
    Ref,
    Safety,
    has_validator_packages,
    nested_class,
    nested_of,
    nesting_for,
    rule,
    shape_of,
)


def nest(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """`@ValidateNested()` and `@Type(() => X)`, whichever is missing."""
    owner, name = finding.data
    prop = shape_of(project, Ref(file.path, owner)).prop(name)
    wanted = nesting_for(prop) if prop is not None else ()
    names = file.imported_all((w.name, w.module) for w in wanted)
    if not wanted or names is None or not has_validator_packages(project, file.path):
        return
    local, edits = names
    written = [file.written(f"@{local[w.name]}({w.args})") for w in wanted]
    if (edit := file.decorated(finding.span, written)) is not None:
        title = f"Add {' and '.join(f'`{text}`' for text in written)} to `{name}`"
        strips = (
            any(w.name == "ValidateNested" for w in wanted) and prop is not None and _has_gaps(project, prop)
        )
        yield Fix(title, tuple(sorted([*edits, edit])), Safety.UNSAFE if strips else Safety.SAFE)


def _has_gaps(project: Project, prop: Prop) -> bool:
    """Has the nested class properties without any validator? `whitelist` would strip those from now on."""
    inner = nested_class(prop)
    props = shape_of(project, inner).props if inner is not None else ()
    marks = [p.marks for p in props if not p.fixed]
    return any(not (m.checked or m.allowed or m.nested or m.weak or m.composed or m.custom) for m in marks)


@rule(level="error", since="0.1.0", fixes=nest)
def nested_not_validated(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside:
        return
    found = {one.prop: one for one in nested_of(project, Ref(file.path, cls.name))}
    for position, prop in enumerate(cls.properties):
        computed = prop.name == "[]"
        one = found.get(f"[{cls.name}:{position}]" if computed else prop.name)
        if one is not None and not prop.static:
            span = prop.name_at.span
            name = file.data[span.start : span.end].decode() if computed else prop.name
            yield Finding(span, _message(one, name), data=(cls.name, one.prop))


def _message(one: Nested, name: str) -> str:
    inner, handler = one.type, one.use.input.handler.name
    if not one.validated:
        more = "" if one.typed else f", with `@Type(() => {inner})`"
        return (
            f"`{name}` has no `@ValidateNested()`, so the validators of `{inner}` never run: what is nested "
            f"there is let through to `{handler}`. Add it{more}."
        )
    match one.use.effect.unlisted_object:
        case "stripped":
            then = f"`whitelist` empties it in every request to `{handler}`"
        case "rejected":
            then = f"`forbidNonWhitelisted` rejects every request to `{handler}` that sends it"
        case "refused":
            then = f"`forbidUnknownValues` rejects every request to `{handler}` that sends it"
        case "passed":
            then = f"what is nested there is let through to `{handler}`"
        case _:
            then = f"nothing checks what is nested there for `{handler}`"
    if not one.known:
        return (
            f"`{name}` has no `@Type()`, so it is no instance of a class with validators when it is "
            f"validated: {then}. Add `@Type()` with that class."
        )
    if not inner:
        return (
            f"`@ValidateNested()` finds no validators for `{name}`, whose type is no class: {then}. "
            f"Declare a class with validators, and add `@Type()`."
        )
    return (
        f"`{name}` has no `@Type(() => {inner})`, so it is no instance of `{inner}` when it is validated: "
        f"{then}. Add it."
    )
