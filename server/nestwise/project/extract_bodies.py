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

    def of(self, name: str) -> Whole | None:
        return next((f for f in self.functions if f.name == name), None)


def bodies_of(reading: Reading) -> Bodies:
    functions, defaults = functions_of(reading.source)
    return Bodies(
        tuple(
            Whole(f.name, f.body, tuple(defaults.get(f.name, {}).items()))
            for f in functions
            if f.body is not None
        )
    )


BODIES = Detail("bodies", Bodies, bodies_of)
