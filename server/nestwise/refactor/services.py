"""The service that a controller's work belongs in: the one it has, one that is there, or a new one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from nestwise.project.facts import Class, TName, dotted
from nestwise.project.kinds import Kind
from nestwise.project.model.container import Place, lookup, shelf_of
from nestwise.project.model.injection import makings_of
from nestwise.project.model.module_records import Imported
from nestwise.project.model.modules import module_of
from nestwise.project.model.needs import needs_of
from nestwise.project.model.project import Project
from nestwise.project.model.providers import scope_of_class
from nestwise.project.model.symbols import Ref, class_of, followed, resolve
from nestwise.project.model.tokens import Token
from nestwise.refactor.draft import Refused

_ROLES = re.compile(r"(Controller|Resolver|Gateway)s?$")
_FILE_ROLE = re.compile(r"(?i)(controller|resolver|gateway)s?(?=\.[mc]?ts$)")
_FOLDERS = frozenset({"controllers", "resolvers", "gateways"})
_DEEP = 200


class Home(Struct, frozen=True):
    """A module that makes a class, in an application."""

    root: Imported
    place: Place


class Target(Struct, frozen=True):
    """Where code of a controller goes."""

    ref: Ref
    field: str = ""
    """How the controller calls it; empty for one that is not injected yet."""
    new: bool = False
    homes: tuple[Home, ...] = ()
    """The modules that make it, or, of a new one, the controller."""


def homes_of(project: Project, ref: Ref) -> tuple[Home, ...]:
    """The modules that make a class: of the applications, or of all where no application has them."""
    found = [Home(m.root, m.place) for m in makings_of(project, ref)]
    if not found:
        for path in project.with_kind(Kind.MODULE):
            for cls in project.facts(path).classes:
                if cls.inside or not any(d.name.endswith("Module") for d in cls.decorators):
                    continue
                module = module_of(project, Ref(path, cls.name))
                made = {*module.controllers, *(p.symbol for p in module.providers)}
                if ref in made:
                    owner = Ref(path, cls.name)
                    found.append(Home(Imported(owner), Place(owner)))
    return tuple(dict.fromkeys(found))


def target_of(project: Project, path: str, cls: Class) -> Target:
    """Raises Refused where none fits and none can be made."""
    homes = homes_of(project, Ref(path, cls.name))
    held = list(_held(project, path, cls))
    stem = stem_of(cls.name)
    package = project.layout.package_of(path)
    near = [(name, ref) for name, ref in held if project.layout.package_of(ref.path) == package]
    for name, ref in held:
        if stem_of(ref.name) == stem and ref.name.endswith("Service"):
            if (name, ref) not in near:
                raise Refused(f"{ref.name} is of another package")
            return Target(ref, name, homes=homes_of(project, ref))
    there = [ref for ref in _there(project, path, homes) if stem_of(ref.name) == stem]
    if there:
        return Target(there[0], homes=homes_of(project, there[0]))
    folder = posixpath.dirname(path)
    beside = [(n, r) for n, r in near if r.name.endswith("Service") and posixpath.dirname(r.path) == folder]
    if len(beside) == 1 and posixpath.basename(folder) not in _FOLDERS:
        return Target(beside[0][1], beside[0][0], homes=homes_of(project, beside[0][1]))
    return _new(project, path, cls, homes)


def _held(project: Project, path: str, cls: Class) -> Iterator[tuple[str, Ref]]:
    """The classes of the workspace that a constructor keeps."""
    for param in cls.ctor or ():
        if param.access and isinstance(param.type, TName) and not param.type.args:
            symbol = followed(project, resolve(project, path, param.type.name))
            if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
                yield param.name, symbol


def _there(project: Project, path: str, homes: tuple[Home, ...]) -> Iterator[Ref]:
    """Services that the modules of a controller provide and it does not have."""
    for home in homes:
        for provider in shelf_of(project, home.place).providers:
            symbol = provider.symbol
            if not isinstance(symbol, Ref) or provider.kind != "class":
                continue
            near = project.layout.package_of(symbol.path) == project.layout.package_of(path)
            if near and symbol.name.endswith("Service"):
                yield symbol


def _new(project: Project, path: str, cls: Class, homes: tuple[Home, ...]) -> Target:
    modules = {home.place.module for home in homes}
    if len(modules) != 1 or not isinstance(next(iter(modules)), Ref):
        raise Refused("no one module makes the controller, so that a new service has none")
    stem = _ROLES.sub("", cls.name)
    if not stem or stem == cls.name:
        raise Refused("the controller's name says no name for a service")
    folder, name = posixpath.split(path)
    if posixpath.basename(folder) in _FOLDERS:
        services = posixpath.join(posixpath.dirname(folder), "services")
        if any(p.startswith(f"{services}/") for p in project.paths):
            folder = services
    file = _FILE_ROLE.sub(lambda m: _cased("service", m[1]), name)
    if file == name:
        file = f"{_kebab(stem)}.service.ts"
    target = posixpath.join(folder, file)
    if project.has_file(target):
        raise Refused(f"{target} is there already")
    return Target(Ref(target, f"{stem}Service"), new=True, homes=homes)


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[:1].isupper() else word


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def stem_of(name: str) -> str:
    """What a class is about, in one form for one and many: `Cat` of `CatsController` and `CatService`."""
    stem = re.sub(r"(?:Controller|Resolver|Gateway|Service)s?$", "", name).lower()
    if stem.endswith("ies"):
        return f"{stem[:-3]}y"
    return stem[:-1] if stem.endswith("s") and not stem.endswith("ss") else stem


def visible(project: Project, target: Target, mine: tuple[Home, ...], token: Token) -> bool:
    """Can the service ask for what the controller has? Where they are made in one module, it can."""
    if not target.homes:
        return False
    own = {home.place for home in mine}
    for home in target.homes:
        if home.place not in own and lookup(project, home.root, home.place, token).state != "resolved":
            return False
    return True


def leads_to(project: Project, target: Target, token: Token) -> bool:
    """Does what a token stands for need the service itself, however far away? Nest refuses such a circle."""
    stack, seen = [token], {token}
    while stack and len(seen) < _DEEP:
        current = stack.pop()
        if current == target.ref:
            return True
        for wanted in _needed(project, target, current):
            if wanted not in seen:
                seen.add(wanted)
                stack.append(wanted)
    return bool(stack)


def _needed(project: Project, target: Target, token: Token) -> Iterator[Token]:
    symbols = [token] if isinstance(token, Ref) else []
    for home in target.homes:
        provider = lookup(project, home.root, home.place, token).provider
        if provider is not None:
            yield from (need.token for need in provider.needs.items)
            symbols += [provider.symbol] if isinstance(provider.symbol, Ref) else []
    for symbol in dict.fromkeys(symbols):
        if isinstance(symbol, Ref) and class_of(project, symbol) is not None:
            yield from (need.token for need in needs_of(project, symbol).items)


def is_plain(project: Project, ref: Ref) -> bool:
    """Is a class made once, however many requests there are?"""
    return scope_of_class(project, ref) == "default"


def heirs_of(project: Project, ref: Ref) -> list[Class]:
    """The classes of the workspace that extend a class directly."""
    found: list[Class] = []
    for path in project:
        for cls in project.facts(path).classes:
            name = dotted(cls.extends) if cls.extends is not None else ""
            if name and not cls.inside and followed(project, resolve(project, path, name)) == ref:
                found.append(cls)
    return found


def is_made_by_hand(project: Project, ref: Ref) -> bool:
    """Does some file say `new X(…)`? Then its constructor is not Nest's alone."""
    for path in project:
        locals_ = {i.local for i in project.facts(path).imports if i.name in (ref.name, "default")}
        if path == ref.path:
            locals_.add(ref.name)
        for name in locals_:
            if followed(project, resolve(project, path, name)) == ref:
                reading = project.reading(path)
                pattern = rf"\bnew\s+{re.escape(name)}\s*\(".encode()
                if reading is not None and re.search(pattern, reading.data):
                    return True
    return False
