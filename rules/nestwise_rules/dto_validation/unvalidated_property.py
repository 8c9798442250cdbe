from collections.abc import Iterator

from nestwise.api import Class, File, Finding, Gap, Project, Ref, gaps_of, rule

_EVERYTHING = {
    "stripped": "`whitelist` strips every property of it, and the handler gets an empty object",
    "rejected": "`forbidNonWhitelisted` rejects every request that sends anything",
    "passed": "whatever a client sends is let through",
    "unknown": "nothing of it is checked",
}


@rule(level="warning", since="0.1.0")
def unvalidated_property(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside:
        return
    found = {gap.prop: gap for gap in gaps_of(project, Ref(file.path, cls.name))}
    if "" in found:
        yield Finding(cls.name_at.span, _nothing(cls, found[""]))
    for prop in cls.properties:
        if prop.name in found and not prop.static:
            yield Finding(prop.name_at.span, _one(prop.name, found[prop.name]))


def _nothing(cls: Class, gap: Gap) -> str:
    within = "takes, within another class," if gap.use.nested else "takes"
    what = _EVERYTHING[gap.use.effect.unlisted]
    advice = "Give its properties validators" if cls.properties else "Declare its properties, with validators"
    handler = gap.use.input.handler.name
    return f"`{handler}` {within} `{cls.name}`, which has no validator at all: {what}. {advice}."


def _one(name: str, gap: Gap) -> str:
    handler = gap.use.input.handler.name
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
