"""Random module graphs: providers of every kind, scopes, exports, re-exports, dynamic and global modules.

Now and then something is missing.
"""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass, field

HEAD = """\
import { Controller, DynamicModule, forwardRef, Global, Inject, Injectable, Module, Optional, Scope,
  UseGuards } from '@nestjs/common';
import { ApplicationConfig, APP_GUARD, APP_PIPE, HttpAdapterHost, INQUIRER, LazyModuleLoader, ModuleRef,
  ModulesContainer, NestFactory, Reflector, REQUEST } from '@nestjs/core';
"""
METHODS = "canActivate() { return true; }\n  transform(value: unknown) { return value; }\n"
CORE = (
    "ModuleRef", "Reflector", "ApplicationConfig", "HttpAdapterHost", "LazyModuleLoader", "ModulesContainer",
    "REQUEST", "INQUIRER",
)  # fmt: skip
STRINGS = ("'t1'", "'t2'", "'t3'")
SYMBOLS = ("S1", "S2")


@dataclass
class Dep:
    """One dependency: what it asks for, and how that is written."""

    token: str
    how: str = "type"
    """type, inject, forward or property."""
    optional: bool = False


@dataclass
class Cls:
    name: str
    controller: bool
    scope: str = ""
    deps: list[Dep] = field(default_factory=list)
    base: str = ""
    bound: str = ""
    """The guard of a `@UseGuards`."""


@dataclass
class Prov:
    token: str
    kind: str
    target: str
    """A class or token, where there is one."""
    deps: list[Dep] = field(default_factory=list)
    scope: str = ""


@dataclass
class Imp:
    module: str
    how: str = "plain"
    """plain, literal (of a dynamic module), static (a method gives it), shared (a constant holds it)."""
    forward: bool = False
    provs: list[Prov] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    everywhere: bool = False


@dataclass
class Mod:
    name: str
    imports: list[Imp] = field(default_factory=list)
    provs: list[Prov] = field(default_factory=list)
    exports: list[str] = field(default_factory=list)
    controllers: list[str] = field(default_factory=list)
    everywhere: bool = False
    spread: bool = False
    """Are its providers and exports constants that are spread in?"""


