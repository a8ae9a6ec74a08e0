import { expect, test } from 'vitest';
import { levelsAround } from './levels.ts';

test('levels that would reach zero, or have no distance, give no plan', () => {
  expect(levelsAround('long', 10, { stop: 10, target: 1 })).toBeNull();
  expect(levelsAround('short', 10, { stop: 1, target: 10 })).toBeNull();
  expect(levelsAround('long', 10, { stop: 0, target: 1 })).toBeNull();
  expect(levelsAround('long', 10, { stop: Number.NaN, target: 1 })).toBeNull();
  expect(levelsAround('short', 10, { stop: 1, target: 2 })).toEqual({
    entry: 10,
    stop: 11,
    target: 8,
  });
});
