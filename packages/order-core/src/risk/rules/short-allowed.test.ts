import { expect, test } from 'vitest';
import { outcomeOf, short, venue, venueWith } from '../facts.fixture.ts';

const shorting = (may: boolean) =>
  venueWith({ capabilities: { ...venue.capabilities, shorting: may } });

test.each([
  ['short', true, 'pass'],
  ['short', false, 'deny'],
  ['long', false, 'pass'],
])('a %s on an account that may be short = %s: %s', (direction, may, outcome) => {
  const plan = direction === 'short' ? short : {};
  expect(outcomeOf('SHORT_NOT_ALLOWED', { plan, facts: shorting(may) })).toBe(outcome);
});

test('an unknown venue lets nobody be short', () => {
  expect(outcomeOf('SHORT_NOT_ALLOWED', { plan: short, facts: { venue: null } })).toBe('deny');
});