@dataclass
class Graph:
    classes: list[Cls] = field(default_factory=list)
    modules: list[Mod] = field(default_factory=list)
    """The last one is the root."""

    # --- as TypeScript ---

    def text(self) -> str:
        self.order = {c.name: i for i, c in enumerate(self.classes)}
        self.places = {m.name: i for i, m in enumerate(self.modules)}
        parts = [HEAD, *(f"const {s} = Symbol('{s}');\n" for s in SYMBOLS)]
        parts += [self._class(i, c) for i, c in enumerate(self.classes)]
        parts += [self._module(i, m) for i, m in enumerate(self.modules)]
        root = self.modules[-1].name
        parts.append(f"void NestFactory.createApplicationContext({root});\n")
        return "".join(parts)

    def _class(self, index: int, cls: Cls) -> str:
        scope = f"{{ scope: Scope.{cls.scope} }}" if cls.scope else ""
        kind = "Controller" if cls.controller else "Injectable"
        guard = f"@UseGuards({cls.bound}) " if cls.bound else ""
        extends = f" extends {cls.base}" if cls.base else ""
        props = "".join(
            f"  {self._dep(index, d, f'p{i}')};\n" for i, d in enumerate(cls.deps) if d.how == "property"
        )
        params = ", ".join(
            self._dep(index, d, f"a{i}") for i, d in enumerate(cls.deps) if d.how != "property"
        )
        call = " super(...([] as unknown as [])); " if cls.base else ""
        ctor = f"  constructor({params}) {{{call}}}\n" if params else ""
        return f"{guard}@{kind}({scope}) class {cls.name}{extends} {{\n{props}{ctor}  {METHODS}}}\n"

    def _dep(self, index: int, dep: Dep, name: str) -> str:
        known = dep.token not in self.order or self.order[dep.token] < index
        optional = "@Optional() " if dep.optional else ""
        if dep.how == "type" and dep.token in self.order and known:
            return f"{optional}{name}: {dep.token}"
        if dep.how == "type" and dep.token in CORE[:6]:
            return f"{optional}{name}: {dep.token}"
        bang = "!" if dep.how == "property" else ""
        if dep.how == "forward" or not known:
            return f"{optional}@Inject(forwardRef(() => {dep.token})) {name}{bang}: unknown"
        return f"{optional}@Inject({dep.token}) {name}{bang}: unknown"

    def _provider(self, prov: Prov) -> str:
        scope = f", scope: Scope.{prov.scope}" if prov.scope else ""
        match prov.kind:
            case "class":
                return prov.token
            case "useClass" | "useExisting":
                return f"{{ provide: {prov.token}, {prov.kind}: {prov.target}{scope} }}"
            case "useFactory":
                items = ", ".join(self._injected(d) for d in prov.deps)
                return f"{{ provide: {prov.token}, useFactory: () => ({{}}), inject: [{items}]{scope} }}"
            case _:
                return f"{{ provide: {prov.token}, useValue: {{}} }}"

    def _injected(self, dep: Dep) -> str:
        token = f"forwardRef(() => {dep.token})" if dep.how == "forward" else dep.token
        return f"{{ token: {token}, optional: true }}" if dep.optional else token

    def _dynamic(self, imp: Imp) -> str:
        providers = ", ".join(map(self._provider, imp.provs))
        shared = ", global: true" if imp.everywhere else ""
        exports = ", ".join(imp.exports)
        return f"{{ module: {imp.module}, providers: [{providers}], exports: [{exports}]{shared} }}"

    def _module(self, index: int, mod: Mod) -> str:
        before, statics, imports = "", "", []
        for number, imp in enumerate(mod.imports):
            later = self.places.get(imp.module, -1) >= index
            written = imp.module
            if imp.how == "literal" or (imp.how == "static" and later):
                written = self._dynamic(imp)
            elif imp.how == "static":
                written = f"{mod.name}.make{number}()"
                statics += f"  static make{number}(): DynamicModule {{ return {self._dynamic(imp)}; }}\n"
            elif imp.how == "shared" and not later:
                before += f"const {mod.name}Shared{number} = {self._dynamic(imp)};\n"
                written = f"{mod.name}Shared{number}"
            inner = f"({written})" if written.startswith("{") else written
            imports.append(f"forwardRef(() => {inner})" if imp.forward or later else written)
        providers = [self._provider(p) for p in mod.provs]
        exports = [f"forwardRef(() => {e})" if self.places.get(e, -1) >= index else e for e in mod.exports]
        lists = {
            "imports": imports,
            "providers": providers,
            "controllers": mod.controllers,
            "exports": exports,
        }
        fields = []
        for key, items in lists.items():
            body = ", ".join(items)
            if mod.spread and key in ("providers", "exports") and items and "forwardRef" not in body:
                before += f"const {key}Of{mod.name} = [{body}];\n"
                body = f"...{key}Of{mod.name}"
            fields.append(f"  {key}: [{body}],\n")
        shared = "@Global() " if mod.everywhere else ""
        # A static method of the module itself is used in its own decorator: so it is one of a helper.
        helper = f"class {mod.name}Maker {{\n{statics}}}\n" if statics else ""
        text = "".join(fields).replace(f"{mod.name}.make", f"{mod.name}Maker.make")
        return f"{before}{helper}{shared}@Module({{\n{text}}}) class {mod.name} {{}}\n"


# --- making them ----------------------------------------------------------------------------------


