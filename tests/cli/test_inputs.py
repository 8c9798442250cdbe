"""What a route takes, as `nestwise routes` says it, and what findings about inputs point to elsewhere."""

from __future__ import annotations

import json

import pytest

MAIN = """\
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CatsModule } from './cats.module';
async function bootstrap() {
  const app = await NestFactory.create(CatsModule);
  app.useGlobalPipes(PIPE);
  await app.listen(3000);
}
void bootstrap();
"""
MODULE = """\
import { Module } from '@nestjs/common';
import { CatsController } from './cats.controller';
@Module({ controllers: [CatsController] })
export class CatsModule {}
"""
DTOS = """\
import { IntersectionType, PartialType } from '@nestjs/swagger';
import { createZodDto } from 'nestjs-zod';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { makeDto } from './factory';
export class Owner { @IsString() name: string; }
export class Whole { @IsString() name: string; @ValidateNested() @Type(() => Owner) owner: Owner; }
export class Part { @IsString() name: string; age: number; }
export class Shallow { @IsObject() owner: Owner; }
export class Weak { @IsOptional() name?: string; }
export class Loose { @IsString() name: string; more: any; }
export class Page<T> { @IsString() page: string; }
export class Paged extends IntersectionType(Page<Owner>, PartialType(Whole)) {}
export class Plain { name: string; }
export class Made extends makeDto() {}
export class Schema extends createZodDto({}) {}
export interface Shape { name: string }
export type Alias = Whole;
"""
CONTROLLER = """\
import { Body, Controller, Get, Headers, Param, ParseUUIDPipe, Post, Query, Req, Session, UploadedFile }
  from '@nestjs/common';
import { createParamDecorator } from '@nestjs/common';
import type { Whole as Erased } from './dtos';
import { Alias, Loose, Made, Paged, Part, Plain, Schema, Shallow, Shape, Weak, Whole } from './dtos';
export const User = createParamDecorator((data, context) => data);
export class Tidy { transform(value) { return { ...value }; } }
export function UUIDParam(name: string, ...pipes: PipeTransform[]): ParameterDecorator {
  return Param(name, new ParseUUIDPipe({ version: '4' }), ...pipes);
}
@Controller('cats')
export class CatsController {
  @Post() create(PARAMETER) {}
}
"""


@pytest.fixture
def inputs(project, nestwise):
    """The inputs of the only route, written with the parameters that are given."""

    def of(parameters: str, pipe: str = "new ValidationPipe({ transform: true })") -> list[tuple[str, ...]]:
        root = project(
            {
                "src/main.ts": MAIN.replace("PIPE", pipe),
                "src/cats.module.ts": MODULE,
                "src/cats.controller.ts": CONTROLLER.replace("PARAMETER", parameters),
                "src/dtos.ts": DTOS,
            }
        )
        done = nestwise("routes", "--format", "json", root)
        assert (done.returncode, done.stderr) == (0, "")
        [route] = json.loads(done.stdout)
        return [tuple(i[k] for k in ("source", "name", "type", "validated")) for i in route["inputs"]]

    return of


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("@Body() cat: Whole", ("body", "cat", "Whole", "yes")),
        ("@Body() cat: Part", ("body", "cat", "Part", "partly")),
        ("@Body() cat: Shallow", ("body", "cat", "Shallow", "partly")),
        ("@Body() cat: Loose", ("body", "cat", "Loose", "partly")),
        ("@Body() cat: Paged", ("body", "cat", "Paged", "yes")),
        ("@Body(Tidy) cat: Whole", ("body", "cat", "Whole", "yes")),
        ("@Body(Tidy) cat: Part", ("body", "cat", "Part", "unknown")),
        ("@Body(Their) cat: Whole", ("body", "cat", "Whole", "yes")),
        ("@Body() cat: Weak", ("body", "cat", "Weak", "no")),
        ("@Body() cat: Plain", ("body", "cat", "Plain", "no")),
        ("@Body() cat: Made", ("body", "cat", "Made", "unknown")),
        ("@Body() cat: Schema", ("body", "cat", "Schema", "unknown")),
        ("@Body() cat: Shape", ("body", "cat", "Shape", "no")),
        ("@Body() cat: Alias", ("body", "cat", "Alias", "no")),
        ("@Body() cat: Erased", ("body", "cat", "Erased", "no")),
        ("@Body() cats: Whole[]", ("body", "cats", "Whole[]", "no")),
        ("@Body() cat", ("body", "cat", "", "no")),
        ("@Body('cat') given: Whole", ("body", "cat", "Whole", "yes")),
        ("@Query() { name }: { name: string }", ("query", "", "{ name: string }", "no")),
        ("@Query() q: { a?: string; b: 1 }", ("query", "q", "{ a?: string; b: 1 }", "no")),
        ("@Param('id') id: string", ("param", "id", "string", "no")),
        ("@Param('id', ParseUUIDPipe) id: string", ("param", "id", "string", "yes")),
        ("@UUIDParam('id') id: string", ("param", "id", "string", "yes")),
        ("@Headers('x-cat') cat: string", ("headers", "x-cat", "string", "no")),
        ("@UploadedFile() file: Express.Multer.File", ("file", "file", "Express.Multer.File", "unknown")),
        ("@User() user: Whole", ("custom", "user", "Whole", "no")),
    ],
)
def test_an_input_and_whether_it_is_validated(inputs, parameter, expected):
    assert inputs(parameter) == [expected]


