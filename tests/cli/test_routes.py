"""Who may call a route: what `nestwise routes` says of code that real projects write."""

from __future__ import annotations

import json

import pytest

MAIN = """\
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(3000);
}
void bootstrap();
"""
MODULE = """\
import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { CatsController } from './cats.controller';
import { Gate } from './gate';
@Module({ controllers: [CatsController] })
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer) { consumer.apply(Gate).forRoutes(ROUTES); }
}
"""
CONTROLLER = """\
import { Controller, Get } from '@nestjs/common';
import { Described } from './not-written-yet';
@Described()
@Controller('cats')
export class CatsController {
  @Get() all() { return []; }
}
"""
AUTHENTICATING = (
    "use(req, res, next) { if (!req.headers.authorization) throw new UnauthorizedException(); next(); }"
)


@pytest.fixture
def access(project, nestwise):
    """The access of the only route, with middleware of a body bound to a target."""

    def of(
        controller: str = CONTROLLER, body: str = "use(req, res, next) { next(); }", to: str = "'*'"
    ) -> str:
        root = project(
            {
                "src/main.ts": MAIN,
                "src/app.module.ts": MODULE.replace("ROUTES", to),
                "src/cats.controller.ts": controller,
                "src/gate.ts": f"export class Gate {{ {body} }}",
            }
        )
        done = nestwise("routes", "--format", "json", root)
        assert (done.returncode, done.stderr) == (0, "")
        [route] = json.loads(done.stdout)
        assert (route["method"], route["path"], route["handler"]) == ("GET", "/cats", "CatsController.all")
        return route["access"]

    return of


OPEN = CONTROLLER.replace("@Described()\n", "")


def test_a_decorator_that_cannot_be_read_hides_no_controller(access):
    assert access(CONTROLLER) == "unknown"
    assert access(OPEN) == "open"


def test_middleware_that_authenticates_guards_its_routes(access):
    assert access(OPEN, AUTHENTICATING) == "guarded"
    assert access(OPEN, AUTHENTICATING, "'dogs'") == "open"


def test_middleware_for_routes_that_cannot_be_told_is_unknown(access):
    assert access(OPEN, AUTHENTICATING, "routesOf(CONFIG)") == "unknown"
    assert access(OPEN, to="routesOf(CONFIG)") == "open"


def test_middleware_that_authenticates_guards_whatever_else_cannot_be_told(access):
    assert access(CONTROLLER, AUTHENTICATING) == "guarded"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("use(req, _res, next) { req.who = this.jwt.decode(req.headers.authorization); next(); }", "unknown"),
        ("use(req, res, next) { if (!req.headers.jwt) return res.sendStatus(401); next(); }", "guarded"),
        ("use(req, res, next) { if (!this.token(req)) return next(new Error('é😀')); next(); }", "guarded"),
        ("async use(req, res, next) { await this.allowed(req); next(); }"
         "async allowed(req) { if (!req.headers.authorization) throw new Error(); }", "guarded"),
    ],
)  # fmt: skip
def test_middleware_that_asks_who_calls_guards_only_if_it_may_refuse(access, body, expected):
    assert access(OPEN, body) == expected


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ("import { session } from 'passport';\napp.use(session())", "open"),
        ("import passport from 'passport';\napp.use(passport.initialize())", "open"),
        ("import { session } from 'express-session';\napp.use(session({}))", "open"),
        ("import s from 'express-session';\nconst session = s({}); app.use(session)", "open"),
        ("const passport = require('passport');\napp.use(passport.initialize())", "open"),
        ("const passport = require('passport');\napp.use(passport.authenticate('jwt'))", "guarded"),
        ("import passport from 'passport';\napp.use(passport.authenticate('jwt'))", "guarded"),
        ("import passport from 'passport';\napp.use('/cats', passport.authenticate('jwt'))", "guarded"),
        ("import passport from 'passport';\napp.use('/dogs', passport.authenticate('jwt'))", "open"),
    ],
)
def test_a_session_refuses_nobody(project, nestwise, used, expected):
    imported, use = used.split("\n")
    files = {
        "src/main.ts": f"{imported}\n{MAIN.replace('await app.listen', use + '; await app.listen')}",
        "src/app.module.ts": MODULE.replace("ROUTES", "'*'"),
        "src/cats.controller.ts": OPEN,
        "src/gate.ts": "export class Gate { use(req, res, next) { next(); } }",
    }
    assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", expected)]


@pytest.mark.parametrize(
    ("made", "expected"),
    [("provideErrorFilter", "open"), ("provideGuard", "unknown"), ("provideAuth", "unknown")],
)
def test_what_a_package_provides_is_told_by_its_name(project, nestwise, made, expected):
    module = f"import {{ {made} }} from 'their-kit';\n" + MODULE.replace("ROUTES", "'*'")
    files = {
        "src/main.ts": MAIN,
        "src/app.module.ts": module.replace("{ controllers", f"{{ providers: [{made}()], controllers"),
        "src/cats.controller.ts": OPEN,
        "src/gate.ts": "export class Gate { use(req, res, next) { next(); } }",
    }
    assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", expected)]


