import {
  fills,
  openDatabase,
  openOutbox,
  positions,
  trades,
  unansweredCalls,
  verifyAuditChain,
} from '@ballast/db';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { asWork, BTC, newId, openCommand, quoteNow, storeInstruments } from './gateway.fixture.ts';
import { beginLife, type Death } from './mortal-gateway.fixture.ts';
import { createVenue } from './mortal-venue.fixture.ts';

const CASES = 25;
const ROUNDS_MAX = 120;
const ROUND_MS = 900;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());

const death = fc.record({
  commit: fc.integer({ min: 1, max: 25 }),
  when: fc.constantFrom('before' as const, 'after' as const),
});
const fate = fc.record({
  deaths: fc.array(death, { minLength: 1, maxLength: 4 }),
  exit: fc.constantFrom('stop' as const, 'target' as const),
  streamHears: fc.boolean(),
});

/** Killed is what a life may be; anything else that it throws is a fault. */
async function unlessKilled(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof Error) || !/killed|journal is closed/.test(error.message)) throw error;
  }
}

async function tradeThrough(options: {
  deaths: readonly Death[];
  exit: 'stop' | 'target';
  streamHears: boolean;
}) {
  const { exit, streamHears } = options;
  const account = newId();
  let time = Date.now();
  const now = () => time;
  const db = openDatabase(database.urls['order-gateway'], { onError: () => undefined });
  const venue = createVenue(account, now);
  const around = { db, account, venue, quotes: new Map([[BTC, quoteNow(BTC)]]), now };
  const command = openCommand();
  const deaths = [...options.deaths];
  let died = 0;
  let life = await beginLife(around, deaths.shift() ?? null);
  await unlessKilled(() => life.journal.write(asWork(command)));

  async function round(number: number): Promise<void> {
    await life.quiet();
    time += ROUND_MS;
    await life.clock();
    const told = number > 2 ? venue.reach(exit) : null;
    if (told !== null && streamHears) {
      await Promise.all([life.inbox.report(told.report), life.inbox.fill(told.fill, 'stream')]);
    }
    if (number % 3 === 0) await life.sweep();
    await life.quiet();
  }
  const stored = async () =>
    (await db.select().from(trades)).find((row) => row.account === account) ?? null;

  for (let number = 1; number <= ROUNDS_MAX; number += 1) {
    await unlessKilled(() => round(number));
    if (life.isDead()) {
      died += 1;
      life = await beginLife(around, deaths.shift() ?? null);
      await unlessKilled(async () => {
        await life.recover();
        await life.sweep();
        // The stream delivers again what was not acknowledged.
        await life.journal.write(asWork(command));
      });
    }
    const trade = await stored();
    if (!life.isDead() && trade?.endedAt !== null && venue.state().open === 0) break;
  }
  life = await beginLife(around, null);
  await life.recover();
  await life.sweep();
  await life.quiet();
  const own = (row: { account: string }) => row.account === account;
  const booked = (await db.select().from(fills)).filter(own);
  const held = (await db.select().from(positions)).filter(own);
  const trade = await stored();
  const { auditHead, incidents } = life.journal.book;
  const left = {
    outbox: await openOutbox(db, account),
    calls: await unansweredCalls(db, account, auditHead.seq),
    broken: (await verifyAuditChain(db, account)).brokenAt,
    incidents: [...incidents.values()].map(({ kind }) => kind),
  };
  await life.journal.close();
  await db.close();
  return { trade, booked, held, left, venue, died };
}

test('killed at any commit, and again while it recovers: one entry, each fill once, flat, explained', async () => {
  let killed = 0;
  await fc.assert(
    fc.asyncProperty(fate, async (options) => {
      const { trade, booked, held, left, venue, died } = await tradeThrough(options);
      killed += died;
      expect(trade?.status).toBe('closed');
      expect(venue.entries()).toBe(1);
      expect(venue.state()).toEqual({ position: 0n, repeatedIds: 0, open: 0 });
      expect(booked.map(({ executionId }) => executionId).toSorted()).toEqual(
        venue.executions.map(({ executionId }) => executionId).toSorted(),
      );
      expect(held.map(({ quantity }) => quantity)).toEqual([0n]);
      expect(left).toEqual({ outbox: [], calls: [], broken: null, incidents: [] });
    }),
    { numRuns: CASES },
  );
  // Deaths after the last commit of a life do not happen; a property without any proves nothing.
  expect(killed).toBeGreaterThan(CASES / 3);
}, 120_000);
