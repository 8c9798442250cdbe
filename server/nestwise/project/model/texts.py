"""Properties of which text arrives, and which nothing converts to what they are declared to be."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.model.constraints import Check
from nestwise.project.model.contradictions import arrives, has_own, kinds_of, promised, readable
from nestwise.project.model.conversions import built_of
from nestwise.project.model.filled import declared_in
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import Prop, shape_of
from nestwise.project.model.symbols import Ref
from nestwise.project.model.validation import Use

_OTHERS = frozenset({"number", "boolean", "date"})


class Unconverted(Struct, frozen=True):
    """A property that stays text.

    Kinds: refused (its validators refuse all text), text (the handler gets text), lost (it is converted to be
    validated, and the pipe hands on the text), single (a single value is no array), true (`@Type(() =>
    Boolean)` makes true of every text).
    """

    kind: str
    use: Use
    prop: str
    checks: tuple[Check, ...] = ()
    """The validators that refuse what arrives."""


@question
def unconverted_of(project: Project, ref: Ref) -> tuple[Unconverted, ...]:
    """The properties of queries, paths and forms that a class declares itself that stay text."""
    return declared_in(project, ref, _of_texts)


def _of_texts(project: Project, ref: Ref, uses: tuple[Use, ...]) -> tuple[tuple[Unconverted, Ref], ...]:
    texts = tuple(use for use in uses if use.text and use.seen and not use.nested)
    return _in_class(project, ref, texts) if texts else ()


@question
def _in_class(project: Project, ref: Ref, uses: tuple[Use, ...]) -> tuple[tuple[Unconverted, Ref], ...]:
    shape = shape_of(project, ref)
    if shape.kind != "class":
        return ()
    return tuple(
        (one, prop.declared)
        for prop in shape.data
        if readable(prop) and not prop.marks.binary
        for use in uses
        if arrives(prop, use) and not use.effect.other
        for one in _of_prop(project, prop, use)
    )


def _of_prop(project: Project, prop: Prop, use: Use) -> Iterator[Unconverted]:
    marks, checks = prop.marks, prop.marks.validators
    if not (marks.checked or marks.weak or marks.allowed):
        return  # nothing at all is said of it: unvalidated
    built = str(built_of(prop, use.effect))
    if prop.meant.kind == "array":
        if use.input.source != "param":
            yield from _of_array(project, prop, use, built)
        return
    kinds = promised(project, prop)
    if not kinds or not kinds <= _OTHERS:
        return
    if built in ("no", "string"):
        refusing = tuple(check for check in checks if check.refuses({"string"}))
        yield Unconverted("refused" if refusing else "text", use, prop.name, refusing)
    elif built == "boolean" and marks.typed and kinds == {"boolean"}:
        yield Unconverted("true", use, prop.name)
    elif use.effect.hands == "nothing" and built in ("number", "boolean", "Date"):
        if any(check.refuses({built.lower()}) for check in checks):
            return  # a mismatch, of which nothing passes
        yield Unconverted("lost", use, prop.name)


def _of_array(project: Project, prop: Prop, use: Use, built: str) -> Iterator[Unconverted]:
    inner = kinds_of(project, prop.meant.of) if prop.meant.of is not None else frozenset()
    checks = prop.marks.validators
    by_type = use.effect.implicit is True  # which converts no elements, but is why nobody thinks of it
    if built in ("no", "string", "Array") and inner and inner <= _OTHERS:
        refusing = tuple(check for check in checks if check.each and check.refuses({"string"}))
        if refusing or not by_type:
            yield Unconverted("refused" if refusing else "text", use, prop.name, refusing)
    elif (
        built != "unknown"
        and not by_type
        and promised(project, prop)
        and prop.marks.checked
        and not has_own(prop)
    ):
        refusing = tuple(check for check in checks if check.each is False and check.refuses({"string"}))
        yield Unconverted("single", use, prop.name, refusing)


__all__ = ["Unconverted", "unconverted_of"]
