"""All safe fixes of a document at once, or all of a rule, as edits of the lines that they change."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from nestwise.lint.fix import BrokenFixError, applicable, fix_all, style_for
from nestwise.lint.rule import Fix
from nestwise.lsp.documents import Document
from nestwise.syntax.source import Source
from nestwise.syntax.style import Style
from nestwise.syntax.text import Edit, Span

log = logging.getLogger(__name__)


class _One:
    """The only file that is fixed."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def source(self, path: str) -> Source | None:
        return self._source

    def free(self, path: str) -> bool:
        return False


def all_fixed(document: Document, rule: str = "", unsafe: bool = False) -> list[Edit]:
    """The edits after which nothing is left to fix safely in the document alone; none if a fix fails. With
    the id of a rule only its findings are fixed; `unsafe`: also by fixes that are not safe."""
    workspace, source = document.workspace, document.source
    if workspace is None or source is None:
        return []

    path = document.relative

    def fixes(now: Mapping[str, Source]) -> list[Fix]:
        file = workspace.put(path, now.get(path, source))
        if not workspace.checks(path):
            return []
        diagnostics = [d for d in workspace.check(file).diagnostics if rule in ("", d.rule.id)]
        found = applicable(diagnostics, file, workspace.project, unsafe)
        return [fix for fix in found if not fix.elsewhere]

    def style(_: str) -> Style:
        return style_for(workspace.project, workspace.put(path, source))

    try:
        after = fix_all(path, _One(source), fixes, style).get(path, source)
    except BrokenFixError as error:
        log.error("fixing all of %s was given up: %s; please report it", document.name, error)
        return []
    except Exception:
        log.exception("fixing all of %s failed", document.name)
        return []
    finally:
        document.file = workspace.put(path, source)
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
