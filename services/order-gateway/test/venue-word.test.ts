import { fills, incidents, trades } from '@ballast/db';
import {
  type ClientOrderId,
  type Fill,
  type OrderReport,
  parseQuantity,
  type TradeId,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { SYSTEM_CLOCK } from '../src/clock.ts';
import { createDriftCheck } from '../src/venue/drift.ts';
import { createInbox } from '../src/venue/inbox.ts';
import { createRouter } from '../src/venue/routing.ts';
import {
  asWork,
  BTC,
  closeCommand,
  ETH,
  fillOf,
  openCommand,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

const log = createLogger('test', 'fatal');
const now = () => Date.now();
let database: TestDatabase;
let gateway: TestGateway;

beforeEach(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
  gateway = await startGateway(database.urls['order-gateway']);
});
afterEach(async () => {
  await gateway.close();
  await database.drop();
});

const statusOf = async (tradeId: string): Promise<string | undefined> =>
  (await gateway.db.select().from(trades)).find(({ id }) => id === tradeId)?.status;

/** Opens a trade whose entry has been sent; gives its order's id. */
async function entering(instrument = BTC) {
  const command = openCommand({ instrument });
  await gateway.journal.write(asWork(command));
  const effect = gateway.effects.at(-1)?.effect;
  if (effect?.type !== 'submit') throw new Error('no order was made');
  return { tradeId: tradeIdOf(command), clientOrderId: effect.order.clientOrderId };
}

test('drift freezes its instrument from that very commit on; another one trades on', async () => {
  const incident = {
    ...{ kind: 'DRIFT', instrument: BTC, tradeId: null },
    ...{ detail: 'ledger 0, venue 1', evidence: {}, at: now() },
  };
  const [first, later, other] = [openCommand(), openCommand(), openCommand({ instrument: ETH })];
  await Promise.all([
    gateway.journal.write({ type: 'openIncident', incident }),
    gateway.journal.write(asWork(first)),
  ]);
  await Promise.all([later, other].map((one) => gateway.journal.write(asWork(one))));
  const rows = await gateway.db.select().from(trades);
  const outcome = (id: string) => rows.find((row) => row.id === id);
  for (const frozen of [first, later]) {
    expect(outcome(tradeIdOf(frozen))).toMatchObject({
      status: 'denied',
      endReason: 'INSTRUMENT_FROZEN',
    });
  }
  expect(outcome(tradeIdOf(other))?.status).toBe('entering');
});

test('while fills would be seen late no trade is opened, and an open one can be closed', async () => {
  const { tradeId } = await entering();
  await gateway.close();
  const behind = 'the private stream is down';
  gateway = await startGateway(database.urls['order-gateway'], { behind });
  const plan = openCommand({ instrument: ETH });
  await gateway.journal.write(asWork(plan));
  const denied = (await gateway.db.select().from(trades)).find(({ id }) => id === tradeIdOf(plan));
  expect(denied).toMatchObject({ status: 'denied', endReason: 'INSTRUMENT_FROZEN' });
  await gateway.journal.write(asWork(closeCommand(tradeId)));
  expect(gateway.journal.book.trades.get(tradeId)?.closing?.reason).toBe('operator: test');
});

test('a foreign order that a listing missed once is an open incident again', async () => {
  const route = createRouter(gateway.store, () => gateway.journal.book);
  const inbox = createInbox(gateway.journal, route, { now, log });
  const report: OrderReport = {
    ...{ clientOrderId: 'by hand', venueOrderId: 'v-1', instrument: BTC, status: 'working' },
    ...{ side: 'sell', quantity: parseQuantity('0.1'), filledQuantityCum: parseQuantity('0') },
    ...{ reason: '', eventTime: now() },
  };
  await Promise.all([inbox.report(report), inbox.report(report)]);
  const open = () => [...gateway.journal.book.incidents.values()];
  const [first, ...more] = open();
  expect([first?.kind, more.length]).toEqual(['FOREIGN_ORDER', 0]);
  const resolution = 'no longer open at the venue';
  await gateway.journal.write({
    ...{ type: 'resolveIncident', id: first?.id ?? '', resolution, at: now() },
  });
  expect(open()).toEqual([]);
  await inbox.report(report);
  await inbox.report(report);
  expect(open().map(({ kind, detail }) => [kind, detail])).toEqual([
    ['FOREIGN_ORDER', 'order v-1'],
  ]);
});

/** One report of the order, in a state of this name. */
function wordFor(clientOrderId: ClientOrderId, status: OrderReport['status']): OrderReport {
  return {
    ...{ clientOrderId, venueOrderId: 'v-1', instrument: BTC, status, side: 'buy' },
    ...{ quantity: parseQuantity('0.1'), filledQuantityCum: parseQuantity('0') },
    ...{ reason: 'Pondering', eventTime: now() },
  };
}

test('a state that nobody knows is an open incident until the venue says one we know', async () => {
  const { clientOrderId } = await entering();
  const route = createRouter(gateway.store, () => gateway.journal.book);
  const inbox = createInbox(gateway.journal, route, { now, log });
  const open = () => [...gateway.journal.book.incidents.values()].map(({ kind }) => kind);
  await inbox.report(wordFor(clientOrderId, 'unrecognised'));
  expect(open()).toEqual(['STATE_UNRECOGNISED']);
  await inbox.report(wordFor(clientOrderId, 'working'));
  expect(open()).toEqual([]);
});

test('one that comes after the trade ended is open until ledger and venue are flat', async () => {
  const { tradeId, clientOrderId } = await entering();
  const refused = { type: 'submitRefused', at: now(), clientOrderId, reason: 'no' } as const;
  await gateway.journal.write({ type: 'input', tradeId, input: refused });
  const route = createRouter(gateway.store, () => gateway.journal.book);
  const inbox = createInbox(gateway.journal, route, { now, log });
  await inbox.report(wordFor(clientOrderId, 'unrecognised'));
  const open = () => [...gateway.journal.book.incidents.values()].map(({ kind }) => kind);
  expect(open()).toEqual(['STATE_UNRECOGNISED']);
  const venue = { positions: async () => [] };
  await createDriftCheck(gateway.journal, venue, { clock: SYSTEM_CLOCK, log })(async () => {});
  expect(open()).toEqual([]);
});

test('one execution id for the orders of two trades ends no gateway and is booked once', async () => {
  const one = await entering();
  const two = await entering(ETH);
  const tell = (executionId: string) => [
    write(one.tradeId, fillOf(one.clientOrderId, '0.04', executionId)),
    write(two.tradeId, { ...fillOf(two.clientOrderId, '0.04', executionId), instrument: ETH }),
  ];
  const write = (tradeId: TradeId, fill: Fill): Promise<void> =>
    gateway.journal.write({ type: 'input', tradeId, input: { type: 'fill', at: now(), fill } });
  await Promise.all(tell('exec-1'));
  for (const told of tell('exec-1')) await told;
  await write(one.tradeId, fillOf(one.clientOrderId, '0.04', 'exec-2'));
  await Promise.all(tell('exec-2'));
  expect(gateway.fatal).toEqual([]);
  const booked = await gateway.db.select().from(fills);
  expect(booked.map(({ tradeId }) => tradeId)).toEqual([one.tradeId, one.tradeId]);
  const opened = await gateway.db.select().from(incidents);
  expect(opened.map(({ kind, tradeId }) => [kind, tradeId])).toEqual(
    Array(2).fill(['FILL_MISMATCH', two.tradeId]),
  );
});

test('one execution id for two instruments, of no order of ours, ends no gateway', async () => {
  const told = fillOf('by hand', '0.04', 'exec-1');
  const work = { type: 'foreignFill', channel: 'sweep', at: now() } as const;
  await gateway.journal.write({ ...work, fill: told });
  const other = { ...told, instrument: ETH, revision: 1 };
  for (let times = 0; times < 2; times += 1) await gateway.journal.write({ ...work, fill: other });
  expect(gateway.fatal).toEqual([]);
  const booked = await gateway.db.select().from(fills);
  expect(booked.map(({ instrument, revision }) => [instrument, revision])).toEqual([[BTC, 0]]);
  const open = [...gateway.journal.book.incidents.values()];
  expect(open.map(({ kind, instrument }) => [kind, instrument])).toEqual([
    ['UNATTRIBUTED', BTC],
    ['FILL_MISMATCH', ETH],
  ]);
});

test('a fill of ours for an ended trade is booked, and the trade is open and protected again', async () => {
  const { tradeId, clientOrderId } = await entering();
  const refused = { type: 'submitRefused', at: now(), clientOrderId, reason: 'no' } as const;
  await gateway.journal.write({ type: 'input', tradeId, input: refused });
  expect(await statusOf(tradeId)).toBe('cancelled');
  const route = createRouter(gateway.store, () => gateway.journal.book);
  const inbox = createInbox(gateway.journal, route, { now, log });
  const late = fillOf(clientOrderId, '0.1');
  await Promise.all([inbox.fill(late, 'stream'), inbox.fill(late, 'sweep')]);
  expect(await statusOf(tradeId)).toBe('open');
  expect(await gateway.db.select().from(fills)).toHaveLength(1);
  const sent = gateway.effects.flatMap(({ effect }) =>
    effect.type === 'submit' ? [effect.order.role] : [],
  );
  expect(sent).toEqual(['entry', 'stop', 'target']);
});
