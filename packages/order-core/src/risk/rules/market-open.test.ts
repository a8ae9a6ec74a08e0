import { expect, test } from 'vitest';
import { instrumentWith, outcomeOf, venueWith } from '../facts.fixture.ts';

const stock = instrumentWith({ session: 'exchange' });

test.each([
  [true, 'pass'],
  [false, 'deny'],
  [null, 'deny'],
])('an exchange that says open = %s: %s', (exchangeOpen, outcome) => {
  const facts = { ...stock, ...venueWith({ exchangeOpen }) };
  expect(outcomeOf('MARKET_CLOSED', { facts })).toBe(outcome);
});

test('an unknown venue is closed, and a continuous market never is', () => {
  expect(outcomeOf('MARKET_CLOSED', { facts: { ...stock, venue: null } })).toBe('deny');
  expect(outcomeOf('MARKET_CLOSED', { facts: venueWith({ exchangeOpen: false }) })).toBe('pass');
});
