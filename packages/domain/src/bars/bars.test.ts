import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countOpenTimes, expectedOpenTimes, openTimesWithin } from './expected-bars.ts';
import { barCloseTime, barOpenTime, TIMEFRAME_MS, TIMEFRAMES } from './timeframe.ts';

const at = (text: string): number => Date.parse(text);
const iso = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString().slice(0, 16);

test.each([
  ['1m', '2026-11-20T14:31:59.999Z', '2026-11-20T14:31', '2026-11-20T14:32'],
  ['1h', '2026-11-20T14:30:00Z', '2026-11-20T14:00', '2026-11-20T15:00'],
  ['4h', '2026-11-20T20:59:00Z', '2026-11-20T20:00', '2026-11-20T21:00'],
  ['1d', '2026-11-20T20:59:00Z', '2026-11-20T00:00', '2026-11-20T21:00'],
  // The Friday after Thanksgiving closes at 13:00, and ends its week.
  ['1d', '2026-11-27T17:59:00Z', '2026-11-27T00:00', '2026-11-27T18:00'],
  ['1w', '2026-11-27T15:00:00Z', '2026-11-23T00:00', '2026-11-27T18:00'],
  // Good Friday: the week ends on Thursday.
  ['1w', '2026-03-30T14:00:00Z', '2026-03-30T00:00', '2026-04-02T20:00'],
] as const)('a stock’s %s bar at %s runs from %s until %s', (timeframe, moment, open, close) => {
  const openTime = barOpenTime(timeframe, 'us-equity', at(moment));
  expect(iso(openTime)).toBe(open);
  expect(iso(barCloseTime(timeframe, 'us-equity', openTime))).toBe(close);
});

test('a bar in which nothing is traded has no end', () => {
  expect(barCloseTime('1h', 'us-equity', at('2026-11-20T22:00Z'))).toBeNull();
  expect(barCloseTime('1d', 'us-equity', at('2026-11-26T00:00Z'))).toBeNull();
});

test('a session day has 390 minutes, a half day 210, a day of the week of Thanksgiving none', () => {
  const count = (day: string): number => {
    const range = { from: at(`${day}T00:00Z`), to: at(`${day}T23:59Z`) };
    return expectedOpenTimes('1m', 'us-equity', range).length;
  };
  expect(['2026-11-25', '2026-11-26', '2026-11-27'].map(count)).toEqual([390, 0, 210]);
});

test('what has not ended is not expected yet', () => {
  const range = { from: at('2026-11-20T00:00Z'), to: at('2026-11-20T20:59:59.999Z') };
  expect(expectedOpenTimes('1d', 'us-equity', range)).toEqual([]);
  const closed = { ...range, to: at('2026-11-20T21:00Z') };
  expect(expectedOpenTimes('1d', 'us-equity', closed)).toEqual([at('2026-11-20T00:00Z')]);
  expect(
    expectedOpenTimes('1w', 'us-equity', { ...closed, from: at('2026-11-16T00:00Z') }),
  ).toEqual([at('2026-11-16T00:00Z')]);
});

test('every moment of a session is in exactly one expected bar of each timeframe', () => {
  const from = at('2026-03-02T00:00Z');
  const to = at('2026-03-16T00:00Z');
  for (const session of ['continuous', 'us-equity'] as const) {
    for (const timeframe of TIMEFRAMES) {
      const opens = expectedOpenTimes(timeframe, session, { from, to });
      const minutes = expectedOpenTimes('1m', session, { from, to });
      expect(new Set(minutes.map((minute) => barOpenTime(timeframe, session, minute)))).toEqual(
        new Set(opens),
      );
    }
  }
});

test('bars of a continuous session lie end to end', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...TIMEFRAMES),
      fc.integer({ min: at('2000-01-01T00:00Z'), max: at('2040-01-01T00:00Z') }),
      (timeframe, moment) => {
        const openTime = barOpenTime(timeframe, 'continuous', moment);
        expect(openTime).toBeLessThanOrEqual(moment);
        const next = openTime + TIMEFRAME_MS[timeframe];
        expect(barCloseTime(timeframe, 'continuous', openTime)).toBe(next);
        expect(moment).toBeLessThan(next);
        expect(barOpenTime(timeframe, 'continuous', next)).toBe(next);
      },
    ),
  );
});

test('bars counted by days are as many as there are', () => {
  const hours = fc.integer({ min: 0, max: 60 * 24 });
  const minutes = fc.integer({ min: 0, max: 59 });
  fc.assert(
    fc.property(
      fc.constantFrom(...TIMEFRAMES),
      fc.integer({ min: at('1998-02-02T00:00Z'), max: at('2040-01-01T00:00Z') }),
      fc.tuple(hours, minutes),
      fc.boolean(),
      (timeframe, moment, [length, more], isWhole) => {
        const whole = (time: number): number =>
          isWhole ? barOpenTime(timeframe, 'continuous', time) : time - (time % 60_000);
        const from = whole(moment);
        const range = { from, to: whole(moment + (length * 60 + more) * 60_000) };
        const reach = { from: from - TIMEFRAME_MS['1w'], to: range.to + 2 * TIMEFRAME_MS['1w'] };
        const opens = expectedOpenTimes(timeframe, 'us-equity', reach).filter(
          (openTime) => openTime >= range.from && openTime < range.to,
        );
        expect(openTimesWithin(timeframe, 'us-equity', range)).toEqual(opens);
        expect(countOpenTimes(timeframe, 'us-equity', range)).toBe(opens.length);
      },
    ),
    { numRuns: 150 },
  );
});

test('a stretch that ends before it begins has no bars', () => {
  const range = { from: at('2026-11-20T20:00Z'), to: at('2026-11-20T15:00Z') };
  for (const session of ['continuous', 'us-equity'] as const) {
    for (const timeframe of TIMEFRAMES) expect(countOpenTimes(timeframe, session, range)).toBe(0);
  }
});
