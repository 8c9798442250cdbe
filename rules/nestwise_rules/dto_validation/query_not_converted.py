from collections.abc import Iterator

from nestwise.api import (
    TRUTH,
    Class,
    Decorator,
    Edit,
    File,
    Finding,
    Fix,
    Level,
    Preset,
    Project,
    Prop,
    Property,
    Ref,
    Safety,
    Unconverted,
    Wanted,
    applied,
    checks_at,
    conversions_for,
    fitting_for,
    has_validator_packages,
    rule,
    shape_of,
    spare_imports,
    unconverted_of,
    written,
)

_SOURCES = {"query": "A query", "param": "A path"}
_TRANSFORMER = "class-transformer"


def convert(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """What makes of the text what the type promises; validators that take text alone give way to others."""
    owner, name = finding.data
    ref = Ref(file.path, owner)
    one = next((u for u in unconverted_of(project, ref) if u.prop == name), None)
    prop = shape_of(project, ref).prop(name)
    cls = next((c for c in file.facts.classes if c.name == owner and not c.inside), None)
    item = next((p for p in cls.properties if p.name == name), None) if cls is not None else None
    if one is None or prop is None or item is None or not has_validator_packages(project, file.path):
        return
    wanted, gone = _exchange(one, prop, item, file, project)
    nodes = [node for d in gone if (node := file.source.node_at(d.at.span)) is not None]
    spare = spare_imports(file.source, nodes) - {w.name for w in wanted}
    names = file.imported_all(((w.name, w.module) for w in wanted), spare)
    if not wanted or names is None:
        return
    local, edits = names
    codes = [file.written(f"@{local[w.name]}({w.args})") for w in wanted]
    listed = " and ".join(f"`{code}`" for code in codes)
    if gone:
        edits += [file.redecorated(gone[0].at.span, codes), *(file.undecorated(d.at.span) for d in gone[1:])]
        title = f"Replace {' and '.join(f'`{file.text_of(node)}`' for node in nodes)} with {listed}"
    else:
        added = file.decorated(finding.span, codes)
        edits += [added] if isinstance(added, Edit) else []
        title = f"Add {listed} to `{name}`"
    # What is refused today, nobody relies on; elsewhere the handler gets something else than it did.
    safe = one.kind == "refused" or (one.kind == "single" and bool(one.checks))
    yield Fix(title, tuple(sorted(edits)), Safety.SAFE if safe else Safety.UNSAFE)


def _exchange(
    one: Unconverted, prop: Prop, item: Property, file: File, project: Project
) -> tuple[list[Wanted], list[Decorator]]:
    """The decorators to add, and those in whose place they come; nothing where that is not plain."""
    if one.kind == "true":
        types = [d for d in item.decorators if _is_type(d, file, project)]
        return ([Wanted("Transform", _TRANSFORMER, TRUTH)] if types else [], types)
    wanted = list(conversions_for(project, prop, one.use))
    if one.kind != "text":
        return wanted, []
    texts = {check.name for check in prop.marks.validators if check.takes == {"string"}}
    if not texts:
        return wanted, []
    gone = [d for check, d in checks_at(project, file.path, item.decorators) if check.name in texts]
    fitting = list(fitting_for(project, prop, one.use))
    return (fitting, gone) if len(gone) == len(texts) else ([], [])


def _is_type(decorator: Decorator, file: File, project: Project) -> bool:
    found = applied(project, file.path, (decorator,))
    return len(found) == 1 and found[0].is_from(_TRANSFORMER, "Type") and not found[0].via


@rule(level="error", since="0.1.0", fixes=convert)
def query_not_converted(cls: Class, file: File, project: Project, preset: Preset) -> Iterator[Finding]:
    if cls.inside or not cls.properties:
        return
    found = {one.prop: one for one in unconverted_of(project, Ref(file.path, cls.name))}
    for prop in cls.properties:
        if prop.name in found and not prop.static:
            one = found[prop.name]
            harmless = one.kind == "single" and bool(one.checks)
            if harmless and preset is not Preset.STRICT:
                continue  # `?tags[]=a` may be what clients of the project send
            level = Level.HINT if harmless else None if one.kind == "refused" else Level.WARNING
            yield Finding(prop.name_at.span, _message(one, prop), level, data=(cls.name, prop.name))


def _message(one: Unconverted, prop: Property) -> str:
    name, handler, declared = f"`{prop.name}`", f"`{one.use.input.handler.name}`", f"`{written(prop.type)}`"
    source = _SOURCES.get(one.use.input.source, "A form with files")
    names = tuple(dict.fromkeys(f"`@{check.name}`" for check in one.checks))
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    refuse = "refuse" if len(names) > 1 else "refuses"
    more = ", and give the pipe `transform: true`" if one.use.effect.hands == "nothing" else ""
    text = f"{handler} gets text where {declared} is declared"
    match one.kind:
        case "refused":
            return (
                f"{source} holds text alone and nothing converts {name}, so {listed} {refuse} every request "
                f"to {handler} that sends it. Convert it{more}."
            )
        case "text":
            return f"{source} holds text alone and nothing converts {name}: {text}. Convert it{more}."
        case "lost":
            return (
                f"{name} is converted to be validated, but without `transform: true` the pipe hands on what "
                f"came: {text}. Give the pipe that option."
            )
        case "true":
            return (
                f"`@Type(() => Boolean)` makes true of every text, of 'false', too: {handler} never gets "
                f"{name} as false. Compare the text in a `@Transform()`."
            )
        case _ if one.checks:
            return (
                f"A single {name} is no array, so {listed} {refuse} it: requests to {handler} must name it "
                f"twice, or with brackets. Make an array of it in a `@Transform()`."
            )
        case _:
            return f"A single {name} is no array: {text}. Make an array of it in a `@Transform()`."
