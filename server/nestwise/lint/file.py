"""One file as a rule sees it: text, tree (parsed when first needed) and facts.

What only fixes need is imported when a fix asks for it: most checks ask for none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING

from tree_sitter import Node

from nestwise.lint.matching import Captures, known_matches
from nestwise.project.extract_parts import Known
from nestwise.project.facts import Class, Expr, FileFacts
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit, Span, Text, newline

if TYPE_CHECKING:
    from nestwise.syntax.import_lines import Head
    from nestwise.syntax.imports import Imported
    from nestwise.syntax.style import Style


class File:
    """Immutable; the tree is made on first use, so that files no rule looks into are never parsed."""

    def __init__(
        self,
        path: str,
        data: bytes,
        facts: FileFacts,
        source: Source | None = None,
        base: Callable[[], Style] | None = None,
        known: Known | None = None,
    ) -> None:
        """`base`: how the package of the file is written; asked for only where a fix needs it. `known`: what
        was found in the parts of an earlier version; it makes matching faster and changes nothing else."""
        self.path = path
        self.data = data
        self.facts = facts
        self._source = source
        self._base = base
        self._known = known

    @cached_property
    def source(self) -> Source:
        return self._source or Source.parse(self.data, dialect_of(self.path) or Dialect.TS)

    @cached_property
    def text(self) -> Text:
        return self._source.text if self._source else Text(self.data)

    def text_of(self, node: Node | None) -> str:
        return self.source.text_of(node)

    def expr(self, node: Node | None) -> Expr:
        """What a node says, as facts do: for questions of the model that take expressions."""
        from nestwise.project.extract_expr import Reader

        return Reader(self.data).expr(node)

    def matches(self, *queries: str) -> Iterator[tuple[int, Captures]]:
        """The matches of queries, each with the position of its query, in no order, some of them twice."""
        if self._known is None:
            return self.source.matches(*queries)
        return known_matches(self._known, self.source, queries)

    def class_at(self, node: Node) -> Class | None:
        """The innermost class around a node."""
        classes, starts = self._classes
        for cls in reversed(classes[: bisect_right(starts, node.start_byte)]):
            if node.start_byte < cls.at.end:
                return cls
        return None

    @cached_property
    def _classes(self) -> tuple[list[Class], list[int]]:
        classes = sorted(self.facts.classes, key=lambda cls: cls.at.start)
        return classes, [cls.at.start for cls in classes]

    def insert(self, offset: int, text: str) -> Edit:
        return Edit(Span(offset, offset), text)

    # --- for fixes ---

    @cached_property
    def style(self) -> Style:
        """How this file is written; what it does not show, as its package is."""
        from nestwise.syntax.style import Style, counted, styled

        return styled(self._base() if self._base is not None else Style(), counted(self.data))

    def in_style(self, base: Callable[[], Style]) -> File:
        """The same file in a package that is written like that."""
        return File(self.path, self.data, self.facts, self.source, base)

    def imported(self, name: str, module: str, other: str = "") -> Imported | None:
        """What to write for a value that `module` exports, and the edits after which the file may.

        None where the file means something else by `name`, and by `other`, the name to take instead.
        """
        from nestwise.syntax.imports import Want, imported

        return imported(self._head, Want(name, module, other), self.style)

    def imported_all(
        self, wanted: Iterable[tuple[str, str]], gone: Set[str] = frozenset()
    ) -> tuple[dict[str, str], list[Edit]] | None:
        """`imported` for several names, each with its module: what to write for each, and the edits, which
        also drop the imports of names that are `gone`."""
        from nestwise.syntax.imports import Want, imported_all

        return imported_all(self._head, [Want(name, module) for name, module in wanted], self.style, gone)

    def unimported(self, local: str) -> list[Edit] | None:
        """The edits that take a name out of the imports; None where no import in braces brings it."""
        from nestwise.syntax.imports import unimported

        return unimported(self._head, local)

    def replaced_parameter(self, parameter: Node, texts: Sequence[str]) -> Edit:
        """The edit that puts parameters in the place of one."""
        from nestwise.syntax.members import replaced_parameter

        return replaced_parameter(self.source, parameter, texts, self.style)

    def piped(self, name: Span, decorator: tuple[str, str], pipe: str) -> Edit | None:
        """The edit that hands a pipe to a decorator (its name and package) of the parameter with its name at
        `name`; None where that is not there, as within a composed one."""
        from nestwise.syntax.members import argued

        local = next((i.local for i in self.facts.imports if (i.name, i.module) == decorator), "")
        return argued(self.source, name, local, pipe, self.style) if local else None

    def decorated(self, name: Span, decorators: Sequence[str]) -> Edit | None:
        """The edit that adds decorators, written with `@`, to the property whose name stands at `name`."""
        from nestwise.syntax.decorate import decorated

        return decorated(self.source, name, decorators, self.style)

    def decorated_above(self, start: int, decorator: str) -> Edit:
        """The edit that adds a decorator before the first one of a class or method that begins at `start`."""
        from nestwise.syntax.decorate import decorated_above

        return decorated_above(self.source, start, decorator, self.style)

    def redecorated(self, decorator: Span, decorators: Sequence[str]) -> Edit:
        """The edit that puts decorators, written with `@`, in the place of one."""
        from nestwise.syntax.decorate import redecorated

        return redecorated(self.source, decorator, decorators, self.style)

    def undecorated(self, decorator: Span) -> Edit:
        """The edit that takes a decorator away, and its line where nothing else is on it."""
        from nestwise.syntax.decorate import undecorated

        return undecorated(self.source, decorator)

    def with_option(self, decorator: Span, place: int, filler: str, entry: str) -> Edit | None:
        """The edit that adds `entry` to the options of a decorator, its argument number `place` (from 0)."""
        from nestwise.syntax.options import with_option

        return with_option(self.source, decorator, place, filler, entry, self.style)

    def without_option(self, decorator: Span, key: str) -> Edit | None:
        """The edit that takes an option of a decorator away."""
        from nestwise.syntax.options import without_option

        return without_option(self.source, decorator, key)

    def written(self, code: str) -> str:
        """A piece of code with the quotes of this file, and its blanks in braces."""
        from nestwise.syntax.style import rewritten

        return rewritten(code, self.style)

    def fitted(self, code: str, indent: str, tail: str = "") -> str:
        """A call, or a statement that ends with one, on a line with that indent, before `tail`; broken over
        several lines where it is too long for one."""
        from nestwise.syntax.wrapping import call_in_line, columns

        return call_in_line(code, indent, columns(indent + tail), self.style, newline(self.data))

    def member(self, start: int, text: str) -> Edit:
        """The edit that adds a field as the first member of a class whose body starts at `start` (bytes)."""
        from nestwise.syntax.members import member

        return member(self.source, start, text, self.style)

    def constructed(self, body: Span, parameter: str) -> Edit | None:
        """The edit that adds a parameter to the constructor of a class with that body, or a constructor; None
        where that is not plain."""
        from nestwise.syntax.members import constructed

        return constructed(self.source, body, parameter, self.style)

    def appended(self, holder: Node, text: str, after: Node | None = None) -> Edit:
        """The edit that adds an element to an array or object: behind `after`, else as the last one."""
        from nestwise.syntax.members import appended

        return appended(self.source, holder, text, self.style, after)

    def below_imports(self, statement: str, edits: Iterable[Edit] = ()) -> tuple[Edit, ...]:
        """A statement of its own below the imports, together with the edits that change those."""
        from nestwise.syntax.import_places import below_imports

        return below_imports(self.source, statement, edits)

    @property
    def top_names(self) -> frozenset[str]:
        """What the file imports or declares at its top."""
        return self._head.names

    @cached_property
    def _head(self) -> Head:
        from nestwise.syntax.import_lines import Head

        return Head(self.source)
