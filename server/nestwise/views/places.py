"""Where things are declared, now: the text of each file is read once."""

from __future__ import annotations

from nestwise.project.model.classes import own_method
from nestwise.project.model.handlers import Handler
from nestwise.project.model.symbols import Ref, class_of
from nestwise.syntax.text import Span, Text
from nestwise.workspace import Workspace


class Places:
    """Good for one snapshot. Spans come from the facts and not from answers, whose positions may be old."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._texts: dict[str, Text | None] = {}

    def text(self, path: str) -> Text | None:
        if path not in self._texts:
            file = self.workspace.file(path)
            self._texts[path] = file.text if file else None
        return self._texts[path]

    def line(self, path: str, offset: int) -> int:
        """From 1."""
        text = self.text(path)
        return text.position(offset)[0] + 1 if text is not None else 1

    def class_name(self, symbol: object) -> Span | None:
        """The name of a class of the workspace."""
        cls = class_of(self.workspace.project, symbol) if isinstance(symbol, Ref) else None
        return cls.name_at.span if cls is not None else None

    def class_line(self, symbol: object) -> tuple[str | None, int | None]:
        """File and line of a class of the workspace."""
        span = self.class_name(symbol)
        if span is None or not isinstance(symbol, Ref):
            return None, None
        return symbol.path, self.line(symbol.path, span.start)

    def method_name(self, handler: Handler) -> Span | None:
        """The name of the method that handles, in `handler.declared.path`."""
        method = own_method(class_of(self.workspace.project, handler.declared), handler.method)
        return method.name_at.span if method is not None else None
