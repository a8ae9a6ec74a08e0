import { assertPeriod, type PlainStateIndicator } from './plain-state-indicator.ts';

/** `sum` is that of the first `period` inputs; `value` takes over once they are complete. */
export type ExponentialAverageState = {
  readonly count: number;
  readonly sum: number;
  readonly value: number;
};

/**
 * Exponential moving average, weight 2 / (period + 1), begun with the plain average of the first
 * `period` inputs: the way TA-Lib begins it, so that values can be checked against it.
 */
export function exponentialAverage(
  period: number,
): PlainStateIndicator<ExponentialAverageState, number, number> {
  assertPeriod(period, 1);
  const weight = 2 / (period + 1);
  return {
    warmUp: period,
    initial: () => ({ count: 0, sum: 0, value: 0 }),
    step(state, input) {
      if (state.count === period) {
        const value = state.value + weight * (input - state.value);
        return { state: { ...state, value }, value };
      }
      const count = state.count + 1;
      const sum = state.sum + input;
      const complete = count === period;
      const value = complete ? sum / period : 0;
      return { state: { count, sum, value }, value: complete ? value : null };
    },
  };
}
