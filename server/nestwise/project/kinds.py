"""What kinds of thing a file holds, by its facts alone: the index that whole-project questions use."""

from __future__ import annotations

from enum import StrEnum

from nestwise.project.facts import Class, FileFacts


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
    THROTTLER = "throttler"
    """Imports from `@nestjs/throttler`."""


def kinds_of(facts: FileFacts) -> frozenset[Kind]:
    found: set[Kind] = set()
    for cls in facts.classes:
        _of_class(cls, found)
    imported = {i.name for i in facts.imports}
    if imported & {"SetMetadata", "applyDecorators", "Reflector"} and (facts.functions or facts.consts):
        found.add(Kind.MARKER)
    if any("ogger" in name for name in imported):
        found.add(Kind.LOGGER)
    if any(i.module == "@nestjs/throttler" for i in facts.imports):
        found.add(Kind.THROTTLER)
    if (
        facts.main is not None
        or imported & {"NestFactory", "INestApplication", "NestApplication"}
        or any(name.startswith("Nest") and name.endswith("Application") for name in imported)
    ):
        found.add(Kind.BOOTSTRAP)
    if "RouterModule" in imported:
        found.add(Kind.ROUTER)
    return frozenset(found)


def _of_class(cls: Class, found: set[Kind]) -> None:
    if any(d.name.rpartition(".")[2] == "Module" for d in cls.decorators):
        found.add(Kind.MODULE)
    for method in cls.methods:
        if method.name == "canActivate":
            found.add(Kind.GUARD)
        if method.decorators:
            found.add(Kind.ROUTES)
            if any(p.decorators for p in method.params):
                found.add(Kind.INPUTS)
