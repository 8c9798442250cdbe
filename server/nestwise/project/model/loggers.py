"""Loggers: which one a class or a file has, how it is written, and what a project does by habit."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from msgspec import Struct

from nestwise.project.facts import (
    Call,
    Class,
    Const,
    Expr,
    Lit,
    Member,
    Name,
    New,
    TName,
    Type,
    dotted,
)
from nestwise.project.kinds import Kind
from nestwise.project.model.classes import NEST, lineage
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Ref,
    Symbol,
    class_of,
    followed,
    resolve,
)


class Speech(StrEnum):
    """Which methods a logger has, and what they do with their arguments."""

    NEST = "nest"
    """log, error, warn, debug, verbose, fatal; every argument is written."""
    PINO = "pino"
    """info, error, warn, debug, trace, fatal; an object comes before the text, what comes after is lost."""
    WINSTON = "winston"
    """info, error, warn, debug, verbose; one text and one object."""
    UNKNOWN = "unknown"


class Logger(Struct, frozen=True):
    written: str
    """How code reaches it: `this.logger`, `CatsService.logger`, `logger`."""
    speech: Speech
    own: bool = True
    """False for one of a base class."""
    static: bool = False
    methods: frozenset[str] | None = None
    """The methods of a logger class of the workspace; None where its package says."""

    @property
    def of_package(self) -> bool:
        """Do its methods take what those of its package take?"""
        return self.speech is not Speech.UNKNOWN and self.methods in (None, _SERVICE)


_KNOWN = {
    (NEST, "Logger"): Speech.NEST,
    (NEST, "ConsoleLogger"): Speech.NEST,
    (NEST, "LoggerService"): Speech.NEST,
    ("nestjs-pino", "Logger"): Speech.NEST,
    ("nestjs-pino", "PinoLogger"): Speech.PINO,
    ("pino", "Logger"): Speech.PINO,
    ("pino", "BaseLogger"): Speech.PINO,
    ("pino", "pino"): Speech.PINO,
    ("pino", "default"): Speech.PINO,
    ("winston", "Logger"): Speech.WINSTON,
    ("winston", "createLogger"): Speech.WINSTON,
}


_SERVICE = frozenset({"log", "error", "warn"})
"""What every `LoggerService` has; its other methods are optional."""


def speech_of(project: Project, symbol: Symbol) -> tuple[Speech, frozenset[str] | None] | None:
    """How a logger of this class speaks; None if it is not a logger."""
    symbol = followed(project, symbol)
    if isinstance(symbol, Ext):
        known = _KNOWN.get((symbol.package, symbol.name))
        if symbol.name == "LoggerService" and known:
            return known, _SERVICE
        return (known, None) if known else (Speech.UNKNOWN, None) if _named_so(symbol) else None
    if not isinstance(symbol, Ref):
        return None
    line = lineage(project, symbol)
    if isinstance(line.base, Ext) and (known := _KNOWN.get((line.base.package, line.base.name))):
        return known, None
    if not _named_so(symbol):
        return None
    if class_of(project, symbol) is None:
        return Speech.UNKNOWN, None
    methods = {m.name for base in line.refs for c in (class_of(project, base),) if c for m in c.methods}
    speech = Speech.WINSTON if "info" in methods and "log" not in methods else Speech.NEST
    return speech, frozenset(methods)


def _named_so(symbol: Ref | Ext) -> bool:
    return symbol.name.rpartition(".")[2].endswith(("Logger", "LoggerService"))


def _of_type(project: Project, path: str, kind: Type | None) -> tuple[Speech, frozenset[str] | None] | None:
    return speech_of(project, resolve(project, path, kind.name)) if isinstance(kind, TName) else None


def _of_value(project: Project, path: str, value: Expr | None) -> tuple[Speech, frozenset[str] | None] | None:
    if isinstance(value, (New, Call)) and (name := dotted(value.callee)):
        return speech_of(project, resolve(project, path, name))
    return None


def class_loggers(project: Project, ref: Ref) -> tuple[Logger, ...]:
    """The loggers of a class, its own before those that it inherits and may use."""
    found: list[Logger] = []
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        if cls is not None:
            found += _own(project, base, cls, ref)
    return tuple(found)


def _own(project: Project, base: Ref, cls: Class, ref: Ref) -> list[Logger]:
    own = base == ref
    found: list[Logger] = []
    for prop in cls.properties:
        if prop.optional or (not own and prop.access == "private"):
            continue
        speech = _of_value(project, base.path, prop.value) or _of_type(project, base.path, prop.type)
        if speech is not None:
            head = cls.name if prop.static else "this"
            found.append(Logger(f"{head}.{prop.name}", speech[0], own, prop.static, speech[1]))
    for param in cls.ctor or ():
        given = param.access and param.name and not param.optional
        if given and (own or param.access != "private"):
            speech = _of_type(project, base.path, param.type)
            if speech is not None:
                found.append(Logger(f"this.{param.name}", speech[0], own, False, speech[1]))
    return found


def module_logger(project: Project, path: str) -> Logger | None:
    """A constant of the file that holds a logger."""
    consts = project.facts(path).consts
    return next((found for c in consts if not c.mutable and (found := const_logger(project, path, c))), None)


def const_logger(project: Project, path: str, const: Const) -> Logger | None:
    """The logger that a constant or variable of a file holds."""
    speech = _of_value(project, path, const.value) or _of_type(project, path, const.type)
    return Logger(const.name, speech[0], static=True, methods=speech[1]) if speech is not None else None


def made_logger(project: Project, path: str, name: str, maker: str) -> Logger | None:
    """The logger that a variable holds which is given what a class or function of the name `maker` makes."""
    speech = speech_of(project, resolve(project, path, maker)) if maker else None
    return Logger(name, speech[0], static=True, methods=speech[1]) if speech is not None else None


def static_logger(project: Project, ref: Ref, cls: Class, written: str) -> Logger | None:
    """The logger that a class of the workspace is by its static methods: `Logger.error(…)`."""
    methods = frozenset(m.name for m in cls.methods if m.static and not m.kind)
    found = speech_of(project, ref) if {"error", "warn"} <= methods else None
    return Logger(written, found[0], static=True, methods=methods) if found is not None else None


class Form(StrEnum):
    """The ways in which projects hold a logger."""

    FIELD = "field"
    """`private readonly logger = new Logger(CatsService.name)` of Nest."""
    STATIC = "static"
    """The same, static."""
    CONST = "const"
    """`const logger = new Logger('cats')` of Nest at the top of a file."""
    OTHER = "other"
    """Any other logger, or an injected one."""


class Held(Struct, frozen=True):
    """How a class or a file holds a logger."""

    form: Form
    type: str
    """Of the logger: `Logger`, `PinoLogger`, a class of the workspace."""
    name: str = ""
    """Of the member, parameter or constant."""
    access: str = ""
    readonly: bool = False
    context: str = ""
    """name (`CatsService.name`), text (`'CatsService'`), none, or other; of an injected one empty."""
    decorator: str = ""
    """What injects it: `InjectPinoLogger`, `Inject`."""
    given: str = ""
    """What the decorator is given: name (`CatsService.name`), type, or other; empty for nothing."""
    symbol: Symbol | None = None
    """The class of a logger that is injected by the constructor."""

    def field(self, made: str, cls: str, static: bool, quote: str) -> str:
        """The member of a class, without its end, that holds a logger of the class that is called `made`."""
        access = "" if self.name.startswith("#") else self.access
        words = [access, "static" if static else "", "readonly" if self.readonly else "", self.name]
        context = {"text": f"{quote}{cls}{quote}", "none": ""}.get(self.context, f"{cls}.name")
        return f"{' '.join(w for w in words if w)} = new {made}({context})"


USUAL = Held(Form.FIELD, "Logger", "logger", "private", True, "name")
"""As Nest's documentation has it."""


