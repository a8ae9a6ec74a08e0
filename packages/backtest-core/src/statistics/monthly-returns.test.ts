import fc from 'fast-check';
import { expect, test } from 'vitest';
import { monthlyReturns } from './monthly-returns.ts';
import { totalReturn } from './returns.ts';

const at = (text: string) => Date.parse(text);

test('months in UTC, by when a bar opened; a gap is null, a year without returns a row', () => {
  const times = [
    '2023-11-30T23:00:00Z',
    '2023-12-01T00:00:00Z',
    '2023-12-31T23:00:00Z',
    '2025-01-01T00:00:00Z',
    '2025-02-28T12:00:00Z',
  ].map(at);
  const table = monthlyReturns(times, [0.1, 0.2, -0.5, 0.01, 0.02]);
  expect(table.map(({ year }) => year)).toEqual([2023, 2024, 2025]);
  const [first, gap, last] = table;
  expect(first?.months.slice(9)).toEqual([null, expect.closeTo(0.1, 12), expect.closeTo(-0.4, 12)]);
  expect(first?.total).toBeCloseTo(1.1 * 0.6 - 1, 12);
  expect(gap).toEqual({ year: 2024, months: Array.from({ length: 12 }, () => null), total: 0 });
  expect(last?.months.slice(0, 3)).toEqual([
    expect.closeTo(0.01, 12),
    expect.closeTo(0.02, 12),
    null,
  ]);
});

test('all months together are the whole', () => {
  const returns = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(returns, fc.integer({ min: 0, max: 2e12 }), (list, start) => {
      const times = list.map((_, index) => start + index * 13 * 86_400_000);
      const table = monthlyReturns(times, list);
      const months = table.flatMap((row) => row.months.filter((value) => value !== null));
      expect(totalReturn(months)).toBeCloseTo(totalReturn(list), 9);
      expect(totalReturn(table.map(({ total }) => total))).toBeCloseTo(totalReturn(list), 9);
    }),
  );
});

test.each([
  ['SAMPLE_TOO_SHORT', () => monthlyReturns([], [])],
  ['LENGTHS_DIFFER', () => monthlyReturns([1], [0.1, 0.2])],
  ['SAMPLE_NOT_FINITE', () => monthlyReturns([Number.NaN], [0.1])],
  ['RETURN_BELOW_TOTAL_LOSS', () => monthlyReturns([1], [-2])],
  ['PARAMETER_OUT_OF_RANGE', () => monthlyReturns([0, 1e15], [0.1, 0.1])],
  ['PARAMETER_OUT_OF_RANGE', () => monthlyReturns([1e18], [0.1])],
  ['TIMES_NOT_ASCENDING', () => monthlyReturns([2, 2], [0.1, 0.1])],
])('%s where there is no answer', (code, compute) => {
  expect(compute).toThrow(expect.objectContaining({ code }));
});
