"""Random applications: controllers with bases, decorators of every shape, modules, middleware, bootstrap."""

from __future__ import annotations

import random

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


class RandomApp:
    """One application, the same for the same seed; `blocks` are those of a case in Markdown."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        # Around exceptions of a prefix Nest adds middleware in ways of its own: not both in one application.
        self.exceptions = self.maybe(0.3)
        self.code: list[str] = ["import { Four, Named, One, Three, Two } from './shapes';"]
        self.bases: list[str] = []
        self.controllers: list[str] = []
        self.modules: list[str] = []
        self._classes()
        self._graph()
        self.blocks = [("", "\n".join(self.code)), ("main", self._main()), ("path=src/shapes.ts", SHAPES)]

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def some(self, pool: tuple[str, ...], most: int = 2) -> str:
        return ", ".join(self.random.choice(pool) for _ in range(self.random.randint(1, most)))

    # --- controllers ---

    def _decorators(self, *first: str) -> str:
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
        return " ".join(out)

    def _methods(self) -> str:
        names = self.random.sample(range(6), self.random.randint(1, 4))
        return "".join(self._method(f"m{n}") for n in names)

    def _method(self, name: str) -> str:
        path = self.random.choice(SEGMENTS)
        if self.maybe(0.5):
            path += "/" + self.random.choice(("a", "b", ":k"))
        given = f"'{path}'" if self.maybe(0.8) else f"['{path}', '{self.random.choice(('q', 'w/:e'))}']"
        first = [f"@{self.random.choice(VERBS)}({given})"]
        if self.maybe(0.15):
            first.append(f"@Version({self.random.choice(VERSIONS)})")
        return f"  {self._decorators(*first)} {name}() {{}}\n"

    def _heritage(self, chance: float) -> str:
        return f" extends {self.random.choice(self.bases)}" if self.bases and self.maybe(chance) else ""

    def _classes(self) -> None:
        for number in range(self.random.randint(0, 2)):
            head = f"{self._decorators()}\nabstract class Base{number}{self._heritage(0.5)}"
            self.code.append(f"{head} {{\n{self._methods()}}}")
            self.bases.append(f"Base{number}")
        for number in range(self.random.randint(1, 4)):
            path = self.random.choice(("cats", "dogs", "birds/:bird", ""))
            versioned = f"{{ path: '{path}', version: {self.random.choice(VERSIONS)} }}"
            arguments = (f"'{path}'", f"'{path}'", versioned, f"['{path}', 'also{number}']")
            head = f"@Controller({self.random.choice(arguments)})"
            if self.maybe(0.15):
                head = f"@Named('{path}')"
            bare = "  m1() {}\n  m5() {}\n" if self.maybe(0.1) else self._methods()
            name = f"C{number}Controller"
            self.code.append(f"{self._decorators(head)}\nclass {name}{self._heritage(0.5)} {{\n{bare}}}")
            self.controllers.append(name)

    # --- modules ---

    def _providers(self) -> str:
        out = []
        for _, token, pool in GLOBALS:
            chosen = self.random.choice(pool)
            ways = (f"useClass: {chosen}", f"useFactory: () => new {chosen}()", f"useValue: new {chosen}()")
            if self.maybe(0.25):
                out.append(f"{{ provide: {token}, {self.random.choice(ways)} }}")
            elif self.maybe(0.05):
                out.append(f"{{ provide: {token}, scope: Scope.REQUEST, useClass: {chosen} }}")
        return ", ".join(out)

    def _target(self) -> str:
        controller = self.random.choice(self.controllers)
        path = self.random.choice(("cats", "dogs", "cats/me", "birds/:x", "cats/*rest"))
        method = self.random.choice(("GET", "POST", "ALL"))
        everything = self.random.choice(("'*'", "'{*path}'", "'/*all'"))
        route = f"{{ path: '{path}', method: RequestMethod.{method} }}"
        return self.random.choice((controller, everything, f"'{path}'", route))

    def _configure(self) -> str:
        if self.exceptions or self.maybe(0.6):
            return ""
        out = ""
        for _ in range(self.random.randint(1, 2)):
            left_out = f".exclude({self._target()})" if self.maybe(0.3) else ""
            targets = ", ".join(self._target() for _ in range(self.random.randint(1, 2)))
            out += f"    consumer.apply({self.random.choice(MIDDLEWARE)}){left_out}.forRoutes({targets});\n"
        return f"  configure(consumer: MiddlewareConsumer) {{\n{out}  }}\n"

    def _graph(self) -> None:
        left = list(self.controllers)
        for number in range(self.random.randint(1, 4)):
            name = f"Module{number}"
            own = left.pop() if left and self.maybe(0.8) else ""
            plain = [m for m in self.modules if "(" not in m and self.maybe(0.4)]
            imports = ", ".join(m if self.maybe(0.8) else f"forwardRef(() => {m})" for m in plain)
            lists = f"controllers: [{own}], providers: [{self._providers()}]"
            shared = "@Global() " if self.maybe(0.15) else ""
            if self.maybe(0.25):
                made = f"  static forRoot(): DynamicModule {{ return {{ module: {name}, {lists} }}; }}\n"
                self.code.append(f"{shared}@Module({{ imports: [{imports}] }})\nclass {name} {{\n{made}")
                self.modules.append(f"{name}.forRoot()")
            else:
                self.code.append(f"{shared}@Module({{ imports: [{imports}], {lists} }})\nclass {name} {{")
                self.modules.append(name)
            self.code[-1] += f"\n{self._configure()}}}"
        imports = [m for m in self.modules if self.maybe(0.7)] or self.modules[-1:]
        named = [m for m in imports if "(" not in m]
        if named and self.maybe(0.3):
            tree = f"[{{ path: 'under', module: {self.random.choice(named)} }}]"
            imports.append(f"RouterModule.register({tree})")
        lists = f"controllers: [{', '.join(left)}], providers: [{self._providers()}]"
        self.code.append(f"@Module({{ imports: [{', '.join(imports)}], {lists} }})\nclass AppModule {{")
        self.code[-1] += f"\n{self._configure()}}}"

    # --- the bootstrap ---

    def _main(self) -> str:
        steps = []
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
        start = "const app = await NestFactory.create(AppModule);\n"
        return f"{start}{''.join(steps)}await app.listen(3000);\n"
