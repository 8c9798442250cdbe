"""The bodies of all functions of a file: second-level facts, for `FileFacts` keep those of few."""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.details import Detail, Reading
from nestwise.project.extract import functions_of
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


BODIES = Detail("bodies", Bodies, bodies_of)
