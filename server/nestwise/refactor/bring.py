"""Names that moved code needs, imported where it goes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Set

from msgspec.structs import replace

from nestwise.project.model.project import Project
from nestwise.project.model.specifiers import specifier_of
from nestwise.project.model.symbols import Ref, resolve, resolve_link
from nestwise.refactor.draft import Refused, Sheet
from nestwise.refactor.scene import Origin
from nestwise.syntax.import_moves import Bring, brought


def bring(
    project: Project, sheet: Sheet, controller: str, origins: Iterable[Origin], types: Set[str] = frozenset()
) -> None:
    """Import names of other files into the service's; `types` are imported as types alone. Raises Refused
    where it means something else by one."""
    wanted: dict[tuple[str, str], bool] = {}
    for origin in sorted(origins, key=lambda o: (o.path, o.name)):
        key = (origin.path, origin.name)
        wanted[key] = wanted.get(key, True) and origin.is_type
    for (path, name), is_type in wanted.items():
        item = _item(project, sheet, controller, path, name, is_type)
        if item is None:
            continue
        if name in types:
            item = replace(item, type_only=True)
        if not is_type and not item.type_only:
            _check_circle(project, sheet, controller, path, item)
        edits = brought(sheet.head, item, sheet.style)
        if edits is None:
            raise Refused(f"{sheet.path} means something else by `{name}`")
        sheet.apply(edits)


def _check_circle(project: Project, sheet: Sheet, controller: str, path: str, item: Bring) -> None:
    """Raises Refused where files would load each other: what is decorated in one of them would find
    nothing of the other."""
    own = [i for i in project.facts(path).imports if i.local == item.local]
    loaded = project.target(path, own[0].module).path if own else None
    already = {
        project.target(sheet.path, i.module).path
        for i in project.facts(sheet.path).imports
        if not i.type_only
    }
    if loaded is None or loaded in already:
        return
    stack, seen = [loaded], {loaded}
    while stack:
        current = stack.pop()
        if current in (sheet.path, controller):
            raise Refused(f"{sheet.path} and {loaded} would load each other")
        facts = project.facts(current)
        modules = {i.module for i in facts.imports if not i.type_only}
        modules |= {e.module for e in facts.exports if e.module and not e.type_only}
        for module in modules:
            found = project.target(current, module).path
            if found is not None and found not in seen:
                seen.add(found)
                stack.append(found)


def _item(
    project: Project, sheet: Sheet, controller: str, path: str, name: str, is_type: bool
) -> Bring | None:
    """None for what the file has, or what nobody imports."""
    if path == sheet.path:
        return None
    facts = project.facts(path)
    imported = next((i for i in facts.imports if i.local == name), None)
    if not sheet.new:
        mine = resolve_link(project, sheet.path, name)
        same = mine.symbol == resolve(project, path, name) and (is_type or not mine.type_only)
        if same and (imported is not None or _declares(project, path, name)):
            return None
    if imported is not None:
        module = _moved(project, path, sheet.path, imported.module)
        if project.target(path, imported.module).path == sheet.path:
            if imported.name == name:
                return None
            raise Refused(f"`{name}` has another name in {sheet.path}")
        return Bring(module, imported.name, name, imported.type_only)
    if not _declares(project, path, name):
        return None
    if path == controller:
        folder = posixpath.dirname(sheet.path)
        module = posixpath.relpath(posixpath.splitext(path)[0], folder or ".")
        module = module if module.startswith(".") else f"./{module}"
        return Bring(module, name, name, True)
    specifier = specifier_of(project, sheet.path, Ref(path, name))
    if specifier is None:
        raise Refused(f"{path} does not export `{name}`")
    return Bring(specifier, name, name)


def _declares(project: Project, path: str, name: str) -> bool:
    return resolve(project, path, name) == Ref(path, name)


def _moved(project: Project, origin: str, path: str, module: str) -> str:
    """A specifier of one file as another one writes it."""
    here, there = posixpath.dirname(origin), posixpath.dirname(path)
    if not module.startswith(".") or here == there:
        return module
    moved = posixpath.relpath(posixpath.normpath(posixpath.join(here, module)), there or ".")
    return moved if moved.startswith(".") else f"./{moved}"
