import {
  audit,
  brakeStates,
  commandRefusals,
  openDatabase,
  trades,
  verifyAuditChain,
} from '@ballast/db';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import {
  beginBraked,
  brakeCommand,
  type BrakedGateway,
  COOLING_MS,
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
/** Days that a test may let pass before its clock is ahead of the database's, which never moves. */
const PAST_MS = 7 * COOLING_MS;

beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  account = newId();
  hand = handClock(Date.now() - PAST_MS);
  venue = createSharedVenue(account, () => hand.clock.now());
  gateway = await begin();
});
afterEach(() => gateway.kill());

const begin = (): Promise<BrakedGateway> =>
  beginBraked({ databaseUrl: database.urls['order-gateway'], account, venue, hand });

async function restart(): Promise<void> {
  await gateway.kill();
  gateway = await begin();
}

const status = (): string => gateway.journal.book.brake.status;
const rows = async () =>
  (await gateway.db.select().from(brakeStates))
    .filter((row) => row.account === account)
    .toSorted((a, b) => a.seq - b.seq);
const tradeOf = async (id: string) =>
  (await gateway.db.select().from(trades)).find((row) => row.id === id);

async function refusalOf(id: string) {
  const refused = await gateway.db.select().from(commandRefusals);
  return refused.find(({ commandId }) => commandId === id);
}

/** A long position with its stop and target at the venue. */
async function hold(): Promise<string> {
  const command = gateway.open();
  await gateway.send(command);
  await gateway.until(() => venue.state().position > 0n && venue.state().open === 2);
  return tradeIdOf(command);
}

test('the kill switch refuses, cancels and flattens in one commit, and proves it', async () => {
  const held = await hold();
  await gateway.send(gateway.command('engageBrake', 'the wall is on fire'));
  const [, engaging] = await rows();
  const { actor, engagedAt, verifiedFlatAt, coolingUntil } = engaging ?? {};
  expect(engaging).toMatchObject({ state: 'engaging', reason: 'the wall is on fire' });
  expect([actor, verifiedFlatAt, coolingUntil]).toEqual(['operator', null, null]);
  expect(engagedAt).toBe(engaging?.at);
  const [closing] = gateway.journal.book.trades.values();
  expect(closing?.closing?.reason).toBe('brake: the wall is on fire');
  const entry = gateway.open();
  await gateway.send(entry);
  expect(await tradeOf(tradeIdOf(entry))).toMatchObject({ status: 'denied' });
  expect((await tradeOf(tradeIdOf(entry)))?.endReason).toContain('BRAKE_ENGAGED');

  await gateway.until(() => status() === 'engaged');
  expect(venue.state()).toMatchObject({ position: 0n, open: 0 });
  expect((await tradeOf(held))?.status).toBe('closed');
  const last = (await rows()).at(-1);
  expect(last).toMatchObject({
    state: 'engaged',
    reason: 'the wall is on fire',
    actor: 'operator',
  });
  expect(last?.coolingUntil).toBe((last?.verifiedFlatAt ?? 0) + COOLING_MS);
  expect(gateway.watch.progress()).toMatchObject([
    { venue: 'bybit', ordersLeft: 0, positionsLeft: [], provenFlat: true, fault: '' },
  ]);
  const kinds = (await gateway.db.select().from(audit))
    .filter((row) => row.account === account && row.kind.startsWith('brake'))
    .map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['brakeEngaged', 'brakeProgress', 'brakeFlat']));
  expect((await verifyAuditChain(gateway.db, account)).brokenAt).toBeNull();
});

test('killed between engage and flat: it goes on, and no route lifts it early', async () => {
  await hold();
  const { cancel, submit } = venue.broker;
  const away = () => Promise.reject(new Error('connection refused'));
  venue.broker.cancel = away;
  venue.broker.submit = away;
  await gateway.send(gateway.command('engageBrake'));
  await gateway.quiet();
  await restart();
  expect(status()).toBe('engaging');
  const early = gateway.command('releaseBrake');
  await gateway.send(early);
  expect((await refusalOf(early.id))?.code).toBe('BRAKE_NOT_FLAT');
  await restart();
  expect(venue.state().position).not.toBe(0n);
  venue.broker.cancel = cancel;
  venue.broker.submit = submit;
  await gateway.until(() => status() === 'engaged');
  expect(venue.state()).toMatchObject({ position: 0n, open: 0 });

  const until = (await rows()).at(-1)?.coolingUntil ?? 0;
  const notYet = async (route: string): Promise<void> => {
    const command = gateway.command('releaseBrake', route);
    await gateway.send(command);
    const refused = await refusalOf(command.id);
    expect(refused?.code, route).toBe('BRAKE_COOLING');
    expect(refused?.detail, route).toContain(new Date(until).toISOString());
    const entry = gateway.open();
    await gateway.send(entry);
    expect((await tradeOf(tradeIdOf(entry)))?.endReason, route).toContain('BRAKE_ENGAGED');
  };
  await notYet('a command');
  await restart();
  await notYet('a restart');
  await gateway.send(gateway.command('engageBrake', 'once more'));
  await notYet('engaging it again');
  await queryOnce(database.ownerUrl, `DELETE FROM gateway_fences WHERE account = '${account}'`);
  await restart();
  await notYet('a fence that was lost');
  const row = { account, state: 'released', reason: 'by hand', actor: 'me', progress: [] };
  const byHand = gateway.db.insert(brakeStates).values({ ...row, id: newId(), at: until - 1 });
  await expect(byHand).rejects.toMatchObject({ cause: { code: '23514' } });
  for (const statement of [
    `UPDATE brake_states SET state = 'released'`,
    `DELETE FROM brake_states`,
    `ALTER TABLE brake_states DISABLE TRIGGER brake_latch`,
  ]) {
    await expect(gateway.db.pool.query(statement), statement).rejects.toMatchObject({
      code: '42501',
    });
  }
  hand.pass(until - 1 - hand.clock.now());
  await notYet('one millisecond too early');

  hand.pass(1);
  await gateway.send(gateway.command('releaseBrake', 'found the fault'));
  expect((await rows()).at(-1)).toMatchObject({ state: 'released', reason: 'found the fault' });
  const entry = gateway.open();
  await gateway.send(entry);
  expect((await tradeOf(tradeIdOf(entry)))?.status).toBe('entering');
});

