import { REFRESH_WINDOWS } from '../indicator.ts';
import { trustOf } from './moments.ts';
import { GROWN } from './trust.ts';

/** Mean and deviation of the rows `from` up to but without `to`, in the first places of both. */
export type UseMoments = (
  from: number,
  to: number,
  mean: Float64Array,
  deviation: Float64Array,
) => void;

/**
 * What `stepMoments` gives for a whole series, handed over a stretch at a time: short enough to
 * stay in the processor's cache, so that bands and scores made of it cost no second way to memory.
 */
export function eachMoments(values: Float64Array, period: number, use: UseMoments): void {
  const length = Math.min(REFRESH_WINDOWS * period, values.length);
  const mean = new Float64Array(length);
  const deviation = new Float64Array(length);
  for (let from = period - 1; from < values.length; from += length) {
    const to = Math.min(from + length, values.length);
    for (let row = from; row < to;) row = carry(values, period, row, to, from, mean, deviation);
    use(from, to, mean, deviation);
  }
}

/**
 * Takes the sums anew at `row` and carries them on; returns the row at which that has to be done
 * again. Results go to the place counted from `origin`.
 */
function carry(
  values: Float64Array,
  period: number,
  row: number,
  to: number,
  origin: number,
  means: Float64Array,
  deviations: Float64Array,
): number {
  const inverse = 1 / period;
  const shift = values[row - period + 1] ?? NaN;
  let sum = 0;
  let squares = 0;
  for (let i = row - period + 1; i <= row; i++) {
    const distance = (values[i] ?? NaN) - shift;
    sum += distance;
    squares += distance * distance;
  }
  means[row - origin] = shift + sum * inverse;
  const spread = Math.max(0, squares - sum * (sum * inverse));
  deviations[row - origin] = Math.sqrt(spread * inverse);
  const most = squares * GROWN;
  const least = squares * trustOf(period);
  for (let i = row + 1; i < to; i++) {
    const entering = (values[i] ?? NaN) - shift;
    const leaving = (values[i - period] ?? NaN) - shift;
    sum += entering - leaving;
    squares += (entering - leaving) * (entering + leaving);
    const offset = sum * inverse;
    const left = squares - sum * offset;
    if (!(squares <= most && left >= least)) return i;
    means[i - origin] = shift + offset;
    deviations[i - origin] = Math.sqrt(left * inverse);
  }
  return to;
}
