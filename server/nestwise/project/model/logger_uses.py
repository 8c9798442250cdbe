"""Which logger a package uses, and where a class holds another one."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from nestwise.project.facts import NOWHERE, At, Call, Class, New, TName, dotted
from nestwise.project.kinds import Kind
from nestwise.project.model.classes import NEST
from nestwise.project.model.loggers import speech_of
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref, Symbol, followed, resolve

_LEAST = 5
"""Uses without which a package has no logger of its own."""
_SHARE = 0.8
_SHOWN = {
    (NEST, "Logger"): "Nest's `Logger`",
    ("nestjs-pino", "PinoLogger"): "nestjs-pino's `PinoLogger`",
    ("nestjs-pino", "Logger"): "nestjs-pino's `Logger`",
    ("pino", "pino"): "pino itself",
    ("winston", "Logger"): "winston itself",
}
_SAME = {
    (NEST, "ConsoleLogger"): (NEST, "Logger"), ("pino", "Logger"): ("pino", "pino"),
    ("pino", "BaseLogger"): ("pino", "pino"), ("pino", "default"): ("pino", "pino"),
    ("winston", "createLogger"): ("winston", "Logger"),
}  # fmt: skip
_SETUP = re.compile(r"(?:^|[/.-])(?:logger|logging|logs?|pino|winston)(?:[/.-]|$)")


class Use(Struct, frozen=True):
    """A logger that a class holds."""

    symbol: Symbol
    name: str
    """Of the member."""
    at: At = NOWHERE

    @property
    def known(self) -> bool:
        """Is it one of Nest or of a package, and not of the workspace?"""
        return isinstance(self.symbol, Ext)

    @property
    def shown(self) -> str:
        return _shown(self.symbol)


class Usual(Struct, frozen=True):
    """The logger of a package."""

    symbol: Symbol
    count: int
    total: int

    @property
    def is_nest(self) -> bool:
        return isinstance(self.symbol, Ext) and self.symbol.package == NEST

    @property
    def shown(self) -> str:
        return _shown(self.symbol)


def _shown(symbol: Symbol) -> str:
    key = (symbol.package, symbol.name) if isinstance(symbol, Ext) else ("", "")
    return _SHOWN.get(key) or f"`{symbol.name}`" if isinstance(symbol, Ext | Ref) else "another"


def loggers_of(project: Project, path: str, cls: Class) -> list[Use]:
    """The loggers that a class itself holds, and whose class is known."""
    found: list[Use] = []
    for prop in cls.properties:
        made = dotted(prop.value.callee) if isinstance(prop.value, New | Call) else ""
        written = made or (prop.type.name if isinstance(prop.type, TName) else "")
        if written and (symbol := _logger(project, path, written)) is not None:
            found.append(Use(symbol, prop.name, prop.name_at))
    for param in cls.ctor or ():
        if param.access and isinstance(param.type, TName):
            symbol = _logger(project, path, param.type.name)
            if symbol is not None:
                found.append(Use(symbol, param.name, param.name_at))
    return found


def _logger(project: Project, path: str, name: str) -> Symbol | None:
    symbol = followed(project, resolve(project, path, name))
    if isinstance(symbol, Ext):
        symbol = Ext(*_SAME.get((symbol.package, symbol.name), (symbol.package, symbol.name)))
        return symbol if (symbol.package, symbol.name) in _SHOWN else None
    return symbol if isinstance(symbol, Ref) and speech_of(project, symbol) is not None else None


@question
def logger_of_package(project: Project, package: str) -> Usual | None:
    """The logger that nearly all in a package (by its folder) hold; None where there are few, or several."""
    counts: Counter[Symbol] = Counter()
    nest, imports = Ext(NEST, "Logger"), 0
    for path in project.with_kind(Kind.LOGGER):
        if folder_of(project, path) != package:
            continue
        facts = project.facts(path)
        for cls in facts.classes:
            counts.update(use.symbol for use in loggers_of(project, path, cls))
        imports += any(i.module == NEST and i.name == "Logger" and not i.type_only for i in facts.imports)
    if imports > counts[nest]:
        counts[nest] = imports  # static calls
    if not counts:
        return None
    symbol, count = max(counts.items(), key=lambda item: item[1])
    total = counts.total()
    return Usual(symbol, count, total) if count >= _LEAST and count >= total * _SHARE else None


def project_logger_of(project: Project, path: str) -> Usual | None:
    """The logger of a file's package. None where Nest's loggers and others end up in the same place anyway:
    where an application is given one with `useLogger`."""
    usual = logger_of_package(project, folder_of(project, path))
    return usual if usual is not None and not redirects(project) else None


@question
def redirects(project: Project) -> bool:
    """Is an application told by `useLogger`, or by its option `logger`, where Nest's loggers write to?"""
    for path in project.with_kind(Kind.BOOTSTRAP):
        facts = project.facts(path)
        for body in (facts.main, *(f.body for f in facts.functions)):
            if body is not None and not {"useLogger", "logger", "bufferLogs"}.isdisjoint(body.words):
                return True
    return False


def sets_up_logging(path: str) -> bool:
    """Does the name of a file say that it sets loggers up, or is one?"""
    return _SETUP.search(path) is not None


def folder_of(project: Project, path: str) -> str:
    found = project.layout.package_of(path)
    return found.dir if found is not None else ""
