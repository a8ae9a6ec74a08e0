import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BAR_POINTS, barTicks, type RecordedBar, tradeTick } from './replay.ts';

const TIMING = { startMs: 60_000, widthMs: 60_000 };

const bar = fc
  .record({
    low: fc.integer({ min: 1, max: 1_000_000 }),
    range: fc.integer({ min: 0, max: 5_000 }),
    open: fc.double({ min: 0, max: 1, noNaN: true }),
    close: fc.double({ min: 0, max: 1, noNaN: true }),
    volumeLots: fc.integer({ min: 0, max: 1_000_000 }),
  })
  .map(({ low, range, open, close, volumeLots }): RecordedBar => ({
    openTicks: low + Math.round(range * open),
    highTicks: low + range,
    lowTicks: low,
    closeTicks: low + Math.round(range * close),
    volumeLots,
  }));

test('a bar becomes a path through its open, extremes and close, with its whole volume', () => {
  fc.assert(
    fc.property(bar, (recorded) => {
      const ticks = barTicks(recorded, TIMING, recorded.openTicks, 10);
      const prices = ticks.map((tick) => tick.priceTicks);
      expect(ticks).toHaveLength(BAR_POINTS);
      expect(prices[0]).toBe(recorded.openTicks);
      expect(prices.at(-1)).toBe(recorded.closeTicks);
      expect(Math.max(...prices)).toBe(recorded.highTicks);
      expect(Math.min(...prices)).toBe(recorded.lowTicks);
      expect(ticks.reduce((sum, tick) => sum + tick.sizeLots, 0)).toBe(recorded.volumeLots);
      const times = ticks.map((tick) => tick.offsetMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBe(60_000);
      expect(times.at(-1)).toBeLessThan(120_000);
    }),
  );
});

test('scarce volume trades at the four prices of the bar first', () => {
  const scarce = { openTicks: 100, highTicks: 130, lowTicks: 95, closeTicks: 120, volumeLots: 4 };
  const traded = barTicks(scarce, TIMING, 100, 10).filter((tick) => tick.sizeLots > 0);
  expect(traded.map((tick) => tick.priceTicks)).toEqual([100, 95, 130, 120]);
});

test.each([
  ['the high when it is nearer to the open', 104, [104, 95]],
  ['the low when it is nearer to the open', 130, [95, 130]],
  ['the low when both are as near', 105, [95, 105]],
])('the path turns first at %s', (_name, highTicks, turns) => {
  const recorded = { openTicks: 100, highTicks, lowTicks: 95, closeTicks: 100, volumeLots: 12 };
  const prices = barTicks(recorded, TIMING, 100, 10).map((tick) => tick.priceTicks);
  const found = prices.filter((price) => turns.includes(price));
  expect([...new Set(found)]).toEqual(turns);
});

test('a trade without a side takes the side of its move', () => {
  const trade = (priceTicks: number, before: number) =>
    tradeTick(
      { priceTicks, sizeLots: 1, taker: null },
      0,
      { priceTicks: before, taker: 'sell' },
      5,
    );
  expect(trade(101, 100).taker).toBe('buy');
  expect(trade(99, 100).taker).toBe('sell');
  expect(trade(100, 100).taker).toBe('sell');
  expect(trade(101, 100)).toMatchObject({ bidTicks: 100, askTicks: 101 });
});
