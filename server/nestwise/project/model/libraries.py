"""What the inputs of a package are validated with: class-validator, or the schemas of another library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from nestwise.project.facts import Call, dotted
from nestwise.project.kinds import SCHEMA_LIBRARIES, Kind
from nestwise.project.model.classes import lineage
from nestwise.project.model.expressions import unwound
from nestwise.project.model.handlers import handlers_of
from nestwise.project.model.inputs import Input, inputs_of
from nestwise.project.model.marks import VALIDATOR
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import shape_of
from nestwise.project.model.symbols import Ext, Here, Ref, class_of, symbol_of, value_of
from nestwise.project.model.validation import has_checks, placed_controllers

_LEAST = 5
"""So many inputs have to be validated in one way before it is a convention …"""
_SHARE = 0.75
"""… and such a part of all."""


class Validated(Struct, frozen=True, cache_hash=True):
    """A request class, or a schema that a pipe is given for an input."""

    library: str
    ref: Ref | None
    """The class."""
    schema: Here | None = None


class Odd(Struct, frozen=True):
    """One in another library than nearly all of its package."""

    library: str
    usual: str
    count: int
    """How many are in the usual one …"""
    of: int
    """… of all."""
    input: Input
    ref: Ref | None


@question
def odd_ones(project: Project) -> Mapping[str, tuple[Odd, ...]]:
    """Those of all packages by the file that declares the class, or else the handler."""
    if not project.with_kind(Kind.SCHEMAS):
        return {}
    found: dict[str, dict[Validated, Input]] = {}
    for controller, _ in placed_controllers(project):
        package = project.layout.package_of(controller.path)
        known = found.setdefault(package.dir if package is not None else "", {})
        for one, given in _validated_under(project, controller):
            known.setdefault(one, given)
    out: dict[str, list[Odd]] = {}
    for every in found.values():
        counts = Counter(one.library for one in every)
        usual, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
        if count < _LEAST or count < _SHARE * counts.total() or len(counts) < 2:
            continue
        for one, given in every.items():
            if one.library != usual:
                path = one.ref.path if one.ref is not None else given.handler.declared.path
                odd = Odd(one.library, usual, count, counts.total(), given, one.ref)
                out.setdefault(path, []).append(odd)
    return {path: tuple(odd) for path, odd in out.items()}


@question
def usual_library(project: Project, path: str) -> str:
    """What the inputs of the package of a file are validated with, mostly; empty where nothing is told."""
    package = project.layout.package_of(path)
    counts: Counter[str] = Counter()
    for controller, _ in placed_controllers(project):
        if project.layout.package_of(controller.path) == package:
            counts.update(one.library for one, _ in _validated_under(project, controller))
    return max(counts, key=lambda name: counts[name], default="")


@question
def _validated_under(project: Project, controller: Ref) -> tuple[tuple[Validated, Input], ...]:
    return tuple(
        (one, given)
        for handler in dict.fromkeys(handlers_of(project, controller))
        if handler.kind == "http"
        for given in inputs_of(project, handler)
        if given.source in ("body", "query", "param")
        for one in _of_input(project, given)
    )


def _of_input(project: Project, given: Input) -> Iterator[Validated]:
    schemas = [pipe.schema for pipe in given.pipes if pipe.schema is not None]
    for schema in schemas:
        if library := _library(project, schema):
            yield Validated(library, None, schema)
    ref = given.meant.element.ref
    if ref is None or schemas:
        return
    if shape_of(project, ref).kind == "schema":
        line = lineage(project, ref)
        cls = class_of(project, ref)
        made = line.base_call or (Here(ref.path, cls.extends) if cls is not None and cls.extends else None)
        if made is not None and (library := _library(project, made)):
            yield Validated(library, ref)
    elif has_checks(project, ref):
        yield Validated(VALIDATOR, ref)


def _library(project: Project, here: Here) -> str:
    """The library that a schema, or a class made from one, is written with; empty where that is not told."""
    here = value_of(project, here)
    head = unwound(here.expr)[0] if isinstance(here.expr, Call) else here.expr
    if isinstance(head, Call):
        head = head.callee
    symbol = symbol_of(project, Here(here.path, head)) if dotted(head) else None
    package = symbol.package.lower() if isinstance(symbol, Ext) else ""
    return next((name for word, name in SCHEMA_LIBRARIES.items() if word in package), "")


__all__ = ["Odd", "odd_ones", "usual_library"]
