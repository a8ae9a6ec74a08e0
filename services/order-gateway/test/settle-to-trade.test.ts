import { BrokerError } from '@ballast/brokers';
import { commandRefusals, fills, positions, readAuditLedger, trades } from '@ballast/db';
import { type Command, commandWire, parsePrice, parseQuantity } from '@ballast/domain';
import { AuditFold, compareWithTables } from '@ballast/order-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import {
  beginBraked,
  type BrakedGateway,
  createSharedVenue,
  handClock,
  type SharedVenue,
} from './braked-gateway.fixture.ts';
import { BTC, newId, storeInstruments, tradeIdOf } from './gateway.fixture.ts';

let database: TestDatabase;
let account: string;
let hand: ReturnType<typeof handClock>;
let venue: SharedVenue;
let gateway: BrakedGateway;

beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  account = newId();
  hand = handClock(Date.now() - 3_600_000);
  venue = createSharedVenue(account, () => hand.clock.now());
  gateway = await begin();
});
afterEach(() => gateway.kill());

const begin = (exits?: 'reserved'): Promise<BrakedGateway> =>
  beginBraked({
    ...{ databaseUrl: database.urls['order-gateway'], account, venue, hand },
    ...(exits === undefined ? {} : { exits }),
  });
async function restart(exits?: 'reserved'): Promise<void> {
  await gateway.kill();
  gateway = await begin(exits);
}

/** A long position of 0.1 with its stop and target at the venue. */
async function hold(): Promise<string> {
  const command = gateway.open();
  await gateway.send(command);
  await gateway.until(() => venue.state().position > 0n && venue.state().open === 2);
  return tradeIdOf(command);
}

/** Sold with the account's own key, and seen by a sweep. */
async function sellByHand(quantity: string): Promise<void> {
  venue.sellByHand(parseQuantity(quantity));
  await gateway.sweep();
}

/** Says what was done by hand; the refusal, null when it was carried out. */
async function settle(tradeId?: string) {
  const { id, body: _body, type: _type, ...header }: Command = gateway.open();
  const body = { instrument: BTC, reason: 'mine', ...(tradeId === undefined ? {} : { tradeId }) };
  await gateway.send(commandWire.parse({ ...header, id, type: 'settleUnattributed', body }));
  const refused = await gateway.db.select().from(commandRefusals);
  const found = refused.find(({ commandId }) => commandId === id);
  return found === undefined ? null : { code: found.code, detail: found.detail };
}

/** As a venue does that cancels a reduce-only stop once the account is flat. */
async function dropStop(): Promise<void> {
  const orders = [...gateway.journal.book.trades.values()].flatMap((trade) =>
    Object.values(trade.orders),
  );
  for (const { request, phase } of orders) {
    if (request.role !== 'stop' || phase.status !== 'working') continue;
    await venue.broker.cancel({ ...request, venueOrderId: phase.venueOrderId });
  }
}

const kinds = () => [...gateway.journal.book.incidents.values()].map(({ kind }) => kind);
const rowOf = async (id: string) =>
  (await gateway.db.select().from(trades)).find((row) => row.id === id);
const records = async () =>
  (await gateway.db.select().from(trades)).filter(
    (row) => row.account === account && row.origin === 'unattributed',
  );
async function held() {
  const row = (await gateway.db.select().from(positions)).find((one) => one.account === account);
  if (row === undefined) throw new Error('no position');
  const { quantity, cost, realisedCum, feesCum } = row;
  return { quantity, cash: cost - realisedCum, feesCum };
}
const fillsOf = async (tradeId: string) =>
  (await gateway.db.select().from(fills)).filter((row) => row.tradeId === tradeId);
async function differences() {
  const fold = new AuditFold();
  const stored = await readAuditLedger(gateway.db, account, (row) => fold.add(row));
  return compareWithTables(fold.end(), stored, null).differences;
}

