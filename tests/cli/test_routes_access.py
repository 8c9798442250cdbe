"""Who may call a route, where metadata and middleware decide."""

from __future__ import annotations

import json

import pytest

HEAD = """\
import { Controller, Get, MiddlewareConsumer, Module, SetMetadata, UseGuards } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
"""
MAIN = (
    "async function bootstrap() {\n  const app = await NestFactory.create(AppModule);\n"
    "%s  await app.listen(3000);\n}\nvoid bootstrap();\n"
)
OPT_IN = """\
export const Only = () => SetMetadata('only', true);
export const Named = (text: string) => SetMetadata('name', text);
export const Maybe = (only: boolean) => SetMetadata('only', only);
export class OnlyGuard {
  constructor(private readonly reflector: Reflector) {}
  canActivate(context) {
    const only = this.reflector.get('only', context.getHandler());
    if (!only) { return true; }
    return Boolean(context.switchToHttp().getRequest().user);
  }
}
"""
AUTH = (
    "class AuthMiddleware {\n"
    "  use(req, res, next) { if (!req.headers.authorization) throw new Error(); next(); }\n}\n"
)


@pytest.fixture
def access(project, nestwise):
    """Access by path, of one file's application."""

    def of(code: str, setup: str = "") -> dict[str, str]:
        package = '{"name": "app", "dependencies": {"@nestjs/core": "^11.0.0"}}'
        root = project({"package.json": package, "src/main.ts": HEAD + code + MAIN % setup})
        done = nestwise("routes", "--format", "json", root)
        assert (done.returncode, done.stderr) == (0, "")
        return {row["path"]: row["access"] for row in json.loads(done.stdout)}

    return of


def test_only_the_metadata_that_the_guard_reads_decides(access):
    code = OPT_IN + (
        "@Controller()\n@UseGuards(OnlyGuard)\nclass C {\n"
        "  @Get('plain') plain() {}\n  @Only() @Get('only') only() {}\n"
        "  @Named('é😀') @Get('named') named() {}\n  @Maybe(flag()) @Get('maybe') maybe() {}\n}\n"
        "@Module({ controllers: [C] })\nclass AppModule {}\n"
    )
    assert access(code) == {"/plain": "open", "/only": "guarded", "/named": "open", "/maybe": "unknown"}


def test_middleware_of_the_application_guards_what_is_below_its_path(access):
    code = (
        "function authenticate(req, res, next) {\n"
        "  if (!req.headers.authorization) throw new Error();\n  next();\n}\n"
        "@Controller()\nclass C {\n  @Get('admin/users') users() {}\n  @Get('home') home() {}\n}\n"
        "@Module({ controllers: [C] })\nclass AppModule {}\n"
    )
    below = access(code, "  app.use('/admin', authenticate);\n")
    assert below == {"/admin/users": "guarded", "/home": "open"}
    assert access(code, "  app.use(authenticate);\n") == {"/admin/users": "guarded", "/home": "guarded"}


def test_a_path_under_a_condition_leaves_other_paths_alone(access):
    code = AUTH + (
        "@Controller()\nclass C {\n  @Get('auth/me') me() {}\n  @Get('home') home() {}\n}\n"
        "@Module({ controllers: [C] })\nclass AppModule {\n  configure(consumer: MiddlewareConsumer) {\n"
        "    const base = process.env.DEV ? '/auth' : `/api/${1}/auth`;\n"
        "    consumer.apply(AuthMiddleware).forRoutes(`${base}/*rest`);\n  }\n}\n"
    )
    assert access(code) == {"/auth/me": "unknown", "/home": "open"}


PUBLIC = """\
export const Public = () => SetMetadata('isPublic', true);
export class JwtGuard {
  constructor(private readonly reflector: Reflector) {}
  canActivate(context) {
    if (this.reflector.get('isPublic', context.getHandler())) { return true; }
    if (!context.switchToHttp().getRequest().headers.authorization) throw new UnauthorizedException();
    return true;
  }
}
export class KeyGuard {
  canActivate(context) {
    if (!context.switchToHttp().getRequest().headers['x-api-key']) throw new UnauthorizedException();
    return true;
  }
}
"""


def test_a_marked_route_is_guarded_by_a_guard_that_does_not_look_at_the_marker(access):
    code = "import { UnauthorizedException } from '@nestjs/common';\n" + (
        "import { APP_GUARD } from '@nestjs/core';\nimport { AuthGuard } from '@nestjs/passport';\n"
    )
    code += PUBLIC + (
        "@Controller()\nclass C {\n"
        "  @Get('plain') plain() {}\n  @Public() @Get('public') open() {}\n"
        "  @Public() @UseGuards(KeyGuard) @Get('key') key() {}\n"
        "  @Public() @UseGuards(AuthGuard('local')) @Get('é😀') login() {}\n"
        "  @Public() @UseGuards(AuthGuard(['jwt', 'anonymous'])) @Get('anybody') anybody() {}\n"
        "  @Public() @UseGuards(JwtGuard) @Get('twice') twice() {}\n}\n"
        "@Module({ controllers: [C], providers: [{ provide: APP_GUARD, useClass: JwtGuard }] })\n"
        "class AppModule {}\n"
    )
    assert access(code) == {
        "/plain": "guarded", "/public": "public", "/key": "guarded", "/é😀": "guarded",
        "/anybody": "public", "/twice": "public",
    }  # fmt: skip
