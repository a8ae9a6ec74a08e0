import { expect, test } from 'vitest';
import { averageStepRange, prefillLevels, rangeText, suggestRisk } from './prefill.ts';

const bars = (count: number, height: number) =>
  Array.from({ length: count }, () => ({
    high: String(100 + height / 2),
    low: String(100 - height / 2),
    close: '100',
  }));

test('the average range of equal bars is their height', () => {
  expect(averageStepRange(bars(100, 4))).toBe(4);
  expect(averageStepRange(bars(5, 4))).toBeNull();
  expect(rangeText(bars(100, 4), '0.1')).toBe('4.0');
  expect(rangeText(bars(100, 4.01), '0.1')).toBe('4.1');
  expect(rangeText(bars(5, 4), '0.1')).toBe('');
});

test('stop and target lie on their sides, on the tick, two to one', () => {
  expect(prefillLevels(100, 'long', bars(100, 4), '0.1')).toEqual({
    stop: '94.0',
    target: '112.0',
    ladder: ['106.0', '112.0', '118.0'],
    trigger: '103.0',
    distance: '6.0',
  });
  expect(prefillLevels(100, 'short', bars(100, 4), '0.1')).toMatchObject({
    stop: '106.0',
    target: '88.0',
    ladder: ['94.0', '88.0', '82.0'],
  });
});

test('without history the stop is half a percent away, and never on the entry', () => {
  expect(prefillLevels(200, 'long', [], '0.01')).toMatchObject({
    stop: '199.00',
    target: '202.00',
  });
  expect(prefillLevels(1, 'long', bars(100, 0), '0.1').stop).toBe('0.8');
});

test('the suggested risk keeps the position within a tenth of the equity', () => {
  expect(suggestRisk(100, 99, 10_000)).toBe('10');
  expect(suggestRisk(100, 50, 10_000)).toBe('50');
  expect(suggestRisk(100, 99.7, 10_000)).toBe('2.9');
  expect(suggestRisk(100, 100, 10_000)).toBe('');
});
