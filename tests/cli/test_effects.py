"""`nestwise inspect` says what a method reads and writes, by which call and in which transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Row = dict[str, Any]


@pytest.fixture
def effects(project, nestwise) -> Callable[..., list[str]]:
    """Each effect of a method as `kind target operation transaction`, with what else is said of it."""

    def ask(code: str, method: str, *, also: dict[str, str] | None = None) -> list[str]:
        root = project({"src/a.service.ts": code, **(also or {})})
        lines = code.splitlines()
        line = next(
            n
            for n, text in enumerate(lines, 1)
            if f" {method}(" in text and "this." not in text.split(method)[0]
        )
        done = nestwise("inspect", "--format", "json", f"{root}/src/a.service.ts:{line}")
        assert done.returncode == 0, done.stderr
        thing = next(t for t in json.loads(done.stdout)["things"] if t["kind"] in ("method", "handler"))
        out: list[str] = []
        for kind in ("reads", "writes", "runs"):
            for e in thing.get(kind, []):
                more = ["loop"] * e["loop"] + ["raw"] * e["raw"]
                more += [e["value"]] * (e["value"] not in ("awaited", "returned")) + [
                    f"via {v}" for v in e["via"]
                ]
                out.append(" ".join([kind, e["target"] or "?", e["operation"], e["transaction"], *more]))
        return out + [f"unknown: {u}" for u in thing.get("unknown", [])]

    return ask


TYPEORM = """\
// é😀
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Column, DataSource, Entity, EntityManager, PrimaryGeneratedColumn, Repository } from 'typeorm';

@Entity() export class User { @PrimaryGeneratedColumn() id: number; @Column() name: string; }
@Entity() export class Post { @PrimaryGeneratedColumn() id: number; }

@Injectable()
export class UsersRepository extends Repository<User> {
  async named(name: string) { return this.findOneBy({ name }); }
}

@Injectable()
export class AService {
  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(Post) private readonly posts: Repository<Post>,
    private readonly dataSource: DataSource,
    private readonly own: UsersRepository,
  ) {}

  async plain(id: number) {
    const user = await this.users.findOneBy({ id });
    await this.users.save(user);
    user.name = 'x';
    this.posts.delete(1);
    return this.users.createQueryBuilder('u').where('u.id = :id', { id }).getMany();
  }
  async transacted(id: number) {
    await this.dataSource.transaction(async (manager) => {
      await manager.save(User, { id });
      await manager.getRepository(Post).delete(id);
      await manager.withRepository(this.own).save({ id });
      await this.users.delete(id);
      await this.logged(id);
    });
  }
  async logged(id: number) { await this.posts.insert({ id }); }
  async runner(ids: number[]) {
    const runner = this.dataSource.createQueryRunner();
    await runner.connect();
    await runner.manager.count(User);
    await runner.startTransaction();
    try {
      for (const id of ids) {
        await runner.manager.update(User, id, { name: '' });
      }
      await Promise.all(ids.map((id) => runner.manager.delete(Post, id)));
      await runner.commitTransaction();
    } catch (error) {
      await runner.rollbackTransaction();
    } finally {
      await runner.release();
    }
  }
  async given(manager: EntityManager) { await manager.save(User, {}); }
  async built() {
    const query = this.users.createQueryBuilder().update().set({ name: 'a' });
    await query.where('1 = 1').execute();
    await this.dataSource.createQueryBuilder().insert().into(Post).values([]).execute();
    await this.dataSource.createQueryBuilder().delete().from(User).execute();
  }
  async raw(name: string) {
    await this.dataSource.query(`SELECT * FROM users WHERE name = $1`, [name]);
    await this.users.query('UPDATE users SET name = 1');
    await this.dataSource.query(name);
  }
  async through(name: string) {
    const found = await this.own.named(name);
    return found ?? this.own.create({ name });
  }
}
"""


def test_typeorm_repositories(effects):
    assert effects(TYPEORM, "plain") == [
        "reads User findOneBy no",
        "reads User getMany no",
        "writes User save no",
        "writes Post delete no dropped",
    ]


def test_typeorm_transactions_bind_what_goes_through_their_manager(effects):
    assert effects(TYPEORM, "transacted") == [
        "writes User save yes",
        "writes Post delete yes",
        "writes User save yes",
        "writes User delete outside",
        "writes Post insert outside via AService.logged",
    ]


def test_a_query_runner_is_in_a_transaction_once_it_began(effects):
    assert effects(TYPEORM, "runner") == [
        "reads User count no",
        "writes User update yes loop",
        "writes Post delete yes loop",
    ]


def test_a_manager_that_is_handed_in_may_be_in_a_transaction(effects):
    assert effects(TYPEORM, "given") == ["writes User save maybe"]


def test_queries_that_are_built(effects):
    assert effects(TYPEORM, "built") == [
        "writes User execute no",
        "writes Post execute no",
        "writes User execute no",
    ]


def test_sql_reads_or_writes_by_its_first_word(effects):
    assert effects(TYPEORM, "raw") == [
        "reads users query no raw",
        "writes users query no raw",
        "runs ? query no raw",
    ]


def test_repositories_of_the_team(effects):
    assert effects(TYPEORM, "through") == ["reads User findOneBy no via UsersRepository.named"]


SCHEMA = """\
datasource db {
  provider = "postgresql"
}
model User {
  id    Int    @id
  posts Post[]
}
model Post {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id])
}
"""
PRISMA = """\
import { Injectable } from '@nestjs/common';
import { Prisma, PrismaClient } from '@prisma/client';

