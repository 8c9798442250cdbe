from collections.abc import Iterator

from nestwise.api import (
    OPTIONS_AT,
    Class,
    Contradiction,
    File,
    Finding,
    Fix,
    Level,
    Project,
    Property,
    Ref,
    Safety,
    checks_at,
    contradictions_of,
    fitting_for,
    own_options,
    rule,
    shape_of,
    written,
)

_LENGTHS = frozenset({"Length", "MinLength", "MaxLength"})
_KINDS = ("each", "spread", "inner", "elements")


def look_at_each(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """`each: true` where it is missing, taken away where it is wrong; validators of the elements."""
    owner, name, kind, names = finding.data
    cls = next((c for c in file.facts.classes if c.name == owner and not c.inside), None)
    item = next((p for p in cls.properties if p.name == name), None) if cls is not None else None
    if item is None:
        return
    if kind == "elements":
        yield from _check_elements(finding, file, project)
        return
    edits = []
    for check, decorator in checks_at(project, file.path, item.decorators):
        if check.name not in names or bool(check.each) == (kind == "each"):
            continue
        if kind == "each":
            place, filler = OPTIONS_AT.get(check.name, 0), own_options(check.name)
            edits.append(file.with_option(decorator.at.span, place, filler, "each: true"))
        else:
            edits.append(file.without_option(decorator.at.span, "each"))
    made = tuple(edit for edit in edits if edit is not None)
    if made and len(made) == len(edits):
        listed = _listed(names)
        # With `each` a single value still passes; without it arrays do not any more, which is the point.
        # The length of an array may be meant, and not that of each text in it.
        safety = Safety.UNSAFE if kind == "each" and _LENGTHS & set(names) else Safety.SAFE
        title = f"Ask {listed} of each element" if kind == "each" else f"Take `each` away from {listed}"
        yield Fix(title, tuple(sorted(made)), safety)


def _check_elements(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    owner, name, _, _ = finding.data
    ref = Ref(file.path, owner)
    prop = shape_of(project, ref).prop(name)
    one = next((c for c in contradictions_of(project, ref) if (c.prop, c.kind) == (name, "elements")), None)
    wanted = fitting_for(project, prop, one.use) if prop is not None and one is not None else ()
    names = file.imported_all((w.name, w.module) for w in wanted)
    if not wanted or names is None:
        return
    local, edits = names
    codes = [file.written(f"@{local[w.name]}({w.args})") for w in wanted]
    if (edit := file.decorated(finding.span, codes)) is not None:
        title = f"Add {' and '.join(f'`{code}`' for code in codes)} to `{name}`"
        yield Fix(title, tuple(sorted([*edits, edit])), Safety.UNSAFE)


@rule(level="error", since="0.1.0", fixes=look_at_each)
def each_missing(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not cls.properties:
        return
    found = {c.prop: c for c in contradictions_of(project, Ref(file.path, cls.name)) if c.kind in _KINDS}
    for prop in cls.properties:
        if prop.name in found and not prop.static:
            one = found[prop.name]
            names = tuple(dict.fromkeys(check.name for check in one.checks))
            level = Level.INFORMATION if one.kind == "elements" else None
            data = (cls.name, prop.name, one.kind, names)
            yield Finding(prop.name_at.span, _message(one, prop, names), level, data=data)


def _message(one: Contradiction, prop: Property, names: tuple[str, ...]) -> str:
    name, handler, listed = prop.name, one.use.input.handler.name, _listed(names)
    refuse, them = ("refuse", "them") if len(names) > 1 else ("refuses", "it")
    match one.kind:
        case "each" if one.always:
            return (
                f"{listed} {refuse} every array, so no request to `{handler}` that sends "
                f"`{name}` passes. Ask {them} of each element, with `each: true`."
            )
        case "each":
            return (
                f"{listed} {refuse} every array: requests to `{handler}` that send `{name}` as the "
                f"`{written(prop.type)}` it is declared to be are rejected. Ask {them} of each element, with "
                "`each: true`."
            )
        case "spread":
            return (
                f"`each: true` lets arrays into `{name}`, which is declared as `{written(prop.type)}`: "
                f"`{handler}` may get one. Take it away."
            )
        case "inner":
            return (
                f"With `each: true`, {listed} {refuse} every element of `{name}` that is no array: requests "
                f"to `{handler}` that send any are rejected. Take it away."
            )
        case _:
            return (
                f"No validator of `{name}` looks at its elements: whatever a client puts into it reaches "
                f"`{handler}`. Validate them, with `each: true`."
            )


def _listed(names: tuple[str, ...]) -> str:
    shown = [f"`@{name}`" for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[:-1] else shown)
