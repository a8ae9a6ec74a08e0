import type { MarketTick } from '@ballast/sim-core';
import { expect, test } from 'vitest';
import { addTick, aggregate, closeUntil, createKlines, MINUTES_MAX } from './klines.ts';

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
    { openTime: 60_000, open: 100, high: 105, low: 98, close: 101, lots: 8, turnover: 808n },
  ]);
  expect(klines.bars.at(-1)).toMatchObject({ openTime: 120_000, open: 110, lots: 1 });
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
  expect(klines.bars.at(-1)).toMatchObject({ openTime: 240_000, open: 103, low: 103, high: 103 });
});

test('a very long silence does not fill the memory', () => {
  const klines = createKlines();
  addTick(klines, 60_000, tick(100, 1));
  expect(closeUntil(klines, 60_000 * 1_000_000).length).toBeLessThan(5);
  for (let minute = 0; minute < MINUTES_MAX + 50; minute += 1) {
    addTick(klines, 60_000 * (1_000_000 + minute), tick(100, 1));
  }
  expect(klines.bars).toHaveLength(MINUTES_MAX);
});

test('longer bars are made of their minutes', () => {
  const klines = createKlines();
  [10, 12, 9, 11, 20, 21].forEach((price, minute) =>
    addTick(klines, 300_000 + minute * 60_000, tick(price, 1)),
  );
  const five = aggregate(klines, 5).map((bar) => [bar.openTime, bar.open, bar.high, bar.low]);
  expect(five).toEqual([
    [300_000, 10, 20, 9],
    [600_000, 21, 21, 21],
  ]);
  expect(aggregate(klines, 5)[0]).toMatchObject({ close: 20, lots: 5, turnover: 62n });
  expect(aggregate(klines, 1)).toHaveLength(6);
});
