"""What a pipe does: validates with class-validator or a schema, parses one value, or something else."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from nestwise.project.facts import (
    Call,
    Class,
    Const,
    Expr,
    Fn,
    Function,
    Lit,
    Name,
    New,
    Obj,
    dotted,
    literal,
)
from nestwise.project.model.classes import NEST
from nestwise.project.model.guard_bodies import refuses
from nestwise.project.model.project import Project, question
from nestwise.project.model.scopes import Val, called, entry, is_absent, look, symbol_in
from nestwise.project.model.symbols import UNKNOWN, Ext, Here, Ref, Symbol, class_of, declaration

_KEYS = {
    "whitelist": "whitelist",
    "transform": "transform",
    "forbid_non_whitelisted": "forbidNonWhitelisted",
    "forbid_unknown_values": "forbidUnknownValues",
    "skip_missing": "skipMissingProperties",
    "skip_undefined": "skipUndefinedProperties",
    "skip_null": "skipNullProperties",
    "validate_custom_decorators": "validateCustomDecorators",
    "stop_at_first_error": "stopAtFirstError",
    "disable_error_messages": "disableErrorMessages",
}
_OF_NEST = frozenset(
    {
        "transform", "disableErrorMessages", "errorHttpStatusCode", "expectedType", "transformOptions",
        "exceptionFactory", "validatorPackage", "transformerPackage", "validateCustomDecorators",
        "maxErrorMessagesLength", "forbidUnknownValues",
    }
)  # fmt: skip
"""Options that the pipe takes for itself, and the one that it always hands to class-validator."""
_DEPTH = 6


class ValidationOptions(Struct, frozen=True):
    """Options of `ValidationPipe` as they will be; None for one that cannot be told."""

    whitelist: bool | None = False
    transform: bool | None = False
    implicit_conversion: bool | None = False
    """`transformOptions.enableImplicitConversion`."""
    exclude_extraneous: bool | None = False
    """`transformOptions`: is what is not exposed dropped (`excludeExtraneousValues`, `excludeAll`)?"""
    forbid_non_whitelisted: bool | None = False
    forbid_unknown_values: bool | None = False
    skip_missing: bool | None = False
    skip_undefined: bool | None = False
    skip_null: bool | None = False
    validate_custom_decorators: bool | None = False
    stop_at_first_error: bool | None = False
    disable_error_messages: bool | None = False
    expected_type: bool = False
    """Does it validate everything as one class (`expectedType`)?"""
    groups: bool | None = False
    """Are validation groups set?"""
    others: bool | None = False
    """Is any option of class-validator itself given, whatever its value?"""
    complete: bool = True
    """False where something is spread in, or where an option cannot be told."""


UNREAD = ValidationOptions(
    None, None, None, None, None, None, None, None, None, None, None, None, False, None, None, complete=False
)


class Pipe(Struct, frozen=True):
    kind: str
    """class-validator; zod (any schema library); parse (it refuses single values that it cannot take); other
    (it hands on, maybe changed, whatever it gets) or unknown."""
    name: str
    options: ValidationOptions = ValidationOptions()
    """Of a class-validator pipe."""
    symbol: Symbol = UNKNOWN
    """Its class, or the function that makes it."""
    schema: Here | None = None
    """Of a schema library's pipe: the schema that it is made with, which checks whatever comes."""
    made: Here | None = None
    """The `new` expression that makes it; None for one that Nest makes of its class."""
    by_class: bool = False
    """Of a schema library's pipe: does it check only what is of a class with a schema?"""

    @property
    def validates(self) -> bool:
        """May it validate a request class?"""
        return self.kind in ("class-validator", "zod", "unknown")


@question(cycle=Pipe("unknown", "?", UNREAD))
def pipe_of(project: Project, here: Here) -> Pipe:
    """The pipe that an expression stands for: `new ValidationPipe(…)`, a class, an imported instance."""
    return _pipe(project, Val(here.path, here.expr), 0)