@question
def loggers_held(project: Project, package: str | None) -> tuple[tuple[Held, int], ...]:
    """The ways in which a package (by its folder; None for the whole workspace) holds loggers, with how often
    it does, the most frequent first."""
    counts: Counter[Held] = Counter()
    for path in project.with_kind(Kind.LOGGER):
        if package is not None and _folder(project, path) != package:
            continue
        facts = project.facts(path)
        for cls in facts.classes:
            counts.update(_held(project, path, cls))
        for const in facts.consts:
            if isinstance(const.value, New) and _is_nest(project, path, const.value):
                counts[Held(Form.CONST, "Logger", const.name)] += 1
    return tuple(counts.most_common())


def logger_habits(project: Project, path: str) -> tuple[tuple[Held, int], ...]:
    """The ways of a file's package to hold loggers, or of the workspace where that has none."""
    return loggers_held(project, _folder(project, path)) or loggers_held(project, None)


def habits(project: Project, path: str) -> tuple[Form, ...]:
    """Their forms, the most frequent first."""
    counts: Counter[Form] = Counter()
    for held, count in logger_habits(project, path):
        counts[held.form] += count
    return tuple(form for form, _ in counts.most_common())


def usual_logger(project: Project, path: str) -> Held:
    """The member that most classes around a file have for a logger of Nest's; the usual one where none stands
    out."""
    own = [(h, n) for h, n in logger_habits(project, path) if h.form in (Form.FIELD, Form.STATIC)]
    total = sum(count for _, count in own)
    held, count = own[0] if own else (USUAL, 0)
    return held if count > 1 and count * 2 > total and held.context != "other" else USUAL


class Injected(Struct, frozen=True):
    """A logger that a class may get by its constructor, as most others do."""

    name: str
    """Of the parameter property."""
    type: str
    imports: tuple[tuple[str, str], ...]
    """What must be imported: names with their modules."""
    speech: Speech
    methods: frozenset[str] | None
    decorator: str = ""
    given: str = ""
    """The argument of the decorator."""


