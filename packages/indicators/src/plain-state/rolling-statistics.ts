import { assertPeriod, type PlainStateIndicator } from './plain-state-indicator.ts';

/** The newest inputs, oldest first, at most `period` of them. */
export type RollingStatisticsState = { readonly window: readonly number[] };

export type RollingStatistics = {
  readonly mean: number;
  /** Population standard deviation (divided by n, as Bollinger and TA-Lib have it). */
  readonly standardDeviation: number;
};

/**
 * Mean and standard deviation of the last `period` inputs. Both are taken from the window anew at
 * each step, in two passes: a running sum would gather rounding errors for as long as the process
 * lives, and a running sum of squares loses everything when the prices are large and calm.
 */
export function rollingStatistics(
  period: number,
): PlainStateIndicator<RollingStatisticsState, number, RollingStatistics> {
  assertPeriod(period, 2);
  return {
    warmUp: period,
    initial: () => ({ window: [] }),
    step(state, input) {
      const kept = state.window.length === period ? state.window.slice(1) : state.window;
      const window = [...kept, input];
      return { state: { window }, value: window.length < period ? null : statisticsOf(window) };
    },
  };
}

function statisticsOf(window: readonly number[]): RollingStatistics {
  let sum = 0;
  for (const input of window) sum += input;
  const mean = sum / window.length;
  let squares = 0;
  for (const input of window) squares += (input - mean) ** 2;
  return { mean, standardDeviation: Math.sqrt(squares / window.length) };
}
