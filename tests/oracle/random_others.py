"""Random handlers of other kinds than HTTP: resolvers, gateways, messages, schedules, events; in applications
that connect microservices, or are one, or neither."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from random_app import COMPOSED, FILTERS, GUARDS, INTERCEPTORS, SHAPES, Bound, Cls, Method, bound

IMPORTS = """\
import { AbstractGraphQLDriver, Args, Context, Field, GraphQLModule, Mutation, ObjectType, Parent, Query,
  ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Ctx, EventPattern, GrpcMethod, MessagePattern, Payload } from '@nestjs/microservices';
import { Cron, Interval, ScheduleModule, Timeout } from '@nestjs/schedule';
import { EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Four, One, Three, Two } from './shapes';
class Driver extends AbstractGraphQLDriver { async start() {} async stop() {} }
@ObjectType() class Cat { @Field() name: string; }
"""
PIPES = ("P1", "P2")
KINDS = {
    "resolver": ("@Resolver(() => Cat)", ("Query", "Mutation", "Subscription", "ResolveField")),
    "gateway": ("@WebSocketGateway()", ("SubscribeMessage",)),
    "messages": ("@Controller()", ("MessagePattern", "EventPattern", "GrpcMethod")),
    "jobs": ("@Injectable()", ("Cron", "Interval", "Timeout", "OnEvent")),
}
PARAMETERS = {
    "resolver": ("", "", "@Args('x') x: string", "@Args('x', P2) x: string, @Args('y') y: string"),
    "gateway": ("", "client: unknown, it: string", "@MessageBody() it: string, @ConnectedSocket() s: any"),
    "messages": ("", "it: string", "@Payload() it: string, @Ctx() context: any", "@Payload(P1) it: string"),
    "jobs": ("",),
}  # fmt: skip


@dataclass
class Others:
    """An application of resolvers, gateways, messages and jobs."""

    way: str
    """plain, hybrid, inheriting (a hybrid that shares what is global) or microservice."""
    fields: str = ""
    """Options of GraphQL."""
    classes: list[Cls] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    """But for the one of GraphQL, which is there if a resolver is."""
    controllers: list[str] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    globals: list[str] = field(default_factory=list)
    """Providers of what is global."""
    steps: list[str] = field(default_factory=list)
    """Of the bootstrap, after `create`."""

    def code(self) -> str:
        classes = "".join(cls.text() for cls in self.classes)
        imports = self.imports[:]
        if any(name.startswith("Resolver") for name in self.providers):
            imports.append(
                f"GraphQLModule.forRoot({{ driver: Driver, autoSchemaFile: true, {self.fields} }})"
            )
        lists = f"imports: [{', '.join(imports)}], controllers: [{', '.join(self.controllers)}]"
        providers = ", ".join([*self.providers, *self.globals])
        return f"{classes}@Module({{ {lists}, providers: [{providers}] }})\nclass AppModule {{}}\n"

    def main(self) -> str:
        steps = "".join(self.steps)
        if self.way == "microservice":
            start = (
                "const app = await NestFactory.createMicroservice(AppModule, { transport: Transport.TCP });\n"
            )
            return f"{start}{steps}await app.listen();\n"
        connected = {"plain": "", "hybrid": "", "inheriting": ", { inheritAppConfig: true }"}[self.way]
        connect = (
            f"app.connectMicroservice<MicroserviceOptions>({{ transport: Transport.TCP }}{connected});\n"
        )
        after = "await app.startAllMicroservices();\n" if self.way != "plain" else ""
        return (
            f"const app = await NestFactory.create(AppModule);\n{steps}"
            f"{connect if self.way != 'plain' else ''}{after}await app.listen(3000);\n"
        )

    def blocks(self) -> list[tuple[str, str]]:
        """Those of a case in Markdown."""
        head = "import { MicroserviceOptions, Transport } from '@nestjs/microservices';\n"
        code = f"{IMPORTS}{self.code()}"
        return [("", code), ("main", f"{head}{self.main()}"), ("path=src/shapes.ts", SHAPES)]


class OthersMaker:
    """Makes one application, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.classes: list[Cls] = []
        self.names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.number = 0

    def make(self) -> Others:
        fields = self.random.choice(("", "fieldResolverEnhancers: ['guards']", "fieldResolverEnhancers: []"))
        for kind in KINDS:
            for _ in range(self.random.randint(0, 2)):
                self._class(kind)
        if not any(self.names.values()):
            self._class("resolver")
        made = [
            f"{{ provide: {token}, useClass: {self.random.choice(pool)} }}"
            for token, pool in (
                ("APP_GUARD", GUARDS), ("APP_INTERCEPTOR", INTERCEPTORS), ("APP_PIPE", PIPES),
                ("APP_FILTER", FILTERS),
            )
            if self.maybe(0.4)
        ]  # fmt: skip
        way = self.random.choice(("plain", "hybrid", "inheriting", "microservice"))
        if way == "microservice" and (self.names["resolver"] or self.names["gateway"]):
            way = "hybrid"
        steps = [
            f"app.useGlobal{name}(new {self.random.choice(pool)}());\n"
            for name, pool in (
                ("Guards", GUARDS), ("Interceptors", INTERCEPTORS), ("Pipes", PIPES), ("Filters", FILTERS),
            )
            if self.maybe(0.3)
        ]  # fmt: skip
        providers = [*self.names["resolver"], *self.names["gateway"], *self.names["jobs"]]
        imports = ["ScheduleModule.forRoot()", "EventEmitterModule.forRoot()"]
        return Others(way, fields, self.classes, imports, self.names["messages"], providers, made, steps)

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def _decorators(self, *own: str) -> Bound:
        out = [*own]
        if self.maybe(0.4):
            out.append(f"@UseGuards({', '.join(self.random.sample(GUARDS, self.random.randint(1, 2)))})")
        if self.maybe(0.25):
            out.append(f"@{self.random.choice(COMPOSED)}")
        if self.maybe(0.2):
            out.append(f"@UseInterceptors({self.random.choice(INTERCEPTORS)})")
        if self.maybe(0.2):
            out.append(f"@UsePipes({self.random.choice(PIPES)})")
        if self.maybe(0.2):
            out.append(f"@UseFilters({self.random.choice(FILTERS)})")
        self.random.shuffle(out)
        return bound(out, *own)

    def _class(self, kind: str) -> None:
        head, decorators = KINDS[kind]
        self.number += 1
        name = f"{kind.title()}{self.number}"
        base = ""
        if self.maybe(0.4):
            base = f"Base{self.number}"
            roots = tuple(d for d in decorators if d != "ResolveField")  # a field belongs to its class's type
            self.classes.append(Cls(self._decorators(), base, self._methods(kind, roots)))
        methods = self._methods(kind, decorators)
        if kind == "resolver":
            methods.append(Method(Bound("@Query(() => Cat)"), f"only{self.number}() {{}}"))
        self.classes.append(Cls(self._decorators(head), name, methods, base))
        self.names[kind].append(name)

    def _methods(self, kind: str, decorators: tuple[str, ...]) -> list[Method]:
        names = self.random.sample(range(5), self.random.randint(1, 3))
        return [self._method(kind, self.random.choice(decorators), f"m{n}") for n in names]

    def _method(self, kind: str, decorator: str, name: str) -> Method:
        if decorator == "ResolveField":  # which overrides nothing: GraphQL would have a field without a type
            name = f"f{self.number}{name}"
        unique = f"{name}x{self.number}"
        given = {
            "ResolveField": f"'{unique}', () => String",
            "SubscribeMessage": f"'{unique}'",
            "MessagePattern": self.random.choice((f"'{unique}'", f"{{ cmd: '{unique}', at: 1 }}")),
            "EventPattern": f"['{unique}', 'also{unique}']",
            "GrpcMethod": self.random.choice(("", "'Cats'", f"'Cats', '{unique}'")),
            "Cron": "'0 0 * * *'",
            "Interval": "1000",
            "Timeout": "1000",
            "OnEvent": f"'{unique}'",
        }.get(decorator, f"() => Cat, {{ name: '{unique}' }}")
        params = self.random.choice(PARAMETERS[kind])
        body = "{ return ''; }" if decorator == "ResolveField" else "{}"
        return Method(self._decorators(f"@{decorator}({given})"), f"{name}({params}) {body}")
