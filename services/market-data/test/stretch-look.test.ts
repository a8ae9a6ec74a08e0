import { coverageOf, type Database, loadGaps, openDatabase, saveBars } from '@ballast/db';
import {
  type Bar,
  countOpenTimes,
  coverageGrid,
  instrumentId,
  type Timeframe,
  TIMEFRAME_MS,
  type TradingSession,
} from '@ballast/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { lookForGaps } from '../src/coverage/gap-look.ts';
import { lookAtStretch } from '../src/coverage/stretch-look.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const NOW = Date.parse('2026-11-18T12:00Z');
let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

type Tracked = { readonly id: Bar['instrument']; readonly session: TradingSession };
const tracked = (symbol: string, session: TradingSession = 'continuous'): Tracked => ({
  ...{ id: instrumentId('bybit', 'linear', symbol), session },
});

const bar = (id: Bar['instrument'], openTime: number): Bar => ({
  ...{ instrument: id, timeframe: '1m', openTime, open: '1', high: '1', low: '1', close: '1' },
  ...{ volume: '1', tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'trades' },
  missing: 0,
});

type Stretch = { from: number; until: number; isWatched?: boolean; timeframe?: Timeframe };
const asked = (one: Tracked, { timeframe = '1m', isWatched = true, ...stretch }: Stretch) =>
  lookAtStretch(db, one, { ...stretch, timeframe, isWatched, now: NOW });

async function cellOf({ id, session }: Tracked, timeframe: Timeframe = '1m') {
  const track = await coverageOf(db, id, timeframe);
  const gaps = await loadGaps(db, { instrument: id, timeframe, from: 0, to: NOW });
  const sessions = new Map([[id as string, session]]);
  const window = { from: 0, to: NOW };
  const { cells } = coverageGrid(track === null ? [] : [track], gaps, sessions, window);
  const { expected, missing } = cells[0] ?? {};
  return { expected, missing };
}

test('one old day makes that day wanted, and not the years since then', async () => {
  const btc = tracked('BTCUSDT');
  const watch = { timeframe: '1m', from: NOW - 60 * MINUTE, until: NOW, now: NOW } as const;
  await saveBars(
    db,
    Array.from({ length: 60 }, (_, index) => bar(btc.id, NOW - (60 - index) * MINUTE)),
  );
  await lookForGaps(db, btc, watch);
  const day = NOW - 1_000 * DAY;
  await saveBars(db, [bar(btc.id, day), bar(btc.id, day + MINUTE)]);
  await asked(btc, { from: day, until: day + DAY });
  expect(await cellOf(btc)).toEqual({ expected: 1_440 + 60, missing: 1_438 });
  await asked(btc, { from: day, until: day + DAY });
  expect(await cellOf(btc), 'once').toEqual({ expected: 1_500, missing: 1_438 });
  await asked(btc, { from: day + DAY / 2, until: day + 2 * DAY });
  expect(await cellOf(btc), 'the next one too').toEqual({ expected: 2_940, missing: 2_878 });
  const before = day - TIMEFRAME_MS['1w'];
  await asked(btc, { from: before, until: before + DAY });
  expect(await cellOf(btc)).toEqual({ expected: 4_380, missing: 4_318 });
});

test('nor does a newer day of what is streamed no more, or was not for long', async () => {
  const eth = tracked('ETHUSDT');
  const day = NOW - 400 * DAY;
  await asked(eth, { from: day, until: day + DAY, isWatched: false });
  await asked(eth, { from: day + 10 * DAY, until: day + 11 * DAY, isWatched: false });
  expect(await cellOf(eth)).toEqual({ expected: 2_880, missing: 2_880 });
  const reach = NOW - 30 * DAY;
  const watch = { timeframe: '1m', from: NOW, until: NOW, reach, now: NOW } as const;
  expect(await lookForGaps(db, eth, watch)).toBe(30 * 1_440);
  expect(await cellOf(eth)).toEqual({ expected: 32 * 1_440, missing: 32 * 1_440 });
});

