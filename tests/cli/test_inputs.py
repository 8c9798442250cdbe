"""What handlers take: `inputs` of `nestwise routes`, with the pipes that run and what they check."""

from __future__ import annotations

import json

import pytest

MAIN = """\
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CatsController } from './cats';
import * as pipes from './pipes';
@Module({ controllers: [CatsController], providers: [PROVIDERS] })
export class AppModule {}
async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.useGlobalPipes(GLOBAL);
  await app.listen(3000);
}
void bootstrap();
"""
HEAD = """\
/* é😀 */
import { Body, Controller, createParamDecorator, Get, Headers, Param, ParseIntPipe, Post, Query,
  UploadedFile, UsePipes, ValidationPipe } from '@nestjs/common';
import { PartialType } from '@nestjs/mapped-types';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { createZodDto, ZodValidationPipe } from 'nestjs-zod';
import Joi from 'joi';
import { Type as T } from '@sinclair/typebox';
import { z } from 'zod';
import * as pipes from './pipes';
import { Strange } from 'somewhere';
export const User = createParamDecorator((data, context) => context.switchToHttp().getRequest().user);
export const Only = createParamDecorator((data, context) => context.switchToHttp().getRequest().body);
export class Toy { @IsString() name: string; }
type Toys = Toy[];
type OneToy = Toy;
export class CreateCat {
  @IsString() @MaxLength(10) name: string;
  @IsOptional() @IsInt() age?: number;
  @ValidateNested() @Type(() => Toy) toys: Toy[];
  colour: string;
}
export class UpdateCat extends PartialType(CreateCat) {}
const Base = z.object({ name: z.string().min(1), tags: z.array(z.object({ label: z.string() })) });
export class ZodCat extends createZodDto(Base.extend({ age: z.number().optional() }).omit({ tags: true })) {}
const joiCat = Joi.object({ name: Joi.string().max(5).required(), age: Joi.number() });
const boxCat = T.Object({ name: T.String({ minLength: 1 }), age: T.Optional(T.Number()) });
"""
PIPES = """\
import { BadRequestException, ParseIntPipe, PipeTransform } from '@nestjs/common';
import { ObjectSchema } from 'joi';
export class JoiPipe implements PipeTransform {
  constructor(private schema: ObjectSchema) {}
  transform(value) { const { error } = this.schema.validate(value); if (error) throw error; return value; }
}
export class Trim implements PipeTransform { transform(value) { return value.trim(); } }
export class Slug implements PipeTransform {
  transform(value) { if (!value) throw new BadRequestException(); return value; }
}
export class Ask implements PipeTransform { transform(value) { return this.service.ask(value); } }
"""


@pytest.fixture
def inputs(project, nestwise):
    """The inputs of the only handler, with a global pipe."""

    def of(
        params: str, pipe: str = "new ValidationPipe({ whitelist: true })", on: str = "", more: str = ""
    ) -> list[dict]:
        handler = f"@Controller('cats') export class CatsController {{ {on} @Post() go({params}) {{}} }}\n"
        files = {
            "src/main.ts": MAIN.replace("GLOBAL", pipe).replace("PROVIDERS", ""),
            "src/cats.ts": f"{HEAD}{more}\n{handler}",
            "src/pipes.ts": PIPES,
        }
        files["src/main.ts"] = "import { ValidationPipe } from '@nestjs/common';\n" + files["src/main.ts"]
        files["src/main.ts"] = "import { ZodValidationPipe } from 'nestjs-zod';\n" + files["src/main.ts"]
        done = nestwise("routes", "--format", "json", project(files))
        assert (done.returncode, done.stderr) == (0, "")
        [route] = json.loads(done.stdout)
        return route["inputs"]

    return of


ZOD = "new ZodValidationPipe()"