@Injectable() export class PrismaService extends PrismaClient {}

@Injectable()
export class AService {
  constructor(private readonly prisma: PrismaService) {}

  async plain() {
    const found = await this.prisma.user.findMany({ include: { posts: true } });
    await this.prisma.user.create({ data: { id: 1, posts: { create: { id: 2 } } } });
    return found;
  }
  async callback(ids: number[]) {
    await this.prisma.$transaction(async (tx) => {
      await tx.user.delete({ where: { id: 1 } });
      await this.prisma.post.deleteMany();
      await this.moved(tx);
    });
  }
  private async moved(tx?: Prisma.TransactionClient) {
    const client = tx ?? this.prisma;
    await client.post.updateMany({ data: {} });
  }
  async list() {
    await this.prisma.$transaction([this.prisma.user.deleteMany(), this.prisma.post.deleteMany()]);
  }
  async raw(id: number) {
    await this.prisma.$queryRaw<number[]>`SELECT 1 FROM "User" WHERE id = ${id}`;
    await this.prisma.$executeRaw(Prisma.sql`DELETE FROM "Post"`);
    const text = Prisma.sql`WITH a AS (SELECT 1) UPDATE "User" SET id = 1`;
    await this.prisma.$queryRaw(text);
  }
}
"""


def test_prisma(effects):
    ask = lambda method: effects(PRISMA, method, also={"prisma/schema.prisma": SCHEMA})  # noqa: E731
    assert ask("plain") == ["reads User findMany no", "writes User create no", "writes Post nested create no"]
    assert ask("callback") == [
        "writes User delete yes",
        "writes Post deleteMany outside",
        "writes Post updateMany yes via AService.moved",
    ]
    assert ask("moved") == ["writes Post updateMany maybe"]
    assert ask("list") == ["writes User deleteMany yes", "writes Post deleteMany yes"]
    assert ask("raw") == [
        "reads User $queryRaw no raw",
        "writes Post $executeRaw no raw",
        "writes User $queryRaw no raw",
    ]


MONGOOSE = """\
import { Injectable } from '@nestjs/common';
import { InjectConnection, InjectModel, Prop, Schema } from '@nestjs/mongoose';
import { Connection, HydratedDocument, Model } from 'mongoose';

