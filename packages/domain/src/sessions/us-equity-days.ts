import {
  civilDate,
  dayNumber,
  easterSunday,
  lastWeekday,
  nthWeekday,
  weekday,
} from './civil-date.ts';

/** `early` closes at 13:00 New York time. */
export type TradingDay = 'full' | 'early' | 'closed';

const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const FRIDAY = 5;
const SATURDAY = 6;
const JUNETEENTH_SINCE = 2022;
/** From here on the early close of a Thursday's 4 July is the Wednesday before it. */
const WEDNESDAY_EARLY_SINCE = 2013;

/** Closures that no rule gives: attacks, storms, days of mourning. */
const CLOSED_ONCE: ReadonlySet<number> = new Set(
  (
    [
      [2001, 9, 11],
      [2001, 9, 12],
      [2001, 9, 13],
      [2001, 9, 14],
      [2004, 6, 11],
      [2007, 1, 2],
      [2012, 10, 29],
      [2012, 10, 30],
      [2018, 12, 5],
      [2025, 1, 9],
    ] as const
  ).map(([year, month, day]) => dayNumber(year, month, day)),
);

const EARLY_ONCE: ReadonlySet<number> = new Set([dayNumber(1999, 12, 31), dayNumber(2003, 12, 26)]);

/**
 * What the New York exchanges do on a day (days since 1970-01-01), by their rules of today, which
 * hold since 1998. Source: NYSE Rule 7.2 and its yearly "Holidays and Trading Hours".
 */
export function usEquityDay(dayOfEpoch: number): TradingDay {
  const day = weekday(dayOfEpoch);
  if (day === SUNDAY || day === SATURDAY || CLOSED_ONCE.has(dayOfEpoch)) return 'closed';
  const { year } = civilDate(dayOfEpoch);
  return exceptionsOf(year).get(dayOfEpoch) ?? (EARLY_ONCE.has(dayOfEpoch) ? 'early' : 'full');
}

type Exceptions = ReadonlyMap<number, TradingDay>;
const byYear = new Map<number, Exceptions>();

/** Days of a year that are not full; worked out once, for it is asked for each of many minutes. */
function exceptionsOf(year: number): Exceptions {
  const known = byYear.get(year);
  if (known !== undefined) return known;
  const early = earlyCloses(year).map((day) => [day, 'early'] as const);
  const closed = holidays(year).map((day) => [day, 'closed'] as const);
  const days: Exceptions = new Map<number, TradingDay>([...early, ...closed]);
  byYear.set(year, days);
  return days;
}

function holidays(year: number): number[] {
  const newYear = dayNumber(year, 1, 1);
  const days = [
    // On a Saturday it is not moved: the last day of the year is a trading day.
    weekday(newYear) === SUNDAY ? newYear + 1 : newYear,
    nthWeekday(year, 1, MONDAY, 3),
    nthWeekday(year, 2, MONDAY, 3),
    easterSunday(year) - 2,
    lastWeekday(year, 5, MONDAY),
    observed(dayNumber(year, 7, 4)),
    nthWeekday(year, 9, MONDAY, 1),
    thanksgiving(year),
    observed(dayNumber(year, 12, 25)),
  ];
  if (year >= JUNETEENTH_SINCE) days.push(observed(dayNumber(year, 6, 19)));
  return days;
}

function earlyCloses(year: number): number[] {
  const days = [thanksgiving(year) + 1, dayNumber(year, 12, 24)];
  const independence = dayNumber(year, 7, 4);
  const fallsOn = weekday(independence);
  if (fallsOn === THURSDAY && year < WEDNESDAY_EARLY_SINCE) days.push(independence + 1);
  else if (fallsOn > MONDAY && fallsOn <= FRIDAY) days.push(independence - 1);
  return days;
}

const thanksgiving = (year: number): number => nthWeekday(year, 11, THURSDAY, 4);

/** A Saturday's holiday is kept on the Friday before, a Sunday's on the Monday after. */
function observed(holiday: number): number {
  const day = weekday(holiday);
  if (day === SATURDAY) return holiday - 1;
  return day === SUNDAY ? holiday + 1 : holiday;
}
