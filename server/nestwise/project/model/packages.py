"""What modules and helpers of packages do: which tokens they provide, which token a decorator asks for.

Nest's own packages, and those of others that many projects use. Of a module of any other package it is only
known that it provides what is its package's own.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from nestwise.project.facts import Arr, Call, Fn, Lit, Member, Name, Obj, dotted, literal
from nestwise.project.model.classes import class_decorators, lineage
from nestwise.project.model.folding import fold
from nestwise.project.model.module_records import Module
from nestwise.project.model.package_modules import EXPORTS, GLOBAL
from nestwise.project.model.project import Project
from nestwise.project.model.providers import Provider
from nestwise.project.model.scopes import Val, entry, is_absent, look, symbol_in
from nestwise.project.model.symbols import UNKNOWN, Ext, Here, Ref, class_of
from nestwise.project.model.tokens import Token, token_in

_NOTHING = Here("", Lit("undefined", "undefined"))

Tokens = tuple[list[Token], bool]
"""What is exported, and whether that is all."""


def module_of_package(module: Ext) -> Module | None:
    """What a module of a package has when it is imported as it is; None for one that is not known."""
    named = EXPORTS.get(module.package, {}).get(module.name)
    if named is None:
        return None
    tokens = [_token(module.package, name) for name in named.split()]
    return _module(module, tokens, f"{module.package} {module.name}" in GLOBAL)


def made_by_package(project: Project, val: Val, call: Call, module: Ext, method: str) -> Module | None:
    """What a static method of a package's module gives: `TypeOrmModule.forFeature([User])`."""
    own = module_of_package(module)
    name = f"{module.package} {module.name}"
    made = _MAKERS.get(f"{name}.{method}") or _MAKERS.get(name)
    shared = name in GLOBAL or f"{name}.{method}" in GLOBAL or _asks(project, val, call)
    if own is None:
        return None
    more, complete = made(project, val, call) if made is not None else ([], True)
    tokens = [p.token for p in own.providers] + more
    return replace(_module(module, tokens, shared), exports_complete=complete, providers_complete=complete)


def is_shared(project: Project, val: Val, call: Call, module: Ext, method: str) -> bool:
    """Is a module of a package global?"""
    name = f"{module.package} {module.name}"
    return name in GLOBAL or f"{name}.{method}" in GLOBAL or _asks(project, val, call)


def _asks(project: Project, val: Val, call: Call) -> bool:
    """Do the options of a call make the module global?"""
    for arg in call.args[:2]:
        shown = look(project, val.at(arg))
        if not isinstance(shown.expr, Obj):
            continue
        for key in ("isGlobal", "global"):
            said = entry(project, shown, key)
            if said is not None and literal(look(project, said).expr):
                return True
    return False


def _module(module: Ext, tokens: list[Token], shared: bool) -> Module:
    known = tuple(dict.fromkeys(t for t in tokens if t is not UNKNOWN))
    providers = tuple(Provider(t, "package", _NOTHING) for t in known)
    return Module(module, providers=providers, exports=known, is_global=shared)


def _token(package: str, name: str) -> Token:
    if name[:1] == "'":
        return name.strip("'")
    owner, _, inner = name.rpartition("#")
    return Ext(owner or package, inner)


# --- texts of arguments ---------------------------------------------------------------------------


def _text(project: Project, val: Val | None) -> str | None:
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


def _absent(project: Project, val: Val | None) -> bool:
    return val is None or is_absent(look(project, val).expr)


def _arg(val: Val, call: Call, position: int) -> Val | None:
    return val.at(call.args[position]) if position < len(call.args) else None


def _each(project: Project, val: Val | None) -> tuple[list[Val], bool]:
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
    if val is None or _absent(project, val):
        return ""
    shown = look(project, val)
    if isinstance(shown.expr, Obj):
        name = entry(project, shown, "name")
        return _name_or_nothing(project, name, default) if name is not None else None
    text = _text(project, val)
    return "" if text == default else text


