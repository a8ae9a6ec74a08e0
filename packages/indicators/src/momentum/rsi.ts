import { type Indicator, requirePeriod, requireSameLength, type Value } from '../indicator.ts';

const SEEN = 0;
const PREVIOUS = 1;
const GAIN = 2;
const LOSS = 3;

/**
 * Relative strength index (Wilder, New Concepts in Technical Trading Systems, 1978), 0 to 100:
 * the smoothed gains' share of all smoothed changes. Begun with the plain average of the first
 * `period` changes. Warm-up: `period` + 1. A series that has not moved is 50, neither strong nor
 * weak; TA-Lib says 0 and technicalindicators 100. Rises and falls are taken without a branch,
 * which the processor would guess wrong half of the time.
 */
export function rsi(period: number): Indicator<Value> {
  requirePeriod('period', period, 2);
  const weight = 1 / period;
  return {
    warmUp: period + 1,
    size: 4,
    offsets: {},
    start: (state, at) => void state.fill(0, at, at + 4),
    step(state, at, value) {
      const seen = state[at + SEEN] ?? 0;
      const change = value - (state[at + PREVIOUS] ?? 0);
      state[at + PREVIOUS] = value;
      if (seen <= period) state[at + SEEN] = seen + 1;
      if (seen === 0) return NaN;
      const size = Math.abs(change);
      const up = 0.5 * (size + change);
      const down = 0.5 * (size - change);
      let gain = state[at + GAIN] ?? 0;
      let loss = state[at + LOSS] ?? 0;
      if (seen > period) {
        gain += weight * (up - gain);
        loss += weight * (down - loss);
      } else {
        const divisor = seen === period ? period : 1;
        gain = (gain + up) / divisor;
        loss = (loss + down) / divisor;
      }
      state[at + GAIN] = gain;
      state[at + LOSS] = loss;
      return seen < period ? NaN : strength(gain, loss);
    },
  };
}

function strength(gain: number, loss: number): number {
  const total = gain + loss;
  return total === 0 ? 50 : (100 * gain) / total;
}

export function rsiOf(values: Float64Array, out: Float64Array, period: number): void {
  requirePeriod('period', period, 2);
  requireSameLength(values, out);
  const weight = 1 / period;
  out.fill(NaN, 0, Math.min(period, out.length));
  if (values.length <= period) return;
  let gain = 0;
  let loss = 0;
  for (let i = 1; i <= period; i++) {
    const change = (values[i] ?? NaN) - (values[i - 1] ?? NaN);
    gain += 0.5 * (Math.abs(change) + change);
    loss += 0.5 * (Math.abs(change) - change);
  }
  gain /= period;
  loss /= period;
  out[period] = strength(gain, loss);
  for (let i = period + 1; i < values.length; i++) {
    const change = (values[i] ?? NaN) - (values[i - 1] ?? NaN);
    const size = Math.abs(change);
    gain += weight * (0.5 * (size + change) - gain);
    loss += weight * (0.5 * (size - change) - loss);
    out[i] = strength(gain, loss);
  }
}