def _pipe(project: Project, val: Val, depth: int) -> Pipe:
    symbol = symbol_in(project, val)
    if depth > _DEPTH:
        return Pipe("unknown", "?", UNREAD)
    if isinstance(symbol, Ext) or (isinstance(symbol, Ref) and class_of(project, symbol) is not None):
        return _of_class(project, symbol, None, depth)
    val = look(project, val)
    expr = val.expr
    match expr:
        case New(callee=callee, args=args):
            given = tuple(map(val.at, args))
            found = _of_class(project, symbol_in(project, val.at(callee)), given, depth)
            if found.kind == "zod" and given:
                found = replace(found, schema=look(project, given[0]).here, by_class=False)
            return replace(found, made=val.here)
        case Call(callee=callee, args=args):
            return _of_call(project, val, expr, depth)
        case Fn(returns=(only,)):
            return _pipe(project, val.at(only), depth + 1)
        case _:
            made = _maker(project, symbol)
            return _pipe(project, made, depth + 1) if made else Pipe("unknown", _name(symbol), UNREAD, symbol)


def _of_call(project: Project, val: Val, call: Call, depth: int) -> Pipe:
    """A pipe, or a pipe class, that a function makes."""
    symbol = symbol_in(project, val.at(call.callee))
    if isinstance(symbol, Ext):
        return _of_package(project, symbol, tuple(map(val.at, call.args)))
    returned = called(project, val, call)
    if len(returned) == 1:
        return _pipe(project, returned[0], depth + 1)
    return Pipe("unknown", _name(symbol), UNREAD, symbol)


def _of_class(project: Project, symbol: Symbol, args: tuple[Val, ...] | None, depth: int) -> Pipe:
    """A pipe by its class; `args` are what its constructor gets, None where Nest makes it."""
    if isinstance(symbol, Ext):
        return _of_package(project, symbol, args or ())
    cls = class_of(project, symbol)
    if cls is None or not isinstance(symbol, Ref) or depth > _DEPTH:
        made = _maker(project, symbol)  # `const ZodPipe = createZodValidationPipe(…)`
        return _pipe(project, made, depth + 1) if made else Pipe("unknown", _name(symbol), UNREAD, symbol)
    if cls.extends is None:
        return replace(_custom(project, symbol.path, cls), symbol=symbol)
    found = _of_base(project, symbol.path, cls, args, depth)
    if found.kind == "unknown" and (own := _custom(project, symbol.path, cls)).kind != "other":
        found = own
    return replace(found, name=cls.name, symbol=symbol)


def _of_base(project: Project, path: str, cls: Class, args: tuple[Val, ...] | None, depth: int) -> Pipe:
    base = Val(path, cls.extends or Name(""))
    given = args if cls.ctor is None else None
    if cls.passes is not None:
        given = tuple(Val(path, e, dict.fromkeys(p.name for p in cls.ctor or ())) for e in cls.passes)
    if isinstance(base.expr, Call):
        found = _pipe(project, base, depth + 1)
    else:
        found = _of_class(project, symbol_in(project, base), given, depth + 1)
    hidden = cls.ctor is not None and cls.passes is None
    return replace(found, options=UNREAD) if hidden or cls.method("transform") is not None else found


def _maker(project: Project, symbol: Symbol) -> Val | None:
    item = declaration(project, symbol) if isinstance(symbol, Ref) and "." not in symbol.name else None
    if isinstance(item, Const) and isinstance(item.value, Call | New) and isinstance(symbol, Ref):
        return Val(symbol.path, item.value)
    if isinstance(item, Function) and isinstance(symbol, Ref) and item.body and len(item.body.returns) == 1:
        return Val(symbol.path, item.body.returns[0])
    return None


