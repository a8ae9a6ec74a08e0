import { sql } from 'drizzle-orm';
import {
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { decimalText, epochMs } from '../columns.ts';
import { signals } from './strategy-worker.ts';

/** What both kinds of work have: who asked for what, over which bars, and how far it is. */
const asked = {
  id: uuid('id').primaryKey(),
  strategy: text('strategy').notNull(),
  /** All that was asked, defaults written out: the same request over the same bars is the same. */
  request: jsonb('request').notNull(),
  seed: integer('seed').notNull(),
  /** Of the bars that were read; null until they are. */
  dataHash: text('data_hash'),
  state: text('state').notNull(),
  done: integer('done').notNull(),
  total: integer('total').notNull(),
  /** Reason code and text of what ended it, where that is not its end. */
  error: jsonb('error'),
  actor: text('actor').notNull(),
  askedAt: epochMs('asked_at').notNull(),
  startedAt: epochMs('started_at'),
  updatedAt: epochMs('updated_at').notNull(),
  endedAt: epochMs('ended_at'),
};

const STATES = sql.raw(`'queued', 'running', 'done', 'failed', 'cancelled'`);

/** One backtest: a row from when it is asked for, with its result when it is done. */
export const backtestRuns = pgTable(
  'backtest_runs',
  {
    ...asked,
    /** Figures, warnings, what the gates did: the result beside its trades and its equity. */
    result: jsonb('result'),
  },
  (table) => [
    index('backtest_runs_newest').on(table.askedAt),
    check('backtest_runs_state', sql`${table.state} IN (${STATES})`),
  ],
);

/** Trades of a run in the order in which they were decided. */
export const backtestTrades = pgTable(
  'backtest_trades',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => backtestRuns.id),
    number: integer('number').notNull(),
    instrument: text('instrument').notNull(),
    direction: text('direction').notNull(),
    decidedAt: epochMs('decided_at').notNull(),
    enteredAt: epochMs('entered_at'),
    leftAt: epochMs('left_at'),
    quantity: doublePrecision('quantity').notNull(),
    entryPrice: doublePrecision('entry_price').notNull(),
    exitPrice: doublePrecision('exit_price').notNull(),
    stop: doublePrecision('stop').notNull(),
    /** Quote currency, after fees and funding. */
    realised: doublePrecision('realised').notNull(),
    fees: doublePrecision('fees').notNull(),
    funding: doublePrecision('funding').notNull(),
    exit: text('exit').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.number] })],
);

/** Entries of a run that were not made, with what their plan would have come to. */
export const backtestBlockedSignals = pgTable(
  'backtest_blocked_signals',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => backtestRuns.id),
    number: integer('number').notNull(),
    instrument: text('instrument').notNull(),
    direction: text('direction').notNull(),
    decidedAt: epochMs('decided_at').notNull(),
    level: jsonb('level').notNull(),
    gate: text('gate').notNull(),
    input: text('input').notNull(),
    threshold: text('threshold').notNull(),
    /** Null where its size was what stood against it. */
    counterfactual: jsonb('counterfactual'),
  },
  (table) => [primaryKey({ columns: [table.runId, table.number] })],
);

/** Equity at the end of each day of a run, quote currency. */
export const backtestEquityCurve = pgTable(
  'backtest_equity_curve',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => backtestRuns.id),
    at: epochMs('at').notNull(),
    equity: doublePrecision('equity').notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.at] })],
);

/** Many runs that differ in their parameters: a row from when it is asked for. */
export const backtestSweeps = pgTable(
  'backtest_sweeps',
  {
    ...asked,
    /** What the best of them is worth, and whether that passes. */
    judgement: jsonb('judgement'),
  },
  (table) => [
    index('backtest_sweeps_newest').on(table.askedAt),
    index('backtest_sweeps_strategy').on(table.strategy, table.askedAt),
    check('backtest_sweeps_state', sql`${table.state} IN (${STATES})`),
  ],
);

/** One combination of a sweep, written when it is done; where the sweep goes on after a restart. */
export const backtestSweepRows = pgTable(
  'backtest_sweep_rows',
  {
    sweepId: uuid('sweep_id')
      .notNull()
      .references(() => backtestSweeps.id),
    combination: integer('combination').notNull(),
    parameters: jsonb('parameters').notNull(),
    /** What it came to, or why it could not be tried. */
    outcome: jsonb('outcome').notNull(),
    /** Of each day; null where it could not be tried. */
    returns: doublePrecision('returns').array(),
  },
  (table) => [primaryKey({ columns: [table.sweepId, table.combination] })],
);

/** Runs held against each other: what differs in what was asked and in what came of it. */
export const backtestComparisons = pgTable(
  'backtest_comparisons',
  {
    id: uuid('id').primaryKey(),
    runIds: uuid('run_ids').array().notNull(),
    result: jsonb('result').notNull(),
    actor: text('actor').notNull(),
    madeAt: epochMs('made_at').notNull(),
  },
  (table) => [index('backtest_comparisons_newest').on(table.madeAt)],
);

/** What the plan of a blocked live signal would have come to, once the bars after it are there. */
export const signalCounterfactuals = pgTable('signal_counterfactuals', {
  signalId: uuid('signal_id')
    .primaryKey()
    .references(() => signals.id),
  /** After fees; null where there was no way to enter, and `exit` says which. */
  earned: decimalText('earned'),
  currency: text('currency').notNull(),
  /** `stop`, `target`, `close`, or why there is no amount. */
  exit: text('exit').notNull(),
  leftAt: epochMs('left_at'),
  /** Of the bars it stands on. */
  dataHash: text('data_hash').notNull(),
  computedAt: epochMs('computed_at').notNull(),
});
