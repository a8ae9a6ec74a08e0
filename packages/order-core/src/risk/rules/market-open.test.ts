import { expect, test } from 'vitest';
import { instrumentWith, outcomeOf } from '../facts.fixture.ts';

const stock = instrumentWith({ session: 'us-equity' });

test.each([
  ['2026-11-20T14:29:59.999Z', 'deny'],
  ['2026-11-20T14:30:00.000Z', 'pass'],
  ['2026-11-27T17:59:59.999Z', 'pass'],
  ['2026-11-27T18:00:00.000Z', 'deny'],
  ['2026-11-26T15:00:00.000Z', 'deny'],
])('a stock at %s: %s', (time, outcome) => {
  const facts = { ...stock, now: Date.parse(time) };
  expect(outcomeOf('MARKET_CLOSED', { facts })).toBe(outcome);
});

test('a continuous market is open at night', () => {
  const facts = { now: Date.parse('2026-12-25T03:00:00Z') };
  expect(outcomeOf('MARKET_CLOSED', { facts })).toBe('pass');
});
