import { relations, sql } from 'drizzle-orm';
import * as pg from 'drizzle-orm/pg-core';
import {
  AnyPgColumn, boolean, char, customType, foreignKey, index, integer, jsonb, numeric, pgEnum, pgSchema, pgTable,
  primaryKey, serial, text, unique, uniqueIndex, uuid, varchar,
} from 'drizzle-orm/pg-core';
import { appTable, createdAt, pkText, timestamps, tsCol } from './columns';

export const roleEnum = pgEnum('role', ['user', 'admin']);
const bytea = customType<{ data: Buffer }>({ dataType() { return 'bytea'; } });

export const users = pgTable('users', {
  id: uuid('id').defaultRandom().primaryKey(),
  email: varchar('e_mail', { length: 320 }).notNull().unique('users_email'),
  name: text(),
  role: roleEnum('role').notNull().default('user'),
  tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
  balance: numeric({ precision: 10, scale: 2 }).default('0'),
  meta: jsonb('meta').$type<{ a: number }>(),
  active: boolean().default(true).notNull(),
  photo: bytea('photo'),
  letter: text('letter', { enum: ['a', 'b'] }),
  managerId: uuid('manager_id').references((): AnyPgColumn => users.id, { onDelete: 'set null' }),
  ...timestamps,
}, (t) => [index('by_role').on(t.role, t.active), uniqueIndex().on(t.name, t.role)]);

export const posts = appTable('posts', (t) => ({
  id: t.integer().primaryKey().generatedAlwaysAsIdentity(),
  authorId: t.uuid('author_id').notNull().references(() => users.id, { onDelete: 'cascade', onUpdate: 'no action' }),
  slug: t.varchar({ length: 100 }).unique(),
}));

export const memberships = pgTable('memberships', {
  userId: uuid('user_id').notNull(),
  teamId: integer('team_id').notNull(),
  kind: char('kind', { length: 2 }),
  createdAt: createdAt(),
}, (table) => ({
  key: primaryKey({ columns: [table.userId, table.teamId] }),
  once: unique('once').on(table.teamId, table.kind),
  owner: foreignKey({ columns: [table.userId], foreignColumns: [users.id] }).onDelete('cascade'),
}));

export const audit = pgSchema('audit');
export const logs = audit.table('logs', {
  id: serial('id').primaryKey(),
  big: pg.bigserial('big', { mode: 'number' }),
  at: tsCol('at'),
  sum: integer('sum').generatedAlwaysAs(sql`1 + 1`),
});
export const notes = pgTable('notes', { id: pkText(), key: pkText('the_key') });

export const usersRelations = relations(users, ({ one, many }) => ({
  posts: many(posts),
  manager: one(users, { fields: [users.managerId], references: [users.id] }),
}));
