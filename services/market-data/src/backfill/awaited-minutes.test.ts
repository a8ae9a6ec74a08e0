import {
  type Bar,
  type Instrument,
  type InstrumentId,
  instrumentId,
  venueOf,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startAwaitedMinutes } from './awaited-minutes.ts';
import { barOf, MINUTE, NOON, stockOf } from './recent-bars.fixture.ts';

const log = createLogger('market-data-test', 'silent');
const instrument = stockOf('AAPL');
/** Nobody's history is being asked for. */
const asking = new Set<InstrumentId>();
const shared = { asking, sourceOf: venueOf, now: () => Date.now(), log };

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
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
  return { asked, watch: startAwaitedMinutes({ pipeline, fetch, ...shared }) };
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
  const fetch = (): Promise<Bar[]> =>
    Promise.resolve([barOf(NOON - 2 * MINUTE, instrument), barOf(NOON, instrument)]);
  vi.setSystemTime(NOON + MINUTE + at - 1);
  const watch = startAwaitedMinutes({ pipeline, fetch, ...shared, everyMs: 1 });
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

test('a venue that refused is left alone for a while, and asked again', async () => {
  const asked: number[] = [];
  const pipeline = { awaited: () => [{ instrument, openTimes: [NOON] }], venueBar: vi.fn() };
  const fetch = (): Promise<Bar[]> => {
    asked.push(Date.now() - NOON);
    return Promise.reject(new Error('pacing violation'));
  };
  const watch = startAwaitedMinutes({ pipeline, fetch, ...shared });
  await vi.advanceTimersByTimeAsync(MINUTE + 50_000);
  await watch.stop();
  expect(asked).toEqual([MINUTE + 5_000, MINUTE + 25_000, MINUTE + 45_000]);
});

test('the last minute before a silence of hours is asked for, and then those of its end', async () => {
  const before = NOON - 8 * 60 * MINUTE;
  const newest = NOON - MINUTE;
  const of = { instrument, openTimes: [before, NOON - 200 * MINUTE, newest] };
  const told: number[] = [];
  const pipeline = { awaited: () => [of], venueBar: (bar: Bar) => void told.push(bar.openTime) };
  const asked: number[] = [];
  const fetch = (_of: Instrument, from: number, to = Date.now()): Promise<Bar[]> => {
    asked.push(Math.ceil((to - from) / MINUTE));
    const kept = of.openTimes.filter((one) => one >= from && one < to);
    return Promise.resolve(kept.map((openTime) => barOf(openTime, instrument)));
  };
  const watch = startAwaitedMinutes({ ...shared, pipeline, fetch });
  await vi.advanceTimersByTimeAsync(MINUTE);
  await watch.stop();
  expect([...new Set(told)]).toEqual(of.openTimes);
  expect(Math.max(...asked), 'no question is without an end').toBeLessThanOrEqual(241);
  expect(asked).toHaveLength(3);
});

test('an instrument whose history is being asked for is not asked for beside it', async () => {
  const held = new Set([instrument.id]);
  const asked: InstrumentId[] = [];
  const other = stockOf('MSFT');
  const awaited = [instrument, other].map((one) => ({ instrument: one, openTimes: [NOON] }));
  const pipeline = { awaited: () => awaited, venueBar: vi.fn() };
  const fetch = ({ id }: Instrument): Promise<Bar[]> => {
    asked.push(id);
    return Promise.resolve([]);
  };
  const watch = startAwaitedMinutes({ pipeline, fetch, ...shared, asking: held });
  await vi.advanceTimersByTimeAsync(MINUTE + 10_000);
  expect(asked).toEqual([other.id]);
  held.clear();
  await vi.advanceTimersByTimeAsync(5_000);
  await watch.stop();
  expect(asked).toEqual([other.id, instrument.id]);
});

test('a source that keeps us waiting keeps no minute of another waiting', async () => {
  const coin = { ...instrument, id: instrumentId('bybit', 'linear', 'BTCUSDT') };
  const awaited = [instrument, coin].map((one) => ({ instrument: one, openTimes: [NOON] }));
  const waiting = Promise.withResolvers<Bar[]>();
  const told: InstrumentId[] = [];
  const asked: InstrumentId[] = [];
  const pipeline = {
    awaited: () => awaited,
    venueBar: (bar: Bar) => void told.push(bar.instrument),
  };
  const fetch = (one: Instrument): Promise<Bar[]> => {
    asked.push(one.id);
    if (one === coin) return Promise.resolve([barOf(NOON, coin)]);
    return waiting.promise;
  };
  const watch = startAwaitedMinutes({ pipeline, fetch, ...shared });
  await vi.advanceTimersByTimeAsync(MINUTE + 40_000);
  expect(told).toEqual([coin.id, coin.id]);
  expect(asked.filter((id) => id === instrument.id)).toHaveLength(1);
  waiting.resolve([]);
  await watch.stop();
});
