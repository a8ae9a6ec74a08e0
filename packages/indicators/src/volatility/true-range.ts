import {
  type Columns,
  type HighLowClose,
  type Indicator,
  requireSameLength,
} from '../indicator.ts';

/**
 * True range (Wilder, 1978): from the lower of low and previous close to the higher of high and
 * previous close. A difference of prices. Warm-up: 2; the first bar has no close before it.
 */
export function trueRange(): Indicator<HighLowClose> {
  return {
    warmUp: 2,
    size: 1,
    offsets: {},
    start: (state, at) => void state.fill(NaN, at, at + 1),
    step(state, at, high, low, close) {
      const before = state[at] ?? NaN;
      state[at] = close;
      return rangeFrom(before, high, low);
    },
  };
}

/** NaN when any of the three is: what is added at its end is 0 of every other price. */
export function rangeFrom(previousClose: number, high: number, low: number): number {
  // Comparing is half as dear as Math.max and Math.min, which look for NaN and -0.
  const top = high < previousClose ? previousClose : high;
  const bottom = low > previousClose ? previousClose : low;
  return top - bottom + (previousClose - previousClose);
}

export function trueRangeOf(columns: Columns, out: Float64Array): void {
  const { high, low, close } = columns;
  requireSameLength(out, high, low, close);
  if (out.length > 0) out[0] = NaN;
  for (let i = 1; i < out.length; i++) {
    out[i] = rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
  }
}
