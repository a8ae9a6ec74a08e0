import { expect, test } from 'vitest';
import { plainCross } from './backtest-plain.ts';
import { compare, wholeBars } from './backtest.ts';

test('the engine makes the trades of a plain loop over the same bars, to the cent', () => {
  const bars = wholeBars(6_000);
  const { trades, equity } = compare(bars);
  expect(trades).toBeGreaterThan(50);
  expect(equity).not.toBe(1_000_000);
  const terms = {
    ...{ fast: 10, slow: 30, range: 14, warmUp: 98, stopRanges: 3, targetRanges: 5.9 },
    ...{ makerFee: 0.0001, takerFee: 0.0001, cash: 1_000_000, risk: 0.001, notional: 0.01 },
    lotsToOne: 1_000,
  };
  const other = plainCross(bars, terms).equity.at(-1);
  expect(other, 'another target is another result').not.toBeCloseTo(equity, 2);
});
