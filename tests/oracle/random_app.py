"""Random applications: controllers with bases, decorators of every shape, modules, middleware, bootstrap."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

GUARDS = ("G1", "G2", "G3", "G4")
INTERCEPTORS = ("I1", "I2")
PIPES = ("P1", "P2")
FILTERS = ("F1", "F2")
MIDDLEWARE = ("M1", "M2", "M3", "f1")
GLOBALS = (
    ("Guards", "APP_GUARD", GUARDS),
    ("Interceptors", "APP_INTERCEPTOR", INTERCEPTORS),
    ("Pipes", "APP_PIPE", PIPES),
    ("Filters", "APP_FILTER", FILTERS),
)
SHAPES = """\
import { applyDecorators, Controller, SetMetadata, UseGuards, UseInterceptors } from '@nestjs/common';
import { G1, G2, G3, G4, I1, I2 } from './things';
export const One = () => UseGuards(G1);
export function Two(...names: string[]) {
  return applyDecorators(SetMetadata('names', names), UseGuards(G2, G3));
}
export const Three = (x = false) => applyDecorators(One(), UseInterceptors(I2), Two('a'));
export function Four() {
  const list = [UseGuards(G4), One()];
  return applyDecorators(...list, UseInterceptors(I1));
}
export const Named = (path: string) => applyDecorators(Controller(path), UseGuards(G3));
"""
COMPOSED = ("One()", "Two('x')", "Two()", "Three()", "Three(true)", "Four()")
VERBS = ("Get", "Post", "Put", "Patch", "Delete", "All", "Options")
SEGMENTS = ("cats", "dogs", ":id", "me", "deep/er", "x/:y/z", "")
VERSIONS = ("'1'", "'2'", "['1', '2']", "VERSION_NEUTRAL", "['1', VERSION_NEUTRAL]")
VERSIONING = (
    "URI }",
    "URI, defaultVersion: '1' }",
    "URI, defaultVersion: ['1', '3'], prefix: 'ver' }",
    "HEADER, header: 'x-version', defaultVersion: '2' }",
)


@dataclass
class Bound:
    """The decorators of a class or a method, in their order: its own one stays."""

    own: str
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def text(self, end: str) -> str:
        found = [each for each in (*self.before, self.own, *self.after) if each]
        return f"{' '.join(found)}{end}" if found else ""


@dataclass
class Method:
    bound: Bound
    signature: str
    """Name, parameters and body."""

    def text(self) -> str:
        return f"  {self.bound.text(' ')}{self.signature}\n"


@dataclass
class Cls:
    bound: Bound
    name: str
    methods: list[Method]
    base: str = ""

    def text(self) -> str:
        kind = "abstract class" if self.name.startswith("Base") else "class"
        extends = f" extends {self.base}" if self.base else ""
        methods = "".join(method.text() for method in self.methods)
        return f"{self.bound.text(chr(10))}{kind} {self.name}{extends} {{\n{methods}}}\n"


@dataclass
class Applied:
    """A line of `configure`."""

    middleware: str
    targets: list[str]
    excluded: str = ""

    def text(self) -> str:
        left_out = f".exclude({self.excluded})" if self.excluded else ""
        call = f"consumer.apply({self.middleware}){left_out}.forRoutes({', '.join(self.targets)})"
        return f"    {call};\n" if self.targets else ""


@dataclass
class Imp:
    module: str
    forward: bool = False


@dataclass
class Mod:
    name: str
    imports: list[Imp] = field(default_factory=list)
    controllers: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    everywhere: bool = False
    dynamic: bool = False
    """Do controllers and providers come from a method `forRoot`?"""
    under: str = ""
    """The module whose paths a `RouterModule` prefixes."""

    def text(self, dynamic: set[str]) -> str:
        """The code, given the names of all modules with a `forRoot`."""
        imports = [f"{i.module}.forRoot()" if i.module in dynamic else i.module for i in self.imports]
        imports = [
            f"forwardRef(() => {text})" if i.forward else text
            for i, text in zip(self.imports, imports, strict=True)
        ]
        if self.under:
            imports.append(f"RouterModule.register([{{ path: 'under', module: {self.under} }}])")
        lists = f"controllers: [{', '.join(self.controllers)}], providers: [{', '.join(self.providers)}]"
        given, made = f"imports: [{', '.join(imports)}]", ""
        if self.dynamic:
            made = f"  static forRoot(): DynamicModule {{ return {{ module: {self.name}, {lists} }}; }}\n"
        else:
            given += f", {lists}"
        lines = "".join(applied.text() for applied in self.applied)
        if lines:
            made += f"  configure(consumer: MiddlewareConsumer) {{\n{lines}  }}\n"
        shared = "@Global() " if self.everywhere else ""
        inner = f"\n{made}" if made else ""
        return f"{shared}@Module({{ {given} }})\nclass {self.name} {{{inner}}}\n"


@dataclass
class App:
    """An application of controllers; the last module is the root."""

    classes: list[Cls] = field(default_factory=list)
    modules: list[Mod] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    """Of the bootstrap, between `create` and `listen`."""

    def code(self) -> str:
        dynamic = {module.name for module in self.modules if module.dynamic}
        return "".join([*(c.text() for c in self.classes), *(m.text(dynamic) for m in self.modules)])

    def main(self) -> str:
        start = "const app = await NestFactory.create(AppModule);\n"
        return f"{start}{''.join(self.steps)}await app.listen(3000);\n"

    def blocks(self) -> list[tuple[str, str]]:
        """Those of a case in Markdown."""
        code = f"import {{ Four, Named, One, Three, Two }} from './shapes';\n{self.code()}"
        return [("", code), ("main", self.main()), ("path=src/shapes.ts", SHAPES)]


class AppMaker:
    """Makes one application, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.app = App()
        # Around exceptions of a prefix Nest adds middleware in ways of its own: not both in one application.
        self.exceptions = self.maybe(0.3)
        self.bases: list[str] = []
        self.controllers: list[str] = []

    def make(self) -> App:
        self._classes()
        self._graph()
        self._main()
        return self.app

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def some(self, pool: tuple[str, ...], most: int = 2) -> str:
        return ", ".join(self.random.choice(pool) for _ in range(self.random.randint(1, most)))

    # --- controllers ---

    def _decorators(self, *first: str) -> Bound:
        """Random ones around those given, of which the first is the own one."""
        out = [*first]
        if self.maybe(0.4):
            out.append(f"@UseGuards({self.some(GUARDS)})")
        if self.maybe(0.2):
            out.append(f"@UseGuards(new {self.random.choice(GUARDS)}())")
        if self.maybe(0.3):
            out.append(f"@{self.random.choice(COMPOSED)}")
        if self.maybe(0.2):
            out.append(f"@UseInterceptors({self.some(INTERCEPTORS)})")
        if self.maybe(0.2):
            out.append(f"@UsePipes({self.random.choice(('P1', 'new P2()', 'P1, P2'))})")
        if self.maybe(0.2):
            out.append(f"@UseFilters({self.some(FILTERS)})")
        self.random.shuffle(out)
        return bound(out, *first[:1])

    def _methods(self) -> list[Method]:
        names = self.random.sample(range(6), self.random.randint(1, 4))
        return [self._method(f"m{n}") for n in names]

    def _method(self, name: str) -> Method:
        path = self.random.choice(SEGMENTS)
        if self.maybe(0.5):
            path += "/" + self.random.choice(("a", "b", ":k"))
        given = f"'{path}'" if self.maybe(0.8) else f"['{path}', '{self.random.choice(('q', 'w/:e'))}']"
        first = [f"@{self.random.choice(VERBS)}({given})"]
        if self.maybe(0.15):
            first.append(f"@Version({self.random.choice(VERSIONS)})")
        return Method(self._decorators(*first), f"{name}() {{}}")

    def _heritage(self, chance: float) -> str:
        return self.random.choice(self.bases) if self.bases and self.maybe(chance) else ""

    def _classes(self) -> None:
        for number in range(self.random.randint(0, 2)):
            decorators, base = self._decorators(), self._heritage(0.5)
            self.app.classes.append(Cls(decorators, f"Base{number}", self._methods(), base))
            self.bases.append(f"Base{number}")
        for number in range(self.random.randint(1, 4)):
            path = self.random.choice(("cats", "dogs", "birds/:bird", ""))
            versioned = f"{{ path: '{path}', version: {self.random.choice(VERSIONS)} }}"
            arguments = (f"'{path}'", f"'{path}'", versioned, f"['{path}', 'also{number}']")
            head = f"@Controller({self.random.choice(arguments)})"
            if self.maybe(0.15):
                head = f"@Named('{path}')"
            bare = [Method(Bound(""), "m1() {}"), Method(Bound(""), "m5() {}")]
            methods = bare if self.maybe(0.1) else self._methods()
            name = f"C{number}Controller"
            self.app.classes.append(Cls(self._decorators(head), name, methods, self._heritage(0.5)))
            self.controllers.append(name)

    # --- modules ---

    def _providers(self) -> list[str]:
        out = []
        for _, token, pool in GLOBALS:
            chosen = self.random.choice(pool)
            ways = (f"useClass: {chosen}", f"useFactory: () => new {chosen}()", f"useValue: new {chosen}()")
            if self.maybe(0.25):
                out.append(f"{{ provide: {token}, {self.random.choice(ways)} }}")
            elif self.maybe(0.05):
                out.append(f"{{ provide: {token}, scope: Scope.REQUEST, useClass: {chosen} }}")
        return out

    def _target(self) -> str:
        controller = self.random.choice(self.controllers)
        path = self.random.choice(("cats", "dogs", "cats/me", "birds/:x", "cats/*rest"))
        method = self.random.choice(("GET", "POST", "ALL"))
        everything = self.random.choice(("'*'", "'{*path}'", "'/*all'"))
        route = f"{{ path: '{path}', method: RequestMethod.{method} }}"
        return self.random.choice((controller, everything, f"'{path}'", route))

    def _configure(self) -> list[Applied]:
        if self.exceptions or self.maybe(0.6):
            return []
        out = []
        for _ in range(self.random.randint(1, 2)):
            left_out = self._target() if self.maybe(0.3) else ""
            targets = [self._target() for _ in range(self.random.randint(1, 2))]
            out.append(Applied(self.random.choice(MIDDLEWARE), targets, left_out))
        return out

    def _graph(self) -> None:
        left = list(self.controllers)
        modules = self.app.modules
        for number in range(self.random.randint(1, 4)):
            own = [left.pop()] if left and self.maybe(0.8) else []
            plain = [m.name for m in modules if not m.dynamic and self.maybe(0.4)]
            imports = [Imp(name, forward=not self.maybe(0.8)) for name in plain]
            made = Mod(f"Module{number}", imports, own, self._providers())
            made.everywhere = self.maybe(0.15)
            made.dynamic = self.maybe(0.25)
            made.applied = self._configure()
            modules.append(made)
        chosen = [m for m in modules if self.maybe(0.7)] or modules[-1:]
        root = Mod("AppModule", [Imp(m.name) for m in chosen], left)
        named = [m.name for m in chosen if not m.dynamic]
        if named and self.maybe(0.3):
            root.under = self.random.choice(named)
        root.providers = self._providers()
        root.applied = self._configure()
        modules.append(root)

    # --- the bootstrap ---

    def _main(self) -> None:
        steps = self.app.steps
        if self.exceptions:
            exceptions = "['cats', { path: 'dogs/:id', method: RequestMethod.GET }, 'birds/*rest']"
            steps.append(f"app.setGlobalPrefix('api', {{ exclude: {exceptions} }});\n")
        elif self.maybe(0.4):
            steps.append("app.setGlobalPrefix('/api');\n")
        if self.maybe(0.5):
            steps.append(f"app.enableVersioning({{ type: VersioningType.{self.random.choice(VERSIONING)});\n")
        for name, _, pool in GLOBALS:
            if self.maybe(0.3):
                steps.append(f"app.useGlobal{name}(new {self.random.choice(pool)}());\n")
        self.random.shuffle(steps)


def bound(decorators: list[str], own: str = "") -> Bound:
    """Decorators in their order, around the own one."""
    at = decorators.index(own) if own else 0
    return Bound(own, decorators[:at], decorators[at + 1 :] if own else decorators)
