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