describe('drawdown', () => {
  test('a quarter below the peak engages, and the peak survives a restart', async () => {
    await gateway.sweep('90000');
    await gateway.sweep('100000');
    await gateway.sweep('95000');
    expect((await rows()).map(({ peak }) => peak)).toEqual([null, 90_000n, 100_000n].map(scaled));
    await restart();
    await gateway.sweep('75000.01');
    expect(status()).toBe('released');
    await gateway.sweep('75000');
    expect((await rows()).at(-1)).toMatchObject({
      ...{ state: 'engaging', actor: 'ballast', currency: 'USDT' },
      ...{ peak: 100_000n * 10n ** 18n, drawdown: 25n * 10n ** 16n },
      reason: 'drawdown 25 %: equity 75000 of a peak of 100000 USDT',
    });
  });

  test('numbers that were not reconciled neither engage nor make a peak', async () => {
    await gateway.sweep('100000');
    venue.addForeign('0.5');
    await expect(gateway.sweep('20000')).resolves.toBeUndefined();
    expect([...gateway.journal.book.incidents.values()].map(({ kind }) => kind)).toEqual(['DRIFT']);
    await gateway.sweep('20000');
    await gateway.sweep('900000');
    expect(status()).toBe('released');
    expect((await rows()).at(-1)?.peak).toBe(scaled(100_000n));
    venue.addForeign('-0.5');
    await gateway.watch.afterSweep(null);
    await gateway.sweep('20000');
    expect(status()).toBe('engaging');
  });

  /** Neither a fall nor a rise counts, though ledger and venue are equal. */
  async function isPutOff(): Promise<void> {
    await gateway.sweep('20000');
    await gateway.sweep('900000');
    expect(status()).toBe('released');
    expect((await rows()).at(-1)?.peak).toBe(scaled(100_000n));
  }

  test('while it is open whose fills these are, equal numbers are not reconciled ones', async () => {
    await gateway.sweep('100000');
    const incident = {
      ...{ kind: 'UNATTRIBUTED', instrument: BTC, tradeId: null },
      ...{ detail: 'bought by hand', evidence: {}, at: gateway.now() },
    };
    await gateway.journal.write({ type: 'openIncident', incident });
    await isPutOff();
    const [id = ''] = gateway.journal.book.incidents.keys();
    const resolved = { type: 'resolveIncident', id, resolution: 'settled' } as const;
    await gateway.journal.write({ ...resolved, at: gateway.now() });
    await gateway.sweep('20000');
    expect(status()).toBe('engaging');
  });

  test('nor are they while nobody understands the state of an order', async () => {
    await hold();
    await gateway.sweep('100000');
    const { openOrders } = venue.broker;
    const strange = { status: 'unrecognised', reason: 'Pondering' } as const;
    venue.broker.openOrders = async () =>
      (await openOrders()).map((report) => ({ ...report, ...strange }));
    await isPutOff();
    venue.broker.openOrders = openOrders;
    await gateway.sweep('20000');
    expect(status()).toBe('engaging');
  });

  test('a balance without a comparison of its own does not count', async () => {
    await gateway.sweep('100000');
    const low = { amount: 20_000n * 10n ** 18n, currency: 'USDT' };
    await gateway.watch.afterSweep({ currency: 'USDT', equity: low, available: low });
    expect(status()).toBe('released');
    gateway.watch.compared(true);
    await gateway.watch.afterSweep({ currency: 'USDT', equity: low, available: low });
    expect(status()).toBe('engaging');
  });
});