@pytest.mark.parametrize(
    ("params", "pipe", "validated"),
    [
        ("@Body() cat: CreateCat", "", "partly"),
        ("@Body() toy: Toy", "", "yes"),
        ("@Param('id') id: string", "", "no"),
        ("@Param('id', ParseIntPipe) id: number", "", "yes"),
        ("@UploadedFile() file: Express.Multer.File", "", "no"),
        ("@Query('id') id: Toy['name']", "", "no"),
        ("@Body() cat: Strange", "", "unknown"),
        ("@Body() toy: Toy", "new ValidationPipe({ groups: ['admin'] })", "unknown"),
        # Pipes written by hand: what refuses single values checks them, what only changes them does not.
        ("@Param('id', pipes.Trim) id: string", "", "no"),
        ("@Param('slug', pipes.Slug) slug: string", "", "yes"),
        ("@Param('id', pipes.Ask) id: string", "", "unknown"),
        ("@Body(pipes.Slug) cat: CreateCat", "", "unknown"),
        # Decorators of the project's own are checked where the pipe is told to.
        ("@User() user: Toy", "", "no"),
        ("@User() user: Toy", "new ValidationPipe({ validateCustomDecorators: true })", "yes"),
        ("@Only(Toy) body: Toy", "", "no"),
        ("@Only(new ValidationPipe({ validateCustomDecorators: true })) body: Toy", "", "yes"),
        # A schema pipe checks what is of a class with a schema, or all with a schema of its own.
        ("@Body() cat: ZodCat", ZOD, "yes"),
        ("@Body() cat: CreateCat", ZOD, "no"),
        ("@Param('id') id: string", ZOD, "no"),
        ("@User() cat: ZodCat", ZOD, "yes"),
        ("@Body(new ZodValidationPipe(Base)) cat: unknown", "", "yes"),
        ("@Body(new pipes.JoiPipe(joiCat)) cat: unknown", "", "yes"),
    ],
)
def test_validated(inputs, params, pipe, validated):
    [given] = inputs(params, *([pipe] if pipe else []))
    assert given["validated"] == validated
    assert bool(given["unknown"]) == (validated == "unknown")


def shown(properties: list[dict]) -> list[str]:
    out = []
    for one in properties:
        marks = "?" if one["optional"] else ""
        told = ", ".join([*one["validators"], *one["transforms"]])
        out.append(f"{one['name']}{marks}: {one['type']} [{told}] {one['checked']}")
        out += [f"  {line}" for line in shown(one.get("properties", []))]
    return out


def test_properties_of_a_class(inputs):
    [given] = inputs("@Body() cat: CreateCat")
    assert given["check"] == {
        "kind": "class-validator",
        "unlisted": "stripped",
        "transform": False,
        "implicitConversion": False,
    }
    assert shown(given["properties"]) == [
        "name: string [IsString, MaxLength(10)] yes",
        "age?: number [IsOptional, IsInt] yes",
        "toys: Toy[] [ValidateNested, Type(Toy)] yes",
        "  name: string [IsString] yes",
        "colour: string [] no",
    ]


def checked(properties: list[dict]) -> dict[str, object]:
    return {
        p["name"]: (p["checked"], checked(p["properties"])) if "properties" in p else p["checked"]
        for p in properties
    }


@pytest.mark.parametrize(
    ("params", "validated", "name"),
    [
        ("@Body() toy: Toy", "yes", "yes"),
        # No pipe knows the class of elements, or what stands behind another name.
        ("@Body() toys: Toy[]", "no", "no"),
        ("@Body('toys') toys: readonly Toy[]", "no", "no"),
        ("@Body() toys: Toys", "no", "no"),
        ("@Body() toy: OneToy", "no", "no"),
    ],
)
def test_elements_are_not_checked(inputs, params, validated, name):
    [given] = inputs(params)
    assert (given["validated"], checked(given["properties"])) == (validated, {"name": name})


@pytest.mark.parametrize(
    ("toys", "pipe", "inner"),
    [
        ("@ValidateNested() @Type(() => Toy) toys: Toy[]", "", "yes"),
        ("@Type(() => Toy) toys: Toy[]", "", "no"),
        ("@ValidateNested() toys: Toy[]", "", "no"),
        ("@ValidateNested() toys: Toy", "", "no"),
        ("@ValidateNested() toys: Toy", "IMPLICIT", "yes"),
        ("@ValidateNested() toys: Toy[]", "IMPLICIT", "no"),
        ("@ValidateNested() toys: Toy", "new ValidationPipe(options)", "unknown"),
        ("@ValidateNested() @Type(() => UpdateCat) toys: Toy", "", "unknown"),
        ("@Nested() toys: Toy", "", "unknown"),
    ],
)
def test_nested_data_are_checked_where_their_class_is_known(inputs, toys, pipe, inner):
    box = (
        f"class Box {{ {toys}; }}\n"
        "const Nested = (): PropertyDecorator => (target, key) => ValidateNested()(target, key);\n"
    )
    pipe = pipe.replace("IMPLICIT", f"new ValidationPipe({IMPLICIT})") or "new ValidationPipe()"
    [given] = inputs("@Body() box: Box", pipe, more=box)
    [toys] = given["properties"]
    assert checked(toys["properties"]) == {"name": inner}


