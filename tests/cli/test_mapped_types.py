"""What the compiler plugin of Swagger documents is lost by mapped types of the other package, too."""

from __future__ import annotations

import json

import pytest

MANIFEST = json.dumps(
    {
        "name": "cats",
        "dependencies": {
            "@nestjs/common": "^11.0.0",
            "@nestjs/swagger": "^11.0.0",
            "@nestjs/mapped-types": "2",
        },
    }
)
BASE = """\
import { IsString } from 'class-validator';

export class CreateCatDto {
  @IsString()
  name: string;
}
"""
HEIR = """\
/* é😀 */ import { PartialType } from '@nestjs/mapped-types';
import { CreateCatDto } from './create-cat.dto';

export class UpdateCatDto extends PartialType(CreateCatDto) {}
"""
DOCUMENTED = (
    "import { ApiTags } from '@nestjs/swagger';\n\n@ApiTags('cats')\nexport class CatsController {}\n"
)
PLUGIN = "@nestjs/swagger/plugin"


@pytest.mark.parametrize(
    ("cli", "found"),
    [
        ({"compilerOptions": {"plugins": ["@nestjs/swagger"]}}, 1),
        ({"compilerOptions": {"plugins": [{"name": PLUGIN}]}}, 1),
        (
            {"compilerOptions": {"plugins": [{"name": PLUGIN, "options": {"dtoFileNameSuffix": ".dto.ts"}}]}},
            1,
        ),
        (
            {
                "compilerOptions": {
                    "plugins": [{"name": PLUGIN, "options": {"dtoFileNameSuffix": [".model.ts"]}}]
                }
            },
            0,
        ),
        ({"projects": {"a": {"root": "src", "compilerOptions": {"plugins": [PLUGIN]}}}}, 1),
        ({"projects": {"a": {"root": "other", "compilerOptions": {"plugins": [PLUGIN]}}}}, 0),
        ({"compilerOptions": {"plugins": ["@nestjs/graphql"]}}, 0),
        ({"compilerOptions": {"plugins": {"name": 1}}, "projects": []}, 0),
        ({}, 0),
    ],
    ids=str,
)
def test_what_the_plugin_documents_is_lost(project, nestwise, cli, found):
    root = project(
        {
            "nest-cli.json": json.dumps(cli),
            "src/create-cat.dto.ts": BASE,
            "src/update-cat.dto.ts": HEIR,
            "src/cats.controller.ts": DOCUMENTED,
        },
        MANIFEST,
    )
    done = nestwise("check", root, "--format", "json", "--only", "dto-validation/mapped-type-package")
    findings = json.loads(done.stdout)["findings"]
    assert [(f["path"], f["range"]["start"]["column"]) for f in findings] == [
        ("src/update-cat.dto.ts", 20)
    ] * found
