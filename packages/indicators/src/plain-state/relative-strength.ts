import { assertPeriod, type PlainStateIndicator } from './plain-state-indicator.ts';

/** `count` changes were seen; while fewer than `period`, gain and loss hold their sums. */
export type RelativeStrengthState = {
  readonly previous: number | null;
  readonly count: number;
  readonly gain: number;
  readonly loss: number;
};

/**
 * Relative strength index after Wilder, 0 to 100; the first value comes after `period` + 1 inputs.
 * A series that does not move at all is 50, neither strong nor weak; TA-Lib says 0 there, which a
 * strategy would take for the strongest fall there can be.
 */
export function relativeStrength(
  period: number,
): PlainStateIndicator<RelativeStrengthState, number, number> {
  assertPeriod(period, 2);
  return {
    warmUp: period + 1,
    initial: () => ({ previous: null, count: 0, gain: 0, loss: 0 }),
    step(state, input) {
      if (state.previous === null) return { state: { ...state, previous: input }, value: null };
      const change = input - state.previous;
      const up = Math.max(change, 0);
      const down = Math.max(-change, 0);
      if (state.count === period) {
        const gain = (state.gain * (period - 1) + up) / period;
        const loss = (state.loss * (period - 1) + down) / period;
        return { state: { ...state, previous: input, gain, loss }, value: index(gain, loss) };
      }
      const count = state.count + 1;
      const complete = count === period;
      const share = complete ? period : 1;
      const gain = (state.gain + up) / share;
      const loss = (state.loss + down) / share;
      const value = complete ? index(gain, loss) : null;
      return { state: { previous: input, count, gain, loss }, value };
    },
  };
}

function index(gain: number, loss: number): number {
  const total = gain + loss;
  return total === 0 ? 50 : (100 * gain) / total;
}
