import { expect, test } from 'vitest';
import { requireWidth } from './told-width.ts';

const MONDAY = Date.parse('2026-11-02T00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const crypto = { session: 'continuous' } as const;
const stock = { session: 'us-equity' } as const;
const every = (step: number, count: number, from = MONDAY) =>
  Array.from({ length: count }, (_, index) => ({ openTime: from + index * step }));

test.each([
  ['hours told as minutes', '1m', HOUR, crypto, '1h'],
  ['quarters told as five minutes', '5m', 15 * MINUTE, crypto, '15m'],
  ['days told as hours', '1h', DAY, crypto, '1d'],
  ['days of a stock told as minutes', '1m', DAY, stock, '1d'],
  ['weeks told as minutes', '1m', 7 * DAY, crypto, '1d'],
] as const)('%s are refused', (_, told, step, instrument, meant) => {
  expect(() => requireWidth(every(step, 20), told, instrument)).toThrow(
    expect.objectContaining({
      code: 'IMPORT_TIMEFRAME',
      message: expect.stringContaining(`say --timeframe ${meant}`),
    }),
  );
});

test.each([
  ['minutes', '1m', MINUTE, 20],
  ['hours', '1h', HOUR, 20],
  ['days', '1d', DAY, 20],
  ['weeks', '1w', 7 * DAY, 20],
  ['a thin market', '1m', 59 * MINUTE, 20],
  ['few rows that may be so by chance', '1m', HOUR, 19],
] as const)('%s are taken as told', (_, told, step, count) => {
  expect(() => requireWidth(every(step, count), told, crypto)).not.toThrow();
});
