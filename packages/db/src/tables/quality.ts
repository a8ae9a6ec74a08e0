import { bigint, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/**
 * What was wrong with the data of an instrument within one window: the rule that it broke, how
 * often, and the first example as it came. A window that goes on counts on in its row.
 */
export const qualityRecords = pgTable(
  'quality_records',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    rule: text('rule').notNull(),
    instrument: text('instrument').notNull(),
    source: text('source').notNull(),
    /** By the source's clock where it has one, else by ours. */
    fromTime: epochMs('from_time').notNull(),
    toTime: epochMs('to_time').notNull(),
    count: integer('count').notNull(),
    evidence: jsonb('evidence').notNull(),
    foundAt: epochMs('found_at').notNull(),
  },
  (table) => [
    unique('quality_records_window').on(table.foundAt, table.rule, table.source, table.instrument),
    index('quality_records_of_instrument').on(table.instrument, table.fromTime),
  ],
);
