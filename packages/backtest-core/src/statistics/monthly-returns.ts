import { civilDate, DAY_MS } from '@ballast/domain';
import {
  checkRange,
  checkReturns,
  checkSameLength,
  checkSample,
  finite,
  refuse,
  type Sample,
  valueAt,
} from './sample.ts';

export type YearOfReturns = {
  readonly year: number;
  /** January first; null where no return falls into the month. */
  readonly months: readonly (number | null)[];
  /** Of the whole year, compounded. */
  readonly total: number;
};

const MONTHS = 12;
/** Epoch ms between which a time can be one: the range of ECMAScript's dates. */
const TIME_MAX = 8.64e15;
/** Rows; more are times in another unit than ms. */
const YEARS_MAX = 1000;

/**
 * Returns compounded by month of the calendar in UTC, a row a year; years without any return are
 * rows too, so that a gap is seen.
 *
 * @param openTimes when the bar opened in which each return was made, epoch ms, ascending: what a
 *   bar that closes at midnight made belongs to the month before
 * @throws SAMPLE_TOO_SHORT (none), LENGTHS_DIFFER, SAMPLE_NOT_FINITE, RETURN_BELOW_TOTAL_LOSS,
 *   TIMES_NOT_ASCENDING, PARAMETER_OUT_OF_RANGE for times of more than 1000 years
 */
export function monthlyReturns(openTimes: Sample, returns: Sample): YearOfReturns[] {
  checkReturns(returns);
  checkSample(openTimes, 'openTimes');
  checkSameLength(openTimes, returns, 'openTimes and returns');
  const growths = new Map<number, number>();
  for (let at = 0; at < returns.length; at++) {
    const openTime = valueAt(openTimes, at);
    checkRange(openTime, `openTimes[${at}]`, -TIME_MAX, TIME_MAX);
    if (at > 0 && openTime <= valueAt(openTimes, at - 1)) {
      refuse('TIMES_NOT_ASCENDING', `openTimes[${at}] is not after the one before`);
    }
    const { year, month } = civilDate(Math.floor(openTime / DAY_MS));
    const key = year * MONTHS + month - 1;
    growths.set(key, (growths.get(key) ?? 1) * (1 + valueAt(returns, at)));
  }
  const years = [...growths.keys()].map((key) => Math.floor(key / MONTHS));
  const [first = 0, last = first] = [years[0], years.at(-1)];
  checkRange(last - first, 'years', 0, YEARS_MAX - 1);
  return Array.from({ length: last - first + 1 }, (_, index) => yearOf(first + index, growths));
}

function yearOf(year: number, growths: ReadonlyMap<number, number>): YearOfReturns {
  const own = Array.from({ length: MONTHS }, (_, month) => growths.get(year * MONTHS + month));
  return {
    year,
    months: own.map((growth) => (growth === undefined ? null : finite(growth - 1, 'month'))),
    total: finite(own.reduce<number>((product, growth) => product * (growth ?? 1), 1) - 1, 'year'),
  };
}
