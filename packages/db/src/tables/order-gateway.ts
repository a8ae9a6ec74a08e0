import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { epochMs, scaled } from '../columns.ts';

/** One row an account. A gateway that does not hold the newest epoch cannot commit anything. */
export const gatewayFences = pgTable('gateway_fences', {
  account: text('account').primaryKey(),
  epoch: bigint('epoch', { mode: 'number' }).notNull(),
  holder: text('holder').notNull(),
  takenAt: epochMs('taken_at').notNull(),
  /** Transactions of this epoch: tells a commit whose answer was lost from one that failed. */
  commits: bigint('commits', { mode: 'number' }).notNull().default(0),
});

export const commands = pgTable(
  'commands',
  {
    id: uuid('id').primaryKey(),
    producer: text('producer').notNull(),
    nonce: text('nonce').notNull(),
    type: text('type').notNull(),
    actor: text('actor').notNull(),
    /** Null for a command about the whole account. */
    tradeId: uuid('trade_id'),
    body: jsonb('body').notNull(),
    issuedAt: epochMs('issued_at').notNull(),
    expiresAt: epochMs('expires_at').notNull(),
    receivedAt: epochMs('received_at').notNull(),
  },
  (table) => [
    unique('commands_nonce').on(table.producer, table.nonce),
    index('commands_trade').on(table.tradeId),
  ],
);

/**
 * Every command that was not taken, with the reason code. `commandId` is what the sender claimed,
 * if readable.
 */
export const commandRefusals = pgTable('command_refusals', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  producer: text('producer').notNull(),
  entryId: text('entry_id').notNull(),
  commandId: text('command_id'),
  code: text('code').notNull(),
  detail: text('detail').notNull(),
  refusedAt: epochMs('refused_at').notNull(),
});

export const trades = pgTable(
  'trades',
  {
    id: uuid('id').primaryKey(),
    account: text('account').notNull(),
    instrument: text('instrument').notNull(),
    direction: text('direction').notNull(),
    status: text('status').notNull(),
    origin: text('origin').notNull(),
    signalId: uuid('signal_id'),
    plan: jsonb('plan').notNull(),
    /** The order core's whole state: what a restart loads. */
    state: jsonb('state').notNull(),
    quantity: scaled('quantity').notNull(),
    entryPrice: scaled('entry_price'),
    realisedCum: scaled('realised_cum').notNull(),
    feesCum: scaled('fees_cum').notNull(),
    createdAt: epochMs('created_at').notNull(),
    updatedAt: epochMs('updated_at').notNull(),
    endedAt: epochMs('ended_at'),
    /** Which exit ended it, or why it never began. */
    endReason: text('end_reason'),
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
  },
  (table) => [
    index('trades_not_ended')
      .on(table.account)
      .where(sql`${table.endedAt} IS NULL`),
    index('trades_created').on(table.createdAt),
    index('trades_ended').on(table.account, table.endedAt),
  ],
);

/**
 * `seq` grows in commit order: one writer, one connection. The dashboard resumes its stream by it.
 */
export const tradeEvents = pgTable(
  'trade_events',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    tradeId: uuid('trade_id')
      .notNull()
      .references(() => trades.id),
    type: text('type').notNull(),
    data: jsonb('data').notNull(),
    at: epochMs('at').notNull(),
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
  },
  (table) => [index('trade_events_trade').on(table.tradeId, table.seq)],
);

export const orders = pgTable(
  'orders',
  {
    clientOrderId: text('client_order_id').primaryKey(),
    tradeId: uuid('trade_id')
      .notNull()
      .references(() => trades.id),
    role: text('role').notNull(),
    instrument: text('instrument').notNull(),
    side: text('side').notNull(),
    type: text('type').notNull(),
    quantity: scaled('quantity').notNull(),
    /** Limit price, or trigger price of a stop; null for a market order. */
    price: scaled('price'),
    /** Of a stop-limit order, whose limit is `price`. */
    triggerPrice: scaled('trigger_price'),
    reduceOnly: boolean('reduce_only').notNull(),
    status: text('status').notNull(),
    venueOrderId: text('venue_order_id'),
    filledQuantityCum: scaled('filled_quantity_cum').notNull(),
    reason: text('reason').notNull(),
    createdAt: epochMs('created_at').notNull(),
    updatedAt: epochMs('updated_at').notNull(),
  },
  (table) => [index('orders_trade').on(table.tradeId)],
);

