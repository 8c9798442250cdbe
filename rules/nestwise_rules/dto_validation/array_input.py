from collections.abc import Iterator

from nestwise.api import (
    Effect,
    File,
    Finding,
    Fix,
    Input,
    Level,
    Meant,
    Method,
    Preset,
    Project,
    Safety,
    fully_checked,
    rule,
    shape_of,
    unchecked_inputs,
)

_NEST = "@nestjs/common"
_DECORATORS = {"body": "Body", "query": "Query"}
_SCALARS = {"string": "String", "number": "Number", "boolean": "Boolean"}


def parse_array(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """`ParseArrayPipe` at the parameter, as strict as the pipe that is in effect for all else."""
    if finding.data is None:
        return
    source, items, options, safe = finding.data
    wanted = {("ParseArrayPipe", _NEST)}
    imported = next((i for i in file.facts.imports if i.local == items.partition(".")[0]), None)
    if imported is not None and imported.type_only:
        wanted.add((imported.name, imported.module))
    found = file.imported_all(sorted(wanted))
    if found is None or (imported is not None and imported.type_only and imported.name in ("*", "default")):
        return
    code = file.written(f"new {found[0]['ParseArrayPipe']}({{ {', '.join([f'items: {items}', *options])} }})")
    edit = file.piped(finding.span, (_DECORATORS[source], _NEST), code)
    if edit is not None:
        title = f"Add `{code}` to `@{_DECORATORS[source]}`"
        yield Fix(title, tuple(sorted([*found[1], edit])), Safety.SAFE if safe else Safety.UNSAFE)


@rule(level="error", since="0.1.0", fixes=parse_array)
def array_input(file: File, project: Project, preset: Preset) -> Iterator[Finding]:
    def is_wanted(given: Input, effect: Effect) -> bool:
        kind = given.meant
        if kind.kind != "array" or kind.name == "Set" or effect.kind not in ("class-validator", "none"):
            return False
        if kind.of is not None and kind.of.kind == "scalar":
            return preset is Preset.STRICT and (given.source == "body" or bool(given.key))
        return _elements(project, kind, effect) != ""

    for given, effect, method in unchecked_inputs(file, project, is_wanted, keyed=True):
        span = method.params[given.position].name_at.span
        data = _pipe(file, project, given, effect, method)
        if given.meant.element.ref is None:
            yield Finding(span, _of_scalars(given), Level.HINT, data=data)
        else:
            yield Finding(span, _of_classes(given, _elements(project, given.meant, effect)), data=data)


def _elements(project: Project, kind: Meant, effect: Effect) -> str:
    """What would check the elements, if they were looked at; empty where that cannot be told."""
    ref = kind.of.ref if kind.of is not None else None
    shape = shape_of(project, ref) if ref is not None else None
    if shape is None or shape.kind == "schema":
        return "schema" if shape is not None else ""
    if shape.kind != "class" or not shape.complete:
        return ""
    if any(prop.marks.checked for prop in shape.data):
        return "validators"
    return "nothing" if effect.kind == "class-validator" and shape.data else ""


# --- messages ------------------------------------------------------------------------------------


def _of_scalars(given: Input) -> str:
    items = _SCALARS.get(given.meant.element.name, "")
    advice = f" Add `new ParseArrayPipe({{ items: {items} }})`." if items else ""
    if given.source == "query":
        return (
            f"`{given.label}` is a text and no array where a client sends it once, and nothing converts or "
            f"validates its elements.{advice}"
        )
    return f"Nothing validates the elements of {_named(given)}: {_reached(given)}.{advice}"


def _of_classes(given: Input, checking: str) -> str:
    inner = given.meant.element
    name = inner.ref.name if inner.aliased and inner.ref else inner.name
    pipe = f"`new ParseArrayPipe({{ items: {name} }})`"
    sees = "at run time the pipe sees an array of anything"
    match checking:
        case "schema":
            return (
                f"The schema of `{name}` is never asked about {_named(given)}: {sees}, and "
                f"{_reached(given)}. Give the array a schema of its own."
            )
        case "validators":
            return (
                f"The validators of `{name}` never run on {_named(given)}: {sees}, and {_reached(given)}. "
                f"Add {pipe} to its decorator."
            )
        case _:
            return (
                f"Nothing validates the elements of {_named(given)}: {sees}, `{name}` has no validators, and "
                f"{_reached(given)}. Give it validators, and add {pipe}."
            )


def _named(given: Input) -> str:
    return f"`{given.name}`" if given.name else f"the {given.source}"


def _reached(given: Input) -> str:
    return f"whatever a client sends reaches `{given.handler.name}`"


# --- the pipe to add -----------------------------------------------------------------------------


def _pipe(
    file: File, project: Project, given: Input, effect: Effect, method: Method
) -> tuple[str, str, tuple[str, ...], bool] | None:
    """Source, items and other options of a pipe, and whether it refuses only what nobody means."""
    param, inner = method.params[given.position], given.meant.element
    optional = param.optional or param.default or given.meant.nullable
    if inner.ref is None:
        items = _SCALARS.get(inner.name, "")
        options = ("optional: true",) if optional or given.source == "query" else ()
        return (given.source, items, options, False) if items else None
    erased = inner.aliased or inner.type_only not in ("", file.path)
    late = inner.ref.path == file.path and any(
        cls.name == inner.ref.name and cls.at.start > method.at.start for cls in file.facts.classes
    )  # it does not exist yet when the decorators run
    if erased or late or _elements(project, given.meant, effect) != "validators":
        return None
    wanted = ["optional: true"] if optional else []
    wanted += ["whitelist: true"] if effect.whitelist else []
    wanted += ["forbidNonWhitelisted: true"] if effect.whitelist and effect.forbid else []
    safe = not effect.whitelist or fully_checked(project, inner.ref, effect)
    return given.source, inner.name, tuple(wanted), safe
