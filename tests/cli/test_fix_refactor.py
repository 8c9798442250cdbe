"""Refactorings from the command line: several files, some of them new, in the form that they have."""

import json

import pytest

CONTROLLER = """import { Controller, Get } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Cat } from './cat.entity';

@Controller('cats')
export class CatsController {
  constructor(@InjectRepository(Cat) private readonly cats: Repository<Cat>) {}

  @Get()
  all() {
    // é😀
    return this.cats.find();
  }
}
"""
MODULE = """import { Module } from '@nestjs/common';
import { CatsController } from './cats.controller';

@Module({ controllers: [CatsController] })
export class CatsModule {}
"""
SERVICE = """import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Cat } from './cat.entity';

@Injectable()
export class CatsService {
  constructor(@InjectRepository(Cat) private readonly cats: Repository<Cat>) {}

  all() {
    // é😀
    return this.cats.find();
  }
}
"""
FILES = {"src/cats.controller.ts": CONTROLLER, "src/cats.module.ts": MODULE}
ONLY = ("--only", "thin-controller/no-data-access", "--")


def test_a_report_names_the_files_of_a_fix(project, nestwise):
    root = project(FILES)
    [finding] = json.loads(nestwise("check", "--format", "json", *ONLY, root).stdout)["findings"]
    assert finding["fixes"] == [
        {
            "title": "Move what `cats` is used for to a new `CatsService`",
            "safety": "unsafe",
            "edits": ["src/cats.module.ts"],
            "creates": ["src/cats.service.ts"],
        }
    ]


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_files_are_edited_and_created(project, nestwise, eol):
    root = project({path: text.replace("\n", eol).encode() for path, text in FILES.items()})
    assert nestwise("fix", *ONLY, root).stdout == "0 files changed\n"
    shown = nestwise("fix", "--unsafe", "--diff", *ONLY, root).stdout
    assert "--- /dev/null\n+++ b/src/cats.service.ts\n" in shown
    assert not (root / "src/cats.service.ts").exists()
    out = nestwise("fix", "--unsafe", *ONLY, root).stdout.splitlines()
    assert out[:2] == ["fixed src/cats.controller.ts", "fixed src/cats.module.ts"]
    assert out[2:] == ["created src/cats.service.ts", "3 files changed"]
    assert (root / "src/cats.service.ts").read_bytes() == SERVICE.replace("\n", eol).encode()
    texts = [(root / path).read_bytes() for path in FILES]
    assert all(text.count(b"\n") == text.count(eol.encode()) for text in texts)
    assert b"    return this.catsService.all();" in texts[0]
    assert b"providers: [CatsService] })" in texts[1]
    assert nestwise("fix", "--unsafe", *ONLY, root).stdout == "0 files changed\n"


def test_what_git_ignores_is_not_created(project, nestwise):
    root = project({**FILES, ".gitignore": "*.service.ts\n"})
    assert nestwise("fix", "--unsafe", *ONLY, root).stdout == "0 files changed\n"


def test_generated_modules_are_not_edited(project, nestwise):
    root = project({**FILES, "src/cats.module.ts": f"// @generated\n{MODULE}"})
    assert nestwise("fix", "--unsafe", *ONLY, root).stdout == "0 files changed\n"
