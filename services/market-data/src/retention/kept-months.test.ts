import { describe, expect, test } from 'vitest';
import { keptFrom, parseKeptMonths } from './kept-months.ts';

describe('how long bars are kept', () => {
  test('is told by timeframe, in months', () => {
    expect([...parseKeptMonths('1m:24, 5m:60')]).toEqual([
      ['1m', 24],
      ['5m', 60],
    ]);
  });

  test.each(['', '1m', '1m:0', '1m:1.5', '2m:3', '1m:3,1m:4', '1m:-1', '1m:9999'])(
    'is refused as "%s"',
    (text) => {
      expect(() => parseKeptMonths(text)).toThrow(
        expect.objectContaining({ code: 'BARS_KEPT_MALFORMED' }),
      );
    },
  );

  test('counts whole months back, over the turn of a year too', () => {
    const now = Date.UTC(2026, 1, 15, 12);
    expect(keptFrom(1, now)).toBe(Date.UTC(2026, 0, 1));
    expect(keptFrom(3, now)).toBe(Date.UTC(2025, 10, 1));
  });
});
