from collections.abc import Iterator

from nestwise.api import (
    Access,
    Class,
    Decorator,
    Edit,
    Ext,
    File,
    Finding,
    Fix,
    Method,
    Project,
    Ref,
    Safety,
    Unread,
    access_of,
    doing_class,
    handlers_in,
    handlers_of,
    makeable_at,
    readers_of,
    resolve,
    rule,
    specifier_of,
    unread_of_class,
    unread_rights,
)

_NEST = "@nestjs/common"


def add_the_reader(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The guard that reads the metadata, behind those that are there."""
    key, controller, name, by = finding.data
    cls = next((c for c in file.facts.classes if c.name == controller and not c.inside), None)
    target = cls if cls is None or not name else cls.method(name)
    if cls is None or target is None or by:
        return
    readers = readers_of(project, key)
    for reader in readers:
        edits = _added(file, project, target, reader)
        if edits is not None:
            safe = len(readers) == 1 and _fits(project, Ref(file.path, controller), name, reader)
            where = f"`{name}`" if name else f"all of `{controller}`"
            yield Fix(f"Guard {where} with `{reader.name}`", edits, Safety.SAFE if safe else Safety.UNSAFE)


def _added(file: File, project: Project, target: Class | Method, guard: Ref) -> tuple[Edit, ...] | None:
    module = specifier_of(project, file.path, guard) if guard.path != file.path else ""
    there = next((d for d in target.decorators if d.args and _is_use(file, project, d)), None)
    wanted = [(guard.name, module)] if module else []
    found = file.imported_all(wanted if there else [*wanted, ("UseGuards", _NEST)])
    if module is None or found is None:
        return None
    names, edits = found
    text = names.get(guard.name, guard.name)
    if there is None:
        decorator = f"@{names['UseGuards']}({text})"
        return tuple(sorted([*edits, file.decorated_above(target.at.start, decorator)]))
    edit = _behind_the_last(file, there, text)
    return tuple(sorted([*edits, edit])) if edit is not None else None


def _behind_the_last(file: File, deco: Decorator, text: str) -> Edit | None:
    """One more argument of a decorator, on a line of its own where the last one has one."""
    node = file.source.node_at(deco.at.span)
    call = node.named_children[0] if node is not None and node.named_children else None
    arguments = call.child_by_field_name("arguments") if call is not None else None
    args = [a for a in arguments.named_children if a.type != "comment"] if arguments is not None else []
    if not args:
        return None
    start, end = args[-1].start_byte, args[-1].end_byte
    line = file.data.rfind(b"\n", 0, start) + 1
    before = file.data[line - 1 : start].decode()
    return file.insert(end, f", {text}" if before.strip() or not line else f",{before}{text}")


def _is_use(file: File, project: Project, deco: Decorator) -> bool:
    return resolve(project, file.path, deco.name) == Ext(_NEST, "UseGuards")


def _fits(project: Project, controller: Ref, name: str, guard: Ref) -> bool:
    """Can Nest make the guard there, and does it know who calls when it runs?"""
    handlers = [h for h in handlers_of(project, controller) if name in ("", h.method)]
    known = "user" not in doing_class(project, guard).takes or all(
        access_of(project, h) is Access.GUARDED for h in handlers
    )
    return known and makeable_at(project, controller, guard)


@rule(level="error", since="0.1.0", fixes=add_the_reader)
def roles_without_guard(file: File, project: Project) -> Iterator[Finding]:
    seen: set[str] = set()
    for handler in handlers_in(project, file.path):
        if handler.declared != handler.controller:
            continue
        name = handler.controller.name
        if name not in seen:
            seen.add(name)
            cls = _class(file, name)
            if cls is not None:
                found = unread_of_class(project, handler.controller)
                yield from _findings(project, cls.decorators, found, cls.name, "")
        if found := unread_rights(project, handler):
            cls = _class(file, name)
            method = cls.method(handler.method) if cls else None
            if method is not None:
                yield from _findings(project, method.decorators, found, name, method.name)


def _findings(
    project: Project, decorators: tuple[Decorator, ...], found: tuple[Unread, ...], cls: str, method: str
) -> Iterator[Finding]:
    for one in found:
        deco = decorators[one.place]
        message = _message(project, deco, one.key, one.by, method)
        yield Finding(deco.at.span, message, data=(one.key, cls, method, one.by))


def _class(file: File, name: str) -> Class | None:
    """The facts of this very text: positions of answers may be older."""
    return next((c for c in file.facts.classes if c.name == name and not c.inside), None)


def _message(project: Project, deco: Decorator, key: str, by: str, method: str) -> str:
    what = f"`@{deco.name}` on {f'`{method}`' if method else 'the class'} keeps nobody out"
    if by and not method:
        return (
            f"{what}: `{by}` reads it from handlers alone. "
            "Read it with `getAllAndOverride` from `context.getHandler()` and `context.getClass()`"
        )
    if by:
        return f"{what}: `{by}` reads it from classes alone. Put it on the class, or read it from both"
    readers = readers_of(project, key)
    how = f"Add `{readers[0].name}`, which does" if len(readers) == 1 else "Add a guard that does"
    return f"{what}: no guard that runs there reads what it says. {how}"
