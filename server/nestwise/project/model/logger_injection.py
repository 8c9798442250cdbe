"""Loggers that a class may ask Nest for, as the classes around it do. Loaded only when a fix asks."""

from __future__ import annotations

from nestwise.project.model.applications import applications
from nestwise.project.model.classes import NEST, lineage, role_of_class
from nestwise.project.model.container import container_of, lookup
from nestwise.project.model.importing import specifier_of
from nestwise.project.model.injection import made_in
from nestwise.project.model.loggers import Form, Held, Injected, logger_habits, speech_of
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ext, Ref, Symbol, class_of

_MADE = ("injectable", "controller", "resolver", "gateway", "filter")
_MODULES = {"Inject": NEST, "InjectPinoLogger": "nestjs-pino"}


def injected_logger(project: Project, ref: Ref, instead: str = "") -> Injected | None:
    """See `loggers.injected_logger`."""
    held = _most(project, ref.path)
    cls, line = class_of(project, ref), lineage(project, ref)
    if held is None or held.symbol is None or cls is None or role_of_class(project, ref) not in _MADE:
        return None
    names = (
        {p.name for p in cls.properties} | {p.name for p in cls.ctor or ()} | {m.name for m in cls.methods}
    )
    if len(line.refs) > 1 or line.base is not None or held.name in names - {instead}:
        return None
    speech = speech_of(project, held.symbol)
    module = held.symbol.package if isinstance(held.symbol, Ext) else None
    if isinstance(held.symbol, Ref):
        module = specifier_of(project, ref.path, held.symbol)
    if speech is None or not module or _is_nowhere(project, ref, held.symbol):
        return None
    imports = [(held.type, module)]
    if held.decorator:
        if held.decorator not in _MODULES or held.given not in ("name", "type"):
            return None
        imports.append((held.decorator, _MODULES[held.decorator]))
    given = {"name": f"{ref.name}.name", "type": held.type}.get(held.given, "")
    return Injected(held.name, held.type, tuple(imports), *speech, held.decorator, given)


def _most(project: Project, path: str) -> Held | None:
    """The way in which more than half of the loggers are held, if they are injected."""
    habits = logger_habits(project, path)
    held, count = habits[0]
    total = sum(n for _, n in habits)
    plain = held.form is Form.OTHER and isinstance(held.symbol, Ref | Ext) and "." not in held.type
    same = plain and held.symbol is not None and getattr(held.symbol, "name", "") == held.type
    return held if same and count > 1 and count * 2 > total else None


def _is_nowhere(project: Project, ref: Ref, symbol: Symbol) -> bool:
    """Is there a module with the class in which Nest surely does not find the logger?"""
    return any(
        lookup(project, app.started, node.place, symbol).state == "missing"
        for app in applications(project)
        for node in container_of(project, app.started).nodes
        if any(made.symbol == ref for made in made_in(project, node.place))
    )