def test_a_configurable_module_binds_no_middleware(project, nestwise):
    kit = (
        "import { ConfigurableModuleBuilder, Module } from '@nestjs/common';\n"
        "const { ConfigurableModuleClass } = new ConfigurableModuleBuilder().build();\n"
        "@Module({}) export class KitModule extends ConfigurableModuleClass {}\n"
    )
    module = "import { KitModule } from './kit';\n" + MODULE.replace("ROUTES", "'*'")
    files = {
        "src/main.ts": MAIN,
        "src/kit.ts": kit,
        "src/app.module.ts": module.replace(
            "{ controllers", "{ imports: [KitModule.register({})], controllers"
        ),
        "src/cats.controller.ts": OPEN,
        "src/gate.ts": "export class Gate { use(req, res, next) { next(); } }",
    }
    assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", "open")]


def test_a_log_of_requests_is_no_guard(project, nestwise):
    files = {"src/main.ts": MAIN, "src/cats.controller.ts": OPEN}
    files["src/app.module.ts"] = MODULE.replace("Gate", "AccessLogMiddleware").replace("ROUTES", "'*'")
    files["src/gate.ts"] = (
        "export class AccessLogMiddleware { static token(name, of) { return morgan.token(name, of); }"
        " use(req, res, next) { morgan('short')(req, res, next); } }"
    )
    assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", "open")]


def test_a_function_beside_middleware_that_authenticates_covers_no_other_path(project, nestwise):
    module = "import passport from 'passport';\n" + MODULE.replace(
        "apply(Gate)", "apply((req, res, next) => next(), passport.authenticate('jwt'))"
    )
    for to, expected in (("'dogs'", "open"), ("'cats'", "guarded")):
        files = {"src/main.ts": MAIN, "src/cats.controller.ts": OPEN, "src/gate.ts": "export class Gate {}"}
        files["src/app.module.ts"] = module.replace("ROUTES", to)
        assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", expected)]


def test_middleware_that_cannot_be_read_may_guard(project, nestwise):
    for applied, to, expected in (
        ("...this.all", "'*'", "unknown"),
        ("...this.all", "'dogs'", "open"),
        ("this.gate", "'*'", "unknown"),
    ):
        module = MODULE.replace("apply(Gate)", f"apply({applied})").replace("ROUTES", to)
        files = {"src/main.ts": MAIN, "src/app.module.ts": module, "src/cats.controller.ts": OPEN}
        files["src/gate.ts"] = "export class Gate {}"
        assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", expected)]


def test_a_page_about_authentication_and_a_comment_are_no_guard(access):
    page = (
        "use(req, res, next) { if (req.path.includes('auth/page')) { return res.send(this.html); } next(); }"
    )
    assert access(OPEN, page) == "open"
    assert (
        access(OPEN, "use(req, res, next) { /* 'é😀' the token is checked elsewhere */ next(); } // jwt")
        == "open"
    )


def test_a_list_of_modules_that_cannot_be_read_leaves_paths_alone(project, nestwise):
    module = MODULE.replace("{ controllers", "{ imports: modulesOf(process.env), controllers")
    root = project(
        {
            "src/main.ts": MAIN,
            "src/app.module.ts": module.replace("ROUTES", "'*'"),
            "src/cats.controller.ts": OPEN,
            "src/gate.ts": "export class Gate { use(req, res, next) { next(); } }",
        }
    )
    [route] = json.loads(nestwise("routes", "--format", "json", root).stdout)
    assert (route["path"], route["access"]) == ("/cats", "unknown")


def listed(project, nestwise, files):
    done = nestwise("routes", "--format", "json", project(files))
    assert (done.returncode, done.stderr) == (0, "")
    return [(r["application"], r["module"], r["path"], r["access"]) for r in json.loads(done.stdout)]


BUILT = "import { build } from './build';\nexport const AppModule = build();\n"
ORPHAN = "import { Module } from '@nestjs/common';\n@Module({})\nexport class AppModule {}\n"
LOADED = MAIN.replace("import { AppModule } from './app.module';\n", "").replace(
    "  const app =", "  const modules = await import('./app.module');\n  const app ="
)


def test_controllers_of_modules_that_code_builds_are_listed(project, nestwise):
    files = {"src/main.ts": MAIN, "src/app.module.ts": BUILT, "src/cats.controller.ts": OPEN}
    assert listed(project, nestwise, files) == [("cats", "?", "/cats", "unknown")]
    assert listed(project, nestwise, {"src/cats.controller.ts": OPEN, "src/main.ts": ""}) == [
        ("?", "?", "/cats", "unknown")
    ]


