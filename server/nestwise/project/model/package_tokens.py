"""Tokens that packages compute: `getRepositoryToken(User)`, and what `@InjectRepository(User)` asks for."""

from __future__ import annotations

from collections.abc import Callable

from nestwise.project.facts import Arr, Call, Lit, Member, Name, Obj, dotted
from nestwise.project.model.classes import lineage
from nestwise.project.model.folding import fold
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, entry, is_absent, look, symbol_in
from nestwise.project.model.symbols import UNKNOWN, Ext, Ref, class_of
from nestwise.project.model.tokens import Token, token_in

# --- texts of arguments ---------------------------------------------------------------------------


def text_in(project: Project, val: Val | None) -> str | None:
    """A text, or the name of a class: `'User'`, `User.name`, `User`."""
    if val is None:
        return None
    symbol = symbol_in(project, val)
    if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
        return symbol.name
    shown = look(project, val)
    match shown.expr:
        case Lit(kind="string" | "number", value=text):
            return text
        case Member(name="name", object=inner):
            owner = symbol_in(project, shown.at(inner))
            known = isinstance(owner, Ref) and class_of(project, owner) is not None
            return owner.name if known and isinstance(owner, Ref) else _named(owner)
        case Name() | Member():
            return _named(symbol)
        case _:
            return None


def _named(symbol: object) -> str | None:
    """The name of a package's class."""
    return symbol.name.rpartition(".")[2] if isinstance(symbol, Ext) and symbol.package else None


def absent(project: Project, val: Val | None) -> bool:
    return val is None or is_absent(look(project, val).expr)


def arg(val: Val, call: Call, position: int) -> Val | None:
    return val.at(call.args[position]) if position < len(call.args) else None


def each(project: Project, val: Val | None) -> tuple[list[Val], bool]:
    """The elements of a list, or one thing that is none."""
    if val is None:
        return [], True
    shown = look(project, val)
    if isinstance(shown.expr, (Obj, Lit)) or isinstance(symbol_in(project, val), Ext):
        return [val], True
    symbol = symbol_in(project, val)
    if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
        return [val], True
    found = fold(project, val)
    if not found.elements and not found.complete and not isinstance(shown.expr, Arr):
        return [val], True
    return [e.val for e in found.elements], found.complete


# --- tokens that packages compute -----------------------------------------------------------------


def _prefixed(name: str | None, form: str, without: str) -> Token:
    return UNKNOWN if name is None else form.format(name) if name else without


def _name_or_nothing(project: Project, val: Val | None, default: str = "default") -> str | None:
    """A connection's name; empty for the default one, None where it cannot be told."""
    if val is None or absent(project, val):
        return ""
    shown = look(project, val)
    if isinstance(shown.expr, Obj):
        name = entry(project, shown, "name")
        return _name_or_nothing(project, name, default) if name is not None else None
    text = text_in(project, val)
    return "" if text == default else text


def repository(project: Project, entity: Val | None, source: Val | None) -> Token:
    """Of TypeORM: a custom repository is its own token."""
    name = _name_or_nothing(project, source)
    symbol = symbol_in(project, entity) if entity is not None else UNKNOWN
    if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
        bases = lineage(project, symbol)
        above = bases.base
        if isinstance(above, Ext) and above.package == "typeorm" and above.name.endswith("Repository"):
            return symbol if name == "" else joined(f"{name}_" if name else None, symbol.name)
    return joined(
        None if name is None else f"{name}_" if name else "", _entity(project, entity), "Repository"
    )


def _entity(project: Project, entity: Val | None) -> str | None:
    """The name of an entity: a class, or a schema (`new EntitySchema({ name })`)."""
    if entity is None:
        return None
    shown = look(project, entity)
    given = getattr(shown.expr, "args", ())
    if (
        isinstance(shown.expr, (Name, Member))
        or not given
        or dotted(getattr(shown.expr, "callee", None)) == ""
    ):
        return text_in(project, entity)
    options = look(project, shown.at(given[0]))
    target = entry(project, options, "target")
    if target is not None and not absent(project, target):
        return text_in(project, target)
    return text_in(project, entry(project, options, "name"))


def joined(*parts: str | None) -> Token:
    return UNKNOWN if any(p is None for p in parts) else "".join(p or "" for p in parts)


def data_source(project: Project, val: Val | None) -> Token:
    return _of_source(_name_or_nothing(project, val), "DataSource")


def entity_manager(project: Project, val: Val | None) -> Token:
    return _of_source(_name_or_nothing(project, val), "EntityManager")


def _of_source(name: str | None, kind: str) -> Token:
    return UNKNOWN if name is None else f"{name}{kind}" if name else Ext("typeorm", kind)


def mongoose_connection(project: Project, val: Val | None) -> str | None:
    name = _name_or_nothing(project, val, "DatabaseConnection")
    return None if name is None else f"{name}Connection" if name else "DatabaseConnection"


def mongoose_model(project: Project, model: Val | None, connection: Val | None) -> Token:
    head = "" if absent(project, connection) else mongoose_connection(project, connection)
    return joined(None if head is None else f"{head}/" if head else "", text_in(project, model), "Model")


def queue(project: Project, val: Val | None) -> Token:
    if val is not None and isinstance(look(project, val).expr, Obj):
        val = entry(project, look(project, val), "name")
    name = "" if absent(project, val) else text_in(project, val)
    return _prefixed(name, "BullQueue_{}", "BullQueue_default")


