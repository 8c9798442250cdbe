from collections.abc import Iterator

from nestwise.api import Effect, File, Finding, Input, Meant, Project, input_typed, rule, unchecked_inputs


@rule(level="warning", since="0.1.0", fixes=input_typed)
def untyped_input(file: File, project: Project) -> Iterator[Finding]:
    for given, _, method in unchecked_inputs(file, project, _is_untyped):
        place = (given.handler.declared.name, given.handler.method, given.position)
        yield Finding(method.params[given.position].name_at.span, _message(given), data=place)


def _is_untyped(given: Input, effect: Effect) -> bool:
    return bool(_named(given.meant.element))


def _named(kind: Meant) -> str:
    match kind.kind:
        case "none":
            return "has no type"
        case "inline" if not kind.aliased:
            return "is of an inline type"
        case "open" if not kind.aliased:
            return f"is of type `{kind.name}`"
        case _:
            return ""


def _message(given: Input) -> str:
    what = {"body": "the body", "query": "the query"}[given.source]
    named = f"`{given.name}`" if given.name else what.capitalize()
    return (
        f"{named} {_named(given.meant.element)}, so no pipe can validate it: whatever a client sends "
        f"reaches `{given.handler.name}`. Give it a class with validators."
    )