test('a close that a sale by hand has clipped ends once the sale is the trade’s, and the brake is flat', async () => {
  const tradeId = await hold();
  await sellByHand('0.025');
  expect(kinds()).toEqual(['UNATTRIBUTED']);
  await gateway.send(gateway.command('engageBrake'));
  await gateway.until(() => venue.state().position === 0n);
  await dropStop();
  await gateway.until(() => kinds().includes('UNPROTECTED'));
  await expect(
    gateway.until(() => gateway.journal.book.brake.status === 'engaged'),
  ).rejects.toThrow('does not hold');
  expect(await rowOf(tradeId)).toMatchObject({
    status: 'closing',
    quantity: parseQuantity('0.025'),
  });
  const before = await held();

  expect(await settle(tradeId)).toBeNull();
  expect(await held(), 'the account is what it was').toEqual(before);
  expect(await rowOf(tradeId)).toMatchObject({
    ...{ status: 'closed', endReason: 'CLOSE AND BY_HAND', quantity: 0n },
    realisedCum: -parseQuantity('25'),
  });
  expect((await rowOf(tradeId))?.feesCum, 'entry, close and hand').toBe(parseQuantity('5'));
  const [record] = await records();
  expect(record).toMatchObject({ status: 'settled', quantity: 0n, realisedCum: 0n, feesCum: 0n });
  expect(record?.endReason).toBe(`operator: mine (trade ${tradeId})`);
  const booked = await fillsOf(tradeId);
  const byHand = booked.filter(({ clientOrderId }) => clientOrderId === '');
  expect(byHand.map(({ revision, side, channel }) => [revision, side, channel])).toEqual([
    [1, 'sell', 'sweep'],
  ]);
  expect(await differences()).toEqual([]);

  await gateway.until(() => gateway.journal.book.brake.status === 'engaged');
  expect(kinds()).toEqual(['BRAKE_ENGAGED']);
  expect(gateway.watch.progress()).toMatchObject([{ provenFlat: true }]);
  expect(gateway.fatal).toEqual([]);
});

test('a trade goes on with what is left, its exits in size, and so after a restart', async () => {
  const tradeId = await hold();
  await sellByHand('0.025');
  expect(await settle(tradeId)).toBeNull();
  expect(kinds()).toEqual([]);
  await gateway.until(() => venue.state().open === 2);
  const trade = () => [...gateway.journal.book.trades.values()][0];
  const target = () =>
    Object.values(trade()?.orders ?? {}).find(
      ({ request, phase }) => request.role === 'target' && phase.status === 'working',
    );
  await gateway.until(() => target()?.request.quantity === parseQuantity('0.075'));
  await restart();
  expect(trade()?.position.quantity).toBe(parseQuantity('0.075'));
  expect(trade()?.fills.map(({ byHand }) => byHand)).toEqual([undefined, true]);
  venue.reach('stop');
  await gateway.until(() => gateway.journal.book.trades.size === 0);
  expect(await rowOf(tradeId)).toMatchObject({ endReason: 'STOP AND BY_HAND', status: 'closed' });
  expect((await held()).quantity).toBe(0n);
  expect(await differences()).toEqual([]);
});

test('what is carried already can still be said to have reduced the trade', async () => {
  const tradeId = await hold();
  await sellByHand('0.1');
  expect(await settle()).toBeNull();
  expect((await records()).map(({ status }) => status)).toEqual(['carried']);
  expect(await settle(tradeId)).toBeNull();
  await gateway.until(() => gateway.journal.book.trades.size === 0);
  expect(await rowOf(tradeId)).toMatchObject({ status: 'closed', endReason: 'BY_HAND' });
  expect((await records()).map(({ status }) => status)).toEqual(['settled']);
});

test('a refusal says what would be possible, and changes nothing', async () => {
  const tradeId = await hold();
  expect(await settle(tradeId)).toMatchObject({ code: 'NOTHING_UNATTRIBUTED' });
  await sellByHand('0.125');
  expect(await settle(newId())).toMatchObject({ code: 'TRADE_UNKNOWN' });
  const before = [await held(), await records(), await rowOf(tradeId)];
  const refused = await settle(tradeId);
  expect(refused?.code).toBe('QUANTITY_ABOVE_OPEN');
  expect(refused?.detail).toContain('at most 0.1 of it');
  expect(refused?.detail).toContain('undo 0.025 at the venue');
  expect([await held(), await records(), await rowOf(tradeId)]).toEqual(before);
  expect(kinds()).toContain('UNATTRIBUTED');
  venue.sellByHand(parseQuantity('0.001'));
  const lastFill = venue.executions.at(-1);
  if (lastFill === undefined) throw new Error('nothing sold');
  await gateway.journal.write({
    ...{ type: 'foreignFill', fill: lastFill, channel: 'stream', at: gateway.now() },
  });
  expect(await settle(tradeId), 'not compared since').toMatchObject({ code: 'NOT_RECONCILED' });
});

