import { assertPeriod, type PlainStateIndicator } from './plain-state-indicator.ts';

export type HighLowClose = {
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

/** `count` true ranges were seen; `sum` is that of the first `period` of them. */
export type AverageTrueRangeState = {
  readonly previousClose: number | null;
  readonly count: number;
  readonly sum: number;
  readonly value: number;
};

/**
 * Average true range after Wilder (New Concepts in Technical Trading Systems, 1978). The first bar
 * has no previous close and so no true range: the first value comes after `period` + 1 bars.
 */
export function averageTrueRange(
  period: number,
): PlainStateIndicator<AverageTrueRangeState, HighLowClose, number> {
  assertPeriod(period, 1);
  return {
    warmUp: period + 1,
    initial: () => ({ previousClose: null, count: 0, sum: 0, value: 0 }),
    step(state, bar) {
      const previousClose = bar.close;
      if (state.previousClose === null) return { state: { ...state, previousClose }, value: null };
      const range = trueRange(bar, state.previousClose);
      if (state.count === period) {
        const value = (state.value * (period - 1) + range) / period;
        return { state: { ...state, previousClose, value }, value };
      }
      const count = state.count + 1;
      const sum = state.sum + range;
      const complete = count === period;
      const value = complete ? sum / period : 0;
      return { state: { previousClose, count, sum, value }, value: complete ? value : null };
    },
  };
}

function trueRange(bar: HighLowClose, previousClose: number): number {
  return Math.max(bar.high, previousClose) - Math.min(bar.low, previousClose);
}