@Schema() export class Cat { @Prop() name: string; }
export type CatDocument = HydratedDocument<Cat>;

@Injectable()
export class AService {
  constructor(
    @InjectModel(Cat.name) private readonly cats: Model<CatDocument>,
    @InjectConnection() private readonly connection: Connection,
  ) {}
  async plain(name: string) {
    const cat = await this.cats.findOne({ name }).exec();
    cat.name = 'x';
    await cat.save();
    const made = new this.cats({ name });
    await made.save();
    await this.cats.updateMany({}, { name }).exec();
  }
  async session(name: string) {
    const session = await this.connection.startSession();
    await session.withTransaction(async () => {
      await this.cats.create([{ name }], { session });
      await this.cats.deleteOne({ name });
      await this.cats.updateOne({ name }, {}).session(session);
    });
  }
}
"""


def test_mongoose(effects):
    assert effects(MONGOOSE, "plain") == [
        "reads Cat findOne no",
        "writes Cat save no",
        "writes Cat save no",
        "writes Cat updateMany no",
    ]
    assert effects(MONGOOSE, "session") == [
        "writes Cat create yes",
        "writes Cat deleteOne outside",
        "writes Cat updateOne yes",
    ]


MIKRO = """\
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Entity, PrimaryKey } from '@mikro-orm/core';
import { EntityManager, EntityRepository } from '@mikro-orm/postgresql';

@Entity() export class Cat { @PrimaryKey() id: number; }

@Injectable()
export class AService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Cat) private readonly cats: EntityRepository<Cat>,
  ) {}
  async plain() {
    const cat = await this.cats.findOneOrFail(1);
    this.em.persist(new Cat());
    await this.em.flush();
    await this.em.nativeDelete(Cat, {});
  }
  async transacted() {
    await this.em.transactional(async (em) => {
      await em.find(Cat, {});
      em.persist(new Cat());
    });
  }
}
"""


def test_mikro(effects):
    assert effects(MIKRO, "plain") == [
        "reads Cat findOneOrFail no",
        "writes Cat persist unit dropped",
        "writes ? flush unit",
        "writes Cat nativeDelete no",
    ]
    assert effects(MIKRO, "transacted") == ["reads Cat find yes", "writes Cat persist yes dropped"]


SEQUELIZE = """\
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/sequelize';
import { Column, Model, Sequelize, Table } from 'sequelize-typescript';

@Table export class Cat extends Model { @Column name: string; }

