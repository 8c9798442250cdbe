"""How a package names its request classes and where it keeps them, for one that is not there yet."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from nestwise.project.model.handlers import handlers_of
from nestwise.project.model.inputs import Input, inputs_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.shapes import shape_of
from nestwise.project.model.symbols import Ref
from nestwise.project.model.validation import placed_controllers

_VERBS = frozenset(
    {
        "create", "add", "insert", "save", "post", "update", "edit", "patch", "put", "replace", "modify",
        "remove", "delete", "find", "list", "search", "get", "query", "fetch", "filter", "upsert",
    }
)  # fmt: skip
"""Methods that say by their controller's name alone what they are about."""
_READS = frozenset({"find", "list", "search", "get", "query", "fetch", "filter"})
_EMPTY = frozenset({"all", "one", "many", "by", "id", "bulk", "new"})
_SUFFIX = re.compile(r"(?:Dto|DTO|Request|Input|Payload|Body|Query|Params)$")
_FEW = 3


class Habit(Struct, frozen=True):
    """How the request classes of a package are called and kept."""

    suffix: str = "Dto"
    folder: str = "dto"
    """From the folder of the controller."""
    file: str = "kebab.suffix"
    documented: bool = False
    """Are most of their properties told to Swagger?"""
    sample: str = ""
    """The file of one of them."""
    schema: Ref | None = None
    """One that is made from a schema."""


_FILES: dict[str, Callable[[str, str], str]] = {
    "kebab.suffix": lambda stem, suffix: f"{_kebab(stem)}.{suffix.lower()}",
    "kebab-suffix": lambda stem, suffix: f"{_kebab(stem)}-{suffix.lower()}",
    "snake.suffix": lambda stem, suffix: f"{_kebab(stem).replace('-', '_')}.{suffix.lower()}",
    "dot.suffix": lambda stem, suffix: f"{_kebab(stem).replace('-', '.')}.{suffix.lower()}",
    "camel.suffix": lambda stem, suffix: f"{stem[:1].lower()}{stem[1:]}.{suffix.lower()}",
    "Class": lambda stem, suffix: f"{stem}{suffix}",
    "kebab": lambda stem, suffix: _kebab(stem),
}


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


@question
def requests_habit(project: Project, controller: str) -> Habit:
    """That of the package of a controller's file; what its own controllers do counts most."""
    package = project.layout.package_of(controller)
    suffixes: Counter[str] = Counter()
    folders: Counter[str] = Counter()
    files: Counter[str] = Counter()
    refs: dict[Ref, None] = {}
    for ref, path in _requests(project):
        if project.layout.package_of(path) != package:
            continue
        weight = 100 if path == controller else 1
        refs[ref] = None
        stem, suffix = _parts(ref.name)
        folder = posixpath.relpath(posixpath.dirname(ref.path) or ".", posixpath.dirname(path) or ".")
        if suffix:
            if folder in (".", "..") or folder.count("/") <= folder.count("../"):
                folders[folder] += weight
            suffixes[suffix] += weight
            name = re.sub(r"\.[mc]?ts$", "", posixpath.basename(ref.path))
            for way, make in _FILES.items():
                if make(stem, suffix) == name:
                    files[way] += weight
                    break
    marks = [prop.marks for ref in refs for prop in shape_of(project, ref).data]
    told = sum(m.documented for m in marks)
    return Habit(
        _most(suffixes, "Dto"),
        _most(folders, "dto"),
        _most(files, "kebab.suffix"),
        told >= _FEW and told * 2 >= len(marks),
        min((ref.path for ref in refs), default=""),
        next((ref for ref in refs if shape_of(project, ref).kind == "schema"), None),
    )


def _most(ways: Counter[str], otherwise: str) -> str:
    return min(ways, key=lambda way: (-ways[way], way), default=otherwise)


def _parts(name: str) -> tuple[str, str]:
    found = _SUFFIX.search(name)
    return (name[: found.start()], found[0]) if found and found.start() else (name, "")


@question
def _requests(project: Project) -> tuple[tuple[Ref, str], ...]:
    """The classes that requests fill, each with the file of a handler."""
    return tuple(
        dict.fromkeys(
            (ref, handler.declared.path)
            for controller, _ in placed_controllers(project)
            for handler in handlers_of(project, controller)
            if handler.kind == "http"
            for given in inputs_of(project, handler)
            if given.source in ("body", "query") and (ref := given.meant.element.ref) is not None
        )
    )


def name_for(given: Input, suffix: str) -> str:
    """`CreateCatDto` for the body of `CatsController.create`."""
    base = re.sub(r"(?:Controller|Api)$", "", given.handler.controller.name)
    words = [w for w in re.split(r"(?<=[a-z0-9])(?=[A-Z])|_", given.handler.method) if w]
    verb = words[0].lower() if words else ""
    if verb in _VERBS and all(w.lower() in _EMPTY for w in words[1:]):
        many = verb in _READS or any(w.lower() in ("many", "bulk", "all") for w in words[1:])
        return f"{verb.capitalize()}{base if many else _one(base)}{suffix}"
    return f"{''.join(w[:1].upper() + w[1:] for w in words)}{suffix}"


def _one(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def path_for(controller: str, name: str, habit: Habit) -> str:
    """The file of a new request class."""
    stem, suffix = _parts(name)
    file = _FILES[habit.file](stem, suffix or habit.suffix)
    return posixpath.normpath(posixpath.join(posixpath.dirname(controller), habit.folder, f"{file}.ts"))


def stem_of_request(name: str) -> str:
    """`CreateCat` of `CreateCatDto`."""
    return _parts(name)[0]


def part_name(name: str, prop: str, many: bool) -> str:
    """The class of nested data: `CreateCatOwnerDto` for `owner` of `CreateCatDto`."""
    stem, suffix = _parts(name)
    word = _one(prop) if many else prop
    return f"{stem}{word[:1].upper()}{word[1:]}{suffix}"


__all__ = ["Habit", "name_for", "part_name", "path_for", "requests_habit", "stem_of_request"]