def sequelize_model(project: Project, entity: Val | None, connection: Val | None) -> Token:
    name = _name_or_nothing(project, connection)
    return joined(
        None if name is None else f"{name}/" if name else "", text_in(project, entity), "Repository"
    )


def knex_name(project: Project, val: Val | None) -> Token:
    if absent(project, val):
        return Ext("nest-knexjs", "@InjectModel")
    text = text_in(project, val)
    return text if text is not None else UNKNOWN


# --- helpers and decorators -----------------------------------------------------------------------

_HELPERS: dict[str, Callable[[Project, list[Val]], Token]] = {
    "@nestjs/typeorm getRepositoryToken": lambda p, a: repository(p, _at(a, 0), _at(a, 1)),
    "@nestjs/typeorm getCustomRepositoryToken": lambda p, a: token_in(p, _at(a, 0)),
    "@nestjs/typeorm getDataSourceToken": lambda p, a: data_source(p, _at(a, 0)),
    "@nestjs/typeorm getConnectionToken": lambda p, a: data_source(p, _at(a, 0)),
    "@nestjs/typeorm getEntityManagerToken": lambda p, a: entity_manager(p, _at(a, 0)),
    "@nestjs/mongoose getModelToken": lambda p, a: mongoose_model(p, _at(a, 0), _at(a, 1)),
    "@nestjs/mongoose getConnectionToken": lambda p, a: mongoose_connection(p, _at(a, 0)) or UNKNOWN,
    "nestjs-typegoose getModelToken": lambda p, a: mongoose_model(p, _at(a, 0), _at(a, 1)),
    "@m8a/nestjs-typegoose getModelToken": lambda p, a: mongoose_model(p, _at(a, 0), _at(a, 1)),
    "@nestjs/sequelize getModelToken": lambda p, a: sequelize_model(p, _at(a, 0), _at(a, 1)),
    "@mikro-orm/nestjs getRepositoryToken": lambda p, a: joined(text_in(p, _at(a, 0)), "Repository"),
    "@nestjs/bull getQueueToken": lambda p, a: queue(p, _at(a, 0)),
    "@nestjs/bullmq getQueueToken": lambda p, a: queue(p, _at(a, 0)),
    "@nestjs/throttler getOptionsToken": lambda p, a: "THROTTLER:MODULE_OPTIONS",
    "@nestjs/throttler getStorageToken": lambda p, a: Ext("@nestjs/throttler", "ThrottlerStorage"),
    "nestjs-pino getLoggerToken": lambda p, a: Ext("nestjs-pino", "PinoLogger"),
    "nest-knexjs getConnectionToken": lambda p, a: knex_name(p, _at(a, 0)),
}

_DECORATORS: dict[str, str] = {
    "@nestjs/typeorm InjectRepository": "@nestjs/typeorm getRepositoryToken",
    "@nestjs/typeorm InjectDataSource": "@nestjs/typeorm getDataSourceToken",
    "@nestjs/typeorm InjectConnection": "@nestjs/typeorm getDataSourceToken",
    "@nestjs/typeorm InjectEntityManager": "@nestjs/typeorm getEntityManagerToken",
    "@nestjs/mongoose InjectModel": "@nestjs/mongoose getModelToken",
    "@nestjs/mongoose InjectConnection": "@nestjs/mongoose getConnectionToken",
    "nestjs-typegoose InjectModel": "nestjs-typegoose getModelToken",
    "@m8a/nestjs-typegoose InjectModel": "@m8a/nestjs-typegoose getModelToken",
    "@nestjs/sequelize InjectModel": "@nestjs/sequelize getModelToken",
    "@mikro-orm/nestjs InjectRepository": "@mikro-orm/nestjs getRepositoryToken",
    "@nestjs/bull InjectQueue": "@nestjs/bull getQueueToken",
    "@nestjs/bullmq InjectQueue": "@nestjs/bullmq getQueueToken",
    "@nestjs/throttler InjectThrottlerOptions": "@nestjs/throttler getOptionsToken",
    "@nestjs/throttler InjectThrottlerStorage": "@nestjs/throttler getStorageToken",
    "nestjs-pino InjectPinoLogger": "nestjs-pino getLoggerToken",
    "nest-knexjs InjectModel": "nest-knexjs getConnectionToken",
    "nest-knexjs InjectConnection": "nest-knexjs getConnectionToken",
}


def _at(args: list[Val], position: int) -> Val | None:
    return args[position] if position < len(args) else None


def token_of_call(project: Project, val: Val, call: Call, callee: Ext) -> Token:
    """What a package's helper gives: `getRepositoryToken(User)`."""
    found = _HELPERS.get(f"{callee.package} {callee.name}")
    return found(project, [val.at(a) for a in call.args]) if found is not None else UNKNOWN


def token_of_decorator(project: Project, symbol: Ext, args: tuple[Val, ...]) -> Token | None:
    """What `@InjectRepository(User)` and the like ask for; None for a decorator that injects nothing.

    What an `@Inject…` of any other package asks for is something of that package.
    """
    last = symbol.name.rpartition(".")[2]
    helper = _DECORATORS.get(f"{symbol.package} {last}")
    if helper is not None:
        return _HELPERS[helper](project, list(args))
    if last.startswith("Inject") and last not in ("Inject", "Injectable"):
        return Ext(symbol.package, f"@{last}")
    return None


__all__ = [
    "absent",
    "arg",
    "data_source",
    "each",
    "entity_manager",
    "joined",
    "knex_name",
    "mongoose_connection",
    "mongoose_model",
    "queue",
    "repository",
    "sequelize_model",
    "text_in",
    "token_of_call",
    "token_of_decorator",
]
