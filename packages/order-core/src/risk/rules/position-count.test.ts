import { expect, test } from 'vitest';
import { openTradeOf, outcomeOf } from '../facts.fixture.ts';

test.each([
  [9, 'pass'],
  [10, 'deny'],
])('one more beside %i open trades: %s', (count, outcome) => {
  const openTrades = Array.from({ length: count }, () => openTradeOf('1'));
  expect(outcomeOf('POSITION_COUNT', { facts: { openTrades } })).toBe(outcome);
});
