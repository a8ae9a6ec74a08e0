import {
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

export const signals = pgTable(
  'signals',
  {
    id: uuid('id').primaryKey(),
    strategy: text('strategy').notNull(),
    instrument: text('instrument').notNull(),
    direction: text('direction').notNull(),
    /** `enter` or `leave`; rows from before anything could be left were entries. */
    word: text('word').notNull().default('enter'),
    /** Of its bar; rows from before there were others are of one minute. */
    timeframe: text('timeframe').notNull().default('1m'),
    barOpenTime: epochMs('bar_open_time').notNull(),
    decidedAt: epochMs('decided_at').notNull(),
    /** Float64 levels as the strategy saw them: entry, stop, target; of a leave the close. */
    level: jsonb('level').notNull(),
    inputs: jsonb('inputs').notNull(),
    /** The trade asked for, or asked to be closed; null when a gate blocked the signal. */
    tradeId: uuid('trade_id'),
    commandId: uuid('command_id'),
  },
  (table) => [
    index('signals_decided').on(table.decidedAt),
    /** One signal a strategy, instrument, bar and word, however often that bar is seen. */
    unique('signals_bar').on(
      table.strategy,
      table.instrument,
      table.timeframe,
      table.barOpenTime,
      table.word,
    ),
  ],
);

export const blockedSignals = pgTable(
  'blocked_signals',
  {
    signalId: uuid('signal_id')
      .primaryKey()
      .references(() => signals.id),
    gate: text('gate').notNull(),
    input: text('input').notNull(),
    threshold: text('threshold').notNull(),
    settingsId: uuid('settings_id'),
    /** Of bitcoin, as it was known then; null where the gate decided without knowing it. */
    regime: text('regime'),
    blockedAt: epochMs('blocked_at').notNull(),
  },
  (table) => [index('blocked_signals_at').on(table.blockedAt)],
);

/** How good each instrument looks to each strategy, as of the last bar that it closed. */
export const strategyScores = pgTable(
  'strategy_scores',
  {
    strategy: text('strategy').notNull(),
    instrument: text('instrument').notNull(),
    timeframe: text('timeframe').notNull(),
    barOpenTime: epochMs('bar_open_time').notNull(),
    /** More is better; null where the strategy cannot say yet, and `parts` says why. */
    score: doublePrecision('score'),
    /** 1 is best of this strategy; null without a score. */
    rank: integer('rank'),
    /** What the score is made of. */
    parts: jsonb('parts').notNull(),
    scoredAt: epochMs('scored_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.strategy, table.instrument] }),
    index('strategy_scores_rank').on(table.strategy, table.rank),
  ],
);
