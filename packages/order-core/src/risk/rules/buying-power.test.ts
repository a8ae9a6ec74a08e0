import { expect, test } from 'vitest';
import { openTradeOf, outcomeOf, usdt } from '../facts.fixture.ts';

const balance = (equity: string, available: string) => ({
  equity: usdt(equity),
  available: usdt(available),
});

test.each([
  ['1000', 'pass'],
  ['999.999999999999999999', 'deny'],
])('a plan of 1,000 with %s available: %s', (available, outcome) => {
  const facts = { balance: balance('100000', available) };
  expect(outcomeOf('BUYING_POWER', { facts })).toBe(outcome);
});

test.each([
  ['9000', 'pass'],
  ['9000.000000000000000001', 'deny'],
])('a venue of margin calls most of 10,000 available while %s is open: %s', (open, outcome) => {
  const facts = { balance: balance('10000', '9900'), openTrades: [openTradeOf(open)] };
  expect(outcomeOf('BUYING_POWER', { facts })).toBe(outcome);
});

test('amounts that cannot be compared deny', () => {
  const foreign = { equity: usdt('100000'), available: { ...usdt('100000'), currency: 'USDC' } };
  expect(outcomeOf('BUYING_POWER', { facts: { balance: foreign } })).toBe('deny');
  const openTrades = [openTradeOf('1', { notional: { ...usdt('1'), currency: 'EUR' } })];
  expect(outcomeOf('BUYING_POWER', { facts: { openTrades } })).toBe('deny');
});
