import { bigint, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/** Work on stored market data that takes longer than a request: this row is the job. */
export const dataJobs = pgTable(
  'data_jobs',
  {
    id: uuid('id').primaryKey(),
    /** `backfill` from a venue's history, or `import` of the operator's own file. */
    kind: text('kind').notNull(),
    /** `manual`, `reconnect` or `schedule`: why it exists. */
    origin: text('origin').notNull(),
    instrument: text('instrument').notNull(),
    timeframe: text('timeframe').notNull(),
    fromTime: epochMs('from_time').notNull(),
    toTime: epochMs('to_time').notNull(),
    /** Of an import: which file, in which form. */
    input: jsonb('input').notNull(),
    status: text('status').notNull(),
    /** Everything before this open time is done: where it goes on after a pause or a restart. */
    doneUntil: epochMs('done_until').notNull(),
    barsExpected: integer('bars_expected').notNull(),
    barsStored: integer('bars_stored').notNull(),
    attempts: integer('attempts').notNull(),
    /** Reason code and text of what ended or delays it. */
    error: text('error'),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
    createdAt: epochMs('created_at').notNull(),
    startedAt: epochMs('started_at'),
    updatedAt: epochMs('updated_at').notNull(),
    endedAt: epochMs('ended_at'),
  },
  (table) => [index('data_jobs_newest').on(table.createdAt)],
);

/** Commands that market-data took; the unique columns make a repeat a refusal. Append-only. */
export const dataCommands = pgTable(
  'data_commands',
  {
    id: uuid('id').primaryKey(),
    producer: text('producer').notNull(),
    /** Of the stream: that same entry, delivered again after a crash, is not a repeat. */
    entryId: text('entry_id').notNull(),
    nonce: text('nonce').notNull(),
    type: text('type').notNull(),
    actor: text('actor').notNull(),
    body: jsonb('body').notNull(),
    receivedAt: epochMs('received_at').notNull(),
  },
  (table) => [unique('data_commands_nonce').on(table.producer, table.nonce)],
);

/** Commands that were refused, or could not be carried out. Append-only. */
export const dataRefusals = pgTable(
  'data_refusals',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    producer: text('producer').notNull(),
    entryId: text('entry_id').notNull(),
    commandId: uuid('command_id'),
    code: text('code').notNull(),
    detail: text('detail').notNull(),
    refusedAt: epochMs('refused_at').notNull(),
  },
  (table) => [
    unique('data_refusals_entry').on(table.producer, table.entryId),
    index('data_refusals_command').on(table.commandId),
  ],
);
