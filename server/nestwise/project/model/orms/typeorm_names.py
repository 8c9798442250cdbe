"""How TypeORM makes names of tables and columns of those in the code."""

from __future__ import annotations

import re

from msgspec import Struct

from nestwise.project.kinds import Kind
from nestwise.project.model.classes import lineage
from nestwise.project.model.orms.naming_probe import kind_of
from nestwise.project.model.orms.reading import camel, snake
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ext, Ref


class Naming(Struct, frozen=True):
    """How names are made of those in the code: `default`, `snake`, `snake joined` (see `naming_probe`), or
    empty for the team's own way."""

    kind: str = "default"

    def table(self, given: str | None, name: str) -> str | None:
        if given != "":
            return given
        return snake(name) if self.kind else None

    def column(self, given: str | None, name: str, prefixes: tuple[str, ...]) -> str | None:
        if given is None:
            return None
        if self.kind.startswith("snake"):
            ahead = snake("_".join(prefixes))
            between = "_" if ahead and self.kind == "snake" else ""
            return ahead + between + (given or snake(name))
        if prefixes:
            return camel("_".join(prefixes)) + _title(given or name) if self.kind else None
        return given or (name if self.kind else None)

    def join_column(self, relation: str, referenced: str) -> str | None:
        joined = f"{relation}_{referenced}"
        return {"default": camel, "": _none}.get(self.kind, _snake_all)(joined)

    def join_table(self, first: str, prop: str, second: str) -> str | None:
        joined = f"{first}_{prop.replace('.', '_')}_{second}"
        return _none(joined) if not self.kind else snake(joined)


def _none(_: str) -> str | None:
    return None


def _snake_all(text: str) -> str | None:
    return snake(text)


def _title(text: str) -> str:
    return re.sub(r"\w\S*", lambda found: found[0][:1].upper() + found[0][1:].lower(), text)


@question
def naming(project: Project, path: str) -> Naming:
    """The naming strategy of the package that holds a file."""
    package = project.layout.package_of(path)
    kinds = dict(strategies(project))
    own = [kind for file, kind in kinds.items() if project.layout.package_of(file) == package]
    return Naming("default" if not own else own[0] if len(set(own)) == 1 else "")


@question
def strategies(project: Project) -> tuple[tuple[str, str], ...]:
    """Files that use or declare a naming strategy, with its kind."""
    found: list[tuple[str, str]] = []
    for path in project.with_kind(Kind.ENTITIES):
        facts = project.facts(path)
        for imported in facts.imports:
            if imported.module == "typeorm-naming-strategies" and not imported.type_only:
                found.append((path, "snake" if imported.name == "SnakeNamingStrategy" else ""))
        for cls in facts.classes:
            base = lineage(project, Ref(path, cls.name)).base if cls.extends is not None else None
            own = isinstance(base, Ext) and base.name.endswith("NamingStrategy")
            if own or any(i.endswith("NamingStrategyInterface") for i in cls.implements):
                found.append((path, kind_of(project, Ref(path, cls.name))))
    return tuple(found)


__all__ = ["Naming", "naming", "strategies"]
