import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findGaps } from './gaps.ts';

test('runs of what is missing, at the ends too; what was not expected is of no account', () => {
  const expected = [10, 20, 30, 40, 50, 60];
  expect(findGaps(expected, [30, 35, 50])).toEqual([
    { from: 10, to: 20, bars: 2 },
    { from: 40, to: 40, bars: 1 },
    { from: 60, to: 60, bars: 1 },
  ]);
  expect(findGaps(expected, [])).toEqual([{ from: 10, to: 60, bars: 6 }]);
  expect(findGaps(expected, [5, ...expected, 70])).toEqual([]);
  expect(findGaps([], [10])).toEqual([]);
});

test('what is in the gaps and what is there make up what was expected', () => {
  const times = fc
    .uniqueArray(fc.integer({ min: 0, max: 300 }))
    .map((all) => all.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(times, times, (expected, present) => {
      const gaps = findGaps(expected, present);
      const inGap = expected.filter((time) =>
        gaps.some(({ from, to }) => from <= time && time <= to),
      );
      const there = expected.filter((time) => present.includes(time));
      expect([...inGap, ...there].toSorted((a, b) => a - b)).toEqual(expected);
      expect(gaps.reduce((sum, { bars }) => sum + bars, 0)).toBe(inGap.length);
    }),
  );
});
