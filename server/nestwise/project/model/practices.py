"""What a package does by habit: its logger, guards, validation, configuration, ids and names, with counts.

A way that fewer than half of the places have, or that is seen too seldom, is *unknown*.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.extract_style import WRITTEN
from nestwise.project.facts import Call, Class, Member, TName, dotted
from nestwise.project.files import Role, role_of
from nestwise.project.model.classes import role_of_class
from nestwise.project.model.conventions import LEAST, sample_of
from nestwise.project.model.decorators import applied
from nestwise.project.model.entities import entity_of
from nestwise.project.model.handlers import handlers_in
from nestwise.project.model.loggers import Form, Held, loggers_held
from nestwise.project.model.metadata import metadata_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.protection import binds_a_guard, markers_of, plain_decorator
from nestwise.project.model.symbols import Ext, Ref, followed, resolve
from nestwise.syntax.style import ENV

WHAT = (
    "logger", "validation", "guard", "public marker", "configuration", "ids", "file names",
    "words in file names", "controllers", "request classes",
)  # fmt: skip
_FEW = 3
"""So often something rare (a guard, a logger) must be seen before it is a habit."""


class Practice(Struct, frozen=True):
    """One habit of a package."""

    what: str
    way: str
    """As it is written; empty where no way stands out."""
    count: int = 0
    of: int = 0
    """How many places do it so, of how many that do it somehow."""
    module: str = ""
    """The package or alias that files import it from; empty for a relative import, or none."""


@question
def practices_of(project: Project, package: str) -> tuple[Practice, ...]:
    """The habits of a package, by its folder."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for path in project.paths:
        found = project.layout.package_of(path)
        if (found.dir if found is not None else "") == package and role_of(path) is Role.PRODUCTION:
            for what, way, module, count in _in_file(project, path):
                counts[what, way, module] += count
    for held, count in loggers_held(project, package):
        counts["logger", _logger(held), ""] += count
    if sum(count for (what, _, _), count in counts.items() if what == "configuration") < LEAST:
        for path in sample_of(project, package):
            detail = project.detail(path, WRITTEN)
            uses = sum(c for aspect, _, c in detail.counts if aspect == ENV) if detail else 0
            if uses:
                counts["configuration", "process.env", ""] += uses
    return tuple(_most(what, counts) for what in WHAT)


def _most(what: str, counts: Counter[tuple[str, str, str]]) -> Practice:
    ways: Counter[str] = Counter()
    modules: dict[str, Counter[str]] = {}
    for (name, way, module), count in counts.items():
        if name == what:
            ways[way] += count
            modules.setdefault(way, Counter())[module] += count
    total = ways.total()
    if not ways:
        return Practice(what, "")
    way, count = min(ways.items(), key=lambda item: (-item[1], item[0]))
    least = _FEW if what in ("logger", "guard", "public marker") else LEAST
    if count < least or count * 2 <= total:
        return Practice(what, "", count, total)
    module = min(modules[way].items(), key=lambda item: (-item[1], item[0]))[0]
    return Practice(what, way, count, total, "" if module.startswith(".") else module)


def _logger(held: Held) -> str:
    match held.form:
        case Form.CONST:
            return f"const {held.name} = new {held.type}(…)"
        case Form.OTHER:
            injects = f"@{held.decorator}(…) " if held.decorator else ""
            return f"{injects}{held.name}: {held.type}"
        case _:
            return held.field(held.type, "X", held.form is Form.STATIC, "'")


@question
def _in_file(project: Project, path: str) -> tuple[tuple[str, str, str, int], ...]:
    """What one file does: what, the way, the module that it is imported from, how often."""
    counts: Counter[tuple[str, str, str]] = Counter()
    counts.update(_validation(project, path))
    for cls in project.facts(path).classes:
        if not cls.inside:
            counts.update(_of_class(project, path, cls))
    return tuple((*key, count) for key, count in sorted(counts.items()))


_SCHEMAS = {
    "nestjs-zod": "nestjs-zod", "@anatine/zod-nestjs": "zod", "zod": "zod", "joi": "joi", "yup": "yup",
    "@sinclair/typebox": "TypeBox", "valibot": "valibot",
}  # fmt: skip


def _validation(project: Project, path: str) -> Iterator[tuple[str, str, str]]:
    facts = project.facts(path)
    names = {i.local for i in facts.imports if i.module == "class-validator"}
    for cls in facts.classes:
        for prop in cls.properties:
            if any(d.name.partition(".")[0] in names for d in prop.decorators):
                yield "validation", "class-validator", "class-validator"
        if isinstance(cls.extends, Call) and dotted(cls.extends.callee).endswith("createZodDto"):
            yield "validation", "nestjs-zod", "nestjs-zod"
    for module, way in _SCHEMAS.items():
        if way != "nestjs-zod" and any(i.module == module for i in facts.imports):
            yield "validation", way, module


