import { type Columns, type Indicator, requireSameLength } from '../indicator.ts';

const PREVIOUS = 0;
const TOTAL = 1;
const LOST = 2;

/**
 * On-balance volume (Granville, 1963): volume added when the close is above the one before, taken
 * off when below; begun with the first bar's volume, as TA-Lib begins it. In the volume's unit:
 * only its changes mean something. Warm-up: 1. The sum never ends, so what each addition rounds
 * off is kept and added back (Knuth's two-sum). technicalindicators begins with 0.
 */
export function obv(): Indicator<[close: number, volume: number]> {
  return {
    warmUp: 1,
    size: 3,
    offsets: {},
    start(state, at) {
      state[at + PREVIOUS] = -Infinity;
      state.fill(0, at + TOTAL, at + LOST + 1);
    },
    step(state, at, close, volume) {
      const change = Math.sign(close - (state[at + PREVIOUS] ?? 0)) * volume;
      state[at + PREVIOUS] = close;
      const before = state[at + TOTAL] ?? 0;
      const total = before + change;
      const added = total - before;
      const lost = (state[at + LOST] ?? 0) + (before - (total - added) + (change - added));
      state[at + TOTAL] = total;
      state[at + LOST] = lost;
      return total + lost;
    },
  };
}

export function obvOf(columns: Columns, out: Float64Array): void {
  const { close, volume } = columns;
  requireSameLength(out, close, volume);
  let total = 0;
  let lost = 0;
  let previous = -Infinity;
  for (let i = 0; i < out.length; i++) {
    const now = close[i] ?? NaN;
    const change = Math.sign(now - previous) * (volume[i] ?? NaN);
    previous = now;
    const before = total;
    total = before + change;
    const added = total - before;
    lost += before - (total - added) + (change - added);
    out[i] = total + lost;
  }
}
