import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/** From when on bars of an instrument are wanted, and until when they were looked for. */
export const barCoverage = pgTable(
  'bar_coverage',
  {
    instrument: text('instrument').notNull(),
    timeframe: text('timeframe').notNull(),
    /** Open time of the first bar that is wanted. */
    fromTime: epochMs('from_time').notNull(),
    /** Bars that had ended by then were looked for. */
    checkedUntil: epochMs('checked_until').notNull(),
  },
  (table) => [primaryKey({ columns: [table.instrument, table.timeframe] })],
);

/**
 * Expected bars that were not there when they were looked for: one run of them, by the open times
 * of its first and last. Never deleted: how a gap ended stays known.
 */
export const barGaps = pgTable(
  'bar_gaps',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    instrument: text('instrument').notNull(),
    timeframe: text('timeframe').notNull(),
    fromTime: epochMs('from_time').notNull(),
    toTime: epochMs('to_time').notNull(),
    bars: integer('bars').notNull(),
    foundAt: epochMs('found_at').notNull(),
    endedAt: epochMs('ended_at'),
    /**
     * `filled`; `shrunk`: new rows stand for what is left of it; `empty`: the venue itself has none,
     * so nothing was traded; `unheard`: who was asked hears a part of the market only, so what was
     * traded elsewhere is not known; `unwanted`: lies between stretches that were asked for;
     * `trimmed`: too old to be kept.
     */
    outcome: text('outcome'),
    /** Who was asked, of an `empty` or `unheard` one; null for those from before this column. */
    source: text('source'),
  },
  (table) => [
    index('bar_gaps_of_instrument').on(table.instrument, table.timeframe, table.fromTime),
    // Ended ones stay for good: what is asked before a trade is of the few that are open.
    index('bar_gaps_open')
      .on(table.instrument, table.timeframe)
      .where(sql`${table.endedAt} IS NULL`),
  ],
);