@Injectable()
export class AService {
  constructor(@InjectModel(Cat) private readonly cats: typeof Cat, private readonly sequelize: Sequelize) {}
  async plain() {
    const cat = await this.cats.findByPk(1);
    await cat.destroy();
    await Cat.update({ name: 'x' }, { where: {} });
  }
  async transacted() {
    await this.sequelize.transaction(async (t) => {
      await this.cats.create({ name: '' }, { transaction: t });
      await this.cats.destroy({ where: {} });
    });
  }
}
"""


def test_sequelize(effects):
    assert effects(SEQUELIZE, "plain") == [
        "reads Cat findByPk no",
        "writes Cat destroy no",
        "writes Cat update no",
    ]
    assert effects(SEQUELIZE, "transacted") == ["writes Cat create yes", "writes Cat destroy outside"]


DRIZZLE = """\
import { Inject, Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { integer, pgTable } from 'drizzle-orm/pg-core';

export const cats = pgTable('cats', { id: integer('id').primaryKey() });

@Injectable()
export class AService {
  constructor(@Inject('DB') private readonly db: NodePgDatabase) {}
  async plain(id: number) {
    const [row] = await this.db.select().from(cats).where(eq(cats.id, id));
    await this.db.query.cats.findMany();
    await this.db.insert(cats).values({ id }).returning();
    await this.db.execute(sql`delete from cats`);
    return row;
  }
  async transacted(id: number) {
    await this.db.transaction(async (tx) => {
      await tx.update(cats).set({ id });
      await this.db.delete(cats);
    });
  }
}
"""


def test_drizzle(effects):
    assert effects(DRIZZLE, "plain") == [
        "reads cats select no",
        "reads cats findMany no",
        "writes cats insert no",
        "writes cats execute no raw",
    ]
    assert effects(DRIZZLE, "transacted") == ["writes cats update yes", "writes cats delete outside"]


KYSELY = """\
import { Injectable } from '@nestjs/common';
import { Generated, Kysely, Transaction, sql } from 'kysely';

export interface CatTable { id: Generated<number>; name: string | null; }
export interface Database { cats: CatTable; }
export function dbOrTx(db: Kysely<Database>, trx?: Transaction<Database>) {
  if (trx) { return trx; }
  return db;
}

@Injectable()
export class AService {
  constructor(private readonly db: Kysely<Database>) {}
  async plain(trx?: Transaction<Database>) {
    await this.db.selectFrom('cats').selectAll().execute();
    await dbOrTx(this.db, trx).deleteFrom('cats').execute();
    await sql`update cats set name = 1`.execute(this.db);
  }
  async recursive() {
    return this.db
      .withRecursive('tree', (db) => db.selectFrom('cats').where('id', '=', 1))
      .selectFrom('tree')
      .execute();
  }
  async transacted() {
    await this.db.transaction().execute(async (trx) => {
      await trx.insertInto('cats').values({ name: null }).execute();
      await this.db.updateTable('cats').set({ name: 'x' }).execute();
    });
  }
}
"""


def test_kysely(effects):
    assert effects(KYSELY, "plain") == [
        "reads cats selectFrom no",
        "writes cats deleteFrom maybe",
        "writes cats sql no raw",
    ]
    assert effects(KYSELY, "recursive") == ["reads cats selectFrom no"]
    assert effects(KYSELY, "transacted") == ["writes cats insertInto yes", "writes cats updateTable outside"]


AMBIENT = """\
import { Injectable } from '@nestjs/common';
import { Transactional } from 'typeorm-transactional';
import { BService } from './b.service';

@Injectable()
export class AService {
  constructor(private readonly b: BService) {}
  @Transactional()
  async all() { await this.b.one(); }
  async none() { await this.b.one(); }
}
"""
OTHER = """\
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Entity, PrimaryColumn, Repository } from 'typeorm';

@Entity() export class Cat { @PrimaryColumn() id: number; }
export abstract class Base<T extends object> {
  protected abstract readonly repository: Repository<T>;
  protected async stored(row: T) { return this.repository.save(row); }
}
@Injectable()
export class BService extends Base<Cat> {
  constructor(@InjectRepository(Cat) protected readonly repository: Repository<Cat>) { super(); }
  async one() { await this.stored({ id: 1 }); return this.one(); }
}
"""


def test_calls_are_followed_through_services_and_their_bases(effects):
    also = {"src/b.service.ts": OTHER}
    way = "via BService.one via BService.stored"
    assert effects(AMBIENT, "all", also=also) == [f"writes Cat save ambient {way}"]
    assert effects(AMBIENT, "none", also=also) == [f"writes Cat save no {way}"]


BEHIND = """\
import { Inject, Injectable } from '@nestjs/common';
import { CatStore, STORE, Store } from './store';

@Injectable()
export class AService {
  constructor(private readonly cats: CatStore, @Inject(STORE) private readonly store: Store) {}
  async one() { await this.cats.add(1); }
  async other() { await this.store.add(2); }
}
"""
STORE = """\
import { Injectable, Module } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Entity, PrimaryColumn, Repository } from 'typeorm';

