"""Code that makes a number of a text, and the pipe of Nest that does so before the handler runs."""

from __future__ import annotations

from msgspec import Struct
from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.project.model.guards import parts_of
from nestwise.syntax.names import cast_around
from nestwise.syntax.nodes import child, named

_WHOLE = frozenset(
    (
        "page pages limit take skip offset size count total id year month day days hour hours minute minutes "
        "second seconds index number no num first last cursor level depth top per quantity"
    ).split()
)
"""Words of names whose numbers are whole; what else a query has may have a fraction."""
_CALLS = {
    "Number": "",
    "parseInt": "ParseIntPipe",
    "Number.parseInt": "ParseIntPipe",
    "parseFloat": "ParseFloatPipe",
    "Number.parseFloat": "ParseFloatPipe",
}
_FALLBACKS = frozenset({"||", "??"})


class Numbered(Struct, frozen=True):
    """An expression that makes a number of a text."""

    node: Node
    pipe: str
    fallback: bool
    """Is there another value where it is none: `Number(page) || 1`?"""


def number_pipe(source: str, *names: str) -> str:
    """The pipe for a number of the path or the query (`param`, `query`) of these names."""
    whole = source == "param" or any(_WHOLE & parts_of(name) for name in names)
    return "ParseIntPipe" if whole else "ParseFloatPipe"


def numbered(file: File, node: Node, source: str, name: str) -> Numbered | None:
    """What makes a number of an expression right there; `source` and `name` as for `number_pipe`."""
    inner = cast_around(node)
    outer = inner.parent
    if outer is not None and outer.type == "arguments":
        call, given = outer.parent, named(outer)
        called = file.text_of(child(call, "function"))
        radix = [file.text_of(n) for n in given[1:]] in ([], ["10"])
        if call is None or called not in _CALLS or given[:1] != [inner] or not radix:
            return None
        made, pipe = call, _CALLS[called]
    elif outer is not None and outer.type == "unary_expression":
        if file.text_of(child(outer, "operator")) != "+":
            return None
        made, pipe = outer, ""
    else:
        return None
    around = cast_around(made).parent
    operator = file.text_of(child(around, "operator")) if around is not None else ""
    fallback = operator in _FALLBACKS and child(around, "left") == cast_around(made)
    return Numbered(made, pipe or number_pipe(source, name), fallback)
