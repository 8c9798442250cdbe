"""The bodies of all functions of a file: second-level facts, for `FileFacts` keep those of few."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.details import Detail, Reading
from nestwise.project.extract import CLASSES, functions_of
from nestwise.project.extract_body import body_of
from nestwise.project.extract_expr import Reader, named
from nestwise.project.facts import Body, Expr


class Whole(Struct, frozen=True, array_like=True, gc=False):
    """A function."""

    name: str
    body: Body
    defaults: tuple[tuple[str, Expr], ...] = ()
    """What parameters are where nobody gives them."""


class Bodies(Struct, frozen=True, array_like=True, gc=False):
    functions: tuple[Whole, ...] = ()
    defaults: tuple[tuple[str, tuple[tuple[str, Expr], ...]], ...] = ()
    """Of functions and of static methods (`Class.method`): what parameters are where nobody gives them."""

    def of(self, name: str) -> Whole | None:
        return next((f for f in self.functions if f.name == name), None)

    def defaults_of(self, name: str) -> tuple[tuple[str, Expr], ...]:
        return next((values for of, values in self.defaults if of == name), ())


def bodies_of(reading: Reading) -> Bodies:
    functions, defaults = functions_of(reading.source)
    given = {name: tuple(values.items()) for name, values in defaults.items()}
    return Bodies(
        tuple(Whole(f.name, f.body, given.get(f.name, ())) for f in functions if f.body is not None),
        tuple(given.items()),
    )


def methods_of(reading: Reading) -> Bodies:
    """The methods of all classes, as `Class.method`."""
    reader = Reader(reading.data)
    found: list[Whole] = []
    for node in reading.source.root.named_children:
        cls = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        if cls is None or cls.type not in CLASSES:
            continue
        name = reader.text(cls.child_by_field_name("name"))
        for part in named(cls.child_by_field_name("body")):
            if part.type == "method_definition":
                body = body_of(reader, part.child_by_field_name("body"))
                if body is not None:
                    found.append(Whole(f"{name}.{reader.text(part.child_by_field_name('name'))}", body))
    return Bodies(tuple(found))


BODIES = Detail("bodies", Bodies, bodies_of)
METHODS = Detail("methods", Bodies, methods_of)
