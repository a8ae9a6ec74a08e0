import { expect, test } from 'vitest';
import { civilDate, dayNumber, weekday } from './civil-date.ts';
import { isSessionOpen, nextOpening, sessionOfDay } from './session-hours.ts';

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
const hoursOf = (year: number, month: number, day: number): string => {
  const hours = sessionOfDay('us-equity', dayNumber(year, month, day));
  return hours === null ? 'closed' : `${iso(hours.open)} ${iso(hours.close).slice(11)}`;
};

test('dates and day numbers agree with the language for four hundred years', () => {
  for (let day = -40_000; day < 110_000; day += 7) {
    const date = new Date(day * 86_400_000);
    const { year, month, day: ofMonth } = civilDate(day);
    expect([year, month, ofMonth]).toEqual([
      date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDate(),
    ]);
    expect(dayNumber(year, month, ofMonth)).toBe(day);
    expect(weekday(day)).toBe(date.getUTCDay());
  }
});

test.each([
  [[2026, 11, 20], '2026-11-20T14:30 21:00'],
  [[2026, 11, 21], 'closed'],
  [[2026, 11, 26], 'closed'],
  [[2026, 11, 27], '2026-11-27T14:30 18:00'],
  [[2026, 12, 24], '2026-12-24T14:30 18:00'],
  [[2026, 12, 25], 'closed'],
  // 4 July 2026 is a Saturday.
  [[2026, 7, 2], '2026-07-02T13:30 20:00'],
  [[2026, 7, 3], 'closed'],
  // Daylight saving time begins on 8 March 2026 and ends on 1 November.
  [[2026, 3, 6], '2026-03-06T14:30 21:00'],
  [[2026, 3, 9], '2026-03-09T13:30 20:00'],
  [[2026, 10, 30], '2026-10-30T13:30 20:00'],
  [[2026, 11, 2], '2026-11-02T14:30 21:00'],
  // 1 January 2022 is a Saturday, which is kept on no other day; 2023 a Sunday.
  [[2021, 12, 31], '2021-12-31T14:30 21:00'],
  [[2023, 1, 2], 'closed'],
  [[2025, 1, 9], 'closed'],
  [[2027, 3, 26], 'closed'],
] as const)('US equities on %j: %s', (date, hours) => {
  const [year, month, day] = date;
  expect(hoursOf(year, month, day)).toBe(hours);
});

test('open and close are exact to the millisecond', () => {
  const at = (text: string): number => Date.parse(`2026-11-20T${text}Z`);
  expect(isSessionOpen('us-equity', at('14:29:59.999'))).toBe(false);
  expect(isSessionOpen('us-equity', at('14:30:00.000'))).toBe(true);
  expect(isSessionOpen('us-equity', at('20:59:59.999'))).toBe(true);
  expect(isSessionOpen('us-equity', at('21:00:00.000'))).toBe(false);
  expect(isSessionOpen('continuous', Date.parse('2026-12-25T03:00:00Z'))).toBe(true);
  expect(iso(nextOpening('us-equity', at('14:30:00.000')))).toBe('2026-11-23T14:30');
});

test('what was before the rules is refused', () => {
  expect(() => sessionOfDay('us-equity', dayNumber(1997, 12, 31))).toThrow('1998');
});