def converted(properties: list[dict]) -> dict[str, object]:
    """What each property becomes; of nested ones with those in them."""
    return {
        p["name"]: (p["converted"], converted(p["properties"])) if "properties" in p else p["converted"]
        for p in properties
    }


IMPLICIT = "{ transform: true, transformOptions: { enableImplicitConversion: true } }"


@pytest.mark.parametrize(
    ("pipe", "cat", "age", "toys"),
    [
        ("new ValidationPipe()", "no", "no", ("no", {"name": "no"})),
        ("new ValidationPipe({ whitelist: true })", "no", "no", ("no", {"name": "no"})),
        ("new ValidationPipe({ transform: true })", "CreateCat", "no", ("Toy", {"name": "no"})),
        (f"new ValidationPipe({IMPLICIT})", "CreateCat", "number", ("Toy", {"name": "string"})),
        ("new ValidationPipe(options)", "unknown", "unknown", ("unknown", {"name": "unknown"})),
    ],
)
def test_what_values_become(inputs, pipe, cat, age, toys):
    [given] = inputs("@Body() cat: CreateCat", pipe)
    assert given["converted"] == cat
    found = converted(given["properties"])
    assert (found["age"], found["toys"]) == (age, toys)


@pytest.mark.parametrize(
    ("params", "becomes"),
    [
        ("@Query('n') n: number", "number"),
        ("@Query() n: number", "no"),
        ("@Body('n') n: number", "no"),
        ("@Param('on') on: boolean", "boolean"),
        ("@Param('id', ParseIntPipe) id: string", "number"),
        ("@Body() toys: Toy[]", "no"),
        ("@Param('id', pipes.Trim) id: string", "unknown"),
    ],
)
def test_what_single_values_become(inputs, params, becomes):
    [given] = inputs(params, "new ValidationPipe({ transform: true })")
    assert given["converted"] == becomes


def test_properties_through_mapped_types_without_a_pipe_that_knows_them(inputs):
    [given] = inputs("@Body() cat: UpdateCat", ZOD)
    assert given["check"]["kind"] == "none"
    assert shown(given["properties"])[:2] == [
        "name?: string [IsString, MaxLength(10), IsOptional] no",
        "age?: number [IsOptional, IsInt] no",
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("@Body() cat: ZodCat", ["name: string [min(1)] yes", "age?: number [] yes"]),
        ("@Body(new ZodValidationPipe(Base)) cat: unknown",
         ["name: string [min(1)] yes", "tags: array of object [] yes", "  label: string [] yes"]),
        ("@Body(new pipes.JoiPipe(joiCat)) cat: unknown",
         ["name: string [max(5), required] yes", "age?: number [] yes"]),
        ("@Body(new ZodValidationPipe(boxCat)) cat: unknown",
         ["name: string [minLength(1)] yes", "age?: number [] yes"]),
    ],
)  # fmt: skip
def test_fields_of_a_schema(inputs, params, expected):
    [given] = inputs(params, ZOD)
    assert given["check"]["kind"] == "schema"
    assert shown(given["properties"]) == expected


def test_messages_give_their_payload_to_a_method_without_decorators(project, nestwise):
    gateway = (
        "import { UsePipes, ValidationPipe } from '@nestjs/common';\n"
        "import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';\n"
        "import { IsString } from 'class-validator';\nexport class Joined { @IsString() room: string; }\n"
        "@UsePipes(new ValidationPipe())\n@WebSocketGateway(81, { namespace: '/chat' })\n"
        "export class CatsController { @SubscribeMessage('join') join(socket: unknown, data: Joined) {} }\n"
    )
    main = MAIN.replace(
        "controllers: [CatsController], providers: [PROVIDERS]", "providers: [CatsController]"
    )
    files = {
        "src/main.ts": main.replace("app.useGlobalPipes(GLOBAL);", ""),
        "src/cats.ts": gateway,
        "src/pipes.ts": "",
    }
    [route] = json.loads(nestwise("routes", "--format", "json", project(files)).stdout)
    assert (route["kind"], route["namespace"], route["path"]) == ("gateway", "chat", "join")
    assert [(i["source"], i["name"], i["validated"]) for i in route["inputs"]] == [("payload", "data", "yes")]
