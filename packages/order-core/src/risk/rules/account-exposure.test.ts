import { expect, test } from 'vitest';
import { openTradeOf, outcomeOf, usdt } from '../facts.fixture.ts';

test.each([
  ['99000', 'pass'],
  ['99000.000000000000000001', 'deny'],
])('1,000 more beside %s open, of an equity of 100,000: %s', (open, outcome) => {
  const change = { facts: { openTrades: [openTradeOf(open, { sector: 'other' })] } };
  expect(outcomeOf('ACCOUNT_EXPOSURE', change)).toBe(outcome);
});

test('an open trade in another currency cannot be added', () => {
  const openTrades = [openTradeOf('1', { notional: { ...usdt('1'), currency: 'USDC' } })];
  expect(outcomeOf('ACCOUNT_EXPOSURE', { facts: { openTrades } })).toBe('deny');
});

test('unknown equity denies', () => {
  expect(outcomeOf('ACCOUNT_EXPOSURE', { facts: { balance: null } })).toBe('deny');
});