def _of_class(project: Project, path: str, cls: Class) -> Iterator[tuple[str, str, str]]:
    ref = Ref(path, cls.name)
    if cls.decorators:
        yield from _guards(project, path, cls)
        yield from _names(project, path, cls)
    yield from _configuration(project, path, cls)
    if found := _REQUEST.search(cls.name):
        yield "request classes", _request(cls.name, found), ""
    entity = entity_of(project, ref)
    for column in entity.primary if entity is not None else ():
        yield "ids", column.generated or column.type or "by hand", ""


_REQUEST = re.compile(r"(?:Create|Update)\w*?(Dto|DTO|Request|Input|Payload|Body)$")


def _request(name: str, found: re.Match[str]) -> str:
    if found.start() == 0:
        return f"CreateUser{found[1]}"
    last = re.search(rf"(?:Create|Update){found[1]}$", name)
    return f"UserCreate{found[1]}" if last else f"…Create…{found[1]}"


def _guards(project: Project, path: str, cls: Class) -> Iterator[tuple[str, str, str]]:
    if role_of_class(project, Ref(path, cls.name)) not in ("controller", "resolver"):
        return
    opened = {key for h in handlers_in(project, path) for key in markers_of(project, h)[1]}
    imports = {i.local: i.module for i in project.facts(path).imports}
    for deco in (*cls.decorators, *(d for m in cls.methods for d in m.decorators)):
        module = imports.get(deco.name.partition(".")[0], "")
        if binds_a_guard(project, path, deco):
            found = plain_decorator(project, path, deco.expr)
            yield "guard", found[0] if found is not None else f"@{deco.name}(…)", module
        elif opened and opened & set(metadata_of(project, applied(project, path, (deco,))).keys):
            yield (
                "public marker",
                f"@{deco.name}()" if isinstance(deco.expr, Call) else f"@{deco.name}",
                module,
            )


_CONFIG = re.compile(r"(?:Configs?|Configuration|Env|Environment)(?:Service)?$")


def _configuration(project: Project, path: str, cls: Class) -> Iterator[tuple[str, str, str]]:
    for param in cls.ctor or ():
        given = [d.args[0] for d in param.decorators if d.args]
        if any(isinstance(arg, Member) and arg.name == "KEY" for arg in given):
            yield "configuration", "@Inject(x.KEY) of registerAs", "@nestjs/config"
        elif isinstance(param.type, TName):
            symbol = followed(project, resolve(project, path, param.type.name))
            if symbol == Ext("@nestjs/config", "ConfigService"):
                yield "configuration", "ConfigService", "@nestjs/config"
            elif isinstance(symbol, Ref) and _CONFIG.search(symbol.name):
                yield "configuration", symbol.name, ""


_ROLES = (
    "Controller", "Resolver", "Gateway", "Module", "Service", "Guard", "Interceptor", "Pipe", "Filter",
    "Repository",
)  # fmt: skip


def _names(project: Project, path: str, cls: Class) -> Iterator[tuple[str, str, str]]:
    """How the file of a decorated class is called."""
    role = next((r for r in _ROLES if cls.name.endswith(r)), "")
    stem = re.sub(r"\.[mc]?tsx?$", "", path.rpartition("/")[2])
    if not role or len(cls.name) == len(role):
        return
    lower, word = stem.lower(), role.lower()
    if lower.endswith(f".{word}"):
        yield "file names", "users.controller.ts", ""
        stem = stem[: -len(word) - 1]
    elif lower.endswith((f"-{word}", f"_{word}")):
        yield "file names", f"users{stem[-len(word) - 1]}controller.ts", ""
        stem = stem[: -len(word) - 1]
    elif lower.endswith(word):
        yield "file names", "UsersController.ts" if stem[:1].isupper() else "usersController.ts", ""
        stem = stem[: -len(word)]
    else:
        yield "file names", "users.ts", ""
    if len(re.findall(r"[A-Z][a-z]+", cls.name[: -len(role)])) > 1:
        shape = "user-roles" if "-" in stem else "user_roles" if "_" in stem else ""
        shape = shape or ("UserRoles" if stem[:1].isupper() else "userRoles" if stem != stem.lower() else "")
        if shape:
            yield "words in file names", shape, ""
    if role == "Controller":
        many = cls.name[: -len(role)].endswith("s")
        yield "controllers", "plural (UsersController)" if many else "singular (UserController)", ""
