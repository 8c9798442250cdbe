import re
from collections import Counter
from collections.abc import Iterator

from nestwise.api import (
    Class,
    File,
    Finding,
    Fix,
    Project,
    Ref,
    Safety,
    Unbounded,
    has_validator_packages,
    rule,
    unbounded_of,
)

_VALIDATOR = "class-validator"
_BOUNDS = {
    "text": ("MaxLength", "255"),
    "elements": ("MaxLength", "255"),
    "list": ("ArrayMaxSize", "100"),
    "size": ("Max", "100"),
}
"""The validator that bounds, and its bound where the file has none that could be meant."""


def bound(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The bound that the file uses most, if it does so more than once."""
    name, kind = finding.data
    validator, usual = _BOUNDS[kind]
    imported = file.imported(validator, _VALIDATOR)
    if imported is None or not has_validator_packages(project, file.path):
        return
    given = Counter(re.findall(rb"@" + validator.encode() + rb"\(\s*(\d+)", file.data)).most_common(1)
    most = given[0][0].decode() if given and given[0][1] > 1 else usual
    each = ", { each: true }" if kind == "elements" else ""
    code = file.written(f"@{imported.local}({most}{each})")
    if (edit := file.decorated(finding.span, [code])) is not None:
        yield Fix(f"Add `{code}` to `{name}`", tuple(sorted([*imported.edits, edit])), Safety.UNSAFE)


@rule(level="warning", since="0.1.0", strict=True, fixes=bound)
def unbounded_input(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not cls.properties:
        return
    found = {one.prop: one for one in unbounded_of(project, Ref(file.path, cls.name))}
    for prop in cls.properties:
        if prop.name in found and not prop.static:
            one = found[prop.name]
            yield Finding(prop.name_at.span, _message(one), data=(prop.name, one.kind))


def _message(one: Unbounded) -> str:
    name, handler = f"`{one.prop}`", f"`{one.use.input.handler.name}`"
    match one.kind:
        case "text":
            return f"No validator bounds {name}: {handler} takes texts of any length. Add `@MaxLength()`."
        case "elements":
            return (
                f"No validator bounds what is in {name}: {handler} takes texts of any length. Add "
                "`@MaxLength()` with `each: true`."
            )
        case "list":
            return f"No validator bounds {name}: {handler} takes lists of any size. Add `@ArrayMaxSize()`."
        case _:
            return f"No validator bounds {name}: a client may ask {handler} for everything. Add `@Max()`."
