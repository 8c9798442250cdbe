"""What modules and helpers of packages do: which tokens they provide, which token a decorator asks for.

Nest's own packages, and those of others that many projects use. Of a module of any other package it is only
known that it provides what is its package's own.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from nestwise.project.facts import Call, Fn, Lit, Member, Obj, literal
from nestwise.project.model.classes import class_decorators, lineage
from nestwise.project.model.module_records import Module
from nestwise.project.model.package_modules import EXPORTS, GLOBAL
from nestwise.project.model.package_tokens import (
    absent,
    arg,
    data_source,
    each,
    entity_manager,
    joined,
    knex_name,
    mongoose_connection,
    mongoose_model,
    queue,
    repository,
    sequelize_model,
    text_in,
)
from nestwise.project.model.project import Project
from nestwise.project.model.providers import Provider
from nestwise.project.model.scopes import Val, entry, look, symbol_in
from nestwise.project.model.symbols import UNKNOWN, Ext, Here, Ref
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
    for given in call.args[:2]:
        shown = look(project, val.at(given))
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


# --- modules --------------------------------------------------------------------------------------


def _typeorm_features(project: Project, val: Val, call: Call) -> Tokens:
    entities, complete = each(project, arg(val, call, 0))
    source = arg(val, call, 1)
    tokens = [repository(project, e, source) for e in entities]
    return tokens, complete and UNKNOWN not in tokens


def _typeorm_root(project: Project, val: Val, call: Call) -> Tokens:
    options = arg(val, call, 0)
    named = arg(val, call, 1) or options
    shown = look(project, named) if named is not None else None
    if shown is not None and not isinstance(shown.expr, (Obj, Lit)):
        named = None  # options that cannot be read are mostly those of the default source
    source, manager = data_source(project, named), entity_manager(project, named)
    tokens = [source, manager]
    if source == Ext("typeorm", "DataSource"):
        tokens.append(Ext("typeorm", "Connection"))
    return tokens, UNKNOWN not in tokens


def _mongoose_features(project: Project, val: Val, call: Call) -> Tokens:
    models, complete = each(project, arg(val, call, 0))
    connection = arg(val, call, 1)
    tokens: list[Token] = []
    for model in models:
        shown = look(project, model)
        tokens.append(mongoose_model(project, entry(project, shown, "name"), connection))
        below = entry(project, shown, "discriminators")
        if below is not None and not absent(project, below):
            found, known = each(project, below)
            tokens += [
                mongoose_model(project, entry(project, look(project, d), "name"), connection) for d in found
            ]
            complete = complete and known
    return tokens, complete and UNKNOWN not in tokens


def _mongoose_root(project: Project, val: Val, call: Call) -> Tokens:
    options = arg(val, call, 1) or arg(val, call, 0)
    shown = look(project, options) if options is not None else None
    name = (
        entry(project, shown, "connectionName") if shown is not None and isinstance(shown.expr, Obj) else None
    )
    token = mongoose_connection(project, name)
    return [token if token is not None else UNKNOWN], token is not None


def _typegoose_features(project: Project, val: Val, call: Call) -> Tokens:
    models, complete = each(project, arg(val, call, 0))
    tokens: list[Token] = []
    for model in models:
        shown = look(project, model)
        inner = entry(project, shown, "typegooseClass") if isinstance(shown.expr, Obj) else model
        tokens.append(mongoose_model(project, inner, arg(val, call, 1)))
    return tokens, complete and UNKNOWN not in tokens


def _sequelize_features(project: Project, val: Val, call: Call) -> Tokens:
    entities, complete = each(project, arg(val, call, 0))
    tokens = [sequelize_model(project, e, arg(val, call, 1)) for e in entities]
    return tokens, complete and UNKNOWN not in tokens


def _mikro_features(project: Project, val: Val, call: Call) -> Tokens:
    """`UserRepository` by name, and by the class that `@Entity({ repository: () => … })` names."""
    given = arg(val, call, 0)
    if given is not None and isinstance(look(project, given).expr, Obj):
        given = entry(project, look(project, given), "entities")
    entities, complete = each(project, given)
    tokens: list[Token] = []
    for entity in entities:
        tokens.append(joined(text_in(project, entity), "Repository"))
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
    for given in call.args:
        found, known = each(project, val.at(given))
        tokens += [queue(project, f) for f in found]
        complete = complete and known
    return tokens, complete and UNKNOWN not in tokens


def _clients(project: Project, val: Val, call: Call) -> Tokens:
    given = arg(val, call, 0)
    shown = look(project, given) if given is not None else None
    if shown is not None and isinstance(shown.expr, Obj):
        inner = entry(project, shown, "clients")
        given = inner if inner is not None and not absent(project, inner) else given
    found, complete = each(project, given)
    tokens = [token_in(project, entry(project, look(project, f), "name")) for f in found]
    return tokens, complete and UNKNOWN not in tokens


def _configuration(project: Project, val: Val) -> Token | None:
    """The token of what `registerAs` gives; None for a plain function, which has none."""
    shown = look(project, val)
    if not isinstance(shown.expr, Call):
        return None
    return token_in(project, shown.at(Member(shown.expr, "KEY")))


def _config_feature(project: Project, val: Val, call: Call) -> Tokens:
    given = arg(val, call, 0)
    token = _configuration(project, given) if given is not None else None
    return ([token] if token is not None else []), token is not UNKNOWN


def _config_root(project: Project, val: Val, call: Call) -> Tokens:
    options = arg(val, call, 0)
    load = entry(project, options, "load") if options is not None else None
    if options is None or (load is not None and absent(project, load)):
        return [], True
    found, complete = each(project, load) if load is not None else ([], False)
    tokens = [t for f in found if (t := _configuration(project, f)) is not None]
    return tokens, complete and UNKNOWN not in tokens


def _knex(project: Project, val: Val, call: Call) -> Tokens:
    options = arg(val, call, 0)
    name = entry(project, options, "name") if options is not None else None
    second = arg(val, call, 1)
    return [knex_name(project, second if second is not None else name)], True


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


__all__ = ["is_shared", "made_by_package", "module_of_package"]
