import { incidents, pages, type UnsentPage, unsentPages } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { nothingFrozen } from '../src/brake/reconciled.ts';
import { type Pager, startPager } from '../src/pager/pager.ts';
import {
  beginBraked,
  type BrakedGateway,
  COOLING_MS,
  createSharedVenue,
  handClock,
  type SharedVenue,
} from './braked-gateway.fixture.ts';
import { BTC, newId, storeInstruments } from './gateway.fixture.ts';

const log = createLogger('test', 'silent');
let database: TestDatabase;
let account: string;
let hand: ReturnType<typeof handClock>;
let venue: SharedVenue;
let gateway: BrakedGateway;
let pager: Pager;
/** What the operator's receiver has taken. */
let taken: UnsentPage[];

beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  account = newId();
  // So far back that a cooling period may pass: the database asks its own clock too.
  hand = handClock(Date.now() - 7 * COOLING_MS);
  venue = createSharedVenue(account, () => hand.clock.now());
  taken = [];
  gateway = await begin();
  pager = page();
});
afterEach(async () => {
  await pager.stop();
  await gateway.kill();
});

const begin = (): Promise<BrakedGateway> =>
  beginBraked({ databaseUrl: database.urls['order-gateway'], account, venue, hand });

function page(): Pager {
  const { db, journal } = gateway;
  const unsent = (from: number) => unsentPages(db, account, from);
  const send = async (one: UnsentPage) => void taken.push(one);
  return startPager({ journal, unsent, send, clock: hand.clock, log });
}

async function restart(): Promise<void> {
  await pager.stop();
  await gateway.kill();
  gateway = await begin();
  pager = page();
}

const status = (): string => gateway.journal.book.brake.status;
const kinds = (): string[] => taken.map(({ kind }) => kind);
const stored = async () =>
  (await gateway.db.select().from(incidents))
    .filter((row) => row.account === account)
    .toSorted((a, b) => a.openedAt - b.openedAt);

async function hold(): Promise<void> {
  await gateway.send(gateway.open());
  await gateway.until(() => venue.state().position > 0n && venue.state().open === 2);
}

test('a drawdown that engages is paged once, with its figures, and freezes nothing', async () => {
  await hold();
  await gateway.sweep('100000');
  await gateway.sweep('75000');
  expect(await stored()).toMatchObject([
    {
      ...{ kind: 'BRAKE_ENGAGED', instrument: null, tradeId: null, resolvedAt: null },
      detail: 'ballast: drawdown 25 %: equity 75000 of a peak of 100000 USDT; trades closed: 1',
    },
  ]);
  await gateway.until(() => kinds().length === 1);
  await gateway.until(() => status() === 'engaged');
  expect(nothingFrozen(gateway.journal.book)).toBe(true);
  await gateway.send(gateway.command('engageBrake', 'once more'));
  await restart();
  await gateway.sweep('70000');
  expect(taken).toMatchObject([{ kind: 'BRAKE_ENGAGED', instrument: null }]);

  hand.pass(COOLING_MS);
  await gateway.send(gateway.command('releaseBrake', 'found the fault'));
  expect(await stored()).toMatchObject([
    { resolution: 'released by operator: found the fault', resolvedAt: hand.clock.now() },
  ]);
  expect(gateway.journal.book.incidents.size).toBe(0);
  await gateway.send(gateway.command('engageBrake', 'again'));
  await gateway.until(() => kinds().length === 2);
  expect(taken[1]?.detail).toBe('operator: again; trades closed: 0');
});

test('the page is in the commit that engages: a gateway that dies right after it pages', async () => {
  await pager.stop();
  await gateway.send(gateway.command('engageBrake', 'the wall is on fire'));
  await restart();
  await gateway.until(() => kinds().length === 1);
  await restart();
  await gateway.until(() => status() === 'engaged');
  expect(taken).toMatchObject([
    { kind: 'BRAKE_ENGAGED', detail: 'operator: the wall is on fire; trades closed: 0' },
  ]);
  const sent = (await gateway.db.select().from(pages)).filter((row) => row.account === account);
  expect(sent).toMatchObject([{ attempts: 1, error: null }]);
});

test('what is not flat two minutes later is paged with what is left, until it is flat', async () => {
  await hold();
  const { cancel, submit } = venue.broker;
  const away = () => Promise.reject(new Error('connection refused'));
  venue.broker.cancel = away;
  venue.broker.submit = away;
  const engagedAt = hand.clock.now();
  await gateway.send(gateway.command('engageBrake', 'test'));
  await gateway.until(() => kinds().includes('BRAKE_NOT_FLAT'), 90);
  expect(hand.clock.now() - engagedAt).toBeGreaterThanOrEqual(120_000);
  expect(hand.clock.now() - engagedAt).toBeLessThan(130_000);
  await restart();
  await gateway.until(() => false, 5).catch(() => undefined);
  const late = taken.filter(({ kind }) => kind === 'BRAKE_NOT_FLAT');
  expect(late).toMatchObject([{ instrument: null, tradeId: null }]);
  expect(late[0]?.detail).toContain(`bybit: orders 2, positions ${BTC}`);
  expect(nothingFrozen(gateway.journal.book)).toBe(true);

  venue.broker.cancel = cancel;
  venue.broker.submit = submit;
  await gateway.until(() => status() === 'engaged');
  const open = [...gateway.journal.book.incidents.values()].map(({ kind }) => kind);
  expect(open).toEqual(['BRAKE_ENGAGED']);
  const [over] = (await stored()).filter(({ kind }) => kind === 'BRAKE_NOT_FLAT');
  expect(over?.resolution).toBe('every venue is proven flat');
});

test('what turns up at a venue that was flat is paged at once', async () => {
  await gateway.send(gateway.command('engageBrake', 'test'));
  await gateway.until(() => status() === 'engaged');
  hand.pass(600_000);
  await gateway.quiet();
  venue.addForeign('0.5');
  await gateway.until(() => kinds().includes('BRAKE_NOT_FLAT'), 20);
  const [told] = taken.filter(({ kind }) => kind === 'BRAKE_NOT_FLAT');
  expect(told?.detail).toContain(`not ours: ${BTC}`);
  venue.addForeign('-0.5');
  await gateway.until(() => status() === 'engaged');
});
