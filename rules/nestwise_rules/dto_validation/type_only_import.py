from collections.abc import Iterator

from nestwise.api import (
    Edit,
    Effect,
    File,
    Finding,
    Fix,
    Import,
    Input,
    Project,
    Related,
    Span,
    ancestors,
    inputs_at,
    rule,
    shape_of,
)

_SOURCES = ("body", "query", "param")


def import_value(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The import as one of values, of this name alone; another file's `export type` is not ours to change."""
    name, local, module, elsewhere = finding.data
    if elsewhere:
        return
    title = f"Import `{local}` as a value"
    node = file.source.node_at(finding.span)
    found = next((n for n in ancestors(node) if n.type == "import_statement"), None) if node else None
    word = next((c for c in found.children if c.type == "type"), None) if found else None
    if name not in ("default", "*"):
        imported = file.imported(name, module)
        if imported is not None and imported.local == local and imported.edits:
            yield Fix(title, tuple(sorted(imported.edits)))
    elif word is not None:
        after = next(c.start_byte for c in found.children if c.start_byte >= word.end_byte) if found else 0
        yield Fix(title, (Edit(Span(word.start_byte, after), ""),))


@rule(level="error", since="0.1.0", fixes=import_value)
def type_only_import(file: File, project: Project) -> Iterator[Finding]:
    told: set[str] = set()
    for given, effect in inputs_at(project, file.path):
        local = given.meant.name.partition(".")[0]
        imported = next((i for i in file.facts.imports if i.local == local), None)
        if imported is None or local in told or not _loses(given, effect, project):
            continue
        told.add(local)
        yield Finding(
            imported.at.span,
            _message(given, imported, given.meant.type_only == file.path),
            related=tuple(_barrel(given, imported, file, project)),
            data=(imported.name, local, imported.module, given.meant.type_only != file.path),
        )


def _loses(given: Input, effect: Effect, project: Project) -> bool:
    """Does a pipe that would validate the class by its metadata surely not see it?"""
    ref = given.meant.ref
    if ref is None or not given.meant.type_only or given.meant.aliased:
        return False
    if given.source not in _SOURCES or given.pipes or effect.other:
        return False
    if effect.kind in ("class-validator", "schema"):
        return True
    return effect.kind == "unknown" and shape_of(project, ref).has_validators


def _message(given: Input, imported: Import, here: bool) -> str:
    how = "`import type` erases" if here else "An `export type` that it comes through erases"
    what = f"`{given.name}` of " if given.name else ""
    return (
        f"{how} `{given.meant.name}`: at run time the pipe gets no class for {what}`{given.handler.name}` "
        f"and validates nothing. {'Import' if here else 'Export'} it as a value."
    )


def _barrel(given: Input, imported: Import, file: File, project: Project) -> Iterator[Related]:
    path = given.meant.type_only
    if path == file.path:
        return
    exports = [e for e in project.facts(path).exports if e.type_only]
    named = [e for e in exports if e.name == imported.name] or [e for e in exports if e.name == "*"]
    for export in named[:1]:
        yield Related(path, export.at.span, f"only the type of `{imported.name}` is exported here")
