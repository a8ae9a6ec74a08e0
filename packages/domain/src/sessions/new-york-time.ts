import { civilDate, DAY_MS, lastWeekday, nthWeekday } from './civil-date.ts';

const HOUR_MS = 3_600_000;
export const NEW_YORK_STANDARD_MS = -5 * HOUR_MS;
const DAYLIGHT_MS = -4 * HOUR_MS;
const SUNDAY = 0;
/** In 2007 daylight saving time became four weeks longer. */
const LONG_SUMMER_SINCE = 2007;

/**
 * New York's offset from UTC in ms in business hours of a day (days since 1970-01-01): clocks
 * change on Sundays, when no exchange is open. Source: Uniform Time Act as amended in 1986 (first
 * Sunday of April to last of October) and 2005 (second of March to first of November).
 */
export function newYorkOffsetMs(dayOfEpoch: number): number {
  const { year } = civilDate(dayOfEpoch);
  const [from, to] =
    year >= LONG_SUMMER_SINCE
      ? [nthWeekday(year, 3, SUNDAY, 2), nthWeekday(year, 11, SUNDAY, 1)]
      : [nthWeekday(year, 4, SUNDAY, 1), lastWeekday(year, 10, SUNDAY)];
  return dayOfEpoch >= from && dayOfEpoch < to ? DAYLIGHT_MS : NEW_YORK_STANDARD_MS;
}

/** The day (days since 1970-01-01) of the business hours nearest to `at` (epoch ms). */
export function newYorkDay(at: number): number {
  // By standard time all year: the hour in which that is a day late is the first after midnight.
  return Math.floor((at + NEW_YORK_STANDARD_MS) / DAY_MS);
}
