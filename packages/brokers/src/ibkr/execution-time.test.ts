import { expect, test } from 'vitest';
import { executionTime } from './execution-time.ts';

test.for([
  ['20261120 14:31:05 UTC', Date.UTC(2026, 10, 20, 14, 31, 5)],
  ['20261120-14:31:05', Date.UTC(2026, 10, 20, 14, 31, 5)],
  ['20261120 09:31:05 US/Eastern', Date.UTC(2026, 10, 20, 14, 31, 5)],
  ['20260720  09:31:05 America/New_York', Date.UTC(2026, 6, 20, 13, 31, 5)],
  ['20261120  15:31:05', Date.UTC(2026, 10, 20, 14, 31, 5)],
  // The hour before and after a clock change.
  ['20261101 00:30:00 US/Eastern', Date.UTC(2026, 10, 1, 4, 30)],
  ['20261101 03:30:00 US/Eastern', Date.UTC(2026, 10, 1, 8, 30)],
  ['20260308 03:30:00 US/Eastern', Date.UTC(2026, 2, 8, 7, 30)],
] as const)('%s', ([written, at]) => {
  expect(executionTime(written, 'Europe/Berlin')).toBe(at);
});

test.for(['', 'now', '20261120', '20261120 14:31', '20261120 14:31:05 Mars/Olympus'])(
  '"%s" is no time',
  (written) => {
    expect(() => executionTime(written, 'UTC')).toThrow(
      expect.objectContaining({ code: 'TIME_MALFORMED' }),
    );
  },
);
