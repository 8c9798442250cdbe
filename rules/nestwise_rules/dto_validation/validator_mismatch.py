from collections.abc import Iterable, Iterator

from nestwise.api import (
    Class,
    Contradiction,
    Decorator,
    Edit,
    File,
    Finding,
    Fix,
    Level,
    Project,
    Prop,
    Property,
    Ref,
    Safety,
    Span,
    TName,
    checks_at,
    contradictions_of,
    fitting_for,
    has_validator_packages,
    rule,
    shape_of,
    spare_imports,
    written,
)

VALIDATOR = "class-validator"
_KINDS = ("refused", "untrue")


def fit(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The validators that the type calls for; or the type that the validators check."""
    owner, name, kind = finding.data
    ref = Ref(file.path, owner)
    one = next((c for c in contradictions_of(project, ref) if (c.prop, c.kind) == (name, kind)), None)
    cls = next((c for c in file.facts.classes if c.name == owner and not c.inside), None)
    item = next((p for p in cls.properties if p.name == name), None) if cls is not None else None
    prop = shape_of(project, ref).prop(name)
    if one is None or item is None or prop is None or not has_validator_packages(project, file.path):
        return
    names = {check.name for check in one.checks}
    there = [d for check, d in checks_at(project, file.path, item.decorators) if check.name in names]
    if len(there) < len(names):
        return  # they are part of a composed decorator, or of a base class
    if one.kind == "refused" or one.use.effect.hands != "nothing":
        yield from _other_validators(file, project, one, prop, finding.span, there)
    yield from _other_type(file, one, item, finding.span)


def _other_validators(
    file: File, project: Project, one: Contradiction, prop: Prop, at: Span, there: list[Decorator]
) -> Iterator[Fix]:
    kept = {check.name for check in prop.marks.validators if check not in one.checks}
    if all(check.takes == {"date"} for check in one.checks) and prop.meant.element.kind == "date":
        kept |= {check.name for check in one.checks}
        there = []
    others = [check for check in prop.marks.validators if check not in one.checks and check.takes]
    wanted = [w for w in fitting_for(project, prop, one.use) if w.name not in kept]
    if any(w.module == VALIDATOR for w in wanted) and others:
        wanted = [w for w in wanted if w.module != VALIDATOR]  # what is left looks at the right values
    if not (wanted or others):
        return
    gone = [node for d in there if (node := file.source.node_at(d.at.span)) is not None]
    spare = spare_imports(file.source, gone) - {w.name for w in wanted}
    names = file.imported_all(((w.name, w.module) for w in wanted), spare)
    if names is None:
        return
    local, edits = names
    codes = [file.written(f"@{local[w.name]}({w.args})") for w in wanted]
    listed = " and ".join(f"`{code}`" for code in codes)
    written_there = " and ".join(f"`{file.text_of(node)}`" for node in gone)
    if not there:
        added = file.decorated(at, codes)
        edits += [added] if isinstance(added, Edit) else []
        title = f"Add {listed} to `{prop.name}`"
    else:
        first, *more = there
        if codes:
            edits.append(file.redecorated(first.at.span, codes))
        edits += [file.undecorated(d.at.span) for d in (more if codes else there)]
        title = f"Replace {written_there} with {listed}" if codes else f"Remove {written_there}"
    # Where nothing passes today, nobody relies on it.
    yield Fix(title, tuple(sorted(edits)), Safety.SAFE if one.always else Safety.UNSAFE)


def _other_type(file: File, one: Contradiction, item: Property, at: Span) -> Iterator[Fix]:
    takes = set().union(*(check.takes for check in one.checks))
    node = file.source.node_at(at)
    field = node.parent if node is not None else None
    annotation = field.child_by_field_name("type") if field is not None else None
    if one.always or len(takes) != 1 or takes - {"string", "number", "boolean"} or annotation is None:
        return
    if isinstance(item.type, TName) and not item.type.args:
        [kind] = takes
        start = annotation.end_byte - len(item.type.name.encode())
        yield Fix(
            f"Declare `{item.name}` as `{kind}`",
            (Edit(Span(start, annotation.end_byte), kind),),
            Safety.UNSAFE,
        )


@rule(level="error", since="0.1.0", fixes=fit)
def validator_mismatch(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not cls.properties:
        return
    found = {c.prop: c for c in contradictions_of(project, Ref(file.path, cls.name)) if c.kind in _KINDS}
    for prop in cls.properties:
        if prop.name in found and not prop.static:
            one = found[prop.name]
            level = Level.WARNING if one.kind == "untrue" else None
            data = (cls.name, prop.name, one.kind)
            yield Finding(prop.name_at.span, _message(one, prop), level, data=data)


def _message(one: Contradiction, prop: Property) -> str:
    names = tuple(dict.fromkeys(f"`@{check.name}`" for check in one.checks))
    listed, (refuse, let) = _listed(names), ("refuse", "let") if len(names) > 1 else ("refuses", "lets")
    name, handler, kinds = (
        f"`{prop.name}`",
        f"`{one.use.input.handler.name}`",
        _listed(sorted(one.sent), "or"),
    )
    declared = f"`{written(prop.type)}`"
    if one.kind == "untrue":
        given = one.use.effect.hands == "nothing"  # then `@Type` would not change what the handler gets
        advice = (
            "Declare what comes." if given else "Convert it with `@Type(() => Date)` and validate a date."
        )
        return (
            f"Nothing converts {name}, which is declared as {declared}: {listed} {let} a {kinds} pass, and "
            f"that is what {handler} gets. {advice}"
        )
    if all(check.takes == {"date"} for check in one.checks) and "string" in one.sent:
        return (
            f"A request holds no dates and nothing converts {name}, so {listed} {refuse} whatever is sent: "
            f"no request to {handler} that has it passes. Convert it with `@Type(() => Date)`."
        )
    if one.always:
        return (
            f"{name} is a {kinds} when it is validated, and {listed} {refuse} every {kinds}: no request to "
            f"{handler} that sends it passes. Use a validator of its type."
        )
    return (
        f"{listed} {refuse} every {kinds}, and {name} is declared as {declared}: requests to {handler} that "
        f"keep to the type are rejected. Use a validator of its type."
    )


def _listed(names: Iterable[str], word: str = "and") -> str:
    shown = list(names)
    return f" {word} ".join([", ".join(shown[:-1]), shown[-1]] if shown[:-1] else shown)
