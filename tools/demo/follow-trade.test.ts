import { expect, test } from 'vitest';
import { reachedByMarket } from './follow-trade.ts';

test.each([
  ['TARGET', true],
  ['STOP', true],
  ['TARGET AND STOP', true],
  ['CLOSE', false],
  ['TARGET AND CLOSE', false],
  ['STOP AND BY_HAND', false],
  ['CLOSED', false],
  ['', false],
])('an end by %j is the market reaching a level: %s', (endReason, expected) => {
  expect(reachedByMarket(endReason)).toBe(expected);
});
