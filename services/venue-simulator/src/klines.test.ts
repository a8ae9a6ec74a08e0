import type { MarketTick } from '@ballast/sim-core';
import { expect, test } from 'vitest';
import {
  addTick,
  aggregate,
  barsBetween,
  closeUntil,
  createKlines,
  dayOf,
  MINUTES_KEPT,
  openBefore,
  reviseBar,
} from './klines.ts';

const tick = (priceTicks: number, sizeLots: number): MarketTick => ({
  offsetMs: 0,
  priceTicks,
  sizeLots,
  taker: 'buy',
  bidTicks: priceTicks - 1,
  askTicks: priceTicks,
  depthLots: 1,
});

test('a minute keeps its first, highest, lowest and last price, and its volume', () => {
  const klines = createKlines();
  for (const price of [100, 105, 98, 101]) addTick(klines, 61_000, tick(price, 2));
  expect(addTick(klines, 120_000, tick(110, 1))).toMatchObject([
    {
      openTime: 60_000,
      open: 100,
      high: 105,
      low: 98,
      close: 101,
      lots: 8,
      turnover: 808,
      trades: 4,
    },
  ]);
  expect(klines.running).toMatchObject({ openTime: 120_000, open: 110, lots: 1 });
});

test('minutes without a trade repeat the last price, and a trade opens its own minute', () => {
  const klines = createKlines();
  addTick(klines, 60_000, tick(100, 1));
  const closed = closeUntil(klines, 240_500);
  expect(closed.map(({ openTime, close, lots }) => [openTime, close, lots])).toEqual([
    [60_000, 100, 1],
    [120_000, 100, 0],
    [180_000, 100, 0],
  ]);
  addTick(klines, 240_900, tick(103, 1));
  expect(klines.running).toMatchObject({ openTime: 240_000, open: 103, low: 103, high: 103 });
});

test('where minutes open at the close of the one before, their first trade opens none', () => {
  const klines = createKlines();
  klines.opensAtLastClose = true;
  for (const price of [100, 105]) addTick(klines, 60_000, tick(price, 1));
  for (const price of [108, 110]) addTick(klines, 120_000, tick(price, 1));
  const running = { openTime: 120_000, open: 105, low: 105, high: 110, close: 110, trades: 2 };
  expect(klines.running).toMatchObject(running);
});

test('a very long silence does not fill the memory', () => {
  const klines = createKlines();
  addTick(klines, 60_000, tick(100, 1));
  expect(closeUntil(klines, 60_000 * 1_000_000).length).toBeLessThan(5);
  const first = 1_000_000;
  const last = first + 2 * MINUTES_KEPT;
  for (let minute = first; minute <= last; minute += 1) {
    addTick(klines, 60_000 * minute, tick(minute, 1));
  }
  const bars = barsBetween(klines);
  expect(bars.length).toBeGreaterThan(MINUTES_KEPT);
  expect(klines.cells.length).toBeLessThan(1.2 * 7 * MINUTES_KEPT);
  expect(bars.map(({ openTime, close }) => [openTime, close])).toEqual(
    bars.map((_bar, index) => {
      const minute = last - bars.length + 1 + index;
      return [60_000 * minute, minute];
    }),
  );
});

test('minutes are told by their opening, both ends included, the running one among them', () => {
  const klines = createKlines();
  for (let minute = 1; minute <= 5; minute += 1) addTick(klines, minute * 60_000, tick(minute, 1));
  const opens = (from: number, to: number): number[] =>
    barsBetween(klines, from, to).map(({ openTime }) => openTime / 60_000);
  expect(opens(0, 1e15)).toEqual([1, 2, 3, 4, 5]);
  expect(opens(60_001, 240_000)).toEqual([2, 3, 4]);
  expect(opens(300_000, 300_000)).toEqual([5]);
  expect(opens(360_000, 1e15)).toEqual([]);
});

test('a minute can be made another one, whether it is closed or runs', () => {
  const klines = createKlines();
  for (const minute of [1, 2, 3]) addTick(klines, minute * 60_000, tick(100 + minute, 1));
  const bars = barsBetween(klines);
  const revised = bars.map((bar) => ({ ...bar, high: bar.high + 50, lots: 9 }));
  expect(revised.map((bar) => reviseBar(klines, bar))).toEqual([true, true, true]);
  expect(barsBetween(klines)).toEqual(revised);
  const [bar] = revised;
  if (bar === undefined) throw new Error('no bar');
  expect(reviseBar(klines, { ...bar, openTime: 0 })).toBe(false);
  expect(dayOf(klines)).toMatchObject({ high: 153, lots: 27 });
});

test('the day is the last 24 hours and no more', () => {
  const klines = createKlines();
  expect(dayOf(klines)).toBeNull();
  addTick(klines, 60_000, tick(500, 7));
  for (let minute = 2; minute <= 1_440; minute += 1) {
    addTick(klines, minute * 60_000, tick(minute === 700 ? 50 : 100, 1));
  }
  expect(dayOf(klines)).toMatchObject({ open: 500, high: 500, low: 50, lots: 7 + 1_439 });
  expect(openBefore(klines, 1_439)).toBe(500);
  addTick(klines, 1_441 * 60_000, tick(120, 1));
  expect(dayOf(klines)).toMatchObject({ open: 100, high: 120, low: 50, lots: 1_440 });
});

test('longer bars are made of their minutes', () => {
  const klines = createKlines();
  [10, 12, 9, 11, 20, 21].forEach((price, minute) =>
    addTick(klines, 300_000 + minute * 60_000, tick(price, 1)),
  );
  const five = aggregate(barsBetween(klines), (at) => at - (at % 300_000));
  expect(five.map((bar) => [bar.openTime, bar.open, bar.high, bar.low])).toEqual([
    [300_000, 10, 20, 9],
    [600_000, 21, 21, 21],
  ]);
  expect(five[0]).toMatchObject({ close: 20, lots: 5, turnover: 62, trades: 5 });
});
