// é😀 Columns that many tables share.
import { pgTableCreator, text, timestamp } from 'drizzle-orm/pg-core';

export const pkText = (name = 'id') => text(name).primaryKey();
export function tsCol(name: string) { return timestamp(name, { withTimezone: true, precision: 3 }); }
export const createdAt = () => tsCol('created_at').notNull().defaultNow();
export const timestamps = { createdAt: createdAt(), updatedAt: tsCol('updated_at').$onUpdate(() => new Date()) };
export const appTable = pgTableCreator((name) => `app_${name}`);
