import { expect, test } from 'vitest';
import { byStrategy, openTradeOf, outcomeOf } from '../facts.fixture.ts';

test.each([
  ['momentum', '49000', 'pass'],
  ['momentum', '49000.000000000000000001', 'deny'],
  ['mean-reversion', '90000', 'pass'],
  [null, '90000', 'pass'],
])('1,000 more of momentum beside %s with %s: %s', (strategy, open, outcome) => {
  const facts = { openTrades: [openTradeOf(open, { strategy })] };
  expect(outcomeOf('STRATEGY_EXPOSURE', { plan: byStrategy('momentum'), facts })).toBe(outcome);
});

test('the operator is no strategy', () => {
  const openTrades = [openTradeOf('90000')];
  expect(outcomeOf('STRATEGY_EXPOSURE', { facts: { openTrades } })).toBe('pass');
});