test('two jobs at once count nothing twice', async () => {
  const sol = tracked('SOLUSDT');
  const day = NOW - 400 * DAY;
  await asked(sol, { from: NOW - DAY, until: NOW });
  const days = [0, 20, 40, 60].map((since) => day + since * DAY);
  await Promise.all(days.map((from) => asked(sol, { from, until: from + DAY })));
  expect(await cellOf(sol)).toEqual({ expected: 5 * 1_440, missing: 5 * 1_440 });
});

/** Nobody writes coverage before all of them have read that there is none. */
async function atOnce(looks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const blocker = openDatabase(database.ownerUrl);
  const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted
    AND relation = 'bar_coverage'::regclass`;
  try {
    const done = await blocker.transaction(async (tx) => {
      await tx.execute('LOCK TABLE bar_coverage IN EXCLUSIVE MODE');
      const all = Promise.all(looks.map((look) => look()));
      const areWaiting = async () => (await queryOnce(database.ownerUrl, waiting)).rows.length;
      await vi.waitFor(async () => expect(await areWaiting()).toBe(looks.length), 10_000);
      return { all };
    });
    await done.all;
  } finally {
    await blocker.close();
  }
}

test('of two first looks at the same moment, none says that it has seen what neither has', async () => {
  const day = NOW - 200 * DAY;
  const reach = NOW - 30 * DAY;
  const watch = { timeframe: '1m', from: NOW - 60 * MINUTE, until: NOW, reach, now: NOW } as const;
  const job = { from: day, until: day + DAY };
  const watched = tracked('FIRSTUSDT');
  await atOnce([() => lookForGaps(db, watched, watch), () => asked(watched, job)]);
  const { expected, missing } = await cellOf(watched);
  expect(missing, 'nothing of it is stored').toBe(expected);
  expect(expected).toBeGreaterThanOrEqual(1_440 + 60);
  const jobs = tracked('SECONDUSDT');
  const other = { from: day + 9 * DAY, until: day + 10 * DAY };
  const unwatched = [job, other].map((stretch) => ({ ...stretch, isWatched: false }));
  await atOnce(unwatched.map((stretch) => () => asked(jobs, stretch)));
  expect(await cellOf(jobs)).toEqual({ expected: 2_880, missing: 2_880 });
});

test('two looks at the same bars tell them once, the first time and later', async () => {
  const twice = tracked('TWICEUSDT');
  for (const until of [NOW - DAY, NOW]) {
    const look = { timeframe: '1m', from: NOW - 2 * DAY, until, now: NOW } as const;
    await atOnce([() => lookForGaps(db, twice, look), () => lookForGaps(db, twice, look)]);
  }
  expect(await cellOf(twice)).toEqual({ expected: 2_880, missing: 2_880 });
});

test('sessions end where they end: a day asked for is that day', async () => {
  const aapl = tracked('AAPLUSDT', 'us-equity');
  const open = Date.parse('2026-11-17T14:30Z');
  const close = Date.parse('2026-11-17T21:00Z');
  for (const timeframe of ['1m', '1d'] as const) {
    const from = timeframe === '1d' ? Date.parse('2026-11-17') : open;
    await asked(aapl, { timeframe, from, until: close, isWatched: false });
    const before = { from: from - 14 * DAY, until: close - 14 * DAY, isWatched: false };
    await asked(aapl, { timeframe, ...before });
  }
  expect(await cellOf(aapl)).toEqual({ expected: 780, missing: 780 });
  expect(await cellOf(aapl, '1d')).toEqual({ expected: 2, missing: 2 });
});

test('in any order, what is expected are the stretches that were asked for', async () => {
  const hours = fc.integer({ min: 0, max: 60 });
  const stretches = fc.array(fc.tuple(hours, fc.integer({ min: 1, max: 20 })), {
    ...{ minLength: 1, maxLength: 6 },
  });
  let symbols = 0;
  await fc.assert(
    fc.asyncProperty(stretches, fc.boolean(), async (list, isWatched) => {
      symbols += 1;
      const one = tracked(`P${symbols}USDT`);
      const wanted = new Set<number>();
      const begin = NOW - 200 * 60 * MINUTE;
      // Something is known of it; later times are the watch's, where there is one.
      const all = [[100, 5] as const, ...list];
      for (const [first, length] of all) {
        const from = begin + first * 60 * MINUTE;
        await asked(one, { from, until: from + length * 60 * MINUTE, isWatched, timeframe: '1h' });
        for (let hour = first; hour < first + length; hour += 1) wanted.add(hour);
      }
      const { size: expected } = wanted;
      expect(await cellOf(one, '1h')).toEqual({ expected, missing: expected });
    }),
    { numRuns: 15 },
  );
});

test('years of a stock that was never stored are looked at in parts, and each bar once', async () => {
  const one = tracked('YEARSUSDT', 'us-equity');
  const stored = Date.parse('2024-07-03T14:00Z');
  await saveBars(db, [bar(one.id, stored)]);
  const range = { from: NOW - 3 * 366 * DAY, to: Date.parse('2026-11-17T21:00Z') };
  const look = { timeframe: '1m', from: range.from, until: NOW, now: NOW } as const;
  const bars = countOpenTimes('1m', one.session, range) - 1;
  expect(await lookForGaps(db, one, look)).toBe(bars);
  expect(await cellOf(one)).toEqual({ expected: bars + 1, missing: bars });
  expect((await coverageOf(db, one.id, '1m'))?.checkedUntil).toBe(range.to);
  const rows = await loadGaps(db, { instrument: one.id, timeframe: '1m', from: 0, to: NOW });
  expect(Math.max(...rows.map((gap) => gap.bars))).toBeLessThanOrEqual(30_000);
  const counted = rows.map(({ fromTime, toTime }) =>
    countOpenTimes('1m', one.session, { from: fromTime, to: toTime + MINUTE }),
  );
  expect(rows.map((gap) => gap.bars)).toEqual(counted);
});

test('an old year of a stock that is watched leaves what lies between unwanted', async () => {
  const one = tracked('OLDUSDT', 'us-equity');
  const lately = Date.parse('2026-11-17T14:30Z');
  await lookForGaps(db, one, { timeframe: '1m', from: lately, until: NOW, now: NOW });
  const from = Date.parse('2016-01-04T00:00Z');
  const until = Date.parse('2017-01-01T00:00Z');
  await asked(one, { from, until });
  const year = countOpenTimes('1m', one.session, { from, to: until });
  expect(year).toBe(252 * 390 - 180);
  expect(await cellOf(one)).toEqual({ expected: year + 390, missing: year + 390 });
  const rows = await loadGaps(db, { instrument: one.id, timeframe: '1m', from: 0, to: NOW });
  const unwanted = rows.filter(({ outcome }) => outcome === 'unwanted');
  expect(unwanted.map(({ bars }) => bars)).toEqual([
    countOpenTimes('1m', one.session, { from: until, to: lately }),
  ]);
});

test('the last bar of a session that is missing is one gap, however often it is looked for', async () => {
  const one = tracked('LASTUSDT', 'us-equity');
  const close = Date.parse('2026-11-17T21:00Z');
  for (const timeframe of ['4h', '1d'] as const) {
    const from = timeframe === '1d' ? Date.parse('2026-11-17') : Date.parse('2026-11-17T20:00Z');
    const look = { timeframe, from, now: NOW };
    expect(await lookForGaps(db, one, { ...look, until: close })).toBe(1);
    expect(await lookForGaps(db, one, { ...look, until: NOW })).toBe(0);
    expect(await cellOf(one, timeframe)).toEqual({ expected: 1, missing: 1 });
  }
});
