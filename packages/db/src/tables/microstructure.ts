import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { decimalText, epochMs } from '../columns.ts';

/**
 * What a venue publishes about a market beside its prices, point in time: a revised value is a row
 * of its own, known later. Append-only. Partitioned by month of `at` (UTC).
 */
export const microstructure = pgTable(
  'microstructure',
  {
    instrument: text('instrument').notNull(),
    kind: text('kind').notNull(),
    /** The moment, or the beginning of the interval, that the value speaks of. */
    at: epochMs('at').notNull(),
    /** When it could be known at the earliest: our own receipt, or what the venue guarantees. */
    knownAt: epochMs('known_at').notNull(),
    value: decimalText('value').notNull(),
    source: text('source').notNull(),
  },
  (table) => [primaryKey({ columns: [table.instrument, table.kind, table.at, table.knownAt] })],
);
