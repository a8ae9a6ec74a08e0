import { expect, test } from 'vitest';
import { facts, historyWith, outcomeOf, usdt, verdictOf } from '../facts.fixture.ts';

const today = (...amounts: string[]) => historyWith({ realisedToday: amounts.map(usdt) });

test.each([
  ['-5999.999999999999999999', 'pass'],
  ['-6000', 'deny'],
  ['50', 'pass'],
])('%s realised today, of an equity of 100,000: %s', (realised, outcome) => {
  expect(outcomeOf('DAILY_LOSS', { facts: today(realised) })).toBe(outcome);
});

test('no trade ended today', () => {
  expect(outcomeOf('DAILY_LOSS', { facts: today() })).toBe('pass');
});

test('what cannot be reckoned denies, and says why', () => {
  const foreign = historyWith({ realisedToday: [{ amount: -1n, currency: 'EUR' }] });
  const verdict = verdictOf('DAILY_LOSS', { facts: foreign });
  expect(verdict).toMatchObject({ outcome: 'deny', input: 'results not all in USDT' });
  expect(outcomeOf('DAILY_LOSS', { facts: { history: null } })).toBe('deny');
  expect(outcomeOf('DAILY_LOSS', { facts: { balance: null } })).toBe('deny');
  const broke = { ...facts.balance, equity: usdt('0'), available: usdt('0') };
  expect(outcomeOf('DAILY_LOSS', { facts: { balance: broke } })).toBe('deny');
});
