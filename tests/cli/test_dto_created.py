"""Fixes that create the class of an input, on disk: where the package keeps its own, and with what it has."""

from __future__ import annotations

import json

CONTROLLER = """\
import { Body, Controller, Post, Put } from '@nestjs/common';
import { CreateCatDto } from './dto/create.cat.dto';

/* é😀 */
@Controller('cats')
export class CatsController {
  @Post()
  create(@Body() cat: CreateCatDto) {
    return cat.name;
  }

  @Put()
  replace(@Body() cat: { name: string; tags?: string[] }) {
    return cat.name;
  }
}
"""
OWN = """\
import { IsString } from 'class-validator';

export class CreateCatDto {
  @IsString()
  name: string;
}
"""
NEW = """\
import { IsArray, IsOptional, IsString } from 'class-validator';

export class ReplaceCatDto {
  @IsString()
  name!: string;

  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  tags?: string[];
}
"""
ROOT = {"name": "all", "workspaces": ["apps/*"], "dependencies": {"@nestjs/common": "11"}}


def test_a_class_is_created_in_a_package_that_has_nest_through_the_root(project, nestwise):
    root = project(
        {
            "tsconfig.json": json.dumps({"compilerOptions": {"strict": True}}),
            "apps/api/package.json": json.dumps({"name": "api"}),
            "apps/api/src/cats.controller.ts": CONTROLLER,
            "apps/api/src/dto/create.cat.dto.ts": OWN,
        },
        json.dumps(ROOT),
    )
    done = nestwise("fix", root, "--unsafe", "--only", "dto-validation/untyped-input")
    assert done.returncode == 0, done.stderr
    after = (root / "apps/api/src/cats.controller.ts").read_text("utf-8")
    assert "replace(@Body() cat: ReplaceCatDto)" in after
    assert "import { ReplaceCatDto } from './dto/replace.cat.dto';" in after
    assert (root / "apps/api/src/dto/replace.cat.dto.ts").read_text("utf-8") == NEW


def test_a_file_that_is_there_is_left_alone(project, nestwise):
    root = project(
        {
            "src/cats.controller.ts": CONTROLLER,
            "src/dto/create.cat.dto.ts": OWN,
            "src/dto/replace.cat.dto.ts": "",
        }
    )
    done = nestwise("fix", root, "--unsafe", "--only", "dto-validation/untyped-input")
    assert done.returncode == 0, done.stderr
    assert (root / "src/cats.controller.ts").read_text("utf-8") == CONTROLLER
