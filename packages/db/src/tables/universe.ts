import { bigint, index, jsonb, pgTable, text } from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/**
 * Which instruments are streamed: each change is a row, and the newest of an instrument is in
 * force. Append-only.
 */
export const universeChanges = pgTable(
  'universe_changes',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    instrument: text('instrument').notNull(),
    /** `added` or `removed`. */
    change: text('change').notNull(),
    at: epochMs('at').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [index('universe_changes_of_instrument').on(table.instrument, table.id)],
);

/** Lists that the operator keeps, in the operator's order; one without instruments is gone. */
export const watchlists = pgTable('watchlists', {
  name: text('name').primaryKey(),
  instruments: jsonb('instruments').notNull(),
  updatedAt: epochMs('updated_at').notNull(),
  actor: text('actor').notNull(),
});
