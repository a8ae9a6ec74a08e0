import {
  barCloseTime,
  barOpenTime,
  expectedOpenTimes,
  TIMEFRAME_MS,
  type TradingSession,
} from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import type { NumericBar } from '../numeric-bar.ts';
import { foldBars } from './bar-fold.ts';

const MINUTE = TIMEFRAME_MS['1m'];
/** A Friday. */
const BEGIN = Date.UTC(2025, 2, 7);

describe.each([
  ['continuous', '15m'],
  ['continuous', '4h'],
  ['us-equity', '1h'],
  ['us-equity', '1d'],
] as const)('%s, %s', (session, timeframe) => {
  const minutes = minutesOf(session);

  test('bars as they end, with the last of their minutes', () => {
    const fold = foldBars(timeframe, session);
    const opens: number[] = [];
    for (const minute of minutes) {
      for (const bar of fold.add(minute)) {
        opens.push(bar.openTime);
        const within = minutes.filter(
          ({ openTime }) => barOpenTime(timeframe, session, openTime) === bar.openTime,
        );
        expect(minute.openTime).toBe(within.at(-1)?.openTime);
        expect(barCloseTime(timeframe, session, bar.openTime)).toBe(minute.openTime + MINUTE);
        expect(bar).toEqual({
          ...{ openTime: bar.openTime, open: within[0]?.open, close: minute.close },
          high: Math.max(...within.map(({ high }) => high)),
          low: Math.min(...within.map(({ low }) => low)),
          volume: within.reduce((sum, { volume }) => sum + volume, 0),
        });
      }
    }
    // A day of a session is named by midnight: it is whole only when somebody says so.
    const to = BEGIN + 4 * TIMEFRAME_MS['1d'];
    const all = expectedOpenTimes(timeframe, session, { from: BEGIN, to });
    expect(opens.length).toBeGreaterThan(0);
    expect(opens).toEqual(all.slice(all.length - opens.length));
    expect(all.length - opens.length).toBeLessThanOrEqual(1);
  });
});

test('a bar whose first minutes were not heard is not given, unless they were looked at', () => {
  const minutes = minutesOf('continuous').slice(5, 40);
  const opensOf = (wholeFrom?: number): number[] => {
    const fold = foldBars('15m', 'continuous', wholeFrom);
    return minutes.flatMap((minute) => fold.add(minute).map(({ openTime }) => openTime - BEGIN));
  };
  expect(opensOf()).toEqual([15 * MINUTE]);
  expect(opensOf(BEGIN)).toEqual([0, 15 * MINUTE]);
});

test('a bar whose last minute is missing ends with the first one after it', () => {
  const fold = foldBars('15m', 'continuous');
  const minutes = minutesOf('continuous').slice(0, 16);
  const given = minutes.filter((_, i) => i !== 14).map((minute) => fold.add(minute).length);
  expect(given).toEqual([...Array.from({ length: 14 }, () => 0), 1]);
});

function minutesOf(session: TradingSession): NumericBar[] {
  const to = BEGIN + 4 * TIMEFRAME_MS['1d'];
  return expectedOpenTimes('1m', session, { from: BEGIN, to }).map((openTime, i) => {
    const open = 100 + (i % 7);
    const close = 100 + ((i + 1) % 7);
    const [high, low] = [Math.max(open, close) + (i % 3), Math.min(open, close) - (i % 2)];
    return { openTime, open, high, low, close, volume: i % 5 };
  });
}
