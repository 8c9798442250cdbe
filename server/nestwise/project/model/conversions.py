"""What a request's values become on their way to the handler, through class-transformer and the pipe.

An answer is `no` (a value is handed on as one of its kind), `unknown`, or what it becomes: `number`,
`string`, `boolean`, `Date`, or the name of a class, of which an object becomes an instance. Of an array it
is what each element becomes; what is missing or null stays so. What surprises:

- `@Type(() => Number)` does nothing under a `ValidationPipe` without options: the value is handed on as it
  came. With `whitelist`, or any other option of class-validator, even one that is false, it converts, and
  what was built from classes is turned back into plain objects.
- `enableImplicitConversion` goes by the type that TypeScript emits, which it does for decorated properties
  alone. Of an array that is `Array`, which is then the answer: elements that are single values stay, and each
  *object* becomes an array without elements.
- Mapped types (`PickType` …) lose the emitted type of properties that have no validator.
- `boolean` is `Boolean(value)` in a class: `'false'` becomes true. `@Query('on') on: boolean` compares with
  `'true'`. Both numbers may be `NaN`.
"""

from __future__ import annotations

from msgspec.structs import replace

from nestwise.project.model.classes import NEST
from nestwise.project.model.inputs import Input
from nestwise.project.model.shapes import Prop
from nestwise.project.model.symbols import Ext, Ref
from nestwise.project.model.types import Meant
from nestwise.project.model.validation import Effect

_LANGUAGE = {"Number": "number", "String": "string", "Boolean": "boolean", "Date": "Date"}
_PARSED = {
    "ParseIntPipe": "number",
    "ParseFloatPipe": "number",
    "ParseBoolPipe": "boolean",
    "ParseDatePipe": "Date",
}
"""Pipes of Nest that hand on nothing but this (or what is missing, where they are told to)."""


def property_converted(prop: Prop, effect: Effect) -> str:
    """What a property becomes where an effect runs on an object of its class."""
    if effect.hands in ("nothing", "unknown"):
        return "no" if effect.hands == "nothing" else "unknown"
    made = built_of(prop, effect)
    if isinstance(made, Ref):
        return made.name if effect.hands == "instance" else "no"
    return made


def inside(prop: Prop, inner: Ref, effect: Effect) -> Effect:
    """The effect on the objects in a property that is declared to hold some of a class: what it converts of
    them, class-transformer converts only where it knows that class."""
    if effect.hands in ("nothing", "unknown"):
        return effect
    made = built_of(prop, effect)
    return effect if made == inner else replace(effect, hands="nothing" if made == "no" else "unknown")


def checked_inside(prop: Prop, inner: Ref, effect: Effect) -> bool | None:
    """Where class-validator checks a property that is declared to hold objects of a class, does it check
    those, too? Only what class-transformer made of the class. None if it cannot be told."""
    marks = prop.marks
    if marks.composed or marks.custom or marks.transformed or marks.unknown:
        return None
    if not marks.nested:
        return False
    made = built_of(prop, effect)
    if isinstance(made, Ref):
        return True if made == inner else None
    return None if made == "unknown" else False


def built_of(prop: Prop, effect: Effect) -> Ref | str:
    """What class-transformer makes of a property, which is what validators see, whatever is handed on: of a
    class of the workspace its instance, of an array each element."""
    marks = prop.marks
    if marks.transformed or marks.excluded or marks.unknown or prop.computed:
        return "unknown"
    if marks.typed or marks.made is not None:
        if prop.emitted is not None and prop.emitted.name in ("Set", "Map"):
            return "unknown"  # an array becomes one
        match marks.made:
            case Ext(package="", name=name):
                return _LANGUAGE.get(name, "unknown")
            case Ref() as ref:
                return ref
            case _:
                return "unknown"
    if effect.implicit is False or prop.emitted is None:
        return "no"
    made = _seen(prop.emitted)
    return made if effect.implicit or made == "no" else "unknown"


def _seen(kind: Meant) -> Ref | str:
    """What a value becomes by the type that TypeScript emits. Whether it elides `null` and looks through
    aliases and enums is for the compiler's options."""
    if kind.kind in ("none", "inline", "interface") or (kind.kind == "open" and kind.name != "Map"):
        return "no"
    if kind.nullable or kind.aliased or kind.type_only:
        return "unknown"
    match kind.kind:
        case "date":
            return "Date"
        case "array" if kind.name in ("", "Array"):
            return "Array"
        case "scalar" if kind.name in ("number", "string", "boolean"):
            return kind.name
        case "class":
            return kind.ref or "unknown"
        case "literals":
            kinds = {_kind_of(text) for text in kind.literals}
            return kinds.pop() if len(kinds) == 1 else "unknown"
        case _:
            return "unknown"


def _kind_of(literal: str) -> str:
    if literal[:1] in ("'", '"'):
        return "string"
    if literal in ("true", "false"):
        return "boolean"
    return "number" if literal[:1].isdigit() else "unknown"


# --- inputs ----------------------------------------------------------------------------------


def of_class(given: Input) -> bool:
    """Does the pipe know the class of an input? Not of elements, and not under another name."""
    kind = given.meant
    return kind.ref is not None and not (kind.aliased or kind.type_only)


def input_converted(given: Input, effect: Effect) -> str:
    """What an input as a whole becomes: an object an instance, a single value of the path or the query what
    its parameter is declared to be."""
    last = given.pipes[-1].symbol if given.pipes else None
    if isinstance(last, Ext) and last.package == NEST and last.name in _PARSED:
        return _PARSED[last.name]
    if effect.hands == "unknown":
        return "unknown"
    if effect.hands != "instance":
        return "no"
    made = _seen(given.meant)
    if isinstance(made, Ref):
        return made.name
    if made == "unknown":
        return "unknown"
    single = bool(given.key) and given.source in ("param", "query")
    return made if single and made in ("number", "string", "boolean") else "no"


__all__ = ["built_of", "checked_inside", "input_converted", "inside", "of_class", "property_converted"]