class Maker:
    """Makes one graph, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.graph = Graph()
        self.wrong = 0.12 if self.maybe(0.4) else 0.0
        """How often something is asked for that may be nowhere."""
        self.shared: list[str] = []
        self.exported: dict[str, list[str]] = {}

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def make(self) -> Graph:
        for number in range(self.random.randint(2, 5)):
            self._module(f"M{number}", last=False)
        self._module("AppModule", last=True)
        return self.graph

    def _module(self, name: str, *, last: bool) -> None:
        mod = Mod(name, spread=self.maybe(0.3))
        before = self.graph.modules[:]
        self.graph.modules.append(mod)
        for other in before:
            if self.maybe(0.75 if last else 0.4):
                self._import(mod, other.name)
        visible = [*self.shared, *(t for i in mod.imports for t in (*self.exported[i.module], *i.exports))]
        for _ in range(self.random.randint(1, 3)):
            self._provide(mod, visible)
        for _ in range(self.random.randint(0, 1)):
            cls = self._class(visible, controller=True)
            mod.controllers.append(cls.name)
        if self.maybe(0.15):
            guard = self._class(visible)
            token = self.random.choice(("APP_GUARD", "APP_PIPE"))
            scope = self.random.choice(("", "", "REQUEST"))
            mod.provs.append(Prov(token, "useClass", guard.name, scope=scope))
        own = [p.token for p in mod.provs if not p.token.startswith("APP_")]
        mod.exports = [t for t in dict.fromkeys(own) if self.maybe(0.6)]
        mod.exports += [m for m in dict.fromkeys(i.module for i in mod.imports) if self.maybe(0.25)]
        if self.wrong and self.maybe(0.1):
            mod.exports.append(self.random.choice(STRINGS))
        self.exported[name] = [
            *(t for t in mod.exports if t in own),
            *(t for m in mod.exports for t in self.exported.get(m, ())),
        ]
        if self.maybe(0.2) and not last:
            mod.everywhere = True
            self.shared += self.exported[name]
        if before and self.maybe(0.15):  # and back again
            early = self.random.choice(before)
            early.imports.append(Imp(name, forward=True))

    def _import(self, mod: Mod, name: str) -> None:
        imp = Imp(name, forward=self.maybe(0.1))
        if self.maybe(0.3):
            imp.how = self.random.choice(("literal", "static", "shared"))
            for _ in range(self.random.randint(0, 2)):
                token = self.random.choice(STRINGS + SYMBOLS)
                imp.provs.append(Prov(token, "useValue", ""))
            imp.exports = [p.token for p in imp.provs if self.maybe(0.8)]
            imp.everywhere = self.maybe(0.15)
            if imp.everywhere:
                self.shared += imp.exports
        mod.imports.append(imp)
        if self.maybe(0.1):
            mod.imports.append(copy.deepcopy(imp))

    def _provide(self, mod: Mod, visible: list[str]) -> None:
        kind = self.random.choice(
            ("class", "class", "class", "useClass", "useValue", "useFactory", "useExisting")
        )
        token = self.random.choice(STRINGS + SYMBOLS)
        if kind == "class":
            if self.graph.classes and self.maybe(0.15):
                cls = self.random.choice(self.graph.classes)
                if not cls.controller:
                    mod.provs.append(Prov(cls.name, "class", ""))
                return
            mod.provs.append(Prov(self._class(visible).name, "class", ""))
        elif kind == "useClass":
            cls = self._class(visible)
            scope = self.random.choice(("", "", "", "REQUEST", "TRANSIENT"))
            mod.provs.append(Prov(self.random.choice((token, cls.name)), kind, cls.name, scope=scope))
        elif kind == "useFactory":
            deps = [self._dep(visible, factory=True) for _ in range(self.random.randint(0, 2))]
            scope = self.random.choice(("", "", "", "REQUEST", "TRANSIENT"))
            mod.provs.append(Prov(token, kind, "", deps=[d for d in deps if d is not None], scope=scope))
        elif kind == "useExisting":
            own = [p.token for p in mod.provs if p.token != token and not p.token.startswith("APP_")]
            targets = [t for t in (*visible, *own) if t != token]
            if targets:
                mod.provs.append(Prov(token, kind, self.random.choice(targets)))
        else:
            mod.provs.append(Prov(token, kind, ""))
        visible += [p.token for p in mod.provs[-1:] if not p.token.startswith("APP_")]

    def _class(self, visible: list[str], *, controller: bool = False) -> Cls:
        name = f"C{len(self.graph.classes)}"
        scope = self.random.choice(("", "", "", "", "", "REQUEST", "TRANSIENT"))
        deps = [self._dep(visible) for _ in range(self.random.randint(0, 3))]
        cls = Cls(name, controller, scope, [d for d in deps if d is not None])
        plain = [c.name for c in self.graph.classes if not c.controller]
        if plain and self.maybe(0.15):
            cls.base = self.random.choice(plain)
        if controller and plain and self.maybe(0.3):
            cls.bound = self.random.choice(plain)
        self.graph.classes.append(cls)
        return cls

    def _dep(self, visible: list[str], *, factory: bool = False) -> Dep | None:
        anything = [*STRINGS, *SYMBOLS, *(c.name for c in self.graph.classes)]
        if self.maybe(0.12):
            token = self.random.choice(CORE)
        elif self.maybe(self.wrong) and anything:
            token = self.random.choice(anything)
        elif visible:
            token = self.random.choice(visible)
        else:
            return None
        how = self.random.choice(
            ("type", "type", "inject", "forward" if self.maybe(0.3) else "inject", "property")
        )
        if factory:
            how = "forward" if self.maybe(0.1) else "inject"
        return Dep(token, how, self.maybe(0.1))
