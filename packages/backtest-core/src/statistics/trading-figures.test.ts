import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exposureTime, profitFactor, tradeFigures, turnover } from './trading-figures.ts';

describe('closed trades', () => {
  test('shares, means, expectancy and profit factor', () => {
    const profits = [100, -50, 0, 30, -20];
    expect(tradeFigures(profits)).toEqual({
      count: 5,
      winShare: 0.4,
      lossShare: 0.4,
      averageWin: 65,
      averageLoss: -35,
      expectancy: 12,
    });
    expect(profitFactor(profits)).toBeCloseTo(130 / 70, 12);
  });

  test('expectancy = share × mean of wins + share × mean of losses', () => {
    const profits = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(profits, (list) => {
        const { winShare, averageWin, lossShare, averageLoss, expectancy } = tradeFigures(list);
        expect(winShare * averageWin + lossShare * averageLoss).toBeCloseTo(expectancy, 6);
      }),
    );
  });

  test('nothing lost, nothing traded', () => {
    expect(() => profitFactor([1, 0])).toThrow(expect.objectContaining({ code: 'NO_LOSS' }));
    const huge = expect.objectContaining({ code: 'RESULT_NOT_FINITE' });
    expect(() => tradeFigures([1e308, 1e308])).toThrow(huge);
    expect(() => tradeFigures([])).toThrow(expect.objectContaining({ code: 'SAMPLE_TOO_SHORT' }));
  });
});

describe('time and capital', () => {
  test('stretches that overlap count once, and only within the span', () => {
    const stretches = [
      { from: 40, to: 60 },
      { from: 0, to: 20 },
      { from: 10, to: 30 },
      { from: 90, to: 120 },
    ];
    expect(exposureTime(stretches, { from: 0, to: 100 })).toBe(0.6);
    const nested = [
      { from: 0, to: 50 },
      { from: 10, to: 20 },
      { from: 30, to: 60 },
    ];
    expect(exposureTime(nested, { from: 0, to: 100 })).toBe(0.6);
    expect(exposureTime([{ from: -10, to: 5 }], { from: 0, to: 100 })).toBe(0.05);
    expect(exposureTime([], { from: 0, to: 100 })).toBe(0);
  });

  test.each([
    { stretches: [{ from: 5, to: 4 }], span: { from: 0, to: 10 }, code: 'PARAMETER_OUT_OF_RANGE' },
    { stretches: [], span: { from: 3, to: 3 }, code: 'PARAMETER_OUT_OF_RANGE' },
    {
      stretches: [{ from: 0, to: Number.NaN }],
      span: { from: 0, to: 10 },
      code: 'SAMPLE_NOT_FINITE',
    },
  ])('a stretch that is none is refused: $code', ({ stretches, span, code }) => {
    expect(() => exposureTime(stretches, span)).toThrow(expect.objectContaining({ code }));
  });

  test('one round trip of the whole capital in a year is a turnover of 1', () => {
    expect(turnover([100, 100], [100, 100, 100], 1)).toBe(1);
    expect(turnover([100, 100], [100, 300], 0.5)).toBe(1);
    expect(turnover([], [100], 1)).toBe(0);
  });

  test.each([
    [() => turnover([-1], [100], 1), 'PARAMETER_OUT_OF_RANGE'],
    [() => turnover([1], [0], 1), 'EQUITY_NOT_POSITIVE'],
    [() => turnover([1], [1], 0), 'PARAMETER_OUT_OF_RANGE'],
  ])('turnover without its inputs is refused', (compute, code) => {
    expect(compute).toThrow(expect.objectContaining({ code }));
  });
});
