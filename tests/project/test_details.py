"""Details of texts, which few questions need: read when asked for, kept by content, verified like facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from nestwise.project.cache import FactsCache
from nestwise.project.details import Detail, Reading
from nestwise.project.extract_deeds import DEEDS
from nestwise.project.model.effects import effects_of
from nestwise.project.model.entities import entities, entity_of
from nestwise.project.model.returned import returned_entity
from nestwise.project.model.symbols import Ref
from nestwise.syntax.source import Source
from nestwise.workspace import Workspace

SERVICE = """\
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Entity, PrimaryColumn, Repository } from 'typeorm';

@Entity() export class Cat { @PrimaryColumn() id: number; }

@Injectable()
export class CatsService {
  constructor(@InjectRepository(Cat) private readonly cats: Repository<Cat>) {}
  async one() { return this.cats.find(); }
}
"""
SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\nmodel Dog {\n  id Int @id\n}\n'
PATH = "src/cats.service.ts"
CATS = Ref(PATH, "CatsService")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "prisma").mkdir()
    manifest = {"dependencies": {"@nestjs/common": "11.0.0"}}
    (tmp_path / "package.json").write_text(json.dumps(manifest), "utf-8")
    (tmp_path / PATH).write_text(SERVICE, "utf-8")
    (tmp_path / "prisma/schema.prisma").write_text(SCHEMA, "utf-8")
    return tmp_path


def operations(workspace: Workspace) -> list[str]:
    return [e.operation for e in effects_of(workspace.project, CATS, "one").effects]


def put(workspace: Workspace, text: str) -> None:
    workspace.put(PATH, Source.parse(text.encode()))


@pytest.mark.parametrize("keep_texts", [True, False])
def test_an_edit_in_a_body_changes_what_a_method_does_though_facts_are_equal(root, keep_texts):
    workspace = Workspace(root, keep_texts=keep_texts)
    workspace.load()
    assert operations(workspace) == ["find"]
    before = workspace.project.facts(PATH)
    put(workspace, SERVICE.replace("find()", "count()"))
    assert workspace.project.facts(PATH) == before
    assert operations(workspace) == ["count"]
    workspace.close(PATH)
    assert operations(workspace) == ["find"]


def test_an_edit_that_says_the_same_asks_nothing_again_but_the_text(root):
    workspace = Workspace(root)
    workspace.load()
    operations(workspace)
    start = workspace.project.computed
    put(workspace, SERVICE.replace("return this", "  return  this"))
    assert operations(workspace) == ["find"]
    assert workspace.project.computed - start == 1
    put(workspace, SERVICE.replace("return this", "// é😀\n    return this"))
    operations(workspace)
    assert workspace.project.computed - start == 2


def test_typing_costs_nothing_where_nobody_asked(root):
    workspace = Workspace(root)
    workspace.load()
    project = workspace.project
    put(workspace, SERVICE.replace("find()", "count()"))
    assert workspace.project is project


def test_what_a_method_gives_back_is_told_wherever_it_moves(root):
    column = "@Entity() export class Cat { @PrimaryColumn() id: number; @Column() password: string; }"
    text = SERVICE.replace("@Entity() export class Cat { @PrimaryColumn() id: number; }", column)
    text = text.replace("{ Entity,", "{ Column, Entity,")
    (root / PATH).write_text(text, "utf-8")
    workspace = Workspace(root)
    workspace.load()
    entity = Ref(PATH, "Cat")
    assert returned_entity(workspace.project, CATS, "one") == entity
    put(workspace, text.replace("async one() {", "\n// é\nasync one() {\n\n"))
    assert returned_entity(workspace.project, CATS, "one") == entity
    put(workspace, text.replace("async one() {", "\n// é\nasync one() {\n\nconst total = 1;"))
    assert returned_entity(workspace.project, CATS, "one") == entity


def test_a_schema_is_read_again_when_it_changes(root):
    workspace = Workspace(root)
    workspace.load()
    dog = Ref("prisma/schema.prisma", "Dog")
    assert [c.property for c in entity_of(workspace.project, dog).columns] == ["id"]
    (root / "prisma/schema.prisma").write_text(SCHEMA.replace("@id\n", "@id\n  name String\n"), "utf-8")
    workspace.load()
    assert [c.property for c in entity_of(workspace.project, dog).columns] == ["id", "name"]
    (root / "prisma/more.prisma").write_text("model Bird {\n  id Int @id\n}\n", "utf-8")
    workspace.load()
    assert {e.name for e in entities(workspace.project)} == {"Cat", "Dog", "Bird"}
    (root / "prisma/schema.prisma").unlink()
    workspace.load()
    assert {e.name for e in entities(workspace.project)} == {"Cat", "Bird"}


def test_details_are_kept_by_content(root, tmp_path):
    read: list[str] = []

    def extract(reading: Reading) -> object:
        read.append(reading.path)
        return DEEDS.extract(reading)

    counted = Detail("counted", DEEDS.kind, extract)
    for _ in range(2):
        workspace = Workspace(root)
        workspace.load(FactsCache(tmp_path / "cache.db"))
        assert workspace.project.detail(PATH, counted).of("CatsService", "one")
        workspace.flush()
    assert read == [PATH]
    (root / PATH).write_text(SERVICE + "\n", "utf-8")
    workspace.load(FactsCache(tmp_path / "cache.db"))
    workspace.project.detail(PATH, counted)
    assert read == [PATH, PATH]


def test_a_text_that_is_not_the_one_of_the_facts_is_not_read(root):
    workspace = Workspace(root, keep_texts=False)
    workspace.load()
    (root / PATH).write_text(SERVICE.replace("find()", "count()"), "utf-8")
    assert operations(workspace) == []
    workspace.load()
    assert operations(workspace) == ["count"]
