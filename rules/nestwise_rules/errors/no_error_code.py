from collections.abc import Iterator

from nestwise.api import (
    Ext,
    File,
    Finding,
    Here,
    Node,
    Project,
    Spot,
    code_form,
    code_habit,
    made_error,
    named,
    rule,
    span_of,
)


@rule(
    level="information",
    since="0.1.0",
    strict=True,
    spot=Spot(rb"(throw)\s", ("throw_statement",)),
    plausible=lambda thrown, file: (made := _made(thrown)) is not None and not code_form(file.expr(made)),
)
def no_error_code(thrown: Node, file: File, project: Project) -> Iterator[Finding]:
    made = _made(thrown)
    if made is None:
        return
    here = Here(file.path, file.expr(made))
    if code_form(here.expr):
        return
    found = made_error(project, here)
    if found is None or found[1] != "http" or not isinstance(found[0], Ext):
        return  # an exception of the team's own may have its code from its class
    package = project.layout.package_of(file.path)
    habit = code_habit(project, package.dir) if package is not None else None
    if habit is None:
        return
    form = "one as their first argument" if habit.form == "first" else f"one as `{habit.form}`"
    yield Finding(
        span_of(made),
        f"This `{found[0].name}` has no code, while {habit.given} of {habit.total} exceptions of the package "
        f"have {form}: clients can tell it from others by its text alone. Give it one",
    )


def _made(thrown: Node) -> Node | None:
    """The exception, where it is made right there."""
    value = next(iter(named(thrown)), None)
    return value if value is not None and value.type in ("new_expression", "call_expression") else None
