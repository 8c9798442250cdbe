"""What modules and helpers of packages do: which tokens they provide, which token a decorator asks for.

Nest's own packages, and those of others that many projects use. Whatever is not here is unknown.
"""

from __future__ import annotations

from nestwise.project.facts import Call
from nestwise.project.model.module_records import Module
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val
from nestwise.project.model.symbols import Ext, Here
from nestwise.project.model.tokens import Token

CONSTANTS: dict[tuple[str, str], str] = {
    ("@nestjs/core", "REQUEST"): "REQUEST",
    ("@nestjs/core", "INQUIRER"): "INQUIRER",
    ("@nestjs/graphql", "CONTEXT"): "REQUEST",
    ("@nestjs/microservices", "CONTEXT"): "REQUEST",
}
"""Constants of packages that are texts."""


def token_of_call(project: Project, val: Val, call: Call, callee: Ext, depth: int) -> Token:
    """What a package's helper gives: `getRepositoryToken(User)`."""
    from nestwise.project.model.symbols import UNKNOWN

    return UNKNOWN


def token_of_decorator(project: Project, symbol: Ext, args: tuple[Here, ...]) -> Token | None:
    """What `@InjectRepository(User)` and the like ask for; None for a decorator that is not known."""
    return None


def module_of_package(module: Ext) -> Module | None:
    """What a module of a package has when it is imported as it is; None for one that is not known."""
    return None


def made_by_package(project: Project, val: Val, call: Call, module: Ext, method: str) -> Module | None:
    """What a static method of a package's module gives: `TypeOrmModule.forFeature([User])`."""
    return None
