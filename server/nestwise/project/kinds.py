"""What kinds of thing a file holds, by its facts alone: the index that whole-project questions use."""

from __future__ import annotations

import re
from enum import StrEnum

from nestwise.project.facts import (
    Arr,
    Call,
    Class,
    Cond,
    Expr,
    FileFacts,
    Fn,
    Lit,
    Member,
    Name,
    New,
    Obj,
    Op,
    Spread,
)


class Kind(StrEnum):
    MODULE = "module"
    ROUTES = "routes"
    """Classes with a class decorator and decorated methods, or such methods alone (base classes)."""
    BOOTSTRAP = "bootstrap"
    """Mentions `NestFactory` or the type of an application, or has statements that may start one."""
    INPUTS = "inputs"
    """Methods with decorated parameters."""
    GUARD = "guard"
    ROUTER = "router"
    """Imports `RouterModule`, which gives modules a path."""
    MARKER = "marker"
    """Functions or constants that may be decorators with metadata of their own."""
    LOGGER = "logger"
    """Imports something called logger, which its classes or constants may hold."""
    REDACTION = "redaction"
    """Sets up pino with fields to hide."""
    THROTTLER = "throttler"
    """Imports from `@nestjs/throttler`."""
    STRUCTURED = "structured"
    """Imports a logger that writes objects."""
    INTERCEPTOR = "interceptor"
    DOCUMENTED = "documented"
    """Imports more from `@nestjs/swagger` than mapped types."""
    METADATA = "metadata"
    """Imports `Reflector` or what finds handlers: may read metadata."""
    SCHEMAS = "schemas"
    """Imports a library that validates with schemas."""
    ENTITIES = "entities"
    """Imports from an ORM, and so may declare an entity."""


_ORMS = (
    "typeorm",
    "@mikro-orm/",
    "mongoose",
    "@nestjs/mongoose",
    "@typegoose/",
    "sequelize",
    "drizzle-orm",
    "kysely",
)


_STRUCTURED = frozenset({"winston", "nest-winston", "pino", "bunyan", "nestjs-pino", "pino-http"})


SCHEMA_LIBRARIES = {"zod": "zod", "joi": "joi", "typebox": "TypeBox", "valibot": "valibot", "yup": "yup"}
"""Words in the names of packages, and the libraries that these belong to."""


def kinds_of(facts: FileFacts) -> frozenset[Kind]:
    found: set[Kind] = set()
    for cls in facts.classes:
        _of_class(cls, found)
    imported = {i.name for i in facts.imports}
    modules = {i.module for i in facts.imports}
    names, said = " ".join(imported), " ".join(modules)
    if imported & {"SetMetadata", "applyDecorators", "Reflector"} and (facts.functions or facts.consts):
        found.add(Kind.MARKER)
    if "ogger" in names:
        found.add(Kind.LOGGER)
    if "pino" in said and _redacts(facts):
        found.add(Kind.REDACTION)
    if "@nestjs/swagger" in modules and _documents(facts):
        found.add(Kind.DOCUMENTED)
    if "@nestjs/throttler" in modules:
        found.add(Kind.THROTTLER)
    if modules & _STRUCTURED:
        found.add(Kind.STRUCTURED)
    if _has_schemas(facts, said):
        found.add(Kind.SCHEMAS)
    if any(module.startswith(_ORMS) for module in modules):
        found.add(Kind.ENTITIES)
    if (
        facts.main is not None
        or imported & {"NestFactory", "CommandFactory", "INestApplication", "NestApplication"}
        or ("Application" in names and any(map(_APPLICATION.fullmatch, imported)))
    ):
        found.add(Kind.BOOTSTRAP)
    if imported & {"Reflector", "DiscoveryService", "MetadataScanner"}:
        found.add(Kind.METADATA)
    if "RouterModule" in imported:
        found.add(Kind.ROUTER)
    return frozenset(found)


_APPLICATION = re.compile(r"Nest.*Application")
_SCHEMAS = re.compile("|".join(SCHEMA_LIBRARIES))
_MAPPED = frozenset({"PartialType", "PickType", "OmitType", "IntersectionType"})


def _documents(facts: FileFacts) -> bool:
    return any(i.module == "@nestjs/swagger" and i.name not in _MAPPED for i in facts.imports)


def _of_class(cls: Class, found: set[Kind]) -> None:
    if any(d.name.rpartition(".")[2] == "Module" for d in cls.decorators):
        found.add(Kind.MODULE)
    for method in cls.methods:
        if method.name == "canActivate":
            found.add(Kind.GUARD)
        elif method.name == "intercept":
            found.add(Kind.INTERCEPTOR)
        if method.decorators:
            found.add(Kind.ROUTES)
            if any(p.decorators for p in method.params):
                found.add(Kind.INPUTS)


def required(value: Expr) -> str:
    """The module of `require('module')`, also of a member of it; empty for anything else."""
    match value.object if isinstance(value, Member) else value:
        case Call(callee=Name(id="require"), args=(Lit(kind="string", value=module),)):
            return module
        case _:
            return ""


def _has_schemas(facts: FileFacts, imported: str) -> bool:
    """`imported`: the modules, in one text."""
    more = [*(e.module for e in facts.exports), *(required(c.value) for c in facts.consts)]
    return _SCHEMAS.search(" ".join([imported, *more]).lower()) is not None


def _redacts(facts: FileFacts) -> bool:
    """Is there a key `redact`, in a constant, a module's metadata, or a body that is read?"""
    values: list[object] = [c.value for c in facts.consts]
    values += [d.expr for cls in facts.classes for d in cls.decorators]
    bodies = [f.body for f in facts.functions] + [m.body for cls in facts.classes for m in cls.methods]
    values += [value for body in bodies if body is not None for value in body.returns]
    if any("redact" in body.words for body in (*bodies, facts.main) if body is not None):
        return True
    while values:
        value = values.pop()
        match value:
            case Obj(entries=entries):
                if any(e.key == "redact" for e in entries):
                    return True
                values += [e.value for e in entries]
            case Call(args=args) | New(args=args):
                values += args
            case Arr(items=items):
                values += items
            case Fn(returns=returns):
                values += returns
            case Cond(then=then, other=other):
                values += [then, other]
            case Spread(value=inner) | Op(right=inner):
                values.append(inner)
            case _:
                pass
    return False
