import { createPrng } from '@ballast/sim-core';
import { expect, test } from 'vitest';
import { luckFigures } from './luck-figures.ts';
import { mean } from './moments.ts';

const RISING = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? -0.01 : 0.02));
const FLAT = Array.from({ length: 60 }, (_, at) => (at % 3 === 0 ? -0.021 : 0.01));

test('what earns nearly always is above 0 and hardly luck; what does not is neither', () => {
  const rising = luckFigures(RISING, createPrng('a'));
  expect(rising.meanLow.value).toBeGreaterThan(0);
  expect(rising.meanLow.value).toBeLessThan(mean(RISING));
  expect(rising.meanHigh.value).toBeGreaterThan(mean(RISING));
  expect(rising.permutationP.value).toBeLessThan(0.001);
  expect(rising.minimumTrackRecord.value).toBeLessThan(60);
  const flat = luckFigures(FLAT, createPrng('a'));
  expect(flat.permutationP.value).toBeGreaterThan(0.4);
  expect(flat.minimumTrackRecord).toEqual({ value: null, reason: 'NOT_ABOVE_BENCHMARK' });
  expect(luckFigures(RISING, createPrng('a')), 'of the seed alone').toEqual(rising);
});

test.each([
  ['SAMPLE_WITHOUT_VARIANCE', [0, 0, 0, 0, 0, 0, 0, 0]],
  ['SAMPLE_NOT_FINITE', [...RISING, Number.NaN]],
])('%s is said of each figure that has no value', (reason, returns) => {
  const figures = Object.values(luckFigures(returns, createPrng('a')));
  expect(figures).toEqual(figures.map(() => ({ value: null, reason })));
});

test('no returns at all', () => {
  expect(luckFigures([], createPrng('a'))).toMatchObject({
    minimumTrackRecord: { reason: 'SAMPLE_TOO_SHORT' },
    meanLow: { reason: 'SAMPLE_TOO_SHORT' },
    permutationP: { reason: 'SAMPLE_TOO_SHORT' },
  });
});
