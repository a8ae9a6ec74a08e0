import { boolean, index, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/**
 * Append-only and effective-dated: the row in force at a time is the newest with effectiveFrom ≤
 * that time.
 */
export const strategySwitches = pgTable(
  'strategy_switches',
  {
    id: uuid('id').primaryKey(),
    strategy: text('strategy').notNull(),
    buy: boolean('buy').notNull(),
    effectiveFrom: epochMs('effective_from').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [index('strategy_switches_in_force').on(table.strategy, table.effectiveFrom)],
);

export const operatorPasswords = pgTable('operator_passwords', {
  id: uuid('id').primaryKey(),
  passwordHash: text('password_hash').notNull(),
  effectiveFrom: epochMs('effective_from').notNull(),
  actor: text('actor').notNull(),
});

/**
 * Commands the supervisor took; the unique columns make a repeat a refusal. `entryId` is the stream
 * entry that brought it: that same entry, delivered again after a crash, is not a repeat.
 */
export const configurationCommands = pgTable(
  'configuration_commands',
  {
    id: uuid('id').primaryKey(),
    producer: text('producer').notNull(),
    entryId: text('entry_id').notNull(),
    nonce: text('nonce').notNull(),
    type: text('type').notNull(),
    actor: text('actor').notNull(),
    body: jsonb('body').notNull(),
    receivedAt: epochMs('received_at').notNull(),
  },
  (table) => [unique('configuration_commands_nonce').on(table.producer, table.nonce)],
);

export const configurationRefusals = pgTable(
  'configuration_refusals',
  {
    id: uuid('id').primaryKey(),
    producer: text('producer').notNull(),
    entryId: text('entry_id').notNull(),
    code: text('code').notNull(),
    detail: text('detail').notNull(),
    refusedAt: epochMs('refused_at').notNull(),
  },
  (table) => [unique('configuration_refusals_entry').on(table.producer, table.entryId)],
);
