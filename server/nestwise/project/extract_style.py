"""How texts are written, as details: counted of a source, read of a settings file."""

from __future__ import annotations

import posixpath

from msgspec import Struct

from nestwise.project.details import Detail, Reading
from nestwise.project.formatters import ways_of
from nestwise.project.jsonc import decoded
from nestwise.syntax.style import Counts, counted


class Written(Struct, frozen=True):
    """What a source does, and how often."""

    counts: Counts = ()


class Format(Struct, frozen=True):
    """What a settings file says: aspects with their ways, sorted."""

    ways: tuple[tuple[str, str], ...] = ()
    defaults: bool = False
    """Has what is left out Prettier's default?"""


def _written(reading: Reading) -> Written:
    return Written(counted(reading.data))


def _format(reading: Reading) -> Format:
    ways, defaults = ways_of(posixpath.basename(reading.path), decoded(reading.data))
    return Format(tuple(sorted(ways.items())), defaults)


WRITTEN = Detail("written", Written, _written)
FORMAT = Detail("format", Format, _format)
