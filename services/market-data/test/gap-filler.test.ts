import {
  barsBetween,
  type Database,
  loadGaps,
  openDatabase,
  recordLook,
  saveBars,
} from '@ballast/db';
import type { Bar } from '@ballast/domain';
import { FeedError, type History } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { createGapFiller } from '../src/backfill/gap-filler.ts';
import { instrumentOf, keptBy } from './kept-bars.fixture.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-18T12:00Z');
const NOW = NOON + 3_600_000;
const log = createLogger('test', 'silent');
let database: TestDatabase;
let db: Database;
let clock = NOW;
/** What the venue has, by minute after noon, and what it says instead of answering. */
let kept: Set<number>;
let fault: string | null;
let hearsAll: boolean;
let asked: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase(database.urls['market-data']);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(() => {
  clock = NOW;
  kept = new Set(Array.from({ length: 60 }, (_, index) => index));
  fault = null;
  hearsAll = true;
  asked = [];
});

const history: History = {
  source: 'bybit',
  timeframes: () => ['1m'],
  hearsAll: () => hearsAll,
  async *bars({ instrument, symbol }, timeframe, from, to) {
    const first = (from - NOON) / MINUTE;
    asked.push(`${symbol} ${first}-${(to - NOON) / MINUTE - 1}`);
    if (fault !== null) throw new FeedError(fault, 'said so');
    for (let index = first; NOON + index * MINUTE < to; index += 1) {
      if (!kept.has(index)) continue;
      const bar: Bar = {
        ...{ instrument: instrument.id, timeframe, openTime: NOON + index * MINUTE },
        ...{ open: '1', high: '2', low: '1', close: '2', volume: '3', tradeCount: 0 },
        ...{ state: 'backfilled', source: 'bybit', builtFrom: 'venue', missing: 0 },
      };
      yield [bar];
    }
  },
  close: async () => undefined,
};

/** A gap from one minute to another, both missing. */
async function gap(symbol: string, from: number, to: number): Promise<void> {
  await recordLook(db, {
    ...{ instrument: instrumentOf(symbol).id, timeframe: '1m', fromTime: NOON, checkedUntil: NOW },
    gaps: [{ from: NOON + from * MINUTE, to: NOON + to * MINUTE, bars: to - from + 1 }],
    now: NOW,
  });
}

async function gapsOf(symbol: string): Promise<string[]> {
  const rows = await loadGaps(db, { instrument: instrumentOf(symbol).id, from: 0, to: NOW });
  return rows.map(({ fromTime, toTime, outcome }) => {
    const minutes = [fromTime, toTime].map((time) => (time - NOON) / MINUTE);
    return `${minutes.join('-')} ${outcome ?? 'open'}`;
  });
}

function filler(symbol: string) {
  const route = { instrument: instrumentOf(symbol), symbol };
  const historyOf = (id: string) => (id === route.instrument.id ? { route, history } : null);
  return createGapFiller({ db, historyOf, reachMs: 86_400_000, now: () => clock, log });
}

test('the newest gap is filled first, and its wider bars are made anew', async () => {
  await gap('BTCUSDT', 5, 9);
  await gap('BTCUSDT', 20, 34);
  const { fill, counts } = filler('BTCUSDT');
  await fill();
  expect(asked).toEqual(['BTCUSDT 20-34', 'BTCUSDT 5-9']);
  expect(await gapsOf('BTCUSDT')).toEqual([]);
  expect(counts).toEqual({ gapsFilled: 2, barsBackfilled: 20, failedFills: 0 });
  const wide = await barsBetween(db, instrumentOf('BTCUSDT').id, '15m', { from: NOON, to: NOW });
  expect(
    wide.map(({ openTime, missing, state }) => [(openTime - NOON) / MINUTE, missing, state]),
  ).toEqual([
    [0, 10, 'backfilled'],
    [15, 5, 'backfilled'],
    [30, 10, 'backfilled'],
  ]);
});

test('a bar of trades before a gap may lack its last ones: it is asked for too', async () => {
  const { id } = instrumentOf('AVAXUSDT');
  const made = (minute: number, builtFrom: Bar['builtFrom']): Bar => ({
    ...{ instrument: id, timeframe: '1m', openTime: NOON + minute * MINUTE, builtFrom },
    ...{ open: '1', high: '1', low: '1', close: '1', volume: '2', tradeCount: 2 },
    ...{ state: 'closed', source: 'bybit', missing: 0 },
  });
  await saveBars(db, [made(3, 'trades'), made(4, 'trades'), made(19, 'venue')]);
  await gap('AVAXUSDT', 5, 9);
  await gap('AVAXUSDT', 20, 24);
  await filler('AVAXUSDT').fill();
  expect(asked).toEqual(['AVAXUSDT 20-24', 'AVAXUSDT 4-9']);
  expect(await gapsOf('AVAXUSDT')).toEqual([]);
  const range = { from: NOON, to: NOON + 4 * MINUTE };
  expect(await barsBetween(db, id, '1m', range)).toMatchObject([
    { volume: '2', state: 'closed' },
    { high: '2', close: '2', volume: '3', state: 'corrected', builtFrom: 'venue' },
  ]);
  const [wide] = await barsBetween(db, id, '5m', range);
  expect(wide, 'also the wide bar that ends with it').toMatchObject({ volume: '5', close: '2' });
});