def test_a_controller_that_no_module_has_is_no_route(project, nestwise):
    files = {"src/main.ts": MAIN, "src/app.module.ts": ORPHAN, "src/cats.controller.ts": OPEN}
    assert listed(project, nestwise, files) == []


@pytest.mark.parametrize(
    "root", ["modules.AppModule", "await import('./app.module').then((m) => m.AppModule)"]
)
def test_a_root_module_that_is_imported_when_it_is_needed_is_found(project, nestwise, root):
    module = MODULE.replace("ROUTES", "'*'")
    files = {
        "src/main.ts": LOADED.replace("create(AppModule)", f"create({root})"),
        "src/app.module.ts": module,
        "src/cats.controller.ts": OPEN,
        "src/gate.ts": "export class Gate { use(req, res, next) { next(); } }",
    }
    assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", "open")]


JOBS = """\
import { Controller, Get } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
@Controller(pathOf('cats'))
export class CatsController {
  @Get() all() { return []; }
  @Cron('0 0 * * *') clean() {}
}
"""


def test_what_no_client_calls_is_internal_and_not_unguarded(project, nestwise):
    files = {"src/main.ts": MAIN, "src/cats.controller.ts": JOBS, "src/gate.ts": "export class Gate {}"}
    files["src/app.module.ts"] = MODULE.replace("consumer.apply(Gate).forRoutes(ROUTES);", "")
    root = project(files)
    rows = json.loads(nestwise("routes", "--format", "json", root).stdout)
    assert [(r["kind"], r["path"], r["access"]) for r in rows] == [
        ("http", "/?", "open"),
        ("cron", "0 0 * * *", "internal"),
    ]
    assert [r["unknown"] for r in rows] == [["the path of a controller is computed: CatsController"], []]
    listed = nestwise("routes", "--unguarded", root).stdout
    assert "CatsController.all" in listed
    assert "CatsController.clean" not in listed


def test_a_sign_of_old_routers_in_a_path_is_named(project, nestwise):
    code = (
        "import { Controller, Get, Module } from '@nestjs/common';\n"
        "import { NestFactory } from '@nestjs/core';\n"
        "@Controller('cats')\nclass CatsController {\n  @Get('é😀/colou?r') one() {}\n"
        "  @Get('two') two() {}\n}\n"
        "@Module({ controllers: [CatsController] })\nclass AppModule {}\n"
        "async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n"
        "  await app.listen(3000);\n}\nvoid bootstrap();\n"
    )
    package = '{"name": "app", "dependencies": {"@nestjs/core": "^11.0.0"}}'
    done = nestwise("routes", "--format", "json", project({"package.json": package, "src/main.ts": code}))
    rows = json.loads(done.stdout)
    said = "a path has a `?`, which routers read differently: CatsController.one"
    assert [r["unknown"] for r in rows] == [[said], []]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("app.useGlobalGuards(new Gate())", ("guarded", True)),
        ("if (process.env.GUARDED) app.useGlobalGuards(new Gate())", ("unknown", False)),
        ("process.env.GUARDED && app.useGlobalGuards(new Gate())", ("unknown", False)),
        ("if (process.env.BARE) return; app.useGlobalGuards(new Gate())", ("unknown", False)),
    ],
)
def test_a_global_guard_under_a_condition_may_guard(project, nestwise, step, expected):
    main = MAIN.replace("await app.listen", f"{step}; await app.listen")
    files = {"src/main.ts": f"import {{ Gate }} from './gate';\n{main}", "src/cats.controller.ts": OPEN}
    files["src/app.module.ts"] = MODULE.replace("consumer.apply(Gate).forRoutes(ROUTES);", "")
    files["src/gate.ts"] = (
        "export class Gate { canActivate(c) { return !!c.getRequest().headers.authorization; } }"
    )
    [route] = json.loads(nestwise("routes", "--format", "json", project(files)).stdout)
    assert (route["access"], route["guards"][0]["certain"]) == expected


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        ("consumer.apply(Gate).forRoutes('*')", "guarded"),
        ("if (process.env.GUARDED) { consumer.apply(Gate).forRoutes('*'); }", "unknown"),
    ],
)
def test_middleware_under_a_condition_may_guard(project, nestwise, bound, expected):
    files = {"src/main.ts": MAIN, "src/cats.controller.ts": OPEN}
    files["src/app.module.ts"] = MODULE.replace("consumer.apply(Gate).forRoutes(ROUTES)", bound)
    files["src/gate.ts"] = f"export class Gate {{ {AUTHENTICATING} }}"
    assert listed(project, nestwise, files) == [("cats", "AppModule", "/cats", expected)]
