"""Applications as Nest would start them: modules in order, what is global, what is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from nestwise.project.model.applications import (
    Application,
    application_at,
    applications,
    applications_with,
    pipe_of,
)
from nestwise.project.model.modules import module_of
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import Ext, Ref

CORE = "import { NestFactory, Reflector, APP_GUARD, APP_PIPE, RouterModule } from '@nestjs/core';\n"
COMMON = (
    "import { Module, Global, forwardRef, ValidationPipe, ParseIntPipe, Injectable, Scope, RequestMethod,"
    " VersioningType, VERSION_NEUTRAL } from '@nestjs/common';\n"
)
HEAD = CORE + COMMON


def one(project: Project) -> Application:
    (app,) = applications(project)
    return app


def app_of(project_of: Any, code: str, **more: str) -> Application:
    files = {f"src/{name}.ts": HEAD + text for name, text in more.items()}
    return one(project_of({"src/main.ts": HEAD + code, **files}))


def names(refs: tuple[Ref, ...]) -> list[str]:
    return [ref.name for ref in refs]


def bound(found: tuple[Any, ...]) -> list[str]:
    """`JwtGuard APP_GUARD` for each."""
    out = []
    for item in found:
        expr = item.here.expr
        callee = getattr(expr, "callee", expr)
        out.append(f"{getattr(callee, 'id', '?')} {item.origin}")
    return out


MAIN = "async function run() { const app = await NestFactory.create(A); %s await app.listen(1); } run();"


@pytest.mark.parametrize(
    "code",
    [
        "async function f() { const app = await NestFactory.create<X>(A);"
        " app.useGlobalGuards(new G()); await app.listen(1); }",
        "const f = async () => { const app = await NestFactory.create(A);"
        " app.useGlobalGuards(new G()); app.listen(1); };",
        "const app = await NestFactory.create(A); app.useGlobalGuards(new G()); await app.listen(1);",
        "NestFactory.create(A).then((app) => { app.useGlobalGuards(new G()); return app.listen(1); });",
        "let app; async function f() { app = await NestFactory.create(A);"
        " app.useGlobalGuards(new G()); app.listen(1); }",
        "class S { async run() { this.app = await NestFactory.create(A); this.more(); await"
        " this.app.listen(1); }"
        " more() { this.app.useGlobalGuards(new G()); } }",
        "class S { async run() { const app = await NestFactory.create(A); this.more(app); app.listen(1); }"
        " more(app: INestApplication) { app.useGlobalGuards(new G()); } }",
        "function more({ app }) { app.useGlobalGuards(new G()); }"
        " async function f() { const app = await NestFactory.create(A); more({ app }); await"
        " app.listen(1); }",
        "async function make() { const app = await NestFactory.create(A); return app; }"
        " async function f() { const app = await make(); app.useGlobalGuards(new G()); await"
        " app.listen(1); } f();",
        "async function make(root) { const app = await NestFactory.create(root); return app; }"
        " async function f() { const app = await make(A); app.useGlobalGuards(new G()); await"
        " app.listen(1); } f();",
    ],
)
def test_the_application_is_followed(project_of: Any, code: str) -> None:
    app = app_of(project_of, code + "\n@Module({}) class A {}\nclass G {}")
    assert app.root == Ref("src/main.ts", "A")
    assert app.kind == "http"
    assert bound(app.global_guards) == ["G useGlobalGuards"]
    assert app.globals_complete


def test_helpers_in_other_files_set_it_up(project_of: Any) -> None:
    app = app_of(
        project_of,
        "import { configure } from './setup'; @Module({}) class A {}"
        + MAIN % "configure(app, new ValidationPipe());",
        setup="export function configure(app: INestApplication, pipe) {"
        " app.useGlobalPipes(pipe).setGlobalPrefix('/api/', { exclude: ['health'] });"
        " app.enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', VERSION_NEUTRAL] });"
        " app.enableCors(); app.enableShutdownHooks(); app.use(helmet()); }",
    )
    assert bound(app.global_pipes) == ["ValidationPipe useGlobalPipes"]
    assert app.prefix == "api"
    assert [t.path for t in app.excluded] == ["health"]
    assert app.versioning is not None
    assert (app.versioning.type, app.versioning.default, app.versioning.prefix) == (
        "uri",
        ("1", "neutral"),
        "v",
    )
    assert app.cors is not None
    assert app.shutdown_hooks
    assert len(app.uses) == 1


@pytest.mark.parametrize(
    ("call", "complete"),
    [
        ("setupApp(app);", False),
        ("configure(app);", False),
        ("SwaggerModule.setup('docs', app, doc);", True),
        ("useContainer(app.select(A), {});", True),
        ("setupSwagger(app);", True),
        ("app.useGlobalGuards(...guards());", False),
        ("app.get(X).run();", True),
    ],
)
def test_code_that_cannot_be_read_may_bind_more(project_of: Any, call: str, complete: bool) -> None:
    code = "import { setupApp, configure, guards, setupSwagger, useContainer } from 'somewhere';"
    assert app_of(project_of, code + "@Module({}) class A {}" + MAIN % call).globals_complete is complete


def test_tokens_come_before_use_global_and_request_scoped_ones_last(project_of: Any) -> None:
    """As printed by guards in an application of Nest 11."""
    app = app_of(
        project_of,
        MAIN % "app.useGlobalGuards(new Use());"
        + """
        @Module({ providers: [{ provide: APP_GUARD, useClass: Imp2 }] }) class M2 {}
        @Module({ imports: [M2], providers: [{ provide: APP_GUARD, useClass: Imp }] }) class M1 {}
        @Module({ providers: [{ provide: APP_GUARD, useClass: DynImp }] }) class M3 {}
        @Module({}) class Dyn {}
        @Injectable({ scope: Scope.REQUEST }) class ReqClass {}
        @Module({
          imports: [{ module: Dyn, imports: [M3], providers: [{ provide: APP_GUARD, useClass: DynG }] }, M1],
          providers: [
            { provide: APP_GUARD, useClass: Req, scope: Scope.REQUEST },
            { provide: APP_GUARD, useClass: ReqClass },
            { provide: APP_GUARD, useFactory: () => new Root() },
          ],
        }) class A {}
        """,
    )
    assert names(app.modules) == ["A", "Dyn", "M3", "M1", "M2"]
    assert [b.split()[0] for b in bound(app.global_guards)] == [
        "Root", "DynG", "DynImp", "Imp", "Imp2", "Use", "Req", "ReqClass",
    ]  # fmt: skip


def test_modules_that_import_each_other(project_of: Any) -> None:
    app = app_of(
        project_of,
        MAIN % ""
        + "@Module({ imports: [forwardRef(() => B), A] }) class A {}"
        + "@Module({ imports: [forwardRef(() => A)], controllers: [C] }) class B {} class C {}",
    )
    assert names(app.modules) == ["A", "B"]
    assert names(app.controllers) == ["C"]
    assert app.complete


@pytest.mark.parametrize(
    ("imports", "modules", "complete"),
    [
        ("[...LIST]", ["B", "D"], True),
        ("LIST", ["B", "D"], True),
        ("LIST.concat([E], F)", ["B", "D", "E", "F"], True),
        ("[isDev && B]", ["B"], True),
        ("[isDev ? B : D, ...(x ? [E] : [])]", ["B", "D", "E"], True),
        ("[isDev && B].filter(Boolean)", ["B"], True),
        ("[...make()]", ["B"], True),
        ("[...unknown()]", [], False),
        ("[require('./x').X]", [], False),
        ("[Nowhere]", [], False),
        ("[ConfigModule.forRoot({ isGlobal: true })]", [], True),
        ("[B.forRoot({ imports: [D] })]", ["B", "D"], True),
        ("[B.forRoot()]", ["B"], True),
        ("[ConfigModule.forRootAsync({ imports: [D], useFactory })]", ["D"], True),
        ("[B.forRootAsync({})]", ["B", "E"], True),
        ("[Conf.register({})]", ["Conf"], True),
        ("[Undecorated.forRoot()]", ["Undecorated"], True),
        ("[await B.forRootAsync({})]", ["B", "E"], True),
        ("[B.missing()]", ["B"], False),
        ("pushed", ["B", "D"], True),
    ],
)
def test_imports_are_folded(project_of: Any, imports: str, modules: list[str], complete: bool) -> None:
    app = app_of(
        project_of,
        "import { ConfigModule } from '@nestjs/config'; import { unknown } from 'pkg';"
        "import { LIST, B, D, E, F, Conf, Undecorated } from './list';"
        "const pushed = [B]; pushed.push(D);"
        "function make() { return [B]; }" + MAIN % "" + f"@Module({{ imports: {imports} }}) class A {{}}",
        list="""
        export const LIST = [B, D];
        @Module({}) export class B {
          static forRoot(options?) { return { module: B, imports: options?.imports ?? [] }; }
          static async forRootAsync(options) {
            const imports = [];
            imports.push(E);
            return { module: B, imports };
          }
        }
        @Module({}) export class D {}
        @Module({}) export class E {}
        @Module({}) export class F {}
        const { ConfigurableModuleClass } = new ConfigurableModuleBuilder().build();
        @Module({}) export class Conf extends ConfigurableModuleClass {
          static register(options) { return { ...super.register(options), providers: [X] }; }
        }
        export class Undecorated { static forRoot(): DynamicModule { return { module: Undecorated }; } }
        """,
    )
    assert names(app.modules) == ["A", *modules]
    assert app.complete is complete


def test_router_module_mounts_controllers(project_of: Any) -> None:
    app = app_of(
        project_of,
        MAIN % ""
        + """
        @Module({ controllers: [BC] }) class B {}
        @Module({ controllers: [DC] }) class D {}
        @Module({ imports: [B, D, RouterModule.register([
          { path: 'admin', module: B, children: [{ path: '/metrics', module: D }] },
        ])], controllers: [AC] }) class A {}
        class AC {} class BC {} class DC {}
        """,
    )
    assert [(p.controller.name, p.module.name, p.path) for p in app.placed] == [
        ("AC", "A", ""),
        ("BC", "B", "admin"),
        ("DC", "D", "admin/metrics"),
    ]


def test_providers(project_of: Any) -> None:
    project = project_of(
        {
            "a.ts": HEAD
            + """
            class S {} const TOKEN = Symbol('t');
            @Global() @Module({
              providers: [S, { provide: 'text', useValue: 1 }, { provide: TOKEN, useExisting: S },
                { provide: APP_PIPE, useFactory: () => new ValidationPipe({ whitelist: true }) }],
              exports: [S, 'text', forwardRef(() => S)],
            }) export class A {}
            """
        }
    )
    module = module_of(project, Ref("a.ts", "A"))
    assert module.is_global
    assert module.complete
    s = Ref("a.ts", "S")
    assert [(p.token, p.kind) for p in module.providers] == [
        (s, "class"),
        ("text", "useValue"),
        (Ref("a.ts", "TOKEN"), "useExisting"),
        (Ext("@nestjs/core", "APP_PIPE"), "useFactory"),
    ]
    assert module.providers[3].enhancer == "pipes"
    assert pipe_of(project, module.providers[3].here).options.whitelist is True
    assert module.exports == (s, "text", s)


def test_middleware(project_of: Any) -> None:
    project = project_of(
        {
            "a.ts": HEAD
            + """
            import helmet from 'helmet';
            class Auth {} class Cats {}
            @Module({}) export class A {
              configure(consumer: MiddlewareConsumer) {
                consumer.apply(Auth, helmet()).exclude('login')
                  .forRoutes(Cats, { path: 'dogs', method: RequestMethod.GET })
                  .apply(Auth).forRoutes(prefix());
                consumer.apply(Auth).exclude('x');
              }
            }
            """
        }
    )
    first, second, third = module_of(project, Ref("a.ts", "A")).middleware
    assert first.symbols == (Ref("a.ts", "Auth"), Ext("helmet", "default"))
    assert [(t.controller, t.path, t.method) for t in first.targets] == [
        (Ref("a.ts", "Cats"), None, "ALL"),
        (None, "dogs", "GET"),
    ]
    assert [t.path for t in first.excluded] == ["login"]
    assert (first.bound, first.complete) == (True, True)
    assert (second.bound, second.complete) == (True, False)
    assert (third.bound, third.complete) == (False, True)


@pytest.mark.parametrize(
    ("expr", "kind", "whitelist"),
    [
        ("new ValidationPipe()", "class-validator", False),
        ("ValidationPipe", "class-validator", False),
        ("new ValidationPipe({ whitelist: true })", "class-validator", True),
        ("new ValidationPipe(OPTIONS)", "class-validator", True),
        ("new ValidationPipe({ ...OPTIONS, transform: true })", "class-validator", True),
        ("new ValidationPipe({ ...other() })", "class-validator", None),
        ("new ValidationPipe({ ...other(), whitelist: false })", "class-validator", False),
        ("new ValidationPipe({ whitelist: isProd })", "class-validator", None),
        ("PIPE", "class-validator", True),
        ("make()", "class-validator", True),
        ("Sub", "class-validator", True),
        ("new Sub()", "class-validator", True),
        ("new Bare({ whitelist: true })", "class-validator", True),
        ("new Hidden({})", "class-validator", None),
        ("new Zod()", "zod", False),
        ("ZodValidationPipe", "zod", False),
        ("new Own()", "zod", False),
        ("new Trim()", "other", False),
        ("new ByHand()", "class-validator", None),
        ("ParseIntPipe", "parse", False),
        ("mystery()", "unknown", None),
    ],
)
def test_pipes(project_of: Any, expr: str, kind: str, whitelist: bool | None) -> None:
    project = project_of(
        {
            "src/main.ts": HEAD
            + "import { OPTIONS, PIPE, Sub, Bare, Hidden, Zod, Own, Trim, ByHand, make } from './pipes';"
            "import { ZodValidationPipe } from 'nestjs-zod'; import { mystery, other } from 'pkg';"
            "@Module({}) class A {}" + MAIN % f"app.useGlobalPipes({expr});",
            "src/pipes.ts": HEAD
            + """
        import { createZodValidationPipe } from 'nestjs-zod';
        export const OPTIONS = { whitelist: true };
        export const PIPE = new ValidationPipe(OPTIONS);
        export const make = () => new ValidationPipe(OPTIONS);
        export class Sub extends ValidationPipe { constructor() { super({ whitelist: true }); } }
        export class Bare extends ValidationPipe {}
        export class Hidden extends ValidationPipe { constructor(o) { super(merge(o)); } }
        export const Zod = createZodValidationPipe({});
        export class Own { transform(v) { return this.schema.safeParse(v); } }
        export class Trim { transform(v) { return v.trim(); } }
        export class ByHand { async transform(v, m) { await validate(plainToInstance(m, v)); return v; } }
        """,
        }
    )
    (found,) = one(project).global_pipes
    pipe = pipe_of(project, found.here)
    assert pipe.kind == kind
    assert pipe.options.whitelist is whitelist


def test_kinds_and_adapters(project_of: Any) -> None:
    project = project_of(
        {
            "main.ts": HEAD
            + """
            import { FastifyAdapter } from '@nestjs/platform-fastify';
            @Module({}) class A {} @Module({}) class W {} @Module({}) class C {} @Module({}) class D {}
            async function run() {
              const app = await NestFactory.create(A, new FastifyAdapter(), { cors: true });
              await app.listen(1);
              const worker = await NestFactory.createMicroservice(W, { transport: 1 }); await worker.listen();
              const context = await NestFactory.createApplicationContext(C);
              const asked = await NestFactory.create(D); asked.get(X);
            }
            """,
        }
    )
    found = applications(project)
    assert [(a.root, a.kind, a.adapter) for a in found] == [
        (Ref("main.ts", "A"), "http", "fastify"),
        (Ref("main.ts", "W"), "microservice", "express"),
        (Ref("main.ts", "C"), "context", "express"),
        (Ref("main.ts", "D"), "context", "express"),
    ]
    assert found[0].cors is not None
    assert application_at(project, "main.ts") == found


def test_which_applications_have_a_controller(project_of: Any) -> None:
    files = {
        "main.ts": HEAD + "import { A } from './a';" + MAIN % "",
        "other.ts": HEAD + "import { build } from 'x'; const Z = build();" + MAIN.replace("(A)", "(Z)") % "",
        "a.ts": HEAD
        + "@Module({ controllers: [C] }) export class A {} export class C {} export class Lost {}",
    }
    project = project_of(files)
    assert [a.path for a in applications_with(project, Ref("a.ts", "C"))] == ["main.ts"]
    # An application whose modules cannot be known may have any controller.
    assert [a.path for a in applications_with(project, Ref("a.ts", "Lost"))] == ["other.ts"]


@pytest.mark.parametrize("cut", range(5, 600, 7))
def test_half_typed_code_has_an_answer(project_of: Any, cut: int) -> None:
    code = (
        HEAD + "async function b() { const app = await NestFactory.create(A); app.useGlobalPipes(new"
        " ValidationPipe({"
        + " whitelist: true })); app.setGlobalPrefix('api', { exclude: ['x'] }); await app.listen(1); } b();"
        + "@Module({ imports: [...L, B.forRoot({ a: 1 })], providers: [{ provide: APP_GUARD,"
        " useClass: G }] })"
        + " export class A { configure(c) { c.apply(M).forRoutes('x'); } static forRoot() {"
        " return A.forRoot(); } }"
    )
    project = project_of({"main.ts": code[: len(code) - cut]})
    assert isinstance(applications(project), tuple)


def test_what_calls_itself_ends(project_of: Any) -> None:
    app = app_of(
        project_of,
        "function meta() { return meta(); } const L = [...L]; function setup(app) { setup(app); }"
        "@Module(meta()) class B { static forRoot() { return B.forRoot(); } }"
        "@Module({ imports: [B, B.forRoot(), ...L] }) class A {}" + MAIN % "setup(app);",
    )
    assert not app.complete


def test_an_edit_elsewhere_computes_nothing(project_of: Any, facts_of: Any) -> None:
    main = HEAD + "import { A } from './a';" + MAIN % ""
    project = project_of(
        {"main.ts": main, "a.ts": HEAD + "@Module({}) export class A {}", "b.ts": "export class X {}"}
    )
    before = applications(project)
    done = project.computed
    project = project.with_files({"b.ts": facts_of("b.ts", "export class X {} export class Y {}")})
    assert applications(project) == before
    assert project.computed == done
    project = project.with_files(
        {
            "a.ts": facts_of(
                "a.ts", HEAD + "@Module({ imports: [B] }) export class A {} @Module({}) class B {}"
            )
        }
    )
    assert [r.name for r in one(project).modules] == ["A", "B"]
