from collections.abc import Iterator

from nestwise.api import (
    Applied,
    Class,
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Method,
    Project,
    Ref,
    Safety,
    TName,
    binding_of,
    class_decorators,
    class_of,
    error_kind,
    lineage,
    resolve,
    rule,
)

NEST = "@nestjs/common"
_BASES = (
    Ext("@nestjs/core", "BaseExceptionFilter"),
    Ext("@nestjs/websockets", "BaseWsExceptionFilter"),
    Ext("@nestjs/microservices", "BaseRpcExceptionFilter"),
)
"""They have a `catch`, and no `@Catch()`."""
_HOOKS = frozenset(
    "onModuleInit onModuleDestroy onApplicationBootstrap beforeApplicationShutdown "
    "onApplicationShutdown".split()
)


def catch_or_rename(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The decorator changes nothing where the filter takes every exception anyway; which ones it is for, or
    which of its methods is meant, is for the author to say."""
    cls = next((c for c in file.facts.classes if c.name_at.span == finding.span), None)
    if cls is None:
        return
    if finding.data == "method":
        meant = _meant(cls)
        if meant is not None:
            yield Fix(
                f"Rename `{meant.name}` to `catch`", (Edit(meant.name_at.span, "catch"),), Safety.UNSAFE
            )
        return
    kind = _taken(cls, file, project)
    found = file.imported_all([("Catch", NEST)])
    if found is None:
        return
    local, edits = found
    start = cls.at.start
    line = file.data.rfind(b"\n", 0, start) + 1
    indent = file.data[line:start].decode(errors="replace")
    eol = "\r\n" if file.data[line - 2 : line] == b"\r\n" else "\n"
    text = f"@{local['Catch']}({kind})" + (" " if indent.strip() else eol + indent)
    safety = Safety.UNSAFE if kind else Safety.SAFE
    yield Fix(f"Add `@Catch({kind})`", tuple(sorted([*edits, file.insert(start, text)])), safety)


@rule(level="error", since="0.1.0", fixes=catch_or_rename)
def filter_without_catch(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or cls.abstract or not _may_be_filter(cls):
        return
    ref = Ref(file.path, cls.name)
    line = lineage(project, ref)
    if line.base is not None and line.base not in _BASES:
        return
    classes = [c for base in line.refs if (c := class_of(project, base)) is not None]
    takes = line.base in _BASES or any(_takes(c) for c in classes)
    decorators = [d for base in line.refs for d in class_decorators(project, base)]
    if takes and any(d.is_from(NEST, "Catch") or not _is_nests(d) for d in decorators):
        return
    how = binding_of(project, ref)
    if how and not takes:
        lost = "the application fails at start" if how == "local" else "Nest leaves it out, and it never runs"
        yield Finding(
            cls.name_at.span,
            f"`{cls.name}` is bound as an exception filter and has no method `catch`: {lost}. "
            "Implement `catch(exception, host)`",
            data="method",
        )
    elif how:
        yield Finding(
            cls.name_at.span,
            f"`{cls.name}` is bound as an exception filter without `@Catch()`: it takes every exception, "
            "whatever its `catch` expects. Say which with `@Catch(…)`",
            data="decorator",
        )


def _takes(cls: Class) -> bool:
    return any(m.name == "catch" for m in cls.methods) or any(p.name == "catch" for p in cls.properties)


def _is_nests(deco: Applied) -> bool:
    """Any other decorator may hold a `@Catch()`, unseen."""
    return isinstance(deco.symbol, Ext) and deco.symbol.package.startswith("@nestjs/")


def _may_be_filter(cls: Class) -> bool:
    """By its looks alone: most classes end here."""
    return (
        any(m.name == "catch" for m in cls.methods)
        or any(d.name.rpartition(".")[2] == "Catch" for d in cls.decorators)
        or any(name.endswith("Filter") for name in (cls.name, *cls.implements))
    )


# --- the fixes -----------------------------------------------------------------------------------


def _meant(cls: Class) -> Method | None:
    """The only method that takes an exception and a host."""
    found = [m for m in cls.methods if m.name not in _HOOKS and not m.static and not m.kind and m.params]
    return found[0] if len(found) == 1 and len(found[0].params) <= 2 and not found[0].decorators else None


def _taken(cls: Class, file: File, project: Project) -> str:
    """The error that `catch` is typed for, as written; empty for any error."""
    method = next((m for m in cls.methods if m.name == "catch"), None)
    kind = method.params[0].type if method is not None and method.params else None
    if not isinstance(kind, TName) or kind.args:
        return ""
    symbol = resolve(project, file.path, kind.name)
    return kind.name if symbol != Ext("", "Error") and error_kind(project, symbol) else ""
