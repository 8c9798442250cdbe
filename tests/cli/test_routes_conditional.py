"""What a bootstrap does under a condition: `nestwise routes` says what is so in any case, and no more."""

from __future__ import annotations

import json

import pytest

MAIN = """\
import {{ NestFactory }} from '@nestjs/core';
import {{ VersioningType, VERSION_NEUTRAL }} from '@nestjs/common';
import {{ AppModule, Guard }} from './app.module';
async function bootstrap() {{
  const app = await NestFactory.create(AppModule);
  {steps}
  await app.listen(3000);
}}
void bootstrap();
"""
MODULE = """\
import { Controller, Get, Module, Version, VERSION_NEUTRAL } from '@nestjs/common';
@Controller('cats')
class CatsController {
  @Get() all() { return []; }
  @Version('2') @Get('new') fresh() { return []; }
  @Version(VERSION_NEUTRAL) @Get('any') any() { return []; }
}
@Module({ controllers: [CatsController] })
export class AppModule {}
export class Guard {
  canActivate(context) { if (!context.user) throw new UnauthorizedException(); return true; }
}
"""
URI = "app.enableVersioning({ type: VersioningType.URI });"
URI_1 = "app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });"
HEADER = "app.enableVersioning({ type: VersioningType.HEADER, header: 'x' });"


@pytest.fixture
def rows(project, nestwise):
    def of(steps: str) -> list[dict]:
        root = project({"src/main.ts": MAIN.format(steps=steps), "src/app.module.ts": MODULE})
        done = nestwise("routes", "--format", "json", root)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return of


@pytest.mark.parametrize(
    ("steps", "paths"),
    [
        (URI, ["/cats", "/v2/cats/new", "/cats/any"]),
        (f"if (process.env.V) {URI}", ["/cats", "/?/cats/new", "/cats/any"]),
        (f"if (process.env.V) {URI_1}", ["/?/cats", "/?/cats/new", "/cats/any"]),
        (f"if (process.env.V) {{ {URI} }} else {{ {HEADER} }}", ["/?/cats", "/?/cats/new", "/cats/any"]),
        (f"{URI} if (process.env.V) {URI}", ["/cats", "/v2/cats/new", "/cats/any"]),
        (f"{URI} if (process.env.V) {HEADER}", ["/?/cats", "/?/cats/new", "/cats/any"]),
        (f"process.env.V && {URI}", ["/cats", "/?/cats/new", "/cats/any"]),
        ("app.enableVersioning(options());", ["/?/cats", "/?/cats/new", "/cats/any"]),
        ("if (process.env.V) app.setGlobalPrefix('api');", ["/?/cats", "/?/cats/new", "/?/cats/any"]),
        (
            "app.setGlobalPrefix('api'); if (process.env.V) app.setGlobalPrefix('api', { exclude: ['x'] });",
            ["/?/cats", "/?/cats/new", "/?/cats/any"],
        ),
    ],
)
def test_paths_under_a_condition(rows, steps, paths):
    assert [row["path"] for row in rows(steps)] == paths


@pytest.mark.parametrize(
    ("steps", "versions"),
    [
        (URI_1, [["1"], ["2"], ["neutral"]]),
        (f"if (process.env.V) {URI_1}", [["?"], ["?"], ["neutral"]]),
        (f"if (process.env.V) {HEADER}", [[], ["?"], ["neutral"]]),
    ],
)
def test_versions_under_a_condition(rows, steps, versions):
    assert [row["versions"] for row in rows(steps)] == versions


@pytest.mark.parametrize(
    ("steps", "access"),
    [
        ("app.useGlobalGuards(new Guard());", "guarded"),
        ("if (process.env.V) app.useGlobalGuards(new Guard());", "unknown"),
        ("process.env.V ? app.useGlobalGuards(new Guard()) : undefined;", "unknown"),
        ("const guards = process.env.V ? [new Guard()] : []; app.useGlobalGuards(...guards);", "unknown"),
        ("process.env.V === 'x' || app.useGlobalGuards(new Guard());", "unknown"),
        ("for (const g of [Guard]) app.useGlobalGuards(new g());", "unknown"),
    ],
)
def test_guards_under_a_condition(rows, steps, access):
    assert {row["access"] for row in rows(steps)} == {access}


CONDITIONAL = """\
import {{ Controller, Get, Module }} from '@nestjs/common';
@Controller('cats') class CatsController {{ @Get() all() {{ return []; }} }}
@Module({{ controllers: [CatsController] }}) class CatsModule {{}}
@Module({{ imports: [CatsModule] }}) class OtherModule {{}}
@Module({metadata})
export class AppModule {{}}
export class Guard {{}}
"""


@pytest.mark.parametrize(
    ("metadata", "certain"),
    [
        ("{ imports: [CatsModule] }", True),
        ("{ controllers: [...(process.env.CATS ? [CatsController] : [])] }", False),
        ("{ imports: [...(process.env.CATS ? [CatsModule] : [])] }", False),
        ("{ imports: [...(process.env.CATS ? [OtherModule] : [])] }", False),
        ("{ imports: [...(process.env.CATS ? [CatsModule] : []), CatsModule] }", True),
        ("{ imports: [...(process.env.CATS ? [CatsModule] : []), OtherModule] }", True),
        ("{ imports: [...(process.env.CATS ? [OtherModule] : []), CatsModule] }", True),
    ],
)
def test_controllers_under_a_condition(project, nestwise, metadata, certain):
    main = MAIN.format(steps="")
    root = project({"src/main.ts": main, "src/app.module.ts": CONDITIONAL.format(metadata=metadata)})
    [row] = json.loads(nestwise("routes", "--format", "json", root).stdout)
    assert (row["path"], row["certain"]) == ("/cats", certain)
    assert ("it is registered under a condition: CatsController" in row["unknown"]) is not certain
    assert (" (under a condition)" in nestwise("routes", root).stdout) is not certain
