import { barsBetween, type Database, loadGaps, openDatabase, saveBars } from '@ballast/db';
import type { Bar, Instrument, Timeframe } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { startGapWatch } from '../src/coverage/gap-watch.ts';
import { startRollWatch } from '../src/rolling/roll-watch.ts';
import { stockOf } from './kept-bars.fixture.ts';

const MINUTE = 60_000;
const OPEN = Date.parse('2026-07-14T13:30Z');
const CLOSE = Date.parse('2026-07-14T20:00Z');
/** The day's last bars have ended, and nobody has made them yet. */
const STOPPED = CLOSE + 5_000;
const log = createLogger('test', 'silent');
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

async function storeDay(instrument: Instrument): Promise<void> {
  const count = (CLOSE - OPEN) / MINUTE;
  await saveBars(
    db,
    Array.from({ length: count }, (_, index): Bar => ({
      ...{ instrument: instrument.id, timeframe: '1m', openTime: OPEN + index * MINUTE },
      ...{ open: '1', high: '1', low: '1', close: '1', volume: '1', tradeCount: 1 },
      ...{ state: 'closed', source: 'alpaca', builtFrom: 'trades', missing: 0 },
    })),
  );
}

/** What one watch after the other makes of a day's minutes: each began and ended at its times. */
async function watchFrom(instrument: Instrument, begin: number, end: number): Promise<string[]> {
  const clock = { now: begin };
  const parts = { db, instruments: () => [instrument], now: () => clock.now, log };
  const rolls = startRollWatch({ ...parts, begin: begin - 10 * MINUTE });
  const fill = vi.fn(() => Promise.resolve());
  const onCome = rolls.storedLate;
  const gaps = startGapWatch({ ...parts, begin, fill, onCome });
  await vi.waitFor(() => expect(fill).toHaveBeenCalledTimes(1));
  await rolls.rollNow();
  clock.now = end;
  await rolls.rollNow();
  gaps.lookNow();
  await vi.waitFor(() => expect(fill).toHaveBeenCalledTimes(2));
  await gaps.stop();
  await rolls.stop();
  const rows = await loadGaps(db, { instrument: instrument.id, from: 0, to: end });
  return rows.filter(({ endedAt }) => endedAt === null).map(({ timeframe }) => timeframe);
}

const stored = async ({ id }: Instrument, timeframe: Timeframe): Promise<number[]> =>
  (await barsBetween(db, id, timeframe, { from: 0, to: CLOSE })).map(({ missing }) => missing);

test('a day is made when its session ends, not when its date does', async () => {
  const instrument = stockOf('AAPL');
  await storeDay(instrument);
  expect(await watchFrom(instrument, CLOSE - 5 * MINUTE, CLOSE + MINUTE)).toEqual([]);
  expect(await stored(instrument, '1d')).toEqual([0]);
  expect(await stored(instrument, '1w'), 'it goes on until Friday').toEqual([]);
});

test('who begins in the evening makes the day that was not made', async () => {
  const instrument = stockOf('MSFT');
  await storeDay(instrument);
  await watchFrom(instrument, CLOSE - 60 * MINUTE, STOPPED);
  expect(await stored(instrument, '1d')).toEqual([]);
  const evening = CLOSE + 60 * MINUTE;
  expect(await watchFrom(instrument, evening, evening + MINUTE)).toEqual([]);
  expect(await stored(instrument, '1d')).toEqual([0]);
});

test('who begins in the morning makes the day before that was not made', async () => {
  const instrument = stockOf('IBM');
  await storeDay(instrument);
  await watchFrom(instrument, CLOSE - 60 * MINUTE, STOPPED);
  expect(await stored(instrument, '1d')).toEqual([]);
  const morning = CLOSE + 16 * 60 * MINUTE;
  expect(await watchFrom(instrument, morning, morning + MINUTE)).toEqual([]);
  expect(await stored(instrument, '1d')).toEqual([0]);
});

test.each([
  ['IN-SECONDS', 40_000],
  ['IN-MINUTES', 5 * MINUTE],
])('a day that was found missing before it was made is missing no more: %s', async (...of) => {
  const [symbol, after] = of;
  const instrument = stockOf(symbol);
  await storeDay(instrument);
  await watchFrom(instrument, CLOSE - 60 * MINUTE, CLOSE - 2 * MINUTE);
  expect(await watchFrom(instrument, CLOSE + after, CLOSE + after + 15_000)).toEqual([]);
  expect(await stored(instrument, '1d')).toEqual([0]);
});

test('a day that was told as missing by who ended before it was made is made', async () => {
  const instrument = stockOf('AMZN');
  await storeDay(instrument);
  await watchFrom(instrument, CLOSE - 60 * MINUTE, STOPPED);
  const evening = CLOSE + 60 * MINUTE;
  const fill = vi.fn(() => Promise.resolve());
  const parts = { db, instruments: () => [instrument], now: () => evening, log };
  const gaps = startGapWatch({ ...parts, begin: evening, fill, onCome: () => undefined });
  await vi.waitFor(() => expect(fill).toHaveBeenCalledTimes(1));
  await gaps.stop();
  expect(await watchFrom(instrument, evening + MINUTE, evening + 2 * MINUTE)).toEqual([]);
  expect(await stored(instrument, '1d')).toEqual([0]);
});

test.each([
  ['an evening', CLOSE + 60 * MINUTE],
  ['a weekend', Date.parse('2026-07-18T15:00Z')],
  ['an evening of winter', Date.parse('2026-11-18T21:30Z')],
])('who begins for the first time in %s wants no bar that was over', async (name, begin) => {
  const instrument = stockOf(`NEW-${name.length}`);
  expect(await watchFrom(instrument, begin, begin + MINUTE)).toEqual([]);
});

test('who begins for the first time in a session wants its day', async () => {
  const instrument = stockOf('TSLA');
  expect(await watchFrom(instrument, OPEN + 61 * MINUTE, CLOSE + 600 * MINUTE)).toContain('1d');
});
