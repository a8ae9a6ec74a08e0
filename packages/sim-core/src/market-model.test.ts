import { expect, test } from 'vitest';
import { createMarketModel, type MarketModel, nextTick } from './market-model.ts';

const SHAPE = {
  startTicks: 965_000,
  meanIntervalMs: 160,
  meanSizeLots: 400,
  minuteDeviation: 0.0006,
};

const model = (seed: string): MarketModel => createMarketModel({ seed, ...SHAPE });

test('the same seed gives the same path, another seed another one', () => {
  const path = (seed: string): string => {
    const market = model(seed);
    return JSON.stringify(Array.from({ length: 2_000 }, () => nextTick(market)));
  };
  expect(path('7')).toBe(path('7'));
  expect(path('7')).not.toBe(path('8'));
});

test('a stored model goes on as the one it was stored from', () => {
  const first = model('3');
  for (let index = 0; index < 500; index += 1) nextTick(first);
  const second = structuredClone(first);
  expect(nextTick(second)).toEqual(nextTick(first));
});

test('a minute ranges over some 0.05 to 0.15 %, and quotes stay one or two ticks apart', () => {
  const market = model('1');
  const minutes = new Map<number, { high: number; low: number }>();
  for (let index = 0; index < 100_000; index += 1) {
    const tick = nextTick(market);
    expect([1, 2]).toContain(tick.askTicks - tick.bidTicks);
    expect([tick.bidTicks, tick.askTicks]).toContain(tick.priceTicks);
    expect(tick.sizeLots).toBeGreaterThan(0);
    const minute = Math.floor(tick.offsetMs / 60_000);
    const bar = minutes.get(minute) ?? { high: tick.priceTicks, low: tick.priceTicks };
    bar.high = Math.max(bar.high, tick.priceTicks);
    bar.low = Math.min(bar.low, tick.priceTicks);
    minutes.set(minute, bar);
  }
  const ranges = [...minutes.values()].map(({ high, low }) => (high - low) / low);
  const mean = ranges.reduce((sum, range) => sum + range, 0) / ranges.length;
  expect(mean).toBeGreaterThan(0.0005);
  expect(mean).toBeLessThan(0.0015);
});

test('times go forward and trades come at the mean interval', () => {
  const market = model('2');
  let before = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const { offsetMs } = nextTick(market);
    expect(offsetMs).toBeGreaterThan(before);
    before = offsetMs;
  }
  expect(before / 10_000).toBeGreaterThan(150);
  expect(before / 10_000).toBeLessThan(170);
});
