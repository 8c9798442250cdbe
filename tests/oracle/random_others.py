"""Random handlers of other kinds than HTTP: resolvers, gateways, messages, schedules, events; in applications
that connect microservices, or are one, or neither."""

from __future__ import annotations

import random

from random_app import COMPOSED, FILTERS, GUARDS, INTERCEPTORS, SHAPES

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


class RandomOthers:
    """One application, the same for the same seed; `blocks` are those of a case in Markdown."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.code: list[str] = [IMPORTS]
        self.names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self.number = 0
        self.fields = self.random.choice(
            ("", "fieldResolverEnhancers: ['guards']", "fieldResolverEnhancers: []")
        )
        for kind in KINDS:
            for _ in range(self.random.randint(0, 2)):
                self._class(kind)
        if not any(self.names.values()):
            self._class("resolver")
        self._modules()
        main = self._main()
        self.blocks = [("", "\n".join(self.code)), ("main", main), ("path=src/shapes.ts", SHAPES)]

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def _decorators(self, *first: str) -> str:
        out = [*first]
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
        return " ".join(out)

    def _class(self, kind: str) -> None:
        head, decorators = KINDS[kind]
        self.number += 1
        name = f"{kind.title()}{self.number}"
        base = ""
        if self.maybe(0.4):
            base = f" extends Base{self.number}"
            roots = tuple(d for d in decorators if d != "ResolveField")  # a field belongs to its class's type
            self.code.append(
                f"{self._decorators()}\nabstract class Base{self.number} {{\n{self._methods(kind, roots)}}}"
            )
        methods = self._methods(kind, decorators)
        if kind == "resolver":
            methods += f"  @Query(() => Cat) only{self.number}() {{}}\n"
        self.code.append(f"{self._decorators(head)}\nclass {name}{base} {{\n{methods}}}")
        self.names[kind].append(name)

    def _methods(self, kind: str, decorators: tuple[str, ...]) -> str:
        names = self.random.sample(range(5), self.random.randint(1, 3))
        return "".join(self._method(kind, self.random.choice(decorators), f"m{n}") for n in names)

    def _method(self, kind: str, decorator: str, name: str) -> str:
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
        return f"  {self._decorators(f'@{decorator}({given})')} {name}({params}) {body}\n"

    def _modules(self) -> None:
        globals_ = [
            f"{{ provide: {token}, useClass: {self.random.choice(pool)} }}"
            for token, pool in (
                ("APP_GUARD", GUARDS), ("APP_INTERCEPTOR", INTERCEPTORS), ("APP_PIPE", PIPES),
                ("APP_FILTER", FILTERS),
            )
            if self.maybe(0.4)
        ]  # fmt: skip
        providers = [*self.names["resolver"], *self.names["gateway"], *self.names["jobs"], *globals_]
        imports = ["ScheduleModule.forRoot()", "EventEmitterModule.forRoot()"]
        if self.names["resolver"]:
            imports.append(
                f"GraphQLModule.forRoot({{ driver: Driver, autoSchemaFile: true, {self.fields} }})"
            )
        lists = f"imports: [{', '.join(imports)}], controllers: [{', '.join(self.names['messages'])}]"
        self.code.append(f"@Module({{ {lists}, providers: [{', '.join(providers)}] }})\nclass AppModule {{}}")

    def _main(self) -> str:
        head = "import { MicroserviceOptions, Transport } from '@nestjs/microservices';\n"
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
        if way == "microservice":
            start = (
                "const app = await NestFactory.createMicroservice(AppModule, { transport: Transport.TCP });\n"
            )
            return f"{head}{start}{''.join(steps)}await app.listen();\n"
        connected = {"plain": "", "hybrid": "", "inheriting": ", { inheritAppConfig: true }"}[way]
        connect = (
            f"app.connectMicroservice<MicroserviceOptions>({{ transport: Transport.TCP }}{connected});\n"
        )
        after = "await app.startAllMicroservices();\n" if way != "plain" else ""
        return (
            f"{head}const app = await NestFactory.create(AppModule);\n{''.join(steps)}"
            f"{connect if way != 'plain' else ''}{after}await app.listen(3000);\n"
        )
