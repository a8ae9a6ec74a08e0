import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/**
 * Append-only: what the regime of an instrument at a time was said to be, by which version of the
 * saying, and since when that was known.
 */
export const regimeHistory = pgTable(
  'regime_history',
  {
    instrument: text('instrument').notNull(),
    at: epochMs('at').notNull(),
    knownAt: epochMs('known_at').notNull(),
    /** -2 strong bear, -1 bear, 0 neutral, 1 bull, 2 strong bull. */
    regime: integer('regime').notNull(),
    inputs: jsonb('inputs').$type<Readonly<Record<string, number>>>().notNull(),
    version: integer('version').notNull(),
    seq: bigint('seq', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  },
  (table) => [
    unique('regime_history_version').on(table.instrument, table.at, table.version),
    index('regime_history_known').on(table.instrument, table.knownAt),
    check('regime_history_range', sql`${table.regime} BETWEEN -2 AND 2`),
    check('regime_history_after', sql`${table.knownAt} >= ${table.at}`),
  ],
);
