import { expect, test } from 'vitest';
import { plainCross } from './backtest-plain.ts';
import { compare, HOUR_MS, SHARES } from './backtest.ts';
import { plainTerms } from './cross-options.ts';
import { wholeBars } from './made-bars.ts';
import { comparePortfolio } from './portfolio.ts';
import { compareSweep } from './sweep.ts';

test('the engine makes the trades of a plain loop over the same bars, to the cent', () => {
  const bars = wholeBars(6_000, HOUR_MS);
  const { trades, equity } = compare(bars, 1);
  expect(trades).toBeGreaterThan(50);
  expect(equity).not.toBe(1_000_000);
  const other = plainCross(bars, { ...plainTerms(SHARES), targetRanges: 5.9 }).equity.at(-1);
  expect(other, 'another target is another result').not.toBeCloseTo(equity, 2);
});

test('so it does with the parameters of a sweep, one after the other', () => {
  const combinations = [5, 12].map((fastPeriod) => ({ fastPeriod, slowPeriod: 130 }));
  const { trades } = compareSweep(wholeBars(3_000, HOUR_MS), combinations);
  expect(trades).toBeGreaterThan(50);
});

test('so it does with many instruments on one account', () => {
  const { trades, equity } = comparePortfolio(20, 400, 1);
  expect(trades).toBeGreaterThan(50);
  expect(equity).not.toBe(1_000_000);
});
