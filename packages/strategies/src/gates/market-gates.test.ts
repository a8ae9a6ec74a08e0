import { describe, expect, test } from 'vitest';
import { asked, at, facts, NOW } from './facts.fixture.ts';

const HOUR_MS = 3_600_000;

describe('coverage', () => {
  test('any bar that is missing refuses', () => {
    expect(asked('coverage', { gaps: at([]) })).toBe('passes');
    const gaps = at([
      { fromTime: NOW - HOUR_MS, bars: 2 },
      { fromTime: NOW - 60_000, bars: 1 },
    ]);
    expect(asked('coverage', { gaps })).toEqual([
      '3 bars missing, the oldest 60 min ago',
      'none missing in the last 120 min and in its bar',
    ]);
  });
  test('unknown passes and is told', () => {
    expect(asked('coverage', { gaps: 'unknown' })).toBe('not asked');
  });
});

describe('staleness', () => {
  const quote = facts.quote === 'unknown' ? null : facts.quote.value;
  test('quote and bar up to their ages', () => {
    const edge = { quote: at(quote, 5_000), barCloseTime: NOW - 90_000 };
    expect(asked('staleness', edge)).toBe('passes');
    expect(asked('staleness', { quote: at(quote, 5_001) })).toEqual([
      'quote 5001 ms old',
      'quote at most 5000 ms old',
    ]);
    expect(asked('staleness', { quote: at(null) })).toEqual([
      'no quote yet',
      'quote at most 5000 ms old',
    ]);
    expect(asked('staleness', { barCloseTime: NOW - 90_001 })).toEqual([
      'bar closed 90001 ms ago',
      'bar closed at most 90000 ms ago',
    ]);
  });
  test('without quotes the bar alone is judged, and that is told', () => {
    expect(asked('staleness', { quote: 'unknown' })).toBe('not asked');
    const late = { quote: 'unknown', barCloseTime: NOW - 90_001 } as const;
    expect(asked('staleness', late)).toContain('bar closed 90001 ms ago');
  });
});

describe('microstructure', () => {
  test('a crowd on the side of the entry', () => {
    expect(asked('microstructure', { longAccountShare: at(0.85) })).toBe('passes');
    expect(asked('microstructure', { longAccountShare: at(0.851) })).toEqual([
      '85.1 % of accounts are long',
      'at most 85 % of accounts long',
    ]);
    const short = { direction: 'short', longAccountShare: at(0.1) } as const;
    expect(asked('microstructure', short)).toContain('90 % of accounts are short');
    expect(asked('microstructure', { ...short, longAccountShare: at(0.9) })).toBe('passes');
  });
  test('takers against the entry', () => {
    expect(asked('microstructure', { takerBuyShare: at(0.2) })).toBe('passes');
    expect(asked('microstructure', { takerBuyShare: at(0.199) })).toEqual([
      "19.9 % of the takers' volume is buying",
      'at least 20 % of it buying',
    ]);
    const short = { direction: 'short', takerBuyShare: at(0.9) } as const;
    expect(asked('microstructure', short)).toContain("10 % of the takers' volume is selling");
  });
  test('one unknown, or too old, passes and is told; the other is judged', () => {
    expect(asked('microstructure', { longAccountShare: 'unknown' })).toBe('not asked');
    expect(asked('microstructure', { takerBuyShare: 'unknown' })).toBe('not asked');
    expect(asked('microstructure', { longAccountShare: at(0.5, 2 * HOUR_MS) })).toBe('passes');
    const old = { longAccountShare: at(0.99, 2 * HOUR_MS + 1) };
    expect(asked('microstructure', old)).toBe('not asked');
    const against = { longAccountShare: 'unknown', takerBuyShare: at(0.1) } as const;
    expect(asked('microstructure', against)).toContain("10 % of the takers' volume is buying");
  });
});

describe('funding', () => {
  test('what the side of the entry pays', () => {
    expect(asked('funding', { fundingRate: at(0.0005) })).toBe('passes');
    expect(asked('funding', { fundingRate: at(0.00051) })).toEqual([
      'a long pays 0.051 % a settlement',
      'at most 0.05 % a settlement',
    ]);
    const short = { direction: 'short', fundingRate: at(0.01) } as const;
    expect(asked('funding', short), 'a short earns it').toBe('passes');
    const paid = { ...short, fundingRate: at(-0.001) };
    expect(asked('funding', paid)).toContain('a short pays 0.1 % a settlement');
  });
  test('without funding passes; unknown and too old pass and are told', () => {
    expect(asked('funding', { fundingRate: at(null) })).toBe('passes');
    expect(asked('funding', { fundingRate: 'unknown' })).toBe('not asked');
    expect(asked('funding', { fundingRate: at(0, 9 * HOUR_MS) })).toBe('passes');
    expect(asked('funding', { fundingRate: at(0.1, 9 * HOUR_MS + 1) })).toBe('not asked');
    expect(asked('funding', { fundingRate: at(NaN) })).toBe('not asked');
  });
});

describe('spread', () => {
  const book = (bid: number, ask: number) => ({ quote: at({ bid, ask }) });
  test('narrow passes, wide, one-sided and crossed refuse', () => {
    expect(asked('spread', book(99.951, 100.05))).toBe('passes');
    expect(asked('spread', book(100, 100))).toBe('passes');
    expect(asked('spread', book(96, 104), { spreadMax: 0.08 }), 'exactly').toBe('passes');
    expect(asked('spread', book(99.9, 100.1))).toEqual([
      'spread of 0.2 %',
      'spread of at most 0.1 %',
    ]);
    expect(asked('spread', book(0, 100.1))).toContain('bid 0, ask 100.1');
    expect(asked('spread', book(99.9, 0))).toContain('bid 99.9, ask 0');
    expect(asked('spread', book(99.9, NaN))).toContain('bid 99.9, ask NaN');
    expect(asked('spread', book(100.1, 99.9))).toContain('spread of -0.2 %');
  });
  test('unknown passes and is told', () => {
    expect(asked('spread', { quote: 'unknown' })).toBe('not asked');
  });
});

describe('session', () => {
  const newYork = { session: 'us-equity' } as const;
  const open = { now: NOW + 7 * HOUR_MS, barCloseTime: NOW + 7 * HOUR_MS };
  const quote = { at: open.now, value: { bid: 99.99, ask: 100.01 } };
  test('regular hours, where there are such', () => {
    expect(asked('session', { ...newYork, ...open, quote })).toBe('passes');
    // 08:54:00.5 UTC in October: New York opens at 13:30 UTC
    expect(asked('session', newYork)).toEqual(['closed, opens in 276 min', 'regular hours']);
    expect(asked('session', newYork, { regularHoursOnly: false })).toBe('passes');
    expect(asked('session', {})).toBe('passes');
  });
  test('before the calendar begins refuses', () => {
    const early = 800_000_000_000;
    const then = { ...newYork, now: early, barCloseTime: early, quote: { ...quote, at: early } };
    expect(asked('session', then, { soakMs: 0 })).toContain('regular hours unknown');
  });
});