/**
 * The ledger: append-only, one row for each execution of the venue,
 * whichever channel brought it first.
 */
export const fills = pgTable(
  'fills',
  {
    venue: text('venue').notNull(),
    account: text('account').notNull(),
    executionId: text('execution_id').notNull(),
    /** 0 as first told; the highest one counts. */
    revision: integer('revision').notNull().default(0),
    clientOrderId: text('client_order_id').notNull(),
    venueOrderId: text('venue_order_id').notNull(),
    tradeId: uuid('trade_id')
      .notNull()
      .references(() => trades.id),
    instrument: text('instrument').notNull(),
    side: text('side').notNull(),
    price: scaled('price').notNull(),
    quantity: scaled('quantity').notNull(),
    fee: scaled('fee').notNull(),
    feeCurrency: text('fee_currency').notNull(),
    liquidity: text('liquidity').notNull(),
    channel: text('channel').notNull(),
    eventTime: epochMs('event_time').notNull(),
    bookedAt: epochMs('booked_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.venue, table.account, table.executionId, table.revision] }),
    index('fills_trade').on(table.tradeId),
    index('fills_instrument').on(table.account, table.instrument),
    index('fills_execution').on(table.account, table.executionId),
  ],
);

export const positions = pgTable(
  'positions',
  {
    account: text('account').notNull(),
    instrument: text('instrument').notNull(),
    /** Signed: short is negative. */
    quantity: scaled('quantity').notNull(),
    /** Total cost of the open quantity, signed like it; the entry price is cost / quantity. */
    cost: scaled('cost').notNull(),
    currency: text('currency').notNull(),
    realisedCum: scaled('realised_cum').notNull(),
    /** Decimal text by currency; those in the base currency have left `quantity` already. */
    feesCum: jsonb('fees_cum').$type<Record<string, string>>().notNull(),
    updatedAt: epochMs('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.account, table.instrument] })],
);

/**
 * What a commit has promised to do at the venue;
 * `doneAt` is set in the transaction that books the answer.
 */
export const outbox = pgTable(
  'outbox',
  {
    id: uuid('id').primaryKey(),
    tradeId: uuid('trade_id')
      .notNull()
      .references(() => trades.id),
    effect: jsonb('effect').notNull(),
    createdAt: epochMs('created_at').notNull(),
    doneAt: epochMs('done_at'),
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
  },
  (table) => [index('outbox_open').on(table.doneAt)],
);

/** Append-only, hash-chained per account: hash = sha256(previousHash ‖ canonical row). */
export const audit = pgTable(
  'audit',
  {
    account: text('account').notNull(),
    seq: integer('seq').notNull(),
    at: epochMs('at').notNull(),
    kind: text('kind').notNull(),
    /** Ties the row before a broker call to the row after it. */
    callId: uuid('call_id'),
    tradeId: uuid('trade_id'),
    data: jsonb('data').notNull(),
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
    epoch: bigint('epoch', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.account, table.seq] }),
    index('audit_trade').on(table.tradeId),
  ],
);

export const incidents = pgTable(
  'incidents',
  {
    id: uuid('id').primaryKey(),
    account: text('account').notNull(),
    kind: text('kind').notNull(),
    /** Null for an incident of the whole account. */
    instrument: text('instrument'),
    tradeId: uuid('trade_id'),
    detail: text('detail').notNull(),
    /** Ledger, venue answers and last events, as they were when the incident opened. */
    evidence: jsonb('evidence').notNull(),
    openedAt: epochMs('opened_at').notNull(),
    /** Open still, but the operator has lifted its freeze, as long as it stays what it is. */
    thawedAt: epochMs('thawed_at'),
    thawedBy: text('thawed_by'),
    resolvedAt: epochMs('resolved_at'),
    resolution: text('resolution'),
  },
  (table) => [index('incidents_open').on(table.account, table.resolvedAt)],
);

/** One message to the operator for each incident that pages, stored with the incident itself. */
export const pages = pgTable(
  'pages',
  {
    id: uuid('id').primaryKey(),
    account: text('account').notNull(),
    incidentId: uuid('incident_id')
      .notNull()
      .references(() => incidents.id),
    at: epochMs('at').notNull(),
    /** When the receiver took it; null while it has not. */
    sentAt: epochMs('sent_at'),
    attempts: integer('attempts').notNull().default(0),
    /** What the last attempt failed of. */
    error: text('error'),
  },
  (table) => [
    index('pages_unsent')
      .on(table.account, table.at)
      .where(sql`${table.sentAt} IS NULL`),
  ],
);

/** What a venue sent and nobody could read: one row a kind, with the newest of it as it came. */
export const venueOddities = pgTable(
  'venue_oddities',
  {
    account: text('account').notNull(),
    venue: text('venue').notNull(),
    code: text('code').notNull(),
    detail: text('detail').notNull(),
    /** At most 4 KiB; null when the venue's words are not at hand. */
    raw: text('raw'),
    count: bigint('count', { mode: 'number' }).notNull(),
    firstAt: epochMs('first_at').notNull(),
    /** When the newest came. */
    at: epochMs('at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.account, table.venue, table.code, table.detail] }),
    index('venue_oddities_newest').on(table.account, table.at),
  ],
);

/**
 * Append-only; the row with the highest `seq` is in force, whatever the clock said. No row at all
 * counts as engaged, and so does a `state` other than "released". A trigger refuses a release that
 * comes before the cooling period of the row in force is over, by its date and by the database's
 * own clock.
 */
export const brakeStates = pgTable(
  'brake_states',
  {
    id: uuid('id').primaryKey(),
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    account: text('account').notNull(),
    /** released | engaging | engaged (verified flat). */
    state: text('state').notNull(),
    reason: text('reason').notNull(),
    actor: text('actor').notNull(),
    at: epochMs('at').notNull(),
    engagedAt: epochMs('engaged_at'),
    verifiedFlatAt: epochMs('verified_flat_at'),
    coolingUntil: epochMs('cooling_until'),
    /** Highest reconciled equity since the release, and its currency. */
    peak: scaled('peak'),
    currency: text('currency'),
    /** Share of the peak that was lost when it engaged. */
    drawdown: scaled('drawdown'),
    /** What each venue still has, one entry a venue. */
    progress: jsonb('progress').notNull(),
  },
  (table) => [index('brake_states_newest').on(table.account, table.seq)],
);

/** The one source of equity and P&L: hourly, at start and at each UTC midnight. */
export const portfolioSnapshots = pgTable(
  'portfolio_snapshots',
  {
    account: text('account').notNull(),
    at: epochMs('at').notNull(),
    currency: text('currency').notNull(),
    equity: scaled('equity').notNull(),
    available: scaled('available').notNull(),
  },
  (table) => [primaryKey({ columns: [table.account, table.at] })],
);

/**
 * The numbers under which orders went to IBKR: they belong to a client id, each is used once, and
 * the venue refuses one below another that it has seen. Written before the order leaves.
 */
export const ibkrOrderIds = pgTable(
  'ibkr_order_ids',
  {
    account: text('account').notNull(),
    clientId: integer('client_id').notNull(),
    orderId: integer('order_id').notNull(),
    clientOrderId: text('client_order_id').notNull(),
    reservedAt: epochMs('reserved_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.account, table.clientId, table.orderId] }),
    unique('ibkr_order_ids_client_order').on(table.clientOrderId),
  ],
);
