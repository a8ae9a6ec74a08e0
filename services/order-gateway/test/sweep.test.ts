import { fills } from '@ballast/db';
import type { Fill } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createInbox } from '../src/venue/inbox.ts';
import { createRouter } from '../src/venue/routing.ts';
import { createSweep } from '../src/venue/sweep.ts';
import {
  ACCOUNT,
  asWork,
  fillOf,
  openCommand,
  startGateway,
  storeInstruments,
  type TestGateway,
  REDUCE_ONLY,
} from './gateway.fixture.ts';

const OVERLAP_MS = 10 * 60_000;
const log = createLogger('test', 'silent');
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

/** A sweep over a venue that lists these executions; `since` keeps what it was asked for. */
function sweepOver(listed: () => Fill[], firstSince: number, time: { now: number }) {
  const since: number[] = [];
  const now = () => time.now;
  const never = () => Promise.reject(new Error('was not to be asked'));
  const inbox = createInbox(
    gateway.journal,
    createRouter(gateway.store, () => gateway.journal.book),
    { now, log },
  );
  const sweep = createSweep({
    ...{ store: gateway.store, journal: gateway.journal, log, now, firstSince, inbox },
    drift: (readExecutions) => readExecutions(),
    broker: {
      ...{ venue: 'bybit', account: ACCOUNT, capabilities: REDUCE_ONLY },
      ...{ submit: never, findOrder: never, cancel: never },
      ...{ executionsOf: never, positions: never, balance: never },
      openOrders: async () => [],
      async executionsSince(from) {
        since.push(from);
        return listed();
      },
    },
  });
  return { sweep, inbox, since };
}

test('executions that no stream told are booked by the sweep, once, whatever comes again', async () => {
  await gateway.journal.write(asWork(openCommand()));
  const [id = ''] = [...gateway.journal.book.trades.values()].flatMap((trade) =>
    Object.keys(trade.orders),
  );
  const told = fillOf(id, '0.03', 'told');
  const missed = fillOf(id, '0.04', 'missed');
  const { sweep, inbox } = sweepOver(() => [told, missed, missed], 1, { now: Date.now() });
  await inbox.fill(told, 'stream');
  await sweep();
  await sweep();
  await inbox.fill(missed, 'stream');
  const booked = await gateway.db.select().from(fills);
  expect(booked.map(({ executionId, channel }) => [executionId, channel])).toEqual([
    ['told', 'stream'],
    ['missed', 'sweep'],
  ]);
});

test('a sweep that failed is asked for again from where it began; a good one with an overlap', async () => {
  const time = { now: 10_000_000 };
  let fails = true;
  const { sweep, since } = sweepOver(
    () => {
      if (fails) throw new Error('no answer');
      return [];
    },
    1_000,
    time,
  );
  await expect(sweep()).rejects.toThrow('no answer');
  fails = false;
  await sweep();
  time.now += 5_000;
  await sweep();
  const good = 10_000_000 - OVERLAP_MS;
  expect(since).toEqual([1_000, 1_000, good, good, good + 5_000]);
});
