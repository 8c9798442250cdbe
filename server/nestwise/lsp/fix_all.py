"""All safe fixes of a document at once, as edits of the lines that they change."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from difflib import SequenceMatcher

from nestwise.lint.fix import BrokenFixError, applicable, fix_all, style_for
from nestwise.lint.rule import Fix
from nestwise.lsp.documents import Document
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span

log = logging.getLogger(__name__)


def all_fixed(document: Document) -> list[Edit]:
    """The edits after which nothing is left to fix safely; none if a fix fails."""
    workspace, source = document.workspace, document.source
    if workspace is None or source is None:
        return []

    def fixes(now: Source) -> list[Fix]:
        file = workspace.put(document.relative, now)
        if not workspace.checks(document.relative):
            return []
        return applicable(workspace.check(file).diagnostics, file, workspace.project, unsafe=False)

    def style() -> Style:
        return style_for(workspace.project, workspace.put(document.relative, source))

    try:
        after = fix_all(source, fixes, style)
    except BrokenFixError as error:
        log.error("fixing all of %s was given up: %s; please report it", document.name, error)
        return []
    except Exception:
        log.exception("fixing all of %s failed", document.name)
        return []
    finally:
        document.file = workspace.put(document.relative, source)
    return list(_changed_lines(source.text.data, after.text.data))


def _changed_lines(before: bytes, after: bytes) -> Iterator[Edit]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            text = b"".join(new[new_start:new_end]).decode(errors="replace")
            yield Edit(Span(starts[old_start], starts[old_end]), text)
