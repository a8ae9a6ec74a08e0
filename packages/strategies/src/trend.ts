import { atr, type Columns, ema } from '@ballast/indicators';
import { Layout } from './layout.ts';
import { forgottenByEma, forgottenByWilder } from './warm-up.ts';

export type TrendPeriods = {
  readonly fastPeriod: number;
  readonly slowPeriod: number;
  readonly rangePeriod: number;
};

/** The beginning of a layout: two exponential averages of closes and the average true range. */
export function trendPlaces({ fastPeriod, slowPeriod, rangePeriod }: TrendPeriods) {
  const layout = new Layout();
  const [fast, slow, range] = [ema(fastPeriod), ema(slowPeriod), atr(rangePeriod)];
  return {
    ...{ layout, fast, slow, range },
    ...{ FAST: layout.place(fast), SLOW: layout.place(slow), RANGE: layout.place(range) },
    seen: {
      ...{ emaFast: layout.unknown(), emaSlow: layout.unknown() },
      averageTrueRange: layout.unknown(),
    },
    warmUp: Math.max(forgottenByEma(slowPeriod), forgottenByWilder(rangePeriod)),
  };
}

export function stepTrend(
  { fast, slow, range, FAST, SLOW, RANGE, seen }: ReturnType<typeof trendPlaces>,
  state: Float64Array,
  at: number,
  { high, low, close }: Columns,
  row: number,
): void {
  const price = close[row] ?? NaN;
  const ranged = range.step(state, at + RANGE, high[row] ?? NaN, low[row] ?? NaN, price);
  state[at + seen.emaFast] = fast.step(state, at + FAST, price);
  state[at + seen.emaSlow] = slow.step(state, at + SLOW, price);
  state[at + seen.averageTrueRange] = ranged;
}
