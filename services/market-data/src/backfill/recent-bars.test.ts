import type { Bar, Instrument, InstrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { barOf, MINUTE, NOON, stockOf } from './recent-bars.fixture.ts';
import { fetchRecent } from './recent-bars.ts';

const log = createLogger('market-data-test', 'silent');
const instrument = stockOf('AAPL');
const isOver = (): boolean => false;

/** A venue that is asked at `begin`, and tells each minute a while after the clock has ended it. */
async function historyAt(begin: number, early = 0) {
  let at = begin;
  const asked: number[] = [];
  const fetch = (_of: Instrument, from: number): Promise<Bar[]> => {
    asked.push(at);
    const told = [NOON - MINUTE, NOON, NOON + MINUTE].filter((one) => one >= from && one < at);
    const isWhole = (openTime: number): boolean => at >= openTime + MINUTE + 1_000;
    return Promise.resolve(
      told.map((one) => ({ ...barOf(one, instrument), volume: isWhole(one) ? '3' : '2' })),
    );
  };
  let sooner = early;
  const wait = (ms: number): Promise<void> => {
    at += ms - sooner;
    sooner = 0;
    return Promise.resolve();
  };
  const asking = new Set<InstrumentId>();
  const bars: Bar[] = [];
  const store = (found: readonly Bar[]): Promise<void> => {
    bars.push(...found);
    return Promise.resolve();
  };
  await fetchRecent([instrument], NOON - MINUTE, {
    ...{ fetch, store, asking, isOver, now: () => at, log, wait },
  });
  return { bars, asked };
}

test('history is asked for once, when the minute that has just ended is whole', async () => {
  const whole = {
    bars: [barOf(NOON - MINUTE, instrument), barOf(NOON, instrument)],
    asked: [NOON + MINUTE + 5_000],
  };
  expect(await historyAt(NOON + MINUTE + 200)).toEqual(whole);
  expect(await historyAt(NOON + MINUTE + 5_000)).toEqual(whole);
  expect(await historyAt(NOON + MINUTE + 200, 1), 'a timer that fires early').toEqual(whole);
});

const BEGIN = NOON + 10_000;
const stocks = ['A', 'B', 'C', 'D', 'E', 'F'].map(stockOf);

/** A venue, and a store, that refuse some as often as is said. */
async function refusing(
  times: Readonly<Record<string, number>>,
  { notStored = 'NONE', over = isOver }: { notStored?: string; over?: () => boolean } = {},
) {
  let at = BEGIN;
  const left = new Map(Object.entries(times));
  const asked: string[] = [];
  const stored: string[] = [];
  const asking = new Set<InstrumentId>();
  const held: number[] = [];
  const fetch = async (of: Instrument): Promise<Bar[]> => {
    held.push(asking.size);
    asked.push(`${of.baseCurrency} ${String(at - BEGIN)}`);
    const more = left.get(of.baseCurrency) ?? 0;
    left.set(of.baseCurrency, more - 1);
    await Promise.resolve();
    if (more > 0) throw new Error('pacing violation');
    return [barOf(NOON - MINUTE, of)];
  };
  const store = async (bars: readonly Bar[]): Promise<void> => {
    const ids = bars.map((bar) => bar.instrument);
    if (at === BEGIN && ids.includes(stockOf(notStored).id)) throw new Error('database is away');
    stored.push(...ids);
    await Promise.resolve();
  };
  const wait = (ms: number): Promise<void> => {
    held.push(asking.size);
    at += ms;
    return Promise.resolve();
  };
  await fetchRecent(stocks, NOON - MINUTE, {
    ...{ fetch, store, asking, isOver: over, now: () => at, log, wait },
  });
  return { stored: stored.toSorted(), asked, held, asking: asking.size };
}

test('who was refused is asked once more, late enough, and by nobody else meanwhile', async () => {
  const { stored, asked, held, asking } = await refusing({ B: 1, E: 1 });
  expect(asked).toEqual(['A 0', 'B 0', 'C 0', 'D 0', 'E 0', 'F 0', 'B 20000', 'E 20000']);
  expect(stored).toEqual(stocks.map(({ id }) => id));
  expect(held).toEqual([4, 4, 4, 4, 3, 3, 2, 2, 2]);
  expect(asking).toBe(0);
});

test('who is refused again is left to be filled later, and keeps nobody else', async () => {
  const { stored, asked, asking } = await refusing({ B: 2, C: 1 });
  expect(asked.slice(6)).toEqual(['B 20000', 'C 20000']);
  expect(stored).toEqual(stocks.filter((one) => one !== stocks[1]).map(({ id }) => id));
  expect(asking).toBe(0);
});

test('what could not be stored is asked for once more', async () => {
  const { stored, asked } = await refusing({}, { notStored: 'C' });
  expect(asked.slice(6)).toEqual(['C 20000']);
  expect(stored).toEqual(stocks.map(({ id }) => id));
});

test('what came before the tenure was over is stored, and nobody is asked after it', async () => {
  let looks = 0;
  // Looked at before a batch, and before each of its four is stored.
  const { stored, asked } = await refusing({}, { over: () => ++looks > 3 });
  expect(asked).toHaveLength(4);
  expect(stored).toEqual(stocks.slice(0, 2).map(({ id }) => id));
});