def injected_logger(project: Project, ref: Ref, instead: str = "") -> Injected | None:
    """The logger of most classes, for one that has none, or whose member `instead` makes room for it. None
    where no way stands out, where Nest does not make the class, or where a module that has it surely does
    not find the logger."""
    from nestwise.project.model import logger_injection  # most checks ask for no fix

    return logger_injection.injected_logger(project, ref, instead)


def _folder(project: Project, path: str) -> str:
    found = project.layout.package_of(path)
    return found.dir if found is not None else ""


def _held(project: Project, path: str, cls: Class) -> list[Held]:
    found: list[Held] = []
    for prop in cls.properties:
        if _is_nest(project, path, prop.value):
            form = Form.STATIC if prop.static else Form.FIELD
            context = _context(prop.value, cls.name)
            found.append(Held(form, "Logger", prop.name, prop.access, prop.readonly, context))
        elif _of_value(project, path, prop.value) or _of_type(project, path, prop.type):
            made = dotted(prop.value.callee) if isinstance(prop.value, New | Call) else ""
            named = made or (prop.type.name if isinstance(prop.type, TName) else "")
            found.append(Held(Form.OTHER, named, prop.name, prop.access, prop.readonly))
    for param in cls.ctor or ():
        kind = param.type
        if not param.access or not isinstance(kind, TName) or not _of_type(project, path, kind):
            continue
        symbol = followed(project, resolve(project, path, kind.name))
        injects = param.decorators[0] if param.decorators else None
        given = _given(injects.args, cls.name, kind.name) if injects is not None else ""
        name = injects.name if injects is not None else ""
        found.append(Held(Form.OTHER, kind.name, param.name, "private", True, "", name, given, symbol))
    return found


def _given(args: tuple[Expr, ...], cls: str, kind: str) -> str:
    match args:
        case ():
            return ""
        case (Member(object=Name(id=owner), name="name"),) if owner == cls:
            return "name"
        case (Name(id=name),) if name == kind:
            return "type"
        case _:
            return "other"


def _context(value: Expr | None, cls: str) -> str:
    args = value.args if isinstance(value, New) else ()
    match args:
        case ():
            return "none"
        case (Member(object=Name(id=owner), name="name"),) if owner == cls:
            return "name"
        case (Lit(kind="string", value=text),) if text == cls:
            return "text"
        case _:
            return "other"


def _is_nest(project: Project, path: str, value: Expr | None) -> bool:
    name = dotted(value.callee) if isinstance(value, New) else ""
    symbol = resolve(project, path, name) if name else UNKNOWN
    return isinstance(symbol, Ext) and symbol.package == NEST and symbol.name == "Logger"


@question
def heir_has(project: Project, ref: Ref, name: str) -> bool:
    """Does a class that holds a logger and extends this one declare a member of that name?"""
    return any(
        heir != ref and name in members and ref in lineage(project, heir).refs
        for heir, members in _heirs(project)
    )


@question
def _heirs(project: Project) -> tuple[tuple[Ref, frozenset[str]], ...]:
    """The classes that hold a logger and extend another one, with the names of their members."""
    return tuple(
        (
            Ref(path, cls.name),
            frozenset([p.name for p in cls.properties] + [p.name for p in cls.ctor or () if p.access]),
        )
        for path in project.with_kind(Kind.LOGGER)
        for cls in project.facts(path).classes
        if cls.extends is not None
    )


@question
def behind_pino(project: Project, package: str) -> bool:
    """Does an application of a package (by its folder) send what Nest's loggers are given to nestjs-pino?"""
    for path in project.with_kind(Kind.BOOTSTRAP):
        facts = project.facts(path)
        pino = any(i.module == "nestjs-pino" and i.name == "Logger" for i in facts.imports)
        bodies = [facts.main, *(f.body for f in facts.functions)] if pino else []
        if _folder(project, path) == package and any(b and "useLogger" in b.words for b in bodies):
            return True
    return False


def heard_by_pino(project: Project, path: str) -> bool:
    """Does nestjs-pino write what the loggers of Nest in a file are given?"""
    return behind_pino(project, _folder(project, path))


def is_logger_class(project: Project, ref: Ref) -> bool:
    """A class that is a logger itself, or writes for one: it may use the console."""
    line = lineage(project, ref)
    for base in line.refs:
        cls = class_of(project, base)
        names = (base.name, *(cls.implements if cls else ()))
        if any(n.rpartition(".")[2].endswith(_WRITERS) for n in names):
            return True
    return isinstance(line.base, Ext) and line.base.name.rpartition(".")[2].endswith(_WRITERS)


_WRITERS = ("Logger", "LoggerService", "LoggingService", "Transport", "LogWriter")