def repository(project: Project, entity: Val | None, source: Val | None) -> Token:
    """Of TypeORM: a custom repository is its own token."""
    name = _name_or_nothing(project, source)
    symbol = symbol_in(project, entity) if entity is not None else UNKNOWN
    if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
        bases = lineage(project, symbol)
        above = bases.base
        if isinstance(above, Ext) and above.package == "typeorm" and above.name.endswith("Repository"):
            return symbol if name == "" else _joined(f"{name}_" if name else None, symbol.name)
    return _joined(
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
        return _text(project, entity)
    options = look(project, shown.at(given[0]))
    target = entry(project, options, "target")
    if target is not None and not _absent(project, target):
        return _text(project, target)
    return _text(project, entry(project, options, "name"))


def _joined(*parts: str | None) -> Token:
    return UNKNOWN if any(p is None for p in parts) else "".join(p or "" for p in parts)


def _data_source(project: Project, val: Val | None) -> Token:
    return _of_source(_name_or_nothing(project, val), "DataSource")


def _entity_manager(project: Project, val: Val | None) -> Token:
    return _of_source(_name_or_nothing(project, val), "EntityManager")


def _of_source(name: str | None, kind: str) -> Token:
    return UNKNOWN if name is None else f"{name}{kind}" if name else Ext("typeorm", kind)


def _mongoose_connection(project: Project, val: Val | None) -> str | None:
    name = _name_or_nothing(project, val, "DatabaseConnection")
    return None if name is None else f"{name}Connection" if name else "DatabaseConnection"


def _mongoose_model(project: Project, model: Val | None, connection: Val | None) -> Token:
    head = "" if _absent(project, connection) else _mongoose_connection(project, connection)
    return _joined(None if head is None else f"{head}/" if head else "", _text(project, model), "Model")


def _queue(project: Project, val: Val | None) -> Token:
    if val is not None and isinstance(look(project, val).expr, Obj):
        val = entry(project, look(project, val), "name")
    name = "" if _absent(project, val) else _text(project, val)
    return _prefixed(name, "BullQueue_{}", "BullQueue_default")


def _sequelize_model(project: Project, entity: Val | None, connection: Val | None) -> Token:
    name = _name_or_nothing(project, connection)
    return _joined(None if name is None else f"{name}/" if name else "", _text(project, entity), "Repository")


# --- modules --------------------------------------------------------------------------------------


def _typeorm_features(project: Project, val: Val, call: Call) -> Tokens:
    entities, complete = _each(project, _arg(val, call, 0))
    source = _arg(val, call, 1)
    tokens = [repository(project, e, source) for e in entities]
    return tokens, complete and UNKNOWN not in tokens


def _typeorm_root(project: Project, val: Val, call: Call) -> Tokens:
    options = _arg(val, call, 0)
    named = _arg(val, call, 1) or options
    shown = look(project, named) if named is not None else None
    if shown is not None and not isinstance(shown.expr, (Obj, Lit)):
        named = None  # options that cannot be read are mostly those of the default source
    source, manager = _data_source(project, named), _entity_manager(project, named)
    tokens = [source, manager]
    if source == Ext("typeorm", "DataSource"):
        tokens.append(Ext("typeorm", "Connection"))
    return tokens, UNKNOWN not in tokens


def _mongoose_features(project: Project, val: Val, call: Call) -> Tokens:
    models, complete = _each(project, _arg(val, call, 0))
    connection = _arg(val, call, 1)
    tokens: list[Token] = []
    for model in models:
        shown = look(project, model)
        tokens.append(_mongoose_model(project, entry(project, shown, "name"), connection))
        below = entry(project, shown, "discriminators")
        if below is not None and not _absent(project, below):
            found, known = _each(project, below)
            tokens += [
                _mongoose_model(project, entry(project, look(project, d), "name"), connection) for d in found
            ]
            complete = complete and known
    return tokens, complete and UNKNOWN not in tokens


def _mongoose_root(project: Project, val: Val, call: Call) -> Tokens:
    options = _arg(val, call, 1) or _arg(val, call, 0)
    shown = look(project, options) if options is not None else None
    name = (
        entry(project, shown, "connectionName") if shown is not None and isinstance(shown.expr, Obj) else None
    )
    token = _mongoose_connection(project, name)
    return [token if token is not None else UNKNOWN], token is not None


def _typegoose_features(project: Project, val: Val, call: Call) -> Tokens:
    models, complete = _each(project, _arg(val, call, 0))
    tokens: list[Token] = []
    for model in models:
        shown = look(project, model)
        inner = entry(project, shown, "typegooseClass") if isinstance(shown.expr, Obj) else model
        tokens.append(_mongoose_model(project, inner, _arg(val, call, 1)))
    return tokens, complete and UNKNOWN not in tokens


def _sequelize_features(project: Project, val: Val, call: Call) -> Tokens:
    entities, complete = _each(project, _arg(val, call, 0))
    tokens = [_sequelize_model(project, e, _arg(val, call, 1)) for e in entities]
    return tokens, complete and UNKNOWN not in tokens


def _mikro_features(project: Project, val: Val, call: Call) -> Tokens:
    """`UserRepository` by name, and by the class that `@Entity({ repository: () => … })` names."""
    given = _arg(val, call, 0)
    if given is not None and isinstance(look(project, given).expr, Obj):
        given = entry(project, look(project, given), "entities")
    entities, complete = _each(project, given)
    tokens: list[Token] = []
    for entity in entities:
        tokens.append(_joined(_text(project, entity), "Repository"))
        symbol = symbol_in(project, entity)
        if isinstance(symbol, Ref):
            tokens += _own_repository(project, symbol)
    return tokens, complete and UNKNOWN not in tokens


def _own_repository(project: Project, ref: Ref) -> list[Token]:
    for base in lineage(project, ref).refs:
        for deco in class_decorators(project, base):
            given = deco.arg(0)
            if given is None or not isinstance(deco.symbol, Ext) or deco.symbol.name != "Entity":
                continue
            options = Val(given.path, given.expr)
            named = entry(project, options, "repository") or entry(project, options, "customRepository")
            shown = look(project, named) if named is not None else None
            if shown is not None and isinstance(shown.expr, Fn) and len(shown.expr.returns) == 1:
                return [token_in(project, shown.at(shown.expr.returns[0]))]
    return []


def _queues(project: Project, val: Val, call: Call) -> Tokens:
    tokens: list[Token] = []
    complete = True
    for arg in call.args:
        found, known = _each(project, val.at(arg))
        tokens += [_queue(project, f) for f in found]
        complete = complete and known
    return tokens, complete and UNKNOWN not in tokens


def _clients(project: Project, val: Val, call: Call) -> Tokens:
    given = _arg(val, call, 0)
    shown = look(project, given) if given is not None else None
    if shown is not None and isinstance(shown.expr, Obj):
        inner = entry(project, shown, "clients")
        given = inner if inner is not None and not _absent(project, inner) else given
    found, complete = _each(project, given)
    tokens = [token_in(project, entry(project, look(project, f), "name")) for f in found]
    return tokens, complete and UNKNOWN not in tokens


def _configuration(project: Project, val: Val) -> Token | None:
    """The token of what `registerAs` gives; None for a plain function, which has none."""
    shown = look(project, val)
    if not isinstance(shown.expr, Call):
        return None
    return token_in(project, shown.at(Member(shown.expr, "KEY")))


def _config_feature(project: Project, val: Val, call: Call) -> Tokens:
    given = _arg(val, call, 0)
    token = _configuration(project, given) if given is not None else None
    return ([token] if token is not None else []), token is not UNKNOWN


def _config_root(project: Project, val: Val, call: Call) -> Tokens:
    options = _arg(val, call, 0)
    load = entry(project, options, "load") if options is not None else None
    if options is None or (load is not None and _absent(project, load)):
        return [], True
    found, complete = _each(project, load) if load is not None else ([], False)
    tokens = [t for f in found if (t := _configuration(project, f)) is not None]
    return tokens, complete and UNKNOWN not in tokens


def _knex(project: Project, val: Val, call: Call) -> Tokens:
    options = _arg(val, call, 0)
    name = entry(project, options, "name") if options is not None else None
    second = _arg(val, call, 1)
    return [_knex_name(project, second if second is not None else name)], True


def _knex_name(project: Project, val: Val | None) -> Token:
    if _absent(project, val):
        return Ext("nest-knexjs", "@InjectModel")
    text = _text(project, val)
    return text if text is not None else UNKNOWN


_MAKERS: dict[str, Callable[[Project, Val, Call], Tokens]] = {
    "@nestjs/typeorm TypeOrmModule.forFeature": _typeorm_features,
    "@nestjs/typeorm TypeOrmModule.forRoot": _typeorm_root,
    "@nestjs/typeorm TypeOrmModule.forRootAsync": _typeorm_root,
    "@nestjs/mongoose MongooseModule.forFeature": _mongoose_features,
    "@nestjs/mongoose MongooseModule.forFeatureAsync": _mongoose_features,
    "@nestjs/mongoose MongooseModule.forRoot": _mongoose_root,
    "@nestjs/mongoose MongooseModule.forRootAsync": _mongoose_root,
    "nestjs-typegoose TypegooseModule.forFeature": _typegoose_features,
    "@m8a/nestjs-typegoose TypegooseModule.forFeature": _typegoose_features,
    "@nestjs/sequelize SequelizeModule.forFeature": _sequelize_features,
    "@mikro-orm/nestjs MikroOrmModule.forFeature": _mikro_features,
    "@nestjs/bull BullModule.registerQueue": _queues,
    "@nestjs/bull BullModule.registerQueueAsync": _queues,
    "@nestjs/bullmq BullModule.registerQueue": _queues,
    "@nestjs/bullmq BullModule.registerQueueAsync": _queues,
    "@nestjs/microservices ClientsModule.register": _clients,
    "@nestjs/microservices ClientsModule.registerAsync": _clients,
    "@nestjs/config ConfigModule.forRoot": _config_root,
    "@nestjs/config ConfigModule.forFeature": _config_feature,
    "nest-knexjs KnexModule": _knex,
}


# --- helpers and decorators -----------------------------------------------------------------------

_HELPERS: dict[str, Callable[[Project, list[Val]], Token]] = {
    "@nestjs/typeorm getRepositoryToken": lambda p, a: repository(p, _at(a, 0), _at(a, 1)),
    "@nestjs/typeorm getCustomRepositoryToken": lambda p, a: token_in(p, _at(a, 0)),
    "@nestjs/typeorm getDataSourceToken": lambda p, a: _data_source(p, _at(a, 0)),
    "@nestjs/typeorm getConnectionToken": lambda p, a: _data_source(p, _at(a, 0)),
    "@nestjs/typeorm getEntityManagerToken": lambda p, a: _entity_manager(p, _at(a, 0)),
    "@nestjs/mongoose getModelToken": lambda p, a: _mongoose_model(p, _at(a, 0), _at(a, 1)),
    "@nestjs/mongoose getConnectionToken": lambda p, a: _mongoose_connection(p, _at(a, 0)) or UNKNOWN,
    "nestjs-typegoose getModelToken": lambda p, a: _mongoose_model(p, _at(a, 0), _at(a, 1)),
    "@m8a/nestjs-typegoose getModelToken": lambda p, a: _mongoose_model(p, _at(a, 0), _at(a, 1)),
    "@nestjs/sequelize getModelToken": lambda p, a: _sequelize_model(p, _at(a, 0), _at(a, 1)),
    "@mikro-orm/nestjs getRepositoryToken": lambda p, a: _joined(_text(p, _at(a, 0)), "Repository"),
    "@nestjs/bull getQueueToken": lambda p, a: _queue(p, _at(a, 0)),
    "@nestjs/bullmq getQueueToken": lambda p, a: _queue(p, _at(a, 0)),
    "@nestjs/throttler getOptionsToken": lambda p, a: "THROTTLER:MODULE_OPTIONS",
    "@nestjs/throttler getStorageToken": lambda p, a: Ext("@nestjs/throttler", "ThrottlerStorage"),
    "nestjs-pino getLoggerToken": lambda p, a: Ext("nestjs-pino", "PinoLogger"),
    "nest-knexjs getConnectionToken": lambda p, a: _knex_name(p, _at(a, 0)),
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


__all__ = ["is_shared", "made_by_package", "module_of_package", "token_of_call", "token_of_decorator"]
