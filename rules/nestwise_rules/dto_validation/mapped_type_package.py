from collections.abc import Iterable, Iterator

from nestwise.api import (
    Call,
    Class,
    Expr,
    File,
    Finding,
    Fix,
    Here,
    Import,
    Kind,
    Level,
    Project,
    Ref,
    Related,
    Safety,
    applied,
    class_of,
    dotted,
    rule,
    shape_of,
    symbol_of,
)

_MAPPED = frozenset({"PartialType", "PickType", "OmitType", "IntersectionType"})
_PLAIN = "@nestjs/mapped-types"
_SWAGGER = "@nestjs/swagger"


def import_from(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The same name, from the other package."""
    name, local, module, safe = finding.data
    if name != local or not project.layout.declared(file.path, module):
        return
    found = file.imported_all([(name, module)], {name})
    if found is not None and found[1]:
        safety = Safety.SAFE if safe else Safety.UNSAFE
        yield Fix(f"Import `{name}` from `{module}`", tuple(sorted(found[1])), safety)


@rule(level="warning", since="0.1.0", fixes=import_from)
def mapped_type_package(file: File, project: Project) -> Iterator[Finding]:
    for imported in file.facts.imports:
        if imported.name not in _MAPPED or imported.type_only:
            continue
        if imported.module == _PLAIN:
            yield from _undocumented(imported, file, project)
        elif imported.module == _SWAGGER and not project.with_kind(Kind.DOCUMENTED):
            yield Finding(
                imported.at.span,
                f"Nothing is documented with `{_SWAGGER}` here, which is there for `{imported.name}` alone. "
                f"The one of `{_PLAIN}` does the same for validators.",
                Level.INFORMATION,
                data=(imported.name, imported.local, _PLAIN, True),
            )


def _undocumented(imported: Import, file: File, project: Project) -> Iterator[Finding]:
    """A mapped type that drops what Swagger is told about the properties of a class."""
    safe, found = True, dict[Ref, Class]()
    for cls in file.facts.classes:
        for call in _calls(cls.extends, imported.local) if not _is_graphql(cls, file, project) else ():
            for ref in _bases(project, file, call):
                plugin = project.layout.documents(ref.path)
                props = [p for p in shape_of(project, ref).data if p.declared == ref or p.marks.documented]
                told = [prop for prop in props if plugin or prop.marks.documented]
                if told:
                    found.setdefault(ref, cls)
                marks = [prop.marks for prop in told]
                safe = safe and all(m.checked or m.weak or m.allowed for m in marks)
                safe = safe and len(call.args) < 3
    if not found:
        return
    base, cls = next(iter(found.items()))
    more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
    yield Finding(
        imported.at.span,
        f"`{imported.name}` of `{_PLAIN}` takes over the validators of `{base.name}`, but nothing of what it "
        f"says to Swagger: the documentation of `{cls.name}`{more} lacks those properties. Import it from "
        f"`{_SWAGGER}`.",
        related=tuple(_declared(project, found)),
        data=(imported.name, imported.local, _SWAGGER, safe),
    )


def _declared(project: Project, refs: Iterable[Ref]) -> Iterator[Related]:
    for ref in refs:
        for cls in project.facts(ref.path).classes:
            if cls.name == ref.name and not cls.inside:
                yield Related(ref.path, cls.name_at.span, f"`{ref.name}` is documented here")


def _calls(expr: Expr | None, name: str) -> Iterator[Call]:
    """The calls of a function in what a class extends, mapped types within others included."""
    if isinstance(expr, Call):
        if dotted(expr.callee) == name:
            yield expr
        for arg in expr.args:
            yield from _calls(arg, name)


def _bases(project: Project, file: File, call: Call) -> Iterator[Ref]:
    for arg in call.args:
        if isinstance(arg, Call):
            yield from _bases(project, file, arg)
        elif dotted(arg):
            symbol = symbol_of(project, Here(file.path, arg))
            if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
                yield symbol


def _is_graphql(cls: Class, file: File, project: Project) -> bool:
    """Are its properties fields of a schema of GraphQL? Then a third package has the mapped types."""
    for one in applied(project, file.path, cls.decorators):
        if getattr(one.symbol, "package", "") in ("@nestjs/graphql", "type-graphql"):
            return True
    return False
