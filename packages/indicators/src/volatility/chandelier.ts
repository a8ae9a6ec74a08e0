import {
  type Columns,
  type HighLowClose,
  type Indicator,
  requireMultiple,
  requirePeriod,
  requireSameLength,
} from '../indicator.ts';
import { rollingMaxOf, rollingMinOf } from '../window/rolling-extremes.ts';
import { HIGHEST, LOWEST, spanSize, startSpan, stepSpan } from '../window/span.ts';
import { ATR_SIZE, atr, firstAtr } from './atr.ts';
import { rangeFrom } from './true-range.ts';

const SHORT = 0;
const RANGE = 1;
const SPAN = RANGE + ATR_SIZE;

/**
 * Chandelier exit (LeBeau, told in Elder, Come Into My Trading Room, 2002; usual 22 and 3): stops
 * that hang from the extreme of `period` bars, `ranges` average true ranges away. Prices; returns
 * the stop of a long position, highest high less the distance; `short` is lowest low plus it.
 * Warm-up: `period` + 1. It may move against the position as the range widens: who wants a stop
 * that never does keeps the best of it.
 */
export function chandelier(period: number, ranges: number): Indicator<HighLowClose, 'short'> {
  requirePeriod('period', period, 1);
  requireMultiple('ranges', ranges);
  const range = atr(period);
  return {
    warmUp: period + 1,
    size: SPAN + spanSize(period),
    offsets: { short: SHORT },
    start(state, at) {
      state[at + SHORT] = NaN;
      range.start(state, at + RANGE);
      startSpan(state, at + SPAN, period);
    },
    step(state, at, high, low, close) {
      stepSpan(state, at + SPAN, period, high, low);
      const distance = ranges * range.step(state, at + RANGE, high, low, close);
      state[at + SHORT] = (state[at + SPAN + LOWEST] ?? 0) + distance;
      return (state[at + SPAN + HIGHEST] ?? 0) - distance;
    },
  };
}

export type StopColumns = { readonly long: Float64Array; readonly short: Float64Array };

export function chandelierOf(
  columns: Columns,
  out: StopColumns,
  period: number,
  ranges: number,
): void {
  requirePeriod('period', period, 1);
  requireMultiple('ranges', ranges);
  const { high, low, close } = columns;
  const { long, short } = out;
  requireSameLength(close, high, low, long, short);
  rollingMaxOf(high, long, period);
  rollingMinOf(low, short, period);
  long.fill(NaN, 0, Math.min(period, long.length));
  short.fill(NaN, 0, Math.min(period, short.length));
  if (close.length <= period) return;
  const weight = 1 / period;
  let range = firstAtr(columns, period);
  long[period] = (long[period] ?? NaN) - ranges * range;
  short[period] = (short[period] ?? NaN) + ranges * range;
  for (let i = period + 1; i < close.length; i++) {
    const now = rangeFrom(close[i - 1] ?? NaN, high[i] ?? NaN, low[i] ?? NaN);
    range += weight * (now - range);
    const distance = ranges * range;
    long[i] = (long[i] ?? NaN) - distance;
    short[i] = (short[i] ?? NaN) + distance;
  }
}
