import { parsePrice, type TimeInForce } from '@ballast/domain';
import { expect, test } from 'vitest';
import { outcomeOf, stopEntry, venue, venueWith } from '../facts.fixture.ts';

const limit = (timeInForce: TimeInForce, postOnly: boolean) => ({
  entry: { type: 'limit', price: parsePrice('100'), timeInForce, postOnly } as const,
});
const without = venueWith({ capabilities: { ...venue.capabilities, postOnly: false } });

test.each([
  ['gtc', false, 'pass'],
  ['gtc', true, 'pass'],
  ['ioc', false, 'pass'],
  ['day', false, 'deny'],
  ['ioc', true, 'deny'],
  ['fok', true, 'deny'],
] as const)('a limit order %s, post-only %s: %s', (timeInForce, postOnly, outcome) => {
  expect(outcomeOf('ENTRY_UNSUPPORTED', { plan: limit(timeInForce, postOnly) })).toBe(outcome);
});

test.each([
  [true, 'deny'],
  [false, 'pass'],
])('post-only %s at a venue without it: %s', (postOnly, outcome) => {
  const change = { plan: limit('gtc', postOnly), facts: without };
  expect(outcomeOf('ENTRY_UNSUPPORTED', change)).toBe(outcome);
});

test('a stop passes; an unknown venue does not', () => {
  expect(outcomeOf('ENTRY_UNSUPPORTED', { plan: stopEntry('101') })).toBe('pass');
  expect(outcomeOf('ENTRY_UNSUPPORTED', { facts: { venue: null } })).toBe('deny');
});