test('a wide bar that has just ended waits for its last minute', async () => {
  await gap('DOGEUSDT', 50, 51);
  clock = NOW + 1_000;
  await filler('DOGEUSDT').fill();
  const { id } = instrumentOf('DOGEUSDT');
  const range = { from: NOON, to: NOW };
  expect(await barsBetween(db, id, '1m', range), 'minutes').toHaveLength(2);
  expect(await barsBetween(db, id, '15m', range)).toEqual([]);
  expect(await barsBetween(db, id, '5m', range)).toMatchObject([
    { openTime: NOON + 50 * MINUTE, missing: 3 },
  ]);
});

test('a gap that a job was made of is left to it', async () => {
  await gap('XRPUSDT', 5, 9);
  await gap('XRPUSDT', 20, 34);
  const route = { instrument: instrumentOf('XRPUSDT'), symbol: 'XRPUSDT' };
  const { fill } = createGapFiller({
    ...{ db, historyOf: () => ({ route, history }), reachMs: 86_400_000, now: () => clock, log },
    jobForGap: async ({ instrument, bars }) => instrument !== route.instrument.id || bars > 10,
  });
  await fill();
  expect(asked).toEqual(['XRPUSDT 5-9']);
  expect(await gapsOf('XRPUSDT')).toEqual(['20-34 open']);
});

test('what the venue does not have either is empty and not asked for again', async () => {
  await gap('ETHUSDT', 5, 9);
  kept.delete(6);
  const { fill } = filler('ETHUSDT');
  await fill();
  await fill();
  expect(await gapsOf('ETHUSDT')).toEqual(['6-6 empty']);
  expect(asked).toEqual(['ETHUSDT 5-9']);
});

test('what one exchange alone does not have is not called untraded, and not asked for again', async () => {
  hearsAll = false;
  await gap('LTCUSDT', 5, 9);
  for (const minute of [6, 7]) kept.delete(minute);
  const { fill } = filler('LTCUSDT');
  await fill();
  await fill();
  expect(await gapsOf('LTCUSDT')).toEqual(['6-7 unheard']);
  expect(asked).toEqual(['LTCUSDT 5-9']);
  const { id } = instrumentOf('LTCUSDT');
  const [row] = await loadGaps(db, { instrument: id, from: 0, to: NOW });
  expect(row).toMatchObject({ source: 'bybit', bars: 2 });
});

test('a venue that is away is asked again soon, a gap that it refuses much later', async () => {
  await gap('SOLUSDT', 1, 2);
  await gap('SOLUSDT', 4, 5);
  const { fill } = filler('SOLUSDT');
  fault = 'HISTORY_UNREACHABLE';
  await fill();
  await fill();
  expect(asked, 'one question, then a pause').toEqual(['SOLUSDT 4-5']);
  clock += 30_000;
  fault = 'HISTORY_REFUSED';
  await fill();
  await fill();
  expect(asked.slice(1), 'each gap once').toEqual(['SOLUSDT 4-5', 'SOLUSDT 1-2']);
  expect(await gapsOf('SOLUSDT')).toEqual(['1-2 open', '4-5 open']);
  clock += 30 * MINUTE;
  fault = null;
  await fill();
  expect(await gapsOf('SOLUSDT')).toEqual([]);
});

test('a source that is away, or answers late, keeps no gap of another open', async () => {
  const [near, far] = [instrumentOf('ADAUSDT'), instrumentOf('BNBUSDT')];
  const late = Promise.withResolvers<void>();
  let [isAway, questions] = [true, 0];
  const ofFar = keptBy(far, () => {
    questions += 1;
    if (isAway) throw new FeedError('HISTORY_UNREACHABLE', 'said so');
    return late.promise;
  });
  const { fill } = createGapFiller({
    ...{ db, reachMs: 86_400_000, now: () => clock, log },
    historyOf(id) {
      if (id === near.id) return { route: { instrument: near, symbol: 'ADAUSDT' }, history };
      return id === far.id ? { ...ofFar, history: { ...ofFar.history, source: 'ibkr' } } : null;
    },
  });
  await gap('ADAUSDT', 5, 6);
  // The newest of all, as it is while its market is open.
  await gap('BNBUSDT', 20, 21);
  await fill();
  expect(questions).toBe(1);
  expect(await gapsOf('ADAUSDT'), 'the other is away').toEqual([]);
  await gap('ADAUSDT', 11, 12);
  await fill();
  expect(await gapsOf('ADAUSDT'), 'the other is left alone').toEqual([]);
  expect(questions).toBe(1);
  isAway = false;
  clock += 30_000;
  const slow = fill();
  await vi.waitFor(() => expect(questions).toBe(2));
  await gap('ADAUSDT', 8, 9);
  await fill();
  expect(await gapsOf('ADAUSDT'), 'the other has not answered').toEqual([]);
  expect(questions, 'one turn at a time').toBe(2);
  late.resolve();
  await slow;
  expect(await gapsOf('BNBUSDT')).toEqual([]);
});
