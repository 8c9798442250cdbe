"""Our syntax trees against the TypeScript compiler's, for people who work on `nestwise.syntax`.

Counts are compared, and besides what each call calls, whether it is awaited, and how far operations
reach: a tree that gets these right is the compiler's in all that rules and facts read. It needs a
checkout, Node, and `tests/node/node_modules`.
"""

from __future__ import annotations

import json
import subprocess
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tree_sitter import Node

from nestwise.project.files import list_files
from nestwise.syntax.nodes import callee_of, carries, is_awaited, operators_of, start_of, walk
from nestwise.syntax.source import Dialect, Source, dialect_of

_SCRIPT = Path(__file__).parents[2] / "tests/node/count_syntax.mjs"
SAME = "no file differs"
_KINDS = {
    "decorator": "decorators",
    "class_declaration": "classes",
    "abstract_class_declaration": "classes",
    "class": "classes",
    "method_definition": "methods",
    "method_signature": "methods",
    "abstract_method_signature": "methods",
    "public_field_definition": "properties",
    "property_signature": "properties",
    "import_statement": "imports",
    "import_alias": "imports",
    "export_statement": "exports",
    "if_statement": "ifs",
    "arrow_function": "arrows",
    "function_declaration": "functions",
    "function_signature": "functions",
    "function_expression": "functions",
    "generator_function": "functions",
    "generator_function_declaration": "functions",
    "return_statement": "returns",
    "throw_statement": "throws",
    "catch_clause": "catches",
    "ternary_expression": "ternaries",
    "interface_declaration": "interfaces",
    "type_alias_declaration": "type aliases",
    "enum_declaration": "enums",
    "new_expression": "new expressions",
    "await_expression": "awaits",
    "lexical_declaration": "variables",
    "variable_declaration": "variables",
}


@dataclass(frozen=True)
class Difference:
    """How one file differs: `what` is found `ours` times by us and `theirs` times by the compiler."""

    path: Path
    what: str
    ours: int
    theirs: int
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.ours} / {self.theirs}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True)
class Compared:
    files: int
    invalid: dict[Path, str]
    """Files that the compiler itself does not accept, with its first error: they are not compared."""
    broken: tuple[Path, ...]
    """Files that it accepts, and where our tree has an error."""
    differences: tuple[Difference, ...]
    total: Counter[str]
    """What the compiler counts in all compared files."""


def compare(paths: Sequence[Path]) -> Compared:
    """Parse every file twice. Raises RuntimeError with Node's words if Node or `typescript` is missing."""
    invalid: dict[Path, str] = {}
    broken: list[Path] = []
    differences: list[Difference] = []
    total: Counter[str] = Counter()
    for path, theirs in zip(paths, _theirs(paths), strict=True):
        if theirs["errors"]:
            invalid[path] = theirs["errors"][0]
            continue
        source = Source.parse(path.read_bytes(), dialect_of(path.name) or Dialect.TS)
        if source.broken:
            broken.append(path)
        total.update(theirs["counts"])
        differences += _differences(path, source, theirs)
    return Compared(len(paths), invalid, tuple(broken), tuple(differences), total)


def report(folder: Path) -> Iterator[str]:
    """The comparison of every TypeScript file below a folder, in lines for a reader."""
    result = compare([folder / path for path in list_files(folder).paths])
    yield f"{result.files} files"
    yield ", ".join(f"{count:,} {what}" for what, count in result.total.most_common())
    for path, error in result.invalid.items():
        yield f"{path.relative_to(folder)}: no valid TypeScript, {error}"
    for path in result.broken:
        yield f"{path.relative_to(folder)}: has errors in our tree only"
    for path, found in groupby(result.differences, key=lambda d: d.path):
        yield f"{path.relative_to(folder)}: {', '.join(map(str, found))}"
    unlike = len({*result.broken, *(d.path for d in result.differences)})
    yield f"{unlike} files differ" if unlike else SAME


def _theirs(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    names = "\n".join(str(path.absolute()) for path in paths)
    try:
        done = subprocess.run(
            ["node", str(_SCRIPT)], input=names, capture_output=True, encoding="utf-8", check=True
        )
    except FileNotFoundError as error:
        raise RuntimeError("node was not found on PATH") from error
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"node failed; run `npm ci --prefix tests/node` first.\n{error.stderr}") from error
    return map(json.loads, done.stdout.splitlines())


def _differences(path: Path, source: Source, theirs: dict[str, Any]) -> Iterator[Difference]:
    counts: Counter[str] = Counter()
    callees: list[tuple[int, ...]] = []
    operations: list[tuple[int, ...]] = []
    units = _Units(source.text.data)
    for node in walk(source.root):
        if not node.is_named:
            continue
        what = _KINDS.get(node.type)
        if node.type == "call_expression":
            template = node.child_by_field_name("arguments")
            what = "tagged templates" if template and template.type == "template_string" else "calls"
            if what == "calls" and (callee := callee_of(node)) is not None:
                callees.append((units.at(start_of(callee)), units.end(callee.end_byte), is_awaited(node)))
        elif node.type == "for_in_statement" and node.child_by_field_name("kind") is not None:
            what = "variables"
        elif node.type == "binary_expression":
            operations.append((units.at(node.start_byte), units.end(_end_of_operation(node))))
        if what is not None:
            counts[what] += 1
    expected = Counter(theirs["counts"])
    for what in sorted({*counts, *expected}):
        if counts[what] != expected[what]:
            yield Difference(path, what, counts[what], expected[what])
    for what, places in (("callees", callees), ("operations", operations)):
        found, wanted = Counter(places), Counter(map(tuple, theirs[what]))
        if found != wanted:
            odd = min([*(found - wanted), *(wanted - found)])
            line = source.text.position(units.offset(odd[0]), "utf-8")[0] + 1
            hint = f"first at line {line}"
            yield Difference(path, what, (found - wanted).total(), (wanted - found).total(), hint)


def _end_of_operation(node: Node) -> int:
    """Of `a + f<T>(x).y`, which the grammar reads as `(a + f)<T>(x).y`, the end of the whole chain."""
    end, outer = node.end_byte, node.parent
    carried = False
    while outer is not None and outer.start_byte == node.start_byte:
        if outer.type == "call_expression" and carries(outer):
            carried = operators_of(outer)[0][0].start_byte == node.start_byte
        if carried and outer.type in ("call_expression", "member_expression", "subscript_expression"):
            end = outer.end_byte
        elif outer.type != "binary_expression":
            break
        outer = outer.parent
    return end


class _Units:
    """Byte offsets of a text as the compiler counts: in UTF-16 units from the start of the file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = None if data.isascii() else _unit_starts(data)

    def at(self, offset: int) -> int:
        return offset if self._starts is None else self._starts[offset]

    def end(self, offset: int) -> int:
        """An end, without the final `!` that the cure removes in one place or another."""
        while self._data[offset - 1 : offset] == b"!":
            offset -= 1
        return self.at(offset)

    def offset(self, unit: int) -> int:
        return unit if self._starts is None else bisect_left(self._starts, unit)


def _unit_starts(data: bytes) -> list[int]:
    starts, unit = [], 0
    for byte in data:
        starts.append(unit)
        # A lead byte opens a character: two units from four bytes on, no unit for the bytes that follow.
        unit += 0 if 0x80 <= byte < 0xC0 else 2 if byte >= 0xF0 else 1
    return [*starts, unit]