test('a position that is not ours is named, never sold, and keeps the account from being flat', async () => {
  venue.addForeign('0.5');
  await gateway.send(gateway.command('engageBrake'));
  const looked = () => gateway.watch.progress()[0]?.positionsLeft.length === 1;
  await gateway.until(looked);
  await gateway.until(() => gateway.watch.progress()[0]?.answeredAt !== null, 3);
  expect(gateway.watch.progress()).toMatchObject([
    { positionsLeft: [BTC], foreignPositions: [BTC], provenFlat: false },
  ]);
  expect(status()).toBe('engaging');
  const command = gateway.command('releaseBrake');
  await gateway.send(command);
  expect((await refusalOf(command.id))?.detail).toContain(`not ours: ${BTC}`);
  expect(venue.foreign()).toBe(5n * 10n ** 17n);
  venue.addForeign('-0.5');
  await gateway.until(() => status() === 'engaged');
});

test('an order in our format that no trade has is cancelled; anybody else’s is left alone', async () => {
  const orphan = `${newId().replaceAll('-', '')}e000`;
  venue.addOrder(orphan);
  venue.addOrder('by hand');
  await gateway.send(gateway.command('engageBrake'));
  await gateway.until(() => status() === 'engaged');
  expect(venue.otherIds()).toEqual(['by hand']);
  expect(gateway.watch.progress()).toMatchObject([{ ordersLeft: 0, foreignOrders: 1 }]);
});

test('a state that cannot be read denies entries, says so, and exits go on', async () => {
  const held = await hold();
  const owner = openDatabase(database.ownerUrl);
  try {
    await owner.pool.query('REVOKE SELECT ON brake_states FROM ballast_order_gateway');
    const entry = gateway.open();
    await gateway.send(entry);
    expect((await tradeOf(tradeIdOf(entry)))?.endReason).toContain('BRAKE_ENGAGED');
    await restart();
    expect(gateway.journal.book.brake).toMatchObject({ status: 'unreadable' });
    const release = gateway.command('releaseBrake');
    await gateway.send(release);
    expect(await refusalOf(release.id)).toMatchObject({ code: 'BRAKE_NOT_FLAT' });
    expect((await refusalOf(release.id))?.detail).toContain('cannot be read');
    await gateway.send(gateway.command('engageBrake'));
    await gateway.until(() => venue.state().position === 0n);
    expect((await tradeOf(held))?.endReason).not.toBeNull();
    expect(gateway.fatal).toEqual([]);
  } finally {
    await owner.pool.query('GRANT SELECT ON brake_states TO ballast_order_gateway');
    await owner.close();
  }
});

test('what shares a commit with the engaging is decided under it', async () => {
  const command = gateway.open();
  const engage = brakeCommand('engageBrake', account, 'at once', hand.clock.now());
  await Promise.all([gateway.send(command), gateway.send(engage)]);
  expect((await tradeOf(tradeIdOf(command)))?.endReason).toContain('BRAKE_ENGAGED');
  await gateway.until(() => status() === 'engaged');
  expect(venue.entries()).toBe(0);
});

describe('by the database’s own clock', () => {
  beforeEach(async () => {
    await gateway.kill();
    hand = handClock(Date.now());
    gateway = await begin();
    await gateway.send(gateway.command('engageBrake'));
    await gateway.until(() => status() === 'engaged');
  });
  const last = async () => (await rows()).at(-1);

  test.each([0, 1, COOLING_MS])('no date lets a release in early: %d ms later', async (more) => {
    const until = (await last())?.coolingUntil ?? 0;
    const row = { account, state: 'released', reason: 'by hand', actor: 'me', progress: [] };
    const byHand = gateway.db.insert(brakeStates).values({ ...row, id: newId(), at: until + more });
    await expect(byHand).rejects.toMatchObject({ cause: { code: '23514' } });
    expect((await last())?.state).toBe('engaged');
  });

  test('a gateway whose clock runs ahead refuses, says until when and lives', async () => {
    const until = (await last())?.coolingUntil ?? 0;
    hand.pass(COOLING_MS);
    const early = gateway.command('releaseBrake');
    await gateway.send(early);
    const refused = await refusalOf(early.id);
    expect(refused?.code).toBe('BRAKE_COOLING');
    expect(refused?.detail).toContain(new Date(until).toISOString());
    expect([status(), gateway.fatal]).toEqual(['engaged', []]);
  });
});

test('a release that shares a commit with an engaging leaves the brake engaged', async () => {
  await gateway.send(gateway.command('engageBrake'));
  await gateway.until(() => status() === 'engaged');
  hand.pass(COOLING_MS);
  const asked = ['releaseBrake', 'engageBrake'] as const;
  await Promise.all(asked.map((type) => gateway.send(gateway.command(type, type))));
  expect(gateway.journal.book.brake).toMatchObject({ status: 'engaging', reason: 'engageBrake' });
});

const scaled = (units: bigint | null): bigint | null =>
  units === null ? null : units * 10n ** 18n;