test('a correction of what was done by hand goes to the trade, also when it has ended', async () => {
  const tradeId = await hold();
  await sellByHand('0.1');
  expect(await settle(tradeId)).toBeNull();
  await gateway.until(() => gateway.journal.book.trades.size === 0);
  await restart();
  const told = venue.executions.find(({ clientOrderId }) => clientOrderId === '');
  if (told === undefined) throw new Error('nothing sold');
  const work = { type: 'foreignFill', channel: 'stream', at: gateway.now() } as const;
  await gateway.journal.write({ ...work, fill: told });
  expect((await fillsOf(tradeId)).length, 'the same once more is no news').toBe(2);
  const less = { ...told, revision: 1, quantity: parseQuantity('0.04') };
  await gateway.journal.write({ ...work, fill: less });
  expect((await held()).quantity).toBe(parseQuantity('0.06'));
  expect(await rowOf(tradeId)).toMatchObject({ status: 'open', quantity: parseQuantity('0.06') });
  expect((await records()).map(({ status, quantity }) => [status, quantity])).toEqual([
    ['settled', 0n],
  ]);
  expect(kinds()).not.toContain('FILL_MISMATCH');
  const revisions = (await fillsOf(tradeId)).map(({ revision }) => revision);
  expect(revisions.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  expect(await differences()).toEqual([]);
  expect(gateway.fatal).toEqual([]);
});

test('an execution that is told again in the commit that gives it to a trade is booked once', async () => {
  const tradeId = await hold();
  await sellByHand('0.1');
  const told = venue.executions.find(({ clientOrderId }) => clientOrderId === '');
  if (told === undefined) throw new Error('nothing sold');
  const dearer = { ...told, revision: 1, price: parsePrice('49500') };
  const work = { type: 'foreignFill', channel: 'stream', at: gateway.now(), fill: dearer } as const;
  const [, refusal] = await Promise.all([
    gateway.journal.write(work),
    settle(tradeId),
    gateway.journal.write({ ...work, channel: 'sweep' }),
  ]);
  expect(refusal).toBeNull();
  expect(await held()).toMatchObject({ quantity: 0n });
  const byHand = (await fillsOf(tradeId)).filter(({ clientOrderId }) => clientOrderId === '');
  expect(byHand.map(({ revision, price }) => [revision, price])).toEqual([[2, dearer.price]]);
  expect((await records()).map(({ status }) => status)).toEqual(['settled']);
  expect(await differences()).toEqual([]);
  expect(gateway.fatal).toEqual([]);
});

test('a sweep brings the correction of a venue that numbers none', async () => {
  const tradeId = await hold();
  await sellByHand('0.025');
  expect(await settle(tradeId)).toBeNull();
  const last = venue.executions.length - 1;
  const told = venue.executions[last];
  if (told === undefined) throw new Error('nothing sold');
  venue.executions[last] = { ...told, price: parsePrice('49500') };
  await gateway.sweep();
  await gateway.sweep();
  const byHand = (await fillsOf(tradeId)).filter(({ clientOrderId }) => clientOrderId === '');
  expect(byHand.map(({ revision, price }) => [revision, price])).toEqual([
    [1, told.price],
    [2, parsePrice('49500')],
  ]);
  expect(kinds()).toEqual([]);
  expect(await differences()).toEqual([]);
});

test.each(['0.025', '0.1'])(
  'where nothing is clipped, a close leaves alone what a hand has sold: %s of 0.1',
  async (sold) => {
    await restart('reserved');
    const command = gateway.open();
    await gateway.send(command);
    await gateway.until(() => venue.state().position > 0n && venue.state().open === 1);
    const { submit } = venue.broker;
    venue.broker.submit = () =>
      Promise.reject(new BrokerError('rejected', 'HALTED', 'for a while'));
    await gateway.send(gateway.command('engageBrake'));
    await gateway.until(() => kinds().includes('UNPROTECTED'));
    await sellByHand(sold);
    venue.broker.submit = submit;
    const left = venue.state().position;
    await expect(gateway.until(() => venue.state().position !== left)).rejects.toThrow();
    expect(await settle(tradeIdOf(command))).toBeNull();
    await gateway.until(() => gateway.journal.book.brake.status === 'engaged');
    expect([venue.state().position, kinds()]).toEqual([0n, ['BRAKE_ENGAGED']]);
  },
);