@Entity() export class Cat { @PrimaryColumn() id: number; }
export const STORE = Symbol('store');
export interface Store { add(id: number): Promise<unknown>; }
export abstract class CatStore { abstract add(id: number): Promise<unknown>; }
@Injectable()
export class SqlStore implements CatStore, Store {
  constructor(@InjectRepository(Cat) private readonly repository: Repository<Cat>) {}
  async add(id: number) { return this.repository.insert({ id }); }
}
@Module({ providers: [{ provide: CatStore, useClass: SqlStore }, { provide: STORE, useClass: SqlStore }] })
export class StoreModule {}
"""


HOSTED = """\
import { Injectable } from '@nestjs/common';
import { InjectTransaction, Transaction, TransactionHost, Transactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterPrisma } from '@nestjs-cls/transactional-adapter-prisma';
import { PrismaClient } from '@prisma/client';

@Injectable()
export class AService {
  constructor(
    private readonly host: TransactionHost<TransactionalAdapterPrisma>,
    @InjectTransaction() private readonly tx: Transaction<TransactionalAdapterPrisma>,
    private readonly prisma: PrismaClient,
  ) {}
  @Transactional()
  async decorated() {
    await this.host.tx.user.create({ data: {} });
    await this.prisma.post.deleteMany();
    await this.plain();
  }
  async plain() { await this.tx.user.deleteMany(); }
  async wrapped() {
    await this.host.withTransaction(async () => {
      await this.host.tx.user.update({});
      await this.prisma.user.create({ data: {} });
      await this.plain();
    });
  }
}
"""


def test_the_client_of_a_transaction_host_is_bound_to_what_runs(effects):
    ask = lambda method: effects(HOSTED, method, also={"prisma/schema.prisma": SCHEMA})  # noqa: E731
    assert ask("plain") == ["writes User deleteMany maybe"]
    assert ask("decorated") == [
        "writes User create ambient",
        "writes Post deleteMany outside",
        "writes User deleteMany ambient via AService.plain",
    ]
    assert ask("wrapped") == [
        "writes User update ambient",
        "writes User create outside",
        "writes User deleteMany ambient via AService.plain",
    ]


def test_what_stands_behind_an_abstract_class_or_a_token_is_followed(effects):
    also = {"src/store.ts": STORE}
    assert effects(BEHIND, "one", also=also) == ["writes Cat insert no via CatStore.add"]
    assert effects(BEHIND, "other", also=also) == ["writes Cat insert no via SqlStore.add"]


def test_of_two_implementations_none_is_chosen(effects):
    another = "@Module({ providers: [{ provide: CatStore, useClass: Other }] }) export class M {}\n"
    other = "@Injectable() export class Other extends CatStore { async add() { return 1; } }\n"
    found = effects(
        BEHIND.replace("await this.cats", "await this.store.add(1); await this.cats"),
        "one",
        also={"src/store.ts": STORE + other + another},
    )
    assert found == [
        "writes Cat insert no via SqlStore.add",
        "unknown: data: CatStore.add is that of Other or SqlStore",
    ]


def test_what_cannot_be_followed_is_said(effects):
    paged = "  async paged() {\n    this.users.count();\n    return paginate(this.users, { page: 1 });\n  }\n"
    code = TYPEORM.replace("  async given(", f"{paged}  async given(")
    code = code.replace(
        "import { Injectable }", "import { paginate } from 'paginate';\nimport { Injectable }"
    )
    found = effects(code, "paged")
    assert found == ["reads User count no dropped", "unknown: data: paginate() is given a repository of User"]


def test_people_read_a_line_for_each(project, nestwise):
    root = project({"src/a.service.ts": TYPEORM})
    line = TYPEORM[: TYPEORM.index("  async transacted")].count("\n") + 1
    shown = nestwise("inspect", f"{root}/src/a.service.ts:{line}").stdout
    assert "writes User: manager.save  line 32; in a transaction" in shown
    assert "writes User: this.users.delete  line 35; past the transaction around it" in shown
    assert "line 39; past the transaction around it; via AService.logged" in shown
    assert "transactions  typeorm transaction" in shown
