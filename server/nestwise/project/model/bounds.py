"""Properties of requests that may be as long, as many or as large as a client likes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from nestwise.project.model.constraints import Check
from nestwise.project.model.contradictions import arrives
from nestwise.project.model.filled import declared_in
from nestwise.project.model.guards import parts_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import Prop, shape_of
from nestwise.project.model.symbols import Ref
from nestwise.project.model.types import Meant
from nestwise.project.model.validation import Use

_ENDLESS_TEXT = frozenset(
    (
        "Contains IsAlpha IsAlphanumeric IsAscii IsBase32 IsBase58 IsBase64 IsDataURI IsDecimal IsDefined "
        "IsFullWidth IsHalfWidth IsHexadecimal IsJSON IsJWT IsLowercase IsMagnetURI IsMultibyte IsNotEmpty "
        "IsNotIn IsNumberString IsOctal IsOptional IsString IsSurrogatePair IsUppercase IsVariableWidth "
        "MinLength NotContains NotEquals ValidateIf"
    ).split()
)
"""Validators that take texts of any length. An e-mail address has a longest one, and `@Matches` may have."""
_ENDLESS_NUMBER = frozenset(
    (
        "IsDefined IsDivisibleBy IsInt IsNotEmpty IsNotIn IsNumber IsOptional IsPositive Min NotEquals "
        "ValidateIf"
    ).split()
)
_FEW = frozenset({"IsEnum", "IsIn"})
_SIZES = (("limit",), ("take",), ("page", "size"), ("per", "page"), ("pagesize",), ("perpage",))


class Unbounded(Struct, frozen=True):
    """Kinds: text, elements (each of them a text), list, size (a number of things to answer with)."""

    kind: str
    use: Use
    prop: str


@question
def unbounded_of(project: Project, ref: Ref) -> tuple[Unbounded, ...]:
    """The properties that a class declares itself that nothing bounds."""
    return declared_in(project, ref, _in_class)


@question
def _in_class(project: Project, ref: Ref, uses: tuple[Use, ...]) -> tuple[tuple[Unbounded, Ref], ...]:
    shape = shape_of(project, ref)
    if shape.kind != "class":
        return ()
    uses = tuple(use for use in uses if use.seen)
    out: list[tuple[Unbounded, Ref]] = []
    for prop in shape.data:
        marks = prop.marks
        unread = marks.unknown or marks.composed or marks.custom or marks.excluded or marks.stored
        if unread or not marks.checked:
            continue
        found = ((_kind(prop, use), use) for use in uses if arrives(prop, use))
        kind, use = next(((kind, use) for kind, use in found if kind), ("", None))
        if use is not None:
            out.append((Unbounded(kind, use, prop.name), prop.declared))
    return tuple(out)


def _kind(prop: Prop, use: Use) -> str:
    checks = prop.marks.validators
    names = {check.name for check in checks}
    address = use.input.source in ("query", "param")  # as long as the server lets an address be
    match prop.meant:
        case Meant(kind="array", of=inner):
            few = "ArrayUnique" in names and _FEW & {check.name for check in checks if check.each}
            if "ArrayMaxSize" not in names and not few:
                return "list"
            each = [check for check in checks if check.each is not False]
            text = inner is not None and inner.kind == "scalar" and inner.name == "string"
            return "elements" if text and each and not address and _endless(each, _ENDLESS_TEXT) else ""
        case Meant(kind="scalar", name="string"):
            return "text" if not address and _endless(checks, _ENDLESS_TEXT) else ""
        case Meant(kind="scalar", name="number") if use.input.source == "query":
            words = tuple(word.lower() for word in parts_of(prop.name))
            is_size = any(set(size) <= set(words) for size in _SIZES)
            return "size" if is_size and _endless(checks, _ENDLESS_NUMBER) else ""
        case _:
            return ""


def _endless(checks: Iterable[Check], endless: frozenset[str]) -> bool:
    return all(check.name in endless for check in checks)


__all__ = ["Unbounded", "unbounded_of"]
