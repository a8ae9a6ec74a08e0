import type { Columns } from './indicator.ts';

export type ColumnsFault = {
  readonly row: number;
  readonly reason: 'LENGTHS_DIFFER' | 'NOT_FINITE' | 'TIME_NOT_ASCENDING' | 'OUTSIDE_LOW_TO_HIGH';
};

/**
 * The first row that no indicator should be given, or null. A negative volume counts as not finite:
 * it is no quantity. Unequal lengths are told at the shortest.
 */
export function faultOf(columns: Columns): ColumnsFault | null {
  const { openTime, open, high, low, close, volume } = columns;
  const lengths = [openTime, open, high, low, close, volume].map((column) => column.length);
  const shortest = Math.min(...lengths);
  if (shortest !== Math.max(...lengths)) return { row: shortest, reason: 'LENGTHS_DIFFER' };
  for (let row = 0; row < shortest; row++) {
    const previous = row === 0 ? -Infinity : (openTime[row - 1] ?? NaN);
    const time = openTime[row] ?? NaN;
    const top = high[row] ?? NaN;
    const bottom = low[row] ?? NaN;
    const first = open[row] ?? NaN;
    const last = close[row] ?? NaN;
    const traded = volume[row] ?? NaN;
    // What is no number is neither above nor below anything.
    const isWithin = bottom <= first && first <= top && bottom <= last && last <= top;
    const isFinite = bottom > -Infinity && top < Infinity && time < Infinity && traded < Infinity;
    if (!(isWithin && isFinite && time > previous && traded >= 0)) {
      return { row, reason: reasonOf([time, top, bottom, first, last, traded], previous) };
    }
  }
  return null;
}

function reasonOf(values: readonly number[], previous: number): ColumnsFault['reason'] {
  const [time = NaN, , , , , traded = NaN] = values;
  if (!values.every((value) => Number.isFinite(value)) || traded < 0) return 'NOT_FINITE';
  return time <= previous ? 'TIME_NOT_ASCENDING' : 'OUTSIDE_LOW_TO_HIGH';
}
