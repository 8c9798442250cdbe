"""Fixes are written as the file is, else as the settings of its formatter say, else as its package is."""

from __future__ import annotations

import json

import pytest

MANIFEST = {"name": "cats", "dependencies": {"@nestjs/common": "^11.0.0", "@nestjs/core": "^11.0.0"}}
BARE = "export class CatsService {\nall() { console.log(1 as any) }\n}\n"
"""A file that shows nothing of how it is written."""
REACH = """\
import './cats.service'
import { Module } from '@nestjs/common'
@Module({})
export class AppModule {}
"""


@pytest.fixture
def fixed(project, nestwise):
    """The new text of a file after `nestwise fix`."""

    def fix(files, path="src/cats.service.ts", rule="logging/no-console", manifest=MANIFEST, flags=()):
        root = project({"src/app.module.ts": REACH, **files}, json.dumps(manifest))
        done = nestwise("fix", "--only", rule, *flags, root)
        assert (done.returncode, done.stderr) == (0, "")
        return (root / path).read_text("utf-8")

    return fix


def added(text: str) -> list[str]:
    """The lines that bring the logger."""
    return [line for line in text.splitlines() if "Logger" in line]


def written(quote: str, end: str, indent: str) -> list[str]:
    return [
        f"import {{ Logger }} from {quote}@nestjs/common{quote}{end}",
        f"{indent}private readonly logger = new Logger(CatsService.name){end}",
    ]