def test_what_no_client_sends_is_no_input(inputs):
    assert inputs("@Req() request: Request, private readonly cats: string") == []


@pytest.mark.parametrize(
    ("pipe", "expected"),
    [
        ("new ZodValidationPipe()", "unknown"),
        ("theirPipe()", "unknown"),
        ("new ValidationPipe({ validateCustomDecorators: true })", "yes"),
    ],
)
def test_pipes_decide(inputs, pipe, expected):
    [(_, _, _, validated)] = inputs("@User() user: Whole", pipe)
    assert validated == expected


def test_a_barrel_that_erases_a_class_is_shown(project, nestwise):
    root = project(
        {
            "src/main.ts": MAIN.replace("PIPE", "new ValidationPipe()"),
            "src/cats.module.ts": MODULE,
            "src/cats.controller.ts": (
                "import { Body, Controller, Post } from '@nestjs/common';\n"
                "import { CatDto } from './dto';\n"
                "@Controller() export class CatsController { @Post() create(@Body() cat: CatDto) {} }\n"
            ),
            "src/dto/index.ts": "// barrel\nexport type { CatDto } from './cat.dto';\n",
            "src/dto/cat.dto.ts": (
                "import { IsString } from 'class-validator';\n"
                "export class CatDto { @IsString() name: string; }\n"
            ),
        }
    )
    done = nestwise("check", "--format", "json", root)
    [finding] = json.loads(done.stdout)["findings"]
    [related] = finding["related"]
    assert (finding["rule"], finding["path"]) == ("dto-validation/type-only-import", "src/cats.controller.ts")
    assert (related["path"], related["range"]["start"]) == ("src/dto/index.ts", {"line": 2, "column": 15})


def test_an_application_without_a_pipe_shows_what_is_not_validated(project, nestwise):
    root = project(
        {
            "src/main.ts": MAIN.replace("  app.useGlobalPipes(PIPE);\n", ""),
            "src/cats.module.ts": MODULE,
            "src/cats.controller.ts": CONTROLLER.replace(
                "PARAMETER", "@Body() cat: Whole, @Body() other: Plain"
            ),
            "src/dtos.ts": DTOS,
        }
    )
    done = nestwise("check", "--format", "json", "--only", "dto-validation/no-validation-pipe", root)
    [finding] = json.loads(done.stdout)["findings"]
    assert [(r["path"], r["range"]["start"]["line"]) for r in finding["related"]] == [("src/dtos.ts", 7)]
