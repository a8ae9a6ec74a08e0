import { bigint, pgTable, text } from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/**
 * The highest fence given out for each lease. It is here and not in Redis, so that it never falls
 * back when Redis loses what it had.
 */
export const feedFences = pgTable('feed_fences', {
  name: text('name').primaryKey(),
  fence: bigint('fence', { mode: 'number' }).notNull(),
  /** Who took it last. */
  owner: text('owner').notNull(),
  takenAt: epochMs('taken_at').notNull(),
});