def _custom(project: Project, path: str, cls: Class) -> Pipe:
    """A pipe class written by hand, by what its body does."""
    body = next((m.body for m in cls.methods if m.name == "transform"), None)
    bodies = {m.name: m.body for m in cls.methods if m.body}
    words = {w for inner in bodies.values() for w in inner.words}
    if body is None:
        return Pipe("unknown", cls.name, UNREAD)
    if words & {"safeParse", "safeParseAsync", "parseAsync", "ZodError", "ZodSchema", "ZodType"}:
        return Pipe("zod", cls.name, by_class="metatype" in words)
    by_hand = words & {"plainToInstance", "plainToClass"}
    if not by_hand and words & {"validate", "validateSync", "validateAsync", "compile", "Check"}:
        imported = {i.module.lower() for i in project.facts(path).imports}
        if any(s in module for module in imported for s in _SCHEMAS):
            return Pipe("zod", cls.name, by_class="metatype" in words)
    if by_hand or words & {"validate", "validateSync", "validateOrReject"}:
        return Pipe("class-validator", cls.name, UNREAD)
    refusing = True if body.throws else refuses(body, bodies)
    if refusing is None:
        return Pipe("unknown", cls.name, UNREAD)
    return Pipe("parse" if refusing else "other", cls.name)


_SCHEMAS = (
    "zod", "joi", "typebox", "valibot", "arktype", "typia", "nestia", "standard-schema", "ajv", "yup",
    "superstruct", "vinejs",
)  # fmt: skip


def _of_package(project: Project, symbol: Ext, args: tuple[Val, ...]) -> Pipe:
    name = _name(symbol)
    package = symbol.package.lower()
    if any(s in package or s in name.lower() for s in _SCHEMAS):
        return Pipe("zod", name, symbol=symbol, by_class=True)
    if name.endswith("ValidationPipe"):
        known = symbol.package in (NEST, "nestjs-i18n")
        options = options_of(project, args[0] if args else None) if known else UNREAD
        return Pipe("class-validator", name, options, symbol)
    if symbol.package == NEST:
        return Pipe("parse" if name.startswith("Parse") else "other", name, symbol=symbol)
    return Pipe("parse" if name.startswith("Parse") else "unknown", name, UNREAD, symbol)


def options_of(project: Project, val: Val | None) -> ValidationOptions:
    """The options object of a `ValidationPipe`."""
    if val is None:
        return ValidationOptions()
    shown = look(project, val)
    if isinstance(shown.expr, Lit):
        return ValidationOptions()
    if not isinstance(shown.expr, Obj):
        return UNREAD
    found = {field: _flag(project, entry(project, shown, key)) for field, key in _KEYS.items()}
    inner = entry(project, shown, "transformOptions")
    implicit = _flag(project, _inner(project, inner, "enableImplicitConversion"))
    exposed = _flag(project, _inner(project, inner, "excludeExtraneousValues"))
    strategy = _inner(project, inner, "strategy")
    if exposed is False and strategy is not None and not is_absent(strategy.expr):
        exposed = None
    expected = entry(project, shown, "expectedType")
    keys = {e.key for e in shown.expr.entries} - {"...", "[]"}
    groups = entry(project, shown, "groups")
    return ValidationOptions(
        **found,
        implicit_conversion=implicit,
        exclude_extraneous=exposed,
        expected_type=expected is not None and not isinstance(expected.expr, Lit),
        groups=None if groups is None else not isinstance(groups.expr, Lit),
        others=True if keys - _OF_NEST else False if shown.expr.closed else None,
        complete=implicit is not None and all(v is not None for v in found.values()),
    )


def _inner(project: Project, val: Val | None, key: str) -> Val | None:
    if val is None or isinstance(val.expr, Lit):
        return val
    return entry(project, val, key)


def _flag(project: Project, val: Val | None) -> bool | None:
    if val is None:
        return None
    shown: Expr = look(project, val).expr
    if isinstance(shown, Lit) and shown.kind in ("undefined", "null"):
        return False
    return literal(shown)


def _name(symbol: Symbol) -> str:
    return symbol.name.rpartition(".")[2] if isinstance(symbol, Ref | Ext) else "?"


__all__ = ["UNREAD", "Pipe", "ValidationOptions", "dotted", "options_of", "pipe_of"]
