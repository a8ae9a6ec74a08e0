import { expect, test } from 'vitest';
import { chartLines } from './lines.ts';
import { withLevels } from './with-levels.ts';

const flat = { entryPrice: null, stop: null, target: null };

test('planned levels are marked, half-typed ones are left out', () => {
  const lines = chartLines(flat, { entry: null, stop: '99.5', targets: ['10x'] });
  expect(lines).toEqual([
    { id: 'plan stop', kind: 'stop', price: 99.5, title: 'plan stop', planned: true },
  ]);
});

test('the scale widens to near levels and leaves far ones out', () => {
  const info = { priceRange: { minValue: 100, maxValue: 110 } };
  expect(withLevels(info, [95, 118, 300])?.priceRange).toEqual({ minValue: 95, maxValue: 118 });
  expect(withLevels(null, [95])).toBeNull();
});
