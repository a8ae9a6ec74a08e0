import type { ConfigurationValue, StrategyParameters, StrategySwitch } from '@ballast/domain';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  jsonb,
  pgTable,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { epochMs } from '../columns.ts';

/** In the order of writing: of two changes from one moment on, the later one holds. */
const seq = bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity().notNull();

/**
 * Append-only and effective-dated: the row in force at a time is the newest with effectiveFrom ≤
 * that time.
 */
export const strategySwitches = pgTable(
  'strategy_switches',
  {
    id: uuid('id').primaryKey(),
    seq,
    strategy: text('strategy').notNull(),
    switch: text('switch').$type<StrategySwitch>().notNull(),
    on: boolean('is_on').notNull(),
    /** Buy was switched on although the soak was not over, or might not have been. */
    override: boolean('override').notNull().default(false),
    effectiveFrom: epochMs('effective_from').notNull(),
    actor: text('actor').notNull(),
    reason: text('reason').notNull(),
  },
  (table) => [
    index('strategy_switches_in_force').on(table.strategy, table.effectiveFrom),
    check('strategy_switches_known', sql`${table.switch} IN ('watchlist', 'buy', 'sell')`),
  ],
);

/** A change that is told now and holds from a time of its own on, which is never over. */
const dated = {
  id: uuid('id').primaryKey(),
  seq,
  effectiveFrom: epochMs('effective_from').notNull(),
  setAt: epochMs('set_at').notNull(),
  actor: text('actor').notNull(),
  reason: text('reason').notNull(),
};

/** Append-only and effective-dated: the parameters of a strategy, the whole of them in each row. */
export const strategyConfigurations = pgTable(
  'strategy_configurations',
  {
    ...dated,
    strategy: text('strategy').notNull(),
    parameters: jsonb('parameters').$type<StrategyParameters>().notNull(),
  },
  (table) => [
    index('strategy_configurations_in_force').on(table.strategy, table.effectiveFrom, table.seq),
    check('strategy_configurations_forward', sql`${table.effectiveFrom} >= ${table.setAt}`),
  ],
);

/** Append-only and effective-dated: values of the declared keys, as JSON. */
export const systemSettings = pgTable(
  'system_settings',
  {
    ...dated,
    key: text('key').notNull(),
    value: jsonb('value').$type<ConfigurationValue>().notNull(),
  },
  (table) => [
    index('system_settings_in_force').on(table.key, table.effectiveFrom, table.seq),
    check('system_settings_forward', sql`${table.effectiveFrom} >= ${table.setAt}`),
  ],
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
