import {
  type Bar,
  type Instrument,
  instrumentId,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fetchRecent, startAwaitedMinutes } from './recent-bars.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-18T12:00Z');
const log = createLogger('market-data-test', 'silent');
const instrument: Instrument = {
  id: instrumentId('alpaca', 'stock', 'AAPL'),
  ...{ baseCurrency: 'AAPL', quoteCurrency: 'USD', minNotional: 0n, sector: null },
  ...{ tickSize: parseScaled('0.01'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
  ...{ minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('1000') },
  session: 'continuous',
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

const barOf = (openTime: number): Bar => ({
  ...{ instrument: instrument.id, timeframe: '1m', openTime, tradeCount: 0, missing: 0 },
  ...{ open: '1', high: '2', low: '1', close: '2', volume: '3' },
  ...{ state: 'closed', source: 'alpaca', builtFrom: 'venue' },
});

/** Minutes after noon that a venue which has none of them is asked for, from the oldest one on. */
function quiet(openTimes: readonly number[]) {
  const asked: number[] = [];
  const told: Bar[] = [];
  const pipeline = {
    awaited: () => [
      { instrument, openTimes: openTimes.filter((openTime) => openTime + MINUTE <= Date.now()) },
    ],
    venueBar: (bar: Bar) => void told.push(bar),
  };
  const fetch = (_of: Instrument, from: number): Promise<Bar[]> => {
    asked.push((from - NOON) / MINUTE);
    return Promise.resolve([]);
  };
  return { asked, watch: startAwaitedMinutes({ pipeline, fetch, now: Date.now, log }) };
}

test('a minute that the venue does not have either is asked for twice, not for ever', async () => {
  const { asked, watch } = quiet([NOON]);
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(asked).toEqual([0, 0]);
  await watch.stop();
});

test('each quiet minute is asked for, and not those before it again', async () => {
  const { asked, watch } = quiet([NOON, NOON + 2 * MINUTE]);
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(asked).toEqual([0, 0, 2, 2]);
  await watch.stop();
});

/** What is told on of the minute of noon, which is in an answer `at` ms after its end. */
async function toldOfNoon(at: number): Promise<Bar['state'][]> {
  const told: Bar[] = [];
  const openTimes = [NOON - 2 * MINUTE];
  const pipeline = {
    awaited: () => [{ instrument, openTimes }],
    venueBar: (bar: Bar) => void told.push(bar),
  };
  const fetch = (): Promise<Bar[]> => Promise.resolve([barOf(NOON - 2 * MINUTE), barOf(NOON)]);
  vi.setSystemTime(NOON + MINUTE + at - 1);
  const watch = startAwaitedMinutes({ pipeline, fetch, now: Date.now, log, everyMs: 1 });
  await vi.advanceTimersByTimeAsync(1);
  await watch.stop();
  expect(told[0]?.openTime).toBe(NOON - 2 * MINUTE);
  return told.slice(1).map(({ state }) => state);
}

test('what a venue says of a minute in its first seconds after it is not its last word', async () => {
  expect(await toldOfNoon(1)).toEqual([]);
  expect(await toldOfNoon(4_999)).toEqual([]);
  expect(await toldOfNoon(5_000)).toEqual(['closed']);
});

/** A venue that is asked at `begin`, and tells each minute a while after the clock has ended it. */
async function historyAt(begin: number, early = 0) {
  let at = begin;
  const asked: number[] = [];
  const fetch = (_of: Instrument, from: number): Promise<Bar[]> => {
    asked.push(at);
    const told = [NOON - MINUTE, NOON, NOON + MINUTE].filter((one) => one >= from && one < at);
    const isWhole = (openTime: number): boolean => at >= openTime + MINUTE + 1_000;
    return Promise.resolve(
      told.map((one) => ({ ...barOf(one), volume: isWhole(one) ? '3' : '2' })),
    );
  };
  let sooner = early;
  const wait = (ms: number): Promise<void> => {
    at += ms - sooner;
    sooner = 0;
    return Promise.resolve();
  };
  const bars = await fetchRecent([instrument], NOON - MINUTE, { fetch, now: () => at, log, wait });
  return { bars, asked };
}

test('history is asked for once, when the minute that has just ended is whole', async () => {
  const whole = { bars: [barOf(NOON - MINUTE), barOf(NOON)], asked: [NOON + MINUTE + 5_000] };
  expect(await historyAt(NOON + MINUTE + 200)).toEqual(whole);
  expect(await historyAt(NOON + MINUTE + 5_000)).toEqual(whole);
  expect(await historyAt(NOON + MINUTE + 200, 1), 'a timer that fires early').toEqual(whole);
});
