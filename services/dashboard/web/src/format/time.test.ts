import { expect, test } from 'vitest';
import { formatAge, utcDayTime, utcStretch, utcTimeMs } from './time.ts';

test.each([
  [-500, '0.0 s'],
  [420, '0.4 s'],
  [9_960, '10.0 s'],
  [12_900, '12 s'],
  [185_000, '3 m 05 s'],
  [7_500_000, '2 h 05 m'],
  [360_000_000, '4 d 4 h'],
])('%i ms is %s', (ms, expected) => {
  expect(formatAge(ms)).toBe(expected);
});

test('times are UTC whatever the zone of the machine', () => {
  const at = Date.UTC(2026, 10, 21, 0, 5, 9, 7);
  expect(utcDayTime(at)).toBe('2026-11-21 00:05:09');
  expect(utcTimeMs(at)).toBe('00:05:09.007');
});

test('a stretch of a day or longer is told with its days', () => {
  const from = Date.UTC(2026, 10, 20, 14, 44);
  expect(utcStretch(from, from + 359 * 60_000)).toBe('14:44 to 20:43 UTC');
  expect(utcStretch(from, from + 86_340_000)).toBe('14:44 to 14:43 UTC');
  expect(utcStretch(from, from + 86_400_000)).toBe('2026-11-20 14:44 to 2026-11-21 14:44 UTC');
});
