import re
from collections.abc import Iterator

from nestwise.api import (
    Effect,
    File,
    Finding,
    Fix,
    Input,
    Level,
    Param,
    Preset,
    Project,
    Safety,
    applied,
    has_strict_nulls,
    input_converted,
    inputs_at,
    kinds_of,
    number_pipe,
    own_method,
    rule,
    written,
)

_NEST = "@nestjs/common"
_PARSED = frozenset({"number", "boolean", "date"})
_DEFAULT = re.compile(rb"=\s*(-?\d[\d_]*(?:\.\d+)?|true|false)\s*,?\s*$")
_CONVERTED = (
    rb"(?:\+\s*|\b(?:Number|parseInt|parseFloat|Boolean|BigInt|String|new Date)\(\s*(?:String\(\s*)?)"
)


def parse(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The pipe of Nest that makes what the parameter is declared to be."""
    owner, method_name, position, name, optional, enum, required = finding.data
    if not name:
        return
    cls = next((c for c in file.facts.classes if c.name == owner and not c.inside), None)
    method = own_method(cls, method_name) if cls is not None else None
    if method is None or position >= len(method.params):
        return
    place = _behind_arguments(file, method.params[position], project)
    major = project.layout.nest_major(file.path) or 11
    # Pipes let what is missing pass since Nest 10, and make dates since Nest 11.
    if place is None or (optional and major < 10) or (name == "ParseDatePipe" and major < 11):
        return
    imported = file.imported(name, _NEST)
    if imported is None:
        return
    options = "{ optional: true }" if optional else ""
    given = ", ".join(part for part in (enum, options) if part)
    pipe = file.written(f"new {imported.local}({given})") if given else imported.local
    edits = [*imported.edits, file.insert(place, f", {pipe}")]
    # Queries that leave the value out were taken until now.
    safety = Safety.UNSAFE if required else Safety.SAFE
    yield Fix(f"Add `{pipe}`", tuple(sorted(edits)), safety)


def _behind_arguments(file: File, param: Param, project: Project) -> int | None:
    """Behind the arguments of `@Param(…)` or `@Query(…)`, where that is written on the parameter itself."""
    for decorator in param.decorators:
        found = applied(project, file.path, (decorator,))
        if len(found) == 1 and not found[0].via and found[0].is_from(_NEST, "Param", "Query"):
            node = file.source.node_at(decorator.at.span)
            calls = [n for n in node.named_children if n.type == "call_expression"] if node else []
            arguments = calls[0].child_by_field_name("arguments") if calls else None
            last = [n for n in arguments.named_children if n.type != "comment"][-1:] if arguments else []
            return last[0].end_byte if last else None
    return None


@rule(level="warning", since="0.1.0", fixes=parse)
def param_not_parsed(file: File, project: Project, preset: Preset) -> Iterator[Finding]:
    told: set[tuple[str, str, int]] = set()
    for given, effect in inputs_at(project, file.path):
        place = (given.handler.declared.name, given.handler.method, given.position)
        if place in told or not _arrives_as_text(given, effect):
            continue
        cls = next((c for c in file.facts.classes if c.name == place[0] and not c.inside), None)
        method = own_method(cls, place[1]) if cls is not None else None
        if method is None or given.position >= len(method.params):
            continue
        param = method.params[given.position]
        kind, why = _missing(given, effect, file, project, param)
        if not kind or (kind == "enum" and preset is not Preset.STRICT):
            continue
        told.add(place)
        if kind != "enum" and _converts_itself(file.data[method.body_at.start : method.body_at.end], given):
            continue
        optional = param.optional or param.default or "undefined" in written(param.type).split(" | ")
        enum = given.meant.name if kind == "enum" and given.meant.kind == "enum" else ""
        required = given.source == "query" and not optional
        data = (*place, _pipe(kind, given), optional, enum, required)
        level = Level.HINT if kind == "enum" else None
        yield Finding(param.name_at.span, _message(given, kind, why, param), level, data=data)


def _arrives_as_text(given: Input, effect: Effect) -> bool:
    """Is it a single value of the path or the query that no pipe of its own looks at?"""
    if given.source not in ("param", "query") or not given.key or given.pipes or not given.name:
        return False
    return not effect.other and effect.kind in ("none", "class-validator")


def _missing(given: Input, effect: Effect, file: File, project: Project, param: Param) -> tuple[str, str]:
    """The kind of value that nothing makes of the text, and why; empty where it is made, or where none is."""
    kind, passes = given.meant, effect.hands == "instance"
    if kind.kind == "none":
        found = _DEFAULT.search(file.data[param.at.start : param.at.end]) if param.default else None
        if found is None:
            return "", ""
        made = "boolean" if found[1] in (b"true", b"false") else "number"
        return made, "without a written type `transform` does not see that" if passes else _why(effect)
    kinds = kinds_of(project, kind)
    if kind.kind in ("enum", "literals") and kinds and "number" not in kinds and "boolean" not in kinds:
        return "enum", ""
    if len(kinds) != 1 or not kinds <= _PARSED:
        return "", ""
    [made] = kinds
    converted = input_converted(given, effect)
    if converted == "unknown" and kind.nullable and passes and not kind.aliased:
        if kind.kind in ("scalar", "date") and has_strict_nulls(project, file.path):
            return made, "`transform` cannot see the type of a union"
        return "", ""
    if converted != "no":
        return "", ""
    return made, "`transform` makes no dates" if passes else _why(effect)


def _why(effect: Effect) -> str:
    if effect.kind == "none":
        return "no pipe converts it"
    return "the `ValidationPipe` in effect has no `transform: true`"


def _converts_itself(body: bytes, given: Input) -> bool:
    """Does the handler convert the text wherever it uses it?"""
    name = rb"\b" + re.escape(given.name.encode()) + rb"\b"
    uses = len(re.findall(name, body))
    return uses == len(re.findall(_CONVERTED + name, body))


def _pipe(kind: str, given: Input) -> str:
    match kind:
        case "boolean":
            return "ParseBoolPipe"
        case "date":
            return "ParseDatePipe"
        case "enum":
            return "ParseEnumPipe" if given.meant.kind == "enum" else ""
        case _:
            return number_pipe(given.source, given.name, given.key)


def _message(given: Input, kind: str, why: str, param: Param) -> str:
    name, handler = f"`{given.name}`", f"`{given.handler.name}`"
    if kind == "enum":
        add = "Add a `ParseEnumPipe`." if _pipe(kind, given) else "Add a pipe that refuses other texts."
        return f"Nothing checks {name}: whatever text a client sends reaches {handler}. {add}"
    if param.type is None:
        how = f"which its default makes a {kind}"
    else:
        how = f"which is declared as `{written(param.type)}`"
    return f"{handler} gets text in {name}, {how}: {why}. Add `{_pipe(kind, given)}`."
