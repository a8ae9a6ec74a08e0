import { parseQuantity, type Quantity } from '@ballast/domain';
import { FILL_MISSING_AFTER_MS } from '@ballast/order-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import {
  beginBraked,
  type BrakedGateway,
  createSharedVenue,
  handClock,
  type SharedVenue,
} from './braked-gateway.fixture.ts';
import { newId, storeInstruments } from './gateway.fixture.ts';

let database: TestDatabase;
let hand: ReturnType<typeof handClock>;
let venue: SharedVenue;
let begin: () => Promise<BrakedGateway>;
let gateway: BrakedGateway;

beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  const account = newId();
  hand = handClock(Date.now() - 3_600_000);
  venue = createSharedVenue(account, () => hand.clock.now());
  begin = () => beginBraked({ databaseUrl: database.urls['order-gateway'], account, venue, hand });
  gateway = await begin();
});
afterEach(() => gateway.kill());

const kinds = () => [...gateway.journal.book.incidents.values()].map(({ kind }) => kind);
const orders = () =>
  [...gateway.journal.book.trades.values()].flatMap((trade) => Object.values(trade.orders));
const workingStops = () =>
  orders()
    .filter(({ request, phase }) => request.role === 'stop' && phase.status === 'working')
    .map(({ request }) => request.quantity);

/** A long position of 0.1 whose stop has filled, which nobody has heard yet. */
async function stopFilled(): Promise<void> {
  await gateway.send(gateway.open());
  await gateway.until(() => venue.state().position > 0n && venue.state().open === 2);
  venue.reach('stop');
}

/** Until the sum that was reported has been known for long enough, over a restart too. */
async function wait(): Promise<void> {
  await gateway.sweep();
  await gateway.sweep();
  expect(workingStops(), 'it may have left').toEqual([]);
  await gateway.kill();
  gateway = await begin();
  gateway.pass(FILL_MISSING_AFTER_MS);
  await gateway.quiet();
  expect(kinds()).toContain('FILL_MISSING');
  await gateway.sweep();
}

/** The venue takes its last execution back; its sum of the order stays what it was. */
function takeBack(): void {
  const last = venue.executions.length - 1;
  const told = venue.executions[last];
  if (told === undefined) throw new Error('nothing has filled');
  venue.executions[last] = { ...told, revision: 1, quantity: 0n as Quantity };
}

test('a fill taken back before it was seen: its position gets a stop again once both are equal', async () => {
  await stopFilled();
  takeBack();
  venue.addForeign('0.1');
  await wait();
  expect(workingStops()).toEqual([parseQuantity('0.1')]);
  expect(kinds()).toEqual([]);
  expect(gateway.fatal).toEqual([]);
});

test('one that is really missing makes both differ: nothing is sent for it', async () => {
  await stopFilled();
  venue.executions.pop();
  await wait();
  expect(workingStops()).toEqual([]);
  expect(kinds()).toContain('FILL_MISSING');
  expect(kinds()).toContain('DRIFT');
});

test('equality says nothing of a trade while some of it may be booked apart', async () => {
  await stopFilled();
  const last = venue.executions.length - 1;
  const told = venue.executions[last];
  if (told === undefined) throw new Error('nothing has filled');
  venue.executions[last] = { ...told, clientOrderId: '' };
  await wait();
  expect(workingStops()).toEqual([]);
  expect(kinds()).toContain('FILL_MISSING');
  expect(kinds()).toContain('UNATTRIBUTED');
});
