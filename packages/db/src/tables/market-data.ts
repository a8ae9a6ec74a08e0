import { bigint, boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { decimalText, epochMs, scaled } from '../columns.ts';

export const instruments = pgTable('instruments', {
  id: text('id').primaryKey(),
  baseCurrency: text('base_currency').notNull(),
  quoteCurrency: text('quote_currency').notNull(),
  tickSize: scaled('tick_size').notNull(),
  lotSize: scaled('lot_size').notNull(),
  minQuantity: scaled('min_quantity').notNull(),
  maxQuantity: scaled('max_quantity').notNull(),
  minNotional: scaled('min_notional').notNull(),
  multiplier: scaled('multiplier').notNull(),
  sector: text('sector'),
  /** False once its venue no longer lists it; its bars and trades stay. */
  listed: boolean('listed').notNull().default(true),
  /** Rows written before this column count as closed until market-data writes them again. */
  session: text('session').notNull().default('us-equity'),
  updatedAt: epochMs('updated_at').notNull(),
});

/** What a bar says; what it said before has the same. */
const barColumns = () => ({
  instrument: text('instrument').notNull(),
  timeframe: text('timeframe').notNull(),
  openTime: epochMs('open_time').notNull(),
  open: decimalText('open').notNull(),
  high: decimalText('high').notNull(),
  low: decimalText('low').notNull(),
  close: decimalText('close').notNull(),
  volume: decimalText('volume').notNull(),
  tradeCount: integer('trade_count').notNull(),
  state: text('state').notNull(),
  source: text('source').notNull(),
  builtFrom: text('built_from').notNull(),
  missing: integer('missing').notNull(),
});

/** Partitioned by month of `open_time` (UTC); see `ensureBarPartitions`. */
export const bars = pgTable(
  'bars',
  {
    ...barColumns(),
  },
  (table) => [primaryKey({ columns: [table.instrument, table.timeframe, table.openTime] })],
);

/**
 * What a stored bar said until other numbers took its place. A trigger on `bars` writes it, so that
 * no way of storing bars leaves it out; trimmed with them.
 */
export const barCorrections = pgTable(
  'bar_corrections',
  {
    /** In the order in which they were replaced. */
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    replacedAt: epochMs('replaced_at').notNull(),
    ...barColumns(),
  },
  (table) => [
    index('bar_corrections_of_instrument').on(table.instrument, table.timeframe, table.openTime),
  ],
);
