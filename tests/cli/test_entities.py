"""`nestwise inspect` says what an ORM makes of a class, a constant, an interface or a Prisma model."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]


@pytest.fixture
def inspected(project, nestwise) -> Callable[..., Row]:
    """The thing in the line that holds a text."""

    def ask(files: dict[str, str], path: str, text: str) -> Row:
        root = project(files)
        line = files[path][: files[path].index(text)].count("\n") + 1
        done = nestwise("inspect", "--format", "json", f"{root}/{path}:{line}")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["things"][0]

    return ask


USER = """\
// é😀
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryGeneratedColumn } from 'typeorm';
import { Team } from './team';

@Entity()
export class UserAccount {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column({ unique: true, length: 320 }) email: string;
  @ManyToOne(() => Team, { onDelete: 'CASCADE', nullable: false }) mainTeam: Team;
  @ManyToMany(() => Team) @JoinTable() teams: Team[];
}
"""
TEAM = """\
import { Entity, PrimaryColumn } from 'typeorm';

@Entity('teams')
export class Team {
  @PrimaryColumn() code: number;
}
"""


def test_a_class(inspected):
    files = {"src/user.ts": USER, "src/team.ts": TEAM}
    thing = inspected(files, "src/user.ts", "class UserAccount")
    entity = thing["entity"]
    assert (entity["orm"], entity["table"], entity["unknown"]) == ("typeorm", "user_account", [])
    columns = {c["property"]: c for c in entity["columns"]}
    assert (columns["id"]["primary"], columns["id"]["generated"]) == (True, "uuid")
    assert (columns["email"]["unique"], columns["email"]["length"]) == (True, "320")
    relations = {r["property"]: r for r in entity["relations"]}
    assert relations["mainTeam"]["columns"] == ["mainTeamCode"]
    assert relations["mainTeam"]["onDelete"] == "CASCADE"
    assert relations["teams"]["table"] == "user_account_teams_teams"


def test_a_column_and_a_relation(inspected):
    files = {"src/user.ts": USER, "src/team.ts": TEAM}
    column = inspected(files, "src/user.ts", "email")
    assert (column["kind"], column["unique"], column["tableOfEntity"]) == ("column", True, "user_account")
    relation = inspected(files, "src/user.ts", "mainTeam")
    assert (relation["kind"], relation["target"], relation["nullable"]) == ("relation", "Team", False)


def test_a_naming_strategy_of_the_team_leaves_names_unknown(inspected):
    naming = "import { DefaultNamingStrategy as D } from 'typeorm';\nexport class Ours extends D {}\n"
    files = {"src/user.ts": USER, "src/team.ts": TEAM, "src/naming.ts": naming}
    entity = inspected(files, "src/user.ts", "class UserAccount")["entity"]
    assert entity["table"] is None
    assert entity["relations"][0]["columns"] is None
    given = inspected(files, "src/team.ts", "class Team")["entity"]
    assert given["table"] == "teams"


OURS = """\
import { DefaultNamingStrategy as Base } from 'typeorm';
function snakeCase(text: string) {
  return text.replace(/([A-Z])([A-Z])([a-z])/g, '$1_$2$3')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
export class Ours extends Base {
  tableName(name: string, given: string) { return given ?? snakeCase(name); }
  columnName(name: string, given: string, ahead: string[]) {
    return snakeCase(ahead.concat('').join('_')) + (given ? given : snakeCase(name));
  }
  joinColumnName(relation: string, column: string) { return snakeCase(`${relation}_${column}`); }
  joinTableName(one: string, two: string, name: string) {
    return snakeCase(`${one}_${name.replace(/\\./gi, '_')}_${two}`);
  }
}
"""


def test_a_copy_of_the_usual_naming_strategy_is_followed(inspected):
    files = {"src/user.ts": USER, "src/team.ts": TEAM, "src/naming.ts": OURS}
    entity = inspected(files, "src/user.ts", "class UserAccount")["entity"]
    assert entity["table"] == "user_account"
    assert entity["relations"][0]["columns"] == ["main_team_code"]
    assert entity["relations"][1]["table"] == "user_account_teams_teams"
    files["src/naming.ts"] = OURS.replace(
        "return given ?? snakeCase(name)", "return given ?? `t_${snakeCase(name)}`"
    )
    entity = inspected(files, "src/user.ts", "class UserAccount")["entity"]
    assert entity["table"] is None


def test_what_cannot_be_read_is_unknown_and_said(inspected):
    code = USER.replace("length: 320", "...given()").replace("'./team'", "'./missing'")
    thing = inspected({"src/user.ts": code}, "src/user.ts", "class UserAccount")
    column = next(c for c in thing["entity"]["columns"] if c["property"] == "email")
    assert (column["unique"], column["nullable"]) == (None, None)
    relation = thing["entity"]["relations"][0]
    assert (relation["target"], relation["columns"]) == (None, None)
    mixed = USER.replace("class UserAccount {", "class UserAccount extends Mixin(Object) {")
    thing = inspected({"src/user.ts": mixed, "src/team.ts": TEAM}, "src/user.ts", "class UserAccount")
    assert thing["unknown"] == ["UserAccount extends what cannot be read"]


SCHEMA = """\
// é😀
datasource db {
  provider = "postgresql"
}
model User {
  id    Int    @id @default(autoincrement())
  email String @unique @map("e_mail")
  posts Post[]
}
model Post {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id], onDelete: Cascade)
}
"""
MAIN = "import { Module } from '@nestjs/common';\n@Module({}) export class AppModule {}\n"


def test_a_prisma_model_and_its_fields(inspected):
    files = {"src/main.ts": MAIN, "prisma/schema.prisma": SCHEMA}
    model = inspected(files, "prisma/schema.prisma", "model Post")
    assert (model["kind"], model["entity"]["table"]) == ("model", "Post")
    field = inspected(files, "prisma/schema.prisma", "onDelete")
    assert (field["target"], field["columns"], field["onDelete"]) == ("User", ["userId"], "CASCADE")
    assert inspected(files, "prisma/schema.prisma", "e_mail")["unique"] is True


def test_a_broken_prisma_schema_says_where(inspected, project, nestwise):
    broken = SCHEMA.replace("  posts Post[]\n", "  posts Post[\n  ???\n")
    things = inspected(
        {"src/main.ts": MAIN, "prisma/schema.prisma": broken}, "prisma/schema.prisma", "model User"
    )
    assert things["entity"]["name"] == "User"
    root = project({"prisma/schema.prisma": broken})
    done = nestwise("inspect", f"{root}/prisma/schema.prisma:5")
    assert (done.returncode, done.stderr) == (0, "")
    assert "line 8 is not understood" in done.stdout
    outside = nestwise("inspect", f"{root}/prisma/schema.prisma:99")
    assert outside.returncode == 2
    assert "prisma/schema.prisma has" in outside.stderr


def test_schemas_of_a_folder_belong_together(inspected):
    head, _, post = SCHEMA.partition("model Post")
    files = {
        "src/main.ts": MAIN,
        "prisma/base.prisma": head,
        "prisma/models/post.prisma": f"model Post{post}",
    }
    model = inspected(files, "prisma/models/post.prisma", "model Post")
    assert model["entity"]["relations"][0]["target"] == "User"


@pytest.mark.parametrize(
    ("code", "text", "orm", "table"),
    [
        (
            "import { pgTable, text } from 'drizzle-orm/pg-core';\n"
            "export const users = pgTable('users', { id: text('id').primaryKey() });\n",
            "const users", "drizzle", "users",
        ),
        (
            "import { Entity, PrimaryKey } from '@mikro-orm/core';\n"
            "@Entity() export class UserAccount { @PrimaryKey() id: number; }\n",
            "class UserAccount", "mikro-orm", "user_account",
        ),
        (
            "import { Prop, Schema } from '@nestjs/mongoose';\n"
            "@Schema() export class Category { @Prop() id: number; }\n",
            "class Category", "mongoose", "categories",
        ),
        (
            "import { Column, Model, Table } from 'sequelize-typescript';\n"
            "@Table export class Box extends Model { @Column id: number; }\n",
            "class Box", "sequelize", "Boxes",
        ),
        (
            "import { Kysely } from 'kysely';\nexport interface Cat { id: number; }\n"
            "export interface DB { cats: Cat; }\nexport type Db = Kysely<DB>;\n",
            "interface Cat", "kysely", "cats",
        ),
    ],
)  # fmt: skip
def test_each_orm_names_its_tables(inspected, code, text, orm, table):
    entity = inspected({"src/a.ts": MAIN + code}, "src/a.ts", text)["entity"]
    assert (entity["orm"], entity["table"], len(entity["columns"]) > 0) == (orm, table, True)