SETTINGS = {
    ".prettierrc": ('{ "semi": false, "singleQuote": true, "tabWidth": 3 }', "'", "", "   "),
    ".prettierrc.json": ('{ // a comment\n "useTabs": true, }', '"', ";", "\t"),
    ".prettierrc.yaml": ("semi: false # none\nsingleQuote: true\ntabWidth: 4\n", "'", "", "    "),
    ".prettierrc.toml": ("semi = false\nsingleQuote = true\n", "'", "", "  "),
    "prettier.config.mjs": (
        "/** @type {import('prettier').Config} */\n"
        "const config = { semi: false, tabWidth: 4 };\nexport default config;\n",
        '"', "", "    ",
    ),
    ".prettierrc.cjs": (
        "module.exports = { ...require('shared'), semi: false, useTabs: true };", "'", "", "\t",
    ),
    "biome.json": (
        '{ "formatter": { "indentStyle": "space", "indentWidth": 4 },'
        ' "javascript": { "formatter": { "semicolons": "asNeeded" } } }',
        '"', "", "    ",
    ),
    ".editorconfig": ("root = true\n[*]\nindent_style = tab\n[*.md]\nindent_size = 8\n", "'", ";", "\t"),
    ".eslintrc.json": (
        '{ "rules": { "semi": ["error", "never"], "quotes": [2, "double"], "indent": [1, 4] } }',
        '"', "", "    ",
    ),
    "src/prettier.config.js": ("export default { semi: false }", '"', "", "  "),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_formatters_decide_where_a_file_shows_nothing(fixed, name):
    text, *style = SETTINGS[name]
    assert added(fixed({name: text, "src/cats.service.ts": BARE})) == written(*style)


def test_the_manifest_may_hold_the_settings_of_prettier(fixed):
    manifest = {**MANIFEST, "prettier": {"semi": False, "singleQuote": True, "tabWidth": 4}}
    assert added(fixed({"src/cats.service.ts": BARE}, manifest=manifest)) == written("'", "", "    ")


def test_the_nearest_settings_count(fixed):
    files = {".prettierrc": '{ "useTabs": true }', "src/.prettierrc": '{ "semi": false }'}
    assert added(fixed({**files, "src/cats.service.ts": BARE})) == written('"', "", "  ")


def test_settings_for_other_files_do_not_count(fixed):
    settings = {
        "singleQuote": True,
        "overrides": [
            {"files": "*.md", "options": {"tabWidth": 8}},
            {"files": ["*.{ts,tsx}"], "options": {"semi": False}},
        ],
    }
    files = {".prettierrc": json.dumps(settings), "src/cats.service.ts": BARE}
    assert added(fixed(files)) == written("'", "", "  ")


def test_broken_settings_are_none(fixed):
    files = {".prettierrc": "{ semi: false,, }", ".editorconfig": "\0[", "biome.json": "[]"}
    assert added(fixed({**files, "src/cats.service.ts": BARE})) == written("'", ";", "  ")


SERVICE = """\
import { Injectable } from "@nestjs/common"

@Injectable()
export class Dogs{n}Service {
\tfind() {
\t\treturn "dog"
\t}

\tall() {
\t\tconst dogs = ["one", "two"]
\t\treturn dogs
\t}
}
"""


def test_a_package_without_settings_is_followed_in_what_it_does_most(fixed):
    dogs = {
        f"src/dogs-{n}.module.ts": SERVICE.replace("{n}", str(n)) + "\n@Module({})\nclass M {}\n"
        for n in range(4)
    }
    dogs["src/cats-1.module.ts"] = (
        "import { Module } from '@nestjs/common';\n@Module({})\nexport class M {}\n"
    )
    assert added(fixed({**dogs, "src/cats.service.ts": BARE})) == written('"', "", "\t")


def test_one_other_file_is_no_habit(fixed):
    module = 'import { Module } from "@nestjs/common"\n@Module({})\nexport class DogsModule {}\n'
    files = {"src/app.module.ts": REACH, "src/dogs.module.ts": module, "src/cats.service.ts": BARE}
    assert added(fixed(files)) == written("'", ";", "  ")


def test_a_file_goes_its_own_way_whatever_the_settings_say(fixed):
    body = "export class CatsService {\n    all() {\n        console.log(1 as any)\n    }\n}\n"
    cats = f'import {{ a }} from "a"\n\n{body}'
    files = {".prettierrc": '{ "singleQuote": true, "useTabs": true }', "src/cats.service.ts": cats}
    assert added(fixed(files)) == written('"', "", "    ")


LONG = "import { Controller, Delete, Get, Injectable, Param } from '@nestjs/common';\n"


def test_an_import_that_gets_too_long_is_wrapped(fixed):
    body = "export class CatsService {\n  all() { console.log(1 as any); }\n}\n"
    listed = ["Controller", "Delete", "Get", "Injectable", "Logger", "Param"]
    one, more = f"import {{ {', '.join(listed)} }} from", "import {\n  " + ",\n  ".join(listed)
    for settings, head in {
        '{ "singleQuote": true }': f"{more},\n}} from",
        '{ "singleQuote": true, "trailingComma": "none" }': f"{more}\n}} from",
        '{ "singleQuote": true, "printWidth": 84 }': one,
        '{ "singleQuote": true, "printWidth": 83 }': f"{more},\n}} from",
    }.items():
        text = fixed({".prettierrc": settings, "src/cats.service.ts": LONG + body})
        assert text.startswith(f"{head} '@nestjs/common';\n")


def test_members_calls_and_imports_of_several_fixes_are_wrapped_together(fixed):
    name = "TheServiceOfAllCatsOfTheWholeWideWorldAndBeyond"
    cats = (
        f"export class {name} {{\n  all(reason: string) {{\n"
        "    console.warn('nobody knows how many cats there are é😀', `because ${reason}`);\n  }\n}\n"
    )
    assert fixed({".prettierrc": '{ "singleQuote": true }', "src/cats.service.ts": cats}) == (
        f"import {{ Logger }} from '@nestjs/common';\n\nexport class {name} {{\n"
        f"  private readonly logger = new Logger(\n    {name}.name,\n  );\n\n"
        "  all(reason: string) {\n    this.logger.warn(\n      'nobody knows how many cats there are é😀',\n"
        "      `because ${reason}`,\n    );\n  }\n}\n"
    )


IMPORTS = """\
import { readFile } from 'node:fs/promises';

import { a } from 'a';
import { b } from 'b';
import { z } from 'z';

import { own } from '@cats/own';
import { near } from './near';

export class CatsService {
  all() { console.log(1 as any); }
}
"""
NEW = "import { Logger } from '@nestjs/common';\n"


@pytest.mark.parametrize(
    ("left_out", "before"),
    [
        ("", "import { a }"),  # packages are in order here
        ("import { a } from 'a';\nimport { b } from 'b';\nimport { z } from 'z';\n\n", "import { own }"),
        ("import { a } from 'a';\n", "\nimport { own }"),  # two are no order yet
        ("import { own } from '@cats/own';\nimport { near } from './near';\n", "import { a }"),
    ],
    ids=["in order", "own ones only", "without an order", "packages only"],
)
def test_imports_go_among_those_of_their_kind(fixed, left_out, before):
    config = '{ "compilerOptions": { "paths": { "@cats/*": ["./src/*"] } } }'
    cats = IMPORTS.replace(left_out, "")
    at = cats.index(before)
    files = {"tsconfig.json": config, "src/own.ts": "export const own = 1;\n"}
    text = fixed({**files, "src/cats.service.ts": cats})
    assert lines(text.partition("export class")[0]) == lines(
        (cats[:at] + NEW + cats[at:]).partition("export class")[0]
    )


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


HELD = """\
import {{ Injectable, Logger }} from '@nestjs/common';
@Injectable()
export class Dogs{n}Service {{
  {held}
  all() {{ this.log.log('dogs'); }}
}}
"""


@pytest.mark.parametrize(
    "held",
    [
        "private readonly log = new Logger(NAME.name);",
        "private static readonly log = new Logger(NAME.name);",
        "protected logs = new Logger('NAME');",
        "readonly #logger = new Logger();",
    ],
)
def test_a_logger_is_held_as_the_other_classes_hold_theirs(fixed, held):
    dogs = {
        f"src/dogs-{n}.service.ts": HELD.format(n=n, held=held.replace("NAME", f"Dogs{n}Service"))
        for n in range(3)
    }
    cats = "import { a } from 'a';\nexport class CatsService {\n  all() { console.log(1 as any); }\n}\n"
    text = fixed({**dogs, "src/cats.service.ts": cats})
    assert f"  {held.replace('NAME', 'CatsService')}\n" in text


OPEN = """\
import { Controller, Delete, UseGuards } from '@nestjs/common';
IMPORTS
@Controller('cats')
export class CatsController {
  @Delete() drop() {}
}
"""
DOGS = """\
import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '../auth/auth.guard';
OTHERS
@Controller('dogs')
@UseGuards(AuthGuard)
export class DogsController {
  @Get() all() {}
}
"""
GUARD = """\
import { CanActivate } from '@nestjs/common';
export class AuthGuard implements CanActivate {
  canActivate(context) { return !!context.switchToHttp().getRequest().user; }
}
"""
APP = """\
import { Module } from '@nestjs/common';
import { CatsController } from './cats/cats.controller';
import { DogsController } from './dogs/dogs-0.controller';
@Module({ controllers: [CatsController, DogsController] })
export class AppModule {}
"""
MAIN = """\
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
void NestFactory.create(AppModule).then((app) => app.listen(3000));
"""


ALIASES = "import { helper } from '@cats/helper';\nimport { other } from '@cats/other';"


@pytest.mark.parametrize(
    ("imports", "others", "want"),
    {
        "as it is there": ("import { a } from '@cats/auth/auth.guard';", "", "@cats/auth/auth.guard"),
        "relative": ("import { helper } from '../helper';", ALIASES, "../auth/auth.guard"),
        "with an ending": ("import { helper } from '../helper.js';", "", "../auth/auth.guard.js"),
        "by an alias": ("import { helper } from '@cats/helper';", "", "@cats/auth/auth.guard"),
        "by the package's alias": ("", ALIASES, "@cats/auth/auth.guard"),
        "relative like the package": ("", "import { helper } from '../helper';", "../auth/auth.guard"),
    }.values(),
)
def test_own_files_are_imported_as_the_file_or_its_package_does(project, nestwise, imports, others, want):
    files = {
        "nestwise.json": '{ "preset": "strict" }',
        "tsconfig.json": '{ "compilerOptions": { "paths": { "@cats/*": ["./src/*"] } } }',
        "src/main.ts": MAIN,
        "src/app.module.ts": APP,
        "src/auth/auth.guard.ts": GUARD,
        "src/helper.ts": "export const helper = 1;\n",
        "src/other.ts": "export const other = 1;\n",
        "src/cats/cats.controller.ts": OPEN.replace("IMPORTS", imports),
    }
    files |= {f"src/dogs/dogs-{n}.controller.ts": DOGS.replace("OTHERS", others) for n in range(6)}
    root = project(files)
    done = nestwise("fix", "--unsafe", "--only", "guards/unguarded-route", root)
    assert (done.returncode, done.stderr) == (0, "")
    text = (root / "src" / "cats" / "cats.controller.ts").read_text("utf-8")
    assert f"AuthGuard }} from '{want}';\n" in text
    assert "  @UseGuards(AuthGuard)\n  @Delete() drop() {}\n" in text


PINO = """\
import { Injectable } from '@nestjs/common';
import { IMPORTS } from 'nestjs-pino';

@Injectable()
export class Dogs{n}Service {
  constructor(PARAMETER) {}

  all() {
    this.logger.info('dogs');
  }
}
"""
CATS = """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class CatsService {
BEFORE  all() {
    console.log('cats é😀');
  }
}
"""


@pytest.mark.parametrize(
    ("parameter", "names", "before", "after"),
    {
        "no constructor": (
            "private readonly logger: PinoLogger", "PinoLogger", "",
            "  constructor(private readonly logger: PinoLogger) {}\n\n",
        ),
        "behind the fields": (
            "private readonly logger: PinoLogger", "PinoLogger", "  private cats = 9;\n\n",
            "  private cats = 9;\n\n  constructor(private readonly logger: PinoLogger) {}\n\n",
        ),
        "a constructor on one line": (
            "private readonly logger: PinoLogger", "PinoLogger",
            "  constructor(private readonly dogs: Dogs0Service) {}\n\n",
            "  constructor(\n    private readonly dogs: Dogs0Service,\n"
            "    private readonly logger: PinoLogger,\n  ) {}\n\n",
        ),
        "a constructor over lines": (
            "private readonly logger: PinoLogger", "PinoLogger",
            "  constructor(\n    dogs: Dogs0Service,\n    more: Dogs1Service,\n  ) {}\n\n",
            "  constructor(\n    dogs: Dogs0Service,\n    more: Dogs1Service,\n"
            "    private readonly logger: PinoLogger,\n  ) {}\n\n",
        ),
        "with a decorator": (
            "@InjectPinoLogger(Dogs{n}Service.name) private readonly logger: PinoLogger",
            "InjectPinoLogger, PinoLogger", "  constructor() {}\n\n",
            "  constructor(@InjectPinoLogger(CatsService.name) private readonly logger: PinoLogger) {}\n\n",
        ),
    }.values(),
)  # fmt: skip
def test_a_logger_is_injected_where_most_classes_have_theirs_injected(fixed, parameter, names, before, after):
    dogs = {
        f"src/dogs-{n}.service.ts": PINO.replace("IMPORTS", names)
        .replace("PARAMETER", parameter)
        .replace("{n}", str(n))
        for n in range(3)
    }
    files = {**dogs, "src/cats.service.ts": CATS.replace("BEFORE", before)}
    assert fixed(files) == files["src/cats.service.ts"]  # somebody may make one by hand: for review only
    text = fixed(files, flags=["--unsafe"])
    want = CATS.replace("BEFORE", after).replace("console.log", "this.logger.info")
    assert text == want.replace("\n\n@", f"\nimport {{ {names} }} from 'nestjs-pino';\n\n@", 1)


def test_an_import_that_several_fixes_make_too_long_is_wrapped(project, nestwise):
    dto = (
        "import { IsArray, IsMongoId, IsString } from 'class-validator';\n\nexport class CatDto {\n"
        "  @IsArray()\n  @IsString({ each: true })\n  names: string[];\n\n  @IsMongoId()\n  id: string;\n\n"
        "  age: number;\n\n  fed: boolean;\n}\n"
    )
    controller = (
        "import { Body, Controller, Post } from '@nestjs/common';\nimport { CatDto } from './cat.dto';\n\n"
        "@Controller('cats')\nexport class CatsController {\n  @Post()\n  make(@Body() cat: CatDto) {\n"
        "    return cat;\n  }\n}\n"
    )
    module = (
        "import { Module } from '@nestjs/common';\nimport { CatsController } from './cats.controller';\n\n"
        "@Module({ controllers: [CatsController] })\nexport class AppModule {}\n"
    )
    main = (
        "import { ValidationPipe } from '@nestjs/common';\nimport { NestFactory } from '@nestjs/core';\n"
        "import { AppModule } from './app.module';\n\nasync function bootstrap() {\n"
        "  const app = await NestFactory.create(AppModule);\n  app.useGlobalPipes(new ValidationPipe());\n"
        "  await app.listen(3000);\n}\nvoid bootstrap();\n"
    )
    files = {
        ".prettierrc": '{ "singleQuote": true }',
        "src/main.ts": main,
        "src/app.module.ts": module,
        "src/cats.controller.ts": controller,
        "src/cat.dto.ts": dto,
    }
    root = project(files)
    done = nestwise("fix", "--unsafe", "--only", "dto-validation/unvalidated-property", root)
    assert (done.returncode, done.stderr) == (0, "")
    names = ["IsArray", "IsBoolean", "IsMongoId", "IsNumber", "IsString"]
    wrapped = "import {\n  " + ",\n  ".join(names) + ",\n} from 'class-validator';\n"
    assert (root / "src" / "cat.dto.ts").read_text("utf-8") == wrapped + dto.partition("\n")[2].replace(
        "  age", "  @IsNumber()\n  age"
    ).replace("  fed", "  @IsBoolean()\n  fed")
